//! What networks are trained on, and what they are measured by.

pub mod digits;
pub mod folder;
pub mod heart;
pub mod semi;
pub mod shapes;

use imaging::augment::Augmentation;
use imaging::preparation::Preparation;
use learner::{Pair, Pairs, SemiOptions, TrainingOptions, UNetConfig, Unlabelled};
use serde::Serialize;
use topoloss::ClassPriors;

use crate::data::sunnybrook::Split;

/// All that makes one training different from another.
pub struct Course {
    /// `digits`, `heart`, `heart-classes`, `shapes`, `folder` or `semi`.
    pub name: &'static str,
    /// What it is called after `bettiscope train`.
    pub command: &'static str,
    /// For people.
    pub title: &'static str,
    /// The names of the classes, that of the background first; none of the foreground alone.
    pub classes: Vec<String>,
    /// How its images are prepared.
    pub preparation: Preparation,
    /// Which patients are learned from, and which are not, where there are patients.
    pub split: Option<Split>,
    /// What was learned from, in words.
    pub data: String,
    /// The options of this course only, as they are written on the command line.
    pub own_options: String,
    /// What was asked for, and else what suits it.
    pub settings: Settings,
    /// What is trained on.
    pub training: Box<dyn Pairs>,
    /// What chooses the epoch.
    pub validation: Vec<Pair>,
    /// What the network goes on with when it has learned the pairs.
    pub semi: Option<Semi>,
    /// What the figures are of.
    pub held_out: Vec<HeldOut>,
    /// How its maps are best post-processed.
    pub post_processing: PostProcessing,
}

/// Images without labels, from which a network learns by their topology.
pub struct Semi {
    /// Images with priors.
    pub unlabelled: Box<dyn Unlabelled>,
    /// What the maps of the validation should be like, one for each pair.
    pub validation_priors: Vec<ClassPriors>,
    /// How they are learned.
    pub options: SemiOptions,
}

/// Pairs that are neither trained on nor validated with.
pub struct HeldOut {
    /// In words, as in `m = 8`.
    pub name: String,
    /// Image and target.
    pub pairs: Vec<Pair>,
    /// What each target is like.
    pub priors: Vec<ClassPriors>,
}

/// How a network is trained, whatever it learns from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Its size.
    pub network: UNetConfig,
    /// Loss, epochs, rate, and the seed of all that is drawn.
    pub options: TrainingOptions,
    /// How pairs are varied, anew in every epoch.
    pub augmentation: Augmentation,
}

/// How maps of a network are best post-processed, chosen on training data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PostProcessing {
    /// The prior of what the network finds, as `--betti` has it; none if that depends on the image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prior: Option<String>,
    /// The weight of the topological loss.
    pub lambda: f64,
    /// The rate of Adam.
    pub learning_rate: f64,
    /// Updates.
    pub steps: usize,
    /// For how many steps the prior holds before it is enough; none to make all updates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_prior_holds: Option<usize>,
}
