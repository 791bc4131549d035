//! `bettiscope train folder`: a network from one's own images and masks.

use std::path::PathBuf;

use experiments::courses::{Course, folder};

use super::arguments::{TrainingArguments, class_name, different};
use crate::failure::Failure;

const DEFAULTS: &str = "\
Without options: --width 8 --depth 2 --loss dice-cross-entropy --epochs 100 --batch 10 --rate 0.001 \
--schedule constant --validate-every 5 --patience 5 \
--rotation 15 --scale 0.1 --shift 0.05 --flips left-right --elastic 0.01 --intensity 0.2 --noise 0.02.

An eighth of the pairs validates and another eighth gives the figures, at least one each; the seed chooses which.";

/// A network from a folder of images and masks
///
/// images/NAME and masks/NAME belong together, whatever their endings; masks are 0 in the background. Of both the
/// largest square in the middle is cut out and resampled; then images are stretched from percentile 1 to 99, and masks
/// are 1 from 0.5 upwards. With --classes a mask has several classes, and the network a softmax over them.
#[derive(Debug, clap::Args)]
#[command(after_help = DEFAULTS)]
pub(crate) struct Arguments {
    /// The folder that has the folders images and masks
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Rows, and columns, of the images
    #[arg(long, value_name = "PIXELS", default_value_t = 80)]
    size: usize,
    /// The names of the classes, where masks have numbers of classes: of 1, 2 and so on; 0 is the background
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = class_name)]
    classes: Vec<String>,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

impl Arguments {
    pub(crate) fn course(&self) -> Result<Course, Failure> {
        different(&self.classes)?;
        let settings = self.training.settings(folder::settings());
        Ok(folder::course(&self.data, self.size, &self.classes, settings)?)
    }
}
