//! The WebAssembly surface of the learner, built once for the CPU (feature `cpu`) and once for WebGPU (feature
//! `webgpu`), with the same classes:
//!
//! - [`Learner`](learner::Learner) opens the device, once for each worker;
//! - [`Model`](model::Model) is a network that was read from bytes, and segments images;
//! - [`PostProcess`](post_process::PostProcess) is the post-processing of one image under a prior, step by step. Its
//!   state can be exported, and imported by the other build, where the run goes on.
//!
//! Every failure is a JavaScript `Error` with a `code`, as in the crate `topology-wasm`, whose records these are where
//! both have them. What waits for a device gives a promise; a promise never stays open, whatever happens: see
//! [`call`].

pub mod call;
pub mod device;
pub mod failure;
pub mod image;
pub mod learner;
pub mod model;
pub mod options;
pub mod post_process;
mod room;
pub mod self_test;
mod slot;
pub mod step;

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes failures of panics, which are mistakes in this module or the loss of the device.
#[wasm_bindgen(start, skip_typescript)]
pub fn start() {
    std::panic::set_hook(Box::new(call::on_panic));
}
