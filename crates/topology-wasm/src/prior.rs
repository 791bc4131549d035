//! The prior as an argument: how many features of each dimension there should be.

use serde::Deserialize;
use topoloss::{ClassPrior, ClassPriors};
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
    let Prior { betti, weights } = read(value)?;
    weighted(betti.parse()?, weights.as_deref())
}

/// Reads the priors of classes and of unions of classes, as in `1:1,0; 2:1,1; 1+2:1,0`, or the prior of the foreground
/// alone: a text, or a record with weights, which are those of every prior in the list.
///
/// # Errors
///
/// If it is neither, or no list of priors.
pub fn read_priors(value: &JsValue) -> Result<ClassPriors, Failure> {
    let Prior { betti, weights } = read(value)?;
    let priors: ClassPriors = betti.parse()?;
    let entry = |entry: &ClassPrior| {
        let prior = weighted(entry.prior().clone(), weights.as_deref())?;
        Ok(ClassPrior::new(entry.classes(), prior)?)
    };
    let entries = priors.entries().iter().map(entry).collect::<Result<Vec<_>, Failure>>()?;
    Ok(ClassPriors::new(entries)?)
}

fn read(value: &JsValue) -> Result<Prior, Failure> {
    match value.as_string() {
        Some(betti) => Ok(Prior { betti, weights: None }),
        None => Ok(read_record::<WithCounts>(value, "prior")?.into()),
    }
}

fn weighted(prior: topoloss::Prior, weights: Option<&[f64]>) -> Result<topoloss::Prior, Failure> {
    match weights {
        Some(weights) => Ok(prior.with_weights(weights)?),
        None => Ok(prior),
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
