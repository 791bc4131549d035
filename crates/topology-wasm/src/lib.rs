//! The WebAssembly surface of Bettiscope, in parts that can be built alone or together:
//!
//! - feature `barcodes`: [`Topology`](topology::Topology) computes barcodes and the topological loss. It is what a page
//!   loads first.
//! - feature `masks`: [`Masks`](masks::Masks) finds topological errors of masks and repairs them.
//! - feature `decoders`: [`decode`](image::decode) and [`encode`](encode::encode) read and write image files, and
//!   [`prepare`] makes of one what a network sees.
//! - feature `synthesis`: samples, corruption in k-space, resampling and simple tricks, as functions in
//!   [`synthesis`].
//!
//! The features `priors` and `records` have no functions: they are the arguments and results that the surface of the
//! learner has in common with this one.
//!
//! Pixels go in and come out as typed arrays, everything else as plain records that can be posted between workers.
//! Every failure is a JavaScript `Error` with a `code` from a fixed list, [`ErrorCode`](failure::ErrorCode). The
//! rules themselves are those of the crates underneath: nothing is decided here.

pub mod arguments;
#[cfg(feature = "records")]
pub mod barcode;
#[cfg(any(feature = "priors", feature = "synthesis"))]
pub mod connectivity;
#[cfg(feature = "barcodes")]
pub mod curve;
#[cfg(feature = "decoders")]
pub mod description;
#[cfg(feature = "decoders")]
pub mod encode;
pub mod failure;
#[cfg(feature = "barcodes")]
pub mod feature;
#[cfg(feature = "decoders")]
pub mod image;
#[cfg(feature = "barcodes")]
pub mod loss;
#[cfg(feature = "decoders")]
pub mod map;
#[cfg(feature = "barcodes")]
pub mod margin;
#[cfg(feature = "masks")]
pub mod mask;
#[cfg(feature = "masks")]
pub mod masks;
#[cfg(any(feature = "barcodes", feature = "masks"))]
pub mod parsed_prior;
#[cfg(feature = "decoders")]
pub mod prepare;
#[cfg(feature = "priors")]
pub mod prior;
#[cfg(feature = "masks")]
pub mod repair;
#[cfg(feature = "synthesis")]
pub mod sample;
#[cfg(any(feature = "decoders", feature = "synthesis"))]
pub mod square;
#[cfg(feature = "synthesis")]
pub mod synthesis;
#[cfg(feature = "records")]
pub mod terms;
#[cfg(feature = "barcodes")]
pub mod topology;

#[cfg(any(feature = "barcodes", feature = "masks", feature = "decoders", feature = "synthesis"))]
use wasm_bindgen::prelude::wasm_bindgen;

/// Sends the message of a panic, which is always a mistake in this module, to the console.
#[cfg(any(feature = "barcodes", feature = "masks", feature = "decoders", feature = "synthesis"))]
#[wasm_bindgen(start, skip_typescript)]
pub fn start() {
    console_error_panic_hook::set_once();
}
