//! Changes of a map, one by one, and the map that they are made on.

use ndarray::{ArrayD, IxDyn};

use crate::{
    Prior, Written,
    mask::{Mask, Side},
};

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// An island becomes background.
    Remove,
    /// A hole or cavity, or a disc across a handle's opening with the cavities that it closes, becomes foreground.
    Fill,
    /// A path becomes foreground: it connects two components, or closes a loop, or shuts a cavity.
    Bridge,
    /// A path becomes background: it opens a hole or cavity, divides a component, drills a tunnel, or takes a slice
    /// out of a handle, with the pieces that it cuts off.
    Cut,
    /// One pixel becomes foreground and is a component of its own.
    Add,
    /// One pixel becomes background and is a hole or cavity of its own.
    Punch,
}

/// One change of the map that brings its Betti numbers closer to the prior.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// What the edit does.
    pub action: Action,
    /// The dimension of the feature that is removed or made: 0 for a component, 1 for a hole (2D) or handle (3D),
    /// 2 for a cavity (3D).
    pub dimension: u8,
    /// What the pixels become.
    pub side: Side,
    /// The pixels that change sides: flat indices in row-major (C) order, ascending.
    pub pixels: Vec<u32>,
    /// The mean position of the pixels, one coordinate per axis.
    pub centre: Vec<f64>,
}

impl Edit {
    /// How many pixels change sides.
    pub fn cost(&self) -> usize {
        self.pixels.len()
    }
}

/// An edit that may or may not do what it is meant to.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) action: Action,
    pub(crate) dimension: usize,
    pub(crate) side: Side,
    pub(crate) pixels: Vec<usize>,
    pub(crate) target: Target,
}

/// What an edit is about, by which the edits of one pass are kept apart.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Nothing that was there before.
    None,
    /// A region, which is removed or filled.
    Region(u32),
    /// Two regions, which are connected.
    Regions([u32; 2]),
    /// A handle, by the number of a cycle through it; and the numbers of all cycles that the edit cuts, this one too.
    Handle { cycle: u32, cuts: Vec<u32> },
}

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
    /// the prior, by at least 1 for each: so that none of them is in vain.
    pub(crate) fn try_candidates(
        &mut self,
        candidates: &[&Candidate],
        prior: &Prior,
        error: usize,
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
        let betti = betti.filter(is_closer);
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

/// A landscape whose part above sea level is the mask: the map itself, or the distance to the mask's border.
#[derive(Clone, Debug)]
pub(crate) struct Relief {
    pub(crate) array: ArrayD<f32>,
    pub(crate) level: f32,
    values: Vec<f32>,
}

impl Relief {
    /// `values` are by pixel of the mask's grid.
    pub(crate) fn new(mask: &Mask, values: Vec<f32>, level: f32) -> Self {
        let grid = &mask.grid;
        let mut inside = grid.inside();
        let array = ArrayD::from_shape_simple_fn(IxDyn(grid.shape()), || {
            inside.next().map_or(level, |pixel| values[pixel])
        });
        Self { array, level, values }
    }

    pub(crate) fn value(&self, pixel: usize) -> f32 {
        self.values[pixel]
    }

    /// Whether `pixel` joins `side` before `other` does: as the level falls, for the foreground; as it rises, for
    /// the background. Of equal values the foreground gets the one with the smaller index first and the background
    /// the one with the larger.
    pub(crate) fn is_before(&self, mask: &Mask, pixel: usize, other: usize, side: Side) -> bool {
        if mask.is_outside(pixel) {
            return side == Side::Background;
        }
        let (one, another) = (self.values[pixel], self.values[other]);
        match side {
            Side::Foreground => one > another || (one == another && pixel < other),
            Side::Background => one < another || (one == another && pixel > other),
        }
    }
}
