//! A network that was read from bytes.

use burn::module::Module;
use js_sys::{Float32Array, Promise};
use learner::UNet;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{call::promise, failure::failure, image::read_image, room};

/// A network. It never changes: post-processing works on a copy.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Model {
    pub(crate) network: UNet,
}

#[wasm_bindgen]
impl Model {
    /// How many channels the first level has.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.network.config().width as u32
    }

    /// How often the resolution is halved.
    #[wasm_bindgen(getter)]
    pub fn depth(&self) -> u32 {
        self.network.config().depth as u32
    }

    /// How many maps it gives: 1, that of the foreground, or one for each of several classes, the first of which is the
    /// background.
    #[wasm_bindgen(getter)]
    pub fn classes(&self) -> u32 {
        self.network.config().classes as u32
    }

    /// How many weights there are.
    #[wasm_bindgen(getter)]
    pub fn parameters(&self) -> u32 {
        self.network.num_params() as u32
    }

    /// The probability map of an image: an array of the same shape, in [0, 1]; where there are several classes their maps, one
    /// after the other. Images may have any size; the network
    /// is at its best on images like those that it was trained on.
    #[wasm_bindgen(unchecked_return_type = "Promise<Float32Array<ArrayBuffer>>")]
    pub fn segment(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
    ) -> Promise {
        let (image, network) = (read_image(values, shape), self.network.clone());
        promise(async move {
            let image = image?;
            room::check_segment(&network, image.dim())?;
            let map = network.segment_classes(image.view()).await.map_err(failure)?;
            Ok(Float32Array::from(map.as_standard_layout().as_slice().unwrap_or_default()))
        })
    }
}
