//! `bettiscope reproduce sunnybrook`: rings of myocardium in corrupted slices, before and after.

use burn::tensor::Device;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use cpu_time::ThreadTime;
use imaging::overlap::dice;
use learner::{PostProcess, PostProcessOptions, Step, StopRules};
use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use topoloss::Prior;

use super::journal::{self, Journal};
use super::rings::{Case, Moment, Patients, Row, Table, Trial};
use super::threads;
use crate::arguments::ConnectivityArguments;
use crate::console::Console;
use crate::data::sunnybrook::{self, Slice};
use crate::data::{DataError, seed_of};
use crate::failure::Failure;
use crate::network::Network;
use crate::train::heart::{is_ring, without_lines};
use crate::{Ending, interrupt, report, words};

const EXAMPLES: &str = "\
Examples:
  bettiscope reproduce sunnybrook --data sunnybrook -o out
  bettiscope reproduce sunnybrook --data sunnybrook --model mine.bpk --m 20,60 --rate 1e-4 --steps 50 -o out
  bettiscope reproduce sunnybrook --data sunnybrook --patients validation --rate 1e-5,1e-4 -o tried

The folder of the data has index.csv with the columns `file` and `patient`, images/FILE, and the masks myo/FILE. \
Patients are split as `bettiscope train heart` does with the same seed, so that none that the network has seen is among \
those that are tested. Slices whose mask is not one ring are left out. Each slice is post-processed from its own copy \
of the weights, with the prior 1,1.

Results go to slices.jsonl in the folder, slice by slice; after Ctrl-C the same command goes on from there. \
sunnybrook.json and sunnybrook.csv have the table that is printed.

JSON: {model, patients, seed, connectivity, rows: [{m, lambda, learning_rate, steps, slices, dice_before, dice_after, \
wilcoxon_p, rings_before, rings_after, worse, better, mcnemar_p, mean_steps, seconds}]}. rings_ is the share of slices \
whose map is one ring at 0.5; Dice is that of the mask at 0.5; seconds are CPU seconds per slice.

Exit codes: 0 done, 2 something could not be done, 130 ended by Ctrl-C.";

/// The myocardium in slices with lost lines of k-space, mended by its topology (after section 4.2)
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
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
    /// The seed of the split and of the corruption: that of the training of the network
    #[arg(long, default_value = "0")]
    seed: u64,
    /// The weight of the topological loss; several make several rows
    #[arg(long, value_name = "WEIGHT", value_delimiter = ',', default_value = "0.01")]
    lambda: Vec<f64>,
    /// The learning rate of Adam; several make several rows
    #[arg(long, value_name = "RATE", value_delimiter = ',', default_value = "1e-3")]
    rate: Vec<f64>,
    /// After how many updates to measure; the greatest of several is when to end, and each has its row
    #[arg(long, value_name = "COUNT", value_delimiter = ',', default_value = "60")]
    steps: Vec<usize>,
    /// End a slice sooner, when its prior has held for so many steps; 0 never does
    #[arg(long, value_name = "STEPS", default_value = "20")]
    until_prior_holds: u32,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// On how many cores; without this option on all
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// The folder for the results, and for going on later; it is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    model: String,
    patients: Patients,
    seed: u64,
    steps: usize,
    until_prior_holds: u32,
    connectivity: String,
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let network = Network::open(&arguments.model, &Device::flex())?;
    let slices = arguments.chosen()?;
    journal::folder(&arguments.output)?;
    interrupt::watch()?;
    let most_steps = arguments.steps.iter().copied().max().unwrap_or(0);
    let connectivity = words::connectivity(arguments.connectivity.connectivity);
    let settings = Settings {
        model: network.name.clone(),
        patients: arguments.patients,
        seed: arguments.seed,
        steps: most_steps,
        until_prior_holds: arguments.until_prior_holds,
        connectivity: connectivity.to_owned(),
    };
    let (journal, done): (_, Vec<Trial>) = Journal::open(arguments.output.join("slices.jsonl"), &settings)?;
    let cases = arguments.cases(&slices);
    let is_done = |case: &Case| done.iter().any(|trial| trial.case == *case);
    let missing = cases.iter().filter(|(_, case)| !is_done(case)).cloned().collect::<Vec<_>>();
    let mut trials = done
        .into_iter()
        .filter(|trial| cases.iter().any(|(_, case)| *case == trial.case))
        .collect::<Vec<Trial>>();
    if !trials.is_empty() {
        console.note(format!("{} of {} runs are done already", trials.len(), cases.len()));
    }
    let options = PostProcessOptions {
        connectivity: arguments.connectivity.connectivity,
        stop: StopRules {
            updates: most_steps,
            prior_holds_for: Some(arguments.until_prior_holds as usize).filter(|&steps| steps > 0),
            ..StopRules::default()
        },
        ..PostProcessOptions::default()
    };
    let progress = console.progress(missing.len(), "runs");
    let fresh = Mutex::new(Vec::new());
    let one = |(slice, case): &(&Slice, Case)| -> Result<(), Failure> {
        if interrupt::is_asked() {
            return Ok(());
        }
        if let Some(trial) = trial(&network, slice, case, arguments.seed, options)? {
            journal.write(&trial)?;
            fresh.lock().unwrap_or_else(PoisonError::into_inner).push(trial);
            progress.inc(1);
        }
        Ok(())
    };
    threads(arguments.threads)?.install(|| missing.par_iter().try_for_each(one))?;
    progress.finish_and_clear();
    trials.extend(fresh.into_inner().unwrap_or_else(PoisonError::into_inner));

    let table = Table {
        model: &network.name,
        patients: arguments.patients,
        seed: arguments.seed,
        connectivity,
        rows: arguments.rows(&trials),
    };
    let write = |name: &str, bytes: Vec<u8>| {
        let path = arguments.output.join(name);
        std::fs::write(&path, bytes).map_err(|source| Failure::Write { path, source })
    };
    write("sunnybrook.json", report::json(&table)?)?;
    write("sunnybrook.csv", report::csv(&Row::NAMES, &table.rows)?)?;
    console.print(table.text().as_bytes())?;
    if trials.len() == cases.len() {
        return Ok(Ending::Right);
    }
    console.note(format!("{} of {} runs are done; the same command goes on", trials.len(), cases.len()));
    Ok(Ending::Interrupted)
}

impl Arguments {
    /// The slices of the patients whose mask is one ring.
    fn chosen(&self) -> Result<Vec<Slice>, Failure> {
        let all = sunnybrook::read(&self.data)?;
        let split = sunnybrook::split(&all, self.seed)?;
        let patients: &BTreeSet<String> = match self.patients {
            Patients::Test => &split.test,
            Patients::Validation => &split.validation,
            Patients::Training => &split.training,
        };
        let is_meant = |slice: &Slice| patients.contains(&slice.patient) && is_ring(slice);
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

    fn cases<'a>(&self, slices: &'a [Slice]) -> Vec<(&'a Slice, Case)> {
        let mut cases = Vec::new();
        for &m in &self.m {
            for slice in slices {
                for &lambda in &self.lambda {
                    let of_rate =
                        |&learning_rate| (slice, Case { m, file: slice.file.clone(), lambda, learning_rate });
                    cases.extend(self.rate.iter().map(of_rate));
                }
            }
        }
        cases
    }

    fn rows(&self, trials: &[Trial]) -> Vec<Row> {
        let mut rows = Vec::new();
        for &m in &self.m {
            for &lambda in &self.lambda {
                for &learning_rate in &self.rate {
                    let is_of_row = |trial: &&Trial| {
                        let case = &trial.case;
                        (case.m, case.lambda, case.learning_rate) == (m, lambda, learning_rate)
                    };
                    let of_row = trials.iter().filter(is_of_row).collect::<Vec<&Trial>>();
                    rows.extend(self.steps.iter().filter_map(|&steps| Row::of(steps, &of_row)));
                }
            }
        }
        rows
    }
}

/// Post-processes a slice; nothing if the user ends the command before that is done.
fn trial(
    network: &Network,
    slice: &Slice,
    case: &Case,
    seed: u64,
    options: PostProcessOptions,
) -> Result<Option<Trial>, Failure> {
    let (image, truth) = slice.sample();
    let name = slice.file.bytes().map(u64::from).collect::<Vec<u64>>();
    let image = without_lines(&image, case.m, seed_of(&[seed, case.m as u64, seed_of(&name)]))?;
    let options = PostProcessOptions { lambda: case.lambda, learning_rate: case.learning_rate, ..options };
    let prior = Prior::exactly(&[1, 1])?;
    let start = ThreadTime::now();
    let mut steps: Vec<(Array2<f32>, bool)> = Vec::new();
    let last = pollster::block_on(async {
        let mut run = PostProcess::new(&network.network, image.view(), prior, options).await?;
        run.run(|step: &Step| {
            let mask = step.probabilities.mapv(|value| if value >= 0.5 { 1.0 } else { 0.0 });
            steps.push((mask, step.prior_holds));
            if interrupt::is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await
    });
    if last.map_err(Failure::Learner)?.stop.is_none() {
        return Ok(None);
    }
    let seconds = start.elapsed().as_secs_f64();
    let moments = steps.iter().map(|(mask, right)| {
        let dice = dice(mask.view(), truth.view()).map_err(Failure::Overlap)?;
        Ok(Moment { dice, right: *right })
    });
    Ok(Some(Trial { case: case.clone(), seconds, moments: moments.collect::<Result<_, Failure>>()? }))
}
