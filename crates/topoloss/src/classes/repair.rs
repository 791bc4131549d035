//! Exact repair of one entry of a list of priors, on a label map.

use std::collections::BTreeSet;

use ndarray::{Array, ArrayView, Dimension};
use persistence::Connectivity;

use super::{
    entry::ClassPrior,
    priors::ClassPriors,
    relabelling::{BACKGROUND, NO_CLASS, Relabelling},
};
use crate::{
    Edit, Error, Strategy, Written,
    bits::Bits,
    grid::Grid,
    mask::Mask,
    repair::{Draft, approach},
};

/// How an entry is repaired. The default is connectivity `T`, the cheapest edits, and every other entry kept.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, rename_all = "camelCase")
)]
pub struct ClassRepairOptions {
    /// Which pixels are neighbours.
    pub connectivity: Connectivity,
    /// How surplus features are got rid of.
    pub strategy: Strategy,
    /// The numbers of entries that hold and may cease to. Default: none.
    pub may_break: Vec<usize>,
}

/// Whether the repair of an entry came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "outcome", content = "entries", rename_all = "camelCase")
)]
pub enum ClassOutcome {
    /// The entry holds, and every other one that held before, but those that may break.
    Reached,
    /// The entry does not hold: no edits that were found bring it closer. Every other one that held before does.
    NotReached,
    /// The entry does not hold: edits that bring it closer were found, and would have broken these other entries, which
    /// hold. Their numbers, ascending.
    Blocked(Vec<usize>),
}

/// A label map of which one entry was repaired, and what was done to it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassRepair<T, D: Dimension> {
    /// The label map after all edits.
    pub labels: Array<T, D>,
    /// The edits in the order in which they were made, as those of a mask: foreground are the pixels of the entry's set.
    pub edits: Vec<Edit>,
    /// The Betti numbers of the entry's pixels before, one per dimension.
    pub betti_before: Vec<usize>,
    /// The Betti numbers of the entry's pixels after all edits.
    pub betti_after: Vec<usize>,
    /// Whether `betti_after` satisfies the prior, and if not, why.
    pub outcome: ClassOutcome,
    /// How many pixels have another label than they were given.
    pub changed_pixels: usize,
}

/// Changes a label map `[rows, columns]` or `[slices, rows, columns]` so that one entry, given by its number in the list,
/// holds, in as few pixels as are found; and every other entry goes on holding that held before.
///
/// It is [`topoloss::repair`](crate::repair()) of the mask of the entry's set. Pixels that enter the set get the class of
/// those of its pixels that are nearest, and pixels that leave it that of the nearest others; where that would break
/// another entry, all of an edit's pixels get one class, of those that they touch or of the set, or become background;
/// where that would break one too, the edit is not made and another one is looked for. Labels of no class, negative ones,
/// are changed like others and never given.
///
/// # Errors
///
/// If there is no such entry, the array is neither an image nor a volume, is empty or too large, or does not fit the priors,
/// or a class of the entry does not fit into the type of the labels.
pub fn repair<T: Copy + TryInto<usize> + TryFrom<usize>, D: Dimension>(
    labels: ArrayView<T, D>,
    priors: &ClassPriors,
    entry: usize,
    options: &ClassRepairOptions,
) -> Result<ClassRepair<T, D>, Error> {
    let entries = priors.entries();
    let number_of = |entry: &usize| Error::NoSuchEntry { entry: *entry, entries: entries.len() };
    if let Some(wrong) = options.may_break.iter().find(|&&entry| entry >= entries.len()) {
        return Err(number_of(wrong));
    }
    let set = entries.get(entry).ok_or_else(|| number_of(&entry))?;
    set.prior().check_dimensions(labels.ndim())?;
    let mut needed = set.classes().iter().copied().chain([BACKGROUND]);
    if let Some(class) = needed.find(|&class| class == NO_CLASS || T::try_from(class).is_err()) {
        return Err(Error::LabelRange { class, labels: std::any::type_name::<T>() });
    }

    let grid = Grid::new(labels.shape())?;
    let mut classes = vec![NO_CLASS; grid.pixels()];
    for (pixel, &label) in grid.inside().zip(labels.iter()) {
        classes[pixel] = label.try_into().unwrap_or(NO_CLASS);
    }
    let connectivity = options.connectivity;
    let betti_of = |classes: &[usize], entry: &ClassPrior| {
        Bits::of_cells(&grid, classes, |&class| entry.contains(class)).betti_numbers(connectivity)
    };
    let is_kept = |&(number, other): &(usize, &ClassPrior)| {
        number != entry
            && !options.may_break.contains(&number)
            && other.prior().is_satisfied_by(&betti_of(&classes, other))
    };
    let kept = entries.iter().enumerate().filter(is_kept).collect();
    let belongs: Vec<bool> = grid.inside().map(|pixel| set.contains(classes[pixel])).collect();
    let mask = Mask::of(grid.clone(), connectivity, belongs.iter().copied());
    let betti_before = mask.betti_numbers();
    let draft = Draft::new(mask, belongs.into_iter().map(f32::from), 0.5, Written::AtThreshold);

    let relabelling = Relabelling { set, classes, connectivity, kept, refusals: BTreeSet::new() };
    let search = approach(draft, betti_before.clone(), set.prior(), options.strategy, &|_| (), relabelling)?;
    let refusals = &search.constraint.refusals;
    let outcome = if search.error() == 0 {
        ClassOutcome::Reached
    } else if refusals.is_empty() {
        ClassOutcome::NotReached
    } else {
        ClassOutcome::Blocked(refusals.iter().copied().collect())
    };
    let mut repaired = labels.to_owned();
    let mut changed_pixels = 0;
    for (label, pixel) in repaired.iter_mut().zip(grid.inside()) {
        let class = search.constraint.classes[pixel];
        if (*label).try_into().unwrap_or(NO_CLASS) != class
            && let Ok(new) = T::try_from(class)
        {
            *label = new;
            changed_pixels += 1;
        }
    }
    Ok(ClassRepair {
        labels: repaired,
        edits: search.edits,
        betti_before,
        betti_after: search.betti,
        outcome,
        changed_pixels,
    })
}
