//! Samples before any update and after some, and whether the difference may be chance.

use super::options::End;
use super::trials::{Moment, Trial};
use crate::significance::{mcnemar, wilcoxon};

/// The trials of a row at their ends.
pub(super) struct Comparison<'a, S, M> {
    /// The sample, and what was measured before and after.
    pairs: Vec<(&'a S, &'a M, &'a M)>,
    /// The mean number of updates.
    pub(super) updates: f64,
    /// The mean of the CPU seconds of a whole run.
    pub(super) seconds: f64,
}

/// Shares of the samples, and how many samples changed.
pub(super) struct Shares {
    pub(super) before: f64,
    pub(super) after: f64,
    pub(super) worse: usize,
    pub(super) better: usize,
    /// By McNemar's exact test.
    pub(super) p: f64,
}

/// Means over the samples.
pub(super) struct Means {
    pub(super) before: f64,
    pub(super) after: f64,
    /// By Wilcoxon's signed-rank test.
    pub(super) p: f64,
}

impl<'a, S, M: Moment> Comparison<'a, S, M> {
    /// Nothing if there is no trial.
    pub(super) fn of(end: End, trials: &[&'a Trial<S, M>]) -> Option<Self> {
        let (mut pairs, mut updates, mut seconds) = (Vec::with_capacity(trials.len()), 0.0, 0.0);
        for trial in trials {
            let moments = &trial.outcome.moments;
            let last = trial.outcome.at(end)?;
            pairs.push((&trial.case.sample, &moments[0], &moments[last]));
            updates += last as f64;
            seconds += trial.outcome.seconds;
        }
        let number = pairs.len() as f64;
        (!pairs.is_empty()).then_some(Self { pairs, updates: updates / number, seconds: seconds / number })
    }

    /// How many samples there are.
    pub(super) fn count(&self) -> usize {
        self.pairs.len()
    }

    /// The share of samples of which something holds.
    pub(super) fn shares(&self, holds: impl Fn(&S, &M) -> bool) -> Shares {
        let changes = self.pairs.iter().map(|(sample, a, b)| (holds(sample, a), holds(sample, b)));
        let changes = changes.collect::<Vec<(bool, bool)>>();
        let count = |is: fn(&(bool, bool)) -> bool| changes.iter().filter(|change| is(change)).count();
        let share = |count: usize| count as f64 / changes.len() as f64;
        let (worse, better) =
            (count(|&(before, after)| before && !after), count(|&(before, after)| !before && after));
        Shares {
            before: share(count(|change| change.0)),
            after: share(count(|change| change.1)),
            worse,
            better,
            p: mcnemar(worse, better),
        }
    }

    /// The mean of a number.
    pub(super) fn means(&self, value: impl Fn(&M) -> f64) -> Means {
        let changes = self.pairs.iter().map(|(_, a, b)| (value(a), value(b))).collect::<Vec<(f64, f64)>>();
        let mean = |of: fn(&(f64, f64)) -> f64| changes.iter().map(of).sum::<f64>() / changes.len() as f64;
        Means {
            before: mean(|change| change.0),
            after: mean(|change| change.1),
            p: wilcoxon(changes.iter().map(|(before, after)| after - before)),
        }
    }
}

/// A probability for people: three decimals, or an exponent where they would say 0.
pub(super) fn probability(p: f64) -> String {
    if p < 0.001 { format!("{p:.0e}") } else { format!("{p:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reproduce::options::Setting;
    use crate::reproduce::trials::{Case, Outcome};

    impl Moment for u8 {
        fn prior_holds(&self) -> bool {
            false
        }
    }

    fn trial(sample: u8, seconds: f64, moments: &[u8]) -> Trial<u8, u8> {
        let setting = Setting { lambda: 0.02, learning_rate: 1e-4 };
        Trial { case: Case { sample, setting }, outcome: Outcome { seconds, moments: moments.to_vec() } }
    }

    #[test]
    fn what_changed_after_so_many_updates_is_counted() {
        let trials = [
            trial(3, 1.0, &[8, 8, 3]),
            trial(6, 2.0, &[6, 6]),
            trial(0, 3.0, &[0, 6, 6]),
            trial(1, 2.0, &[7, 1, 1]),
        ];
        let trials = trials.iter().collect::<Vec<_>>();
        let is_known = |sample: &u8, moment: &u8| sample == moment;

        let after = |steps| End { steps, until_prior_holds: 0 };
        let later = Comparison::of(after(2), &trials).unwrap();
        assert_eq!((later.count(), later.updates, later.seconds), (4, 1.75, 2.0));
        let shares = later.shares(is_known);
        assert_eq!((shares.before, shares.after, shares.worse, shares.better), (0.5, 0.75, 1, 2));
        assert_eq!(shares.p, mcnemar(1, 2));
        let means = later.means(|&moment| moment.into());
        assert_eq!((means.before, means.after), (21.0 / 4.0, 16.0 / 4.0));
        assert_eq!(means.p, wilcoxon([-5.0, 0.0, 6.0, -6.0]));

        let sooner = Comparison::of(after(1), &trials).unwrap();
        assert_eq!((sooner.shares(is_known).after, sooner.updates), (0.5, 1.0));
        assert!(Comparison::of(after(1), &trials[..0]).is_none());
    }
}
