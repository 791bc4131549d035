//! The class that computes.

use js_sys::Array;
use persistence::{Bar, Workspace};
use topoloss::Evaluator;
use tsify::{Ts, Tsify};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    arguments::{Pixels, not_nan, read_options, read_record, whole_number},
    barcode::{Barcode, BarcodeOptions},
    curve::BettiCurve,
    failure::Failure,
    feature::Feature,
    loss::{Loss, LossOptions},
    mask::{MaskFeature, MaskOptions, Verdict},
    prior::{numbers, read_prior},
    repair::{Repair, RepairOptions},
};

/// Barcodes, losses, topological errors and repair of images and volumes.
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
    reference: Pixels,
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
        let betti = barcode.betti_numbers(not_nan(threshold, "threshold")?)?;
        Ok(numbers(betti.into_iter().map(|count| count as usize)))
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
        let bars = barcode.bars()?;
        let of_dimension = bars.iter().filter(|bar| usize::from(bar.dimension) == dimension);
        Ok(BettiCurve::new(of_dimension, barcode.options().filtration).into_ts()?)
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
    /// prior allows, the smallest are the surplus ones.
    pub fn check(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | Prior")] prior: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "MaskOptions")] options: &JsValue,
    ) -> Result<Ts<Verdict>, Failure> {
        let options: MaskOptions = read_options(options, "mask options")?;
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
