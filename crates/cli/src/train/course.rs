//! What a network is trained on, and what it is measured by.

use imaging::augment::Augmentation;
use learner::{Pair, Pairs, TrainingOptions, UNetConfig};

use super::record::PostProcessing;

/// All that makes one training different from another.
pub(crate) struct Course {
    /// `digits`, `heart`, `shapes` or `folder`.
    pub(crate) name: &'static str,
    /// For people.
    pub(crate) title: &'static str,
    /// Rows, and columns, of the images.
    pub(crate) size: usize,
    /// How an image has to be brought to [0, 1], as `--normalise` has it.
    pub(crate) normalisation: &'static str,
    /// What was learned from, in words.
    pub(crate) data: String,
    /// The options of this course only, as they are written on the command line.
    pub(crate) own_options: String,
    pub(crate) network: UNetConfig,
    pub(crate) options: TrainingOptions,
    pub(crate) augmentation: Augmentation,
    pub(crate) training: Box<dyn Pairs>,
    pub(crate) validation: Vec<Pair>,
    /// What the figures are of.
    pub(crate) held_out: Vec<HeldOut>,
    pub(crate) post_processing: PostProcessing,
}

/// Pairs that are neither trained on nor validated with.
pub(crate) struct HeldOut {
    /// In words, as in `m = 8`.
    pub(crate) name: String,
    pub(crate) pairs: Vec<Pair>,
    /// The Betti numbers that each target should have.
    pub(crate) betti: Vec<[usize; 2]>,
}
