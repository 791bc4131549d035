//! `bettiscope train semi`: a network from one's own images, of which some have masks.

use std::path::PathBuf;

use experiments::courses::{Course, folder, semi};
use experiments::data::priors::{Priors, of_image};
use learner::{SemiOptions, TrainingOptions};

use super::arguments::{TrainingArguments, at_least_1, class_name, different};
use crate::arguments::ConnectivityArguments;
use crate::failure::Failure;

const DEFAULTS: &str = "\
Without options: --width 8 --depth 2 --loss dice-cross-entropy --epochs 1000 --batch 10 --rate 0.001 \
--schedule constant --warm-up 0 --validate-every 50 --patience 5 \
--rotation 15 --scale 0.1 --shift 0.05 --flips left-right --elastic 0.01 --intensity 0.2 --noise 0.02.

First the network learns from the images with masks alone, until validation stops improving. Then updates take turns: one \
by the topological losses of a batch of images without masks, one by the loss of a batch with masks (Clough et al. 2020, \
section 3.3 and equation 6). An eighth of the images with masks validates and another eighth gives the figures, at least one \
each; the seed chooses which. Validation in the second part is the loss and the topological loss of the validation images \
together, so that the network of the first part stays if the second makes it worse. The figures are of both networks.

Example, where every object is one piece with one hole:
  bettiscope train semi --data cells --betti 1,1 -o cells.bpk --checkpoint cells.checkpoint";

/// A network from a folder of images, of which only some have masks
///
/// images/NAME is an image; where masks/NAME is there too, whatever its ending, it is the mask, which is 0 in the background.
/// Of the other images it is known what the masks would look like: how many components and holes they have. Of all images the
/// largest square in the middle is cut out and resampled; then images are stretched from percentile 1 to 99, and masks
/// are 1 from 0.5 upwards. With --classes a mask has several classes, and the network a softmax over them.
#[derive(Debug, clap::Args)]
#[command(after_help = DEFAULTS)]
pub(crate) struct Arguments {
    /// The folder that has the folders images and masks
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    known: KnownArguments,
    /// Rows, and columns, of the images
    #[arg(long, value_name = "PIXELS", default_value_t = 80)]
    size: usize,
    /// The names of the classes, where masks have numbers of classes: of 1, 2 and so on; 0 is the background
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = class_name)]
    classes: Vec<String>,
    #[command(flatten)]
    semi: SemiArguments,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct KnownArguments {
    /// The components and holes of every object, as in 1,1 or 1-2,*; with --classes as in "cavity:1,0; muscle:1,1"
    #[arg(long, value_name = "PRIOR")]
    betti: Option<String>,
    /// Those of each image: a CSV file with the columns file and prior
    #[arg(long, value_name = "FILE")]
    priors: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Images without masks")]
struct SemiArguments {
    /// The weight of the topological loss of each image
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.01)]
    lambda: f64,
    /// Images without masks between two updates; the loss is their sum
    #[arg(long, value_name = "N", default_value_t = 10)]
    unlabelled_batch: usize,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// How often every image with a mask is seen in the second part, at most
    #[arg(long, value_name = "N", default_value_t = 500)]
    semi_epochs: usize,
    /// The learning rate of Adam in the second part
    #[arg(long, value_name = "RATE", default_value_t = 3e-4)]
    semi_rate: f64,
    /// Over how many updates that rate rises from almost nothing to the whole
    #[arg(long, value_name = "UPDATES", default_value_t = 100)]
    semi_warm_up: usize,
    /// Validate after so many epochs of the second part
    #[arg(long, value_name = "EPOCHS", default_value_t = 10, value_parser = at_least_1)]
    semi_validate_every: usize,
    /// End after so many validations of the second part in a row that were no better than the best
    #[arg(long, value_name = "VALIDATIONS", default_value_t = 5)]
    semi_patience: usize,
}

impl Arguments {
    pub(crate) fn course(&self) -> Result<Course, Failure> {
        let settings = self.training.settings(semi::settings());
        different(&self.classes)?;
        let names = folder::names_of(&self.classes);
        let priors = match (&self.known.betti, &self.known.priors) {
            (_, Some(list)) => Priors::read(list, &names).map_err(experiments::Error::from)?,
            // One of the two is required.
            (text, None) => Priors::Same(of_image(text.as_deref().unwrap_or("*,*"), &names)?),
        };
        let SemiArguments { lambda, unlabelled_batch, connectivity, .. } = &self.semi;
        let of_course = semi::semi_options(settings.options);
        let options = SemiOptions {
            training: TrainingOptions {
                epochs: self.semi.semi_epochs,
                learning_rate: self.semi.semi_rate,
                warm_up: self.semi.semi_warm_up,
                validate_every: self.semi.semi_validate_every,
                patience: self.semi.semi_patience,
                ..of_course.training
            },
            lambda: *lambda,
            batch_size: *unlabelled_batch,
            connectivity: connectivity.connectivity,
        };
        Ok(semi::course(&self.data, self.size, &self.classes, &priors, settings, options)?)
    }
}
