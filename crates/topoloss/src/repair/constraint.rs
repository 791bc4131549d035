//! What else has to be heeded when a mask is edited.

use super::edit::Candidate;
use crate::mask::Mask;

/// Says which edits may be made. A search that looks ahead works on copies.
pub(crate) trait Constraint: Clone {
    /// Whether these edits, which have been made in the mask, may stay. If so, the constraint takes them into account from
    /// now on; if not, they are undone.
    fn admits(&mut self, mask: &Mask, edits: &[&Candidate]) -> bool;
}

/// Every edit may be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unconstrained;

impl Constraint for Unconstrained {
    fn admits(&mut self, _: &Mask, _: &[&Candidate]) -> bool {
        true
    }
}
