//! Arrays of numbers as text.

use ndarray::{Array, Dimension};

/// The bytes of an array in row-major order.
pub(crate) fn floats<D: Dimension>(array: &Array<f32, D>) -> String {
    hex(array.iter().flat_map(|value| value.to_le_bytes()))
}

pub(crate) fn indices(pixels: &[u32]) -> String {
    hex(pixels.iter().flat_map(|pixel| pixel.to_le_bytes()))
}

pub(crate) fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}
