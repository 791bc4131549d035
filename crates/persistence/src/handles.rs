//! Dimension 1 of volumes: the boundaries of critical squares, reduced.
//!
//! Each column begins as the boundary of a critical square, a set of edges modulo 2, and the last edge to enter
//! decides: if its lower star pairs it with a square, that square's boundary is added, which replaces it by older
//! edges; if it is critical and already closed by an earlier square, that square's column is added; else the square
//! closes it. Edges that merge components or are paired with voxels never decide and are left out. All is lazy: no
//! edge is replaced before it is the last, and a column is kept as it was when it was decided.

use std::collections::BinaryHeap;

use crate::lower_star_3d::{CRITICAL, LowerStar, LowerStars, SQUARES, TAKEN, opposite};
use crate::volume::Grid;

/// The state of a critical edge, if no column has it as its last one.
const OPEN: u32 = u32::MAX;
/// The edge merges two components.
const NEGATIVE: u32 = u32::MAX - 1;

/// The buffers of the reduction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handles {
    /// Where the critical edges of each voxel begin among all; meaningless for voxels that have none.
    first_edges: Vec<u32>,
    /// For each critical edge the column that it is the last edge of, or `OPEN`, or `NEGATIVE`.
    state: Vec<u32>,
    /// The edges of all columns but for their last ones.
    columns: Vec<u64>,
    /// Where each column ends in `columns`.
    ends: Vec<usize>,
    /// The column that is being reduced.
    heap: BinaryHeap<u64>,
    rest: Vec<u64>,
}

impl Handles {
    /// Begins with the critical edges in the order in which they enter.
    pub(crate) fn start(&mut self, grid: &Grid, edges: &[u64]) {
        self.first_edges.resize(grid.keys.len(), 0);
        for (position, &code) in edges.iter().enumerate().rev() {
            self.first_edges[grid.edge(code).0 as usize] = position as u32;
        }
        self.state.clear();
        self.state.resize(edges.len(), OPEN);
        self.columns.clear();
        self.ends.clear();
    }

    /// Says that a critical edge, given by its position, merges two components.
    pub(crate) fn set_negative(&mut self, edge: usize) {
        self.state[edge] = NEGATIVE;
    }

    /// Reports the voxels of each edge and of the square that closes it, for all the squares that close one, which
    /// are given in the order in which they enter.
    pub(crate) fn pairs(
        &mut self,
        grid: &Grid,
        stars: &[u16],
        squares: &[u64],
        mut report: impl FnMut(u32, u32),
    ) {
        let complex = Complex { grid, stars, table: LowerStars::get() };
        for &square in squares {
            let (voxel, number) = grid.square(square);
            self.heap.clear();
            for edge in complex.boundary(voxel, number) {
                self.push(&complex, edge);
            }
            while let Some(last) = self.pop() {
                let (owner, slot) = grid.edge(last);
                let star = complex.star(owner);
                let edge = star.edge_in_slot[usize::from(slot)];
                match star.edges[usize::from(edge)] {
                    CRITICAL => {
                        let number = self.number(&complex, owner, slot);
                        match self.state[number] {
                            OPEN => {
                                self.state[number] = self.ends.len() as u32;
                                self.keep_column();
                                report(owner, voxel);
                                break;
                            }
                            column => self.add_column(column as usize),
                        }
                    }
                    square => {
                        for other in complex.boundary(owner, usize::from(square)) {
                            if other != (owner, edge) {
                                self.push(&complex, other);
                            }
                        }
                    }
                }
            }
        }
    }

    fn push(&mut self, complex: &Complex, (owner, edge): (u32, u8)) {
        let star = complex.star(owner);
        let slot = star.slots[usize::from(edge)];
        match star.edges[usize::from(edge)] {
            TAKEN => return,
            CRITICAL if self.state[self.number(complex, owner, slot)] == NEGATIVE => return,
            _ => {}
        }
        self.heap.push(complex.grid.edge_code(owner, slot));
    }

    /// The position of a critical edge among all critical edges.
    fn number(&self, complex: &Complex, voxel: u32, slot: u8) -> usize {
        let before = complex.star(voxel).critical_slots & ((1 << slot) - 1);
        (self.first_edges[voxel as usize] + before.count_ones()) as usize
    }

    /// The last edge of the column, with pairs of equal ones cancelled.
    fn pop(&mut self) -> Option<u64> {
        loop {
            let last = self.heap.pop()?;
            match self.heap.peek() {
                Some(&same) if same == last => {
                    self.heap.pop();
                }
                _ => return Some(last),
            }
        }
    }

    fn add_column(&mut self, column: usize) {
        let start = if column == 0 { 0 } else { self.ends[column - 1] };
        self.heap.extend(self.columns[start..self.ends[column]].iter().copied());
    }

    /// Keeps the column but for its last edge, with equal edges cancelled: kept, they would multiply.
    fn keep_column(&mut self) {
        self.rest.clear();
        self.rest.extend(self.heap.drain());
        self.rest.sort_unstable();
        for same in self.rest.chunk_by(|a, b| a == b) {
            if same.len() % 2 == 1 {
                self.columns.push(same[0]);
            }
        }
        self.ends.push(self.columns.len());
    }
}

/// The lower stars with the means to walk between them.
struct Complex<'a> {
    grid: &'a Grid<'a>,
    stars: &'a [u16],
    table: &'static LowerStars,
}

impl Complex<'_> {
    fn star(&self, voxel: u32) -> &'static LowerStar {
        self.table.star(self.stars[voxel as usize])
    }

    /// The four edges of a square in the lower star of a voxel, each with the voxel whose star it is in.
    fn boundary(&self, voxel: u32, square: usize) -> [(u32, u8); 4] {
        let [a, b] = SQUARES[square];
        [(voxel, a as u8), (voxel, b as u8), self.parallel_edge(voxel, a, b), self.parallel_edge(voxel, b, a)]
    }

    /// The edge in direction `along` at the neighbour in direction `to`, which is in the star of its younger end.
    fn parallel_edge(&self, voxel: u32, to: usize, along: usize) -> (u32, u8) {
        let near = voxel.wrapping_add(self.grid.edges[to]);
        let far = near.wrapping_add(self.grid.edges[along]);
        if self.grid.entry(near) > self.grid.entry(far) {
            (near, along as u8)
        } else {
            (far, opposite(along) as u8)
        }
    }
}
