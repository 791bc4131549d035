//! One step of post-processing as a record.

use js_sys::{Float32Array, Float64Array, Uint8Array};
use ndarray::{ArrayView, Dimension};
use serde::Serialize;
use serde_wasm_bindgen::preserve;
use topology_wasm::{barcode::Barcode, connectivity::Connectivity, failure::Failure, terms::Terms};
use tsify::Tsify;

use crate::options::Stop;

/// The state of post-processing after some updates, and what equation 5 says of it.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// How many updates have been made: 0 for the map as it was predicted.
    pub number: u32,
    /// The first term of equation 5: the squared differences between the maps and those of step 0, summed over the classes
    /// and averaged over the pixels.
    pub similarity: f64,
    /// Equation 5: the similarity and lambda times the sum of all topological losses.
    pub total: f64,
    /// The maps: probabilities in row-major order, class by class where there are several.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub probabilities: Float32Array,
    /// The class of each pixel, in row-major order, where there are several: that with the greatest probability, and the
    /// smallest of several.
    #[serde(with = "preserve")]
    #[tsify(type = "Uint8Array<ArrayBuffer> | undefined")]
    pub labels: wasm_bindgen::JsValue,
    /// What there is to say of each prior, in their order.
    #[tsify(type = "[StepEntry, ...StepEntry[]]")]
    pub entries: Vec<StepEntry>,
    /// Whether all priors hold.
    pub prior_holds: bool,
    /// Which stop rule holds at this step, if one does. More steps may follow all the same.
    #[tsify(optional)]
    pub stop: Option<Stop>,
}

/// What a step says of one prior: that of a class, or of a union of several.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct StepEntry {
    /// The map of the prior's classes, the sum of theirs, in row-major order. Its shape is that of the barcode. Where there
    /// is one class it is the step's.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub probabilities: Float32Array,
    /// The topological loss of each dimension (equation 3, times its weight in the prior), without lambda.
    pub topological: Vec<f64>,
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
    /// The Betti numbers, components and holes: of the map at 0.5, or where there are several classes of the pixels whose
    /// class is among the prior's.
    pub betti: Vec<u32>,
    /// Whether these are the prior's.
    pub prior_holds: bool,
}

impl Step {
    /// The record of a step that was computed with this connectivity.
    pub fn new(step: &learner::Step, connectivity: Connectivity) -> Result<Self, Failure> {
        let of_one_class = step.probabilities.dim().0 == 1;
        let probabilities = floats(step.probabilities.view());
        let labels = match of_one_class {
            true => wasm_bindgen::JsValue::UNDEFINED,
            false => {
                let labels = topoloss::classes::arg_max(step.probabilities.view())?;
                let labels = labels.iter().map(|&class| class as u8).collect::<Vec<u8>>();
                Uint8Array::from(&*labels).into()
            }
        };
        let entry = |entry: &learner::StepEntry| {
            let map = if of_one_class { probabilities.clone() } else { floats(entry.probabilities.view()) };
            StepEntry::new(entry, map, connectivity)
        };
        Ok(Self {
            number: step.number as u32,
            similarity: step.similarity,
            total: step.total,
            entries: step.entries.iter().map(entry).collect(),
            probabilities,
            labels,
            prior_holds: step.prior_holds,
            stop: step.stop.map(Stop::from),
        })
    }
}

impl StepEntry {
    fn new(entry: &learner::StepEntry, probabilities: Float32Array, connectivity: Connectivity) -> Self {
        let (rows, columns) = entry.probabilities.dim();
        let Terms { barcode, role, term } = Terms::new(&entry.terms, &[rows, columns], connectivity);
        Self {
            probabilities,
            topological: entry.topological.clone(),
            barcode,
            role,
            term,
            betti: entry.betti.iter().map(|&count| count as u32).collect(),
            prior_holds: entry.prior_holds,
        }
    }
}

fn floats<D: Dimension>(array: ArrayView<f32, D>) -> Float32Array {
    Float32Array::from(array.as_standard_layout().as_slice().unwrap_or_default())
}
