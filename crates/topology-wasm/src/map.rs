//! The way from a decoded file to a mask or a probability map.

use js_sys::Float32Array;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::preserve;
use tsify::Tsify;

use crate::{
    failure::{ErrorCode, Failure},
    image::Normalisation,
};

/// What values are taken for. `"auto"` (the default): what they look like; with a normalisation a map, with labels labels.
/// `"mask"`: everything but 0 is foreground. `"labels"`: whole numbers, 0 is background. `"map"`: probabilities.
///
/// Values look like a mask where there is only 0, or 0 and one other value (of floats at least 1); like labels where they
/// are whole numbers that form regions, the indices of a palette, or few colours in regions; like a map otherwise, and
/// wherever compression loses something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, Tsify)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "said above")]
pub enum Meaning {
    #[default]
    Auto,
    Mask,
    Labels,
    Map,
}

impl From<imaging::Meaning> for Meaning {
    fn from(meaning: imaging::Meaning) -> Self {
        match meaning {
            imaging::Meaning::Auto => Self::Auto,
            imaging::Meaning::Mask => Self::Mask,
            imaging::Meaning::Labels => Self::Labels,
            imaging::Meaning::Map => Self::Map,
        }
    }
}

/// What values were taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Kind {
    Mask,
    Labels,
    Map,
}

impl From<imaging::Kind> for Kind {
    fn from(kind: imaging::Kind) -> Self {
        match kind {
            imaging::Kind::Mask => Self::Mask,
            imaging::Kind::Labels => Self::Labels,
            imaging::Kind::Map => Self::Map,
        }
    }
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
    /// The labels that are foreground. Default: all but 0.
    #[tsify(optional, type = "readonly number[]")]
    pub labels: Option<Vec<i64>>,
    /// Values of the file that say that nothing is known of a pixel: they become background. Default: none.
    #[tsify(type = "readonly number[]")]
    pub ignore: Vec<f32>,
    /// Whether pixels that are no number become background. Default: false, and they are an error.
    pub nan_is_background: bool,
    /// Whether the values are logits, whose logistic function is the map. Default: false.
    pub sigmoid: bool,
}

impl MapOptions {
    /// One entry of each of the first axes.
    pub(crate) fn index(&self) -> Vec<Option<usize>> {
        self.index.iter().copied().map(Some).collect()
    }
}

impl From<&MapOptions> for imaging::MapOptions {
    fn from(options: &MapOptions) -> Self {
        Self {
            meaning: match options.meaning {
                Meaning::Auto => imaging::Meaning::Auto,
                Meaning::Mask => imaging::Meaning::Mask,
                Meaning::Labels => imaging::Meaning::Labels,
                Meaning::Map => imaging::Meaning::Map,
            },
            scaling: match options.sigmoid {
                true => Some(imaging::Scaling::Sigmoid),
                false => {
                    options.normalisation.map(|normalisation| imaging::Scaling::To(normalisation.into()))
                }
            },
            labels: options.labels.clone(),
            ignore: options.ignore.clone(),
            nan_is_background: options.nan_is_background,
            beyond: match options.beyond {
                Beyond::Refuse => imaging::Beyond::Refuse,
                Beyond::Clamp => imaging::Beyond::Clamp,
            },
        }
    }
}

/// How values were made of those in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Scale {
    /// They are those of the file.
    AsInFile,
    /// A mask: 1 where the file does not have 0.
    Mask,
    /// Labels: 1 where the file has one of these.
    Labels {
        /// Undefined if all but 0 count.
        #[tsify(optional, type = "number[]")]
        taken: Option<Vec<i64>>,
    },
    /// Divided by what stands for 1.
    Divided {
        /// 255 for 8 bit, 65535 for 16, unless something else was asked for.
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
    /// The logistic function of the values.
    Sigmoid,
}

impl From<imaging::Scale> for Scale {
    fn from(scale: imaging::Scale) -> Self {
        match scale {
            imaging::Scale::AsInFile => Self::AsInFile,
            imaging::Scale::Mask => Self::Mask,
            imaging::Scale::Labels(taken) => Self::Labels { taken },
            imaging::Scale::Sigmoid => Self::Sigmoid,
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
    /// What the values of the file were taken for.
    pub kind: Kind,
    /// The labels that the file has, ascending, without 0; empty unless they were taken for labels.
    #[tsify(type = "number[]")]
    pub labels: Vec<i64>,
    /// How the values were made of those in the file.
    pub scale: Scale,
    /// The same in words.
    pub description: String,
    /// What was guessed, in sentences without an end, and what would decide otherwise.
    pub remarks: Vec<Remark>,
}

/// Something that a user should know about how a file was read.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Remark {
    /// What it is: a sentence without an end.
    pub text: String,
    /// What would decide otherwise, the likeliest first.
    pub remedies: Vec<Remedy>,
}

impl From<&imaging::Remark> for Remark {
    fn from(remark: &imaging::Remark) -> Self {
        let remedies = remark.remedies();
        let remedies = remedies.iter().filter_map(|remedy| {
            let options = RemedyOptions::of(remedy)?;
            Some(Remedy { text: remedy.choice(), option: remedy.to_string(), options })
        });
        Self { text: remark.to_string(), remedies: remedies.collect() }
    }
}

/// Another way to take the values.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Remedy {
    /// What for, as a choice among others: `labels: 1 alone`.
    pub text: String,
    /// The option of the program `bettiscope` that does it, and when it is right.
    pub option: String,
    /// What does it here.
    #[tsify(type = "Partial<MapOptions>")]
    pub options: RemedyOptions,
}

/// Those of the [`MapOptions`] that remedies set.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "said at `MapOptions`")]
pub struct RemedyOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Meaning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalisation: Option<Normalisation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ignore: Option<[f32; 1]>,
}

impl RemedyOptions {
    /// What does as a remedy says, if that is one reading of the values.
    fn of(remedy: &imaging::Remedy) -> Option<Self> {
        let none = Self::default();
        match remedy {
            imaging::Remedy::As(meaning) => Some(Self { meaning: Some(Meaning::from(*meaning)), ..none }),
            imaging::Remedy::Labels(labels) => Some(Self { labels: Some(labels.clone()), ..none }),
            imaging::Remedy::Ignore(value) => Some(Self { ignore: Some([*value]), ..none }),
            imaging::Remedy::Normalise(imaging::Normalisation::MinMax) => {
                Some(Self { normalisation: Some(Normalisation::MinMax), ..none })
            }
            imaging::Remedy::Normalise(imaging::Normalisation::Divide { by }) => {
                Some(Self { normalisation: Some(Normalisation::Divide { by: *by }), ..none })
            }
            _ => None,
        }
    }
}

impl From<imaging::Scaled> for UnitMap {
    fn from(scaled: imaging::Scaled) -> Self {
        let values: Vec<f32> = scaled.values.iter().copied().collect();
        Self {
            values: Float32Array::from(&*values),
            shape: scaled.values.shape().to_vec(),
            kind: scaled.kind.into(),
            labels: scaled.labels,
            description: scaled.scale.to_string(),
            scale: scaled.scale.into(),
            remarks: scaled.remarks.iter().map(Remark::from).collect(),
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
