//! The way from a decoded file to a mask or a probability map.

use js_sys::Float32Array;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::preserve;
use tsify::Tsify;

use crate::{
    failure::{ErrorCode, Failure},
    image::Normalisation,
};

/// What values are taken for. `"auto"` (the default): a mask if there are only two values, one of them 0, or only
/// labels from 0 to 63, else a map; with a normalisation a map. `"mask"`: everything but 0 is foreground. `"map"`:
/// probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "said above")]
pub enum Meaning {
    #[default]
    Auto,
    Mask,
    Map,
}

/// What becomes of values below 0 and above 1 in a map: an error (the default), or 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "said above")]
pub enum Beyond {
    #[default]
    Refuse,
    Clamp,
}

/// How a decoded file becomes a mask or a probability map.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct MapOptions {
    /// What the values are taken for. Default: `"auto"`.
    pub meaning: Meaning,
    /// How they are brought to [0, 1]. Default: 8- and 16-bit images are divided by 255 and 65535, masks are 0 and 1,
    /// and floats, NIfTI and all other types keep their values.
    #[tsify(optional)]
    pub normalisation: Option<Normalisation>,
    /// What becomes of values below 0 and above 1. Default: `"refuse"`.
    pub beyond: Beyond,
    /// One entry of each of the first axes, from 0: a volume of a series, or a slice of a volume. Default: none, which
    /// takes all.
    pub index: Vec<usize>,
}

impl From<&MapOptions> for imaging::MapOptions {
    fn from(options: &MapOptions) -> Self {
        Self {
            meaning: match options.meaning {
                Meaning::Auto => imaging::Meaning::Auto,
                Meaning::Mask => imaging::Meaning::Mask,
                Meaning::Map => imaging::Meaning::Map,
            },
            scaling: options.normalisation.map(|normalisation| imaging::Scaling::To(normalisation.into())),
            beyond: match options.beyond {
                Beyond::Refuse => imaging::Beyond::Refuse,
                Beyond::Clamp => imaging::Beyond::Clamp,
            },
        }
    }
}

/// How values were made of those in a file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Scale {
    /// They are those of the file.
    AsInFile,
    /// A mask: 1 where the file does not have 0.
    Mask {
        /// Whether the file tells several labels apart.
        has_labels: bool,
    },
    /// Divided by the largest value of their type.
    Divided {
        /// 255 for 8 bit, 65535 for 16.
        by: f64,
    },
    /// Stretched from the smallest value to the largest.
    #[serde(rename = "minmax")]
    MinMax,
    /// Stretched from one percentile to another.
    Percentile {
        /// In percent.
        low: f32,
        /// In percent.
        high: f32,
    },
}

impl From<imaging::Scale> for Scale {
    fn from(scale: imaging::Scale) -> Self {
        match scale {
            imaging::Scale::AsInFile => Self::AsInFile,
            imaging::Scale::Mask { has_labels } => Self::Mask { has_labels },
            imaging::Scale::Divided(by) => Self::Divided { by },
            imaging::Scale::MinMax => Self::MinMax,
            imaging::Scale::Percentile { low, high } => Self::Percentile { low, high },
        }
    }
}

/// A mask of zeros and ones, or a probability map.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct UnitMap {
    /// In [0, 1], in row-major order.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub values: Float32Array,
    /// `[rows, columns]` or `[slices, rows, columns]`.
    pub shape: Vec<usize>,
    /// How the values were made of those in the file.
    pub scale: Scale,
    /// The same in words.
    pub description: String,
}

impl From<imaging::Scaled> for UnitMap {
    fn from(scaled: imaging::Scaled) -> Self {
        let values: Vec<f32> = scaled.values.iter().copied().collect();
        Self {
            values: Float32Array::from(&*values),
            shape: scaled.values.shape().to_vec(),
            scale: scaled.scale.into(),
            description: scaled.scale.to_string(),
        }
    }
}

impl From<imaging::ScaleError> for Failure {
    fn from(error: imaging::ScaleError) -> Self {
        use imaging::ScaleError::{Axes, Index, Normalise, NotANumber, Range};
        let code = match error {
            Normalise(error) => return error.into(),
            Axes { .. } => ErrorCode::Dimensions,
            Index { .. } => ErrorCode::BadArgument,
            NotANumber { .. } => ErrorCode::NotANumber,
            Range { .. } => ErrorCode::OutOfRange,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}
