//! The search for edits.
//!
//! It is greedy: edit by edit, each the cheapest that was found for one feature. The Betti numbers of the whole mask are
//! counted with each edit, or with several at once, which stay only if the total error has become less by as many.
//! Where no edit makes it less, a small array is given a few that do not, to see whether they are a detour to others,
//! and then handles are sliced together with what the slice cuts off.
//! So it always ends, and a repair that says that it reached the prior has reached it.

use std::collections::{HashSet, VecDeque};

use super::{
    constraint::Constraint,
    draft::Draft,
    edit::{Candidate, Edit, Target},
    handles::Slicing,
    missing::{Source, bars, candidate_for},
    options::Strategy,
    pass::Pass,
    seeds, surplus,
};
use crate::{Error, Prior};

/// How many pixels may be looked at on detours: many tries on a small array, none on a large one.
const DETOURS: usize = 1 << 17;

/// A repair that is under way.
#[derive(Clone)]
pub(crate) struct Search<'a, C> {
    pub(super) draft: Draft,
    prior: &'a Prior,
    watch: &'a dyn Fn(usize),
    pub(crate) betti: Vec<usize>,
    pub(crate) edits: Vec<Edit>,
    /// Where candidates for missing features may still be found, in the order in which it is looked for them.
    sources: &'static [Source],
    rejected: Rejected,
    pub(crate) constraint: C,
}

/// Slices through handles that did not do what they are meant to. They are found again in every pass.
#[derive(Clone, Default)]
struct Rejected {
    slices: HashSet<Vec<usize>>,
    /// How many edits there were when they were last forgotten.
    edits: usize,
}

impl<'a, C: Constraint> Search<'a, C> {
    /// `betti` are the Betti numbers of the draft.
    pub(super) fn new(
        draft: Draft,
        betti: Vec<usize>,
        prior: &'a Prior,
        watch: &'a dyn Fn(usize),
        constraint: C,
    ) -> Self {
        let (edits, sources, rejected) = (Vec::new(), &Source::ALL[..], Rejected::default());
        let search = Self { draft, prior, watch, betti, edits, sources, rejected, constraint };
        watch(search.error());
        search
    }

    /// The total Betti error.
    pub(crate) fn error(&self) -> usize {
        self.prior.total_error(&self.betti)
    }

    /// Makes edits as long as any are found that lead closer to the prior, by themselves or together.
    pub(super) fn approach_prior(&mut self, strategy: Strategy) -> Result<(), Error> {
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
                || self.forget_rejected())
        {}
        Ok(())
    }

    /// Whether slices may be tried once more, since edits have been made that they may have been in need of.
    fn forget_rejected(&mut self) -> bool {
        let is_worth_it = !self.rejected.slices.is_empty() && self.rejected.edits < self.edits.len();
        self.rejected = Rejected { slices: HashSet::new(), edits: self.edits.len() };
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
            candidates.extend(seeds::candidates(&start.draft, self.prior, &start.betti));
            candidates.extend(seeds::pixels(&start.draft, self.prior, &start.betti));
            for candidate in candidates {
                if *tries == 0 {
                    return Ok(None);
                }
                *tries -= 1;
                let mut search = Self { sources: &Source::ALL, ..start.clone() };
                if !search.make_anyway(&candidate) {
                    continue;
                }
                // An edit that makes the error less may lead back: the next detour also goes on without it.
                if seen.insert(search.draft.mask.cells.clone()) {
                    starts.push_back(search.clone());
                }
                search.lower_error(strategy)?;
                if search.error() < self.error() {
                    return Ok(Some(search));
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
        candidates.retain(|candidate| !self.rejected.slices.contains(&candidate.pixels));
        let edits = self.edits.len();
        let mut pass = Pass::default();
        let mut next = 0;
        let mut most = candidates.len();
        while next < candidates.len() {
            let batch = self.batch(&candidates[next..], &mut pass, most);
            let Some(&last) = batch.last() else { break };
            let chosen: Vec<&Candidate> = batch.iter().map(|&at| &candidates[next + at]).collect();
            if self.make(&chosen) {
                pass.commit();
                next += last + 1;
                most = 2 * batch.len();
                continue;
            }
            pass.roll_back();
            if batch.len() > 1 {
                most = batch.len() / 2;
            } else {
                if matches!(chosen[0].target, Target::Handle { .. }) {
                    self.rejected.slices.insert(chosen[0].pixels.clone());
                }
                next += last + 1;
            }
        }
        Ok(self.edits.len() > edits)
    }

    /// The positions of the first candidates, at most so many, that are worth making if all before them are made and
    /// do just what they are meant to; `pass` notes that they are.
    fn batch(&self, candidates: &[Candidate], pass: &mut Pass, most: usize) -> Vec<usize> {
        let mut betti = self.betti.clone();
        let mut batch = Vec::new();
        for (at, candidate) in candidates.iter().enumerate() {
            if batch.len() == most {
                break;
            }
            let count = &self.prior.counts()[candidate.dimension];
            if count.surplus(betti[candidate.dimension]) > 0 && !pass.is_stale(candidate) {
                betti[candidate.dimension] -= 1;
                pass.record(candidate);
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
                Source::Map | Source::Distance => self.lengthen_bars(source)?,
                Source::Seeds => {
                    for candidate in seeds::candidates(&self.draft, self.prior, &self.betti) {
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

    fn lengthen_bars(&mut self, source: Source) -> Result<(), Error> {
        let (relief, bars) = bars(&self.draft, self.prior, &self.betti, source)?;
        for bar in bars {
            if self.is_missing(usize::from(bar.dimension))
                && let Some(candidate) = candidate_for(&mut self.draft, &relief, &bar)
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
        let Some(betti) =
            self.draft.try_candidates(&[candidate], self.prior, usize::MAX, &mut self.constraint)
        else {
            return false;
        };
        self.betti = betti;
        self.edits.push(self.draft.edit(candidate));
        (self.watch)(self.error());
        true
    }

    /// Makes the edits if each brings the Betti numbers closer to the prior, and says whether they do.
    fn make(&mut self, candidates: &[&Candidate]) -> bool {
        let error = self.error();
        let Some(betti) = self.draft.try_candidates(candidates, self.prior, error, &mut self.constraint)
        else {
            return false;
        };
        self.betti = betti;
        self.edits.extend(candidates.iter().map(|candidate| self.draft.edit(candidate)));
        (self.watch)(self.error());
        true
    }
}
