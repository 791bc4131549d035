//! How a map is repaired.

use crate::MaskOptions;

/// How surplus features are got rid of. Missing ones are always made by what the map suggests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Whatever changes the fewest pixels.
    #[default]
    Cheapest,
    /// Islands are removed, holes, cavities and the openings of handles are filled.
    FillOrRemove,
    /// Islands are bridged, holes and cavities are cut open, handles are cut through.
    BridgeOrCut,
}

/// The values that changed pixels get. A pixel that is changed back gets its own value back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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
pub struct RepairOptions {
    /// Threshold and connectivity.
    pub mask: MaskOptions,
    /// How surplus features are got rid of.
    pub strategy: Strategy,
    /// The values that changed pixels get.
    pub written: Written,
}
