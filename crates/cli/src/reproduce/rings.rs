//! What comes of slices of hearts: the results one by one, and the table of them.

use serde::{Deserialize, Serialize};

use super::table1::probability;
use crate::significance::{mcnemar, wilcoxon};

/// The groups that training makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Patients {
    /// Those that nothing was chosen on: for results
    Test,
    /// Those that chose the epoch: to choose settings
    Validation,
    /// Those that the network has learned from
    Training,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Case {
    pub(super) m: usize,
    pub(super) file: String,
    pub(super) lambda: f64,
    pub(super) learning_rate: f64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Trial {
    #[serde(flatten)]
    pub(super) case: Case,
    pub(super) seconds: f64,
    pub(super) moments: Vec<Moment>,
}

/// A step: the Dice coefficient at 0.5, and whether the map is one ring there.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Moment {
    pub(super) dice: f64,
    pub(super) right: bool,
}

#[derive(Serialize)]
pub(super) struct Table<'a> {
    pub(super) model: &'a str,
    pub(super) patients: Patients,
    pub(super) seed: u64,
    pub(super) connectivity: &'static str,
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    m: usize,
    lambda: f64,
    learning_rate: f64,
    steps: usize,
    slices: usize,
    dice_before: f64,
    dice_after: f64,
    wilcoxon_p: f64,
    rings_before: f64,
    rings_after: f64,
    worse: usize,
    better: usize,
    mcnemar_p: f64,
    mean_steps: f64,
    seconds: f64,
}

impl Row {
    /// The names of the fields.
    pub(super) const NAMES: [&str; 15] = [
        "m",
        "lambda",
        "learning_rate",
        "steps",
        "slices",
        "dice_before",
        "dice_after",
        "wilcoxon_p",
        "rings_before",
        "rings_after",
        "worse",
        "better",
        "mcnemar_p",
        "mean_steps",
        "seconds",
    ];

    /// The row of trials of one case but for the slice, after so many updates; nothing if there is no trial.
    pub(super) fn of(steps: usize, trials: &[&Trial]) -> Option<Self> {
        let case = &trials.first()?.case;
        let pairs = trials.iter().filter_map(|trial| {
            let last = trial.moments.len().checked_sub(1)?;
            Some((trial.moments.first()?, trial.moments.get(steps.min(last))?))
        });
        let pairs = pairs.collect::<Vec<(&Moment, &Moment)>>();
        let slices = pairs.len() as f64;
        let count = |holds: fn(&(&Moment, &Moment)) -> bool| pairs.iter().filter(|pair| holds(pair)).count();
        let (worse, better) =
            (count(|pair| pair.0.right && !pair.1.right), count(|pair| !pair.0.right && pair.1.right));
        let updates = trials.iter().map(|trial| trial.moments.len().saturating_sub(1).min(steps) as f64);
        Some(Self {
            m: case.m,
            lambda: case.lambda,
            learning_rate: case.learning_rate,
            steps,
            slices: pairs.len(),
            dice_before: pairs.iter().map(|pair| pair.0.dice).sum::<f64>() / slices,
            dice_after: pairs.iter().map(|pair| pair.1.dice).sum::<f64>() / slices,
            wilcoxon_p: wilcoxon(pairs.iter().map(|pair| pair.1.dice - pair.0.dice)),
            rings_before: count(|pair| pair.0.right) as f64 / slices,
            rings_after: count(|pair| pair.1.right) as f64 / slices,
            worse,
            better,
            mcnemar_p: mcnemar(worse, better),
            mean_steps: updates.sum::<f64>() / slices,
            seconds: trials.iter().map(|trial| trial.seconds).sum::<f64>() / slices,
        })
    }
}

impl Table<'_> {
    /// For people.
    pub(super) fn text(&self) -> String {
        let of = match self.patients {
            Patients::Test => "test",
            Patients::Validation => "validation",
            Patients::Training => "training",
        };
        let mut text = format!(
            "{}: slices of {of} patients, seed {}, prior 1,1, connectivity {}\n\n   m  slices  lambda     rate  steps   \
             Dice: before   after         p   rings %: before   after         p  s/slice\n",
            self.model, self.seed, self.connectivity
        );
        for row in &self.rows {
            text += &format!(
                "{:>4}{:>8}{:>8}{:>9}{:>7}{:>15.4}{:>8.4}{:>10}{:>18.1}{:>8.1}{:>10}{:>9.2}\n",
                row.m,
                row.slices,
                row.lambda,
                row.learning_rate,
                row.steps,
                row.dice_before,
                row.dice_after,
                probability(row.wilcoxon_p),
                100.0 * row.rings_before,
                100.0 * row.rings_after,
                probability(row.mcnemar_p),
                row.seconds,
            );
        }
        text + "\np: Wilcoxon's signed-rank test of Dice, McNemar's exact test of the rings, both two-sided\n"
    }
}
