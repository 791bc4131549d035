//! The WebAssembly surface of Bettiscope: barcodes, the topological loss, topological errors, exact repair, and image
//! files.
//!
//! [`Topology`](topology::Topology) computes; it keeps its working memory between calls, so one per worker is enough.
//! Pixels go in and come out as typed arrays, everything else as plain records that can be posted between workers.
//! With the feature `decoders` [`decode`](image::decode) and [`encode`](encode::encode) read and write image files.
//!
//! Every failure is a JavaScript `Error` with a `code` from a fixed list, [`ErrorCode`](failure::ErrorCode). The
//! rules themselves are those of the crates underneath: nothing is decided here.

pub mod arguments;
pub mod barcode;
pub mod curve;
#[cfg(feature = "decoders")]
pub mod encode;
pub mod failure;
pub mod feature;
#[cfg(feature = "decoders")]
pub mod image;
pub mod loss;
pub mod mask;
pub mod prior;
pub mod repair;
pub mod topology;

use wasm_bindgen::prelude::wasm_bindgen;

/// Sends the message of a panic, which is always a mistake in this module, to the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}
