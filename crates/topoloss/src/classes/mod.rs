//! Priors for several classes, and for unions of them.
//!
//! A heart's cavity (class 1) is one piece without a hole, its muscle (2) one ring, and both together one piece without a
//! hole: `1:1,0; 2:1,1; 1+2:1,0`. [`ClassPriors`] is such a list, and the functions of this module are those of the crate
//! for it. There are two kinds of arrays:
//!
//! - *class maps* `[classes, rows, columns]` or `[classes, slices, rows, columns]` of probabilities, what a softmax puts
//!   out. [`loss`] takes them; the map of a set of classes is the sum of its members' maps. With one class besides the
//!   background its map alone, `[rows, columns]` or `[slices, rows, columns]`, does as well.
//! - *label maps* `[rows, columns]` or `[slices, rows, columns]` of whole numbers. [`betti_numbers`], [`check`] and
//!   [`repair`] take them; the mask of a set of classes are the pixels whose label is one of its members. [`arg_max`]
//!   makes a label map of a class map.
//!
//! Class 0 is the background; it may be in a set like any other class.
//!
//! ```
//! use ndarray::array;
//! use topoloss::{CheckOptions, ClassPriors, classes};
//!
//! // The muscle (2) is open at one pixel, where the background touches the cavity (1).
//! let labels = array![
//!     [0u8, 0, 0, 0, 0],
//!     [0, 2, 2, 2, 0],
//!     [0, 2, 1, 0, 0],
//!     [0, 2, 2, 2, 0],
//!     [0, 0, 0, 0, 0],
//! ];
//! let heart: ClassPriors = "1:1,0; 2:1,1; 1+2:1,0".parse()?;
//! let verdicts = classes::check(labels.view(), &heart, CheckOptions::default())?;
//! let is_correct: Vec<bool> = verdicts.iter().map(|verdict| verdict.is_correct()).collect();
//! assert_eq!(is_correct, [true, false, true]);
//!
//! let repaired = classes::repair(labels.view(), &heart, 1, &Default::default())?;
//! assert_eq!(repaired.labels[[2, 3]], 2);
//! assert_eq!(repaired.outcome, classes::ClassOutcome::Reached);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contradiction;
mod entry;
mod error;
mod labels;
mod loss;
mod priors;
#[cfg(feature = "serde")]
mod record;
mod relabelling;
mod repair;
mod text;

pub use entry::ClassPrior;
pub use error::ClassPriorsError;
pub use labels::{arg_max, betti_numbers, check};
pub use loss::{ClassEvaluator, ClassLoss, loss, loss_batch, sum};
pub use priors::ClassPriors;
pub use repair::{ClassOutcome, ClassRepair, ClassRepairOptions, repair};
pub use text::Named;
