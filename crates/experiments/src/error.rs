//! Why an experiment cannot be made.

use crate::data::DataError;

/// Why an experiment cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something is wrong with a data set.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A synthetic sample cannot be made.
    #[error(transparent)]
    Sample(#[from] imaging::synthetic::SampleError),
    /// An image cannot be corrupted.
    #[error(transparent)]
    Corruption(#[from] imaging::kspace::CorruptionError),
    /// An image cannot be prepared for a network.
    #[error(transparent)]
    Preparation(#[from] imaging::preparation::PreparationError),
    /// Something cannot be trained, segmented or post-processed.
    #[error(transparent)]
    Learner(#[from] learner::Error),
}
