//! Topological priors for segmentation: what the shape of an object should be, in numbers, and what to do about it.
//!
//! A [`Prior`] says how many components, holes (in a volume: handles) and cavities there should be. With it
//!
//! - [`loss`] is the topological loss of Clough et al. 2020 ("A Topological Loss Function for Deep-Learning based
//!   Image Segmentation using Persistent Homology", equations 3 and 4) of a probability map, and its gradient;
//!   [`Evaluator`] is the same for an optimisation loop, and [`Pooling`] makes it coarser;
//! - [`check`] says whether a mask has the right Betti numbers, and where features are that it should not have;
//!   [`compare`] does so for two masks, feature by feature; [`margin`] says for which thresholds a map is right;
//! - [`repair`] changes as few pixels as it can so that the prior holds, and says which and why.
//!
//! [`classes`] has all of this for segmentations of several classes, in which each class and each union of classes has a
//! prior of its own: [`ClassPriors`].
//!
//! Images are `[rows, columns]`, volumes `[slices, rows, columns]`, in `ndarray` views of any strides, and pixels are
//! named by flat indices in row-major (C) order. Betti numbers depend on which pixels are neighbours: everything
//! takes a [`persistence::Connectivity`], and the default is the paper's.
//!
//! ```
//! use ndarray::array;
//! use topoloss::{Action, CheckOptions, LossOptions, Prior, RepairOptions, check, loss, repair};
//!
//! // A ring with a gap, where the network was not sure.
//! let map = array![
//!     [0.0f32, 0.0, 0.0, 0.0, 0.0],
//!     [0.0, 0.9, 0.9, 0.9, 0.0],
//!     [0.0, 0.9, 0.1, 0.3, 0.0],
//!     [0.0, 0.9, 0.9, 0.9, 0.0],
//!     [0.0, 0.0, 0.0, 0.0, 0.0],
//! ];
//! let ring: Prior = "1,1".parse()?;
//!
//! let verdict = check(map.view(), &ring, CheckOptions::default())?;
//! assert_eq!(verdict.betti, [1, 0]);
//! assert_eq!(verdict.betti_error, [0, 1]);
//!
//! // The loop is there, from 0.3 to 0.1: the loss pulls at the pixels of both its ends, and at the highest one.
//! let loss = loss(map.view(), &ring, LossOptions::default())?;
//! let pixels: Vec<u32> = loss.gradient().iter().map(|&(pixel, _)| pixel).collect();
//! assert_eq!(pixels, [6, 12, 13]);
//!
//! let repaired = repair(map.view(), &ring, RepairOptions::default())?;
//! assert_eq!(repaired.edits[0].action, Action::Bridge);
//! assert_eq!(repaired.edits[0].pixels, [13]);
//! assert_eq!(repaired.betti_after, [1, 1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod betti;
mod bits;
pub mod classes;
mod error;
mod evaluator;
mod features;
mod grid;
mod labels;
mod loss;
mod margin;
mod mask;
mod overlap;
mod pooling;
mod prior;
#[cfg(feature = "serde")]
mod prior_record;
mod regions;
mod repair;
mod roles;
mod verdict;

pub use batch::{PerArray, loss_batch};
pub use classes::{ClassPrior, ClassPriors, ClassPriorsError};
pub use error::{BatchError, Error, PriorError};
pub use evaluator::{Evaluator, loss};
pub use features::{MaskFeature, features};
pub use loss::{DimensionLoss, Loss, LossOptions, OutOfRange, Role, Term};
pub use margin::{Margin, MarginEnd, margin};
pub use mask::{MaskOptions, Side};
pub use pooling::{Pooling, PoolingKind};
pub use prior::{Count, Prior};
pub use repair::{Action, Edit, Outcome, Repair, RepairOptions, Strategy, Written, repair, repair_watched};
pub use verdict::{CheckOptions, Defect, DefectKind, Verdict, check, compare};
