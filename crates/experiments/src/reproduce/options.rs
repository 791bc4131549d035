//! What all experiments have in common: how samples are post-processed, and where results go.

use std::path::PathBuf;

use learner::{PostProcessOptions, StopRules};
use persistence::Connectivity;
use serde::{Deserialize, Serialize};

use crate::Error;

/// How samples are post-processed and measured.
#[derive(Clone, Debug, PartialEq)]
pub struct RunOptions {
    /// Of all that is drawn: samples, their corruption, and networks.
    pub seed: u64,
    /// Weights of the topological loss; each with each rate is a setting.
    pub lambdas: Vec<f64>,
    /// Learning rates of Adam.
    pub rates: Vec<f64>,
    /// After how many updates to measure.
    pub steps: Vec<usize>,
    /// Or sooner, when the prior has held for so many steps in a row; 0 never does.
    pub until_prior_holds: Vec<usize>,
    /// Which pixels are neighbours.
    pub connectivity: Connectivity,
    /// On how many cores; `None` for all.
    pub threads: Option<u16>,
    /// The folder of the results, which is there.
    pub output: PathBuf,
}

/// One way to post-process.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// The weight of the topological loss.
    pub lambda: f64,
    /// The rate of Adam.
    pub learning_rate: f64,
}

/// When the map of a sample is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// After so many updates at most.
    pub steps: usize,
    /// Sooner, when the prior has held for so many steps in a row; 0 never is.
    pub until_prior_holds: usize,
}

/// What all results of a folder have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Common {
    seed: u64,
    steps: usize,
    until_prior_holds: usize,
    connectivity: String,
}

impl RunOptions {
    /// Each weight with each rate.
    pub fn settings(&self) -> Vec<Setting> {
        let of_weight =
            |&lambda| self.rates.iter().map(move |&learning_rate| Setting { lambda, learning_rate });
        self.lambdas.iter().flat_map(of_weight).collect()
    }

    /// The settings, each with each end.
    pub(crate) fn measured(&self) -> Vec<(Setting, End)> {
        let ends = self.steps.iter().flat_map(|&steps| {
            self.until_prior_holds.iter().map(move |&until_prior_holds| End { steps, until_prior_holds })
        });
        let ends = ends.collect::<Vec<End>>();
        let of_setting = |setting| ends.iter().map(move |&end| (setting, end));
        self.settings().into_iter().flat_map(of_setting).collect()
    }

    pub(crate) fn common(&self) -> Common {
        Common {
            seed: self.seed,
            steps: self.last_end().steps,
            until_prior_holds: self.last_end().until_prior_holds,
            connectivity: self.connectivity().to_owned(),
        }
    }

    /// As reports have it.
    pub(crate) fn connectivity(&self) -> &'static str {
        match self.connectivity {
            Connectivity::T => "T",
            Connectivity::V => "V",
        }
    }

    /// How to post-process under a setting.
    pub(crate) fn post_processing(&self, setting: Setting) -> PostProcessOptions {
        let End { steps, until_prior_holds } = self.last_end();
        PostProcessOptions {
            lambda: setting.lambda,
            learning_rate: setting.learning_rate,
            connectivity: self.connectivity,
            stop: StopRules {
                updates: steps,
                prior_holds_for: (until_prior_holds > 0).then_some(until_prior_holds),
                ..StopRules::default()
            },
            ..PostProcessOptions::default()
        }
    }

    /// When nothing is left to measure.
    fn last_end(&self) -> End {
        let never = self.until_prior_holds.contains(&0);
        let longest = self.until_prior_holds.iter().copied().max().unwrap_or(0);
        End {
            steps: self.steps.iter().copied().max().unwrap_or(0),
            until_prior_holds: if never { 0 } else { longest },
        }
    }

    /// The threads that work on different samples.
    pub(crate) fn pool(&self) -> Result<rayon::ThreadPool, Error> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads.map_or(0, usize::from)).build();
        pool.map_err(|error| Error::Threads(error.to_string()))
    }
}
