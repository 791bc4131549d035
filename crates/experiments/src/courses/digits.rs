//! Digits of MNIST, corrupted in k-space: section 4.1 of the paper, from one seed for all degrees of corruption.

use std::borrow::Cow;
use std::path::Path;

use imaging::augment::{Augmentation, augment};
use imaging::kspace::{Corruption, corrupt};
use imaging::preparation::{Order, Preparation};
use imaging::synthetic::digit_betti;
use imaging::{Normalisation, Scaling};
use learner::{Pair, PairError, Pairs, Schedule, TrainingOptions, UNetConfig};
use ndarray::{Array2, ArrayView2, Axis};
use topoloss::Prior;

use super::{Course, HeldOut, PostProcessing, Settings};
use crate::Error;
use crate::data::DataError;
use crate::data::mnist::{Mnist, Part};
use crate::seeds::{self, seed_of};

/// Digits are 28 x 28 already, and of 8 bit.
const PREPARATION: Preparation = Preparation {
    order: Order::NormaliseLast,
    scaling: Some(Scaling::To(Normalisation::TypeRange)),
    shape: Some([28, 28]),
};

const VALIDATION: usize = 100;
const TEST: usize = 300;

/// What suits this course.
pub fn settings() -> Settings {
    Settings {
        network: UNetConfig { width: 8, depth: 2, ..UNetConfig::default() },
        options: TrainingOptions {
            learning_rate: 0.002,
            schedule: Schedule::Cosine,
            epochs: 400,
            validate_every: 20,
            patience: 20,
            ..TrainingOptions::default()
        },
        augmentation: Augmentation {
            rotation: 10.0,
            scale: 0.1,
            shift: 0.05,
            elastic: 0.02,
            ..Augmentation::NONE
        },
    }
}

/// The course of a folder with the four files of MNIST. The first `pairs` digits are trained on, without each `m` of a
/// list of numbers of rows and columns of k-space by turns.
///
/// # Errors
///
/// If a file cannot be read, there are too few digits, or more lines are to be removed than there are.
pub fn course(data: &Path, pairs: usize, m: &[usize], settings: Settings) -> Result<Course, Error> {
    let (seed, augmentation) = (settings.options.seed, settings.augmentation);
    let known = Mnist::open(data, Part::Training)?;
    let others = Mnist::open(data, Part::Test)?;
    let needed = pairs.saturating_add(VALIDATION);
    if known.labels.len() < needed || pairs == 0 {
        let what = "digits to train and validate with";
        return Err(
            DataError::Few { given: known.labels.len(), what, needed: needed.max(VALIDATION + 1) }.into()
        );
    }
    let digit = |set: &Mnist, index: usize| set.images.index_axis(Axis(0), index).to_owned();
    let validation = (pairs..needed).zip(0_u64..).map(|(index, number)| {
        let m = m[number as usize % m.len()];
        corrupted(digit(&known, index).view(), m, seed_of(&[seed, seeds::VALIDATION, number]))
    });
    let validation = validation.collect::<Result<Vec<Pair>, _>>()?;
    let mut held_out = Vec::new();
    for &m in m {
        let count = TEST.min(others.labels.len());
        let corrupted = (0..count).map(|index| {
            corrupted(digit(&others, index).view(), m, seed_of(&[seed, seeds::TEST, index as u64]))
        });
        let priors = others.labels.iter().take(count);
        let priors = priors.map(|&label| Ok(Prior::exactly(&digit_betti(label))?.into()));
        held_out.push(HeldOut {
            name: format!("test digits, m = {m}"),
            pairs: corrupted.collect::<Result<_, _>>()?,
            priors: priors.collect::<Result<_, Error>>()?,
        });
    }
    let list = m.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    Ok(Course {
        name: "digits",
        command: "digits",
        title: "Handwritten digits, corrupted in k-space",
        classes: Vec::new(),
        preparation: PREPARATION,
        split: None,
        data: format!(
            "MNIST: the first {pairs} digits of the training set, the next {VALIDATION} for validation, figures of the \
             first {TEST} of the test set; each without m rows and m columns of k-space, m of {list}"
        ),
        own_options: format!("--data DIR --pairs {pairs} --m {list}"),
        settings,
        training: Box::new(Digits {
            images: (0..pairs).map(|index| digit(&known, index)).collect(),
            m: m.to_vec(),
            augmentation,
            seed,
        }),
        validation,
        semi: None,
        held_out,
        post_processing: PostProcessing {
            prior: None,
            lambda: 0.02,
            learning_rate: 1e-4,
            steps: 60,
            until_prior_holds: Some(20),
        },
    })
}

/// Digits that are varied and corrupted anew in every epoch.
struct Digits {
    images: Vec<Array2<f32>>,
    m: Vec<usize>,
    augmentation: Augmentation,
    seed: u64,
}

impl Pairs for Digits {
    fn count(&self) -> usize {
        self.images.len()
    }

    fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError> {
        let seed = seed_of(&[self.seed, index as u64, epoch as u64]);
        let m = self.m[(index + epoch) % self.m.len()];
        let image = self.images[index].view();
        let (image, target) = augment(image, image, &self.augmentation, seed).map_err(PairError::new)?;
        let image =
            corrupt(image.view(), Corruption::RowsAndColumns { m }, seed).map_err(PairError::new)?.image;
        Ok(Cow::Owned(Pair { image, target }))
    }
}

fn corrupted(
    digit: ArrayView2<'_, f32>,
    m: usize,
    seed: u64,
) -> Result<Pair, imaging::kspace::CorruptionError> {
    let image = corrupt(digit, Corruption::RowsAndColumns { m }, seed)?.image;
    Ok(Pair { image, target: digit.to_owned() })
}
