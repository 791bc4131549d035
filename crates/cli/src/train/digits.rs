//! `bettiscope train digits`: section 4.1 of the paper, from one seed for all degrees of corruption.

use std::path::PathBuf;

use experiments::courses::{Course, digits};

use super::arguments::TrainingArguments;
use crate::failure::Failure;

const DEFAULTS: &str = "\
Without options: --width 8 --depth 2 --loss mse --epochs 400 --batch 10 --rate 0.002 --schedule cosine --validate-every 20 --patience 20 \
--rotation 10 --scale 0.1 --shift 0.05 --elastic 0.02, and no other augmentation.

In every epoch each digit is varied and corrupted anew, with the next m of the list. 100 further digits of the training \
set validate, and figures are of 300 digits of the test set for each m.";

/// A network that restores digits: MNIST, corrupted in k-space
///
/// The folder has the four files of MNIST, gzipped or not.
#[derive(Debug, clap::Args)]
#[command(after_help = DEFAULTS)]
pub(crate) struct Arguments {
    /// The folder of MNIST
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many digits are trained on: the first of the training set
    #[arg(long, value_name = "N", default_value_t = 100)]
    pairs: usize,
    /// How many rows and columns of k-space are removed
    #[arg(long, value_name = "M", value_delimiter = ',', default_value = "2,4,6,8,10,12")]
    m: Vec<usize>,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

impl Arguments {
    pub(crate) fn course(&self) -> Result<Course, Failure> {
        let settings = self.training.settings(digits::settings());
        Ok(digits::course(&self.data, self.pairs, &self.m, settings)?)
    }
}
