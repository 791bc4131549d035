//! The prior as an argument: how many features of each dimension there should be.

use serde::Deserialize;
use tsify::Tsify;
use wasm_bindgen::JsValue;

use crate::{arguments::read_record, failure::Failure};

/// The desired Betti numbers, with weights.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Prior {
    /// One count per dimension, separated by commas: `1` (exactly one), `0-2` (none to two), `*` (any), as in `"1,1"`
    /// for an image (components, holes) and `"1,0-2,*"` for a volume (components, handles, cavities).
    pub betti: String,
    /// The weights of the terms of equation 4, one per dimension, finite and at least 0. Default: 1 each.
    #[serde(default)]
    #[tsify(optional, type = "readonly number[]")]
    pub weights: Option<Vec<f64>>,
}

/// Reads a prior, which is its text, or a record with weights.
///
/// # Errors
///
/// If it is neither, or no prior.
pub fn read_prior(value: &JsValue) -> Result<topoloss::Prior, Failure> {
    let prior = match value.as_string() {
        Some(betti) => Prior { betti, weights: None },
        None => read_record::<WithCounts>(value, "prior")?.into(),
    };
    let parsed: topoloss::Prior = prior.betti.parse()?;
    match prior.weights {
        Some(weights) => Ok(parsed.with_weights(&weights)?),
        None => Ok(parsed),
    }
}

/// A [`Prior`] or a `ParsedPrior`, whose counts are in the text already.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithCounts {
    betti: String,
    #[serde(default)]
    weights: Option<Vec<f64>>,
    #[serde(default, rename = "counts")]
    _counts: serde::de::IgnoredAny,
}

impl From<WithCounts> for Prior {
    fn from(prior: WithCounts) -> Self {
        Self { betti: prior.betti, weights: prior.weights }
    }
}
