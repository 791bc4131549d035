//! Images and masks of one's own.

use std::borrow::Cow;
use std::path::Path;

use imaging::augment::{Augmentation, Flips, augment};
use imaging::preparation::{Order, Preparation, PreparationError};
use imaging::{Normalisation, Scaling};
use learner::{Loss, Pair, PairError, Pairs, TrainingOptions, UNetConfig};
use persistence::Connectivity;
use topoloss::classes::betti_numbers;
use topoloss::{ClassPrior, ClassPriors, Prior};

use super::{Course, HeldOut, PostProcessing, Settings};
use crate::Error;
use crate::data::DataError;
use crate::data::folder::{Labelled, read};
use crate::labels::{changed_by_class, labels_of_target};
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

/// The course of a folder with images and masks, at `size` x `size` pixels. With `classes`, the names of all but the
/// background, masks have numbers of classes.
///
/// # Errors
///
/// If a file cannot be read or prepared, a mask is missing or has a value that is no class, or there are too few pairs.
pub fn course(data: &Path, size: usize, classes: &[String], settings: Settings) -> Result<Course, Error> {
    let (settings, names) = with_classes(settings, classes);
    let (seed, augmentation) = (settings.options.seed, settings.augmentation);
    let classes = settings.network.classes;
    let all = shuffled(read(data, classes)?, seed);
    let each = (all.len() / 8).max(1);
    if all.len() <= 2 * each {
        return Err(DataError::Few { given: all.len(), what: "pairs of image and mask", needed: 3 }.into());
    }
    let count = all.len();
    let preparation = preparation(size);
    let pair = |labelled: Labelled| prepared(&preparation, &labelled, classes);
    let mut pairs = all.into_iter().map(pair).collect::<Result<Vec<Pair>, _>>()?;
    let training = pairs.split_off(2 * each);
    let test = pairs.split_off(each);
    Ok(Course {
        name: "folder",
        command: "folder",
        title: "A network from images and masks",
        own_options: format!("--data DIR --size {size}{}", option(&names)),
        classes: names,
        preparation,
        split: None,
        data: format!(
            "{count} pairs of image and mask, {each} of them for validation and {each} for the figures"
        ),
        settings,
        training: Box::new(Varied { pairs: training, classes, augmentation, seed }),
        validation: pairs,
        semi: None,
        held_out: vec![held_out(test, classes)?],
        post_processing: PostProcessing {
            prior: None,
            lambda: 0.01,
            learning_rate: 1e-4,
            steps: 100,
            until_prior_holds: None,
        },
    })
}

/// The settings of a network for these classes, and the names of all; none of the foreground alone.
pub(super) fn with_classes(settings: Settings, classes: &[String]) -> (Settings, Vec<String>) {
    let names = names_of(classes);
    if names.is_empty() {
        return (settings, names);
    }
    (Settings { network: UNetConfig { classes: names.len(), ..settings.network }, ..settings }, names)
}

/// The names of all classes, that of the background first, of those of the others; none of none.
pub fn names_of(classes: &[String]) -> Vec<String> {
    let background = (!classes.is_empty()).then(|| "background".to_owned());
    background.into_iter().chain(classes.iter().cloned()).collect()
}

/// How the classes are written on the command line.
pub(super) fn option(names: &[String]) -> String {
    names.get(1..).map_or_else(String::new, |names| format!(" --classes {}", quoted(&names.join(","))))
}

/// A text as a shell takes it for one word.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b",.:+-_/=".contains(&byte);
    if text.bytes().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
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
pub(super) fn prepared(
    preparation: &Preparation,
    labelled: &Labelled,
    classes: usize,
) -> Result<Pair, PreparationError> {
    let image = preparation.prepare(&labelled.image, None)?.image;
    let target = changed_by_class(labelled.mask.view(), classes, |mask| preparation.target(mask, None))?;
    Ok(Pair { image, target })
}

/// Pairs for the figures, with the Betti numbers of their masks, class by class.
pub(super) fn held_out(pairs: Vec<Pair>, classes: usize) -> Result<HeldOut, Error> {
    let any: Prior = "*,*".parse()?;
    let entry = |class: usize| ClassPrior::new([class], any.clone());
    let entries = (1..classes.max(2)).map(entry).collect::<Result<Vec<_>, _>>()?;
    let any = ClassPriors::new(entries)?;
    let priors = pairs.iter().map(|pair| {
        let labels = labels_of_target(pair.target.view(), classes).mapv(|label| label as u32);
        let betti = betti_numbers(labels.view(), &any, Connectivity::T)?;
        let entry = |(entry, betti): (&ClassPrior, &Vec<usize>)| {
            Ok(ClassPrior::new(entry.classes(), Prior::exactly(betti)?)?)
        };
        let entries = any.entries().iter().zip(&betti).map(entry).collect::<Result<Vec<_>, Error>>()?;
        Ok(ClassPriors::new(entries)?)
    });
    let priors = priors.collect::<Result<Vec<_>, Error>>()?;
    Ok(HeldOut { name: "pairs that were not trained on".to_owned(), pairs, priors })
}

/// Pairs that are varied anew in every epoch.
pub(super) struct Varied {
    pub(super) pairs: Vec<Pair>,
    /// How many the network has.
    pub(super) classes: usize,
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
        let mut varied = None;
        // The same seed varies the mask of each class alike.
        let target = changed_by_class(target.view(), self.classes, |mask| {
            let (image, mask) =
                augment(image.view(), mask, &self.augmentation, seed).map_err(PairError::new)?;
            varied = Some(image);
            Ok(mask)
        })?;
        Ok(Cow::Owned(Pair { image: varied.unwrap_or_else(|| image.clone()), target }))
    }
}
