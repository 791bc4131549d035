//! A map and its mask, in the course of being repaired.

use super::{
    constraint::Constraint,
    edit::{Candidate, Edit},
    options::Written,
    relief::Relief,
};
use crate::{
    Prior,
    mask::{Mask, Side},
};

/// A map and its mask, in the course of being repaired.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) mask: Mask,
    /// The values of the map as given, by pixel of the mask's grid.
    original: Vec<f32>,
    values: Vec<f32>,
    threshold: f32,
    written: Written,
}

impl Draft {
    /// `array` has the values of the mask's array in row-major order.
    pub(crate) fn new(
        mask: Mask,
        array: impl Iterator<Item = f32>,
        threshold: f32,
        written: Written,
    ) -> Self {
        let mut values = vec![0.0; mask.grid.pixels()];
        mask.grid.inside().zip(array).for_each(|(pixel, value)| values[pixel] = value);
        Self { mask, original: values.clone(), values, threshold, written }
    }

    /// The value that a pixel gets when it changes sides: its own if it is given back its side, else one that is
    /// just on the other side of the threshold or what the caller wants written.
    fn value_on(&self, pixel: usize, side: Side) -> f32 {
        let original = self.original[pixel];
        let belongs = (original >= self.threshold) == (side == Side::Foreground);
        match (side, self.written) {
            _ if belongs => original,
            (Side::Foreground, Written::AtThreshold) => self.threshold,
            (Side::Background, Written::AtThreshold) => self.threshold.next_down(),
            (Side::Foreground, Written::Values { foreground, .. }) => foreground,
            (Side::Background, Written::Values { background, .. }) => background,
        }
    }

    /// How far the value of a pixel must move to cross the threshold. Of edits of one cost the one that moves
    /// values least is preferred.
    pub(crate) fn distance_to_threshold(&self, pixel: usize) -> f64 {
        (f64::from(self.values[pixel]) - f64::from(self.threshold)).abs()
    }

    /// Makes changes one after the other if together they bring the Betti numbers, which are then returned, closer to
    /// the prior, by at least 1 for each, and the constraint admits them.
    pub(crate) fn try_candidates(
        &mut self,
        candidates: &[&Candidate],
        prior: &Prior,
        error: usize,
        constraint: &mut impl Constraint,
    ) -> Option<Vec<usize>> {
        let mut flipped = 0;
        for candidate in candidates {
            if candidate.pixels.is_empty()
                || !candidate.pixels.iter().all(|&pixel| self.mask.can_become(pixel, candidate.side))
            {
                break;
            }
            candidate.pixels.iter().for_each(|&pixel| self.mask.flip(pixel));
            flipped += 1;
        }
        let betti = (flipped == candidates.len()).then(|| self.mask.betti_numbers());
        let is_closer =
            |betti: &Vec<usize>| prior.total_error(betti).saturating_add(candidates.len()) <= error;
        let betti = betti.filter(is_closer).filter(|_| constraint.admits(&self.mask, candidates));
        if betti.is_none() {
            for candidate in &candidates[..flipped] {
                candidate.pixels.iter().for_each(|&pixel| self.mask.flip(pixel));
            }
            return None;
        }
        for candidate in candidates {
            for &pixel in &candidate.pixels {
                self.values[pixel] = self.value_on(pixel, candidate.side);
            }
        }
        betti
    }

    /// The edit as the caller sees it.
    pub(crate) fn edit(&self, candidate: &Candidate) -> Edit {
        let grid = &self.mask.grid;
        let mut pixels: Vec<u32> = candidate.pixels.iter().map(|&pixel| grid.index(pixel)).collect();
        pixels.sort_unstable();
        Edit {
            action: candidate.action,
            dimension: candidate.dimension as u8,
            side: candidate.side,
            centre: grid.centre(&pixels),
            pixels,
        }
    }

    /// The values as they are now, in row-major order.
    pub(crate) fn values(&self) -> impl Iterator<Item = f32> {
        self.mask.grid.inside().map(|pixel| self.values[pixel])
    }

    /// How many pixels are not as they were given.
    pub(crate) fn changed_pixels(&self) -> usize {
        self.mask.grid.inside().filter(|&pixel| self.values[pixel] != self.original[pixel]).count()
    }

    /// The map as it is now.
    pub(crate) fn relief(&self) -> Relief {
        Relief::new(&self.mask, self.values.clone(), self.threshold)
    }
}
