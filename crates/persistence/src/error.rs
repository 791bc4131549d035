//! Everything that can be wrong with an input.

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
    /// A pixel is not a number, so it cannot be ordered.
    #[error("the pixel at {position:?} is NaN; every pixel needs a value (infinities are accepted)")]
    NotANumber {
        /// The pixel, one coordinate per axis.
        position: Vec<usize>,
    },
}
