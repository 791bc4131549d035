//! The device of a build, opened once for each worker.

#[cfg(not(feature = "webgpu"))]
mod cpu;
#[cfg(feature = "webgpu")]
mod webgpu;

use std::cell::RefCell;

use burn::tensor::Device;
use serde::Serialize;
use topology_wasm::failure::{ErrorCode, Failure};
use tsify::Tsify;

#[cfg(not(feature = "webgpu"))]
use cpu as build;
#[cfg(feature = "webgpu")]
use webgpu as build;

/// `"cpu"` or `"webgpu"`: which of the two builds this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "lowercase")]
pub enum BackendKind {
    /// One thread of the CPU.
    Cpu,
    /// The GPU of the browser.
    WebGpu,
}

/// What the device is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Backend {
    /// Which of the two builds this is.
    pub kind: BackendKind,
    /// What the device calls itself. Browsers tell little of it.
    pub adapter: String,
    /// Whether the adapter is a GPU in software, which is slower than the CPU.
    pub is_fallback: bool,
}

/// An opened device. A clone is the same one.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) device: Device,
    pub(crate) backend: Backend,
}

/// The device of this worker.
enum State {
    Closed,
    Opening,
    Open(Opened),
}

thread_local! {
    static STATE: RefCell<State> = const { RefCell::new(State::Closed) };
}

/// The device of this worker, which is opened by the first call: burn accepts no second registration.
pub(crate) async fn open() -> Result<Opened, Failure> {
    let before = STATE.with_borrow_mut(|state| match state {
        State::Open(opened) => Some(Ok(opened.clone())),
        State::Opening => {
            Some(Err(Failure::new(ErrorCode::Busy, "the device is being opened by an earlier call")))
        }
        State::Closed => {
            *state = State::Opening;
            None
        }
    });
    if let Some(before) = before {
        return before;
    }
    let result = build::open().await;
    let after = result.as_ref().map_or(State::Closed, |opened| State::Open(opened.clone()));
    STATE.with_borrow_mut(|state| *state = after);
    result
}
