//! `bettiscope train shapes`: a foreground of any kind, learned from synthetic shapes only.

use experiments::courses::{Course, shapes};

use super::arguments::TrainingArguments;
use crate::failure::Failure;

const DEFAULTS: &str = "\
Without options: --width 8 --depth 2 --loss cross-entropy --epochs 60 --batch 8 --rate 0.002 --schedule cosine --validate-every 5 \
--patience 12 --intensity 0.2 --noise 0.05, and no other augmentation.

Every epoch has new shapes: blobs, rings, trees and cells by turns. 60 others validate, and figures are of 60 of each \
kind.";

/// A network that finds a foreground, from synthetic shapes
#[derive(Debug, clap::Args)]
#[command(after_help = DEFAULTS)]
pub(crate) struct Arguments {
    /// How many shapes an epoch has
    #[arg(long, value_name = "N", default_value_t = 240, value_parser = at_least_1())]
    count: u64,
    /// Rows, and columns, of the images
    #[arg(long, value_name = "PIXELS", default_value_t = 80)]
    size: usize,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

impl Arguments {
    pub(crate) fn course(&self) -> Result<Course, Failure> {
        let settings = self.training.settings(shapes::settings());
        Ok(shapes::course(self.count as usize, self.size, settings)?)
    }
}

fn at_least_1() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(1..=1_000_000)
}
