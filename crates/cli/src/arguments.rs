//! What can be said on the command line, as far as commands share it.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use imaging::{Beyond, MapOptions, Meaning, Normalisation, Scaling};
use persistence::Connectivity;
use topoloss::Prior;

use crate::{barcode, bench, check, loss, postprocess, repair, reproduce, train};

const EXAMPLES: &str = "\
Examples:
  bettiscope barcode map.png
  bettiscope barcode map.png -o barcode.svg
  bettiscope loss map.npy --betti 1,1
  bettiscope check masks/ --betti 1,1
  bettiscope repair mask.png --betti 1,1 -o repaired.png
  bettiscope postprocess map.npy --betti 1,1 -o out

Files are PNG, JPEG, WebP, TIFF, NPY, NPZ or NIfTI, told by their content; - is standard input. Colour becomes luma. \
An image has rows and columns, a volume slices, rows and columns; pages of a TIFF are slices.

Exit codes: 0 all is well, 1 a result says that something is wrong, 2 something could not be done.";

/// Topology of images: barcodes, topological losses, checks and repairs
///
/// Bettiscope computes the cubical persistent homology of images and volumes: their components, their holes (in
/// volumes handles and cavities), and the thresholds between which each of them exists.
#[derive(Debug, Parser)]
#[command(name = "bettiscope", version, after_help = EXAMPLES, max_term_width = 110)]
pub(crate) struct Arguments {
    /// Print nothing but results and errors
    #[arg(short, long, global = true, display_order = 900)]
    pub(crate) quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Barcode(barcode::Arguments),
    Loss(loss::Arguments),
    Check(check::Arguments),
    Repair(repair::Arguments),
    /// Train networks
    Train {
        #[command(subcommand)]
        what: train::What,
    },
    Postprocess(postprocess::Arguments),
    /// Repeat experiments: the paper's, and those that settings were chosen by
    Reproduce {
        #[command(subcommand)]
        what: reproduce::What,
    },
    /// Measure how long computations take
    Bench {
        #[command(subcommand)]
        what: bench::What,
    },
    /// Print a script that completes commands and options in a shell
    ///
    /// Example for bash: bettiscope completions bash > ~/.local/share/bash-completion/completions/bettiscope
    Completions {
        /// The shell
        shell: Shell,
    },
}

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
    /// 16); minmax stretches from the smallest to the largest value; percentile stretches from percentile 1 to 99
    /// and clips, percentile:LOW,HIGH does so between others. Without this option 8- and 16-bit images are divided
    /// by 255 and 65535, masks are 0 and 1, and floats, NIfTI and all other types keep their values.
    #[arg(long, value_name = "HOW", alias = "normalize", value_parser = scaling)]
    pub(crate) normalise: Option<Scaling>,
    /// Which array of an NPZ archive, by its name; without this option the first
    #[arg(long, value_name = "NAME")]
    pub(crate) member: Option<String>,
    /// Which entry of the first axis, from 0: a volume of a 4-D series, or a slice of a volume
    ///
    /// Several numbers choose along several axes: --index 2,30 is slice 30 of volume 2.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub(crate) index: Vec<usize>,
}

/// How a file becomes a mask or a probability map.
#[derive(Clone, Debug, Args)]
pub(crate) struct MapArguments {
    #[command(flatten)]
    pub(crate) input: InputArguments,
    /// What the values mean
    #[arg(long = "as", value_name = "WHAT", default_value = "auto", value_parser = meaning())]
    meaning: Meaning,
    /// Cut values off at 0 and 1 instead of refusing those beyond
    #[arg(long)]
    pub(crate) clamp: bool,
}

impl MapArguments {
    pub(crate) fn options(&self) -> MapOptions {
        MapOptions {
            meaning: self.meaning,
            scaling: self.input.normalise,
            beyond: if self.clamp { Beyond::Clamp } else { Beyond::Refuse },
        }
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
        PossibleValue::new("auto").help(
            "A mask if there are only two values, one of them 0, or only labels from 0 to 63; else a map. With \
             --normalise a map",
        ),
        PossibleValue::new("mask").help("A mask: everything but 0 is foreground"),
        PossibleValue::new("map").help("A probability map"),
    ];
    PossibleValuesParser::new(values).map(|name| match name.as_str() {
        "mask" => Meaning::Mask,
        "map" => Meaning::Map,
        _ => Meaning::Auto,
    })
}

/// A way to the scale from 0 to 1.
pub(crate) fn scaling(text: &str) -> Result<Scaling, String> {
    text.parse()
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
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn thresholds_are_on_the_scale_of_probabilities() {
        assert_eq!(threshold("0.5"), Ok(0.5));
        for text in ["1.5", "-0.1", "NaN", "inf", "half"] {
            assert!(threshold(text).is_err(), "{text}");
        }
    }
}
