//! `bettiscope train heart`: the myocardium in short-axis slices, of patients and of phantoms.

use std::path::PathBuf;

use experiments::courses::heart::Finds;
use experiments::courses::{Course, heart};

use super::arguments::TrainingArguments;
use crate::failure::Failure;

const DEFAULTS: &str = "\
Without options: --width 4 --depth 3 --loss dice-cross-entropy --epochs 300 --batch 4 --rate 0.002 --schedule cosine \
--validate-every 2 --patience 50 \
--rotation 30 --scale 0.2 --shift 0.05 --flips none --elastic 0.02 --intensity 0.2 --noise 0.02.

A sixth of the patients validates, another sixth gives the figures, all others are trained on, together with phantoms \
that are new in every epoch. Half of the images lose up to --most lines of k-space, rows or columns, anew in every \
epoch. Slices are cut to 128 x 128 pixels around the myocardium, resampled to 80 x 80 and stretched from percentile 1 \
to 99; slices whose mask is not one ring there are left out. With --classes the network has a softmax over background, \
cavity (what the muscle encloses) and muscle.";

/// A network that finds the myocardium: Sunnybrook and phantoms
///
/// The folder has index.csv with the columns `file` and `patient`, images/FILE, and the masks myo/FILE.
#[derive(Debug, clap::Args)]
#[command(after_help = DEFAULTS)]
pub(crate) struct Arguments {
    /// The folder of the Sunnybrook data
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many phantoms an epoch has
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    phantoms: u32,
    /// How many of the 80 lines of k-space are removed at most; the middle 8 stay
    #[arg(long, value_name = "M", default_value_t = 64)]
    most: usize,
    /// Find the cavity too, with softmax over background, cavity and muscle
    #[arg(long)]
    classes: bool,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

impl Arguments {
    pub(crate) fn course(&self) -> Result<Course, Failure> {
        let settings = self.training.settings(heart::settings());
        let finds = if self.classes { Finds::CavityAndMuscle } else { Finds::Muscle };
        Ok(heart::course(&self.data, self.phantoms, self.most, finds, settings)?)
    }
}
