//! Samples, each post-processed from its own copy of the weights under each setting: what is done is kept, and what
//! is missing is done.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use cpu_time::ThreadTime;
use learner::{PostProcess, PostProcessOptions, Step, UNet};
use ndarray::{Array3, ArrayView2};
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use topoloss::ClassPriors;

use super::host::Host;
use super::journal::Journal;
use super::options::{End, RunOptions, Setting};
use crate::Error;

/// A sample, by whatever tells it from others, and how it is post-processed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Case<S> {
    #[serde(flatten)]
    pub(super) sample: S,
    #[serde(flatten)]
    pub(super) setting: Setting,
}

/// A case and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Trial<S, M> {
    #[serde(flatten)]
    pub(super) case: Case<S>,
    #[serde(flatten)]
    pub(super) outcome: Outcome<M>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Outcome<M> {
    /// CPU seconds of the post-processing.
    pub(super) seconds: f64,
    /// What was measured at every step, the first before any update.
    pub(super) moments: Vec<M>,
}

/// What is measured at a step.
pub(super) trait Moment {
    /// Whether the Betti numbers at 0.5 are the prior's.
    fn prior_holds(&self) -> bool;
}

impl<M: Moment> Outcome<M> {
    /// The number of the step at which the map is measured; nothing if there is none.
    pub(super) fn at(&self, end: End) -> Option<usize> {
        let last = self.moments.len().checked_sub(1)?.min(end.steps);
        let mut holds = 0;
        let is_enough = |moment: &M| {
            holds = if moment.prior_holds() { holds + 1 } else { 0 };
            holds == end.until_prior_holds && holds > 0
        };
        Some(self.moments.iter().position(is_enough).map_or(last, |step| step.min(last)))
    }
}

/// Each sample under each setting, sample by sample.
pub(super) fn cases<S: Clone>(samples: &[S], settings: &[Setting]) -> Vec<Case<S>> {
    let of_sample = |sample: &S| {
        settings.iter().map(|&setting| Case { sample: sample.clone(), setting }).collect::<Vec<_>>()
    };
    samples.iter().flat_map(of_sample).collect()
}

/// The cases of a command and those of their results that there are.
pub(super) struct Trials<S, M> {
    journal: Journal,
    cases: Vec<Case<S>>,
    done: Vec<Trial<S, M>>,
}

impl<S, M> Trials<S, M>
where
    S: Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync,
    M: Serialize + DeserializeOwned + Send,
{
    /// Reads the results of earlier commands from a file of the folder.
    ///
    /// # Errors
    ///
    /// If the file has results of other settings, or cannot be read or written.
    pub(super) fn open<C>(
        options: &RunOptions,
        file: &str,
        common: &C,
        cases: Vec<Case<S>>,
        host: &dyn Host,
    ) -> Result<Self, Error>
    where
        C: Serialize + DeserializeOwned + PartialEq,
    {
        let (journal, mut done): (_, Vec<Trial<S, M>>) = Journal::open(options.output.join(file), common)?;
        done.retain(|trial| cases.contains(&trial.case));
        if !done.is_empty() {
            host.note(&format!("{} of {} runs are done already", done.len(), cases.len()));
        }
        Ok(Self { journal, cases, done })
    }

    /// The cases that have no result yet.
    pub(super) fn missing(&self) -> Vec<Case<S>> {
        let is_missing = |case: &&Case<S>| !self.done.iter().any(|trial| trial.case == **case);
        self.cases.iter().filter(is_missing).cloned().collect()
    }

    /// Does what is missing, on several cores, and writes each result down as soon as it is there. Ctrl-C ends it;
    /// then, `outcome` gives nothing.
    pub(super) fn complete(
        &mut self,
        options: &RunOptions,
        host: &dyn Host,
        outcome: impl Fn(&Case<S>) -> Result<Option<Outcome<M>>, Error> + Sync,
    ) -> Result<(), Error> {
        let missing = self.missing();
        let progress = host.progress(missing.len(), "runs");
        let fresh = Mutex::new(Vec::new());
        let journal = &self.journal;
        let one = |case: Case<S>| -> Result<(), Error> {
            if host.is_ended() {
                return Ok(());
            }
            if let Some(outcome) = outcome(&case)? {
                let trial = Trial { case, outcome };
                journal.write(&trial)?;
                fresh.lock().unwrap_or_else(PoisonError::into_inner).push(trial);
                progress.inc(1);
            }
            Ok(())
        };
        options.pool()?.install(|| missing.into_par_iter().try_for_each(one))?;
        progress.finish_and_clear();
        self.done.extend(fresh.into_inner().unwrap_or_else(PoisonError::into_inner));
        Ok(())
    }

    /// The results of the cases under one setting of which this holds, in the order of the cases.
    pub(super) fn of(&self, setting: Setting, is_meant: impl Fn(&S) -> bool) -> Vec<&Trial<S, M>> {
        let cases = self.cases.iter().filter(|case| case.setting == setting && is_meant(&case.sample));
        cases.filter_map(|case| self.done.iter().find(|trial| trial.case == *case)).collect()
    }

    /// What is told of them at the end.
    pub(super) fn finished<T>(&self, table: T, text: String) -> Finished<T> {
        Finished { table, text, done: self.done.len(), all: self.cases.len() }
    }
}

/// What came of an experiment, perhaps of a part of it.
#[derive(Debug)]
pub struct Finished<T> {
    /// The results, row by row.
    pub table: T,
    /// The same for people.
    pub text: String,
    /// How many runs are done. Where there are fewer than all, the user has ended it; the same command goes on.
    pub done: usize,
    /// How many there are to do.
    pub all: usize,
}

/// The probability maps `[classes, rows, columns]` on the way, and whether all priors hold.
pub(super) type Maps = (Array3<f32>, bool);

/// Post-processes one image: the CPU seconds it took, and the maps of all steps, the first before any update. Nothing
/// if the user ends the command before that is done.
pub(super) fn post_process(
    network: &UNet,
    image: ArrayView2<f32>,
    priors: ClassPriors,
    options: PostProcessOptions,
    host: &dyn Host,
) -> Result<Option<(f64, Vec<Maps>)>, Error> {
    let start = ThreadTime::now();
    let mut maps = Vec::new();
    let keep = |step: &Step| {
        maps.push((step.probabilities.clone(), step.prior_holds));
        if host.is_ended() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let last = pollster::block_on(async {
        PostProcess::new(network, image, priors, options).await?.run(keep).await
    });
    let is_whole = last?.stop.is_some();
    Ok(is_whole.then(|| (start.elapsed().as_secs_f64(), maps)))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Moment for bool {
        fn prior_holds(&self) -> bool {
            *self
        }
    }

    #[test]
    fn a_map_is_measured_when_the_prior_has_held_long_enough_or_after_so_many_updates() {
        let outcome = Outcome { seconds: 1.0, moments: vec![false, true, false, true, true, true, true] };
        let at = |steps, until_prior_holds| outcome.at(End { steps, until_prior_holds }).unwrap();
        for (steps, until_prior_holds, expected) in
            [(6, 0, 6), (6, 1, 1), (6, 2, 4), (6, 3, 5), (6, 9, 6), (3, 2, 3), (0, 1, 0), (100, 0, 6)]
        {
            assert_eq!(at(steps, until_prior_holds), expected, "{steps} {until_prior_holds}");
        }
        let none: Outcome<bool> = Outcome { seconds: 1.0, moments: Vec::new() };
        assert_eq!(none.at(End { steps: 1, until_prior_holds: 1 }), None);
    }
}
