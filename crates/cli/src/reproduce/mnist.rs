//! `bettiscope reproduce mnist`: section 4.1 of the paper.

use burn::tensor::Device;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use learner::{Classifier, PostProcessOptions, StopRules};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::digits::{self, Origin};
use super::journal::{self, Journal};
use super::networks::{Networks, accuracy};
use super::table1::{Row, Table};
use super::trial::{Case, Measure, Trial};
use super::{figure6, threads};
use crate::arguments::ConnectivityArguments;
use crate::console::Console;
use crate::data::mnist::{Mnist, Part};
use crate::failure::Failure;
use crate::network::Network;
use crate::{Ending, interrupt, report, words};

const EXAMPLES: &str = "\
Examples:
  bettiscope reproduce mnist --data mnist -o out
  bettiscope reproduce mnist --data mnist --m 4,8,12 --test 200 --seed 1 -o out
  bettiscope reproduce mnist --data mnist --figure 6 -o out
  bettiscope reproduce mnist --data mnist --m 8 --test 60 --digits training --rate 3e-5,1e-4 --steps 10,40 -o tried

The folder of the data holds the four files of MNIST, gzipped or not. For each m a network is trained to restore \
digits from 100 pairs, the first of the training set, unless one is given; a classifier is trained on 10 000 others. \
Each digit is then post-processed from its own copy of the weights, with the prior of what it is: 0, 6 and 9 have one \
hole, 8 has two, the others none. Cores work on different digits.

Results go to digits.jsonl in the folder, digit by digit. After Ctrl-C, or when more digits or other m are asked for, \
the same command goes on from there; restore-*.bpk and \
classify-*.bpk are the networks. table1.json and table1.csv have the table that is printed.

JSON: {digits, seed, connectivity, classifier_accuracy, rows: [{m, lambda, learning_rate, steps, digits, \
accuracy_before, accuracy_after, worse, better, mcnemar_p, mse_before, mse_after, wilcoxon_p, right_before, \
right_after, mean_steps, seconds, paper: {accuracy_before, accuracy_after, mse_before, mse_after}}]}. right_ is the \
share of digits whose Betti numbers at 0.5 are the prior's; seconds are CPU seconds per digit.

Exit codes: 0 done, 2 something could not be done, 130 ended by Ctrl-C.";

/// Digits restored from corrupted ones, and mended by their topology (section 4.1, table 1, figure 6)
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The folder with the files of MNIST
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many rows and columns of k-space are removed
    #[arg(long, value_name = "M", value_delimiter = ',', default_value = "2,4,6,8,10,12")]
    m: Vec<usize>,
    /// How many digits are post-processed, evenly spaced over their set
    #[arg(long, value_name = "N", default_value = "1000")]
    test: usize,
    /// Which digits are post-processed
    #[arg(long, default_value = "test")]
    digits: Origin,
    /// The seed of networks and corruption
    #[arg(long, default_value = "0")]
    seed: u64,
    /// The network that restores digits: a name or a .bpk file; without this option one is trained for each m
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<PathBuf>,
    /// The classifier, a .bpk file of an earlier run; without this option one is trained
    #[arg(long, value_name = "FILE")]
    classifier: Option<PathBuf>,
    /// The width of a network that is trained; 16 is the paper's
    #[arg(long, value_name = "CHANNELS", default_value = "16")]
    width: usize,
    /// The weight of the topological loss; several make several rows
    #[arg(long, value_name = "WEIGHT", value_delimiter = ',', default_value = "0.02")]
    lambda: Vec<f64>,
    /// The learning rate of Adam; several make several rows
    #[arg(long, value_name = "RATE", value_delimiter = ',', default_value = "1e-4")]
    rate: Vec<f64>,
    /// After how many updates to measure; the greatest of several is when to end, and each has its row
    #[arg(long, value_name = "COUNT", value_delimiter = ',', default_value = "60")]
    steps: Vec<usize>,
    /// End a digit sooner, when its prior has held for so many steps; 0 never does
    #[arg(long, value_name = "STEPS", default_value = "20")]
    until_prior_holds: u32,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// On how many cores; without this option on all
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Draw a figure of the paper instead of computing the table
    #[arg(long, value_parser = ["6"])]
    figure: Option<String>,
    /// The folder for the results, and for going on later; it is made if it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// What all results of a folder have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    digits: Origin,
    seed: u64,
    model: Option<String>,
    width: usize,
    steps: usize,
    until_prior_holds: u32,
    connectivity: String,
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let given = arguments.model.as_deref().map(|name| Network::open(name, &Device::flex())).transpose()?;
    let training = Mnist::open(&arguments.data, Part::Training)?;
    let test = Mnist::open(&arguments.data, Part::Test)?;
    if given.is_none() {
        digits::check_pairs(&training)?;
    }
    journal::folder(&arguments.output)?;
    interrupt::watch()?;
    let networks = Networks {
        console,
        folder: &arguments.output,
        training: &training,
        seed: arguments.seed,
        width: arguments.width,
        given: given.as_ref().map(|network| &network.network),
        classifier: arguments.classifier.as_deref(),
    };
    let work = Work { arguments, console, training: &training, test: &test, networks };
    match arguments.figure {
        Some(_) => work.figure_6(),
        None => work.table_1(),
    }
}

/// The data, and the networks that learn from them.
struct Work<'a> {
    arguments: &'a Arguments,
    console: Console,
    training: &'a Mnist,
    test: &'a Mnist,
    networks: Networks<'a>,
}

impl Work<'_> {
    fn table_1(&self) -> Result<Ending, Failure> {
        let path = self.arguments.output.join("digits.jsonl");
        let (journal, done): (_, Vec<Trial>) = Journal::open(path, &self.settings())?;
        let chosen = digits::chosen(self.arguments.test, self.digits().labels.len(), self.arguments.digits)?;
        let cases = self.cases(&chosen);
        let missing = cases.iter().filter(|case| !done.iter().any(|trial| trial.case == **case));
        let missing = missing.copied().collect::<Vec<Case>>();
        let found = done.into_iter().filter(|trial| cases.contains(&trial.case)).collect::<Vec<Trial>>();
        if !found.is_empty() {
            self.console.note(format!("{} of {} runs are done already", found.len(), cases.len()));
        }
        let Some(classifier) = self.networks.classifier()? else { return Ok(Ending::Interrupted) };
        let accuracy = accuracy(&classifier, self.test)?;
        let fresh = self.trials(&missing, &classifier, &journal)?;
        let is_whole = fresh.len() == missing.len();
        let trials = found.into_iter().chain(fresh).collect::<Vec<Trial>>();
        let table = Table {
            digits: self.arguments.digits,
            seed: self.arguments.seed,
            connectivity: words::connectivity(self.arguments.connectivity.connectivity),
            classifier_accuracy: accuracy,
            rows: self.rows(&trials),
        };
        let write = |name: &str, bytes: Vec<u8>| {
            let path = self.arguments.output.join(name);
            std::fs::write(&path, bytes).map_err(|source| Failure::Write { path, source })
        };
        write("table1.json", report::json(&table)?)?;
        write("table1.csv", table.csv()?)?;
        self.console.print(table.text().as_bytes())?;
        if is_whole {
            return Ok(Ending::Right);
        }
        self.console.note(format!(
            "{} of {} runs are done; the same command goes on",
            trials.len(),
            cases.len()
        ));
        Ok(Ending::Interrupted)
    }

    fn digits(&self) -> &Mnist {
        match self.arguments.digits {
            Origin::Test => self.test,
            Origin::Training => self.training,
        }
    }

    fn settings(&self) -> Settings {
        let Arguments { digits, seed, model, width, until_prior_holds, connectivity, .. } = self.arguments;
        Settings {
            digits: *digits,
            seed: *seed,
            model: model.as_ref().map(|model| model.display().to_string()),
            width: *width,
            steps: self.most_steps(),
            until_prior_holds: *until_prior_holds,
            connectivity: words::connectivity(connectivity.connectivity).to_owned(),
        }
    }

    fn most_steps(&self) -> usize {
        self.arguments.steps.iter().copied().max().unwrap_or(0)
    }

    /// Digit by digit within m, so that what there is after Ctrl-C is whole for the first m.
    fn cases(&self, chosen: &[usize]) -> Vec<Case> {
        let Arguments { m, lambda, rate, .. } = self.arguments;
        let mut cases = Vec::new();
        for &m in m {
            for &index in chosen {
                for &lambda in lambda {
                    let of_rate = |&learning_rate| Case { m, index, lambda, learning_rate };
                    cases.extend(rate.iter().map(of_rate));
                }
            }
        }
        cases
    }

    fn rows(&self, trials: &[Trial]) -> Vec<Row> {
        let Arguments { m, lambda, rate, steps, .. } = self.arguments;
        let mut rows = Vec::new();
        for &m in m {
            for &lambda in lambda {
                for &learning_rate in rate {
                    let is_of_row = |trial: &&Trial| {
                        let case = trial.case;
                        (case.m, case.lambda, case.learning_rate) == (m, lambda, learning_rate)
                    };
                    let of_row = trials.iter().filter(is_of_row).collect::<Vec<&Trial>>();
                    let of_steps = |&steps| Row::of(m, lambda, learning_rate, steps, &of_row);
                    rows.extend(steps.iter().filter_map(of_steps));
                }
            }
        }
        rows
    }

    /// The results of the cases, each written down as soon as it is there; fewer if the user ends the command.
    fn trials(
        &self,
        cases: &[Case],
        classifier: &Classifier,
        journal: &Journal,
    ) -> Result<Vec<Trial>, Failure> {
        let pool = threads(self.arguments.threads)?;
        let progress = self.console.progress(cases.len(), "runs");
        let mut trials = Vec::with_capacity(cases.len());
        for cases in cases.chunk_by(|a, b| a.m == b.m) {
            let Some(network) = self.networks.restoring(cases[0].m)? else { break };
            let measure = Measure { network: &network, classifier, options: self.options() };
            let done = Mutex::new(Vec::new());
            let digits = self.digits();
            let seed = self.corruption_seed();
            let one = |&case: &Case| -> Result<(), Failure> {
                if interrupt::is_asked() {
                    return Ok(());
                }
                let (digit, label) = digits::digit(digits, case.index);
                let pair = digits::pair(digit, case.m, seed.wrapping_add(case.index as u64))?;
                let trial =
                    measure.trial(case, label, &pair, digits::prior(label)?).map_err(Failure::Learner)?;
                if let Some(trial) = trial {
                    journal.write(&trial)?;
                    done.lock().unwrap_or_else(PoisonError::into_inner).push(trial);
                    progress.inc(1);
                }
                Ok(())
            };
            pool.install(|| cases.par_iter().try_for_each(one))?;
            trials.extend(done.into_inner().unwrap_or_else(PoisonError::into_inner));
            if interrupt::is_asked() {
                break;
            }
        }
        progress.finish_and_clear();
        Ok(trials)
    }

    fn options(&self) -> PostProcessOptions {
        let until = self.arguments.until_prior_holds as usize;
        let prior_holds_for = (until > 0).then_some(until);
        PostProcessOptions {
            connectivity: self.arguments.connectivity.connectivity,
            stop: StopRules { updates: self.most_steps(), prior_holds_for, ..StopRules::default() },
            ..PostProcessOptions::default()
        }
    }

    /// Other than those of the pairs that are learned from.
    fn corruption_seed(&self) -> u64 {
        (self.arguments.seed << 32) | (1 << 24)
    }

    fn figure_6(&self) -> Result<Ending, Failure> {
        let m = self.arguments.m.first().copied().unwrap_or(8);
        let Some(network) = self.networks.restoring(m)? else { return Ok(Ending::Interrupted) };
        let seed = self.corruption_seed();
        let three = self.test.labels.iter().position(|&label| label == 3).ok_or(Failure::NoThree)?;
        let pair = digits::pair(digits::digit(self.test, three).0, m, seed.wrapping_add(three as u64))?;
        let options = PostProcessOptions {
            lambda: self.arguments.lambda.first().copied().unwrap_or(0.02),
            learning_rate: self.arguments.rate.first().copied().unwrap_or(1e-4),
            ..self.options()
        };
        figure6::draw(&network, &pair, options, &self.arguments.output, self.console)
    }
}
