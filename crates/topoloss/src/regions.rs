//! The connected regions of a mask, pixel by pixel.

use crate::mask::{Mask, Side};

/// The connected regions of one side of a mask.
#[derive(Clone, Debug)]
pub(crate) struct Regions {
    /// The region of each pixel, or `NONE`.
    pub(crate) of: Vec<u32>,
    /// The pixels of all regions, one after the other.
    pixels: Vec<u32>,
    starts: Vec<usize>,
}

impl Regions {
    pub(crate) const NONE: u32 = u32::MAX;

    pub(crate) fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The pixels of a region. The first is the first in row-major order.
    pub(crate) fn pixels(&self, region: usize) -> &[u32] {
        &self.pixels[self.starts[region]..self.starts[region + 1]]
    }
}

impl Mask {
    /// The connected regions of a side, in the order of their first pixels. Region 0 of the background is the
    /// outside, with every background pixel that is connected to it.
    pub(crate) fn regions(&self, side: Side) -> Regions {
        let mut regions =
            Regions { of: vec![Regions::NONE; self.cells.len()], pixels: Vec::new(), starts: vec![0] };
        for start in self.grid.walkable() {
            if !self.is(start, side) || regions.of[start] != Regions::NONE {
                continue;
            }
            let region = regions.count() as u32;
            let mut next = regions.pixels.len();
            regions.of[start] = region;
            regions.pixels.push(start as u32);
            while let Some(&pixel) = regions.pixels.get(next) {
                next += 1;
                for neighbour in self.neighbours(pixel as usize, side) {
                    if regions.of[neighbour] == Regions::NONE && self.is(neighbour, side) {
                        regions.of[neighbour] = region;
                        regions.pixels.push(neighbour as u32);
                    }
                }
            }
            regions.starts.push(regions.pixels.len());
        }
        regions
    }
}
