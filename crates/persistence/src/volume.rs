//! The engine for volumes: discrete Morse theory first, reduction of a matrix only where it is needed.
//!
//! As in `plane`, the cells of each lower star cancel each other there and then (Robins, Wood, Sheppard 2011), and
//! the critical edges that merge basins are dimension 0. The critical squares that merge cavities, found from the
//! other end, are dimension 2. The edges and squares left over are those of dimension 1, for which `handles`
//! reduces the boundaries of the squares.

use crate::handles::Handles;
use crate::lower_star_3d::{CRITICAL, CUBES, EDGES, LowerStar, LowerStars, SQUARES, opposite, step};
use crate::union_find::{Components, Forest};
use crate::{key, radix};

/// The buffers of the engine, kept from one volume to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Volume {
    /// Which neighbours of each voxel of one row entered before it.
    older: Vec<u32>,
    /// The number of each voxel's lower star.
    stars: Vec<u16>,
    /// From each voxel to the first of its basin, and from each cube, named by its first corner, to the one that
    /// fills its cavity.
    basin_forest: Forest,
    cavity_forest: Forest,
    basins: Components,
    cavities: Components,
    /// Critical edges and squares, see `Grid::edge_code` and `Grid::square_code`.
    edges: Vec<u64>,
    squares: Vec<u64>,
    scratch: Vec<u64>,
    handles: Handles,
}

impl Volume {
    /// Reports every pair of cells as dimension and entries of creator and destroyer. The grid is `keys` with the
    /// given lengths of the axes; its outermost voxels never enter.
    pub(crate) fn pairs(
        &mut self,
        keys: &[i32],
        extent: [usize; 3],
        mut report: impl FnMut(u8, u64, Option<u64>),
    ) {
        let grid = Grid::new(keys, extent);
        self.prepare(extent);
        self.pair_lower_stars(&grid);
        radix::sort(&mut self.edges, &mut self.scratch);
        radix::sort(&mut self.squares, &mut self.scratch);
        self.merge_basins(&grid, &mut report);
        self.merge_cavities(&grid, &mut report);
        self.handles.pairs(&grid, &self.stars, &self.squares, |creator, destroyer| {
            report(1, grid.entry(creator), Some(grid.entry(destroyer)));
        });
    }

    fn prepare(&mut self, [slices, rows, columns]: [usize; 3]) {
        let voxels = slices * rows * columns;
        self.older.resize(columns - 2, 0);
        self.stars.resize(voxels, 0);
        self.basin_forest.resize(voxels);
        self.cavity_forest.resize(voxels);
        self.basins.clear();
        self.cavities.clear();
        self.edges.clear();
        self.squares.clear();
        // The outside is the last to be filled. The cubes at the border have a corner that never enters.
        let outside = self.cavities.push(0);
        for slice in 0..slices - 1 {
            for row in 0..rows - 1 {
                let start = (slice * rows + row) * columns;
                if slice == 0 || slice == slices - 2 || row == 0 || row == rows - 2 {
                    self.cavity_forest.set_roots(start..start + columns, outside);
                } else {
                    self.cavity_forest.set_roots(start..start + 1, outside);
                    self.cavity_forest.set_roots(start + columns - 2..start + columns - 1, outside);
                }
            }
        }
    }

    fn pair_lower_stars(&mut self, grid: &Grid) {
        let table = LowerStars::get();
        let [slices, rows, columns] = grid.extent;
        for slice in 1..slices - 1 {
            for row in 1..rows - 1 {
                let start = (slice * rows + row) * columns + 1;
                grid.find_older(start, &mut self.older);
                for position in 0..self.older.len() {
                    let number = table.number(self.older[position]);
                    self.stars[start + position] = number;
                    self.add_lower_star(grid, (start + position) as u32, table.star(number));
                }
            }
        }
    }

    fn add_lower_star(&mut self, grid: &Grid, voxel: u32, star: &LowerStar) {
        if star.voxel == CRITICAL {
            let basin = self.basins.push(grid.entry(voxel));
            self.basin_forest.set_root(voxel, basin);
        } else {
            self.basin_forest.link(voxel, voxel.wrapping_add(grid.edges[usize::from(star.voxel)]));
        }
        for slot in bits(star.critical_slots.into()) {
            self.edges.push(grid.edge_code(voxel, slot as u8));
        }
        for square in bits(star.critical_squares.into()) {
            self.squares.push(grid.square_code(voxel, square));
        }
        for cube in bits(star.present_cubes.into()) {
            let cube = cube as usize;
            let name = voxel.wrapping_add(grid.cubes[cube]);
            if star.cubes[cube] == CRITICAL {
                let cavity = self.cavities.push(!grid.entry(voxel));
                self.cavity_forest.set_root(name, cavity);
            } else {
                let [one, other] = grid.cubes_at_square[usize::from(star.cubes[cube])];
                let next = if one == grid.cubes[cube] { other } else { one };
                self.cavity_forest.link(name, voxel.wrapping_add(next));
            }
        }
    }

    /// Dimension 0: the critical edges merge basins. Tells `handles` which do.
    fn merge_basins(&mut self, grid: &Grid, report: &mut impl FnMut(u8, u64, Option<u64>)) {
        let table = LowerStars::get();
        self.handles.start(grid, &self.edges);
        for (position, &code) in self.edges.iter().enumerate() {
            let (voxel, slot) = grid.edge(code);
            let edge = table.star(self.stars[voxel as usize]).edge_in_slot[usize::from(slot)];
            let one = self.basin_forest.component(voxel);
            let other = self.basin_forest.component(voxel.wrapping_add(grid.edges[usize::from(edge)]));
            if let Some(ended) = self.basins.merge(one, other) {
                self.handles.set_negative(position);
                report(0, ended, Some(grid.entry(voxel)));
            }
        }
        report(0, self.basins.survivor(), None);
    }

    /// Dimension 2: the critical squares, the last first, merge cavities. Leaves in `squares` those that do not,
    /// which end a feature of dimension 1 instead.
    fn merge_cavities(&mut self, grid: &Grid, report: &mut impl FnMut(u8, u64, Option<u64>)) {
        let mut left = self.squares.len();
        for position in (0..self.squares.len()).rev() {
            let code = self.squares[position];
            let (voxel, square) = grid.square(code);
            let [one, other] = grid.cubes_at_square[square]
                .map(|cube| self.cavity_forest.component(voxel.wrapping_add(cube)));
            if let Some(filled) = self.cavities.merge(one, other) {
                report(2, grid.entry(voxel), Some(!filled));
            } else {
                left -= 1;
                self.squares[left] = code;
            }
        }
        self.squares.drain(..left);
    }
}

fn bits(mut set: u32) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = set.trailing_zeros();
        set &= set.wrapping_sub(1);
        (bit < 32).then_some(bit)
    })
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
    pub(crate) fn entry(&self, voxel: u32) -> u64 {
        key::entry(self.keys[voxel as usize], voxel)
    }

    /// An edge in one number that orders as the edges enter: key, voxel, slot in the voxel's lower star.
    pub(crate) fn edge_code(&self, voxel: u32, slot: u8) -> u64 {
        key::entry(self.keys[voxel as usize], voxel << 3 | u32::from(slot))
    }

    /// The voxel and the slot of an edge.
    pub(crate) fn edge(&self, code: u64) -> (u32, u8) {
        let number = key::number(code);
        (number >> 3, (number & 7) as u8)
    }

    fn square_code(&self, voxel: u32, square: u32) -> u64 {
        key::entry(self.keys[voxel as usize], voxel << 4 | square)
    }

    /// The voxel and the number of a square.
    pub(crate) fn square(&self, code: u64) -> (u32, usize) {
        let number = key::number(code);
        (number >> 4, (number & 15) as usize)
    }
}
