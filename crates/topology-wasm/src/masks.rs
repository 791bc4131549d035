//! The class that judges and repairs masks.

use tsify::{Ts, Tsify};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    arguments::{Pixels, read_options},
    failure::Failure,
    mask::{CheckOptions, MaskFeature, MaskOptions, Verdict},
    prior::read_prior,
    repair::{Repair, RepairOptions},
};

/// Features, topological errors and exact repair of masks, and of maps cut at a threshold.
///
/// It keeps its working memory between calls. Arrays are a `Float32Array` in row-major order with a shape, `[rows,
/// columns]` or `[slices, rows, columns]`; they are copied, never changed. Results are plain records of new typed
/// arrays, which can be transferred to another thread.
///
/// All functions throw a `TopologyError`.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Masks {
    pixels: Pixels,
    reference: Pixels,
}

#[wasm_bindgen]
impl Masks {
    /// With empty working memory.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// All features of a mask or map: by dimension, in each the smallest first. There are as many of each dimension
    /// as the Betti number says.
    #[wasm_bindgen(unchecked_return_type = "MaskFeature[]")]
    pub fn features(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "MaskOptions")] options: &JsValue,
    ) -> Result<JsValue, Failure> {
        let options: MaskOptions = read_options(options, "mask options")?;
        let array = self.pixels.read(values, shape)?;
        let features = topoloss::features(array, options.into())?;
        let records: Vec<MaskFeature> = features.iter().map(MaskFeature::from).collect();
        Ok(serde_wasm_bindgen::to_value(&records)?)
    }

    /// What is topologically wrong with a mask or map under a prior. Where a dimension has more features than the
    /// prior allows, the smallest are the surplus ones, and of the smallest of these the places are given.
    pub fn check(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | Prior")] prior: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CheckOptions")] options: &JsValue,
    ) -> Result<Ts<Verdict>, Failure> {
        let options: CheckOptions = read_options(options, "check options")?;
        let prior = read_prior(prior)?;
        let array = self.pixels.read(values, shape)?;
        Ok(Verdict::from(topoloss::check(array, &prior, options.into())?).into_ts()?)
    }

    /// What is topologically wrong with a predicted mask or map in comparison with a reference of the same shape.
    /// Features are matched one to one by their overlap; what is left of the prediction is surplus, what is left of
    /// the reference is missing.
    pub fn compare(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] prediction: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] reference: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "MaskOptions")] options: &JsValue,
    ) -> Result<Ts<Verdict>, Failure> {
        let options: MaskOptions = read_options(options, "mask options")?;
        let prediction = self.pixels.read(prediction, shape)?;
        let reference = self.reference.read(reference, shape)?;
        Ok(Verdict::from(topoloss::compare(prediction, reference, options.into())?).into_ts()?)
    }

    /// Changes a mask or map so that its Betti numbers at the threshold satisfy the prior, in as few pixels as the
    /// pairs of its barcode give directly, and says what was changed, edit by edit.
    pub fn repair(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | Prior")] prior: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "RepairOptions")] options: &JsValue,
    ) -> Result<Ts<Repair>, Failure> {
        let options: RepairOptions = read_options(options, "repair options")?;
        let prior = read_prior(prior)?;
        let array = self.pixels.read(values, shape)?;
        Ok(Repair::from(topoloss::repair(array, &prior, options.into())?).into_ts()?)
    }
}
