//! The digits of section 4.1: which are used for what, and how they are corrupted.

use imaging::kspace::{Corruption, corrupt};
use learner::Pair;
use ndarray::{Array3, ArrayView2, Axis, Slice};
use topoloss::Prior;

use crate::Error;
use crate::data::mnist::Mnist;
use imaging::synthetic::digit_betti;

/// How many pairs the network learns to restore digits from, as in the paper.
pub(super) const PAIRS: usize = 100;
/// How many more choose the epoch.
pub(super) const VALIDATION: usize = 20;
/// Training digits from 10 000 on are the classifier's, as many as in the paper.
const CLASSIFIER: std::ops::Range<usize> = 10_000..20_000;
/// Training digits from 30 000 on are those that settings are tried on.
pub(super) const TRIED: usize = 30_000;

/// Where the digits that are post-processed come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The test set: for results.
    Test,
    /// Digits of the training set that nothing else learns from: to choose settings.
    Training,
}

/// The prior of a digit.
pub(super) fn prior(digit: u8) -> Result<Prior, Error> {
    Ok(Prior::exactly(&digit_betti(digit))?)
}

/// A digit and what is left of it without `m` rows and columns of k-space.
pub(super) fn pair(digit: ArrayView2<f32>, m: usize, seed: u64) -> Result<Pair, Error> {
    let image = corrupt(digit, Corruption::RowsAndColumns { m }, seed)?.image;
    Ok(Pair { image, target: digit.to_owned() })
}

/// An error unless there are digits enough to learn from.
pub(super) fn check_pairs(training: &Mnist) -> Result<(), Error> {
    let (given, needed) = (training.labels.len(), PAIRS + VALIDATION);
    if given < needed { Err(Error::FewDigits { given, needed, part: "training" }) } else { Ok(()) }
}

/// The pairs that the network learns from, and those that choose the epoch: the first 120 of the training set.
pub(super) fn training_pairs(training: &Mnist, m: usize, seed: u64) -> Result<(Vec<Pair>, Vec<Pair>), Error> {
    check_pairs(training)?;
    let needed = PAIRS + VALIDATION;
    let digits = training.images.outer_iter().take(needed).zip(0..);
    let pairs = digits.map(|(digit, number)| pair(digit, m, seed.wrapping_add(number)));
    let mut pairs = pairs.collect::<Result<Vec<Pair>, Error>>()?;
    let validation = pairs.split_off(PAIRS);
    Ok((pairs, validation))
}

/// The images and classes that the classifier learns from: 10 000 that nothing else is done with, or, of a smaller
/// training set, all.
pub(super) fn classifier_digits(training: &Mnist) -> (Array3<f32>, Vec<u8>) {
    let all = training.labels.len();
    let range = if all >= CLASSIFIER.end { CLASSIFIER } else { 0..all };
    (
        training.images.slice_axis(Axis(0), Slice::from(range.clone())).to_owned(),
        training.labels[range].to_vec(),
    )
}

/// The indices of `count` digits, evenly spaced over those of the origin. Of the training set the first `learned` are
/// those that the networks may have learned from.
pub(super) fn chosen(
    count: usize,
    available: usize,
    origin: Origin,
    learned: usize,
) -> Result<Vec<usize>, Error> {
    let (first, part) = match origin {
        Origin::Test => (0, "test"),
        Origin::Training if available > TRIED => (TRIED, "training"),
        Origin::Training => (learned.min(available), "training"),
    };
    let spread = available - first;
    if count > spread {
        return Err(Error::FewDigits { given: spread, needed: count, part });
    }
    Ok((0..count).map(|number| first + number * spread / count).collect())
}

/// One digit.
pub(super) fn digit(digits: &Mnist, index: usize) -> ArrayView2<'_, f32> {
    digits.images.index_axis(Axis(0), index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_digits_are_evenly_spaced_and_training_digits_are_those_nothing_learns_from() {
        assert_eq!(chosen(4, 10_000, Origin::Test, 120).unwrap(), [0, 2500, 5000, 7500]);
        for learned in [120, TRIED] {
            assert_eq!(chosen(3, 60_000, Origin::Training, learned).unwrap(), [30_000, 40_000, 50_000]);
        }
        assert_eq!(chosen(2, 130, Origin::Training, 120).unwrap(), [120, 125]);
        assert!(chosen(2, 130, Origin::Training, TRIED).is_err(), "a given network may have seen them all");
        assert!(chosen(11, 10, Origin::Test, 120).is_err());
    }

    #[test]
    fn the_priors_are_the_papers() {
        let priors = (0..10).map(|digit| prior(digit).unwrap().to_string()).collect::<Vec<_>>();
        assert_eq!(priors, ["1,1", "1,0", "1,0", "1,0", "1,0", "1,0", "1,1", "1,0", "1,2", "1,1"]);
    }
}
