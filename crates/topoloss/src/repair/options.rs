//! How a map is repaired.

use crate::MaskOptions;

/// How surplus features are got rid of. Missing ones are always made by what the map suggests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Strategy {
    /// Whatever changes the fewest pixels.
    #[default]
    Cheapest,
    /// Islands are removed, holes, cavities and the openings of handles are filled.
    #[cfg_attr(feature = "serde", serde(alias = "fill-or-remove"))]
    FillOrRemove,
    /// Islands are bridged, holes and cavities are cut open, handles are cut through.
    #[cfg_attr(feature = "serde", serde(alias = "bridge-or-cut"))]
    BridgeOrCut,
}

persistence::names!(
    Strategy, "strategy":
    Cheapest "cheapest", FillOrRemove "fill-or-remove", BridgeOrCut "bridge-or-cut"
);

/// The values that changed pixels get. A pixel that is changed back gets its own value back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(untagged))]
pub enum Written {
    /// The nearest on the other side: the threshold itself, or the greatest number below it.
    #[default]
    AtThreshold,
    /// Two fixed values, as for a mask of 0 and 1.
    Values {
        /// What pixels get that become foreground: at least the threshold.
        foreground: f32,
        /// What pixels get that become background: below the threshold.
        background: f32,
    },
}

/// How a map is repaired. The default is the paper's threshold 0.5 and connectivity `T`, and the cheapest edits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, rename_all = "camelCase")
)]
pub struct RepairOptions {
    /// Threshold and connectivity.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub mask: MaskOptions,
    /// How surplus features are got rid of.
    pub strategy: Strategy,
    /// The values that changed pixels get.
    pub written: Written,
}
