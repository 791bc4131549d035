//! The landscape that missing features are looked for in.

use ndarray::{ArrayD, IxDyn};

use crate::mask::{Mask, Side};

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
