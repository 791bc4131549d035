//! Images as arguments.

use ndarray::{Array2, Ix2};
use topology_wasm::{
    arguments::Pixels,
    failure::{ErrorCode, Failure},
};
use wasm_bindgen::JsValue;

/// Copies a `Float32Array` and its shape `[rows, columns]`.
///
/// # Errors
///
/// If `values` is no `Float32Array`, `shape` is no shape of an image, or they do not fit together.
pub fn read_image(values: &JsValue, shape: &JsValue) -> Result<Array2<f32>, Failure> {
    let mut pixels = Pixels::default();
    let array = pixels.read(values, shape)?;
    let axes = array.ndim();
    let image = array.into_dimensionality::<Ix2>().map_err(|_| {
        let message = format!("the array has {axes} axes; an image has 2: [rows, columns]");
        Failure::new(ErrorCode::Dimensions, message)
    })?;
    Ok(image.to_owned())
}
