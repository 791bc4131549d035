//! Calls that end with a result or a [`Failure`], even where burn or the driver underneath panics.
//!
//! A panic in WebAssembly stops the module at once, and what was to settle a promise is never reached. So the promises
//! that are open are kept here, and a panic rejects them before it stops the module, which is then finished: every
//! later call fails as the first one did. A worker in that state has to be replaced.

use std::{cell::RefCell, collections::BTreeMap, future::Future, panic::PanicHookInfo};

use js_sys::{Function, Promise};
use topology_wasm::failure::{ErrorCode, Failure};
use wasm_bindgen::{JsValue, throw_val};
use wasm_bindgen_futures::spawn_local;

#[derive(Default)]
struct Calls {
    /// What rejects the promises that are open.
    open: BTreeMap<u64, Function>,
    /// How many promises there were.
    count: u64,
    /// Why the module is finished.
    end: Option<Failure>,
}

thread_local! {
    static CALLS: RefCell<Calls> = RefCell::default();
}

/// An error if the module is finished.
///
/// # Errors
///
/// The failure that finished it.
pub fn check_alive() -> Result<(), Failure> {
    CALLS.with_borrow(|calls| calls.end.clone()).map_or(Ok(()), Err)
}

/// A promise of the result.
pub fn promise<T: Into<JsValue>>(work: impl Future<Output = Result<T, Failure>> + 'static) -> Promise {
    let mut work = Some(work);
    Promise::new(&mut |resolve, reject| {
        let Some(work) = work.take() else { return };
        let number = CALLS.with_borrow_mut(|calls| {
            calls.count += 1;
            calls.open.insert(calls.count, reject.clone());
            calls.count
        });
        spawn_local(async move {
            let result = match check_alive() {
                Ok(()) => work.await,
                Err(failure) => Err(failure),
            };
            CALLS.with_borrow_mut(|calls| calls.open.remove(&number));
            // Functions that settle a promise never throw.
            let _ = match result {
                Ok(value) => resolve.call1(&JsValue::UNDEFINED, &value.into()),
                Err(failure) => reject.call1(&JsValue::UNDEFINED, &failure.into()),
            };
        });
    })
}

/// Ends all calls with the failure that the panic stands for, and the module with them.
pub fn on_panic(info: &PanicHookInfo<'_>) {
    console_error_panic_hook::hook(info);
    let failure = of_panic(&info.to_string());
    let open = CALLS.try_with(|calls| {
        // A panic within these few lines above would find it borrowed, and no promise to reject.
        let Ok(mut calls) = calls.try_borrow_mut() else { return BTreeMap::new() };
        calls.end.get_or_insert_with(|| failure.clone());
        std::mem::take(&mut calls.open)
    });
    for reject in open.unwrap_or_default().values() {
        let _ = reject.call1(&JsValue::UNDEFINED, &failure.clone().into());
    }
    // To the caller, if the call is synchronous; to the global scope of the worker otherwise.
    throw_val(failure.into())
}

fn of_panic(message: &str) -> Failure {
    let is_of_device = ["wgpu", "WebGPU", "GPU", "oison", "evice", "memory"];
    if cfg!(feature = "webgpu") && is_of_device.iter().any(|word| message.contains(word)) {
        return Failure::new(ErrorCode::DeviceLost, format!("the device was lost or has failed: {message}"));
    }
    Failure::new(ErrorCode::Internal, format!("a mistake in the learner, which cannot go on: {message}"))
}
