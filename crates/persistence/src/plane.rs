//! The engine for images. No sort of the pixels, O(n + c log c) for c critical edges.
//!
//! Pixels are vertices; see `frame` for how this serves both connectivities. When a pixel enters, so do the edges
//! and squares that it closes together with pixels that entered before: its lower star. Almost all of these cells
//! cancel each other there and then. What is left are the critical cells, and only they are looked at again:
//!
//! 1. One scan pairs the cells of every lower star. The pairs (pixel, edge) are a forest that leads from each pixel
//!    to the first pixel of its basin; the pairs (edge, square) are a forest on the squares and the outside.
//! 2. The critical edges, in the order in which they enter, merge basins: dimension 0.
//! 3. Those that merged nothing close loops. In the reverse order they merge the squares' trees, and the tree that
//!    is swallowed has the square that fills the loop as its root: dimension 1.

use crate::lower_star_2d::{
    CRITICAL, HAVE_CRITICAL, LOWER_STARS, LowerStar, NORTH_EAST, NORTH_WEST, SOUTH_EAST, SOUTH_WEST, Steps,
    neighbours, squares_across,
};
use crate::union_find::{Components, Forest};
use crate::{key, radix};

/// The buffers of the engine, kept from one image to the next.
#[derive(Clone, Debug)]
pub(crate) struct Plane {
    /// The lower stars as offsets in rows of this width.
    width: usize,
    steps: Box<Steps>,
    /// Which neighbours of each pixel entered before it, in this row and in the one above.
    older: Vec<u8>,
    older_above: Vec<u8>,
    /// Which of the four neighbours before each pixel did, in this row and in the one below.
    before: Vec<u8>,
    before_below: Vec<u8>,
    /// 1 for each pixel of a row that brings critical cells.
    flags: Vec<u8>,
    /// From each pixel to the first of its basin, and from each square, named by its first corner, to the one that
    /// fills its hole. Square 0 is the outside.
    basin_forest: Forest,
    hole_forest: Forest,
    basins: Components,
    holes: Components,
    /// The critical edges as the scan meets them.
    critical: Vec<CriticalEdge>,
    /// Key and position in `critical` of each.
    order: Vec<u64>,
    scratch: Vec<u64>,
    /// The critical edges as they enter; then those of them that close loops.
    entering: Vec<CriticalEdge>,
}

/// A lower star without critical cells, for the pixels that never enter.
const REGULAR: u8 = 1;
/// All neighbours entered before a pixel that never does.
const NEVER_ENTERS: u8 = !0;

#[derive(Clone, Copy, Debug)]
struct CriticalEdge {
    /// The key and index of the pixel that brings the edge.
    entry: u64,
    /// The basins that it joins and the holes that it separates: first as a pixel or square of each.
    basins: [u32; 2],
    holes: [u32; 2],
}

impl Default for Plane {
    fn default() -> Self {
        Self {
            width: 0,
            steps: Box::new(Steps::new(0)),
            older: Vec::new(),
            older_above: Vec::new(),
            before: Vec::new(),
            before_below: Vec::new(),
            flags: Vec::new(),
            basin_forest: Forest::default(),
            hole_forest: Forest::default(),
            basins: Components::default(),
            holes: Components::default(),
            critical: Vec::new(),
            order: Vec::new(),
            scratch: Vec::new(),
            entering: Vec::new(),
        }
    }
}

impl Plane {
    /// Reports every pair of cells as dimension and entries of creator and destroyer. The grid is `keys` in rows of
    /// `width`; its outermost pixels never enter.
    pub(crate) fn pairs(&mut self, keys: &[i32], width: usize, mut report: impl FnMut(u8, u64, Option<u64>)) {
        self.prepare(keys.len(), width);
        self.pair_lower_stars(keys);
        self.find_ends_of_critical_edges();
        radix::sort(&mut self.order, &mut self.scratch);
        // All copies at once: these are the accesses that miss the cache, and so they do not wait for each other.
        self.entering.extend(self.order.iter().map(|&order| self.critical[key::number(order) as usize]));

        self.entering.retain(|edge| {
            let [one, other] = edge.basins;
            let ended = self.basins.merge(one, other);
            if let Some(ended) = ended {
                report(0, ended, Some(edge.entry));
            }
            ended.is_none()
        });
        for edge in self.entering.iter().rev() {
            let [one, other] = edge.holes;
            // An edge that joins no basins separates two holes, or a hole and the outside.
            if let Some(filled) = self.holes.merge(one, other) {
                report(1, edge.entry, Some(!filled));
            }
        }
        report(0, self.basins.survivor(), None);
    }

    fn prepare(&mut self, pixels: usize, width: usize) {
        if self.width != width {
            self.width = width;
            *self.steps = Steps::new(width);
        }
        for (row, at_the_ends) in [
            (&mut self.older, REGULAR),
            (&mut self.older_above, REGULAR),
            (&mut self.before, NEVER_ENTERS),
            (&mut self.before_below, NEVER_ENTERS),
        ] {
            row.clear();
            row.resize(width, at_the_ends);
        }
        self.flags.clear();
        self.flags.resize(width.next_multiple_of(8), 0);
        self.basin_forest.resize(pixels);
        self.hole_forest.resize(pixels);
        self.basins.clear();
        self.holes.clear();
        self.critical.clear();
        self.order.clear();
        self.entering.clear();
        // The outside is the last to be filled. The squares at the border have a corner that never enters.
        let outside = self.holes.push(0);
        let height = pixels / width;
        for row in 0..height - 1 {
            let start = row * width;
            if row == 0 || row == height - 2 {
                self.hole_forest.set_roots(start..start + width, outside);
            } else {
                self.hole_forest.set_roots(start..start + 1, outside);
                self.hole_forest.set_roots(start + width - 2..start + width - 1, outside);
            }
        }
    }

    fn pair_lower_stars(&mut self, keys: &[i32]) {
        let width = self.width;
        let last = keys.len() / width - 2;
        let rows_to = |row: usize| &keys[(row - 1) * width..(row + 1) * width];
        find_entered_before(rows_to(1), width, &mut self.before);
        for row in 1..=last {
            std::mem::swap(&mut self.older, &mut self.older_above);
            if row < last {
                find_entered_before(rows_to(row + 1), width, &mut self.before_below);
            } else {
                self.before_below.fill(NEVER_ENTERS);
            }
            find_older(&self.before, &self.before_below, &mut self.older);
            std::mem::swap(&mut self.before, &mut self.before_below);
            let start = row * width;
            self.link_pixels(start);
            if row > 1 {
                self.link_squares(start - width);
                self.find_critical_cells(keys, start - width);
            }
        }
        std::mem::swap(&mut self.older, &mut self.older_above);
        self.find_critical_cells(keys, last * width);
    }

    /// Of the pixels of the upper row, which begins at `start` and whose links are all written.
    fn find_critical_cells(&mut self, keys: &[i32], start: usize) {
        for (flag, &older) in self.flags.iter_mut().zip(&self.older_above) {
            *flag = HAVE_CRITICAL[usize::from(older)];
        }
        // Eight pixels at once, since most have none.
        for first in (0..self.flags.len()).step_by(8) {
            let mut flags = self.flags[first..].first_chunk().map_or(0, |&flags| u64::from_le_bytes(flags));
            while flags != 0 {
                let column = first + flags.trailing_zeros() as usize / 8;
                flags &= flags - 1;
                let star = &LOWER_STARS[usize::from(self.older_above[column])];
                self.add_critical_cells(keys, (start + column) as u32, star);
            }
        }
    }

    /// The pixels of the row that begins at `start`.
    fn link_pixels(&mut self, start: usize) {
        let older = &self.older[1..self.width - 1];
        let steps = older.iter().map(|&older| self.steps.pixel[usize::from(older)]);
        self.basin_forest.link_all(start as u32 + 1, steps);
    }

    /// The squares between two rows, the upper of which begins at `start`.
    fn link_squares(&mut self, start: usize) {
        let inner = 1..self.width - 1;
        let above = self.older_above[inner.clone()].array_windows();
        let below = self.older[inner].array_windows();
        let step = |square: usize, older: u8| self.steps.squares[square][usize::from(older)];
        let steps = above.zip(below).map(|(&[above_left, above_right], &[below_left, below_right])| {
            // A square is in the lower star of just one of its corners, and in the others its step is zero.
            step(SOUTH_EAST, above_left)
                .wrapping_add(step(SOUTH_WEST, above_right))
                .wrapping_add(step(NORTH_EAST, below_left))
                .wrapping_add(step(NORTH_WEST, below_right))
        });
        self.hole_forest.link_all(start as u32 + 1, steps);
    }

    fn add_critical_cells(&mut self, keys: &[i32], pixel: u32, star: &LowerStar) {
        let key = keys[pixel as usize];
        let entry = key::entry(key, pixel);
        if usize::from(star.pixel) == CRITICAL {
            let basin = self.basins.push(entry);
            self.basin_forest.set_root(pixel, basin);
        }
        if usize::from(star.squares[SOUTH_EAST]) == CRITICAL {
            let hole = self.holes.push(!entry);
            self.hole_forest.set_root(pixel, hole);
        }
        let neighbours = neighbours(self.width);
        let across = squares_across(self.width);
        for edge in (0..4).filter(|edge| star.critical_edges & 1 << edge != 0) {
            self.order.push(key::entry(key, self.critical.len() as u32));
            self.critical.push(CriticalEdge {
                entry,
                basins: [pixel, pixel.wrapping_add(neighbours[edge])],
                holes: across[edge].map(|square| pixel.wrapping_add(square)),
            });
        }
    }

    /// In the order of the scan, in which what is near is in cache.
    fn find_ends_of_critical_edges(&mut self) {
        for edge in &mut self.critical {
            edge.basins = edge.basins.map(|pixel| self.basin_forest.component(pixel));
            edge.holes = edge.holes.map(|square| self.hole_forest.component(square));
        }
    }
}

/// For each inner pixel of the second of two rows, which of its four neighbours before it, in the order of the
/// indices, entered before it; those of an equal key did.
fn find_entered_before(rows: &[i32], width: usize, before: &mut [u8]) {
    let count = width - 2;
    let at = |row: usize, column: usize| &rows[row * width + column..][..count];
    let (north_west, north, north_east) = (at(0, 0), at(0, 1), at(0, 2));
    let (west, here) = (at(1, 0), at(1, 1));
    for (i, before) in before[1..][..count].iter_mut().enumerate() {
        let key = here[i];
        *before = (i32::from(north[i] <= key)
            | i32::from(west[i] <= key) << 1
            | i32::from(north_west[i] <= key) << 4
            | i32::from(north_east[i] <= key) << 5) as u8;
    }
}

/// For each inner pixel of a row, which of all its neighbours entered before it. Whether those after it did is the
/// contrary of what was found for them.
fn find_older(before: &[u8], before_below: &[u8], older: &mut [u8]) {
    let count = older.len() - 2;
    let (here, east) = (&before[1..][..count], &before[2..][..count]);
    let [south_west, south, south_east] = [0, 1, 2].map(|column| &before_below[column..][..count]);
    for (i, older) in older[1..][..count].iter_mut().enumerate() {
        *older = here[i]
            | (!east[i] & 1 << 1) << 1
            | (!south[i] & 1) << 3
            | (!south_west[i] & 1 << 5) << 1
            | (!south_east[i] & 1 << 4) << 3;
    }
}
