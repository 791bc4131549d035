//! The losses of many arrays, on all cores with the feature `rayon`.

use ndarray::{ArrayView, Dimension};

use crate::{BatchError, Error, Evaluator, Loss, LossOptions, Prior};

/// The priors of a batch of arrays: `&prior` for all of them, or `&[Prior]` with one for each.
#[derive(Clone, Copy, Debug)]
pub enum PerArray<'a, P> {
    /// The same for every array.
    Same(&'a P),
    /// One for each array, in their order.
    Each(&'a [P]),
}

impl<'a, P> From<&'a P> for PerArray<'a, P> {
    fn from(prior: &'a P) -> Self {
        Self::Same(prior)
    }
}

impl<'a, P> From<&'a [P]> for PerArray<'a, P> {
    fn from(priors: &'a [P]) -> Self {
        Self::Each(priors)
    }
}

/// The losses of a batch of arrays, in their order: for example of `batch.outer_iter()`, where `batch` is `[images, rows,
/// columns]`. Under one prior for all (`&prior`) or under one for each (`&[Prior]`). With the feature `rayon` on all cores.
///
/// # Errors
///
/// That of the first array that has one, with its place in the batch; or if there is not one prior for each.
pub fn loss_batch<'a, 'p, D: Dimension>(
    arrays: impl IntoIterator<Item = ArrayView<'a, f32, D>>,
    priors: impl Into<PerArray<'p, Prior>>,
    options: LossOptions,
) -> Result<Vec<Loss>, BatchError> {
    evaluate_all(arrays, priors.into(), Evaluator::new, |evaluator, array, prior| {
        evaluator.evaluate(array, prior, options).cloned()
    })
}

/// Evaluates every array under its prior, with one evaluator for many arrays.
pub(crate) fn evaluate_all<'a, D: Dimension, P: Sync, E: Send, L: Send>(
    arrays: impl IntoIterator<Item = ArrayView<'a, f32, D>>,
    priors: PerArray<'_, P>,
    evaluator: impl Fn() -> E + Sync + Send,
    evaluate: impl Fn(&mut E, ArrayView<'a, f32, D>, &P) -> Result<L, Error> + Sync + Send,
) -> Result<Vec<L>, BatchError> {
    let arrays: Vec<ArrayView<'a, f32, D>> = arrays.into_iter().collect();
    if let PerArray::Each(priors) = priors
        && priors.len() != arrays.len()
    {
        let (priors, arrays) = (priors.len(), arrays.len());
        return Err(BatchError { index: priors.min(arrays), source: Error::PriorCount { priors, arrays } });
    }
    let one = |evaluator: &mut E, (index, array): (usize, ArrayView<'a, f32, D>)| {
        let prior = match priors {
            PerArray::Same(prior) => prior,
            PerArray::Each(priors) => &priors[index],
        };
        evaluate(evaluator, array, prior).map_err(|source| BatchError { index, source })
    };
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        // Few parts for each core: each has an evaluator of its own, which first has to grow.
        let part = arrays.len().div_ceil(PARTS * rayon::current_num_threads()).max(1);
        let losses: Vec<Result<L, BatchError>> =
            arrays.into_par_iter().enumerate().with_min_len(part).map_init(&evaluator, one).collect();
        losses.into_iter().collect()
    }
    #[cfg(not(feature = "rayon"))]
    {
        let mut evaluator = evaluator();
        arrays.into_iter().enumerate().map(|array| one(&mut evaluator, array)).collect()
    }
}

/// In how many parts for each core a batch is divided: more than one, since arrays take different times.
#[cfg(feature = "rayon")]
const PARTS: usize = 4;
