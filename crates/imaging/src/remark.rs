//! What there is to say about how a file was read, and which options would read it otherwise.

use std::fmt;

use crate::meaning::Meaning;
use crate::normalise::Normalisation;
use crate::scale::Scaling;

/// Something that a user should know about how a file was read: a guess, or a change of values.
///
/// [`Display`](fmt::Display) says what it is, [`remedies`](Self::remedies) what would decide otherwise.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Remark {
    /// Several labels are one foreground.
    SeveralLabels {
        /// Ascending, without 0.
        labels: Vec<i64>,
    },
    /// Labels that were asked for are not there.
    AbsentLabels {
        /// Those that were asked for and do not occur.
        absent: Vec<i64>,
        /// Those that occur, ascending, without 0.
        labels: Vec<i64>,
    },
    /// Floats of 0 and one value below 1 were taken for a map.
    TwoValues {
        /// The other value.
        value: f32,
    },
    /// All pixels have one value, which is neither 0 nor 1, and were taken for a map.
    Constant {
        /// The value.
        value: f32,
    },
    /// The largest value of a map is less than half of the value that stands for 1.
    Faint {
        /// In the file.
        largest: f32,
        /// What stands for 1.
        full_scale: f64,
        /// Whether another scale could be meant: not for floats, nor where compression has blurred the values.
        may_be_scaled: bool,
    },
    /// The file is compressed with loss, and was taken for a map whatever its values.
    Lossy,
    /// Colours became their luma.
    Luma,
    /// The image has few colours, which were taken for labels: black is 0, the others are numbered.
    Colours {
        /// Red, green and blue of the labels 1, 2, 3 ...; black is left out.
        colours: Vec<[u8; 3]>,
    },
    /// The colours are all the same, and the alpha channel was taken.
    Alpha,
    /// The alpha channel was left out although it hides pixels that are not black.
    AlphaIgnored,
    /// Axes of length 1 were left out.
    AxesDropped {
        /// Of the file.
        shape: Vec<usize>,
        /// What was taken.
        taken: Vec<usize>,
    },
    /// Values a little beyond 0 and 1, as rounding leaves them, became 0 and 1.
    Rounded {
        /// The smallest in the file.
        low: f32,
        /// The largest in the file.
        high: f32,
    },
    /// Pixels without a number became background.
    NanBackground {
        /// How many.
        pixels: usize,
    },
    /// Pixels of values that were to be ignored became background.
    Ignored {
        /// How many.
        pixels: usize,
    },
}

/// Something that a user can say, and when it is right.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Remedy {
    /// To take the values for something else.
    As(Meaning),
    /// To take one label, or some of them.
    Labels(Vec<i64>),
    /// To take each label by itself.
    EachLabel,
    /// To leave out pixels of this value.
    Ignore(f32),
    /// To take pixels without a number for background.
    NanBackground,
    /// To make probabilities of logits.
    Sigmoid,
    /// To cut values off at 0 and 1.
    Clamp,
    /// To bring the values to another scale.
    Normalise(Normalisation),
    /// To take one entry of some axes; `None` keeps an axis whole.
    Index(Vec<Option<usize>>),
}

impl Remark {
    /// What it is, and which options of the program `bettiscope` would decide otherwise.
    pub fn sentence(&self) -> String {
        format!("{self}{}", advice(&self.remedies()))
    }

    /// What would decide otherwise, the likeliest first; empty where there is nothing to decide.
    pub fn remedies(&self) -> Vec<Remedy> {
        match self {
            Self::SeveralLabels { labels } => {
                let mut remedies =
                    vec![Remedy::Labels(labels.iter().take(1).copied().collect()), Remedy::EachLabel];
                if let Some(&last) = labels.last().filter(|&&last| is_ignore_label(labels, last)) {
                    remedies.insert(0, Remedy::Ignore(last as f32));
                }
                remedies.push(Remedy::As(Meaning::Map));
                remedies
            }
            Self::TwoValues { .. } | Self::Constant { .. } => vec![Remedy::As(Meaning::Mask)],
            Self::Faint { may_be_scaled: false, .. } => vec![],
            Self::Faint { largest, full_scale, .. } => {
                let mut remedies = divisions(*largest, *full_scale);
                remedies.push(Remedy::Normalise(Normalisation::MinMax));
                remedies
            }
            Self::Colours { .. } => vec![Remedy::As(Meaning::Map)],
            _ => vec![],
        }
    }
}

/// Whether the largest label stands apart from all others, as 255 does where it means "ignore".
fn is_ignore_label(labels: &[i64], last: i64) -> bool {
    matches!(last, 255 | 65535)
        && labels.len() > 1
        && labels.iter().rev().nth(1).is_some_and(|&next| 2 * next < last)
}

/// Scales on which so large a value is the largest, or could well be.
pub(crate) fn divisions(largest: f32, full_scale: f64) -> Vec<Remedy> {
    const SCALES: [f32; 8] = [100.0, 255.0, 1000.0, 1023.0, 4095.0, 10_000.0, 32_767.0, 65_535.0];
    let scale = SCALES.into_iter().find(|&scale| scale >= largest);
    let fits = |scale: &f32| largest > 0.5 * scale && f64::from(*scale) < full_scale;
    scale.filter(fits).map(|by| Remedy::Normalise(Normalisation::Divide { by })).into_iter().collect()
}

impl fmt::Display for Remark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SeveralLabels { labels } => {
                write!(out, "{} are counted together as one foreground", labelled(labels))?;
                match labels.last() {
                    Some(&last) if is_ignore_label(labels, last) => write!(out, "; {last} looks like an ignore label"),
                    _ => Ok(()),
                }
            }
            Self::AbsentLabels { absent, labels } if labels.is_empty() => {
                write!(out, "{} not there: there are no labels but 0", be(absent))
            }
            Self::AbsentLabels { absent, labels } => {
                write!(out, "{} not there: there {}", be(absent), match &labels[..] {
                    [label] => format!("is only label {label}"),
                    _ => format!("are {}", labelled(labels)),
                })
            }
            Self::TwoValues { value } => write!(out, "the values are 0 and {value}: taken for a map"),
            Self::Constant { value } => write!(out, "every pixel is {value}: taken for a map"),
            Self::Faint { largest, full_scale, .. } => {
                write!(out, "the largest value is {largest}, and {full_scale} stands for 1")
            }
            Self::Lossy => out.write_str(
                "the compression of the file is lossy: taken for a map, never for labels, which it would damage (PNG and \
                 TIFF keep them)",
            ),
            Self::Luma => out.write_str("the colours are read as luma"),
            Self::Colours { colours } => {
                let names: Vec<String> = (1..)
                    .zip(colours)
                    .take(MOST_LISTED)
                    .map(|(label, [red, green, blue])| format!("#{red:02x}{green:02x}{blue:02x} is {label}"))
                    .collect();
                let more = if colours.len() > names.len() { " ..." } else { "" };
                write!(out, "the colours are taken for labels: {}{more}", names.join(", "))
            }
            Self::Alpha => out.write_str("all pixels have one colour: the alpha channel is taken"),
            Self::AlphaIgnored => out.write_str("the alpha channel is ignored: pixels that it hides count by their colour"),
            Self::AxesDropped { shape, taken } => {
                write!(out, "axes of length 1 are left out: {} of {}", lengths(taken), lengths(shape))
            }
            Self::Rounded { low, high } => {
                write!(out, "values from {low} to {high} are cut off at 0 and 1, which they miss by rounding only")
            }
            Self::NanBackground { pixels } => write!(out, "{} NaN and background", counted(*pixels)),
            Self::Ignored { pixels } => write!(out, "{} ignored and background", counted(*pixels)),
        }
    }
}

impl Remedy {
    /// What it takes the values for, as a choice among others: `labels: 1 alone`.
    pub fn choice(&self) -> String {
        match self {
            Self::As(Meaning::Mask) => "a mask: everything but 0".to_owned(),
            Self::As(Meaning::Labels) => "labels: all but 0".to_owned(),
            Self::As(_) => "a map of probabilities".to_owned(),
            Self::Labels(labels) => format!("labels: {} alone", listed(labels)),
            Self::EachLabel => "labels: each by itself".to_owned(),
            Self::Ignore(value) => format!("labels: {value} ignored"),
            Self::NanBackground => "a map: NaN is background".to_owned(),
            Self::Sigmoid => "logits".to_owned(),
            Self::Clamp => "a map: cut off at 0 and 1".to_owned(),
            Self::Normalise(Normalisation::Divide { by }) => format!("a map: {by} stands for 1"),
            Self::Normalise(Normalisation::MinMax) => {
                "a map: stretched from the smallest value to the largest".to_owned()
            }
            Self::Normalise(_) => "a map: stretched".to_owned(),
            Self::Index(index) => format!("entry {index:?}"),
        }
    }

    /// The option of the program `bettiscope`: `--as mask`.
    pub fn option(&self) -> String {
        match self {
            Self::As(meaning) => format!("--as {meaning}"),
            Self::Labels(labels) => {
                let labels: Vec<String> = labels.iter().map(i64::to_string).collect();
                format!("--labels {}", labels.join(","))
            }
            Self::EachLabel => "--each-label".to_owned(),
            Self::Ignore(value) => format!("--ignore {value}"),
            Self::NanBackground => "--nan background".to_owned(),
            Self::Sigmoid => "--sigmoid".to_owned(),
            Self::Clamp => "--clamp".to_owned(),
            Self::Normalise(normalisation) => format!("--normalise {}", Scaling::To(*normalisation)),
            Self::Index(index) => {
                let index: Vec<String> =
                    index.iter().map(|at| at.map_or_else(|| ":".to_owned(), |at| at.to_string())).collect();
                format!("--index {}", index.join(","))
            }
        }
    }
}

impl fmt::Display for Remedy {
    /// The option and when it is right: `--as mask if everything but 0 is foreground`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let option = self.option();
        match self {
            Self::As(Meaning::Mask) => write!(out, "{option} if everything but 0 is foreground"),
            Self::As(Meaning::Labels) => write!(out, "{option} if they are labels"),
            Self::As(_) => write!(out, "{option} if they are probabilities"),
            Self::Labels(labels) => match &labels[..] {
                [label] => write!(out, "{option} takes label {label} alone"),
                _ => write!(out, "{option} takes these"),
            },
            Self::EachLabel => write!(out, "{option} takes each by itself"),
            Self::Ignore(value) => write!(out, "{option} if {value} says that nothing is known there"),
            Self::NanBackground => write!(out, "{option} if there is nothing where NaN is"),
            Self::Sigmoid => write!(out, "{option} if they are logits, of which 0 is even"),
            Self::Clamp => {
                write!(out, "{option} if they are probabilities that a filter took beyond 0 and 1")
            }
            Self::Normalise(Normalisation::Divide { by }) => write!(out, "{option} if {by} stands for 1"),
            Self::Normalise(Normalisation::MinMax) => {
                write!(out, "{option} if the smallest value stands for 0 and the largest for 1")
            }
            Self::Normalise(_) => write!(out, "{option} if they are intensities that shall be stretched"),
            Self::Index(_) => write!(out, "{option} takes the first"),
        }
    }
}

/// So many labels are listed.
const MOST_LISTED: usize = 6;

/// `labels 1, 2 and 3`, `120 labels from 1 to 120`.
fn labelled(labels: &[i64]) -> String {
    match labels {
        [first, .., last] if labels.len() > MOST_LISTED => {
            format!("{} labels from {first} to {last}", labels.len())
        }
        _ => format!("label{} {}", if labels.len() == 1 { "" } else { "s" }, listed(labels)),
    }
}

/// `1, 2 and 3`.
pub(crate) fn listed(labels: &[i64]) -> String {
    let names: Vec<String> = labels.iter().map(i64::to_string).collect();
    match &names[..] {
        [] => String::new(),
        [name] => name.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn be(labels: &[i64]) -> String {
    format!("{} {}", labelled(labels), if labels.len() == 1 { "is" } else { "are" })
}

fn counted(pixels: usize) -> String {
    if pixels == 1 { "1 pixel is".to_owned() } else { format!("{pixels} pixels are") }
}

/// `40 x 44`.
pub(crate) fn lengths(shape: &[usize]) -> String {
    shape.iter().map(usize::to_string).collect::<Vec<_>>().join(" x ")
}

/// `: A if ..., B if ... or C if ...`, or nothing.
pub(crate) fn advice(remedies: &[Remedy]) -> String {
    let phrases: Vec<String> = remedies.iter().map(Remedy::to_string).collect();
    match phrases.is_empty() {
        true => String::new(),
        false => format!(": {}", phrases.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_names_what_would_decide_otherwise() {
        let remark = Remark::SeveralLabels { labels: vec![1, 2, 255] };
        assert_eq!(
            remark.to_string(),
            "labels 1, 2 and 255 are counted together as one foreground; 255 looks like an ignore label"
        );
        assert_eq!(remark.remedies()[0], Remedy::Ignore(255.0));
        let many = Remark::SeveralLabels { labels: (1..=120).collect() };
        assert_eq!(many.to_string(), "120 labels from 1 to 120 are counted together as one foreground");
        let faint = Remark::Faint { largest: 4093.0, full_scale: 65535.0, may_be_scaled: true };
        assert_eq!(
            advice(&faint.remedies()),
            ": --normalise divide:4095 if 4095 stands for 1; --normalise minmax if the smallest value stands for 0 and \
             the largest for 1"
        );
    }

    #[test]
    fn a_remedy_is_a_choice_among_others() {
        let choices: Vec<String> =
            Remark::SeveralLabels { labels: vec![1, 2, 255] }.remedies().iter().map(Remedy::choice).collect();
        let expected =
            ["labels: 255 ignored", "labels: 1 alone", "labels: each by itself", "a map of probabilities"];
        assert_eq!(choices, expected);
        assert_eq!(
            Remedy::Normalise(Normalisation::Divide { by: 4095.0 }).choice(),
            "a map: 4095 stands for 1"
        );
    }

    #[test]
    fn scales_are_those_that_the_largest_value_comes_near() {
        let by = |largest| match divisions(largest, 65535.0)[..] {
            [Remedy::Normalise(Normalisation::Divide { by })] => Some(by),
            _ => None,
        };
        assert_eq!(
            [97.0, 200.0, 4000.0, 30.0, 60_000.0].map(by),
            [Some(100.0), Some(255.0), Some(4095.0), None, None]
        );
    }
}
