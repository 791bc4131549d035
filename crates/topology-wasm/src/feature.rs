//! What a bar looks like in the image.

use js_sys::Uint32Array;
use serde::Serialize;
use serde_wasm_bindgen::preserve;
use tsify::Tsify;

/// What the pixels of a feature are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum FeatureKind {
    /// The pixels of a component, ascending.
    Component,
    /// The background pixels that a hole or cavity encloses, ascending.
    Enclosed,
    /// A closed cycle of voxels through a handle, each a neighbour of the next and the last one of the first.
    Cycle,
}

/// What a bar looks like in the image at one level.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Feature {
    /// `"component"`: its pixels; `"enclosed"`: the background pixels that a hole or cavity encloses; `"cycle"`: a
    /// closed cycle of voxels through a handle, each a neighbour of the next and the last one of the first.
    pub kind: FeatureKind,
    /// Flat indices in row-major order, ascending except along a cycle.
    #[serde(with = "preserve")]
    #[tsify(type = "Uint32Array<ArrayBuffer>")]
    pub pixels: Uint32Array,
}

impl From<persistence::Feature> for Feature {
    fn from(feature: persistence::Feature) -> Self {
        let kind = match feature {
            persistence::Feature::Component(_) => FeatureKind::Component,
            persistence::Feature::Enclosed(_) => FeatureKind::Enclosed,
            persistence::Feature::Cycle(_) => FeatureKind::Cycle,
        };
        Self { kind, pixels: Uint32Array::from(feature.pixels()) }
    }
}
