//! What the values of a file are taken for: the one rule that all of Bettiscope goes by, which [`Meaning`] states.

use std::fmt;
use std::str::FromStr;

use ndarray::ArrayViewD;

use crate::image::SampleType;
use crate::regions::Regions;
use crate::remark::Remark;
use crate::scale::ScaleError;

/// What the values of a file shall be taken for. By themselves they are taken for what they look like:
///
/// | values | taken for |
/// |---|---|
/// | only 0 | a mask, empty |
/// | 0 and one value above it | a mask; of floats, only if that value is 1 or more (0 and 0.4 are a map) |
/// | all 1, or all the largest of an integer type | a mask without background |
/// | whole numbers that form regions, whatever their values; indices and few colours likewise | labels |
/// | anything else | a map of probabilities |
///
/// *Whole numbers* are those of integer types and of floats alike; values that a slope in the file has taken from them by
/// rounding count too. They *form regions* where most of them mostly lie beside their like, and do not climb in small
/// steps. Files with lossy compression are always maps: compression leaves values beside every edge that were never
/// labels.
///
/// Labels without a background of 0, or below it, are refused: what is foreground is for the user to say. Whatever was
/// a guess is a [`Remark`] that names what would decide otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Meaning {
    /// What they look like. If a [`Scaling`](crate::Scaling) is asked for, a map; if
    /// labels are, labels.
    #[default]
    Auto,
    /// A mask: everything but 0 is foreground.
    Mask,
    /// Labels: whole numbers, 0 is background.
    Labels,
    /// A probability map.
    Map,
}

/// What the values of a file were taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Foreground and background.
    Mask,
    /// Several labels, all of which or some of which are foreground.
    Labels,
    /// Probabilities, which need a threshold.
    Map,
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Mask => "mask",
            Self::Labels => "labels",
            Self::Map => "map",
        })
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Auto => "auto",
            Self::Mask => "mask",
            Self::Labels => "labels",
            Self::Map => "map",
        })
    }
}

/// The text is no [`Meaning`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is none of auto, mask, labels and map")]
pub struct UnknownMeaning {
    given: String,
}

impl FromStr for Meaning {
    type Err = UnknownMeaning;

    fn from_str(text: &str) -> Result<Self, UnknownMeaning> {
        [Self::Auto, Self::Mask, Self::Labels, Self::Map]
            .into_iter()
            .find(|meaning| meaning.to_string() == text)
            .ok_or_else(|| UnknownMeaning { given: text.to_owned() })
    }
}

/// How the samples were stored, which the rule goes by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Storage {
    pub(crate) sample_type: SampleType,
    /// Whether the file's own slope and intercept were applied.
    pub(crate) is_rescaled: bool,
    pub(crate) is_lossy: bool,
}

impl Storage {
    /// Whether the values are those of an integer type as they are stored.
    fn are_integers(self) -> bool {
        self.sample_type.max().is_some() && !self.is_rescaled
    }

    /// The whole number that a value stands for. After a slope it is one up to rounding.
    pub(crate) fn whole(self, value: f32) -> Option<f32> {
        let whole = value.round();
        let tolerance = if self.is_rescaled { 1e-4 * whole.abs().max(1.0) } else { 0.0 };
        ((value - whole).abs() <= tolerance).then_some(whole)
    }
}

/// What values are taken for, with what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Taken {
    pub(crate) kind: Kind,
    /// Those that occur, ascending, without 0; empty for maps and masks.
    pub(crate) labels: Vec<i64>,
    has_background: bool,
    pub(crate) remarks: Vec<Remark>,
}

impl Taken {
    /// Without a look at the values.
    pub(crate) fn mask() -> Self {
        Self { kind: Kind::Mask, labels: Vec::new(), has_background: true, remarks: Vec::new() }
    }

    /// Without a look at the values.
    pub(crate) fn map(remarks: Vec<Remark>) -> Self {
        Self { kind: Kind::Map, remarks, ..Self::mask() }
    }

    /// What they look like, as [`Meaning`] says; no value is NaN.
    pub(crate) fn auto(values: ArrayViewD<'_, f32>, storage: Storage) -> Self {
        if storage.is_lossy {
            return Self::map(vec![Remark::Lossy]);
        }
        let survey = Survey::of(values.view(), storage);
        let full_scale = storage.sample_type.max().filter(|_| storage.are_integers());
        match survey.foreground {
            None => return Self::mask(),
            Some(value) if survey.is_binary && !survey.has_zero => {
                let is_full = value == 1.0 || full_scale == Some(value.into());
                return if is_full { Self::mask() } else { Self::map(vec![Remark::Constant { value }]) };
            }
            Some(value) if survey.is_binary && value > 0.0 => {
                let is_mask = storage.are_integers() || value >= NEARLY_ONE;
                return if is_mask { Self::mask() } else { Self::map(vec![Remark::TwoValues { value }]) };
            }
            Some(_) => {}
        }
        let regions = survey.is_whole.then(|| Regions::of(values));
        regions
            .filter(Regions::are_labels)
            .map_or_else(|| Self::map(Vec::new()), |regions| Self::of_labels(&regions))
    }

    /// As the user says.
    pub(crate) fn labels(values: ArrayViewD<'_, f32>, storage: Storage) -> Result<Self, ScaleError> {
        if storage.is_lossy {
            return Err(ScaleError::Lossy { wanted: Meaning::Labels });
        }
        match values.iter().find(|&&value| storage.whole(value).is_none()) {
            Some(&value) => Err(ScaleError::NotWhole { value }),
            None => Ok(Self::of_labels(&Regions::of(values))),
        }
    }

    fn of_labels(regions: &Regions) -> Self {
        let has_background = regions.has_background();
        Self { kind: Kind::Labels, labels: regions.labels(), has_background, remarks: Vec::new() }
    }

    /// Everything but 0 is foreground only where something is 0, and nothing below it. `colours` are those that the
    /// labels stand for, if any.
    pub(crate) fn check_background(&self, colours: &[[u8; 3]]) -> Result<(), ScaleError> {
        let labels = || self.labels.clone();
        match (self.kind, self.labels.first()) {
            (Kind::Labels, Some(&least)) if least < 0 => Err(ScaleError::NegativeLabels { labels: labels() }),
            (Kind::Labels, Some(_)) if !self.has_background => {
                Err(ScaleError::NoBackground { labels: labels(), colours: colours.to_vec() })
            }
            _ => Ok(()),
        }
    }
}

impl Taken {
    /// What there is to say about the labels that a user wants.
    pub(crate) fn check_labels(&self, wanted: &[i64]) -> Result<Option<Remark>, ScaleError> {
        /// Up to here 32-bit floats are exact.
        const LARGEST: i64 = 1 << 24;
        if let Some(&largest) = self.labels.last().filter(|&&largest| largest > LARGEST) {
            return Err(ScaleError::LargeLabels { largest });
        }
        let is_absent = |label: &i64| *label != 0 && !self.labels.contains(label);
        let absent: Vec<i64> = wanted.iter().copied().filter(is_absent).collect();
        Ok((!absent.is_empty()).then(|| Remark::AbsentLabels { absent, labels: self.labels.clone() }))
    }
}

/// Masks of floats have 1 for foreground, up to rounding, or more.
const NEARLY_ONE: f32 = 0.999;

/// One look at all values.
#[derive(Debug)]
struct Survey {
    has_zero: bool,
    /// The first value that is not 0.
    foreground: Option<f32>,
    /// Whether there is no other value but that and 0.
    is_binary: bool,
    is_whole: bool,
}

impl Survey {
    fn of(values: ArrayViewD<'_, f32>, storage: Storage) -> Self {
        let mut survey = Self { has_zero: false, foreground: None, is_binary: true, is_whole: true };
        for &value in &values {
            if value == 0.0 {
                survey.has_zero = true;
                continue;
            }
            let foreground = *survey.foreground.get_or_insert(value);
            survey.is_binary &= value == foreground && value.is_finite();
            survey.is_whole = survey.is_whole && value.is_finite() && storage.whole(value).is_some();
            if !survey.is_binary && !survey.is_whole {
                break;
            }
        }
        survey
    }
}
