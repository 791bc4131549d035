//! What a prior means, and how far Betti numbers are from it.

use serde::Serialize;
use tsify::{Ts, Tsify};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    arguments::{numbers, read_value},
    failure::{ErrorCode, Failure},
    prior::read_prior,
};

/// How many features of one dimension there should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// The smallest number that satisfies.
    pub least: u32,
    /// The largest number that satisfies; none if any number does.
    #[tsify(optional)]
    pub most: Option<u32>,
}

/// A prior that was understood.
#[derive(Clone, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ParsedPrior {
    /// The prior in its usual spelling. This record is accepted wherever a prior is.
    pub betti: String,
    /// The weights, one per dimension.
    pub weights: Vec<f64>,
    /// The counts, one per dimension: 2 for images, 3 for volumes.
    pub counts: Vec<Count>,
}

/// Reads a prior, such as `"1,1"` or `"1,0-2,*"`, and says what it means.
///
/// Throws if it is not understood, or a weight is not a finite number of at least 0.
#[wasm_bindgen(js_name = parsePrior)]
pub fn parse_prior(
    #[wasm_bindgen(unchecked_param_type = "string | Prior")] prior: &JsValue,
) -> Result<Ts<ParsedPrior>, Failure> {
    let prior = read_prior(prior)?;
    let bounded = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let counts = prior
        .counts()
        .iter()
        .map(|count| Count { least: bounded(count.least()), most: count.most().map(bounded) });
    let record =
        ParsedPrior { betti: prior.to_string(), weights: prior.weights().to_vec(), counts: counts.collect() };
    Ok(record.into_ts()?)
}

/// The Betti error of each dimension: how far the Betti number is from the nearest that the prior accepts. All are 0
/// if the prior is satisfied.
///
/// Throws if there is not one Betti number per dimension of the prior.
#[wasm_bindgen(js_name = bettiError, unchecked_return_type = "number[]")]
pub fn betti_error(
    #[wasm_bindgen(unchecked_param_type = "string | Prior")] prior: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly number[]")] betti: &JsValue,
) -> Result<JsValue, Failure> {
    let prior = read_prior(prior)?;
    let betti: Vec<usize> = read_value(betti, "Betti numbers")?;
    if betti.len() != prior.dimensions() {
        let (given, wanted) = (betti.len(), prior.dimensions());
        let message =
            format!("there are {given} Betti numbers and the prior {prior} has {wanted} dimensions");
        return Err(Failure::new(ErrorCode::PriorDimensions, message));
    }
    Ok(numbers(prior.betti_error(&betti)))
}
