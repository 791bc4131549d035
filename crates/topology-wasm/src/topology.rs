//! The class that computes.

use js_sys::Array;
use persistence::{Bar, Workspace};
use topoloss::Evaluator;
use tsify::{Ts, Tsify};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    arguments::{Pixels, not_nan, numbers, read_options, read_record, whole_number},
    barcode::{Barcode, BarcodeOptions},
    curve::BettiCurve,
    failure::Failure,
    feature::Feature,
    loss::{Loss, LossOptions},
    margin::Margin,
    prior::read_prior,
};

/// Barcodes of images and volumes, and the topological loss.
///
/// It keeps its working memory between calls: one per worker is enough, and after the first calls on arrays of one
/// size the memory of the module does not grow. Arrays are a `Float32Array` in row-major order with a shape, `[rows,
/// columns]` or `[slices, rows, columns]`; they are copied, never changed. Results are plain records of new typed
/// arrays, which can be transferred to another thread.
///
/// All functions throw a `TopologyError`.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Topology {
    pixels: Pixels,
    workspace: Workspace,
    barcode: persistence::Barcode,
    evaluator: Evaluator,
}

#[wasm_bindgen]
impl Topology {
    /// With empty working memory.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The barcode of an image or volume.
    pub fn barcode(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "BarcodeOptions")] options: &JsValue,
    ) -> Result<Ts<Barcode>, Failure> {
        let options: BarcodeOptions = read_options(options, "barcode options")?;
        let array = self.pixels.read(values, shape)?;
        self.workspace.compute(array, options.engine(), &mut self.barcode)?;
        let bars: Vec<Bar> = self.barcode.at_least(options.min_length).copied().collect();
        Ok(Barcode::new(&bars, self.barcode.shape(), self.barcode.options()).into_ts()?)
    }

    /// The Betti numbers at a threshold, one per dimension: how many bars exist in B(threshold).
    #[wasm_bindgen(js_name = bettiNumbers, unchecked_return_type = "number[]")]
    pub fn betti_numbers(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Barcode")] barcode: &JsValue,
        threshold: f64,
    ) -> Result<JsValue, Failure> {
        let barcode: Barcode = read_record(barcode, "barcode")?;
        let threshold = not_nan(threshold, "threshold")?;
        Ok(numbers(barcode.engine()?.betti_numbers(threshold)))
    }

    /// The Betti number of one dimension as a function of the threshold. Empty if there is no such dimension.
    #[wasm_bindgen(js_name = bettiCurve)]
    pub fn betti_curve(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Barcode")] barcode: &JsValue,
        dimension: f64,
    ) -> Result<Ts<BettiCurve>, Failure> {
        let barcode: Barcode = read_record(barcode, "barcode")?;
        let dimension = whole_number(dimension)
            .ok_or_else(|| Failure::bad_argument("the dimension is not a whole number from 0 upwards"))?;
        Ok(BettiCurve::from(barcode.engine()?.betti_curve(dimension)).into_ts()?)
    }

    /// How far a threshold can be moved while the Betti numbers go on satisfying a prior, or go on not satisfying it,
    /// and which pixels it then meets: the safety margin of a segmentation.
    pub fn margin(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Barcode")] barcode: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | Prior")] prior: &JsValue,
        threshold: f64,
    ) -> Result<Ts<Margin>, Failure> {
        let barcode: Barcode = read_record(barcode, "barcode")?;
        let threshold = not_nan(threshold, "threshold")?;
        Ok(Margin::from(topoloss::margin(&barcode.engine()?, &read_prior(prior)?, threshold)?).into_ts()?)
    }

    /// The pixels of the feature that a bar stands for in B(level): the component, the background that a hole or
    /// cavity encloses, or a cycle through a handle.
    ///
    /// `values` are those that the barcode was computed from, `bar` is the number of the bar in it.
    pub fn feature(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "Barcode")] barcode: &JsValue,
        bar: f64,
        level: f64,
    ) -> Result<Ts<Feature>, Failure> {
        let barcode: Barcode = read_record(barcode, "barcode")?;
        let bar = barcode.bar(bar)?;
        let level = not_nan(level, "level")?;
        let shape = Array::from_iter(barcode.shape.iter().map(|&length| JsValue::from(length)));
        let array = self.pixels.read(values, &shape)?;
        Ok(Feature::from(persistence::feature(array, barcode.options(), &bar, level)?).into_ts()?)
    }

    /// The topological loss of a probability map under a prior, and its gradient: equations 3 and 4 of Clough et al.
    /// 2020.
    pub fn loss(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | Prior")] prior: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "LossOptions")] options: &JsValue,
    ) -> Result<Ts<Loss>, Failure> {
        let options: LossOptions = read_options(options, "loss options")?;
        let prior = read_prior(prior)?;
        let array = self.pixels.read(values, shape)?;
        let loss = self.evaluator.evaluate(array, &prior, options.engine()?)?;
        Ok(Loss::new(loss, options.connectivity).into_ts()?)
    }
}
