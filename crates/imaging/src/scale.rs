//! How the values of a file become those that persistence and the loss work on, and how they may not.

use std::fmt;

use crate::image::SampleType;
use crate::normalise::{Normalisation, NormaliseError};

/// What the values of a file are taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Meaning {
    /// A mask if [`mask_kind`](crate::mask_kind) sees one or labels, else a map. If a [`Scaling`]
    /// is asked for, a map.
    #[default]
    Auto,
    /// A mask: everything but 0 is foreground.
    Mask,
    /// A probability map.
    Map,
}

/// A way to the scale from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scaling {
    /// The values as they are in the file.
    AsInFile,
    /// Another scale.
    To(Normalisation),
}

/// What becomes of values below 0 and above 1 in a probability map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Beyond {
    /// They are an error.
    #[default]
    Refuse,
    /// They become 0 and 1.
    Clamp,
    /// They stay, for a caller that clamps.
    Keep,
}

/// How [`Intensities::map`](crate::Intensities::map) makes a mask or a probability map.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MapOptions {
    /// What the values are taken for.
    pub meaning: Meaning,
    /// `None` divides 8- and 16-bit images by 255 and 65535, and leaves all others as they are.
    pub scaling: Option<Scaling>,
    /// What becomes of values beyond 0 and 1.
    pub beyond: Beyond,
}

/// How values were made of those in a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// Not at all.
    AsInFile,
    /// A mask: 1 where the file does not have 0.
    Mask {
        /// Whether the file tells several labels apart.
        has_labels: bool,
    },
    /// Divided by the largest value of their type.
    Divided(f64),
    /// Stretched from the smallest to the largest.
    MinMax,
    /// Stretched from one percentile to another.
    Percentile {
        /// In percent.
        low: f32,
        /// In percent.
        high: f32,
    },
}

impl Scale {
    /// Whether the values are those of a mask, 0 and 1.
    pub fn is_mask(self) -> bool {
        matches!(self, Self::Mask { .. })
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsInFile => out.write_str("values as in the file"),
            Self::Mask { has_labels: false } => out.write_str("mask: 1 where the file is not 0"),
            Self::Mask { has_labels: true } => out.write_str("labels: 1 where the file is not 0"),
            Self::Divided(by) => write!(out, "values divided by {by}"),
            Self::MinMax => out.write_str("values stretched from minimum to maximum"),
            Self::Percentile { low, high } => {
                write!(out, "values stretched from percentile {low} to {high}")
            }
        }
    }
}

/// Why a decoded image is no image or volume that can be worked on, or no mask or probability map.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScaleError {
    /// Neither an image nor a volume.
    #[error(
        "the array has the shape {shape:?}; accepted are 2 axes (an image) and 3 (a volume): choose an entry of each of the first axes"
    )]
    Axes {
        /// What is left after choosing.
        shape: Vec<usize>,
    },
    /// The chosen entries are not there.
    #[error(
        "the index {index:?} does not fit the shape {shape:?}: each number chooses an entry of one axis, counted from 0, first axis first, and at least two axes must be left"
    )]
    Index {
        /// As given.
        index: Vec<usize>,
        /// Of the file.
        shape: Vec<usize>,
    },
    /// A probability map has a NaN.
    #[error("the pixel at {position:?} is NaN; every pixel needs a value")]
    NotANumber {
        /// The index of the first, slowest axis first.
        position: Vec<usize>,
    },
    /// A probability map has values below 0 or above 1.
    #[error(
        "the {sample_type} values range from {low} to {high}; a probability map in [0, 1] is needed: normalise by minmax or percentile, or clamp"
    )]
    Range {
        /// The type in the file.
        sample_type: SampleType,
        /// The smallest value.
        low: f32,
        /// The largest.
        high: f32,
    },
    /// The values cannot be normalised.
    #[error(transparent)]
    Normalise(NormaliseError),
}

impl From<NormaliseError> for ScaleError {
    fn from(error: NormaliseError) -> Self {
        match error {
            NormaliseError::OutsideUnitInterval { sample_type, low, high } => {
                Self::Range { sample_type, low, high }
            }
            other => Self::Normalise(other),
        }
    }
}
