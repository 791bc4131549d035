//! The myocardium in short-axis slices, of patients and of phantoms.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use imaging::augment::{Augmentation, Flips, augment};
use imaging::morphology::fill_holes;
use imaging::preparation::Preparation;
use imaging::resample::crop_square;
use imaging::synthetic;
use learner::{Loss, Pair, PairError, Pairs, Schedule, TrainingOptions, UNetConfig};
use ndarray::{Array2, ArrayView2, Zip};
use topoloss::{ClassPriors, Prior};

use super::{Course, HeldOut, PostProcessing, Settings};
use crate::Error;
use crate::data::sunnybrook::{self, PREPARATION, SIZE, Slice};
use crate::data::{DataError, without_lines};
use crate::seeds::{self, seed_of};

/// What a slice is cut to before it is varied, so that turning it shows what is there and not a repeated edge.
const WIDE: usize = 112;
/// The degrees of corruption of the figures.
const FIGURES: [usize; 4] = [0, 20, 40, 60];

/// What suits this course.
pub fn settings() -> Settings {
    Settings {
        network: UNetConfig { width: 4, depth: 3, ..UNetConfig::default() },
        options: TrainingOptions {
            loss: Loss::DiceAndCrossEntropy,
            learning_rate: 0.002,
            schedule: Schedule::Cosine,
            batch_size: 4,
            epochs: 300,
            validate_every: 2,
            patience: 50,
            ..TrainingOptions::default()
        },
        augmentation: Augmentation {
            rotation: 30.0,
            scale: 0.2,
            shift: 0.05,
            flips: Flips::None,
            elastic: 0.02,
            intensity: 0.2,
            noise: 0.02,
        },
    }
}

/// What a network finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Finds {
    /// The myocardium.
    #[default]
    Muscle,
    /// The myocardium and the cavity that it encloses, as two classes.
    CavityAndMuscle,
}

/// The names of the classes of [`Finds::CavityAndMuscle`].
pub const CLASSES: [&str; 3] = ["background", "cavity", "muscle"];

/// What they look like: the cavity is in one piece without a hole, the muscle is a ring, and both together have no hole.
pub const PRIORS: &str = "1:1,0; 2:1,1; 1+2:1,0";

impl Finds {
    /// The names of the classes; none of one.
    fn names(self) -> Vec<String> {
        match self {
            Self::Muscle => Vec::new(),
            Self::CavityAndMuscle => CLASSES.map(str::to_owned).to_vec(),
        }
    }

    /// How many maps a network gives that finds it.
    pub fn classes(self) -> usize {
        match self {
            Self::Muscle => 1,
            Self::CavityAndMuscle => CLASSES.len(),
        }
    }

    /// What a heart looks like.
    pub(crate) fn priors(self) -> Result<ClassPriors, Error> {
        Ok(match self {
            Self::Muscle => Prior::exactly(&[1, 1])?.into(),
            Self::CavityAndMuscle => PRIORS.parse()?,
        })
    }

    /// What is to be found of a ring of myocardium, and of what it is without its hole.
    pub(crate) fn target(self, ring: Array2<f32>, filled: ArrayView2<f32>) -> Array2<f32> {
        match self {
            Self::Muscle => ring,
            Self::CavityAndMuscle => Zip::from(&ring).and(filled).map_collect(|&ring, &filled| {
                let is = |value: f32| value >= 0.5;
                if is(ring) { 2.0 } else { f32::from(u8::from(is(filled))) }
            }),
        }
    }
}

/// The course of a folder of the Sunnybrook data with so many `phantoms` an epoch. Half of all images lose up to `most` of
/// their 80 lines of k-space.
///
/// # Errors
///
/// If a file cannot be read, or there are too few patients or slices.
pub fn course(
    data: &Path,
    phantoms: u32,
    most: usize,
    finds: Finds,
    settings: Settings,
) -> Result<Course, Error> {
    let settings =
        Settings { network: UNetConfig { classes: finds.classes(), ..settings.network }, ..settings };
    let (seed, augmentation) = (settings.options.seed, settings.augmentation);
    let all = sunnybrook::read(data)?;
    let split = sunnybrook::split(&all, seed)?;
    let of = |patients: &BTreeSet<String>| {
        let slices = all.iter().filter(|slice| patients.contains(&slice.patient));
        slices.filter(|slice| slice.is_ring()).collect::<Vec<&Slice>>()
    };
    let [training, validation, test] = [&split.training, &split.validation, &split.test].map(of);
    let fewest = training.len().min(validation.len()).min(test.len());
    if fewest == 0 {
        let what = "slices with a ring of myocardium in one of the three groups of patients";
        return Err(DataError::Few { given: fewest, what, needed: 1 }.into());
    }
    let pairs = |slices: &[&Slice], m: usize, purpose: u64| {
        let pairs = slices.iter().zip(0_u64..).map(|(slice, number)| {
            let (image, target) = slice.found(finds, &PREPARATION)?;
            let seed = seed_of(&[seed, purpose, number, m as u64]);
            Ok(Pair { image: without_lines(&image, m, seed)?, target })
        });
        pairs.collect::<Result<Vec<Pair>, Error>>()
    };
    // Clean, and corrupted as in the figures.
    let mut validating = pairs(&validation, 0, seeds::VALIDATION)?;
    let bad = [20, 40, 60].map(|m| m.min(most));
    for (number, slice) in validation.iter().enumerate() {
        validating.extend(pairs(&[slice], bad[number % bad.len()], seeds::VALIDATION + number as u64)?);
    }
    let mut held_out = Vec::new();
    for m in FIGURES {
        let pairs = pairs(&test, m, seeds::TEST)?;
        let priors = vec![finds.priors()?; pairs.len()];
        held_out.push(HeldOut { name: format!("slices of test patients, m = {m}"), pairs, priors });
    }
    let listed = |patients: &BTreeSet<String>| patients.iter().cloned().collect::<Vec<_>>().join(" ");
    let learned_from = format!(
        "Sunnybrook Cardiac Data (CC0), end-diastolic slices whose myocardium is one ring at {SIZE} x {SIZE}: {} of {} \
         patients, and {} phantoms an epoch; half of all images without 1 to {} lines of k-space. Validation: {} slices \
         of {}. Test: {} slices of {}.",
        training.len(),
        split.training.len(),
        phantoms,
        most,
        validation.len(),
        listed(&split.validation),
        test.len(),
        listed(&split.test)
    );
    let hearts = Hearts {
        slices: training.iter().map(|slice| slice.wide()).collect::<Result<_, Error>>()?,
        finds,
        phantoms: phantoms as usize,
        most,
        augmentation,
        seed,
    };
    let (name, title, option) = match finds {
        Finds::Muscle => ("heart", "Myocardium of the left ventricle in short-axis slices", ""),
        Finds::CavityAndMuscle => (
            "heart-classes",
            "Cavity and myocardium of the left ventricle in short-axis slices",
            " --classes",
        ),
    };
    Ok(Course {
        name,
        command: "heart",
        title,
        classes: finds.names(),
        preparation: PREPARATION,
        split: Some(split.clone()),
        data: learned_from,
        own_options: format!("--data DIR --phantoms {phantoms} --most {most}{option}"),
        settings,
        training: Box::new(hearts),
        validation: validating,
        semi: None,
        held_out,
        post_processing: PostProcessing {
            prior: Some(finds.priors()?.to_string()),
            lambda: 0.01,
            learning_rate: 3e-4,
            steps: 60,
            until_prior_holds: Some(5),
        },
    })
}

/// A slice in wide surroundings.
struct Wide {
    /// In the values of the file.
    image: Array2<f32>,
    /// The myocardium.
    ring: Array2<f32>,
    /// The myocardium with what it encloses.
    filled: Array2<f32>,
}

impl Slice {
    fn wide(&self) -> Result<Wide, Error> {
        let (image, ring) = self.surroundings(WIDE)?;
        Ok(Wide { image, ring, filled: self.filled(WIDE)? })
    }

    /// What a network sees, and what it should find there.
    pub(crate) fn found(
        &self,
        finds: Finds,
        preparation: &Preparation,
    ) -> Result<(Array2<f32>, Array2<f32>), Error> {
        let (image, ring) = self.sample(preparation)?;
        Ok((image, finds.target(ring, self.filled(SIZE)?.view())))
    }
}

/// Slices and phantoms, varied and corrupted anew in every epoch.
struct Hearts {
    slices: Vec<Wide>,
    finds: Finds,
    phantoms: usize,
    most: usize,
    augmentation: Augmentation,
    seed: u64,
}

impl Hearts {
    /// A slice moves in its surroundings, then changes its values.
    fn slice(&self, index: usize, seed: u64) -> Result<(Array2<f32>, Array2<f32>), PairError> {
        let Wide { image, ring, filled } = &self.slices[index];
        let moves = Augmentation { intensity: 0.0, noise: 0.0, ..self.augmentation };
        let moved = |mask: &Array2<f32>| {
            let (image, mask) = augment(image.view(), mask.view(), &moves, seed).map_err(PairError::new)?;
            let middle = (WIDE / 2) as isize;
            let cut = |values: Array2<f32>| crop_square(values.view(), [middle, middle], SIZE, 0.0);
            Ok((cut(image).map_err(PairError::new)?, cut(mask).map_err(PairError::new)?))
        };
        let (image, ring) = moved(ring)?;
        let target = match self.finds {
            Finds::Muscle => ring,
            // The same seed moves both masks alike.
            Finds::CavityAndMuscle => self.finds.target(ring, moved(filled)?.1.view()),
        };
        let image = PREPARATION.normalise(image).map_err(PairError::new)?;
        self.with_other_values(image, target, seed)
    }

    fn with_other_values(
        &self,
        image: Array2<f32>,
        mask: Array2<f32>,
        seed: u64,
    ) -> Result<(Array2<f32>, Array2<f32>), PairError> {
        let Augmentation { intensity, noise, .. } = self.augmentation;
        let values = Augmentation { intensity, noise, ..Augmentation::NONE };
        augment(image.view(), mask.view(), &values, seed).map_err(PairError::new)
    }
}

impl Pairs for Hearts {
    fn count(&self) -> usize {
        self.slices.len() + self.phantoms
    }

    fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError> {
        let seed = seed_of(&[self.seed, index as u64, epoch as u64]);
        let (image, target) = if index < self.slices.len() {
            self.slice(index, seed)?
        } else {
            // Phantoms have places and sizes enough of their own.
            let phantom = synthetic::heart(seed);
            let filled = fill_holes(phantom.mask.view());
            self.with_other_values(phantom.image, self.finds.target(phantom.mask, filled.view()), seed)?
        };
        let drawn = seed_of(&[seed, 1]);
        let m = if drawn.is_multiple_of(2) { 0 } else { (drawn >> 8) as usize % self.most.max(1) + 1 };
        let image = without_lines(&image, m.min(self.most), drawn >> 4).map_err(PairError::new)?;
        Ok(Cow::Owned(Pair { image, target }))
    }
}
