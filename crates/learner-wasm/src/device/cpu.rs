//! The CPU.

use burn::tensor::Device;
use topology_wasm::failure::Failure;

use super::{Backend, BackendKind, Opened};

pub(super) async fn open() -> Result<Opened, Failure> {
    let adapter = String::from("WebAssembly with simd128, one thread");
    let backend = Backend { kind: BackendKind::Cpu, adapter, is_fallback: false };
    Ok(Opened { device: Device::flex(), backend })
}
