//! Images of one's own, of which some have masks and all have a prior.

use std::borrow::Cow;
use std::path::Path;

use imaging::augment::{Augmentation, augment};
use imaging::preparation::PreparationError;
use learner::{Pair, PairError, SemiOptions, TrainingOptions, Unlabelled, UnlabelledImage};
use ndarray::Array2;
use topoloss::ClassPriors;

use super::folder::{self, Varied, held_out, option, prepared, quoted, with_classes};
use super::{Course, PostProcessing, Semi, Settings};
use crate::Error;
use crate::data::DataError;
use crate::data::folder::{Bare, Labelled, read_partly};
use crate::data::priors::Priors;
use crate::seeds::{seed_of, shuffled};

/// What suits the supervised part of this course: that of [`folder`], until validation stops improving.
pub fn settings() -> Settings {
    let folder = folder::settings();
    Settings { options: TrainingOptions { epochs: 1000, validate_every: 50, ..folder.options }, ..folder }
}

/// What suits its semi-supervised part, which has the loss, the batches and the seed of the supervised one.
pub fn semi_options(supervised: TrainingOptions) -> SemiOptions {
    let training =
        TrainingOptions { learning_rate: 3e-4, warm_up: 100, epochs: 500, validate_every: 10, ..supervised };
    SemiOptions { training, ..SemiOptions::default() }
}

/// The course of a folder with images and masks for some of them, at `size` x `size` pixels. With `classes`, the names of all
/// but the background, masks have numbers of classes.
///
/// # Errors
///
/// If a file cannot be read or prepared, a prior is missing, or there are too few images of a kind.
pub fn course(
    data: &Path,
    size: usize,
    classes: &[String],
    priors: &Priors,
    settings: Settings,
    options: SemiOptions,
) -> Result<Course, Error> {
    // At once, and not when the supervised part is done.
    options.check()?;
    let (settings, names) = with_classes(settings, classes);
    let (seed, augmentation) = (settings.options.seed, settings.augmentation);
    let classes = settings.network.classes;
    let (labelled, bare) = read_partly(data, classes)?;
    let labelled = shuffled(labelled, seed);
    let each = (labelled.len() / 8).max(1);
    let count = labelled.len();
    if count <= 2 * each {
        let what = "images with a mask, for training, validation and figures";
        return Err(DataError::Few { given: count, what, needed: 3 }.into());
    }
    let preparation = folder::preparation(size);
    let pairs = |labelled: &[Labelled]| {
        let pairs = labelled.iter().map(|labelled| prepared(&preparation, labelled, classes));
        pairs.collect::<Result<Vec<Pair>, PreparationError>>()
    };
    let (validation, rest) = labelled.split_at(each);
    let (test, training) = rest.split_at(each);
    let of = |labelled: &Labelled| priors.of(&labelled.name).cloned();
    let validation_priors = validation.iter().map(of).collect::<Result<Vec<ClassPriors>, _>>()?;
    let image = |Bare { name, image }: &Bare| -> Result<UnlabelledImage, Error> {
        let image = preparation.prepare(image, None)?.image;
        Ok(UnlabelledImage { image, priors: priors.of(name)?.clone() })
    };
    let images = bare.iter().map(image).collect::<Result<Vec<UnlabelledImage>, Error>>()?;
    let prior = match priors {
        Priors::Same(prior) => Some(prior.named(&names).to_string()),
        Priors::Each { .. } => None,
    };
    let (known, given) = match &prior {
        Some(prior) => (format!("all with the prior {prior}"), format!("--betti {}", quoted(prior))),
        None => ("each with a prior of its own".to_owned(), "--priors FILE".to_owned()),
    };
    let data = format!(
        "{count} pairs of image and mask, {each} of them for validation and {each} for the figures, and {} images \
         without masks, {known}",
        images.len()
    );
    let SemiOptions { training: semi, lambda, batch_size, connectivity } = options;
    Ok(Course {
        name: "semi",
        command: "semi",
        title: "A network from images of which some have masks",
        preparation,
        split: None,
        data,
        own_options: format!(
            "--data DIR --size {size}{} {given} --lambda {lambda} --unlabelled-batch {batch_size} --connectivity \
             {connectivity} --semi-epochs {} --semi-rate {} --semi-warm-up {} --semi-validate-every {} \
             --semi-patience {}",
            option(&names),
            semi.epochs,
            semi.learning_rate,
            semi.warm_up,
            semi.validate_every,
            semi.patience
        ),
        classes: names,
        settings,
        training: Box::new(Varied { pairs: pairs(training)?, classes, augmentation, seed }),
        validation: pairs(validation)?,
        semi: Some(Semi {
            unlabelled: Box::new(VariedImages { images, augmentation, seed }),
            validation_priors,
            options,
        }),
        held_out: vec![held_out(pairs(test)?, classes)?],
        post_processing: PostProcessing {
            prior,
            lambda: 0.01,
            learning_rate: 1e-4,
            steps: 100,
            until_prior_holds: None,
        },
    })
}

/// Images that are varied anew each time that they are seen.
struct VariedImages {
    images: Vec<UnlabelledImage>,
    augmentation: Augmentation,
    seed: u64,
}

impl Unlabelled for VariedImages {
    fn count(&self) -> usize {
        self.images.len()
    }

    fn image(&self, index: usize, epoch: usize) -> Result<Cow<'_, Array2<f32>>, PairError> {
        let image = &self.images[index].image;
        // Others than those of the pairs, which have three numbers.
        let seed = seed_of(&[self.seed, index as u64, epoch as u64, 1]);
        let nothing = Array2::zeros(image.dim());
        let (image, _) =
            augment(image.view(), nothing.view(), &self.augmentation, seed).map_err(PairError::new)?;
        Ok(Cow::Owned(image))
    }

    fn priors(&self, index: usize) -> Result<&ClassPriors, PairError> {
        Ok(&self.images[index].priors)
    }
}
