//! Exact repair: the fewest pixels that must change sides for a map to have the Betti numbers of a prior.
//!
//! [`repair`] is the way through: `search` makes edits on a `draft`, one by one, of candidates that `surplus` (with
//! `paths` for bridges and cuts, `handles` for volumes) and `missing` (with `cycles` for loops and shells, `seeds` where
//! no bar suggests a place) propose. A `constraint` may refuse edits: that of several classes does.

mod constraint;
mod cycles;
mod distance;
mod draft;
mod edit;
mod handles;
mod missing;
mod options;
mod pass;
mod paths;
mod relief;
mod search;
mod seeds;
mod surplus;

use ndarray::{Array, ArrayView, Dimension};

use self::{constraint::Unconstrained, search::Search};
use crate::{Error, Prior, mask::Mask};

pub(crate) use constraint::Constraint;
pub(crate) use draft::Draft;
pub(crate) use edit::Candidate;
pub use edit::{Action, Edit};
pub use options::{RepairOptions, Strategy, Written};

/// Whether a repair came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Outcome {
    /// The Betti numbers satisfy the prior.
    Reached,
    /// No edits that were found bring the Betti numbers closer to the prior: because the array has no room for so many
    /// features, because the strategy forbids the edits that would (nothing can be bridged so that no component is
    /// left), or because in a large array two errors would have to be repaired in one.
    NotReached,
}

persistence::names!(Outcome, "outcome": Reached "reached", NotReached "not-reached");

/// A repaired map and what was done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair<D: Dimension> {
    /// The map after all edits.
    pub array: Array<f32, D>,
    /// The edits in the order in which they were made. Each holds only after those before it.
    pub edits: Vec<Edit>,
    /// The Betti numbers of the map as it was given, one per dimension.
    pub betti_before: Vec<usize>,
    /// The Betti numbers after all edits.
    pub betti_after: Vec<usize>,
    /// Whether `betti_after` satisfies the prior.
    pub outcome: Outcome,
    /// How many pixels of `array` are not on the side that they were given on, and so have another value. It is the
    /// sum of the costs of all edits, or less where an edit changes pixels back that one before it had changed.
    pub changed_pixels: usize,
}

/// Changes a mask or map `[rows, columns]` or `[slices, rows, columns]` so that its Betti numbers at the threshold
/// satisfy the prior, in as few pixels as the pairs of its barcode give directly.
///
/// A surplus feature is removed, filled, bridged or cut, whichever `options` allow and changes the fewest pixels; of
/// as many, those that are closest to the threshold. A missing feature is made of the longest bar of the map that is
/// not alive at the threshold, or, where it has none, as in a mask, of the longest bar of the distance to the mask's
/// border, so that an open ring is closed at its gap; or else of the place that is farthest from everything.
///
/// ```
/// use ndarray::array;
/// use topoloss::{Action, Outcome, Prior, RepairOptions, repair};
///
/// let mask = array![
///     [1.0f32, 1.0, 1.0, 0.0, 0.0],
///     [1.0, 0.0, 1.0, 0.0, 1.0],
///     [1.0, 1.0, 1.0, 0.0, 1.0],
/// ];
/// let repaired = repair(mask.view(), &Prior::exactly(&[1, 0])?, RepairOptions::default())?;
/// assert_eq!(repaired.outcome, Outcome::Reached);
/// let edits: Vec<_> = repaired.edits.iter().map(|edit| (edit.action, edit.cost())).collect();
/// assert_eq!(edits, [(Action::Fill, 1), (Action::Bridge, 1)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the array is neither an image nor a volume, is empty, has a NaN, or does not fit the prior, if the threshold
/// is not finite, or if the values to write are not on their sides of it.
pub fn repair<D: Dimension>(
    array: ArrayView<f32, D>,
    prior: &Prior,
    options: RepairOptions,
) -> Result<Repair<D>, Error> {
    repair_watched(array, prior, options, &|_| ())
}

/// [`repair`], which tells `watch` before the first edit and after each by how much the Betti numbers are wrong in all:
/// with 0 it is done. Before it ends the number may rise again where a detour is tried.
///
/// # Errors
///
/// Those of [`repair`].
pub fn repair_watched<D: Dimension>(
    array: ArrayView<f32, D>,
    prior: &Prior,
    options: RepairOptions,
    watch: &dyn Fn(usize),
) -> Result<Repair<D>, Error> {
    prior.check_dimensions(array.ndim())?;
    let threshold = options.mask.threshold;
    if let Written::Values { foreground, background } = options.written
        && !(foreground >= threshold && background < threshold)
    {
        return Err(Error::Written { foreground, background, threshold });
    }
    let mask = Mask::new(array.view(), options.mask)?;
    let betti_before = mask.betti_numbers();
    let draft = Draft::new(mask, array.iter().copied(), threshold, options.written);
    let betti = betti_before.clone();
    let search = approach(draft, betti, prior, options.strategy, watch, Unconstrained)?;
    let outcome = if search.error() == 0 { Outcome::Reached } else { Outcome::NotReached };
    let mut repaired = Array::zeros(array.raw_dim());
    repaired.iter_mut().zip(search.draft.values()).for_each(|(target, value)| *target = value);
    Ok(Repair {
        array: repaired,
        edits: search.edits,
        betti_before,
        betti_after: search.betti,
        outcome,
        changed_pixels: search.draft.changed_pixels(),
    })
}

/// Edits a draft, which has these Betti numbers, until it satisfies the prior or no edits are found that bring it closer and
/// that the constraint admits.
pub(crate) fn approach<'a, C: Constraint>(
    draft: Draft,
    betti: Vec<usize>,
    prior: &'a Prior,
    strategy: Strategy,
    watch: &'a dyn Fn(usize),
    constraint: C,
) -> Result<Search<'a, C>, Error> {
    let pixels = draft.mask.grid.shape().iter().product();
    let mut search = Search::new(draft, betti, prior, watch, constraint);
    // No array has more features than pixels.
    if prior.counts().iter().all(|count| count.least() <= pixels) {
        search.approach_prior(strategy)?;
    }
    Ok(search)
}
