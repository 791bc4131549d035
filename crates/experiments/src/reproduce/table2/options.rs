//! What Table 2 is made of.

use std::path::PathBuf;

use learner::{Loss, SemiOptions, TrainingOptions, UNetConfig};
use serde::{Deserialize, Serialize};

/// One row of Table 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Labelled images alone, until validation stops improving.
    Supervised,
    /// The same network, closed by a disc of radius 7.
    Closing,
    /// The same network, after a fully connected conditional random field.
    Crf,
    /// The same network, which goes on with its own masks of the unlabelled images, three times.
    SelfTraining,
    /// A network of labelled images alone, strongly augmented.
    Augmentation,
    /// The supervised network, which goes on with unlabelled images by equation 6.
    Ours,
    /// The supervised network, which goes on with labelled images alone, for as many updates as ours.
    Longer,
    /// The strongly augmented network, which goes on with unlabelled images by equation 6.
    AugmentedOurs,
}

persistence::names!(
    Method, "method": Supervised "supervised", Closing "closing", Crf "crf", SelfTraining "self-training",
    Augmentation "augmentation", Ours "ours", Longer "longer", AugmentedOurs "augmented-ours"
);

impl Method {
    /// All of them, in the order in which they are made: [`Method::Longer`] needs to know of [`Method::Ours`].
    pub const ALL: [Self; 8] = [
        Self::Supervised,
        Self::Closing,
        Self::Crf,
        Self::SelfTraining,
        Self::Augmentation,
        Self::Ours,
        Self::Longer,
        Self::AugmentedOurs,
    ];

    /// For people.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Supervised => "supervised",
            Self::Closing => "supervised, closed (7)",
            Self::Crf => "supervised, CRF",
            Self::SelfTraining => "self-training",
            Self::Augmentation => "strong augmentation",
            Self::Ours => "ours (equation 6)",
            Self::Longer => "supervised, as long as ours",
            Self::AugmentedOurs => "strong augmentation, then ours",
        }
    }
}

/// What is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Table2Options {
    /// How many of the 80 lines of k-space are removed; the middle 8 stay.
    pub m: Vec<usize>,
    /// How many images have labels.
    pub labelled: Vec<usize>,
    /// How often everything is drawn anew.
    pub repeats: usize,
    /// Which rows there are.
    pub methods: Vec<Method>,
    /// How many phantoms there are: further unlabelled images, or all images where there is no data set.
    pub phantoms: usize,
    /// How networks learn.
    pub learning: Learning,
    /// Of all that is drawn.
    pub seed: u64,
    /// How many cells are made at a time; `None` for as many as there are cores.
    pub jobs: Option<u16>,
    /// The folder of the results, which is there.
    pub output: PathBuf,
}

/// How networks learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learning {
    /// The size of every network.
    pub network: UNetConfig,
    /// The labelled images, at first. Epochs of other numbers of images are validated after as many updates.
    pub supervised: TrainingOptions,
    /// What goes on from there.
    pub further: SemiOptions,
    /// How often self-training makes masks.
    pub rounds: usize,
}

impl Default for Learning {
    fn default() -> Self {
        let supervised = TrainingOptions {
            loss: Loss::DiceAndCrossEntropy,
            validate_by: Some(Loss::SoftDice),
            epochs: 2000,
            validate_every: 50,
            patience: 5,
            ..TrainingOptions::default()
        };
        // No method ends worse on the validation than it began.
        let further =
            TrainingOptions { learning_rate: 3e-4, warm_up: 100, validate_given: true, ..supervised };
        Self {
            network: UNetConfig { width: 8, depth: 3, ..UNetConfig::default() },
            supervised,
            further: SemiOptions { training: further, ..SemiOptions::default() },
            rounds: 3,
        }
    }
}

/// What all results of a folder have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Settings {
    /// A fingerprint of all images.
    images: u64,
    phantoms: usize,
    seed: u64,
    width: usize,
    depth: usize,
    epochs: usize,
    validate_every: usize,
    patience: usize,
    learning_rate: f64,
    batch: usize,
    further_epochs: usize,
    further_validate_every: usize,
    further_rate: f64,
    warm_up: usize,
    lambda: f64,
    unlabelled_batch: usize,
    rounds: usize,
}

impl Settings {
    pub(super) fn of(options: &Table2Options, images: u64) -> Self {
        let Learning { network, supervised, further, rounds } = options.learning;
        Self {
            images,
            phantoms: options.phantoms,
            seed: options.seed,
            width: network.width,
            depth: network.depth,
            epochs: supervised.epochs,
            validate_every: supervised.validate_every,
            patience: supervised.patience,
            learning_rate: supervised.learning_rate,
            batch: supervised.batch_size,
            further_epochs: further.training.epochs,
            further_validate_every: further.training.validate_every,
            further_rate: further.training.learning_rate,
            warm_up: further.training.warm_up,
            lambda: further.lambda,
            unlabelled_batch: further.batch_size,
            rounds,
        }
    }
}
