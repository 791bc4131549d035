//! One step of post-processing as a record.

use js_sys::{Float32Array, Float64Array, Uint8Array};
use serde::Serialize;
use serde_wasm_bindgen::preserve;
use topology_wasm::{barcode::Barcode, connectivity::Connectivity, terms::Terms};
use tsify::Tsify;

use crate::options::Stop;

/// The state of post-processing after some updates, and what equation 5 says of it.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// How many updates have been made: 0 for the map as it was predicted.
    pub number: u32,
    /// The first term of equation 5: the mean squared difference between the map and that of step 0.
    pub similarity: f64,
    /// The topological loss of each dimension (equation 3, times its weight in the prior), without lambda.
    pub topological: Vec<f64>,
    /// Equation 5: the similarity and lambda times the sum of the topological losses.
    pub total: f64,
    /// The map: probabilities in row-major order. Its shape is that of the barcode.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub probabilities: Float32Array,
    /// The bars of the map, with their critical pixels.
    pub barcode: Barcode,
    /// What the loss wants of each bar: values of `Role`, in the order of the barcode.
    #[serde(with = "preserve")]
    #[tsify(type = "Uint8Array<ArrayBuffer>")]
    pub role: Uint8Array,
    /// Each bar's term of equation 3, multiplied by the weight of its dimension, in the order of the barcode.
    #[serde(with = "preserve")]
    #[tsify(type = "Float64Array<ArrayBuffer>")]
    pub term: Float64Array,
    /// The Betti numbers of the map at 0.5: components and holes.
    pub betti: Vec<u32>,
    /// Whether these are the prior's.
    pub prior_holds: bool,
    /// Which stop rule holds at this step, if one does. More steps may follow all the same.
    #[tsify(optional)]
    pub stop: Option<Stop>,
}

impl Step {
    /// The record of a step that was computed with this connectivity.
    pub fn new(step: &learner::Step, connectivity: Connectivity) -> Self {
        let (rows, columns) = step.probabilities.dim();
        let Terms { barcode, role, term } = Terms::new(&step.terms, &[rows, columns], connectivity);
        let probabilities = step.probabilities.as_standard_layout();
        Self {
            number: step.number as u32,
            similarity: step.similarity,
            topological: step.topological.clone(),
            total: step.total,
            probabilities: Float32Array::from(probabilities.as_slice().unwrap_or_default()),
            barcode,
            role,
            term,
            betti: step.betti.iter().map(|&count| count as u32).collect(),
            prior_holds: step.prior_holds,
            stop: step.stop.map(Stop::from),
        }
    }
}
