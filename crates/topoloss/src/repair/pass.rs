//! What the edits of one pass did, so that none is made for what is no longer there.

use std::collections::{HashMap, HashSet};

use super::edit::{Candidate, Target};

/// What the edits of one pass did to the regions and handles that the pass began with. The last ones can be rolled
/// back.
#[derive(Default)]
pub(crate) struct Pass {
    /// The regions that are no longer what they were, and those of them that are gone.
    touched: HashSet<u32>,
    erased: HashSet<u32>,
    /// For connected regions one that they are connected with, nearer to the one that stands for all of them. It is that
    /// of the most that stands for them, so that the way to it is short.
    towards: HashMap<u32, u32>,
    /// How many regions those stand for that stand for others too.
    connected: HashMap<u32, u32>,
    /// The cycles that were cut.
    cut: HashSet<u32>,
    /// How many voxels the last slice through a handle had.
    slice: Option<usize>,
    /// What the edits changed that can be rolled back, in their order.
    changes: Vec<Change>,
}

enum Change {
    Touched(u32),
    Erased(u32),
    Connected { from: u32, to: u32 },
    Cut(u32),
    Slice { before: Option<usize> },
}

impl Pass {
    /// Takes note of an edit.
    pub(crate) fn record(&mut self, candidate: &Candidate) {
        match &candidate.target {
            Target::None => {}
            &Target::Region(region) => {
                self.touch(region);
                if self.erased.insert(region) {
                    self.changes.push(Change::Erased(region));
                }
            }
            &Target::Regions([one, other]) => {
                self.touch(one);
                self.touch(other);
                self.connect(one, other);
            }
            Target::Handle { cuts, .. } => {
                for &cycle in cuts {
                    if self.cut.insert(cycle) {
                        self.changes.push(Change::Cut(cycle));
                    }
                }
                self.changes.push(Change::Slice { before: self.slice });
                self.slice = Some(candidate.pixels.len());
            }
        }
    }

    /// The edits that were noted so far will not be rolled back.
    pub(crate) fn commit(&mut self) {
        self.changes.clear();
    }

    /// Forgets the edits that were noted since the last call of [`Pass::commit`].
    pub(crate) fn roll_back(&mut self) {
        while let Some(change) = self.changes.pop() {
            match change {
                Change::Touched(region) => {
                    self.touched.remove(&region);
                }
                Change::Erased(region) => {
                    self.erased.remove(&region);
                }
                Change::Connected { from, to } => {
                    self.towards.remove(&from);
                    *self.connected.entry(to).or_insert(1) -= self.count(from);
                }
                Change::Cut(cycle) => {
                    self.cut.remove(&cycle);
                }
                Change::Slice { before } => self.slice = before,
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
                    || self.representative(one) == self.representative(other)
            }
            // Slices may make each other dearer, so that after the first only those are pass that cost no more.
            Target::Handle { cycle, .. } => {
                self.cut.contains(cycle) || self.slice.is_some_and(|slice| candidate.pixels.len() > slice)
            }
        }
    }

    fn touch(&mut self, region: u32) {
        if self.touched.insert(region) {
            self.changes.push(Change::Touched(region));
        }
    }

    fn connect(&mut self, one: u32, other: u32) {
        let (one, other) = (self.representative(one), self.representative(other));
        if one == other {
            return;
        }
        let (from, to) = if self.count(one) > self.count(other) { (other, one) } else { (one, other) };
        self.towards.insert(from, to);
        *self.connected.entry(to).or_insert(1) += self.count(from);
        self.changes.push(Change::Connected { from, to });
    }

    /// The region that stands for all that this one is connected with.
    fn representative(&self, region: u32) -> u32 {
        std::iter::successors(Some(region), |region| self.towards.get(region).copied())
            .last()
            .unwrap_or(region)
    }

    /// How many regions this one stands for, itself one of them.
    fn count(&self, region: u32) -> u32 {
        self.connected.get(&region).copied().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Action, mask::Side};

    fn candidate(target: Target, cost: usize) -> Candidate {
        let (action, side) = (Action::Cut, Side::Background);
        Candidate { action, dimension: 0, side, pixels: vec![0; cost], target }
    }

    fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
        let target = prop_oneof![
            (0u32..8).prop_map(Target::Region),
            [0u32..8, 0u32..8].prop_map(Target::Regions),
            (0u32..4, 0u32..4).prop_map(|(one, other)| Target::Handle { cycle: one, cuts: vec![one, other] }),
            Just(Target::None),
        ];
        prop::collection::vec((target, 1usize..4).prop_map(|(target, cost)| candidate(target, cost)), 0..12)
    }

    proptest! {
        #[test]
        fn what_is_rolled_back_leaves_no_trace(
            kept in candidates(),
            rolled_back in candidates(),
            later in candidates(),
            asked in candidates(),
        ) {
            let (mut pass, mut expected) = (Pass::default(), Pass::default());
            kept.iter().for_each(|candidate| pass.record(candidate));
            pass.commit();
            rolled_back.iter().for_each(|candidate| pass.record(candidate));
            pass.roll_back();
            later.iter().for_each(|candidate| pass.record(candidate));
            kept.iter().chain(&later).for_each(|candidate| expected.record(candidate));
            for candidate in &asked {
                prop_assert_eq!(pass.is_stale(candidate), expected.is_stale(candidate));
            }
        }
    }

    #[test]
    fn regions_are_connected_by_way_of_others_however_many() {
        let mut pass = Pass::default();
        // A chain, in an order in which each new one comes in front.
        (0..1000).for_each(|region| pass.record(&candidate(Target::Regions([region + 1, region]), 1)));
        assert!(pass.is_stale(&candidate(Target::Regions([0, 1000]), 1)));
        assert!(!pass.is_stale(&candidate(Target::Regions([0, 1001]), 1)));
        let steps = std::iter::successors(Some(1000), |region| pass.towards.get(region).copied()).count();
        assert!(steps < 12, "{steps}");
    }
}
