//! Exact repair: the fewest pixels that must change sides for a map to have the Betti numbers of a prior.
//!
//! It is greedy: edit by edit, each the cheapest that was found for one feature. The Betti numbers of the whole mask are
//! counted with each edit, or with several at once, which stay only if the total error has become less by as many.
//! Where no edit makes it less, a small array is given a few that do not, to see whether they are a detour to others,
//! and then handles are sliced together with what the slice cuts off.
//! So it always ends, and a repair that says that it reached the prior has reached it.

use std::collections::{HashSet, VecDeque};

use ndarray::{Array, ArrayView, Dimension};

use crate::{
    Edit, Error, MaskOptions, Prior,
    edit::{Candidate, Draft, Target},
    handles::Slicing,
    made::Made,
    mask::Mask,
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
    /// No edits that were found bring the Betti numbers closer to the prior: because the array has no room for so many
    /// features, because the strategy forbids the edits that would (nothing can be bridged so that no component is
    /// left), or because in a large array two errors would have to be repaired in one.
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
    let mut work = Work {
        draft,
        prior,
        betti: betti_before.clone(),
        edits: Vec::new(),
        sources: &Source::ALL,
        vain: Vain::default(),
    };
    // No array has more features than pixels.
    if prior.counts().iter().all(|count| count.least() <= array.len()) {
        work.approach_prior(options.strategy)?;
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

/// How many pixels may be looked at on detours: many tries on a small array, none on a large one.
const DETOURS: usize = 1 << 17;

/// A repair that is under way.
#[derive(Clone)]
struct Work<'a> {
    draft: Draft,
    prior: &'a Prior,
    betti: Vec<usize>,
    edits: Vec<Edit>,
    /// Where candidates for missing features may still be found, in the order in which it is looked for them.
    sources: &'static [Source],
    vain: Vain,
}

/// Slices through handles that did not do what they are meant to. They are found again in every pass.
#[derive(Clone, Default)]
struct Vain {
    slices: HashSet<Vec<usize>>,
    /// How many edits there were when they were last forgotten.
    edits: usize,
}

impl Work<'_> {
    /// The total Betti error.
    fn error(&self) -> usize {
        self.prior.total_error(&self.betti)
    }

    /// Makes edits as long as any are found that lead closer to the prior, by themselves or together.
    fn approach_prior(&mut self, strategy: Strategy) -> Result<(), Error> {
        self.lower_error(strategy)?;
        let mut tries = DETOURS / self.draft.mask.grid.pixels();
        while self.error() > 0 {
            if let Some(better) = self.detour(strategy, &mut tries)? {
                *self = better;
            } else if self.lower_surplus(strategy, Slicing::WithPieces)? {
                self.lower_error(strategy)?;
            } else {
                break;
            }
        }
        Ok(())
    }

    /// Makes edits as long as they make the error less.
    fn lower_error(&mut self, strategy: Strategy) -> Result<(), Error> {
        while self.error() > 0
            && (self.lower_surplus(strategy, Slicing::Planes)?
                || self.make_missing()?
                || self.lower_surplus(strategy, Slicing::Bisectors)?
                || self.forget_vain())
        {}
        Ok(())
    }

    /// Whether slices may be tried once more, since edits have been made that they may have been in need of.
    fn forget_vain(&mut self) -> bool {
        let is_worth_it = !self.vain.slices.is_empty() && self.vain.edits < self.edits.len();
        self.vain = Vain { slices: HashSet::new(), edits: self.edits.len() };
        is_worth_it
    }

    /// What comes of an edit, or of the fewest edits, that do not make the error less but after which others do; `None`
    /// if none are found in so many tries.
    fn detour(&self, strategy: Strategy, tries: &mut usize) -> Result<Option<Self>, Error> {
        let mut seen = HashSet::from([self.draft.mask.cells.clone()]);
        let mut starts = VecDeque::from([self.clone()]);
        while let Some(mut start) = starts.pop_front() {
            let mut candidates =
                surplus::candidates(&mut start.draft, self.prior, &start.betti, strategy, Slicing::Planes)?;
            candidates.extend(unprompted::candidates(&start.draft, self.prior, &start.betti));
            candidates.extend(unprompted::pixels(&start.draft, self.prior, &start.betti));
            for candidate in candidates {
                if *tries == 0 {
                    return Ok(None);
                }
                *tries -= 1;
                let mut work = Self { sources: &Source::ALL, ..start.clone() };
                if !work.make_anyway(&candidate) {
                    continue;
                }
                // An edit that makes the error less may lead back: the next detour also goes on without it.
                if seen.insert(work.draft.mask.cells.clone()) {
                    starts.push_back(work.clone());
                }
                work.lower_error(strategy)?;
                if work.error() < self.error() {
                    return Ok(Some(work));
                }
            }
        }
        Ok(None)
    }

    /// One pass over the surplus features; whether anything was changed.
    ///
    /// Edits of different regions do not make each other dearer, so that one search serves for all of them, and most
    /// do what they are meant to, so that the Betti numbers are counted for many at once: only where those are not as
    /// expected, for fewer.
    fn lower_surplus(&mut self, strategy: Strategy, slicing: Slicing) -> Result<bool, Error> {
        let mut candidates =
            surplus::candidates(&mut self.draft, self.prior, &self.betti, strategy, slicing)?;
        candidates.retain(|candidate| !self.vain.slices.contains(&candidate.pixels));
        let edits = self.edits.len();
        let mut made = Made::default();
        let mut next = 0;
        let mut most = candidates.len();
        while next < candidates.len() {
            let batch = self.batch(&candidates[next..], &mut made, most);
            let Some(&last) = batch.last() else { break };
            let chosen: Vec<&Candidate> = batch.iter().map(|&at| &candidates[next + at]).collect();
            if self.make(&chosen) {
                made.keep();
                next += last + 1;
                most = 2 * batch.len();
                continue;
            }
            made.take_back();
            if batch.len() > 1 {
                most = batch.len() / 2;
            } else {
                if matches!(chosen[0].target, Target::Handle { .. }) {
                    self.vain.slices.insert(chosen[0].pixels.clone());
                }
                next += last + 1;
            }
        }
        Ok(self.edits.len() > edits)
    }

    /// The positions of the first candidates, at most so many, that are worth making if all before them are made and
    /// do just what they are meant to; `made` notes that they are.
    fn batch(&self, candidates: &[Candidate], made: &mut Made, most: usize) -> Vec<usize> {
        let mut betti = self.betti.clone();
        let mut batch = Vec::new();
        for (at, candidate) in candidates.iter().enumerate() {
            if batch.len() == most {
                break;
            }
            let count = &self.prior.counts()[candidate.dimension];
            if count.surplus(betti[candidate.dimension]) > 0 && !made.is_stale(candidate) {
                betti[candidate.dimension] -= 1;
                made.add(candidate);
                batch.push(at);
            }
        }
        batch
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
                            self.make(&[&candidate]);
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
                self.make(&[&candidate]);
            }
        }
        Ok(())
    }

    fn is_missing(&self, dimension: usize) -> bool {
        self.prior.counts()[dimension].missing(self.betti[dimension]) > 0
    }

    /// Makes the edit whatever it does to the Betti numbers, and says whether it can be made.
    fn make_anyway(&mut self, candidate: &Candidate) -> bool {
        let Some(betti) = self.draft.try_candidates(&[candidate], self.prior, usize::MAX) else {
            return false;
        };
        self.betti = betti;
        self.edits.push(self.draft.edit(candidate));
        true
    }

    /// Makes the edits if each brings the Betti numbers closer to the prior, and says whether they do.
    fn make(&mut self, candidates: &[&Candidate]) -> bool {
        let Some(betti) = self.draft.try_candidates(candidates, self.prior, self.error()) else {
            return false;
        };
        self.betti = betti;
        self.edits.extend(candidates.iter().map(|candidate| self.draft.edit(candidate)));
        true
    }
}
