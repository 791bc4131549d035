//! Betti curves.

use js_sys::{Float32Array, Uint32Array};
use serde::Serialize;
use serde_wasm_bindgen::preserve;
use tsify::Tsify;

/// The Betti number of one dimension as a function of the threshold, at every threshold where it changes, in the
/// order in which the filtration meets them. Each number holds from its own threshold up to, and without, the next
/// one; before the first it is 0.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct BettiCurve {
    /// The thresholds.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub threshold: Float32Array,
    /// The Betti number from each threshold on.
    #[serde(with = "preserve")]
    #[tsify(type = "Uint32Array<ArrayBuffer>")]
    pub betti: Uint32Array,
}

impl From<Vec<(f32, usize)>> for BettiCurve {
    fn from(curve: Vec<(f32, usize)>) -> Self {
        let (threshold, betti): (Vec<f32>, Vec<u32>) =
            curve.into_iter().map(|(threshold, betti)| (threshold, betti as u32)).unzip();
        Self { threshold: Float32Array::from(&*threshold), betti: Uint32Array::from(&*betti) }
    }
}
