//! Cubical persistent homology of 2D images and 3D volumes, with the pixel of every birth and death.
//!
//! Lower a threshold p over an image S: the set B(p) = {pixels with S >= p} grows, and its components, loops and (in
//! a volume) cavities appear and disappear. Each is a [`Bar`] from its birth to its death, both of which are values
//! of pixels; all of them are the [`Barcode`].
//!
//! ```
//! use ndarray::array;
//! use persistence::{Options, barcode};
//!
//! // A ring whose weakest pixel has the value 0.6, around a hole whose deepest one has 0.1.
//! let image = array![
//!     [0.0, 0.0, 0.0, 0.0, 0.0_f32],
//!     [0.0, 0.9, 0.8, 0.9, 0.0],
//!     [0.0, 0.8, 0.1, 0.6, 0.0],
//!     [0.0, 0.9, 0.8, 0.9, 0.0],
//! ];
//! let barcode = barcode(image.view(), Options::default())?;
//!
//! let [component, ..] = barcode.in_dimension(0) else { unreachable!("an image has a component") };
//! assert!(component.is_essential() && component.birth == 0.9);
//! let [hole] = barcode.in_dimension(1) else { unreachable!("there is one hole") };
//! assert_eq!((hole.birth, hole.death), (0.6, 0.1));
//! assert_eq!((hole.birth_index, hole.death_index), (2 * 5 + 3, Some(2 * 5 + 2)));
//! assert_eq!(barcode.betti_numbers(0.5), [1, 1]);
//! # Ok::<(), persistence::Error>(())
//! ```
//!
//! # Conventions
//!
//! - [`Filtration::Superlevel`] is the default, as in Clough et al. 2020; [`Filtration::Sublevel`] is there too.
//! - [`Connectivity`] `T` (pixels are closed squares, the paper's equation 1) is the default, `V` (pixels are
//!   vertices) the other choice. They give different Betti numbers.
//! - The one component that never dies is a bar of its own, without a death pixel: [`Bar::is_essential`].
//! - Bars of length zero are not reported.
//! - Which of several pixels of one value stands at the end of a bar is decided by the order in which they enter:
//!   row by row; but those that have the first value of all (the highest, under superlevel filtration) from the
//!   deepest on, and those that have the last value in the order of their depth, where depth is the city-block
//!   distance to the nearest pixel of another value; to pixels of the first value, outside of the array is another
//!   value too. So the pixel that stands for a saturated component or hole is one in its middle. The result is the
//!   same on every platform, bit for bit.
//! - NaN is an error; infinities are values. Every shape without an axis of length zero has a barcode.
//!
//! # How it works
//!
//! [`Workspace::compute`] is the way through: `frame` turns the array into integer keys with a margin, reduces
//! connectivity `T` to `V` by duality and turns pairs of cells back into bars; `flat_zone` breaks the ties of
//! saturated values. Then `plane` (images) or `volume` (volumes) pairs the cells that enter together with each pixel,
//! by the tables `lower_star_2d` and `lower_star_3d`; `union_find` pairs the few that are left over in the lowest
//! and the highest dimension; and `handles`, for volumes, reduces the boundary matrix of what still remains.
//! [`feature`] says where a bar is in the image: it walks through `pixels`, and for a handle searches a `cycle`.

mod barcode;
mod coordinates;
mod cycle;
mod error;
mod feature;
mod flat_zone;
mod frame;
mod handles;
mod key;
mod lower_star_2d;
mod lower_star_3d;
mod name;
mod neighbourhood;
mod options;
mod pixels;
mod plane;
mod radix;
mod union_find;
mod volume;
mod workspace;

pub use barcode::{Bar, Barcode};
pub use coordinates::{coordinates, coordinates_into, flat_index};
pub use error::Error;
pub use feature::{CycleLengths, Feature, FeatureError, Locator, feature};
pub use name::NameError;
pub use neighbourhood::BLOCK;
pub use options::{Connectivity, Filtration, Options};
pub use workspace::{Workspace, barcode, barcodes};
