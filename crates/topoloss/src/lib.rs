//! Topological priors for segmentation.

mod close;
mod distance;
mod edit;
mod error;
mod evaluator;
mod features;
mod grid;
mod join;
mod loss;
mod mask;
mod missing;
mod pooling;
mod prior;
mod repair;
mod surplus;
mod unprompted;
mod verdict;

pub use edit::{Action, Edit};
pub use error::{BatchError, Error, PriorError};
pub use evaluator::Evaluator;
pub use features::{MaskFeature, features};
pub use loss::{DimensionLoss, Loss, LossOptions, OutOfRange, Role, Term, loss, loss_batch};
pub use mask::Side;
pub use pooling::{Pooling, PoolingKind};
pub use prior::{Count, Prior};
pub use repair::{Outcome, Repair, RepairOptions, Strategy, Written, repair};
pub use verdict::{Defect, DefectKind, MaskOptions, Verdict, check, compare};
