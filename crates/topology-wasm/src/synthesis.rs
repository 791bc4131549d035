//! Corruption, other sizes, and the simple tricks, of images.

use imaging::{
    kspace::{self, Corruption, CorruptionError, LineDirection},
    morphology::{self, MorphologyError, Neighbours},
    overlap::{self, OverlapError},
    preparation::{self, Preparation},
    resample,
};
use ndarray::{ArrayView2, Ix2};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    arguments::{Pixels, read_record, read_shape, read_value},
    connectivity::Connectivity,
    failure::{ErrorCode, Failure},
    sample::{Picture, read_seed},
    square::Square,
};

/// Which lines of k-space are removed.
///
/// `"rowsAndColumns"` (section 4.1 of Clough et al. 2020, digits): m rows and m columns, any of them. `"rows"` and
/// `"columns"` (sections 4.2 and 4.3, hearts): m lines, never one of the eight in the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum CorruptVariant {
    /// m rows and m columns.
    #[default]
    RowsAndColumns,
    /// m rows.
    Rows,
    /// m columns.
    Columns,
}

/// How to corrupt an image.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct CorruptOptions {
    /// How many lines. `"rowsAndColumns"`: at most the shorter side less 1; else at most the side less 8.
    pub m: u32,
    /// Chooses which: a whole number from 0 to 2^53 - 1.
    pub seed: f64,
    /// Rows, columns or both.
    pub variant: CorruptVariant,
}

/// A corrupted image and what was removed.
#[derive(Clone, Debug, Serialize, Tsify)]
pub struct Corrupted {
    /// The magnitude, stretched to [0, 1].
    pub image: Picture,
    /// The rows of k-space that were removed, rising; row n / 2 of n is the constant one.
    pub rows: Vec<u32>,
    /// The columns, likewise.
    pub columns: Vec<u32>,
}

/// Removes lines of k-space, as when a scanner skips them.
#[wasm_bindgen]
pub fn corrupt(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "CorruptOptions")] options: &JsValue,
) -> Result<Ts<Corrupted>, Failure> {
    let CorruptOptions { m, seed, variant } = read_record(options, "corruption")?;
    let m = m as usize;
    let corruption = match variant {
        CorruptVariant::RowsAndColumns => Corruption::RowsAndColumns { m },
        CorruptVariant::Rows => Corruption::Lines { m, direction: LineDirection::Rows },
        CorruptVariant::Columns => Corruption::Lines { m, direction: LineDirection::Columns },
    };
    let mut pixels = Pixels::default();
    let corrupted = kspace::corrupt(image(&mut pixels, values, shape)?, corruption, read_seed(seed)?)?;
    let lines = |lines: Vec<usize>| lines.into_iter().map(|line| line as u32).collect();
    let record = Corrupted {
        image: Picture::from(&corrupted.image),
        rows: lines(corrupted.rows),
        columns: lines(corrupted.columns),
    };
    Ok(record.into_ts()?)
}

/// The image in another size, `[rows, columns]`: interpolated where an axis grows, averaged where it shrinks.
#[wasm_bindgen]
pub fn resample(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] wanted: &JsValue,
) -> Result<Ts<Picture>, Failure> {
    let mut size = Vec::new();
    read_shape(wanted, &mut size)?;
    let size: [usize; 2] = size.try_into().map_err(|size: Vec<usize>| not_an_image(&size))?;
    let mut pixels = Pixels::default();
    Ok(Picture::from(&resample::resize(image(&mut pixels, values, shape)?, size)?).into_ts()?)
}

/// A square of the image; without one, the largest in the middle. What lies outside of the image is 0.
#[wasm_bindgen]
pub fn crop(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Square")] square: &JsValue,
) -> Result<Ts<Picture>, Failure> {
    let mut pixels = Pixels::default();
    let image = image(&mut pixels, values, shape)?;
    let square = match square.is_undefined() || square.is_null() {
        true => preparation::Square::largest([image.nrows(), image.ncols()]),
        false => read_record::<Square>(square, "square")?.into(),
    };
    Ok(Picture::from(&Preparation::default().cut(image, Some(square))?).into_ts()?)
}

/// Closes gaps and holes of a mask that are narrower than a disk of this radius, in pixels. Values of at least 0.5 are
/// foreground; the result has 0 and 1.
#[wasm_bindgen]
pub fn closing(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
    radius: f64,
) -> Result<Ts<Picture>, Failure> {
    let mut pixels = Pixels::default();
    let closed = morphology::closing(image(&mut pixels, values, shape)?, radius)?;
    Ok(Picture::from(&closed).into_ts()?)
}

/// Keeps the component of a mask that has the most pixels. Values of at least 0.5 are foreground; the result has 0 and
/// 1. Default connectivity: `"T"`.
#[wasm_bindgen(js_name = largestComponent)]
pub fn largest_component(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Connectivity")] connectivity: &JsValue,
) -> Result<Ts<Picture>, Failure> {
    let connectivity = match connectivity.is_undefined() || connectivity.is_null() {
        true => Connectivity::default(),
        false => read_value(connectivity, "connectivity")?,
    };
    let neighbours = match connectivity {
        Connectivity::T => Neighbours::Eight,
        Connectivity::V => Neighbours::Four,
    };
    let mut pixels = Pixels::default();
    let largest = morphology::largest_component(image(&mut pixels, values, shape)?, neighbours)?;
    Ok(Picture::from(&largest).into_ts()?)
}

/// The Dice coefficient of two maps of any shape with values in [0, 1]. Two empty ones have 1.
#[wasm_bindgen]
pub fn dice(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
    #[wasm_bindgen(js_name = otherValues, unchecked_param_type = "Float32Array")] other_values: &JsValue,
    #[wasm_bindgen(js_name = otherShape, unchecked_param_type = "readonly number[] | Uint32Array")]
    other_shape: &JsValue,
) -> Result<f64, Failure> {
    let (mut pixels, mut other_pixels) = (Pixels::default(), Pixels::default());
    let map = pixels.read(values, shape)?;
    Ok(overlap::dice(map, other_pixels.read(other_values, other_shape)?)?)
}

fn image<'a>(
    pixels: &'a mut Pixels,
    values: &JsValue,
    shape: &JsValue,
) -> Result<ArrayView2<'a, f32>, Failure> {
    let array = pixels.read(values, shape)?;
    let axes = array.shape().to_vec();
    array.into_dimensionality::<Ix2>().map_err(|_| not_an_image(&axes))
}

fn not_an_image(shape: &[usize]) -> Failure {
    let message =
        format!("the shape {shape:?} has {} dimensions; an image has 2, [rows, columns]", shape.len());
    Failure::new(ErrorCode::Dimensions, message)
}

impl From<CorruptionError> for Failure {
    fn from(error: CorruptionError) -> Self {
        let code = match error {
            CorruptionError::TooManyLines { .. } => ErrorCode::BadArgument,
            CorruptionError::Empty { .. } => ErrorCode::Empty,
            CorruptionError::NotFinite { .. } => ErrorCode::NotFinite,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}

impl From<MorphologyError> for Failure {
    fn from(error: MorphologyError) -> Self {
        let code = match error {
            MorphologyError::Radius { .. } => ErrorCode::BadArgument,
            MorphologyError::NotANumber { .. } => ErrorCode::NotANumber,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}

impl From<OverlapError> for Failure {
    fn from(error: OverlapError) -> Self {
        let code = match error {
            OverlapError::Shapes { .. } => ErrorCode::DifferentShapes,
            OverlapError::Value { .. } => ErrorCode::OutOfRange,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}
