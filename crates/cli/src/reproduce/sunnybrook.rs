//! `bettiscope reproduce sunnybrook`: rings of myocardium in corrupted slices, before and after.

use std::collections::BTreeSet;
use std::path::PathBuf;

use burn::tensor::Device;
use imaging::preparation::Preparation;
use serde::{Deserialize, Serialize};
use topoloss::Prior;

use super::masks::{Experiment, Sample};
use super::options::{Common, RunArguments};
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::interrupt;
use crate::network::Network;
use experiments::data::DataError;
use experiments::data::sunnybrook::{self, PREPARATION, SIZE, Slice, Split};

const EXAMPLES: &str = "\
Examples:
  bettiscope reproduce sunnybrook --data sunnybrook -o out
  bettiscope reproduce sunnybrook --data sunnybrook --model mine.bpk --m 20,60 --rate 1e-4 --steps 50 -o out
  bettiscope reproduce sunnybrook --data sunnybrook --patients validation --rate 1e-5,1e-4 -o tried

The folder of the data has index.csv with the columns `file` and `patient`, images/FILE, and the masks myo/FILE. \
Which patients the network has learned from, and which not, is what its record says, whatever the seed: none that it has \
seen is among those that are tested. Slices are prepared as the record says, too. Those whose mask is not one ring are \
left out. Each slice is post-processed from its own copy of the weights, with the prior 1,1.

Results go to sunnybrook.jsonl in the folder, slice by slice; after Ctrl-C the same command goes on from there. \
sunnybrook.json and sunnybrook.csv have the table that is printed.

JSON: {model, samples, seed, connectivity, rows: [{m, lambda, learning_rate, steps, until_prior_holds, samples, \
dice_before, dice_after, wilcoxon_p, right_before, right_after, worse, better, mcnemar_p, mean_steps, seconds}]}. right_ is the share of slices \
whose map is one ring at 0.5; Dice is that of the mask at 0.5; seconds are CPU seconds per slice.

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
    #[arg(long, default_value = "test")]
    patients: Patients,
    /// How many slices, evenly spaced; without this option all
    #[arg(long, value_name = "N")]
    slices: Option<usize>,
    #[command(flatten)]
    run: RunArguments,
}

/// The groups that training makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Patients {
    /// Those that nothing was chosen on: for results
    Test,
    /// Those that chose the epoch: to choose settings
    Validation,
    /// Those that the network has learned from
    Training,
    /// All that there are: for networks that have learned from none of them
    All,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    model: String,
    patients: Patients,
    #[serde(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let Arguments { run, model, patients, .. } = arguments;
    let network = Network::open(model, &Device::flex())?;
    let preparation = arguments.preparation(&network)?;
    let slices = arguments.chosen(&network, console)?;
    run.make_folder(&["sunnybrook.json", "sunnybrook.csv"], |folder| {
        folder.join("sunnybrook.jsonl").exists()
    })?;
    interrupt::watch()?;
    let experiment = Experiment {
        arguments: run,
        name: "sunnybrook",
        samples: match patients {
            Patients::Test => "slices of test patients, prior 1,1",
            Patients::Validation => "slices of validation patients, prior 1,1",
            Patients::Training => "slices of training patients, prior 1,1",
            Patients::All => "slices of all patients, prior 1,1",
        },
        common: Settings { model: network.name.clone(), patients: *patients, common: run.common() },
        model: &network.name,
        network: &network.network,
    };
    let samples = slices.iter().map(|slice| {
        let (image, mask) = slice.sample(&preparation)?;
        Ok(Sample { name: slice.file.clone(), image, mask, prior: Prior::exactly(&[1, 1])? })
    });
    experiment.run(&arguments.m, &samples.collect::<Result<Vec<Sample>, Failure>>()?, console)
}

/// Which patients of the data the network has learned from, and which not.
fn split(network: &Network, slices: &[Slice]) -> Result<Split, DataError> {
    let Network { name, record, .. } = network;
    let split = match (&record.split, record.name.as_deref(), record.seed) {
        (Some(split), ..) => split.clone(),
        // `train heart` has always split by its seed, also when it did not write down how.
        (None, Some("heart"), Some(seed)) => return sunnybrook::split(slices, seed),
        _ => return Err(DataError::NoSplit { model: name.clone() }),
    };
    let is_unknown = |patient: &&String| {
        ![&split.training, &split.validation, &split.test].into_iter().any(|group| group.contains(*patient))
    };
    let patients = slices.iter().map(|slice| &slice.patient).collect::<BTreeSet<&String>>();
    let unknown = patients.into_iter().filter(is_unknown).cloned().collect::<Vec<String>>();
    if unknown.is_empty() {
        Ok(split)
    } else {
        Err(DataError::OtherPatients { model: name.clone(), unknown })
    }
}

impl Arguments {
    /// How slices are prepared for the network.
    fn preparation(&self, network: &Network) -> Result<Preparation, Failure> {
        let preparation = network.record.preparation(None);
        network.record.check_size(SIZE).map_err(|problem| problem.in_file(&self.model))?;
        let scaling = preparation.scaling.or(PREPARATION.scaling);
        Ok(Preparation { scaling, ..preparation })
    }

    /// The slices of the patients whose mask is one ring.
    fn chosen(&self, network: &Network, console: Console) -> Result<Vec<Slice>, Failure> {
        let all = sunnybrook::read(&self.data)?;
        let known: BTreeSet<String> = all.iter().map(|slice| slice.patient.clone()).collect();
        let patients = match self.patients {
            Patients::Test => split(network, &all)?.test,
            Patients::Validation => split(network, &all)?.validation,
            Patients::Training => split(network, &all)?.training,
            Patients::All => known.clone(),
        };
        let missing = patients.difference(&known).cloned().collect::<Vec<String>>();
        if !missing.is_empty() {
            console.note(format!("of these patients there are no slices: {}", missing.join(", ")));
        }
        let is_meant = |slice: &Slice| patients.contains(&slice.patient) && slice.is_ring();
        let rings = all.into_iter().filter(is_meant).collect::<Vec<Slice>>();
        let count = self.slices.unwrap_or(rings.len());
        if count == 0 || count > rings.len() {
            let what = "slices of these patients whose mask is one ring";
            return Err(DataError::Few { given: rings.len(), what, needed: count.max(1) }.into());
        }
        let of = rings.len();
        let chosen = (0..count).map(|number| number * of / count).collect::<BTreeSet<usize>>();
        Ok(rings
            .into_iter()
            .enumerate()
            .filter(|(at, _)| chosen.contains(at))
            .map(|(_, slice)| slice)
            .collect())
    }
}
