//! What the edits of one pass did, so that none is made for what is no longer there.

use std::collections::{BTreeMap, BTreeSet};

use crate::edit::{Candidate, Target};

/// What the edits of one pass did to the regions and handles that the pass began with.
#[derive(Clone, Default)]
pub(crate) struct Made {
    /// The regions that are no longer what they were, and those of them that are gone.
    touched: BTreeSet<u32>,
    erased: BTreeSet<u32>,
    /// For connected regions one that they are connected with, nearer to the one that stands for all of them.
    towards: BTreeMap<u32, u32>,
    /// The cycles that were cut.
    cut: BTreeSet<u32>,
    /// How many voxels the last slice through a handle had.
    slice: Option<usize>,
}

impl Made {
    /// Takes note of an edit.
    pub(crate) fn add(&mut self, candidate: &Candidate) {
        match &candidate.target {
            Target::None => {}
            &Target::Region(region) => {
                self.touched.insert(region);
                self.erased.insert(region);
            }
            &Target::Regions([one, other]) => {
                self.touched.extend([one, other]);
                let (from, to) = (self.connected(one), self.connected(other));
                if from != to {
                    self.towards.insert(from, to);
                }
            }
            Target::Handle { cuts, .. } => {
                self.cut.extend(cuts);
                self.slice = Some(candidate.pixels.len());
            }
        }
    }

    /// Whether what the candidate is about is not what it was when the candidate was found.
    pub(crate) fn is_stale(&self, candidate: &Candidate) -> bool {
        match &candidate.target {
            Target::None => false,
            // There is more to erase now than there was.
            Target::Region(region) => self.touched.contains(region),
            &Target::Regions([one, other]) => {
                self.erased.contains(&one)
                    || self.erased.contains(&other)
                    || self.connected(one) == self.connected(other)
            }
            // Slices may make each other dearer, so that after the first only those are made that cost no more.
            Target::Handle { cycle, .. } => {
                self.cut.contains(cycle) || self.slice.is_some_and(|slice| candidate.pixels.len() > slice)
            }
        }
    }

    /// The region that stands for all that this one is connected with.
    fn connected(&self, region: u32) -> u32 {
        std::iter::successors(Some(region), |region| self.towards.get(region).copied())
            .last()
            .unwrap_or(region)
    }
}
