//! `bettiscope reproduce mnist`: section 4.1 of the paper.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use learner::{Classifier, UNet};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::digits::{self, Origin};
use super::figure6;
use super::networks::{Networks, accuracy};
use super::options::{Common, RunArguments};
use super::table1::{Key, Moment, Row, Table};
use super::trials::{Case, Outcome, Trials, cases, post_process};
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::network::Network;
use crate::{interrupt, report};
use experiments::data::mnist::{Mnist, Part};

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

JSON: {digits, seed, connectivity, classifier_accuracy, rows: [{m, lambda, learning_rate, steps, until_prior_holds, \
digits, accuracy_before, accuracy_after, worse, better, mcnemar_p, mse_before, mse_after, wilcoxon_p, right_before, \
right_after, mean_steps, seconds, paper: {accuracy_before, accuracy_after, mse_before, mse_after}}]}. right_ is the \
share of digits whose Betti numbers at 0.5 are the prior's; seconds are CPU seconds per digit.

Exit codes: 0 done, 2 something could not be done, 130 ended by Ctrl-C.";

/// Digits restored from corrupted ones, and mended by their topology (section 4.1, table 1, figure 6)
#[derive(Debug, clap::Args)]
#[command(
    after_help = EXAMPLES,
    mut_arg("lambda", |argument| argument.default_value("0.02")),
    mut_arg("rate", |argument| argument.default_value("1e-4")),
    mut_arg("steps", |argument| argument.default_value("60")),
    mut_arg("until_prior_holds", |argument| argument.default_value("20"))
)]
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
    /// The network that restores digits: a name or a .bpk file; without this option one is trained for each m
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<PathBuf>,
    /// The classifier, a .bpk file of an earlier run; without this option one is trained
    #[arg(long, value_name = "FILE")]
    classifier: Option<PathBuf>,
    /// The width of a network that is trained; 16 is the paper's
    #[arg(long, value_name = "CHANNELS", default_value = "16")]
    width: usize,
    /// Draw a figure of the paper instead of computing the table
    #[arg(long, value_parser = ["6"])]
    figure: Option<String>,
    #[command(flatten)]
    run: RunArguments,
}

/// The results, digit by digit.
const JOURNAL: &str = "digits.jsonl";

/// What all results of a folder have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    digits: Origin,
    model: Option<String>,
    width: usize,
    #[serde(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let given = arguments.model.as_deref().map(restoring).transpose()?;
    let training = Mnist::open(&arguments.data, Part::Training)?;
    let test = Mnist::open(&arguments.data, Part::Test)?;
    if given.is_none() {
        digits::check_pairs(&training)?;
    }
    match arguments.figure {
        Some(_) => arguments.run.make_folder(&figure6::NAMES, figure6::is_ours)?,
        None => arguments
            .run
            .make_folder(&["table1.json", "table1.csv"], |folder| folder.join(JOURNAL).exists())?,
    }
    interrupt::watch()?;
    let networks = Networks {
        console,
        folder: &arguments.run.output,
        training: &training,
        seed: arguments.run.seed,
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

/// A network that restores digits, as MNIST has them.
fn restoring(model: &Path) -> Result<Network, Failure> {
    let network = Network::open(model, &Device::flex())?;
    network.record.check_size(Classifier::SIZE).map_err(|problem| problem.in_file(model))?;
    Ok(network)
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
        let Self { arguments, console, .. } = *self;
        let run = &arguments.run;
        let cases = cases(&self.keys()?, &run.settings());
        let mut trials = Trials::open(run, JOURNAL, &self.settings(), cases, console)?;
        let Some(classifier) = self.networks.classifier()? else { return Ok(Ending::Interrupted) };
        let accuracy = accuracy(&classifier, self.test)?;
        let Some(restoring) = self.restoring(&trials.missing())? else { return Ok(Ending::Interrupted) };
        trials.complete(run, console, |case| self.outcome(case, &restoring[&case.sample.m], &classifier))?;

        let measured = run.measured();
        let row = |m, (setting, end)| Row::of(m, setting, end, &trials.of(setting, |key| key.m == m));
        let of_degree = |&m| measured.iter().filter_map(move |&of| row(m, of));
        let table = Table {
            digits: arguments.digits,
            seed: run.seed,
            connectivity: run.connectivity(),
            classifier_accuracy: accuracy,
            rows: arguments.m.iter().flat_map(of_degree).collect(),
        };
        run.write("table1.json", &report::json(&table)?)?;
        run.write("table1.csv", &table.csv()?)?;
        console.print(table.text().as_bytes())?;
        Ok(trials.ending(console))
    }

    /// The digits for each m.
    fn keys(&self) -> Result<Vec<Key>, Failure> {
        let Arguments { m, test, digits, model, .. } = self.arguments;
        let labels = &self.digits().labels;
        // What a network has learned from that was trained elsewhere is not known.
        let learned = if model.is_some() { digits::TRIED } else { digits::PAIRS + digits::VALIDATION };
        let chosen = digits::chosen(*test, labels.len(), *digits, learned)?;
        let of_degree = |&m| chosen.iter().map(move |&index| Key { m, index, label: labels[index] });
        Ok(m.iter().flat_map(of_degree).collect())
    }

    fn digits(&self) -> &Mnist {
        match self.arguments.digits {
            Origin::Test => self.test,
            Origin::Training => self.training,
        }
    }

    fn settings(&self) -> Settings {
        let Arguments { digits, model, width, run, .. } = self.arguments;
        Settings {
            digits: *digits,
            model: model.as_ref().map(|model| model.display().to_string()),
            width: *width,
            common: run.common(),
        }
    }

    /// A network for each m of the cases; nothing if the user ends the command while one is trained.
    fn restoring(&self, cases: &[Case<Key>]) -> Result<Option<BTreeMap<usize, UNet>>, Failure> {
        let mut networks = BTreeMap::new();
        for m in cases.iter().map(|case| case.sample.m).collect::<BTreeSet<usize>>() {
            let Some(network) = self.networks.restoring(m)? else { return Ok(None) };
            networks.insert(m, network);
        }
        Ok(Some(networks))
    }

    fn outcome(
        &self,
        case: &Case<Key>,
        network: &UNet,
        classifier: &Classifier,
    ) -> Result<Option<Outcome<Moment>>, Failure> {
        let Key { m, index, label } = case.sample;
        let (digit, prior) = (digits::digit(self.digits(), index), digits::prior(label)?);
        let pair = digits::pair(digit, m, self.corruption_seed(index))?;
        let options = self.arguments.run.post_processing(case.setting);
        let Some((seconds, maps)) = post_process(network, pair.image.view(), prior, options)? else {
            return Ok(None);
        };
        let views = maps.iter().map(|(map, _)| map.view()).collect::<Vec<_>>();
        let classes = pollster::block_on(classifier.classify(&views)).map_err(Failure::Learner)?;
        let moments = maps.iter().zip(classes).map(|((map, right), class)| Moment {
            error: mean_squared_error(map, &pair.target),
            class,
            right: *right,
        });
        Ok(Some(Outcome { seconds, moments: moments.collect() }))
    }

    /// Other than those of the pairs that are learned from.
    fn corruption_seed(&self, index: usize) -> u64 {
        ((self.arguments.run.seed << 32) | (1 << 24)).wrapping_add(index as u64)
    }

    fn figure_6(&self) -> Result<Ending, Failure> {
        let Arguments { m, run, .. } = self.arguments;
        let (Some(&m), Some(&setting)) = (m.first(), run.settings().first()) else {
            return Ok(Ending::Right);
        };
        let Some(network) = self.networks.restoring(m)? else { return Ok(Ending::Interrupted) };
        let three = self.test.labels.iter().position(|&label| label == 3).ok_or(Failure::NoThree)?;
        let pair = digits::pair(digits::digit(self.test, three), m, self.corruption_seed(three))?;
        figure6::draw(&network, &pair, run.post_processing(setting), run, self.console)
    }
}

fn mean_squared_error(map: &Array2<f32>, truth: &Array2<f32>) -> f32 {
    let squares = map.iter().zip(truth).map(|(given, expected)| f64::from(given - expected).powi(2));
    (squares.sum::<f64>() / map.len() as f64) as f32
}
