//! The engine for volumes: discrete Morse theory first, reduction of a matrix only where it is needed.
//!
//! As in `plane`, the cells of each lower star cancel each other there and then (Robins, Wood, Sheppard 2011), and
//! the critical edges that merge basins are dimension 0. The critical squares that merge cavities, found from the
//! other end, are dimension 2. The edges and squares left over are those of dimension 1, for which `handles`
//! reduces the boundaries of the squares.

use crate::handles::Handles;
use crate::octahedron::{CRITICAL, CUBES, EDGES, LowerStars, SQUARES, opposite, step};
use crate::union_find::find;

/// The buffers of the engine, kept from one volume to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Volume {
    /// Which neighbours of each voxel of one row entered before it.
    older: Vec<u32>,
    /// The number of each voxel's lower star.
    stars: Vec<u16>,
    /// The forest of voxels; later, where the critical edges of each voxel begin in `edges`.
    basins: Vec<u32>,
    /// The forest of cubes, each named by its first corner. Cube 0 is the outside.
    cavities: Vec<u32>,
    /// Critical edges, as `EdgeCode`s.
    edges: Vec<u64>,
    /// Critical squares: key, voxel, number in `SQUARES`.
    squares: Vec<u64>,
    handles: Handles,
}

impl Volume {
    /// Reports every pair of cells as (dimension, creating voxel, destroying voxel). The grid is `keys` with the
    /// given strides; its outermost voxels never enter.
    pub(crate) fn pairs(
        &mut self,
        keys: &[i32],
        extent: [usize; 3],
        mut report: impl FnMut(u8, u32, Option<u32>),
    ) {
        let grid = Grid::new(keys, extent);
        self.pair_lower_stars(&grid);
        self.edges.sort_unstable();
        self.squares.sort_unstable();
        self.handles.start(self.edges.len());
        self.merge_basins(&grid, &mut report);
        self.merge_cavities(&grid, &mut report);
        self.handles.pairs(&grid, &self.stars, &self.basins, &self.squares, |creator, destroyer| {
            report(1, creator, Some(destroyer));
        });
    }

    fn pair_lower_stars(&mut self, grid: &Grid) {
        let count = grid.keys.len();
        self.stars.resize(count, 0);
        self.basins.resize(count, 0);
        self.cavities.resize(count, 0);
        self.edges.clear();
        self.squares.clear();
        let [slices, rows, columns] = grid.extent;
        self.older.resize(columns - 2, 0);
        let table = LowerStars::get();
        self.join_border_cubes_to_outside(grid.extent);
        for slice in 1..slices - 1 {
            for row in 1..rows - 1 {
                let start = (slice * rows + row) * columns + 1;
                grid.find_older(start, &mut self.older);
                for (voxel, &older) in (start as u32..).zip(&self.older) {
                    let number = table.number(older);
                    let star = table.star(number);
                    self.stars[voxel as usize] = number;
                    self.basins[voxel as usize] = match star.voxel {
                        CRITICAL => voxel,
                        edge => voxel.wrapping_add(grid.edges[usize::from(edge)]),
                    };
                    let mut slots = star.critical_slots;
                    while slots != 0 {
                        self.edges.push(grid.edge_code(voxel, slots.trailing_zeros() as u8));
                        slots &= slots - 1;
                    }
                    let mut squares = star.critical_squares;
                    while squares != 0 {
                        self.squares.push(grid.square_code(voxel, squares.trailing_zeros()));
                        squares &= squares - 1;
                    }
                    let mut cubes = star.present_cubes;
                    while cubes != 0 {
                        let cube = cubes.trailing_zeros() as usize;
                        cubes &= cubes - 1;
                        let name = voxel.wrapping_add(grid.cubes[cube]);
                        let square = usize::from(star.cubes[cube]);
                        self.cavities[name as usize] = if square < 12 {
                            let [one, other] = grid.cubes_at_square[square];
                            voxel.wrapping_add(if one == grid.cubes[cube] { other } else { one })
                        } else {
                            name
                        };
                    }
                }
            }
        }
    }

    /// A cube at the border has a corner that never enters.
    fn join_border_cubes_to_outside(&mut self, [slices, rows, columns]: [usize; 3]) {
        for slice in 0..slices - 1 {
            for row in 0..rows - 1 {
                let start = (slice * rows + row) * columns;
                if slice == 0 || slice == slices - 2 || row == 0 || row == rows - 2 {
                    self.cavities[start..start + columns].fill(0);
                } else {
                    self.cavities[start] = 0;
                    self.cavities[start + columns - 2] = 0;
                }
            }
        }
    }

    /// Dimension 0. Leaves in `basins` where the critical edges of each voxel begin.
    fn merge_basins(&mut self, grid: &Grid, report: &mut impl FnMut(u8, u32, Option<u32>)) {
        let table = LowerStars::get();
        for (position, &code) in self.edges.iter().enumerate() {
            let (voxel, slot) = grid.edge(code);
            let edge = table.star(self.stars[voxel as usize]).edge_in_slot[usize::from(slot)];
            let one = find(&mut self.basins, voxel);
            let other = find(&mut self.basins, voxel.wrapping_add(grid.edges[usize::from(edge)]));
            if one == other {
                continue;
            }
            let (older, younger) =
                if grid.entry(one) < grid.entry(other) { (one, other) } else { (other, one) };
            self.basins[younger as usize] = older;
            self.handles.set_negative(position);
            report(0, younger, Some(voxel));
        }
        let inside = ((grid.extent[1] + 1) * grid.extent[2] + 1) as u32;
        report(0, find(&mut self.basins, inside), None);
        for (position, &code) in self.edges.iter().enumerate().rev() {
            self.basins[grid.edge(code).0 as usize] = position as u32;
        }
    }

    /// Dimension 2. Leaves in `squares` those that end a feature of dimension 1.
    fn merge_cavities(&mut self, grid: &Grid, report: &mut impl FnMut(u8, u32, Option<u32>)) {
        let mut left = self.squares.len();
        for position in (0..self.squares.len()).rev() {
            let code = self.squares[position];
            let (voxel, square) = grid.square(code);
            let [one, other] =
                grid.cubes_at_square[square].map(|cube| find(&mut self.cavities, voxel.wrapping_add(cube)));
            if one == other {
                left -= 1;
                self.squares[left] = code;
                continue;
            }
            // The root of a tree is a critical cube, which has the name of the voxel that brings it. The outside
            // has the key of a voxel that never enters.
            let (filled_first, filled_last) =
                if grid.entry(one) < grid.entry(other) { (one, other) } else { (other, one) };
            self.cavities[filled_first as usize] = filled_last;
            report(2, voxel, Some(filled_first));
        }
        self.squares.drain(..left);
    }
}

/// The keys, and the offsets from a voxel to all that is around it. Offsets are added with wrap-around.
pub(crate) struct Grid<'a> {
    pub(crate) keys: &'a [i32],
    extent: [usize; 3],
    /// To the neighbour at the other end of each edge.
    pub(crate) edges: [u32; EDGES],
    /// To the neighbour across each of `SQUARES`.
    squares: [u32; 12],
    /// To the neighbour across each of `CUBES`.
    corners: [u32; 8],
    /// To the name of each of `CUBES`.
    cubes: [u32; 8],
    /// To the names of the two cubes at each of `SQUARES`.
    cubes_at_square: [[u32; 2]; 12],
}

impl<'a> Grid<'a> {
    fn new(keys: &'a [i32], extent: [usize; 3]) -> Self {
        let strides = [extent[1] * extent[2], extent[2], 1];
        let offset = |directions: &[usize], keep: fn(isize) -> isize| {
            let flat: isize = directions
                .iter()
                .map(|&direction| {
                    step(direction)
                        .iter()
                        .zip(strides)
                        .map(|(&step, stride)| keep(step) * stride as isize)
                        .sum::<isize>()
                })
                .sum();
            flat as i32 as u32
        };
        let whole = |directions: &[usize]| offset(directions, |step| step);
        // The first corner of a cube differs from the voxel in its negative directions only.
        let first_corner = |directions: &[usize]| offset(directions, |step| step.min(0));
        Self {
            keys,
            extent,
            edges: std::array::from_fn(|edge| whole(&[edge])),
            squares: SQUARES.map(|edges| whole(&edges)),
            corners: CUBES.map(|edges| whole(&edges)),
            cubes: CUBES.map(|edges| first_corner(&edges)),
            cubes_at_square: SQUARES.map(|[a, b]| {
                let third = (0..3).find(|&c| ![a, b, opposite(a), opposite(b)].contains(&c)).unwrap_or(0);
                [third, opposite(third)].map(|c| first_corner(&[a, b, c]))
            }),
        }
    }

    /// For a row of voxels from `start` on, which neighbours entered before each: bits as `LowerStars` wants them.
    /// Of equal keys the one with the smaller index is older.
    fn find_older(&self, start: usize, older: &mut [u32]) {
        let count = older.len();
        let here = &self.keys[start..start + count];
        older.fill(0);
        let offsets = self.edges.iter().chain(&self.squares).chain(&self.corners);
        for (bit, &offset) in offsets.enumerate() {
            let offset = offset as i32 as isize;
            let there = &self.keys[start.wrapping_add_signed(offset)..][..count];
            if offset < 0 {
                for ((older, there), here) in older.iter_mut().zip(there).zip(here) {
                    *older |= u32::from(there <= here) << bit;
                }
            } else {
                for ((older, there), here) in older.iter_mut().zip(there).zip(here) {
                    *older |= u32::from(there < here) << bit;
                }
            }
        }
    }

    /// When a voxel enters.
    pub(crate) fn entry(&self, voxel: u32) -> (i32, u32) {
        (self.keys[voxel as usize], voxel)
    }

    /// An edge in one number that orders as the edges enter: key, voxel, slot in the voxel's lower star.
    pub(crate) fn edge_code(&self, voxel: u32, slot: u8) -> u64 {
        self.ordered_key(voxel) | u64::from(voxel << 3) | u64::from(slot)
    }

    /// The voxel and the slot of an edge.
    pub(crate) fn edge(&self, code: u64) -> (u32, u8) {
        let low = code as u32;
        (low >> 3, (low & 7) as u8)
    }

    fn square_code(&self, voxel: u32, square: u32) -> u64 {
        self.ordered_key(voxel) | u64::from(voxel << 4 | square)
    }

    /// The voxel and the number of a square.
    pub(crate) fn square(&self, code: u64) -> (u32, usize) {
        let low = code as u32;
        (low >> 4, (low & 15) as usize)
    }

    fn ordered_key(&self, voxel: u32) -> u64 {
        u64::from(self.keys[voxel as usize].cast_unsigned() ^ 1 << 31) << 32
    }
}
