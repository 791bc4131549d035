//! How good a network is.

use learner::UNet;
use persistence::Connectivity;
use serde::Serialize;
use topoloss::classes::betti_numbers;

use crate::Error;
use crate::courses::HeldOut;
use crate::labels::{dice_by_class, labels, labels_of_target};

/// What came of one set of pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// What the pairs are.
    pub of: String,
    /// How many there are.
    pub pairs: usize,
    /// The mean over the pairs of the mean squared error of the map; of several classes of the sum of theirs.
    pub mean_squared_error: f64,
    /// The mean over the pairs of the Dice coefficient of map and target at 0.5; of several classes the mean over them, without
    /// the background.
    pub dice: f64,
    /// The same for each class but the background, where there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dice_by_class: Vec<f64>,
    /// The share of maps whose Betti numbers at 0.5, or those of all classes and unions, are the right ones (connectivity T).
    pub right_topology: f64,
}

/// Measures a network. Figures are rounded to four decimals.
///
/// # Errors
///
/// If an image cannot be segmented.
pub async fn measure(network: &UNet, held_out: &HeldOut) -> Result<Figures, Error> {
    let classes = network.config().classes;
    let mut by_class = vec![0.0; classes.max(2) - 1];
    let (mut squares, mut right) = (0.0, 0.0);
    for (pair, priors) in held_out.pairs.iter().zip(&held_out.priors) {
        let maps = network.segment_classes(pair.image.view()).await?;
        let target = |class, label: f32| match classes {
            1 => label,
            _ => f32::from(u8::from(label == class as f32)),
        };
        for (class, map) in maps.outer_iter().enumerate() {
            let difference = map.iter().zip(&pair.target).map(|(map, &label)| map - target(class, label));
            squares += difference.map(|it| f64::from(it).powi(2)).sum::<f64>() / map.len() as f64;
        }
        let labels = labels(maps.view())?;
        let agreement =
            dice_by_class(labels.view(), labels_of_target(pair.target.view(), classes).view(), classes)?;
        by_class.iter_mut().zip(agreement).for_each(|(sum, dice)| *sum += dice);
        let betti = betti_numbers(labels.mapv(|label| label as u32).view(), priors, Connectivity::T)?;
        let holds = priors.entries().iter().zip(&betti);
        right += f64::from(u8::from(holds.into_iter().all(|(of, betti)| of.prior().is_satisfied_by(betti))));
    }
    let pairs = held_out.pairs.len();
    let mean = |sum: f64| (1e4 * sum / pairs.max(1) as f64).round() / 1e4;
    Ok(Figures {
        of: held_out.name.clone(),
        pairs,
        mean_squared_error: mean(squares),
        dice: mean(by_class.iter().sum::<f64>() / by_class.len() as f64),
        dice_by_class: if classes == 1 { Vec::new() } else { by_class.into_iter().map(mean).collect() },
        right_topology: mean(right),
    })
}
