//! The device, and what runs on it.

use ::learner::UNet;
use js_sys::{Promise, Uint8Array};
use topology_wasm::failure::Failure;
use tsify::{Ts, Tsify};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use crate::{
    call::{check_alive, promise},
    device::{self, Backend, Opened},
    failure::failure,
    model::Model,
    self_test,
};

/// The device that networks run on: the CPU, or the GPU of the browser.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Learner {
    pub(crate) opened: Opened,
}

#[wasm_bindgen]
impl Learner {
    /// Opens the device. It is opened once for each worker: all learners of a worker share it.
    ///
    /// The build for WebGPU rejects with the code `"no-webgpu"` or `"adapter-unsuitable"` where it cannot work. A
    /// software adapter is accepted: see `Backend.isFallback`.
    #[wasm_bindgen(unchecked_return_type = "Promise<Learner>")]
    pub fn create() -> Promise {
        promise(async { Ok(Self { opened: device::open().await? }) })
    }

    /// What the device is.
    #[wasm_bindgen(getter)]
    pub fn backend(&self) -> Result<Ts<Backend>, Failure> {
        Ok(self.opened.backend.clone().into_ts()?)
    }

    /// Runs two fixed steps of post-processing on the device and compares the maps with those of the CPU. Use the CPU
    /// where they do not agree: there are GPUs that give wrong numbers.
    #[wasm_bindgen(js_name = selfTest, unchecked_return_type = "Promise<SelfTest>")]
    pub fn self_test(&self) -> Promise {
        let device = self.opened.device.clone();
        promise(async move { Ok(self_test::run(&device).await?.into_ts()?) })
    }

    /// Reads a network from the bytes of a file that `bettiscope train` wrote.
    #[wasm_bindgen(js_name = loadModel)]
    pub fn load_model(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
    ) -> Result<Model, Failure> {
        check_alive()?;
        let bytes = read_bytes(bytes, "model")?;
        Ok(Model { network: UNet::from_bytes(bytes, &self.opened.device).map_err(failure)? })
    }
}

/// Copies a `Uint8Array`.
///
/// # Errors
///
/// If it is none.
pub(crate) fn read_bytes(bytes: &JsValue, name: &str) -> Result<Vec<u8>, Failure> {
    let bytes: Option<&Uint8Array> = bytes.dyn_ref();
    Ok(bytes.ok_or_else(|| Failure::bad_argument(format!("the {name}: not a Uint8Array")))?.to_vec())
}
