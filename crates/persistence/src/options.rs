//! What to compute: the connectivity of the foreground and the direction of the filtration.

/// Which pixels are neighbours, and so which set has which Betti numbers.
///
/// Packages differ here more than anywhere else: the same mask can have one component under `T` and two under
/// `V`. Say which one you use wherever you show a Betti number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Connectivity {
    /// Pixels are closed squares (voxels closed cubes), as in equation 1 of Clough et al. 2020: the foreground is
    /// 8-connected (26-connected), the background 4-connected (6-connected).
    #[default]
    T,
    /// Pixels are vertices: the foreground is 4-connected (6-connected), the background 8-connected
    /// (26-connected).
    V,
}

impl Connectivity {
    /// The connectivity of the background, which is always the other one.
    pub fn of_background(self) -> Self {
        match self {
            Self::T => Self::V,
            Self::V => Self::T,
        }
    }
}

crate::names!(Connectivity, "connectivity": T "T", V "V");

/// The direction in which the threshold moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Filtration {
    /// The threshold p falls; B(p) = {pixels with S >= p} grows. `birth > death`.
    #[default]
    Superlevel,
    /// The threshold p rises; B(p) = {pixels with S <= p} grows. `birth < death`.
    Sublevel,
}

impl Filtration {
    /// Whether a pixel of value `value` belongs to the set B(`threshold`).
    pub fn contains(self, value: f32, threshold: f32) -> bool {
        match self {
            Self::Superlevel => value >= threshold,
            Self::Sublevel => value <= threshold,
        }
    }
}

crate::names!(Filtration, "filtration": Superlevel "superlevel", Sublevel "sublevel");

/// Connectivity and filtration of one computation. The default is the paper's: `T`, superlevel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, rename_all = "camelCase")
)]
pub struct Options {
    /// Which pixels are neighbours.
    pub connectivity: Connectivity,
    /// The direction of the threshold.
    pub filtration: Filtration,
}
