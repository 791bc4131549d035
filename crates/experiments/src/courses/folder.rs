//! Images and masks of one's own.

use std::borrow::Cow;
use std::path::Path;

use imaging::augment::{Augmentation, Flips, augment};
use imaging::preparation::{Order, Preparation, PreparationError};
use imaging::{Normalisation, Scaling};
use learner::{Loss, Pair, PairError, Pairs, TrainingOptions, UNetConfig};
use persistence::{Options, barcode};
use topoloss::Prior;

use super::{Course, HeldOut, PostProcessing, Settings};
use crate::Error;
use crate::data::DataError;
use crate::data::folder::{Labelled, read};
use crate::seeds::{seed_of, shuffled};

/// What suits this course.
pub fn settings() -> Settings {
    Settings {
        network: UNetConfig { width: 8, depth: 2, ..UNetConfig::default() },
        options: TrainingOptions {
            loss: Loss::DiceAndCrossEntropy,
            validate_every: 5,
            ..TrainingOptions::default()
        },
        augmentation: Augmentation {
            rotation: 15.0,
            scale: 0.1,
            shift: 0.05,
            flips: Flips::LeftRight,
            elastic: 0.01,
            intensity: 0.2,
            noise: 0.02,
        },
    }
}

/// The course of a folder with images and masks, at `size` x `size` pixels.
///
/// # Errors
///
/// If a file cannot be read or prepared, a mask is missing, or there are too few pairs.
pub fn course(data: &Path, size: usize, settings: Settings) -> Result<Course, Error> {
    let (seed, augmentation) = (settings.options.seed, settings.augmentation);
    let all = shuffled(read(data)?, seed);
    let each = (all.len() / 8).max(1);
    if all.len() <= 2 * each {
        return Err(DataError::Few { given: all.len(), what: "pairs of image and mask", needed: 3 }.into());
    }
    let count = all.len();
    let preparation = preparation(size);
    let pair = |labelled: Labelled| prepared(&preparation, &labelled);
    let mut pairs = all.into_iter().map(pair).collect::<Result<Vec<Pair>, _>>()?;
    let training = pairs.split_off(2 * each);
    let test = pairs.split_off(each);
    Ok(Course {
        name: "folder",
        command: "folder",
        title: "A network from images and masks",
        classes: &[],
        preparation,
        split: None,
        data: format!(
            "{count} pairs of image and mask, {each} of them for validation and {each} for the figures"
        ),
        own_options: format!("--data DIR --size {size}"),
        settings,
        training: Box::new(Varied { pairs: training, augmentation, seed }),
        validation: pairs,
        semi: None,
        held_out: vec![held_out(test)?],
        post_processing: PostProcessing {
            prior: None,
            lambda: 0.01,
            learning_rate: 1e-4,
            steps: 100,
            until_prior_holds: None,
        },
    })
}

/// How the images of a folder are prepared.
pub(super) fn preparation(size: usize) -> Preparation {
    Preparation {
        order: Order::NormaliseLast,
        scaling: Some(Scaling::To(Normalisation::PERCENTILES)),
        shape: Some([size, size]),
    }
}

/// A pair as it is learned.
pub(super) fn prepared(preparation: &Preparation, labelled: &Labelled) -> Result<Pair, PreparationError> {
    let image = preparation.prepare(&labelled.image, None)?.image;
    Ok(Pair { image, target: preparation.target(labelled.mask.view(), None)? })
}

/// Pairs for the figures, with the Betti numbers of their masks.
pub(super) fn held_out(pairs: Vec<Pair>) -> Result<HeldOut, Error> {
    let priors = pairs.iter().map(|pair| {
        let barcode = barcode(pair.target.view(), Options::default()).map_err(DataError::Array)?;
        Ok(Prior::exactly(&barcode.betti_numbers(0.5))?.into())
    });
    let priors = priors.collect::<Result<Vec<_>, Error>>()?;
    Ok(HeldOut { name: "pairs that were not trained on".to_owned(), pairs, priors })
}

/// Pairs that are varied anew in every epoch.
pub(super) struct Varied {
    pub(super) pairs: Vec<Pair>,
    pub(super) augmentation: Augmentation,
    pub(super) seed: u64,
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
