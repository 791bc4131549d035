//! Section 4.1 of the paper: digits restored from corrupted ones, and mended by their topology.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use learner::{Classifier, UNet};
use ndarray::{Array2, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::digits::{self, Origin};
use super::figure6::{self, Figure};
use super::host::Host;
use super::networks::{Networks, accuracy};
use super::options::{Common, RunOptions};
use super::table1::{Key, Moment, Row, Table};
use super::trials::{Case, Finished, Outcome, Trials, cases, post_process};
use crate::Error;
use crate::data::mnist::{Mnist, Part};
use crate::seeds::restored;

/// The results, digit by digit.
pub const JOURNAL: &str = "digits.jsonl";

/// What is done, beside how samples are post-processed.
#[derive(Debug)]
pub struct MnistOptions {
    /// How many rows and columns of k-space are removed; several make several rows.
    pub m: Vec<usize>,
    /// How many digits are post-processed.
    pub test: usize,
    /// Of which set.
    pub digits: Origin,
    /// The network that restores digits of all m, by its name; without it one is trained for each.
    pub model: Option<(String, UNet)>,
    /// The file of a classifier; without it one is trained.
    pub classifier: Option<PathBuf>,
    /// The width of a network that is trained.
    pub width: usize,
    /// How samples are post-processed.
    pub run: RunOptions,
}

/// What all results of a folder have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    digits: Origin,
    model: Option<String>,
    width: usize,
    #[serde(flatten)]
    common: Common,
}

/// The data, and what is to be done with them.
pub struct Experiment {
    options: MnistOptions,
    training: Mnist,
    test: Mnist,
}

impl Experiment {
    /// An experiment on a folder with the four files of MNIST.
    ///
    /// # Errors
    ///
    /// If they cannot be read, or networks have to be trained and there are too few digits.
    pub fn open(data: &Path, options: MnistOptions) -> Result<Self, Error> {
        let training = Mnist::open(data, Part::Training)?;
        let test = Mnist::open(data, Part::Test)?;
        if options.model.is_none() {
            digits::check_pairs(&training)?;
        }
        Ok(Self { options, training, test })
    }

    fn networks<'a>(&'a self, host: &'a dyn Host) -> Networks<'a> {
        let MnistOptions { model, classifier, width, run, .. } = &self.options;
        Networks {
            host,
            folder: &run.output,
            training: &self.training,
            seed: run.seed,
            width: *width,
            given: model.as_ref().map(|(_, network)| network),
            classifier: classifier.as_deref(),
        }
    }

    /// Table 1; nothing if the user ends the experiment while a network is trained.
    ///
    /// # Errors
    ///
    /// If there are too few digits, a file cannot be read or written, or something cannot be trained or post-processed.
    pub fn table_1(&self, host: &dyn Host) -> Result<Option<Finished<Table>>, Error> {
        let MnistOptions { m, digits, run, .. } = &self.options;
        let networks = self.networks(host);
        let cases = cases(&self.keys()?, &run.settings());
        let mut trials = Trials::open(run, JOURNAL, &self.settings(), cases, host)?;
        let Some(classifier) = networks.classifier()? else { return Ok(None) };
        let accuracy = accuracy(&classifier, &self.test)?;
        let Some(restoring) = restoring(&networks, &trials.missing())? else { return Ok(None) };
        trials
            .complete(run, host, |case| self.outcome(case, &restoring[&case.sample.m], &classifier, host))?;

        let measured = run.measured();
        let row = |m, (setting, end)| Row::of(m, setting, end, &trials.of(setting, |key| key.m == m));
        let of_degree = |&m| measured.iter().filter_map(move |&of| row(m, of));
        let table = Table {
            digits: *digits,
            seed: run.seed,
            connectivity: run.connectivity(),
            classifier_accuracy: accuracy,
            rows: m.iter().flat_map(of_degree).collect(),
        };
        let text = table.text();
        Ok(Some(trials.finished(table, text)))
    }

    /// The digits for each m.
    fn keys(&self) -> Result<Vec<Key>, Error> {
        let MnistOptions { m, test, digits, model, .. } = &self.options;
        let labels = &self.digits().labels;
        // What a network has learned from that was trained elsewhere is not known.
        let learned = if model.is_some() { digits::TRIED } else { digits::PAIRS + digits::VALIDATION };
        let chosen = digits::chosen(*test, labels.len(), *digits, learned)?;
        let of_degree = |&m| chosen.iter().map(move |&index| Key { m, index, label: labels[index] });
        Ok(m.iter().flat_map(of_degree).collect())
    }

    fn digits(&self) -> &Mnist {
        match self.options.digits {
            Origin::Test => &self.test,
            Origin::Training => &self.training,
        }
    }

    fn settings(&self) -> Settings {
        let MnistOptions { digits, model, width, run, .. } = &self.options;
        Settings {
            digits: *digits,
            model: model.as_ref().map(|(name, _)| name.clone()),
            width: *width,
            common: run.common(),
        }
    }

    fn outcome(
        &self,
        case: &Case<Key>,
        network: &UNet,
        classifier: &Classifier,
        host: &dyn Host,
    ) -> Result<Option<Outcome<Moment>>, Error> {
        let Key { m, index, label } = case.sample;
        let (digit, prior) = (digits::digit(self.digits(), index), digits::prior(label)?);
        let pair = digits::pair(digit, m, restored(self.options.run.seed, index))?;
        let options = self.options.run.post_processing(case.setting);
        let Some((seconds, maps)) = post_process(network, pair.image.view(), prior.into(), options, host)?
        else {
            return Ok(None);
        };
        let views = maps.iter().map(|(maps, _)| maps.index_axis(Axis(0), 0)).collect::<Vec<_>>();
        let classes = pollster::block_on(classifier.classify(&views))?;
        let moments = maps.iter().zip(&views).zip(classes).map(|(((_, right), map), class)| Moment {
            error: mean_squared_error(*map, &pair.target),
            class,
            right: *right,
        });
        Ok(Some(Outcome { seconds, moments: moments.collect() }))
    }

    /// Figure 6: the first three of the test set without the first m rows and columns, in the first setting, with the
    /// bars in these colours of components and holes. Nothing if the user ends it.
    ///
    /// # Errors
    ///
    /// If there is no three, or a network cannot be trained, kept or post-processed.
    pub fn figure_6(&self, colours: [&str; 2], host: &dyn Host) -> Result<Option<Figure>, Error> {
        let MnistOptions { m, run, .. } = &self.options;
        let (Some(&m), Some(&setting)) = (m.first(), run.settings().first()) else { return Ok(None) };
        let Some(network) = self.networks(host).restoring(m)? else { return Ok(None) };
        let three = self.test.labels.iter().position(|&label| label == 3).ok_or(Error::NoThree)?;
        let pair = digits::pair(digits::digit(&self.test, three), m, restored(run.seed, three))?;
        figure6::draw(&network, &pair, run.post_processing(setting), colours, host)
    }
}

/// A network for each m of the cases; nothing if the user ends the experiment while one is trained.
fn restoring(networks: &Networks<'_>, cases: &[Case<Key>]) -> Result<Option<BTreeMap<usize, UNet>>, Error> {
    let mut restoring = BTreeMap::new();
    for m in cases.iter().map(|case| case.sample.m).collect::<BTreeSet<usize>>() {
        let Some(network) = networks.restoring(m)? else { return Ok(None) };
        restoring.insert(m, network);
    }
    Ok(Some(restoring))
}

fn mean_squared_error(map: ArrayView2<f32>, truth: &Array2<f32>) -> f32 {
    let squares = map.iter().zip(truth).map(|(given, expected)| f64::from(given - expected).powi(2));
    (squares.sum::<f64>() / map.len() as f64) as f32
}
