//! `bettiscope train digits`: section 4.1 of the paper, from one seed for all degrees of corruption.

use std::borrow::Cow;
use std::path::PathBuf;

use imaging::augment::{Augmentation, augment};
use imaging::kspace::{Corruption, corrupt};
use imaging::preparation::{Order, Preparation};
use imaging::{Normalisation, Scaling};
use learner::{Pair, PairError, Pairs, Schedule, TrainingOptions, UNetConfig};
use ndarray::{Array2, ArrayView2, Axis};

use super::arguments::TrainingArguments;
use super::course::{Course, HeldOut};
use super::record::PostProcessing;
use crate::data::mnist::{self, Mnist, Part};
use crate::data::{DataError, seed_of};
use crate::failure::Failure;

const DEFAULTS: &str = "\
Without options: --width 8 --depth 2 --loss mse --epochs 400 --batch 10 --rate 0.002 --schedule cosine --validate-every 20 --patience 20 \
--rotation 10 --scale 0.1 --shift 0.05 --elastic 0.02, and no other augmentation.

In every epoch each digit is varied and corrupted anew, with the next m of the list. 100 further digits of the training \
set validate, and figures are of 300 digits of the test set for each m.";

/// A network that restores digits: MNIST, corrupted in k-space
///
/// The folder has the four files of MNIST, gzipped or not.
#[derive(Debug, clap::Args)]
#[command(after_help = DEFAULTS)]
pub(crate) struct Arguments {
    /// The folder of MNIST
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many digits are trained on: the first of the training set
    #[arg(long, value_name = "N", default_value_t = 100)]
    pairs: usize,
    /// How many rows and columns of k-space are removed
    #[arg(long, value_name = "M", value_delimiter = ',', default_value = "2,4,6,8,10,12")]
    m: Vec<usize>,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

/// Digits are 28 x 28 already, and of 8 bit.
const PREPARATION: Preparation = Preparation {
    order: Order::NormaliseLast,
    scaling: Some(Scaling::To(Normalisation::TypeRange)),
    shape: Some([28, 28]),
};

const VALIDATION: usize = 100;
const TEST: usize = 300;

pub(crate) fn course(arguments: &Arguments) -> Result<Course, Failure> {
    let seed = arguments.training.seed();
    let known = Mnist::open(&arguments.data, Part::Training)?;
    let others = Mnist::open(&arguments.data, Part::Test)?;
    let needed = arguments.pairs.saturating_add(VALIDATION);
    if known.labels.len() < needed || arguments.pairs == 0 {
        let what = "digits to train and validate with";
        return Err(
            DataError::Few { given: known.labels.len(), what, needed: needed.max(VALIDATION + 1) }.into()
        );
    }
    let digit = |set: &Mnist, index: usize| set.images.index_axis(Axis(0), index).to_owned();
    let m = arguments.m.clone();
    let validation = (arguments.pairs..needed).zip(0_u64..).map(|(index, number)| {
        let m = m[number as usize % m.len()];
        corrupted(digit(&known, index).view(), m, seed_of(&[seed, VALIDATING, number]))
    });
    let validation = validation.collect::<Result<Vec<Pair>, _>>()?;
    let mut held_out = Vec::new();
    for &m in &arguments.m {
        let count = TEST.min(others.labels.len());
        let pairs = (0..count)
            .map(|index| corrupted(digit(&others, index).view(), m, seed_of(&[seed, TESTING, index as u64])));
        let labels = others.labels.iter().take(count);
        held_out.push(HeldOut {
            name: format!("test digits, m = {m}"),
            pairs: pairs.collect::<Result<_, _>>()?,
            betti: labels.map(|&label| mnist::betti(label)).collect(),
        });
    }
    let options = arguments.training.options(TrainingOptions {
        learning_rate: 0.002,
        schedule: Schedule::Cosine,
        epochs: 400,
        validate_every: 20,
        patience: 20,
        ..TrainingOptions::default()
    });
    let augmentation = arguments.training.augmentation(Augmentation {
        rotation: 10.0,
        scale: 0.1,
        shift: 0.05,
        elastic: 0.02,
        ..Augmentation::NONE
    });
    let list = arguments.m.iter().map(usize::to_string).collect::<Vec<_>>().join(",");
    Ok(Course {
        name: "digits",
        title: "Handwritten digits, corrupted in k-space",
        preparation: PREPARATION,
        split: None,
        data: format!(
            "MNIST: the first {} digits of the training set, the next {VALIDATION} for validation, figures of the \
             first {TEST} of the test set; each without m rows and m columns of k-space, m of {list}",
            arguments.pairs
        ),
        own_options: format!("--data DIR --pairs {} --m {list}", arguments.pairs),
        network: arguments.training.network(UNetConfig { width: 8, depth: 2 }),
        options,
        augmentation,
        training: Box::new(Digits {
            images: (0..arguments.pairs).map(|index| digit(&known, index)).collect(),
            m,
            augmentation,
            seed,
        }),
        validation,
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

const VALIDATING: u64 = 1 << 32;
const TESTING: u64 = 2 << 32;

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
