//! `bettiscope reproduce sunnybrook`: rings of myocardium in corrupted slices, before and after.

use std::path::PathBuf;

use burn::tensor::Device;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use experiments::data::sunnybrook::SIZE;
use experiments::reproduce::sunnybrook::{self, Model, Patients};

use super::options::RunArguments;
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::interrupt;
use crate::network::Network;

const EXAMPLES: &str = "\
Examples:
  bettiscope reproduce sunnybrook --data sunnybrook -o out
  bettiscope reproduce sunnybrook --data sunnybrook --model mine.bpk --m 20,60 --rate 1e-4 --steps 50 -o out
  bettiscope reproduce sunnybrook --data sunnybrook --model heart-classes --m 0,60 -o classes
  bettiscope reproduce sunnybrook --data sunnybrook --patients validation --rate 1e-5,1e-4 -o tried

The folder of the data has index.csv with the columns `file` and `patient`, images/FILE, and the masks myo/FILE. \
Which patients the network has learned from, and which not, is what its record says, whatever the seed: none that it has \
seen is among those that are tested. Slices are prepared as the record says, too. Those whose mask is not one ring are \
left out. Each slice is post-processed from its own copy of the weights, with the prior 1,1; with a network of three classes \
(background, cavity, muscle), such as heart-classes, with 1:1,0; 2:1,1; 1+2:1,0.

Results go to sunnybrook.jsonl in the folder, slice by slice; after Ctrl-C the same command goes on from there. \
sunnybrook.json and sunnybrook.csv have the table that is printed.

JSON: {model, samples, seed, connectivity, rows: [{m, lambda, learning_rate, steps, until_prior_holds, samples, \
dice_before, dice_after, dice_by_class_before, dice_by_class_after, wilcoxon_p, right_before, right_after, \
worse, better, mcnemar_p, mean_steps, seconds}]}. right_ is the share of slices \
whose map is one ring at 0.5, or of whose classes all priors hold; Dice is that of the mask at 0.5, or the mean over the \
classes without the background; dice_by_class_ has that of each, and is empty where there is one; seconds are CPU seconds per slice.

Exit codes: 0 done, 2 something could not be done, 130 ended by Ctrl-C.";

/// The myocardium in slices with lost lines of k-space, mended by its topology (after section 4.2)
#[derive(Debug, clap::Args)]
#[command(
    after_help = EXAMPLES,
    mut_arg("lambda", |argument| argument.default_value("0.01")),
    mut_arg("rate", |argument| argument.default_value("3e-4")),
    mut_arg("steps", |argument| argument.default_value("60")),
    mut_arg("until_prior_holds", |argument| argument.default_value("5"))
)]
pub(crate) struct Arguments {
    /// The folder of the Sunnybrook data
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The network that finds the myocardium: a name or a .bpk file
    #[arg(long, value_name = "NAME|FILE", default_value = "heart")]
    model: PathBuf,
    /// How many of the 80 lines of k-space are removed; the middle 8 stay
    #[arg(long, value_name = "M", value_delimiter = ',', default_value = "60")]
    m: Vec<usize>,
    /// Whose slices are post-processed
    #[arg(long, default_value = "test", value_parser = patients())]
    patients: Patients,
    /// How many slices, evenly spaced; without this option all
    #[arg(long, value_name = "N")]
    slices: Option<usize>,
    #[command(flatten)]
    run: RunArguments,
}

fn patients() -> impl TypedValueParser<Value = Patients> {
    let values = [
        PossibleValue::new("test").help("Those that nothing was chosen on: for results"),
        PossibleValue::new("validation").help("Those that chose the epoch: to choose settings"),
        PossibleValue::new("training").help("Those that the network has learned from"),
        PossibleValue::new("all")
            .help("All that there are: for networks that have learned from none of them"),
    ];
    PossibleValuesParser::new(values).map(|name| match name.as_str() {
        "validation" => Patients::Validation,
        "training" => Patients::Training,
        "all" => Patients::All,
        _ => Patients::Test,
    })
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let Arguments { data, m, patients, slices, run, .. } = arguments;
    let model = arguments.model()?;
    let slices = sunnybrook::chosen(data, *patients, *slices, &model, &console)?;
    run.make_folder(&["sunnybrook.json", "sunnybrook.csv"], |folder| {
        folder.join("sunnybrook.jsonl").exists()
    })?;
    interrupt::watch()?;
    let finished = sunnybrook::run(&model, &slices, *patients, m, &run.options(), &console)?;
    super::end_of_masks("sunnybrook", &finished, run, console)
}

impl Arguments {
    fn model(&self) -> Result<Model, Failure> {
        let Network { name, network, record } = Network::open(&self.model, &Device::flex())?;
        record.check_size(SIZE).in_file(&self.model)?;
        // `train heart` has always split by its seed, also when it did not write down how.
        let split_seed = record.seed.filter(|_| record.name.as_deref() == Some("heart"));
        Ok(Model { name, network, preparation: record.preparation(None), split: record.split, split_seed })
    }
}
