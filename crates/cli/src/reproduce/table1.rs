//! Table 1 of the paper, ours beside theirs.

use serde::Serialize;

use super::digits::Origin;
use super::trial::{Moment, Trial};
use crate::failure::Failure;
use crate::report;
use crate::significance::{mcnemar, wilcoxon};

/// The paper's table 1: m, accuracies before and after in percent, mean squared errors before and after.
const PAPER: [(usize, [f64; 4]); 6] = [
    (2, [95.7, 96.2, 0.008, 0.008]),
    (4, [92.9, 93.7, 0.014, 0.013]),
    (6, [87.6, 90.8, 0.023, 0.023]),
    (8, [80.4, 86.0, 0.037, 0.028]),
    (10, [70.4, 75.0, 0.032, 0.033]),
    (12, [56.9, 63.0, 0.043, 0.042]),
];

#[derive(Debug, Serialize)]
pub(super) struct Table {
    pub(super) digits: Origin,
    pub(super) seed: u64,
    pub(super) connectivity: &'static str,
    /// Of the whole test set, as it is.
    pub(super) classifier_accuracy: f64,
    pub(super) rows: Vec<Row>,
}

/// The digits of one m, post-processed in one way.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    m: usize,
    lambda: f64,
    learning_rate: f64,
    /// How many updates at most.
    steps: usize,
    digits: usize,
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
    paper: Option<Paper>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Paper {
    accuracy_before: f64,
    accuracy_after: f64,
    mse_before: f64,
    mse_after: f64,
}

/// A digit before and after, and whether the classifier took it for what it is.
struct Change<'a> {
    before: &'a Moment,
    after: &'a Moment,
    known_before: bool,
    known_after: bool,
}

/// A row as CSV has it: without what is in the paper.
#[derive(Serialize)]
struct CsvRow {
    m: usize,
    lambda: f64,
    learning_rate: f64,
    steps: usize,
    digits: usize,
    accuracy_before: f64,
    accuracy_after: f64,
    worse: usize,
    better: usize,
    mcnemar_p: f64,
    mse_before: f64,
    mse_after: f64,
    wilcoxon_p: f64,
    right_before: f64,
    right_after: f64,
    mean_steps: f64,
    seconds: f64,
}

impl Row {
    /// The row of trials after so many updates; nothing if there is no trial.
    pub(super) fn of(
        m: usize,
        lambda: f64,
        learning_rate: f64,
        steps: usize,
        trials: &[&Trial],
    ) -> Option<Self> {
        let pairs = trials.iter().filter_map(|trial| {
            let is_class = |moment: &Moment| moment.class == trial.label;
            let (before, after) = (trial.moments.first()?, trial.after(steps)?);
            Some(Change { before, after, known_before: is_class(before), known_after: is_class(after) })
        });
        let pairs = pairs.collect::<Vec<Change>>();
        if pairs.is_empty() {
            return None;
        }
        let digits = pairs.len();
        let share = |count: usize| count as f64 / digits as f64;
        let count = |holds: fn(&Change) -> bool| pairs.iter().filter(|change| holds(change)).count();
        let mean = |value: fn(&Change) -> f64| pairs.iter().map(value).sum::<f64>() / digits as f64;
        let (worse, better) = (
            count(|change| change.known_before && !change.known_after),
            count(|change| !change.known_before && change.known_after),
        );
        let paper = PAPER.iter().find(|(of, _)| *of == m).map(|(_, figures)| Paper {
            accuracy_before: figures[0] / 100.0,
            accuracy_after: figures[1] / 100.0,
            mse_before: figures[2],
            mse_after: figures[3],
        });
        let updates = trials.iter().map(|trial| trial.moments.len().saturating_sub(1).min(steps) as f64);
        Some(Self {
            m,
            lambda,
            learning_rate,
            steps,
            digits,
            accuracy_before: share(count(|change| change.known_before)),
            accuracy_after: share(count(|change| change.known_after)),
            worse,
            better,
            mcnemar_p: mcnemar(worse, better),
            mse_before: mean(|change| change.before.error.into()),
            mse_after: mean(|change| change.after.error.into()),
            wilcoxon_p: wilcoxon(
                pairs.iter().map(|change| f64::from(change.after.error) - f64::from(change.before.error)),
            ),
            right_before: share(count(|change| change.before.right)),
            right_after: share(count(|change| change.after.right)),
            mean_steps: updates.sum::<f64>() / digits as f64,
            seconds: trials.iter().map(|trial| trial.seconds).sum::<f64>() / trials.len() as f64,
            paper,
        })
    }
}

impl Table {
    pub(super) fn csv(&self) -> Result<Vec<u8>, Failure> {
        let names = [
            "m",
            "lambda",
            "learning_rate",
            "steps",
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
        report::csv(&names, self.rows.iter().map(CsvRow::from))
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
            let setting = (row.lambda, row.learning_rate, row.steps);
            if shown != Some(setting) {
                shown = Some(setting);
                text += &format!(
                    "\nlambda {}, rate {}, at most {} updates\n\n{HEADING}",
                    row.lambda, row.learning_rate, row.steps
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
            self.m,
            self.digits,
            100.0 * self.accuracy_before,
            100.0 * self.accuracy_after,
            probability(self.mcnemar_p),
            self.mse_before,
            self.mse_after,
            probability(self.wilcoxon_p),
            100.0 * self.right_before,
            100.0 * self.right_after,
            self.seconds,
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

/// Three decimals, or an exponent where they would say 0.
pub(super) fn probability(p: f64) -> String {
    if p < 0.001 { format!("{p:.0e}") } else { format!("{p:.3}") }
}

impl From<&Row> for CsvRow {
    fn from(row: &Row) -> Self {
        Self {
            m: row.m,
            lambda: row.lambda,
            learning_rate: row.learning_rate,
            steps: row.steps,
            digits: row.digits,
            accuracy_before: row.accuracy_before,
            accuracy_after: row.accuracy_after,
            worse: row.worse,
            better: row.better,
            mcnemar_p: row.mcnemar_p,
            mse_before: row.mse_before,
            mse_after: row.mse_after,
            wilcoxon_p: row.wilcoxon_p,
            right_before: row.right_before,
            right_after: row.right_after,
            mean_steps: row.mean_steps,
            seconds: row.seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reproduce::trial::Case;

    fn trial(label: u8, moments: &[(f32, u8, bool)]) -> Trial {
        let moments = moments.iter().map(|&(error, class, right)| Moment { error, class, right });
        Trial {
            case: Case { m: 8, index: 0, lambda: 0.02, learning_rate: 1e-4 },
            label,
            seconds: 0.5,
            moments: moments.collect(),
        }
    }

    #[test]
    fn a_row_counts_what_changed_after_so_many_updates() {
        let trials = [
            trial(3, &[(0.02, 8, false), (0.03, 8, true), (0.01, 3, true)]),
            trial(6, &[(0.04, 6, true), (0.04, 6, true)]),
            trial(0, &[(0.03, 0, false), (0.04, 6, false), (0.04, 6, true)]),
            trial(1, &[(0.01, 7, false), (0.01, 1, false), (0.01, 1, true)]),
        ];
        let trials = trials.iter().collect::<Vec<_>>();
        let row = Row::of(8, 0.02, 1e-4, 2, &trials).unwrap();
        assert_eq!((row.digits, row.worse, row.better), (4, 1, 2));
        assert_eq!((row.accuracy_before, row.accuracy_after), (0.5, 0.75));
        assert_eq!((row.right_before, row.right_after), (0.25, 1.0));
        assert!((row.mse_before - 0.025).abs() < 1e-9 && (row.mse_after - 0.025).abs() < 1e-9);
        assert_eq!(row.mean_steps, 1.75);
        assert_eq!(row.paper.unwrap().accuracy_after, 0.86);
        let row = Row::of(8, 0.02, 1e-4, 1, &trials).unwrap();
        assert_eq!((row.accuracy_after, row.right_after, row.mean_steps), (0.5, 0.5, 1.0));
        assert!(Row::of(8, 0.02, 1e-4, 1, &[]).is_none());
    }
}
