//! Exact repair as a record.

use js_sys::{Float32Array, Uint32Array};
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::preserve;
use tsify::Tsify;

use crate::{
    connectivity::Connectivity,
    mask::{MaskOptions, counts},
};

/// How surplus features are got rid of. Missing ones are always made by what the map suggests.
///
/// `"cheapest"` (the default): whatever changes the fewest pixels. `"fillOrRemove"`: islands are removed, holes,
/// cavities and the openings of handles are filled. `"bridgeOrCut"`: islands are bridged, holes and cavities are cut
/// open, handles are cut through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Strategy {
    /// Whatever changes the fewest pixels.
    #[default]
    Cheapest,
    /// Islands are removed, holes are filled.
    FillOrRemove,
    /// Islands are bridged, holes are cut open.
    BridgeOrCut,
}

/// The values that changed pixels get, as for a mask of 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Written {
    /// What pixels get that become foreground: at least the threshold.
    pub foreground: f32,
    /// What pixels get that become background: below the threshold.
    pub background: f32,
}

/// How to repair.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct RepairOptions {
    /// Pixels of at least this value are foreground. Finite. Default: 0.5.
    pub threshold: f32,
    /// Which pixels are neighbours. Default: `"T"`.
    pub connectivity: Connectivity,
    /// How surplus features are got rid of. Default: `"cheapest"`.
    pub strategy: Strategy,
    /// The values that changed pixels get. Default: the nearest on the other side, which are the threshold itself
    /// and the greatest number below it. A pixel that is changed back gets its own value back.
    #[tsify(optional)]
    pub written: Option<Written>,
}

impl Default for RepairOptions {
    fn default() -> Self {
        let MaskOptions { threshold, connectivity } = MaskOptions::default();
        Self { threshold, connectivity, strategy: Strategy::default(), written: None }
    }
}

impl From<RepairOptions> for topoloss::RepairOptions {
    fn from(options: RepairOptions) -> Self {
        let RepairOptions { threshold, connectivity, strategy, written } = options;
        Self {
            mask: topoloss::MaskOptions { threshold, connectivity: connectivity.into() },
            strategy: match strategy {
                Strategy::Cheapest => topoloss::Strategy::Cheapest,
                Strategy::FillOrRemove => topoloss::Strategy::FillOrRemove,
                Strategy::BridgeOrCut => topoloss::Strategy::BridgeOrCut,
            },
            written: match written {
                Some(Written { foreground, background }) => {
                    topoloss::Written::Values { foreground, background }
                }
                None => topoloss::Written::AtThreshold,
            },
        }
    }
}

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// An island becomes background.
    Remove,
    /// A hole or cavity, or a disc across a handle's opening, becomes foreground.
    Fill,
    /// A path becomes foreground: it connects two components, or closes a loop, or shuts a cavity.
    Bridge,
    /// A path becomes background: it opens a hole or cavity, divides a component, drills a tunnel, or takes a slice
    /// out of a handle.
    Cut,
    /// One pixel becomes foreground and is a component of its own.
    Add,
    /// One pixel becomes background and is a hole or cavity of its own.
    Punch,
}

/// What pixels are: at least the threshold, or below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// Pixels of at least the threshold.
    Foreground,
    /// All others.
    Background,
}

/// One change of the map that brings its Betti numbers closer to the prior.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// What the edit does.
    pub action: Action,
    /// The dimension of the feature that is removed or made.
    pub dimension: u8,
    /// What the pixels become.
    pub side: Side,
    /// The pixels that change sides: flat indices in row-major order, ascending. Their number is the cost.
    #[serde(with = "preserve")]
    #[tsify(type = "Uint32Array<ArrayBuffer>")]
    pub pixels: Uint32Array,
    /// The mean position of the pixels: `[row, column]` or `[slice, row, column]`.
    pub centre: Vec<f64>,
}

impl From<&topoloss::Edit> for Edit {
    fn from(edit: &topoloss::Edit) -> Self {
        Self {
            action: match edit.action {
                topoloss::Action::Remove => Action::Remove,
                topoloss::Action::Fill => Action::Fill,
                topoloss::Action::Bridge => Action::Bridge,
                topoloss::Action::Cut => Action::Cut,
                topoloss::Action::Add => Action::Add,
                topoloss::Action::Punch => Action::Punch,
            },
            dimension: edit.dimension,
            side: match edit.side {
                topoloss::Side::Foreground => Side::Foreground,
                topoloss::Side::Background => Side::Background,
            },
            pixels: Uint32Array::from(&*edit.pixels),
            centre: edit.centre.clone(),
        }
    }
}

/// A repaired map and what was done to it.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Repair {
    /// The map after all edits, in row-major order.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub values: Float32Array,
    /// The edits in the order in which they were made. Each holds only after those before it.
    pub edits: Vec<Edit>,
    /// The Betti numbers of the map as it was given, one per dimension.
    pub betti_before: Vec<u32>,
    /// The Betti numbers after all edits.
    pub betti_after: Vec<u32>,
    /// Whether `bettiAfter` satisfies the prior. If not, no edit that was found brings it closer.
    pub reached: bool,
    /// How many pixels have another value than they were given with.
    pub changed_pixels: u32,
}

impl<D: ndarray::Dimension> From<topoloss::Repair<D>> for Repair {
    fn from(repair: topoloss::Repair<D>) -> Self {
        let values = repair.array.as_standard_layout();
        Self {
            values: Float32Array::from(values.as_slice().unwrap_or_default()),
            edits: repair.edits.iter().map(Edit::from).collect(),
            betti_before: counts(&repair.betti_before),
            betti_after: counts(&repair.betti_after),
            reached: repair.outcome == topoloss::Outcome::Reached,
            changed_pixels: repair.changed_pixels as u32,
        }
    }
}
