//! Figures 9 and 10 of the paper: images that are new to the networks, and what two of these make of them.

use ndarray::Array2;
use topoloss::{LossOptions, Prior, Term, loss};

use super::cases::CellData;
use crate::Error;
use crate::reproduce::panel::Panel;

/// What tells the picture from others.
pub const TITLE: &str = "Segmentations without and with unlabelled images, and their barcodes";

/// Two images: as they were taken, corrupted, and the maps of the supervised network and of ours with their barcodes. The
/// first is one that ours mended, if there is one, and the second the next of all.
pub(super) fn draw(
    data: &CellData,
    supervised: &[Array2<f32>],
    ours: &[Array2<f32>],
    colours: [&str; 2],
) -> Result<String, Error> {
    let prior = Prior::exactly(&[1, 1])?;
    let terms = |map: &Array2<f32>| -> Result<Vec<Term>, Error> {
        let of_map = loss(map.view(), &prior, LossOptions::default());
        Ok(of_map.map_err(learner::Error::from)?.terms().to_vec())
    };
    let holds = |map: &Array2<f32>| {
        let barcode = persistence::barcode(map.view(), persistence::Options::default());
        barcode.is_ok_and(|barcode| prior.is_satisfied_by(&barcode.betti_numbers(0.5)))
    };
    let mended = (0..ours.len()).filter(|&at| holds(&ours[at]) && !holds(&supervised[at]));
    let mut shown = mended.collect::<Vec<usize>>();
    shown.extend((0..ours.len()).filter(|at| !shown.contains(at)).collect::<Vec<_>>());
    let mut panel = Panel::new(TITLE, 4);
    for &at in shown.iter().take(2) {
        panel.row();
        panel.image("image", data.clean[at].view());
        panel.image("corrupted", data.test[at].image.view());
        for (title, map) in [("supervised", &supervised[at]), ("with unlabelled images", &ours[at])] {
            panel.image(title, map.view());
            panel.bars(&terms(map)?, colours);
        }
    }
    Ok(panel.svg())
}
