//! Table 1 of the paper, ours beside theirs.

use serde::{Deserialize, Serialize};

use super::comparison::{Comparison, probability};
use super::digits::Origin;
use super::options::{End, Setting};
use super::trials::{self, Trial};

/// The paper's table 1: m, accuracies before and after in percent, mean squared errors before and after.
const PAPER: [(usize, [f64; 4]); 6] = [
    (2, [95.7, 96.2, 0.008, 0.008]),
    (4, [92.9, 93.7, 0.014, 0.013]),
    (6, [87.6, 90.8, 0.023, 0.023]),
    (8, [80.4, 86.0, 0.037, 0.028]),
    (10, [70.4, 75.0, 0.032, 0.033]),
    (12, [56.9, 63.0, 0.043, 0.042]),
];

/// Which digit, and how corrupted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Key {
    /// How many rows and columns of k-space are gone.
    pub(super) m: usize,
    /// Which digit of its set.
    pub(super) index: usize,
    /// The digit that it is.
    pub(super) label: u8,
}

/// A step as it is measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Moment {
    /// The mean squared error of the map.
    pub(super) error: f32,
    /// What the classifier takes the map for.
    pub(super) class: u8,
    /// Whether the Betti numbers at 0.5 are the prior's.
    pub(super) right: bool,
}

impl trials::Moment for Moment {
    fn prior_holds(&self) -> bool {
        self.right
    }
}

/// Table 1: a row for each m, setting and end.
#[derive(Debug, Serialize)]
pub struct Table {
    pub(super) digits: Origin,
    pub(super) seed: u64,
    pub(super) connectivity: &'static str,
    /// Of the whole test set, as it is.
    pub(super) classifier_accuracy: f64,
    /// In the order of m.
    pub rows: Vec<Row>,
}

/// The digits of one m, post-processed in one way, and what the paper has for that m.
#[derive(Debug, Serialize)]
pub struct Row {
    #[serde(flatten)]
    ours: Ours,
    paper: Option<Paper>,
}

#[derive(Debug, Serialize)]
struct Ours {
    m: usize,
    lambda: f64,
    learning_rate: f64,
    /// How many updates at most.
    steps: usize,
    /// Fewer, if the prior has held for so many steps in a row; 0 if not even then.
    until_prior_holds: usize,
    digits: usize,
    /// The share of digits that the classifier takes for what they are.
    accuracy_before: f64,
    accuracy_after: f64,
    /// How many digits were taken for what they are before and not after.
    worse: usize,
    /// How many after and not before.
    better: usize,
    mcnemar_p: f64,
    mse_before: f64,
    mse_after: f64,
    wilcoxon_p: f64,
    /// The share of digits with the right Betti numbers at 0.5.
    right_before: f64,
    right_after: f64,
    /// How many updates there were in the mean.
    mean_steps: f64,
    /// CPU seconds per digit, of all updates of the run.
    seconds: f64,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Paper {
    accuracy_before: f64,
    accuracy_after: f64,
    mse_before: f64,
    mse_after: f64,
}

impl Row {
    /// The row of trials that differ in the digit only; nothing if there is no trial.
    pub(super) fn of(m: usize, setting: Setting, end: End, trials: &[&Trial<Key, Moment>]) -> Option<Self> {
        let comparison = Comparison::of(end, trials)?;
        let known = comparison.shares(|key, moment| key.label == moment.class);
        let right = comparison.shares(|_, moment| moment.right);
        let error = comparison.means(|moment| moment.error.into());
        let ours = Ours {
            m,
            lambda: setting.lambda,
            learning_rate: setting.learning_rate,
            steps: end.steps,
            until_prior_holds: end.until_prior_holds,
            digits: comparison.count(),
            accuracy_before: known.before,
            accuracy_after: known.after,
            worse: known.worse,
            better: known.better,
            mcnemar_p: known.p,
            mse_before: error.before,
            mse_after: error.after,
            wilcoxon_p: error.p,
            right_before: right.before,
            right_after: right.after,
            mean_steps: comparison.updates,
            seconds: comparison.seconds,
        };
        let paper = PAPER.iter().find(|(of, _)| *of == m).map(|(_, figures)| Paper {
            accuracy_before: figures[0] / 100.0,
            accuracy_after: figures[1] / 100.0,
            mse_before: figures[2],
            mse_after: figures[3],
        });
        Some(Self { ours, paper })
    }
}

impl Table {
    /// The names of the fields of [`Table::ours`].
    pub const NAMES: [&str; 18] = [
        "m",
        "lambda",
        "learning_rate",
        "steps",
        "until_prior_holds",
        "digits",
        "accuracy_before",
        "accuracy_after",
        "worse",
        "better",
        "mcnemar_p",
        "mse_before",
        "mse_after",
        "wilcoxon_p",
        "right_before",
        "right_after",
        "mean_steps",
        "seconds",
    ];

    /// Our rows, without what the paper has.
    pub fn ours(&self) -> impl Iterator<Item = &impl Serialize> {
        self.rows.iter().map(|row| &row.ours)
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let of = match self.digits {
            Origin::Test => "test",
            Origin::Training => "training",
        };
        let mut text = format!(
            "Digits of the {of} set, seed {}, connectivity {}. The classifier takes {:.1} %\nof the uncorrupted test set \
             for what they are; the paper's takes 98.7 %.\n",
            self.seed,
            self.connectivity,
            100.0 * self.classifier_accuracy
        );
        let mut shown = None;
        for row in &self.rows {
            let Ours { lambda, learning_rate, steps, until_prior_holds, .. } = row.ours;
            let setting = (lambda, learning_rate, steps, until_prior_holds);
            if shown != Some(setting) {
                shown = Some(setting);
                let sooner = match until_prior_holds {
                    0 => String::new(),
                    holds => format!(", fewer when the prior has held for {holds} steps"),
                };
                text += &format!(
                    "\nlambda {lambda}, rate {learning_rate}, at most {steps} updates{sooner}\n\n{HEADING}"
                );
            }
            text += &row.lines();
        }
        text + "\np: McNemar's exact test of the accuracies, Wilcoxon's signed-rank test of the errors,\nboth two-sided; \
                topology: digits whose Betti numbers at 0.5 are the prior's;\ns: CPU seconds for each digit\n"
    }
}

const HEADING: &str = "                 accuracy %            squared error            topology %
   m             before after       p   before   after       p  before after     s
";

impl Row {
    /// Our row, and the paper's below it.
    fn lines(&self) -> String {
        let ours = format!(
            "{:>4}  ours {:>5}  {:>5.1} {:>5.1}{:>8}  {:>7.4} {:>7.4}{:>8}   {:>5.1} {:>5.1} {:>5.2}\n",
            self.ours.m,
            self.ours.digits,
            100.0 * self.ours.accuracy_before,
            100.0 * self.ours.accuracy_after,
            probability(self.ours.mcnemar_p),
            self.ours.mse_before,
            self.ours.mse_after,
            probability(self.ours.wilcoxon_p),
            100.0 * self.ours.right_before,
            100.0 * self.ours.right_after,
            self.ours.seconds,
        );
        let theirs = self.paper.map(|paper| {
            format!(
                "      paper 1000  {:>5.1} {:>5.1}          {:>7.3} {:>7.3}\n",
                100.0 * paper.accuracy_before,
                100.0 * paper.accuracy_after,
                paper.mse_before,
                paper.mse_after
            )
        });
        ours + &theirs.unwrap_or_default()
    }
}
