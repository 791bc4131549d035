//! Coarser copies of an array, and the way of a gradient back to the fine one.
//!
//! The discussion of Clough et al. 2020 proposes the loss on a downsampled prediction: persistent homology costs
//! more than linear time, and a feature smaller than a block should not matter.

use std::num::NonZeroUsize;

use persistence::{coordinates_into, flat_index};

/// How the pixels of a block become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum PoolingKind {
    /// The greatest value. The gradient goes to the pixel that has it, the first in row-major order if several do.
    /// Gaps narrower than a block close.
    Max,
    /// The mean value. The gradient is divided equally among the pixels of the block.
    Mean,
}

persistence::names!(PoolingKind, "kind of pooling": Max "max", Mean "mean");

/// A copy in which each block of `factor` pixels along every axis is one pixel.
///
/// Where `factor` does not divide an axis the last blocks are smaller, and a mean is that of the pixels that exist:
/// an axis of length n becomes one of length ceil(n / factor).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Pooling {
    /// The side of a block, in pixels.
    pub factor: NonZeroUsize,
    /// How the pixels of a block become one.
    pub kind: PoolingKind,
}

/// The blocks of one array. An image is a volume of one slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Blocks {
    pooling: Pooling,
    fine: [usize; 3],
    coarse: [usize; 3],
}

impl Blocks {
    pub(crate) fn new(fine: [usize; 3], pooling: Pooling) -> Self {
        Self { pooling, fine, coarse: fine.map(|length| length.div_ceil(pooling.factor.get())) }
    }

    /// `[slices, rows, columns]` of the coarse array.
    pub(crate) fn coarse_shape(&self) -> [usize; 3] {
        self.coarse
    }

    /// Writes the coarse array over `coarse`; both arrays are in row-major order.
    pub(crate) fn pool(&self, fine: &[f32], coarse: &mut Vec<f32>) {
        coarse.clear();
        coarse.extend((0..self.coarse.iter().product()).map(|block| match self.pooling.kind {
            PoolingKind::Max => fine[self.greatest(block, fine)],
            PoolingKind::Mean => {
                let sum: f64 = self.pixels(block).map(|pixel| f64::from(fine[pixel])).sum();
                (sum / self.pixels(block).count() as f64) as f32
            }
        }));
    }

    /// Calls `add` with each pixel of the fine array that has a part of the gradient of a coarse pixel.
    pub(crate) fn carry_back(
        &self,
        block: u32,
        gradient: f64,
        fine: &[f32],
        mut add: impl FnMut(usize, f64),
    ) {
        let block = block as usize;
        match self.pooling.kind {
            PoolingKind::Max => add(self.greatest(block, fine), gradient),
            PoolingKind::Mean => {
                let share = gradient / self.pixels(block).count() as f64;
                self.pixels(block).for_each(|pixel| add(pixel, share));
            }
        }
    }

    /// The pixel of a block with the greatest value, the first of equal ones.
    fn greatest(&self, block: usize, fine: &[f32]) -> usize {
        self.pixels(block)
            .reduce(|best, pixel| if fine[pixel] > fine[best] { pixel } else { best })
            .unwrap_or(0)
    }

    /// The pixels of a block in row-major order.
    fn pixels(&self, block: usize) -> impl Iterator<Item = usize> {
        let mut at = [0; 3];
        coordinates_into(block, &self.coarse, &mut at);
        let along = |axis: usize| {
            let from = at[axis] * self.pooling.factor.get();
            from..from.saturating_add(self.pooling.factor.get()).min(self.fine[axis])
        };
        let fine = self.fine;
        let (slices_of, rows_of, columns_of) = (along(0), along(1), along(2));
        slices_of.flat_map(move |slice| {
            let columns_of = columns_of.clone();
            rows_of.clone().flat_map(move |row| {
                columns_of.clone().map(move |column| flat_index(&[slice, row, column], &fine))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(kind: PoolingKind) -> Blocks {
        let factor = NonZeroUsize::new(2).unwrap();
        Blocks::new([1, 3, 5], Pooling { factor, kind })
    }

    const FINE: [f32; 15] = [
        0.0, 0.1, 0.2, 0.3, 0.4, //
        0.5, 0.6, 0.7, 0.7, 0.9, //
        1.0, 0.1, 0.2, 0.3, 0.8,
    ];

    #[test]
    fn the_last_blocks_are_what_is_left() {
        let mut coarse = Vec::new();
        blocks(PoolingKind::Max).pool(&FINE, &mut coarse);
        assert_eq!(coarse, [0.6, 0.7, 0.9, 1.0, 0.3, 0.8]);
        blocks(PoolingKind::Mean).pool(&FINE, &mut coarse);
        let expected = [0.3, 0.475, 0.65, 0.55, 0.25, 0.8];
        assert!(
            coarse.iter().zip(expected).all(|(mean, expected): (&f32, f32)| (mean - expected).abs() < 1e-6)
        );
    }

    #[test]
    fn a_gradient_goes_back_to_where_the_value_came_from() {
        let back = |kind, block| {
            let mut parts = Vec::new();
            blocks(kind).carry_back(block, 1.0, &FINE, |pixel, part| parts.push((pixel, part)));
            parts
        };
        assert_eq!(back(PoolingKind::Max, 1), [(7, 1.0)], "the first of two equal pixels");
        assert_eq!(back(PoolingKind::Mean, 0), [(0, 0.25), (1, 0.25), (5, 0.25), (6, 0.25)]);
        assert_eq!(back(PoolingKind::Mean, 2), [(4, 0.5), (9, 0.5)]);
        assert_eq!(back(PoolingKind::Mean, 5), [(14, 1.0)]);
    }
}
