//! `bettiscope reproduce shapes`: synthetic shapes of all kinds, before and after.

use std::path::PathBuf;

use burn::tensor::Device;
use experiments::reproduce::shapes::{self, SIZE};

use super::options::RunArguments;
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::interrupt;
use crate::network::Network;

const EXAMPLES: &str = "\
Examples:
  bettiscope reproduce shapes -o out
  bettiscope reproduce shapes --m 0,40 --model mine.bpk -o out
  bettiscope reproduce shapes --seed 1 --rate 1e-4,3e-4,1e-3 --lambda 0.01,0.1 --steps 20,60 -o tried

Blobs, rings, trees and cells by turns, of 80 x 80 pixels, that no network was trained on. Each has lost m of its 80 \
lines of k-space and is post-processed from its own copy of the weights, with its own Betti numbers as prior. Another \
seed makes other shapes.

Results go to shapes.jsonl in the folder, shape by shape; after Ctrl-C the same command goes on from there. \
shapes.json and shapes.csv have the table that is printed.

JSON: {model, samples, seed, connectivity, rows: [{m, lambda, learning_rate, steps, until_prior_holds, samples, \
dice_before, dice_after, dice_by_class_before, dice_by_class_after (empty), wilcoxon_p, right_before, right_after, worse, \
better, mcnemar_p, mean_steps, seconds}]}. right_ is the share of shapes \
whose Betti numbers at 0.5 are the prior's; Dice is that of the mask at 0.5; seconds are CPU seconds per shape.

Exit codes: 0 done, 2 something could not be done, 130 ended by Ctrl-C.";

/// Synthetic shapes of all kinds with lost lines of k-space, mended by their topology (not in the paper)
#[derive(Debug, clap::Args)]
#[command(
    after_help = EXAMPLES,
    mut_arg("lambda", |argument| argument.default_value("0.01")),
    mut_arg("rate", |argument| argument.default_value("3e-4")),
    mut_arg("steps", |argument| argument.default_value("100")),
    mut_arg("until_prior_holds", |argument| argument.default_value("5"))
)]
pub(crate) struct Arguments {
    /// The network that finds the foreground: a name or a .bpk file
    #[arg(long, value_name = "NAME|FILE", default_value = "shapes")]
    model: PathBuf,
    /// How many of the 80 lines of k-space are removed; the middle 8 stay
    #[arg(long, value_name = "M", value_delimiter = ',', default_value = "40")]
    m: Vec<usize>,
    /// How many shapes
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..))]
    count: u32,
    #[command(flatten)]
    run: RunArguments,
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let Arguments { model, m, count, run } = arguments;
    let Network { name, network, record } = Network::open(model, &Device::flex())?;
    record.check_size(SIZE).in_file(model)?;
    run.make_folder(&["shapes.json", "shapes.csv"], |folder| folder.join("shapes.jsonl").exists())?;
    interrupt::watch()?;
    let finished = shapes::run((&name, &network), m, *count, &run.options(), &console)?;
    super::end_of_masks("shapes", &finished, run, console)
}
