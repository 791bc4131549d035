//! Table 2 of the paper, ours beside theirs.

use serde::Serialize;

use super::methods::Outcome;
use super::options::Method;
use crate::reproduce::comparison::probability;
use crate::significance::{mcnemar, wilcoxon};

/// The paper's table 2 by method, in percent: Dice and share of right topology at m = 20, then both at m = 60, each for 10,
/// 20 and 40 labelled images.
const PAPER: [(Method, [[f64; 3]; 4]); 5] = [
    (Method::Supervised, [[67.9, 76.3, 82.1], [42.1, 59.8, 74.0], [62.0, 70.8, 76.9], [25.8, 58.3, 67.6]]),
    (Method::Closing, [[68.2, 76.2, 81.7], [53.8, 71.3, 81.4], [62.9, 70.8, 76.9], [44.4, 66.9, 76.9]]),
    (Method::Crf, [[67.4, 76.1, 81.9], [38.1, 52.9, 69.7], [61.7, 70.4, 76.4], [22.0, 52.0, 61.3]]),
    (Method::SelfTraining, [[74.7, 78.6, 83.6], [57.4, 68.1, 80.8], [67.3, 73.3, 78.2], [48.4, 60.9, 71.3]]),
    (Method::Ours, [[74.3, 79.1, 83.5], [67.1, 80.5, 88.1], [68.6, 74.3, 78.6], [62.0, 75.6, 85.7]]),
];

/// One method in the cells that differ in nothing but the repeat.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table2Row {
    m: usize,
    labelled: usize,
    method: Method,
    repeats: usize,
    /// Over all repeats.
    images: usize,
    /// The mean of the repeats' means, and its standard error.
    dice: f64,
    dice_error: Option<f64>,
    /// The share of maps that are one ring at 0.5: the mean of the repeats' shares, and its standard error.
    right: f64,
    right_error: Option<f64>,
    /// Of the difference to ours, or of ours after strong augmentation to the latter, image by image: Wilcoxon's signed-rank test of Dice, McNemar's exact test of topology.
    dice_p: Option<f64>,
    right_p: Option<f64>,
    /// What could be known without the images of the test.
    validation_dice: f64,
    validation_right: f64,
    /// The paper's, of other images.
    paper_dice: Option<f64>,
    paper_right: Option<f64>,
    /// The mean number of epochs of the last training, and the mean of the best.
    epochs: Option<f64>,
    best_epoch: Option<f64>,
    /// CPU seconds of a repeat, without those of the supervised network.
    seconds: f64,
}

/// Table 2: a row for each m, number of labelled images and method.
#[derive(Debug, Serialize)]
pub struct Table2 {
    pub(super) seed: u64,
    pub(super) lambda: f64,
    /// In the order of m, then of the number of labelled images, then of the methods.
    pub rows: Vec<Table2Row>,
}

impl Table2Row {
    /// The names of the fields.
    pub const NAMES: [&str; 18] = [
        "m",
        "labelled",
        "method",
        "repeats",
        "images",
        "dice",
        "dice_error",
        "right",
        "right_error",
        "dice_p",
        "right_p",
        "validation_dice",
        "validation_right",
        "paper_dice",
        "paper_right",
        "epochs",
        "best_epoch",
        "seconds",
    ];

    /// The row of outcomes of one method that differ in the repeat only, and those of the method that it is compared with,
    /// as far as they are there; nothing if there is no outcome.
    fn of(outcomes: &[&Outcome], others: &[&Outcome]) -> Option<Self> {
        let Outcome { m, labelled, method, .. } = **outcomes.first()?;
        let dice = outcomes.iter().map(|of| mean(&of.dice)).collect::<Vec<f64>>();
        let right = outcomes.iter().map(|of| share(&of.right)).collect::<Vec<f64>>();
        let paper = PAPER.iter().find(|(of, _)| *of == method).and_then(|(_, figures)| {
            let place = [10, 20, 40].iter().position(|&of| of == labelled)?;
            let first = [20, 60].iter().position(|&of| of == m)?;
            Some([figures[2 * first][place] / 100.0, figures[2 * first + 1][place] / 100.0])
        });
        let epochs = outcomes.iter().filter_map(|of| of.epochs).collect::<Vec<[usize; 2]>>();
        let of_epochs = |which: usize| {
            let values = epochs.iter().map(|epochs| epochs[which] as f64).collect::<Vec<f64>>();
            (!values.is_empty()).then(|| mean(&values))
        };
        let p = (method != Method::Ours).then(|| compared(outcomes, others)).flatten();
        Some(Self {
            m,
            labelled,
            method,
            repeats: outcomes.len(),
            images: outcomes.iter().map(|of| of.dice.len()).sum(),
            dice: mean(&dice),
            dice_error: standard_error(&dice),
            right: mean(&right),
            right_error: standard_error(&right),
            dice_p: p.map(|p| p[0]),
            right_p: p.map(|p| p[1]),
            validation_dice: mean(&outcomes.iter().map(|of| of.validation_dice).collect::<Vec<_>>()),
            validation_right: mean(&outcomes.iter().map(|of| of.validation_right).collect::<Vec<_>>()),
            paper_dice: paper.map(|paper| paper[0]),
            paper_right: paper.map(|paper| paper[1]),
            epochs: of_epochs(0),
            best_epoch: of_epochs(1),
            seconds: mean(&outcomes.iter().map(|of| of.seconds).collect::<Vec<_>>()),
        })
    }
}

impl Table2 {
    /// The table of all outcomes that there are of these cells and methods.
    pub(super) fn new(
        cells: &[(usize, usize)],
        methods: &[Method],
        outcomes: &[Outcome],
        seed: u64,
        lambda: f64,
    ) -> Self {
        let of = |(m, labelled), method| {
            let is = |of: &&Outcome| (of.m, of.labelled, of.method) == (m, labelled, method);
            outcomes.iter().filter(is).collect::<Vec<&Outcome>>()
        };
        let rows = cells.iter().flat_map(|&cell| {
            let other = move |method| match method {
                Method::AugmentedOurs => of(cell, Method::Augmentation),
                _ => of(cell, Method::Ours),
            };
            methods.iter().filter_map(move |&method| Table2Row::of(&of(cell, method), &other(method)))
        });
        Self { seed, lambda, rows: rows.collect() }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut shown = None;
        for row in &self.rows {
            if shown != Some((row.m, row.labelled)) {
                shown = Some((row.m, row.labelled));
                text += &format!("\nm = {}, {} labelled\n\n{HEADING}", row.m, row.labelled);
            }
            text += &row.line();
        }
        text + "\n±: standard error over the repeats, whose patients overlap; p: of the difference to ours (equation 6), for \
                ours after\nstrong augmentation to augmentation alone, image by image over all repeats, two-sided: Wilcoxon's \
                signed-rank test of\nDice, McNemar's exact test of the topology. Images of one patient, and of one network, \
                are alike, so that p is smaller\nthan of as many independent ones. topology: maps that are one ring at 0.5; \
                n: repeats, images\n"
    }
}

const HEADING: &str = "                                          Dice %                          topology %
                                     n     here    ±        p  paper      here    ±        p  paper
";

impl Table2Row {
    fn line(&self) -> String {
        let percent =
            |value: Option<f64>| value.map_or_else(String::new, |value| format!("{:.1}", 100.0 * value));
        let p = |value: Option<f64>| value.map_or_else(String::new, probability);
        format!(
            "{:<31}{:>7}  {:>6.1}{:>5}{:>9}{:>7}    {:>6.1}{:>5}{:>9}{:>7}\n",
            self.method.title(),
            format!("{}, {}", self.repeats, self.images),
            100.0 * self.dice,
            percent(self.dice_error),
            p(self.dice_p),
            percent(self.paper_dice),
            100.0 * self.right,
            percent(self.right_error),
            p(self.right_p),
            percent(self.paper_right)
        )
    }
}

/// The significance of the differences in Dice and in topology, over the images of the repeats that both have.
fn compared(outcomes: &[&Outcome], others: &[&Outcome]) -> Option<[f64; 2]> {
    let (mut differences, mut worse, mut better) = (Vec::new(), 0, 0);
    for of in outcomes {
        let Some(other) = others.iter().find(|other| other.repeat == of.repeat) else { continue };
        differences.extend(of.dice.iter().zip(&other.dice).map(|(of, other)| other - of));
        for (of, other) in of.right.iter().zip(&other.right) {
            worse += usize::from(*of && !other);
            better += usize::from(!of && *other);
        }
    }
    (!differences.is_empty()).then(|| [wilcoxon(differences), mcnemar(worse, better)])
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn share(values: &[bool]) -> f64 {
    values.iter().filter(|&&is| is).count() as f64 / values.len().max(1) as f64
}

/// The standard error of the mean; none of fewer than two values.
fn standard_error(values: &[f64]) -> Option<f64> {
    let count = values.len() as f64;
    let middle = mean(values);
    let squares = values.iter().map(|value| (value - middle).powi(2)).sum::<f64>();
    (values.len() > 1).then(|| (squares / (count - 1.0) / count).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(method: Method, repeat: usize, dice: &[f64], right: &[bool]) -> Outcome {
        Outcome {
            m: 60,
            labelled: 20,
            repeat,
            method,
            dice: dice.to_vec(),
            right: right.to_vec(),
            validation_dice: 0.5,
            validation_right: 0.25,
            epochs: None,
            seconds: 1.0,
        }
    }

    #[test]
    fn a_row_has_means_over_repeats_and_is_held_against_ours() {
        let outcomes = [
            outcome(Method::Supervised, 0, &[0.5, 0.7], &[false, true]),
            outcome(Method::Supervised, 1, &[0.8, 0.8], &[true, true]),
            outcome(Method::Ours, 0, &[0.6, 0.9], &[true, true]),
            outcome(Method::Ours, 1, &[0.85, 0.79], &[true, false]),
        ];
        let methods = [Method::Supervised, Method::Closing, Method::Ours];
        let table = Table2::new(&[(20, 10), (60, 20)], &methods, &outcomes, 7, 0.01);
        let [supervised, ours] = &table.rows[..] else { panic!("{table:?}") };
        assert!((supervised.dice - 0.7).abs() < 1e-12 && (supervised.right - 0.75).abs() < 1e-12);
        // Means 0.6 and 0.8: the deviation is 0.1 sqrt 2, its share of the root of 2 is 0.1.
        assert!((supervised.dice_error.unwrap() - 0.1).abs() < 1e-12);
        assert_eq!((supervised.repeats, supervised.images), (2, 4));
        assert_eq!((supervised.paper_dice, supervised.paper_right), (Some(70.8 / 100.0), Some(58.3 / 100.0)));
        let differences: Vec<f64> = vec![0.6 - 0.5, 0.9 - 0.7, 0.85 - 0.8, 0.79 - 0.8];
        assert_eq!(supervised.dice_p, Some(wilcoxon(differences)));
        assert_eq!(supervised.right_p, Some(mcnemar(1, 1)));
        assert_eq!((ours.dice_p, ours.paper_right), (None, Some(75.6 / 100.0)));
        assert!(
            table.text().contains("m = 60, 20 labelled") && table.text().contains("   2, 4 "),
            "{}",
            table.text()
        );
    }
}
