//! How the values of a file become those that persistence and the loss work on, and how they may not.

use std::fmt;
use std::str::FromStr;

use crate::image::SampleType;
use crate::meaning::Meaning;
use crate::normalise::{Normalisation, NormaliseError};
use crate::remark::{Remark, Remedy, advice, divisions, lengths, listed};

/// A way to the scale from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scaling {
    /// The values as they are in the file.
    AsInFile,
    /// Another scale.
    To(Normalisation),
    /// The logistic function of the values, which are logits: 0 becomes 0.5.
    Sigmoid,
}

impl fmt::Display for Scaling {
    /// As [`from_str`](FromStr::from_str) reads it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsInFile => out.write_str("none"),
            Self::Sigmoid => out.write_str("sigmoid"),
            Self::To(Normalisation::TypeRange) => out.write_str("type"),
            Self::To(Normalisation::MinMax) => out.write_str("minmax"),
            Self::To(Normalisation::Percentile { low, high }) => write!(out, "percentile:{low},{high}"),
            Self::To(Normalisation::Divide { by }) => write!(out, "divide:{by}"),
        }
    }
}

/// The text is no [`Scaling`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "accepted are none, type, minmax, percentile, percentile:LOW,HIGH with 0 <= LOW < HIGH <= 100, divide:BY with BY > 0, and sigmoid"
)]
pub struct UnknownScaling;

impl FromStr for Scaling {
    type Err = UnknownScaling;

    /// `none`, `type`, `minmax`, `percentile` (1 to 99), `percentile:LOW,HIGH`, `divide:BY` or `sigmoid`.
    fn from_str(text: &str) -> Result<Self, UnknownScaling> {
        let percentiles = |text: &str| {
            let (low, high) = text.split_once(',')?;
            let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
            let are_ordered = 0.0 <= low && low < high && high <= 100.0;
            are_ordered.then_some(Normalisation::Percentile { low, high })
        };
        let divisor = |text: &str| {
            let by: f32 = text.trim().parse().ok()?;
            (by > 0.0 && by.is_finite()).then_some(Normalisation::Divide { by })
        };
        Ok(match text.split_once(':') {
            None => match text {
                "none" => Self::AsInFile,
                "sigmoid" => Self::Sigmoid,
                "type" => Self::To(Normalisation::TypeRange),
                "minmax" => Self::To(Normalisation::MinMax),
                "percentile" => Self::To(Normalisation::PERCENTILES),
                _ => return Err(UnknownScaling),
            },
            Some(("percentile", numbers)) => Self::To(percentiles(numbers).ok_or(UnknownScaling)?),
            Some(("divide", number)) => Self::To(divisor(number).ok_or(UnknownScaling)?),
            Some(_) => return Err(UnknownScaling),
        })
    }
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
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapOptions {
    /// What the values are taken for.
    pub meaning: Meaning,
    /// `None` divides 8- and 16-bit images by 255 and 65535, and leaves all others as they are.
    pub scaling: Option<Scaling>,
    /// What becomes of values beyond 0 and 1.
    pub beyond: Beyond,
    /// The labels that are foreground; `None` takes all but 0. Where there are some, the values are labels, whatever
    /// `meaning` and `scaling` say.
    pub labels: Option<Vec<i64>>,
    /// Values of the file that say that nothing is known of a pixel: they become background.
    pub ignore: Vec<f32>,
    /// Whether NaN becomes background. If not, it is an error.
    pub nan_is_background: bool,
}

/// How values were made of those in a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// Not at all.
    AsInFile,
    /// A mask: 1 where the file does not have 0.
    Mask,
    /// Labels: 1 where the file has one of these; `None` stands for all but 0.
    Labels(Option<Vec<i64>>),
    /// Divided by what stands for 1: the largest value of the type, unless something else was asked for.
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
    /// The logistic function of the values.
    Sigmoid,
}

impl Scale {
    /// Whether the values are those of a mask, 0 and 1.
    pub fn is_mask(&self) -> bool {
        matches!(self, Self::Mask | Self::Labels(_))
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsInFile => out.write_str("values as in the file"),
            Self::Mask => out.write_str("mask: 1 where the file is not 0"),
            Self::Labels(None) => out.write_str("labels: 1 where the file is not 0"),
            Self::Labels(Some(labels)) => match &labels[..] {
                [label] => write!(out, "label {label}: 1 where the file has it"),
                labels => write!(out, "labels {}: 1 where the file has one of them", listed(labels)),
            },
            Self::Divided(by) => write!(out, "values divided by {by}"),
            Self::MinMax => out.write_str("values stretched from minimum to maximum"),
            Self::Percentile { low, high } => {
                write!(out, "values stretched from percentile {low} to {high}")
            }
            Self::Sigmoid => out.write_str("logistic function of the values"),
        }
    }
}

/// What values beyond 0 and 1 look like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Looks {
    /// Probabilities that a filter has taken a little beyond.
    Overshoot,
    /// Probabilities, and one value beyond that says that there are no data.
    NoData(f32),
    /// Logits.
    Logits,
    /// Probabilities times something.
    Multiple,
    /// Intensities of an image.
    Intensities,
}

/// Why a decoded image is no image or volume that can be worked on, or no mask or probability map.
///
/// [`Display`](fmt::Display) says what is wrong and which options help.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScaleError {
    /// Neither an image nor a volume, or not that of the two which is needed.
    #[error("the array has {} {}, {}; {}{}", .shape.len(), axes(.shape), lengths(.shape), what_is_needed(*.needed), advice(&index_for(.shape, *.needed)))]
    Axes {
        /// What is left after choosing.
        shape: Vec<usize>,
        /// The number of axes that is needed; `None` if 2 and 3 will do.
        needed: Option<usize>,
    },
    /// The chosen entries are not there.
    #[error(
        "{} does not fit the array of {}: each number chooses an entry of one axis, counted from 0, first axis first, : \
         keeps an axis, and at least two axes must be left",
        Remedy::Index(.index.clone()).option(), lengths(.shape)
    )]
    Index {
        /// As given.
        index: Vec<Option<usize>>,
        /// Of the file.
        shape: Vec<usize>,
    },
    /// Some pixels have no value.
    #[error("the pixel at {position:?} is NaN, as are {pixels} of {total} in all{}", advice(&[Remedy::NanBackground]))]
    NotANumber {
        /// The index of the first, slowest axis first.
        position: Vec<usize>,
        /// How many there are.
        pixels: usize,
        /// Of how many.
        total: usize,
    },
    /// A probability map has values below 0 or above 1.
    #[error(
        "the {sample_type} values range from {low} to {high}; a probability map in [0, 1] is needed{}",
        advice(&looks.remedies(*high))
    )]
    Range {
        /// The type in the file.
        sample_type: SampleType,
        /// The smallest value.
        low: f32,
        /// The largest.
        high: f32,
        /// What they look like.
        looks: Looks,
    },
    /// No pixel is 0, so that there is no background among the labels.
    #[error(
        "no pixel is 0{}: with the labels {}, all of the image would be foreground{}",
        of_colours(.colours), listed_in_short(.labels), advice(&[Remedy::Labels(.labels.iter().rev().take(1).copied().collect()), Remedy::EachLabel, Remedy::As(Meaning::Map)])
    )]
    NoBackground {
        /// Those that occur, ascending.
        labels: Vec<i64>,
        /// The colours that the labels 1, 2, 3 ... stand for, if the file has colours.
        colours: Vec<[u8; 3]>,
    },
    /// Labels below 0 are neither foreground nor background.
    #[error(
        "there are labels below 0, {}{}",
        listed_in_short(&.labels.iter().copied().filter(|&label| label < 0).collect::<Vec<_>>()),
        advice(&[Remedy::Ignore(.labels[0] as f32), Remedy::Labels(.labels.iter().rev().take(1).copied().collect()), Remedy::EachLabel])
    )]
    NegativeLabels {
        /// Those that occur, ascending, without 0.
        labels: Vec<i64>,
    },
    /// Labels were asked for, and there are other values than whole numbers.
    #[error("the value {value} is no label, which are whole numbers{}", advice(&[Remedy::As(Meaning::Map)]))]
    NotWhole {
        /// The first such value.
        value: f32,
    },
    /// Labels were asked for that 32-bit floats do not tell apart.
    #[error("the labels go up to {largest}, and those above 16777216 cannot be told apart{}", advice(&[Remedy::As(Meaning::Mask)]))]
    LargeLabels {
        /// The largest.
        largest: i64,
    },
    /// A mask or labels were asked for of a file that is compressed with loss.
    #[error(
        "the compression of the file is lossy: beside every edge it has values that were neither background nor {wanted}, \
         so that it can only be read as a map (PNG and TIFF keep masks and labels){}",
        advice(&[Remedy::As(Meaning::Map)])
    )]
    Lossy {
        /// What was asked for.
        wanted: Meaning,
    },
    /// The values cannot be normalised.
    #[error(transparent)]
    Normalise(NormaliseError),
}

impl Looks {
    fn remedies(self, high: f32) -> Vec<Remedy> {
        match self {
            Self::Overshoot => vec![Remedy::Clamp],
            Self::NoData(value) => vec![Remedy::Ignore(value)],
            Self::Logits => vec![Remedy::Sigmoid],
            Self::Multiple => {
                let mut remedies = divisions(high, f64::INFINITY);
                remedies.push(Remedy::Normalise(Normalisation::MinMax));
                remedies
            }
            Self::Intensities => {
                vec![Remedy::Normalise(Normalisation::MinMax), Remedy::Normalise(Normalisation::PERCENTILES)]
            }
        }
    }
}

fn axes(shape: &[usize]) -> &'static str {
    if shape.len() == 1 { "axis" } else { "axes" }
}

fn what_is_needed(axes: Option<usize>) -> &'static str {
    match axes {
        Some(2) => {
            "an image with 2 is needed here (a prior of two numbers is for images, one of three for volumes)"
        }
        Some(_) => {
            "a volume with 3 is needed here (a prior of three numbers is for volumes, one of two for images)"
        }
        None => "accepted are 2 (an image) and 3 (a volume)",
    }
}

/// The index that takes the first image or volume of an array. Channels come first, or last where that axis is short.
fn index_for(shape: &[usize], needed: Option<usize>) -> Vec<Remedy> {
    /// Few enough to be channels.
    const CHANNELS: usize = 4;
    let left = needed.unwrap_or(3);
    let surplus = shape.len().saturating_sub(left);
    if surplus == 0 {
        return Vec::new();
    }
    let is_last = shape.last().is_some_and(|&last| last <= CHANNELS && shape[0] > last);
    let index = match is_last {
        true => {
            let mut index = vec![Some(0); surplus - 1];
            index.resize(shape.len() - 1, None);
            index.push(Some(0));
            index
        }
        false => vec![Some(0); surplus],
    };
    vec![Remedy::Index(index)]
}

fn of_colours(colours: &[[u8; 3]]) -> String {
    match colours {
        [] => String::new(),
        _ => format!(" ({})", Remark::Colours { colours: colours.to_vec() }),
    }
}

fn listed_in_short(labels: &[i64]) -> String {
    match labels {
        [first, .., last] if labels.len() > 6 => format!("{first} to {last}"),
        _ => listed(labels),
    }
}

impl From<NormaliseError> for ScaleError {
    fn from(error: NormaliseError) -> Self {
        match error {
            NormaliseError::OutsideUnitInterval { sample_type, low, high } => {
                Self::Range { sample_type, low, high, looks: Looks::Multiple }
            }
            other => Self::Normalise(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalings_are_read_as_they_are_written() {
        for text in ["none", "type", "minmax", "sigmoid", "percentile:0.5,99.5", "divide:4095"] {
            assert_eq!(text.parse::<Scaling>().unwrap().to_string(), text);
        }
        assert_eq!("percentile".parse::<Scaling>().unwrap().to_string(), "percentile:1,99");
        for text in [
            "percentile:5",
            "percentile:9,1",
            "percentile:-1,5",
            "percentile:0,101",
            "Percentile",
            "divide:0",
            "divide:inf",
            "divide:",
            "minmax:1",
            "x",
        ] {
            assert_eq!(text.parse::<Scaling>(), Err(UnknownScaling), "{text}");
        }
    }
}
