//! `bettiscope train folder`: a network from one's own images and masks.

use std::borrow::Cow;
use std::path::PathBuf;

use imaging::augment::{Augmentation, Flips, augment};
use imaging::preparation::{Order, Preparation, PreparationError};
use imaging::{Normalisation, Scaling};
use learner::{Loss, Pair, PairError, Pairs, TrainingOptions, UNetConfig};
use persistence::{Options, barcode};

use super::arguments::TrainingArguments;
use super::course::{Course, HeldOut};
use super::record::PostProcessing;
use crate::data::folder::{Labelled, read};
use crate::data::{DataError, seed_of, shuffled};
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
/// are 1 from 0.5 upwards.
#[derive(Debug, clap::Args)]
#[command(after_help = DEFAULTS)]
pub(crate) struct Arguments {
    /// The folder that has the folders images and masks
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Rows, and columns, of the images
    #[arg(long, value_name = "PIXELS", default_value_t = 80)]
    size: usize,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

pub(crate) fn course(arguments: &Arguments) -> Result<Course, Failure> {
    let (seed, size) = (arguments.training.seed(), arguments.size);
    let all = shuffled(read(&arguments.data)?, seed);
    let each = (all.len() / 8).max(1);
    if all.len() <= 2 * each {
        return Err(DataError::Few { given: all.len(), what: "pairs of image and mask", needed: 3 }.into());
    }
    let count = all.len();
    let preparation = Preparation {
        order: Order::NormaliseLast,
        scaling: Some(Scaling::To(Normalisation::Percentile { low: 1.0, high: 99.0 })),
        shape: Some([size, size]),
    };
    let pair = |Labelled { image, mask }: Labelled| -> Result<Pair, PreparationError> {
        let image = preparation.prepare(&image, None)?.image;
        Ok(Pair { image, target: preparation.target(mask.view(), None)? })
    };
    let mut pairs = all.into_iter().map(pair).collect::<Result<Vec<Pair>, _>>()?;
    let training = pairs.split_off(2 * each);
    let test = pairs.split_off(each);
    let betti = test.iter().map(|pair| {
        let numbers = barcode(pair.target.view(), Options::default())?.betti_numbers(0.5);
        Ok([numbers.first().copied().unwrap_or(0), numbers.get(1).copied().unwrap_or(0)])
    });
    let betti = betti.collect::<Result<Vec<_>, persistence::Error>>().map_err(DataError::Array)?;
    let options = arguments.training.options(TrainingOptions {
        loss: Loss::DiceAndCrossEntropy,
        validate_every: 5,
        ..TrainingOptions::default()
    });
    let augmentation = arguments.training.augmentation(Augmentation {
        rotation: 15.0,
        scale: 0.1,
        shift: 0.05,
        flips: Flips::LeftRight,
        elastic: 0.01,
        intensity: 0.2,
        noise: 0.02,
    });
    Ok(Course {
        name: "folder",
        title: "A network from images and masks",
        preparation,
        split: None,
        data: format!(
            "{count} pairs of image and mask, {each} of them for validation and {each} for the figures"
        ),
        own_options: format!("--data DIR --size {size}"),
        network: arguments.training.network(UNetConfig { width: 8, depth: 2 }),
        options,
        augmentation,
        training: Box::new(Varied { pairs: training, augmentation, seed }),
        validation: pairs,
        held_out: vec![HeldOut { name: "pairs that were not trained on".to_owned(), pairs: test, betti }],
        post_processing: PostProcessing {
            prior: None,
            lambda: 0.01,
            learning_rate: 1e-4,
            steps: 100,
            until_prior_holds: None,
        },
    })
}

/// Pairs that are varied anew in every epoch.
struct Varied {
    pairs: Vec<Pair>,
    augmentation: Augmentation,
    seed: u64,
}

impl Pairs for Varied {
    fn count(&self) -> usize {
        self.pairs.len()
    }

    fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError> {
        let Pair { image, target } = &self.pairs[index];
        let seed = seed_of(&[self.seed, index as u64, epoch as u64]);
        let (image, target) =
            augment(image.view(), target.view(), &self.augmentation, seed).map_err(PairError::new)?;
        Ok(Cow::Owned(Pair { image, target }))
    }
}
