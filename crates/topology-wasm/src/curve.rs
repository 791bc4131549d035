//! Betti curves.

use js_sys::{Float32Array, Uint32Array};
use persistence::{Bar, Filtration};
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

impl BettiCurve {
    /// The curve of the bars of one dimension.
    pub fn new<'a>(bars: impl Iterator<Item = &'a Bar>, filtration: Filtration) -> Self {
        let mut events: Vec<(f32, i32)> = Vec::new();
        for bar in bars {
            events.push((bar.birth, 1));
            if !bar.is_essential() {
                events.push((bar.death, -1));
            }
        }
        events.sort_unstable_by(|a, b| match filtration {
            Filtration::Superlevel => b.0.total_cmp(&a.0),
            Filtration::Sublevel => a.0.total_cmp(&b.0),
        });
        let mut thresholds = Vec::new();
        let mut numbers = Vec::new();
        let mut betti = 0;
        for same in events.chunk_by(|a, b| a.0 == b.0) {
            let change: i32 = same.iter().map(|event| event.1).sum();
            if change != 0 {
                betti += change;
                thresholds.push(same[0].0);
                numbers.push(betti.unsigned_abs());
            }
        }
        Self { threshold: Float32Array::from(&*thresholds), betti: Uint32Array::from(&*numbers) }
    }
}
