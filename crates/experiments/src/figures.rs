//! How good a network is.

use imaging::overlap::dice;
use learner::UNet;
use persistence::{Options, barcode};
use serde::Serialize;

use crate::Error;
use crate::courses::HeldOut;

/// What came of one set of pairs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// What the pairs are.
    pub of: String,
    /// How many there are.
    pub pairs: usize,
    /// The mean over the pairs of the mean squared error of the map.
    pub mean_squared_error: f64,
    /// The mean over the pairs of the Dice coefficient of map and target at 0.5.
    pub dice: f64,
    /// The share of maps whose Betti numbers at 0.5 are the right ones (connectivity T).
    pub right_topology: f64,
}

/// Measures a network. Figures are rounded to four decimals.
///
/// # Errors
///
/// If an image cannot be segmented.
pub async fn measure(network: &UNet, held_out: &HeldOut) -> Result<Figures, Error> {
    let mut sums = [0.0; 3];
    for (pair, betti) in held_out.pairs.iter().zip(&held_out.betti) {
        let map = network.segment(pair.image.view()).await?;
        let squares = map.iter().zip(&pair.target).map(|(map, target)| f64::from(map - target).powi(2));
        sums[0] += squares.sum::<f64>() / map.len() as f64;
        let at_half = |value: f32| if value >= 0.5 { 1.0 } else { 0.0 };
        let agreement = dice(map.mapv(at_half).view(), pair.target.mapv(at_half).view());
        sums[1] += agreement.unwrap_or(0.0);
        let barcode = barcode(map.view(), Options::default());
        let is_right = barcode.is_ok_and(|barcode| barcode.betti_numbers(0.5) == betti);
        sums[2] += f64::from(u8::from(is_right));
    }
    let pairs = held_out.pairs.len();
    let [mean_squared_error, dice, right_topology] =
        sums.map(|sum| (1e4 * sum / pairs.max(1) as f64).round() / 1e4);
    Ok(Figures { of: held_out.name.clone(), pairs, mean_squared_error, dice, right_topology })
}
