//! What all experiments have in common on the command line: how samples are post-processed, and where results go.

use std::path::{Path, PathBuf};

use learner::{PostProcessOptions, StopRules};
use serde::{Deserialize, Serialize};

use crate::arguments::ConnectivityArguments;
use crate::failure::Failure;
use crate::words;
use crate::writer::{Writer, refuse_others};

#[derive(Debug, clap::Args)]
pub(super) struct RunArguments {
    /// The seed of all that is drawn: samples, their corruption, and networks
    #[arg(long, default_value_t = 0)]
    pub(super) seed: u64,
    /// The weight of the topological loss; several make several rows
    #[arg(long, value_name = "WEIGHT", value_delimiter = ',')]
    lambda: Vec<f64>,
    /// The learning rate of Adam; several make several rows
    #[arg(long, value_name = "RATE", value_delimiter = ',')]
    rate: Vec<f64>,
    /// After how many updates to measure; the greatest of several is when to end, and each has its row
    #[arg(long, value_name = "COUNT", value_delimiter = ',')]
    steps: Vec<usize>,
    /// Measure sooner, when the prior has held for so many steps in a row; 0 never does; several make several rows
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    until_prior_holds: Vec<usize>,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// On how many cores; without this option on all
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// The folder for the results, and for going on later; it is made if it is not there
    ///
    /// Results of an earlier run in it are replaced. Other files of their names are not, without --force.
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// Write over files of DIR that are not from an earlier run
    #[arg(long)]
    force: bool,
}

/// One way to post-process.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Setting {
    pub(super) lambda: f64,
    pub(super) learning_rate: f64,
}

/// When the map of a sample is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct End {
    /// After so many updates at most.
    pub(super) steps: usize,
    /// Sooner, when the prior has held for so many steps in a row; 0 never is.
    pub(super) until_prior_holds: usize,
}

/// What all results of a folder have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Common {
    seed: u64,
    steps: usize,
    until_prior_holds: usize,
    connectivity: String,
}

impl RunArguments {
    /// Each weight with each rate.
    pub(super) fn settings(&self) -> Vec<Setting> {
        let of_weight =
            |&lambda| self.rate.iter().map(move |&learning_rate| Setting { lambda, learning_rate });
        self.lambda.iter().flat_map(of_weight).collect()
    }

    /// The settings, each with each end.
    pub(super) fn measured(&self) -> Vec<(Setting, End)> {
        let ends = self.steps.iter().flat_map(|&steps| {
            self.until_prior_holds.iter().map(move |&until_prior_holds| End { steps, until_prior_holds })
        });
        let ends = ends.collect::<Vec<End>>();
        let of_setting = |setting| ends.iter().map(move |&end| (setting, end));
        self.settings().into_iter().flat_map(of_setting).collect()
    }

    pub(super) fn common(&self) -> Common {
        Common {
            seed: self.seed,
            steps: self.last_end().steps,
            until_prior_holds: self.last_end().until_prior_holds,
            connectivity: self.connectivity().to_owned(),
        }
    }

    /// As reports have it.
    pub(super) fn connectivity(&self) -> &'static str {
        words::connectivity(self.connectivity.connectivity)
    }

    /// How to post-process under a setting.
    pub(super) fn post_processing(&self, setting: Setting) -> PostProcessOptions {
        let End { steps, until_prior_holds } = self.last_end();
        PostProcessOptions {
            lambda: setting.lambda,
            learning_rate: setting.learning_rate,
            connectivity: self.connectivity.connectivity,
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
    pub(super) fn pool(&self) -> Result<rayon::ThreadPool, Failure> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(self.threads.map_or(0, usize::from)).build();
        pool.map_err(|error| Failure::Threads(error.to_string()))
    }

    /// Makes the folder for results of these names, of which `proof` shows whether they are from an earlier run.
    pub(super) fn make_folder(
        &self,
        names: &[&str],
        proof: impl FnOnce(&Path) -> bool,
    ) -> Result<(), Failure> {
        let path = &self.output;
        if !self.force {
            let paths: Vec<PathBuf> = names.iter().map(|name| path.join(name)).collect();
            refuse_others(&paths, || proof(path))?;
        }
        std::fs::create_dir_all(path).map_err(|source| Failure::Folder { path: path.clone(), source })
    }

    /// Writes a file of the results.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        Writer::default().write(&self.output.join(name), bytes)
    }
}
