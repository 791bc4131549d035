//! Images of 80 x 80 that have lost lines of k-space.

use imaging::kspace::{Corruption, CorruptionError, LineDirection, corrupt};
use ndarray::Array2;

/// The image without `m` rows or columns of k-space, whichever the seed chooses.
///
/// # Errors
///
/// If there are fewer than `m` lines besides the middle 8, which stay: 72 of 80.
pub fn without_lines(image: &Array2<f32>, m: usize, seed: u64) -> Result<Array2<f32>, CorruptionError> {
    if m == 0 {
        return Ok(image.clone());
    }
    let direction = if seed.is_multiple_of(2) { LineDirection::Rows } else { LineDirection::Columns };
    Ok(corrupt(image.view(), Corruption::Lines { m, direction }, seed)?.image)
}
