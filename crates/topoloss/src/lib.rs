//! Topological priors for segmentation.

mod error;
mod evaluator;
mod loss;
mod pooling;
mod prior;

pub use error::{BatchError, Error, PriorError};
pub use evaluator::Evaluator;
pub use loss::{DimensionLoss, Loss, LossOptions, OutOfRange, Role, Term, loss, loss_batch};
pub use pooling::{Pooling, PoolingKind};
pub use prior::{Count, Prior};
