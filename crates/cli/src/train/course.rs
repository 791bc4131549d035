//! What a network is trained on, and what it is measured by.

use imaging::augment::Augmentation;
use imaging::preparation::Preparation;
use learner::{Pair, Pairs, TrainingOptions, UNetConfig};

use super::record::PostProcessing;
use crate::data::sunnybrook::Split;

/// All that makes one training different from another.
pub(crate) struct Course {
    /// `digits`, `heart`, `shapes` or `folder`.
    pub(crate) name: &'static str,
    /// For people.
    pub(crate) title: &'static str,
    /// How its images are prepared.
    pub(crate) preparation: Preparation,
    /// Which patients are learned from, and which are not, where there are patients.
    pub(crate) split: Option<Split>,
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
