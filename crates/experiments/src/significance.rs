//! Two tests of paired results: McNemar's for right and wrong, Wilcoxon's signed-rank test for numbers.
//!
//! Both are short, and are held against values of scipy and statsmodels; the kept statistics crate, `statrs`, has
//! neither.

use libm::{erfc, lgamma};

/// McNemar's exact test, two-sided: the probability, if both outcomes were equally likely where they differ, of a
/// split at least as uneven as the one found.
///
/// `worse` pairs went from right to wrong, `better` pairs from wrong to right; 1 if there is no such pair.
pub fn mcnemar(worse: usize, better: usize) -> f64 {
    let (pairs, fewer) = (worse + better, worse.min(better));
    let log_factorial = |number: usize| lgamma(number as f64 + 1.0);
    let probability = |count: usize| {
        let log_choices = log_factorial(pairs) - log_factorial(count) - log_factorial(pairs - count);
        (log_choices - pairs as f64 * std::f64::consts::LN_2).exp()
    };
    (2.0 * (0..=fewer).map(probability).sum::<f64>()).min(1.0)
}

/// Wilcoxon's signed-rank test of the differences of pairs, two-sided.
///
/// Differences of 0 are left out, equal ones share their mean rank. Up to 50 differences without ties the
/// distribution is exact; otherwise it is the normal one, with the variance corrected for ties and without a
/// correction for continuity. 1 if no difference is left.
pub fn wilcoxon(differences: impl IntoIterator<Item = f64>) -> f64 {
    let mut differences =
        differences.into_iter().filter(|&difference| difference != 0.0).collect::<Vec<f64>>();
    if differences.is_empty() {
        return 1.0;
    }
    differences.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let count = differences.len();
    // The sum of the ranks of positive differences, and that of t^3 - t over groups of t equal ones.
    let (mut positive, mut ties, mut before) = (0.0, 0.0, 0);
    for group in differences.chunk_by(|a, b| a.abs() == b.abs()) {
        let rank = before as f64 + (group.len() as f64 + 1.0) / 2.0;
        positive += rank * group.iter().filter(|&&difference| difference > 0.0).count() as f64;
        ties += (group.len() as f64).powi(3) - group.len() as f64;
        before += group.len();
    }
    let number = count as f64;
    let all = number * (number + 1.0) / 2.0;
    let fewer = positive.min(all - positive);
    if count <= 50 && ties == 0.0 {
        return (2.0 * signed_rank_distribution(count, fewer as usize)).min(1.0);
    }
    let variance = number * (number + 1.0) * (2.0 * number + 1.0) / 24.0 - ties / 48.0;
    let z = (fewer - all / 2.0) / variance.sqrt();
    erfc(-z / std::f64::consts::SQRT_2)
}

/// The probability that the ranks 1 to `count`, each taken with probability 1/2, add up to `sum` or less.
fn signed_rank_distribution(count: usize, sum: usize) -> f64 {
    let mut probabilities = vec![0.0; sum + 1];
    probabilities[0] = 1.0;
    for rank in 1..=count {
        for total in (0..=sum).rev() {
            let with_rank = total.checked_sub(rank).map_or(0.0, |rest| probabilities[rest]);
            probabilities[total] = (probabilities[total] + with_rank) / 2.0;
        }
    }
    probabilities.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(given: f64, expected: f64) {
        assert!((given - expected).abs() < 1e-9 * expected.max(1e-6) + 1e-12, "{given} {expected}");
    }

    #[test]
    fn mcnemar_is_that_of_statsmodels() {
        for (worse, better, expected) in [
            (0, 0, 1.0),
            (1, 0, 1.0),
            (3, 9, 0.145_996_093_75),
            (10, 25, 0.016_673_847_800_120_715),
            (8, 64, 5.765_519_304_519_332e-12),
            (120, 150, 0.077_389_398_980_218_49),
            (400, 401, 1.0),
            (0, 30, 1.862_645_149_230_957e-9),
        ] {
            assert_close(mcnemar(worse, better), expected);
            assert_eq!(mcnemar(worse, better), mcnemar(better, worse));
        }
    }

    #[test]
    fn wilcoxon_is_that_of_scipy() {
        let few = [0.5, -1.25, 2.0, 3.5, -0.25, 4.75, 5.0, -6.0, 7.25, 8.0];
        assert_close(wilcoxon(few), 0.130_859_375);
        let fifty = (0..50).map(|i| ((i * 37) % 101 - 30) as f64 / 7.0 + 0.013 * i as f64);
        assert_close(wilcoxon(fifty), 1.520_718_912_217_944_3e-5);
        let ties = [1.0, -1.0, 2.0, 3.0, -3.0, 3.0, 4.0, 0.0, 0.0, 5.0, 6.0, -7.0];
        assert_close(wilcoxon(ties), 0.260_639_047_413_326_55);
        let many = (0..200).map(|i| ((i * 7919) % 211 - 100) as f64 / 16.0 + 0.3);
        assert_close(wilcoxon(many), 0.041_949_206_472_765_926);
    }

    #[test]
    fn equal_results_differ_by_nothing() {
        assert_eq!(wilcoxon([0.0, 0.0, -0.0]), 1.0);
        assert_eq!(wilcoxon([]), 1.0);
        assert_eq!(wilcoxon([1.0, -2.0, 3.0, 0.5]), wilcoxon([-1.0, 2.0, -3.0, -0.5]));
    }
}
