//! Everything that can be wrong with an input.

use crate::Filtration;

/// Why an array has no barcode.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The array is neither an image nor a volume.
    #[error("the array has {dimensions} dimensions; accepted are 2 (an image) and 3 (a volume)")]
    Dimensions {
        /// How many axes the array has.
        dimensions: usize,
    },
    /// An axis has length zero.
    #[error("the array is empty: its shape is {shape:?}, and every axis needs at least one pixel")]
    Empty {
        /// The lengths of all axes.
        shape: Vec<usize>,
    },
    /// The array has more pixels than an index can address.
    #[error("the array of shape {shape:?} has too many pixels; at most {limit} are accepted")]
    TooLarge {
        /// The lengths of all axes.
        shape: Vec<usize>,
        /// The largest number of pixels that is accepted.
        limit: usize,
    },
    /// A bar is of a dimension in which an array of this shape has no features.
    #[error("there is a bar of dimension {dimension}; an array with {axes} axes has features of dimension 0 to {}", axes - 1)]
    BarDimension {
        /// The dimension of the bar.
        dimension: u8,
        /// How many axes the array has.
        axes: usize,
    },
    /// An end of a bar is not a number.
    #[error("bar {number} is from {birth} to {death}; both ends need a value (infinities are accepted)")]
    BarNotANumber {
        /// The place of the bar among those that were given, counted from 0.
        number: usize,
        /// The bar's birth.
        birth: f32,
        /// The bar's death.
        death: f32,
    },
    /// A bar dies before it is born.
    #[error(
        "bar {number} is born at {birth} and dies at {death}, which {filtration} filtration meets first; a feature is \
         born before it dies"
    )]
    BarOrder {
        /// The place of the bar among those that were given, counted from 0.
        number: usize,
        /// The bar's birth.
        birth: f32,
        /// The bar's death.
        death: f32,
        /// The direction of the threshold.
        filtration: Filtration,
    },
    /// A bar begins or ends at a pixel that an array of this shape does not have.
    #[error("bar {number} has the pixel {index}; an array of shape {shape:?} has the pixels 0 to {}", last_pixel(.shape))]
    BarIndex {
        /// The place of the bar among those that were given, counted from 0.
        number: usize,
        /// The flat index of the pixel.
        index: u32,
        /// The lengths of all axes.
        shape: Vec<usize>,
    },
    /// A bar without an end is not that of a component, or not the only one.
    #[error(
        "bar {number}, of dimension {dimension}, has no death pixel; only one bar of dimension 0 has none, the essential \
         one"
    )]
    BarEssential {
        /// The place of the bar among those that were given, counted from 0.
        number: usize,
        /// The dimension of the bar.
        dimension: u8,
    },
    /// A pixel is not a number, so it cannot be ordered.
    #[error("the pixel at {position:?} is NaN; every pixel needs a value (infinities are accepted)")]
    NotANumber {
        /// The pixel, one coordinate per axis.
        position: Vec<usize>,
    },
}

/// Of an array that is not empty.
fn last_pixel(shape: &[usize]) -> usize {
    shape.iter().fold(1, |pixels: usize, &length| pixels.saturating_mul(length)).saturating_sub(1)
}
