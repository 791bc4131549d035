//! What all experiments have in common on the command line: how samples are post-processed, and where results go.

use std::path::{Path, PathBuf};

use experiments::reproduce::RunOptions;

use crate::arguments::ConnectivityArguments;
use crate::failure::Failure;
use crate::writer::{Writer, make_folder, refuse_others};

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

impl RunArguments {
    pub(super) fn options(&self) -> RunOptions {
        RunOptions {
            seed: self.seed,
            lambdas: self.lambda.clone(),
            rates: self.rate.clone(),
            steps: self.steps.clone(),
            until_prior_holds: self.until_prior_holds.clone(),
            connectivity: self.connectivity.connectivity,
            threads: self.threads,
            output: self.output.clone(),
        }
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
        make_folder(path)
    }

    /// Writes a file of the results.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        Writer::default().write(&self.output.join(name), bytes)
    }
}
