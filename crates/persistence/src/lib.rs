//! Cubical persistent homology of 2D images and 3D volumes, with the pixel of every birth and death.

mod barcode;
mod error;
mod feature;
mod flat_zone;
mod frame;
mod handles;
mod key;
mod octahedron;
mod options;
mod plane;
mod radix;
mod union_find;
mod volume;
mod workspace;

pub use barcode::{Bar, Barcode};
pub use error::Error;
pub use feature::{Feature, FeatureError, feature};
pub use options::{Connectivity, Filtration, Options};
pub use workspace::{Workspace, barcode};
