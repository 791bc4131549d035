//! The GPU of the browser.

use burn::tensor::Device;
use js_sys::{Function, Object, Promise, Reflect, global};
use topology_wasm::failure::{ErrorCode, Failure};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{Backend, BackendKind, Opened};

/// Without it burn's runtime stops the module when it is set up: it cannot measure time.
const NEEDED: [&str; 1] = ["timestamp-query"];

pub(super) async fn open() -> Result<Opened, Failure> {
    let adapter = adapter().await?;
    check_features(&adapter)?;
    let backend = describe(&adapter);
    let device = Device::wgpu_options().init_async().await.map_err(|error| {
        Failure::new(ErrorCode::AdapterUnsuitable, format!("the WebGPU device cannot be used: {error}"))
    })?;
    Ok(Opened { device, backend })
}

/// The adapter that burn will be given when it asks as this does.
async fn adapter() -> Result<JsValue, Failure> {
    let none = |message: &str| Failure::new(ErrorCode::NoWebGpu, message);
    let gpu = field(&field(&global(), "navigator"), "gpu");
    if gpu.is_falsy() {
        return Err(none(
            "this browser has no WebGPU here; it needs a secure page and a browser that has it",
        ));
    }
    let request: Function = field(&gpu, "requestAdapter")
        .dyn_into()
        .map_err(|_| none("navigator.gpu.requestAdapter is missing"))?;
    let options = Object::new();
    // As burn asks. A fresh object is extensible, so this cannot fail.
    let _ = Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let promise = request.call1(&gpu, &options).map_err(|error| none(&text(&error)))?;
    let adapter = JsFuture::from(Promise::resolve(&promise)).await.map_err(|error| none(&text(&error)))?;
    if adapter.is_falsy() {
        return Err(none("WebGPU is there and gives no adapter: the GPU or its driver is not supported"));
    }
    Ok(adapter)
}

fn check_features(adapter: &JsValue) -> Result<(), Failure> {
    let features = field(adapter, "features");
    let has: Option<Function> = field(&features, "has").dyn_into().ok();
    let has = |name: &str| {
        let answer = has.as_ref().and_then(|has| has.call1(&features, &name.into()).ok());
        answer.is_some_and(|answer| answer.is_truthy())
    };
    let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !has(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("the WebGPU adapter lacks {}", missing.join(", "));
    Err(Failure::new(ErrorCode::AdapterUnsuitable, message))
}

fn describe(adapter: &JsValue) -> Backend {
    let info = field(adapter, "info");
    let words: Vec<String> = ["vendor", "architecture", "device", "description"]
        .iter()
        .filter_map(|name| field(&info, name).as_string())
        .filter(|word| !word.is_empty())
        .collect();
    let adapter_name = if words.is_empty() { String::from("unnamed") } else { words.join(" ") };
    // Where it is has changed: on the adapter before, on its description now.
    let is_fallback = [&info, adapter].iter().any(|of| field(of, "isFallbackAdapter").is_truthy());
    let is_fallback = is_fallback || adapter_name.to_lowercase().contains("swiftshader");
    Backend { kind: BackendKind::WebGpu, adapter: adapter_name, is_fallback }
}

/// A field of whatever it is; undefined if there is none.
fn field(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn text(error: &JsValue) -> String {
    field(error, "message").as_string().unwrap_or_else(|| format!("{error:?}"))
}
