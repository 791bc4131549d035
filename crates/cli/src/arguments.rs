//! What can be said on the command line, as far as commands share it.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use imaging::{Beyond, MapOptions, Meaning, Scaling};
use persistence::Connectivity;
use topoloss::Prior;

/// What the topology should be.
#[derive(Clone, Debug, Args)]
pub(crate) struct PriorArguments {
    /// How many features of each dimension there should be: 1 (exactly one), 0-2 (none to two) or * (any)
    ///
    /// Components and holes for an image, components, handles and cavities for a volume: 1,1 or 1,0-2,*
    #[arg(long, value_name = "COUNTS")]
    pub(crate) betti: Prior,
}

/// Which pixels are neighbours.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct ConnectivityArguments {
    /// Which pixels are neighbours
    #[arg(long, value_name = "T|V", default_value = "t", ignore_case = true, value_parser = connectivity())]
    pub(crate) connectivity: Connectivity,
}

/// What of a file is read, and on which scale.
#[derive(Clone, Debug, Args)]
pub(crate) struct InputArguments {
    /// How values are brought to [0, 1]
    ///
    /// none keeps the values of the file; type divides by the largest value of the type (255 for 8 bit, 65535 for
    /// 16); divide:BY by another number, such as 4095 for 12 bit or 100 for percent; minmax stretches from the smallest
    /// to the largest value; percentile stretches from percentile 1 to 99 and clips, percentile:LOW,HIGH does so
    /// between others. Without this option 8- and 16-bit images are divided by 255 and 65535, masks are 0 and 1, and
    /// floats, NIfTI and all other types keep their values.
    #[arg(long, value_name = "HOW", alias = "normalize")]
    pub(crate) normalise: Option<Scaling>,
    /// Which array of an NPZ archive, by its name; without this option the first
    #[arg(long, value_name = "NAME")]
    pub(crate) member: Option<String>,
    /// Which entry of the first axis, from 0: a volume of a 4-D series, or a slice of a volume
    ///
    /// Several numbers choose along several axes, and : keeps an axis: --index 2,30 is slice 30 of volume 2, and
    /// --index :,:,1 channel 1 of an array whose last axis has the channels. Axes of length 1 in front or behind go by
    /// themselves where there are too many.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    index: Vec<Entry>,
}

impl InputArguments {
    /// All of a file, as it is.
    pub(crate) fn whole() -> Self {
        Self { normalise: None, member: None, index: Vec::new() }
    }

    pub(crate) fn index(&self) -> Vec<Option<usize>> {
        self.index.iter().map(|entry| entry.0).collect()
    }
}

/// One entry of an axis; `None` keeps all.
#[derive(Clone, Copy, Debug)]
struct Entry(Option<usize>);

impl FromStr for Entry {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            ":" => Ok(Self(None)),
            number => number.parse().map(Some).map(Self).map_err(|_| {
                "accepted are a whole number from 0, which chooses an entry of an axis, and :, which keeps the axis"
            }),
        }
    }
}

/// How a file becomes a mask or a probability map.
#[derive(Clone, Debug, Args)]
pub(crate) struct MapArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// What the values mean
    ///
    /// auto takes for a mask: only 0, or 0 and one other value (of floats at least 1); for labels: whole numbers that
    /// form regions, the indices of a palette, and few colours in regions; for a map: all else, and whatever is
    /// compressed with loss. With --normalise and --sigmoid it is a map. What was taken is always said, and what would
    /// decide otherwise where it was a guess.
    #[arg(long = "as", value_name = "WHAT", default_value = "auto", value_parser = meaning())]
    meaning: Meaning,
    /// Only these labels are foreground, as in --label 2 or --labels 1,2; without this option all but 0
    #[arg(
        long,
        visible_alias = "label",
        value_name = "LABELS",
        value_delimiter = ',',
        allow_negative_numbers = true
    )]
    labels: Option<Vec<i64>>,
    /// Pixels of these values are background, since nothing is known of them, as in --ignore 255
    #[arg(long, value_name = "VALUES", value_delimiter = ',', allow_negative_numbers = true)]
    ignore: Vec<f32>,
    /// What NaN is: background, as outside the field of view, or an error
    #[arg(long, value_name = "WHAT", default_value = "error")]
    nan: Nan,
    /// The values are logits: their logistic function is the map, in which 0 becomes 0.5
    #[arg(long, conflicts_with = "normalise")]
    sigmoid: bool,
    /// Cut values off at 0 and 1 instead of refusing those beyond
    #[arg(long)]
    pub(crate) clamp: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Nan {
    /// A pixel without a number is an error
    Error,
    /// Pixels without a number are background
    Background,
}

impl MapArguments {
    /// Whether it is said which labels are foreground.
    pub(crate) fn names_labels(&self) -> bool {
        self.labels.is_some()
    }

    /// Whether it is said how values become a map, or that they are a mask.
    pub(crate) fn is_of_maps(&self) -> bool {
        self.sigmoid || self.clamp || matches!(self.meaning, Meaning::Mask | Meaning::Map)
    }

    pub(crate) fn options(&self) -> MapOptions {
        MapOptions {
            meaning: self.meaning,
            scaling: self.scaling(),
            beyond: if self.clamp { Beyond::Clamp } else { Beyond::Refuse },
            labels: self.labels.clone(),
            ignore: self.ignore.clone(),
            nan_is_background: self.nan == Nan::Background,
        }
    }

    /// The scale that is asked for.
    pub(crate) fn scaling(&self) -> Option<Scaling> {
        if self.sigmoid { Some(Scaling::Sigmoid) } else { self.input.normalise }
    }
}

/// Where a result goes.
#[derive(Clone, Debug, Args)]
pub(crate) struct OutputArguments {
    /// Write the result to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

fn connectivity() -> impl TypedValueParser<Value = Connectivity> {
    let values = [
        PossibleValue::new("t").help("Pixels are closed squares: foreground 8-connected (volumes: 26)"),
        PossibleValue::new("v").help("Pixels are vertices: foreground 4-connected (volumes: 6)"),
    ];
    PossibleValuesParser::new(values)
        .map(|name| if name.eq_ignore_ascii_case("v") { Connectivity::V } else { Connectivity::T })
}

fn meaning() -> impl TypedValueParser<Value = Meaning> {
    let values = [
        PossibleValue::new("auto").help("What the values look like"),
        PossibleValue::new("mask").help("A mask: everything but 0 is foreground"),
        PossibleValue::new("labels").help("Labels: whole numbers, 0 is background"),
        PossibleValue::new("map").help("A probability map"),
    ];
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Meaning>())
}

/// A threshold on the scale from 0 to 1.
pub(crate) fn threshold(text: &str) -> Result<f32, String> {
    let threshold = text.parse().ok().filter(|threshold| (0.0..=1.0).contains(threshold));
    threshold.ok_or_else(|| "accepted are numbers from 0 to 1".to_owned())
}

/// A threshold that leaves values for the background.
pub(crate) fn threshold_above_0(text: &str) -> Result<f32, String> {
    let threshold = threshold(text).ok().filter(|&threshold| threshold > 0.0);
    threshold.ok_or_else(|| "accepted are numbers above 0, up to 1".to_owned())
}

/// A length of bars.
pub(crate) fn length(text: &str) -> Result<f32, String> {
    let length = text.parse().ok().filter(|&length| length >= 0.0);
    length.ok_or_else(|| "accepted are numbers from 0 upwards".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_on_the_scale_of_probabilities() {
        assert_eq!(threshold("0.5"), Ok(0.5));
        for text in ["1.5", "-0.1", "NaN", "inf", "half"] {
            assert!(threshold(text).is_err(), "{text}");
        }
    }
}
