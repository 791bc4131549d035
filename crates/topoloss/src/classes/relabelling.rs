//! What pixels become that enter or leave a set of classes, so that other sets stay as they should be.

use std::collections::{BTreeMap, BTreeSet};

use persistence::Connectivity;

use super::entry::ClassPrior;
use crate::{
    bits::Bits,
    grid::Grid,
    mask::{Mask, Side},
    repair::{Candidate, Constraint},
};

/// What is at a pixel around the array, or one whose label is that of no class.
pub(super) const NO_CLASS: usize = usize::MAX;

/// The class that a pixel may become wherever it lies.
pub(super) const BACKGROUND: usize = 0;

/// The classes of a label map while the pixels of one set are edited.
#[derive(Clone, Debug)]
pub(super) struct Relabelling<'a> {
    /// The set that is edited.
    pub(super) set: &'a ClassPrior,
    /// By pixel of the grid.
    pub(super) classes: Vec<usize>,
    pub(super) connectivity: Connectivity,
    /// The entries that hold and have to go on holding, with their numbers.
    pub(super) kept: Vec<(usize, &'a ClassPrior)>,
    /// The numbers of those for whose sake edits were refused.
    pub(super) refusals: BTreeSet<usize>,
}

/// Pixels and the classes that they get.
type Changes = Vec<(usize, usize)>;

impl Constraint for Relabelling<'_> {
    fn admits(&mut self, mask: &Mask, edits: &[&Candidate]) -> bool {
        // Several edits at once are a shortcut: where they are refused, they are tried one by one.
        let choices: Vec<Changes> = match edits {
            [edit] => self.choices(mask, edit),
            _ => vec![
                edits
                    .iter()
                    .filter_map(|edit| self.choices(mask, edit).into_iter().next())
                    .flatten()
                    .collect(),
            ],
        };
        let mut broken = BTreeSet::new();
        for changes in choices {
            if changes.len() < edits.iter().map(|edit| edit.pixels.len()).sum() {
                continue;
            }
            match self.make(&mask.grid, changes) {
                Ok(()) => return true,
                Err(number) => broken.insert(number),
            };
        }
        if edits.len() == 1 {
            self.refusals.extend(broken);
        }
        false
    }
}

impl Relabelling<'_> {
    /// Gives pixels their new classes unless an entry that is to be kept is broken by it, whose number is then returned.
    fn make(&mut self, grid: &Grid, changes: Changes) -> Result<(), usize> {
        let before: Changes = changes
            .iter()
            .map(|&(pixel, class)| (pixel, std::mem::replace(&mut self.classes[pixel], class)))
            .collect();
        let is_changed = |entry: &ClassPrior| {
            changes.iter().zip(&before).any(|(now, before)| entry.contains(now.1) != entry.contains(before.1))
        };
        let holds = |entry: &ClassPrior| {
            let bits = Bits::of_cells(grid, &self.classes, |&class| entry.contains(class));
            entry.prior().is_satisfied_by(&bits.betti_numbers(self.connectivity))
        };
        match self.kept.iter().find(|(_, entry)| is_changed(entry) && !holds(entry)) {
            Some(&(number, _)) => {
                before.into_iter().for_each(|(pixel, class)| self.classes[pixel] = class);
                Err(number)
            }
            None => Ok(()),
        }
    }

    /// What the pixels of an edit may become, the first choice first: each that of what is nearest to it, or all the same,
    /// that which they touch most, and so on; the background at last. Pixels that enter the set become one of its classes,
    /// those that leave it one that is not.
    fn choices(&self, mask: &Mask, edit: &Candidate) -> Vec<Changes> {
        let enters = edit.side == Side::Foreground;
        let belongs = |class: usize| class != NO_CLASS && self.set.contains(class) == enters;
        let around =
            |pixel: usize| mask.steps_around().iter().map(move |&step| pixel.wrapping_add_signed(step));

        // From what they touch inwards. The pixels themselves are of classes that they leave.
        let mut contacts: BTreeMap<usize, usize> = BTreeMap::new();
        let mut nearest: BTreeMap<usize, usize> = BTreeMap::new();
        let mut rest: Vec<usize> = edit.pixels.clone();
        while !rest.is_empty() {
            let mut layer = Vec::new();
            for &pixel in &rest {
                let mut touched: BTreeMap<usize, usize> = BTreeMap::new();
                for near in around(pixel) {
                    let class = nearest.get(&near).copied().unwrap_or(self.classes[near]);
                    if belongs(class) {
                        *touched.entry(class).or_default() += 1;
                    }
                }
                if nearest.is_empty() {
                    touched.iter().for_each(|(&class, &times)| *contacts.entry(class).or_default() += times);
                }
                layer.extend(most_touched(&touched).first().map(|&class| (pixel, class)));
            }
            if layer.is_empty() {
                break;
            }
            nearest.extend(layer);
            rest.retain(|pixel| !nearest.contains_key(pixel));
        }
        let mut classes = most_touched(&contacts);
        let others = if enters { self.set.classes() } else { &[BACKGROUND] };
        for &class in others {
            if belongs(class) && !classes.contains(&class) {
                classes.push(class);
            }
        }
        let each = edit.pixels.iter().filter_map(|pixel| Some((*pixel, *nearest.get(pixel)?))).collect();
        let same = |class: usize| edit.pixels.iter().map(move |&pixel| (pixel, class)).collect();
        let mut choices: Vec<Changes> = std::iter::once(each).chain(classes.into_iter().map(same)).collect();
        choices.dedup();
        choices.retain(|changes| changes.len() == edit.pixels.len());
        choices
    }
}

/// Classes by how often they are touched, the smaller one first of equals.
fn most_touched(contacts: &BTreeMap<usize, usize>) -> Vec<usize> {
    let mut classes: Vec<usize> = contacts.keys().copied().collect();
    classes.sort_by_key(|class| std::cmp::Reverse(contacts[class]));
    classes
}
