//! Samples that have a mask: their maps before and after, by Dice and by their Betti numbers.

use learner::UNet;
use ndarray::Array2;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use topoloss::ClassPriors;

use super::comparison::{Comparison, Means, probability};
use super::host::Host;
use super::options::{End, RunOptions, Setting};
use super::trials::{self, Case, Finished, Outcome, Trial, Trials, cases, post_process};
use crate::Error;
use crate::data::without_lines;
use crate::labels::{dice_by_class, labels};
use crate::seeds::seed_of;

/// Which sample, and how corrupted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Key {
    /// How many of the 80 lines of k-space are gone.
    m: usize,
    name: String,
}

/// A sample as it is before lines of k-space are removed.
pub(super) struct Sample {
    /// Tells it from the others.
    pub(super) name: String,
    /// `[80, 80]`, in [0, 1].
    pub(super) image: Array2<f32>,
    /// `[80, 80]`: 0 and 1, or the numbers of the classes.
    pub(super) target: Array2<f32>,
    pub(super) priors: ClassPriors,
}

/// A step: the Dice coefficient at 0.5, and whether the Betti numbers there are the prior's. Of several classes the mean
/// coefficient, without the background, that of each, and whether all priors hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Moment {
    dice: f64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dice_by_class: Vec<f64>,
    right: bool,
}

impl trials::Moment for Moment {
    fn prior_holds(&self) -> bool {
        self.right
    }
}

/// An experiment on samples with masks.
pub(super) struct Experiment<'a, C> {
    pub(super) options: &'a RunOptions,
    /// What results are called: NAME.jsonl, NAME.json and NAME.csv.
    pub(super) name: &'static str,
    /// What the samples are, as in `slices of test patients, prior 1,1`.
    pub(super) samples: String,
    /// What all results of a folder have in common.
    pub(super) common: C,
    pub(super) model: &'a str,
    pub(super) network: &'a UNet,
}

impl<C: Serialize + DeserializeOwned + PartialEq + Sync> Experiment<'_, C> {
    /// Post-processes the samples, corrupted to each of the degrees.
    pub(super) fn run(
        &self,
        degrees: &[usize],
        samples: &[Sample],
        host: &dyn Host,
    ) -> Result<Finished<MaskTable>, Error> {
        let Self { options, name, .. } = *self;
        let of_degree = |&m| samples.iter().map(move |sample| Key { m, name: sample.name.clone() });
        let keys = degrees.iter().flat_map(of_degree).collect::<Vec<Key>>();
        let cases = cases(&keys, &options.settings());
        let mut trials = Trials::open(options, &format!("{name}.jsonl"), &self.common, cases, host)?;
        trials.complete(options, host, |case| {
            let sample = samples.iter().find(|sample| sample.name == case.sample.name);
            sample.map_or(Ok(None), |sample| self.outcome(case, sample, host))
        })?;

        let measured = options.measured();
        let row = |m, (setting, end)| MaskRow::of(m, setting, end, &trials.of(setting, |key| key.m == m));
        let of_degree = |&m| measured.iter().filter_map(move |&of| row(m, of));
        let table = MaskTable {
            model: self.model.to_owned(),
            samples: self.samples.clone(),
            seed: options.seed,
            connectivity: options.connectivity(),
            rows: degrees.iter().flat_map(of_degree).collect(),
        };
        let text = table.text();
        Ok(trials.finished(table, text))
    }

    fn outcome(
        &self,
        case: &Case<Key>,
        sample: &Sample,
        host: &dyn Host,
    ) -> Result<Option<Outcome<Moment>>, Error> {
        let Key { m, name } = &case.sample;
        let name = name.bytes().map(u64::from).collect::<Vec<u64>>();
        let seed = seed_of(&[self.options.seed, *m as u64, seed_of(&name)]);
        let image = without_lines(&sample.image, *m, seed)?;
        let options = self.options.post_processing(case.setting);
        let run = post_process(self.network, image.view(), sample.priors.clone(), options, host)?;
        let Some((seconds, maps)) = run else { return Ok(None) };
        let classes = self.network.config().classes;
        let moments = maps.iter().map(|(maps, right)| {
            let by_class = dice_by_class(labels(maps.view())?.view(), sample.target.view(), classes)?;
            let dice = by_class.iter().sum::<f64>() / by_class.len() as f64;
            let dice_by_class = if classes == 1 { Vec::new() } else { by_class };
            Ok(Moment { dice, dice_by_class, right: *right })
        });
        Ok(Some(Outcome { seconds, moments: moments.collect::<Result<_, Error>>()? }))
    }
}

/// Samples with masks before and after: a row for each degree of corruption, setting and end.
#[derive(Debug, Serialize)]
pub struct MaskTable {
    model: String,
    samples: String,
    seed: u64,
    connectivity: &'static str,
    /// In the order of the degrees.
    pub rows: Vec<MaskRow>,
}

/// The samples of one degree, post-processed in one way.
#[derive(Debug, Serialize)]
pub struct MaskRow {
    m: usize,
    lambda: f64,
    learning_rate: f64,
    /// How many updates at most.
    steps: usize,
    /// Fewer, if the prior has held for so many steps in a row; 0 if not even then.
    until_prior_holds: usize,
    samples: usize,
    dice_before: f64,
    dice_after: f64,
    /// The means of each class but the background, separated by spaces; empty where there is one class.
    dice_by_class_before: String,
    dice_by_class_after: String,
    wilcoxon_p: f64,
    /// The share of samples with the prior's Betti numbers at 0.5.
    right_before: f64,
    right_after: f64,
    worse: usize,
    better: usize,
    mcnemar_p: f64,
    mean_steps: f64,
    /// CPU seconds per sample.
    seconds: f64,
}

impl MaskRow {
    /// The names of the fields.
    pub const NAMES: [&str; 18] = [
        "m",
        "lambda",
        "learning_rate",
        "steps",
        "until_prior_holds",
        "samples",
        "dice_before",
        "dice_after",
        "dice_by_class_before",
        "dice_by_class_after",
        "wilcoxon_p",
        "right_before",
        "right_after",
        "worse",
        "better",
        "mcnemar_p",
        "mean_steps",
        "seconds",
    ];

    /// The row of trials that differ in the sample only; nothing if there is no trial.
    fn of(m: usize, setting: Setting, end: End, trials: &[&Trial<Key, Moment>]) -> Option<Self> {
        let comparison = Comparison::of(end, trials)?;
        let dice = comparison.means(|moment| moment.dice);
        let classes = trials.first()?.outcome.moments.first()?.dice_by_class.len();
        let by_class = (0..classes).map(|class| comparison.means(|moment| moment.dice_by_class[class]));
        let by_class = by_class.collect::<Vec<_>>();
        let listed = |of: fn(&Means) -> f64| {
            by_class.iter().map(|means| format!("{:.4}", of(means))).collect::<Vec<String>>().join(" ")
        };
        let right = comparison.shares(|_, moment| moment.right);
        Some(Self {
            m,
            lambda: setting.lambda,
            learning_rate: setting.learning_rate,
            steps: end.steps,
            until_prior_holds: end.until_prior_holds,
            samples: comparison.count(),
            dice_before: dice.before,
            dice_after: dice.after,
            dice_by_class_before: listed(|means| means.before),
            dice_by_class_after: listed(|means| means.after),
            wilcoxon_p: dice.p,
            right_before: right.before,
            right_after: right.after,
            worse: right.worse,
            better: right.better,
            mcnemar_p: right.p,
            mean_steps: comparison.updates,
            seconds: comparison.seconds,
        })
    }
}

impl MaskTable {
    /// For people.
    fn text(&self) -> String {
        let mut text = format!(
            "{}: {}, seed {}, connectivity {}\n\n",
            self.model, self.samples, self.seed, self.connectivity
        );
        text += HEADING;
        for row in &self.rows {
            text += &format!(
                "{:>4} {:>7} {:>7} {:>8} {:>7} {:>5}    {:>6.4} {:>6.4} {:>7}    {:>5.1} {:>5.1} {:>7}  {:>7.2}\n",
                row.m,
                row.samples,
                row.lambda,
                row.learning_rate,
                row.steps,
                row.until_prior_holds,
                row.dice_before,
                row.dice_after,
                probability(row.wilcoxon_p),
                100.0 * row.right_before,
                100.0 * row.right_after,
                probability(row.mcnemar_p),
                row.seconds,
            );
            if !row.dice_by_class_before.is_empty() {
                text += &format!(
                    "     Dice of each class: {} before, {} after\n",
                    row.dice_by_class_before, row.dice_by_class_after
                );
            }
        }
        text + "\np: Wilcoxon's signed-rank test of Dice, McNemar's exact test of the topology, both two-sided;\n\
                topology: samples whose Betti numbers at 0.5, or those of all classes, are the priors'; updates: the most, holds: for how many\nsteps the prior \
                has to hold to end sooner; s: CPU seconds for each sample, of its longest run\n"
    }
}

const HEADING: &str = "                                                         Dice              topology %
   m samples  lambda     rate updates holds    before  after       p   before after       p        s
";
