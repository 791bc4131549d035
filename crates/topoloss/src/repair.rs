//! Exact repair: the fewest pixels that must change sides for a map to have the Betti numbers of a prior.
//!
//! It is greedy: edit by edit, each the cheapest that was found for one feature, and each made only after the Betti
//! numbers of the whole mask have been counted with it and their total error has become less. So it always ends,
//! and a repair that says that it reached the prior has reached it.

use std::collections::BTreeSet;

use ndarray::{Array, ArrayView, Dimension};

use crate::{
    Edit, Error, MaskOptions, Prior,
    edit::{Candidate, Draft},
    handles::Slicing,
    mask::{Mask, Regions},
    missing::{Source, awaken, bars},
    surplus, unprompted,
};

/// How surplus features are got rid of. Missing ones are always made by what the map suggests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Whatever changes the fewest pixels.
    #[default]
    Cheapest,
    /// Islands are removed, holes, cavities and the openings of handles are filled.
    FillOrRemove,
    /// Islands are bridged, holes and cavities are cut open, handles are cut through.
    BridgeOrCut,
}

/// The values that changed pixels get. A pixel that is changed back gets its own value back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Written {
    /// The nearest on the other side: the threshold itself, or the greatest number below it.
    #[default]
    AtThreshold,
    /// Two fixed values, as for a mask of 0 and 1.
    Values {
        /// What pixels get that become foreground: at least the threshold.
        foreground: f32,
        /// What pixels get that become background: below the threshold.
        background: f32,
    },
}

/// How a map is repaired. The default is the paper's threshold 0.5 and connectivity `T`, and the cheapest edits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RepairOptions {
    /// Threshold and connectivity.
    pub mask: MaskOptions,
    /// How surplus features are got rid of.
    pub strategy: Strategy,
    /// The values that changed pixels get.
    pub written: Written,
}

/// Whether a repair came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The Betti numbers satisfy the prior.
    Reached,
    /// No edit that was found brings the Betti numbers closer to the prior: because the array has no room for so many
    /// features, because the strategy forbids the edits that would (nothing can be bridged so that no component is
    /// left), or because two errors would have to be repaired in one.
    NotReached,
}

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
    let mut work =
        Work { draft, prior, betti: betti_before.clone(), edits: Vec::new(), sources: &Source::ALL };
    while work.error() > 0 {
        let is_closer = work.lower_surplus(options.strategy, Slicing::Planes)?
            || work.make_missing()?
            || work.lower_surplus(options.strategy, Slicing::Bisectors)?;
        if !is_closer {
            break;
        }
    }
    let outcome = if work.error() == 0 { Outcome::Reached } else { Outcome::NotReached };
    let mut repaired = Array::zeros(array.raw_dim());
    repaired.iter_mut().zip(work.draft.values()).for_each(|(target, value)| *target = value);
    Ok(Repair {
        array: repaired,
        edits: work.edits,
        betti_before,
        betti_after: work.betti,
        outcome,
        changed_pixels: work.draft.changed_pixels(),
    })
}

/// A repair that is under way.
struct Work<'a> {
    draft: Draft,
    prior: &'a Prior,
    betti: Vec<usize>,
    edits: Vec<Edit>,
    /// Where candidates for missing features may still be found, in the order in which it is looked for them.
    sources: &'static [Source],
}

impl Work<'_> {
    /// The total Betti error. Every edit makes it less.
    fn error(&self) -> usize {
        self.prior.betti_error(&self.betti).iter().sum()
    }

    /// One pass over the surplus features; whether anything was changed.
    ///
    /// Edits of different regions do not make each other dearer, so that one search serves for all of them. Slices
    /// through handles may, so that after the first only those that cost no more are made.
    fn lower_surplus(&mut self, strategy: Strategy, slicing: Slicing) -> Result<bool, Error> {
        let candidates = surplus::candidates(&mut self.draft, self.prior, &self.betti, strategy, slicing)?;
        let mut made = Made::default();
        let mut dearest_slice = usize::MAX;
        for candidate in candidates {
            let is_slice = candidate.regions[0] == Regions::NONE;
            let count = &self.prior.counts()[candidate.dimension];
            if count.surplus(self.betti[candidate.dimension]) == 0
                || made.is_stale(&candidate)
                || (is_slice && candidate.pixels.len() > dearest_slice)
            {
                continue;
            }
            if self.make(&candidate) {
                if is_slice {
                    dearest_slice = candidate.pixels.len();
                }
                made.regions.push(candidate.regions);
            }
        }
        Ok(!made.regions.is_empty())
    }

    /// One pass over the features that are missing; whether anything was changed. A source of candidates that has
    /// nothing more to offer is not asked again.
    fn make_missing(&mut self) -> Result<bool, Error> {
        let edits = self.edits.len();
        while let Some(&source) = self.sources.first() {
            if !(0..self.betti.len()).any(|dimension| self.is_missing(dimension)) {
                break;
            }
            match source {
                Source::Map | Source::Distance => self.awaken_bars(source)?,
                Source::Unprompted => {
                    for candidate in unprompted::candidates(&self.draft, self.prior, &self.betti) {
                        if self.is_missing(candidate.dimension) {
                            self.make(&candidate);
                        }
                    }
                }
            }
            if self.edits.len() > edits {
                return Ok(true);
            }
            self.sources = &self.sources[1..];
        }
        Ok(false)
    }

    fn awaken_bars(&mut self, source: Source) -> Result<(), Error> {
        let (relief, bars) = bars(&self.draft, self.prior, &self.betti, source)?;
        for bar in bars {
            if self.is_missing(usize::from(bar.dimension))
                && let Some(candidate) = awaken(&mut self.draft, &relief, &bar)
            {
                self.make(&candidate);
            }
        }
        Ok(())
    }

    fn is_missing(&self, dimension: usize) -> bool {
        self.prior.counts()[dimension].missing(self.betti[dimension]) > 0
    }

    /// Makes the edit if it brings the Betti numbers closer to the prior, and says whether it did.
    fn make(&mut self, candidate: &Candidate) -> bool {
        let Some(betti) = self.draft.try_candidate(candidate, self.prior, self.error()) else {
            return false;
        };
        self.betti = betti;
        self.edits.push(self.draft.edit(candidate));
        true
    }
}

/// What the edits of one pass did to the regions that the pass began with.
#[derive(Default)]
struct Made {
    /// Regions that were erased, as pairs of themselves, and regions that were connected.
    regions: Vec<[u32; 2]>,
}

impl Made {
    /// Whether the candidate's regions are not what they were when it was found: one is gone, they are connected
    /// already, or there is more to erase now than there was.
    fn is_stale(&self, candidate: &Candidate) -> bool {
        let [one, other] = candidate.regions;
        let is_gone = |region: u32| self.regions.contains(&[region, region]);
        if one == Regions::NONE {
            return false;
        }
        if one == other {
            return self.regions.as_flattened().contains(&one);
        }
        is_gone(one) || is_gone(other) || self.connected_with(one).contains(&other)
    }

    fn connected_with(&self, region: u32) -> BTreeSet<u32> {
        let mut connected = BTreeSet::from([region]);
        loop {
            let before = connected.len();
            for pair in &self.regions {
                if pair.iter().any(|region| connected.contains(region)) {
                    connected.extend(pair);
                }
            }
            if connected.len() == before {
                return connected;
            }
        }
    }
}
