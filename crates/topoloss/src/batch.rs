//! The losses of many arrays.

use ndarray::{ArrayView, Dimension};

use crate::{BatchError, Evaluator, Loss, LossOptions, Prior};

/// The losses of a batch of arrays under one prior, in their order: for example of `batch.outer_iter()`, where
/// `batch` is `[images, rows, columns]`.
///
/// # Errors
///
/// That of the first array that has one, with its place in the batch.
pub fn loss_batch<'a, D: Dimension>(
    arrays: impl IntoIterator<Item = ArrayView<'a, f32, D>>,
    prior: &Prior,
    options: LossOptions,
) -> Result<Vec<Loss>, BatchError> {
    let mut evaluator = Evaluator::new();
    arrays
        .into_iter()
        .enumerate()
        .map(|(index, array)| match evaluator.evaluate(array, prior, options) {
            Ok(loss) => Ok(loss.clone()),
            Err(source) => Err(BatchError { index, source }),
        })
        .collect()
}
