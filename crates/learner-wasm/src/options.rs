//! How one image is post-processed, as a record.

use js_sys::Reflect;
use serde::{Deserialize, Serialize};
use topology_wasm::{arguments::read_options, connectivity::Connectivity, failure::Failure};
use tsify::Tsify;
use wasm_bindgen::JsValue;

/// What post-processing changes.
///
/// `"weights"` (the default, the paper's): a copy of the network's weights. `"pixels"`: the pixels of the map, each on
/// its own, by their logits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Target {
    /// A copy of the network's weights.
    #[default]
    Weights,
    /// The logits of the pixels.
    Pixels,
}

/// When post-processing ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct StopRules {
    /// After so many updates. Default: 100.
    #[tsify(optional)]
    pub updates: Option<u32>,
    /// When the Betti numbers at 0.5 have been those of the prior for so many steps in a row, at least 1. Default:
    /// never.
    #[tsify(optional)]
    pub prior_holds_for: Option<u32>,
    /// When the total of equation 5 is below. Default: never.
    #[tsify(optional)]
    pub total_below: Option<f64>,
}

/// Which rule ended post-processing: `"updates"`, `"priorHolds"` or `"totalBelow"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Stop {
    /// So many updates were made.
    Updates,
    /// The prior has held for so many steps.
    PriorHolds,
    /// The total is below the bound.
    TotalBelow,
}

impl From<learner::Stop> for Stop {
    fn from(stop: learner::Stop) -> Self {
        match stop {
            learner::Stop::Updates => Self::Updates,
            learner::Stop::PriorHolds => Self::PriorHolds,
            learner::Stop::TotalBelow => Self::TotalBelow,
        }
    }
}

/// How one image is post-processed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct PostProcessOptions {
    /// The weight of the topological loss in equation 5, finite and at least 0. Default: 0.02, the paper's for digits.
    #[tsify(optional)]
    pub lambda: Option<f64>,
    /// The learning rate of Adam, finite and above 0. Default: 1e-4 for weights, 0.1 for pixels.
    #[tsify(optional)]
    pub learning_rate: Option<f64>,
    /// What is changed. Default: `"weights"`.
    pub target: Target,
    /// Which pixels are neighbours. Default: `"T"`.
    pub connectivity: Connectivity,
    /// When to end.
    pub stop: StopRules,
}

impl PostProcessOptions {
    /// With the pixels as the target, whatever was given.
    pub fn of_pixels(self) -> Self {
        Self { target: Target::Pixels, ..self }
    }

    /// The options of the crate underneath.
    pub fn engine(self) -> learner::PostProcessOptions {
        let defaults = match self.target {
            Target::Weights => learner::PostProcessOptions::default(),
            Target::Pixels => learner::PostProcessOptions::pixels(),
        };
        let StopRules { updates, prior_holds_for, total_below } = self.stop;
        learner::PostProcessOptions {
            lambda: self.lambda.unwrap_or(defaults.lambda),
            learning_rate: self.learning_rate.unwrap_or(defaults.learning_rate),
            target: defaults.target,
            connectivity: self.connectivity.into(),
            stop: learner::StopRules {
                updates: updates.map_or(defaults.stop.updates, |updates| updates as usize),
                prior_holds_for: prior_holds_for.map(|steps| steps as usize),
                total_below,
            },
        }
    }
}

/// Reads the options; without any, all have their defaults.
///
/// # Errors
///
/// If they are no record of options.
pub fn read(options: &JsValue) -> Result<PostProcessOptions, Failure> {
    let read: PostProcessOptions = read_options(options, "post-processing options")?;
    // Again and by itself: of a record in a record the names are not checked.
    let stop = Reflect::get(options, &"stop".into()).unwrap_or(JsValue::UNDEFINED);
    Ok(PostProcessOptions { stop: read_options(&stop, "stop rules")?, ..read })
}
