//! Images as records, and samples with their ground truth.

use imaging::synthetic::{self, DIGIT_SIZE, HEART_SIZE, SampleError};
use js_sys::Float32Array;
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::preserve;
use tsify::{Ts, Tsify};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{arguments::read_record, failure::Failure};

/// The side of a shape whose size is not asked for: that of a heart.
const DEFAULT_SIZE: u32 = HEART_SIZE as u32;

/// The largest seed: the numbers of JavaScript are whole and exact up to here.
const LARGEST_SEED: f64 = 9_007_199_254_740_991.0;

/// An image: values in row-major order and `[rows, columns]`.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Picture {
    /// In row-major order.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub values: Float32Array,
    /// `[rows, columns]`.
    #[tsify(type = "[rows: number, columns: number]")]
    pub shape: [u32; 2],
}

impl From<&Array2<f32>> for Picture {
    fn from(array: &Array2<f32>) -> Self {
        let values: Vec<f32> = array.iter().copied().collect();
        Self { values: Float32Array::from(&*values), shape: [array.nrows() as u32, array.ncols() as u32] }
    }
}

/// What a sample shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum SampleKind {
    /// A handwritten-like digit, 28 x 28.
    #[default]
    Digit,
    /// A short-axis slice of a heart, 80 x 80; the truth is the myocardium.
    Heart,
    /// One of [`ShapeKind`].
    Shape,
}

/// Blobs (n, 0), rings (n, n), a branching vessel (1, 0), packed cells (n, 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum ShapeKind {
    Blobs,
    Rings,
    Tree,
    Cells,
}

impl From<ShapeKind> for synthetic::ShapeKind {
    fn from(kind: ShapeKind) -> Self {
        match kind {
            ShapeKind::Blobs => Self::Blobs,
            ShapeKind::Rings => Self::Rings,
            ShapeKind::Tree => Self::Tree,
            ShapeKind::Cells => Self::Cells,
        }
    }
}

/// What sample to make. The same request gives the same bits on every platform.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SampleRequest {
    /// What it shows.
    pub kind: SampleKind,
    /// Chooses the sample: a whole number from 0 to 2^53 - 1.
    pub seed: f64,
    /// For digits: 0 to 9. Default: the last digit of the seed.
    #[serde(default)]
    #[tsify(optional)]
    pub label: Option<u8>,
    /// For shapes. Default: the four in turn, by the seed.
    #[serde(default)]
    #[tsify(optional)]
    pub shape: Option<ShapeKind>,
    /// For shapes: pixels of a side, 32 to 4096. Default: 80.
    #[serde(default)]
    #[tsify(optional)]
    pub size: Option<u32>,
}

/// An image with its ground truth.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Sample {
    /// Values in [0, 1].
    pub image: Picture,
    /// 1 in the foreground, 0 elsewhere.
    pub truth: Picture,
    /// Components and holes of the truth, with connectivity T.
    pub betti: [u32; 2],
}

/// Makes an image with its ground truth.
///
/// Throws a `TopologyError` if there is no such sample.
#[wasm_bindgen]
pub fn sample(
    #[wasm_bindgen(unchecked_param_type = "SampleRequest")] request: &JsValue,
) -> Result<Ts<Sample>, Failure> {
    let request: SampleRequest = read_record(request, "sample")?;
    let seed = read_seed(request.seed)?;
    refuse_what_does_not_belong(&request)?;
    let sample = match request.kind {
        SampleKind::Digit => synthetic::digit(request.label.unwrap_or((seed % 10) as u8), seed)?,
        SampleKind::Heart => synthetic::heart(seed),
        SampleKind::Shape => {
            let in_turn = synthetic::ShapeKind::ALL[(seed % 4) as usize];
            let kind = request.shape.map_or(in_turn, synthetic::ShapeKind::from);
            synthetic::shape(kind, request.size.unwrap_or(DEFAULT_SIZE) as usize, seed)?
        }
    };
    let record = Sample {
        image: Picture::from(&sample.image),
        truth: Picture::from(&sample.mask),
        betti: sample.betti.map(|count| count as u32),
    };
    Ok(record.into_ts()?)
}

/// Reads a seed.
///
/// # Errors
///
/// If it is not a whole number from 0 to 2^53 - 1.
pub fn read_seed(seed: f64) -> Result<u64, Failure> {
    if seed.fract() == 0.0 && (0.0..=LARGEST_SEED).contains(&seed) {
        return Ok(seed as u64);
    }
    Err(Failure::bad_argument(format!("the seed is {seed}; accepted are whole numbers from 0 to 2^53 - 1")))
}

fn refuse_what_does_not_belong(request: &SampleRequest) -> Result<(), Failure> {
    let refuse = |field, kind, sizes: usize| {
        Err(Failure::bad_argument(format!(
            "the sample: '{field}' is not accepted for a {kind}, {sizes} pixels wide"
        )))
    };
    match request {
        SampleRequest { kind: SampleKind::Digit, shape: Some(_), .. } => refuse("shape", "digit", DIGIT_SIZE),
        SampleRequest { kind: SampleKind::Digit, size: Some(_), .. } => refuse("size", "digit", DIGIT_SIZE),
        SampleRequest { kind: SampleKind::Heart, shape: Some(_), .. } => refuse("shape", "heart", HEART_SIZE),
        SampleRequest { kind: SampleKind::Heart, size: Some(_), .. } => refuse("size", "heart", HEART_SIZE),
        SampleRequest { kind: SampleKind::Heart | SampleKind::Shape, label: Some(_), .. } => {
            Err(Failure::bad_argument("the sample: 'label' is accepted for a digit only"))
        }
        _ => Ok(()),
    }
}

impl From<SampleError> for Failure {
    fn from(error: SampleError) -> Self {
        Self::bad_argument(error)
    }
}
