//! Which pixels are neighbours.

use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// Which pixels are neighbours. Betti numbers depend on it, so say which one you use wherever you show one.
///
/// `"T"` (the default, equation 1 of Clough et al. 2020): pixels are closed squares (voxels closed cubes), the
/// foreground is 8-connected (26-connected), the background 4-connected (6-connected). `"V"`: pixels are vertices,
/// the foreground is 4-connected (6-connected), the background 8-connected (26-connected).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
pub enum Connectivity {
    /// Pixels are closed squares.
    #[default]
    T,
    /// Pixels are vertices.
    V,
}

#[cfg(feature = "priors")]
impl From<Connectivity> for persistence::Connectivity {
    fn from(connectivity: Connectivity) -> Self {
        match connectivity {
            Connectivity::T => Self::T,
            Connectivity::V => Self::V,
        }
    }
}

#[cfg(feature = "priors")]
impl From<persistence::Connectivity> for Connectivity {
    fn from(connectivity: persistence::Connectivity) -> Self {
        match connectivity {
            persistence::Connectivity::T => Self::T,
            persistence::Connectivity::V => Self::V,
        }
    }
}
