//! Changes of a map, one by one.

use crate::mask::Side;

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Action {
    /// An island becomes background.
    Remove,
    /// A hole or cavity, or a disc across a handle's opening with the cavities that it closes, becomes foreground.
    Fill,
    /// A path becomes foreground: it connects two components, or closes a loop, or shuts a cavity.
    Bridge,
    /// A path becomes background: it opens a hole or cavity, divides a component, drills a tunnel, or takes a slice
    /// out of a handle, with the pieces that it cuts off.
    Cut,
    /// One pixel becomes foreground and is a component of its own.
    Add,
    /// One pixel becomes background and is a hole or cavity of its own.
    Punch,
}

persistence::names!(
    Action, "action": Remove "remove", Fill "fill", Bridge "bridge", Cut "cut", Add "add", Punch "punch"
);

/// One change of the map that brings its Betti numbers closer to the prior.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Edit {
    /// What the edit does.
    pub action: Action,
    /// The dimension of the feature that is removed or made: 0 for a component, 1 for a hole (2D) or handle (3D),
    /// 2 for a cavity (3D).
    pub dimension: u8,
    /// What the pixels become.
    pub side: Side,
    /// The pixels that change sides: flat indices in row-major (C) order, ascending.
    pub pixels: Vec<u32>,
    /// The mean position of the pixels, one coordinate per axis.
    pub centre: Vec<f64>,
}

impl Edit {
    /// How many pixels change sides.
    pub fn cost(&self) -> usize {
        self.pixels.len()
    }
}

/// An edit that may or may not do what it is meant to.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) action: Action,
    pub(crate) dimension: usize,
    pub(crate) side: Side,
    pub(crate) pixels: Vec<usize>,
    pub(crate) target: Target,
}

/// What an edit is about, by which the edits of one pass are kept apart.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Nothing that was there before.
    None,
    /// A region, which is removed or filled.
    Region(u32),
    /// Two regions, which are connected.
    Regions([u32; 2]),
    /// A handle, by the number of a cycle through it; and the numbers of all cycles that the edit cuts, this one too.
    Handle { cycle: u32, cuts: Vec<u32> },
}
