//! `bettiscope train heart`: the myocardium in short-axis slices, of patients and of phantoms.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;

use imaging::augment::{Augmentation, Flips, augment};
use imaging::resample::crop_square;
use imaging::synthetic;
use learner::{Loss, Pair, PairError, Pairs, Schedule, TrainingOptions, UNetConfig};
use ndarray::Array2;

use super::arguments::TrainingArguments;
use super::course::{Course, HeldOut};
use super::record::PostProcessing;
use crate::data::sunnybrook::{self, PREPARATION, SIZE, Slice};
use crate::data::{DataError, seed_of, without_lines};
use crate::failure::Failure;

const DEFAULTS: &str = "\
Without options: --width 4 --depth 3 --loss dice-cross-entropy --epochs 300 --batch 4 --rate 0.002 --schedule cosine \
--validate-every 2 --patience 50 \
--rotation 30 --scale 0.2 --shift 0.05 --flips none --elastic 0.02 --intensity 0.2 --noise 0.02.

A sixth of the patients validates, another sixth gives the figures, all others are trained on, together with phantoms \
that are new in every epoch. Half of the images lose up to --most lines of k-space, rows or columns, anew in every \
epoch. Slices are cut to 128 x 128 pixels around the myocardium, resampled to 80 x 80 and stretched from percentile 1 \
to 99; slices whose mask is not one ring there are left out.";

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
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

/// What a slice is cut to before it is varied, so that turning it shows what is there and not a repeated edge.
const WIDE: usize = 112;
/// The degrees of corruption of the figures.
const FIGURES: [usize; 4] = [0, 20, 40, 60];
const VALIDATING: u64 = 1 << 32;
const TESTING: u64 = 2 << 32;

pub(crate) fn course(arguments: &Arguments) -> Result<Course, Failure> {
    let seed = arguments.training.seed();
    let all = sunnybrook::read(&arguments.data)?;
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
            let (image, target) = slice.sample(&PREPARATION)?;
            let seed = seed_of(&[seed, purpose, number, m as u64]);
            Ok(Pair { image: without_lines(&image, m, seed)?, target })
        });
        pairs.collect::<Result<Vec<Pair>, Failure>>()
    };
    // Clean, and corrupted as in the figures.
    let mut validating = pairs(&validation, 0, VALIDATING)?;
    let bad = [20, 40, 60].map(|m| m.min(arguments.most));
    for (number, slice) in validation.iter().enumerate() {
        validating.extend(pairs(&[slice], bad[number % bad.len()], VALIDATING + number as u64)?);
    }
    let mut held_out = Vec::new();
    for m in FIGURES {
        let pairs = pairs(&test, m, TESTING)?;
        let betti = vec![[1, 1]; pairs.len()];
        held_out.push(HeldOut { name: format!("slices of test patients, m = {m}"), pairs, betti });
    }
    let options = arguments.training.options(TrainingOptions {
        loss: Loss::DiceAndCrossEntropy,
        learning_rate: 0.002,
        schedule: Schedule::Cosine,
        batch_size: 4,
        epochs: 300,
        validate_every: 2,
        patience: 50,
        ..TrainingOptions::default()
    });
    let augmentation = arguments.training.augmentation(Augmentation {
        rotation: 30.0,
        scale: 0.2,
        shift: 0.05,
        flips: Flips::None,
        elastic: 0.02,
        intensity: 0.2,
        noise: 0.02,
    });
    let listed = |patients: &BTreeSet<String>| patients.iter().cloned().collect::<Vec<_>>().join(" ");
    let data = format!(
        "Sunnybrook Cardiac Data (CC0), end-diastolic slices whose myocardium is one ring at {SIZE} x {SIZE}: {} of {} \
         patients, and {} phantoms an epoch; half of all images without 1 to {} lines of k-space. Validation: {} slices \
         of {}. Test: {} slices of {}.",
        training.len(),
        split.training.len(),
        arguments.phantoms,
        arguments.most,
        validation.len(),
        listed(&split.validation),
        test.len(),
        listed(&split.test)
    );
    let hearts = Hearts {
        slices: training.iter().map(|slice| slice.surroundings(WIDE)).collect::<Result<_, _>>()?,
        phantoms: arguments.phantoms as usize,
        most: arguments.most,
        augmentation,
        seed,
    };
    Ok(Course {
        name: "heart",
        title: "Myocardium of the left ventricle in short-axis slices",
        preparation: PREPARATION,
        split: Some(split.clone()),
        data,
        own_options: format!("--data DIR --phantoms {} --most {}", arguments.phantoms, arguments.most),
        network: arguments.training.network(UNetConfig { width: 4, depth: 3 }),
        options,
        augmentation,
        training: Box::new(hearts),
        validation: validating,
        held_out,
        post_processing: PostProcessing {
            prior: Some("1,1"),
            lambda: 0.01,
            learning_rate: 3e-4,
            steps: 60,
            until_prior_holds: Some(5),
        },
    })
}

/// Slices and phantoms, varied and corrupted anew in every epoch.
struct Hearts {
    /// Slices in wide surroundings, in the values of the file, and their masks.
    slices: Vec<(Array2<f32>, Array2<f32>)>,
    phantoms: usize,
    most: usize,
    augmentation: Augmentation,
    seed: u64,
}

impl Hearts {
    /// A slice moves in its surroundings, then changes its values.
    fn slice(&self, index: usize, seed: u64) -> Result<(Array2<f32>, Array2<f32>), PairError> {
        let (image, mask) = &self.slices[index];
        let moves = Augmentation { intensity: 0.0, noise: 0.0, ..self.augmentation };
        let (image, mask) = augment(image.view(), mask.view(), &moves, seed).map_err(PairError::new)?;
        let middle = (WIDE / 2) as isize;
        let cut = |values: Array2<f32>| crop_square(values.view(), [middle, middle], SIZE, 0.0);
        let (image, mask) = (cut(image).map_err(PairError::new)?, cut(mask).map_err(PairError::new)?);
        let image = PREPARATION.normalise(image).map_err(PairError::new)?;
        self.with_other_values(image, mask, seed)
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
            self.with_other_values(phantom.image, phantom.mask, seed)?
        };
        let drawn = seed_of(&[seed, 1]);
        let m = if drawn.is_multiple_of(2) { 0 } else { (drawn >> 8) as usize % self.most.max(1) + 1 };
        let image = without_lines(&image, m.min(self.most), drawn >> 4).map_err(PairError::new)?;
        Ok(Cow::Owned(Pair { image, target }))
    }
}
