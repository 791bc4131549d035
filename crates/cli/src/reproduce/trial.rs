//! One digit, post-processed from its own copy of the weights.

use std::ops::ControlFlow;

use cpu_time::ThreadTime;
use learner::{Classifier, Pair, PostProcess, PostProcessOptions, Step, UNet};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use topoloss::Prior;

use crate::interrupt;

/// What is told apart in one run of the command: which digit, how corrupted, and how post-processed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Case {
    /// How many rows and columns of k-space are gone.
    pub(super) m: usize,
    /// Which digit of its set.
    pub(super) index: usize,
    pub(super) lambda: f64,
    pub(super) learning_rate: f64,
}

/// A case and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Trial {
    #[serde(flatten)]
    pub(super) case: Case,
    /// The digit that it is.
    pub(super) label: u8,
    /// CPU seconds of the post-processing.
    pub(super) seconds: f64,
    /// One for every step, the first before any update.
    pub(super) moments: Vec<Moment>,
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

/// What cases have in common.
pub(super) struct Measure<'a> {
    pub(super) network: &'a UNet,
    pub(super) classifier: &'a Classifier,
    /// Lambda and the learning rate are the case's.
    pub(super) options: PostProcessOptions,
}

impl Measure<'_> {
    /// Post-processes the digit; nothing if the user ends the command before that is done.
    pub(super) fn trial(
        &self,
        case: Case,
        label: u8,
        pair: &Pair,
        prior: Prior,
    ) -> Result<Option<Trial>, learner::Error> {
        let options =
            PostProcessOptions { lambda: case.lambda, learning_rate: case.learning_rate, ..self.options };
        let start = ThreadTime::now();
        let mut steps: Vec<(Array2<f32>, bool)> = Vec::new();
        let last = pollster::block_on(async {
            let mut run = PostProcess::new(self.network, pair.image.view(), prior, options).await?;
            let keep = |step: &Step| {
                steps.push((step.probabilities.clone(), step.prior_holds));
                if interrupt::is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            run.run(keep).await
        })?;
        if last.stop.is_none() {
            return Ok(None);
        }
        let seconds = start.elapsed().as_secs_f64();
        let maps = steps.iter().map(|(map, _)| map.view()).collect::<Vec<_>>();
        let classes = pollster::block_on(self.classifier.classify(&maps))?;
        let moments = steps.iter().zip(classes).map(|((map, right), class)| Moment {
            error: mean_squared_error(map, &pair.target),
            class,
            right: *right,
        });
        Ok(Some(Trial { case, label, seconds, moments: moments.collect() }))
    }
}

impl Trial {
    /// The last step of a run of at most so many updates.
    pub(super) fn after(&self, updates: usize) -> Option<&Moment> {
        self.moments.get(updates.min(self.moments.len().saturating_sub(1)))
    }
}

fn mean_squared_error(map: &Array2<f32>, truth: &Array2<f32>) -> f32 {
    let squares = map.iter().zip(truth).map(|(given, expected)| f64::from(given - expected).powi(2));
    (squares.sum::<f64>() / map.len() as f64) as f32
}
