//! The lower stars of a volume: how the cells that enter together with one voxel cancel each other.
//!
//! Around a voxel lie 6 edges, 12 squares and 8 cubes, which are the corners, edges and faces of an octahedron. The
//! ones that enter together with the voxel, its lower star, are those whose other voxels all entered before. There
//! are few thousand such sub-complexes of the octahedron; for each of them the pairing is worked out once.

use std::sync::OnceLock;

/// Directions from a voxel to its face neighbours, and the edges to them: -z, -y, -x, +x, +y, +z.
pub(crate) const EDGES: usize = 6;
/// The squares at a voxel: its two edges, the lower direction first.
pub(crate) const SQUARES: [[usize; 2]; 12] =
    [[0, 1], [0, 2], [0, 3], [0, 4], [1, 2], [1, 3], [1, 5], [2, 4], [2, 5], [3, 4], [3, 5], [4, 5]];
/// The cubes at a voxel: its three edges. The last has the voxel as its first corner.
pub(crate) const CUBES: [[usize; 3]; 8] =
    [[0, 1, 2], [0, 1, 3], [0, 2, 4], [0, 3, 4], [1, 2, 5], [1, 3, 5], [2, 4, 5], [3, 4, 5]];

/// The direction opposite to `direction`.
pub(crate) const fn opposite(direction: usize) -> usize {
    5 - direction
}

/// The steps along [slices, rows, columns] of a direction.
pub(crate) const fn step(direction: usize) -> [isize; 3] {
    match direction {
        0 => [-1, 0, 0],
        1 => [0, -1, 0],
        2 => [0, 0, -1],
        3 => [0, 0, 1],
        4 => [0, 1, 0],
        _ => [1, 0, 0],
    }
}

/// What a cell of the lower star is paired with, if not with a cell of a given number.
pub(crate) const ABSENT: u8 = 255;
/// The cell is paired with none: it changes the homology, if perhaps only for an instant.
pub(crate) const CRITICAL: u8 = 254;
/// The cell is paired with one of a lower dimension: an edge with the voxel, a square with an edge.
pub(crate) const TAKEN: u8 = 253;

/// The pairing of one lower star.
#[derive(Clone, Debug)]
pub(crate) struct LowerStar {
    /// The edge that the voxel is paired with, or `CRITICAL`.
    pub(crate) voxel: u8,
    /// For each edge the square that it is paired with, or `TAKEN`, `CRITICAL`, `ABSENT`.
    pub(crate) edges: [u8; EDGES],
    /// For each square the cube that it is paired with, or `TAKEN`, `CRITICAL`, `ABSENT`.
    pub(crate) squares: [u8; 12],
    /// For each cube the square that it is paired with, or `CRITICAL`, `ABSENT`.
    pub(crate) cubes: [u8; 8],
    /// When each edge enters among those of the star. An edge that is paired with a square enters after the other
    /// edge of that square.
    pub(crate) slots: [u8; EDGES],
    /// The edges by their slots.
    pub(crate) edge_in_slot: [u8; EDGES],
    /// Bits of the slots of critical edges.
    pub(crate) critical_slots: u8,
    /// Bits of the critical squares.
    pub(crate) critical_squares: u16,
    /// Bits of the cubes that are present.
    pub(crate) present_cubes: u8,
}

impl LowerStar {
    fn new(edges: usize, squares: usize, cubes: usize) -> Self {
        let mut star = Self {
            voxel: CRITICAL,
            edges: std::array::from_fn(|edge| if edges & 1 << edge == 0 { ABSENT } else { CRITICAL }),
            squares: std::array::from_fn(|square| if squares & 1 << square == 0 { ABSENT } else { CRITICAL }),
            cubes: [ABSENT; 8],
            slots: [0; EDGES],
            edge_in_slot: [0; EDGES],
            critical_slots: 0,
            critical_squares: 0,
            present_cubes: cubes as u8,
        };
        star.collapse_cubes(cubes);
        star.grow_forest();
        for square in 0..12 {
            star.critical_squares |= u16::from(star.squares[square] == CRITICAL) << square;
        }
        for edge in 0..EDGES {
            star.critical_slots |= u8::from(star.edges[edge] == CRITICAL) << star.slots[edge];
        }
        star
    }

    /// Pairs cubes with squares that no other cube has, as long as there are cubes. If all eight are there, nothing
    /// is free to begin with: then the last one is critical.
    fn collapse_cubes(&mut self, cubes: usize) {
        let mut left = cubes;
        if left == 0b1111_1111 {
            self.cubes[7] = CRITICAL;
            left &= 0b0111_1111;
        }
        while left != 0 {
            for cube in (0..8).filter(|cube| cubes & 1 << cube != 0) {
                if left & 1 << cube == 0 {
                    continue;
                }
                let free = squares_of_cube(cube).into_iter().find(|&square| {
                    (0..8).all(|other| {
                        other == cube || left & 1 << other == 0 || !squares_of_cube(other).contains(&square)
                    })
                });
                if let Some(square) = free {
                    self.cubes[cube] = square as u8;
                    self.squares[square] = cube as u8;
                    left &= !(1 << cube);
                }
            }
        }
    }

    /// The squares left over join edges to each other: a graph. The root of its first tree is paired with the
    /// voxel, the other roots are critical, every other edge is paired with the square that leads to it. Squares
    /// that close a circle stay critical.
    fn grow_forest(&mut self) {
        let mut visited = 0usize;
        let mut order = Vec::with_capacity(EDGES);
        let mut next = 0;
        for root in 0..EDGES {
            if self.edges[root] == ABSENT || visited & 1 << root != 0 {
                continue;
            }
            visited |= 1 << root;
            if order.is_empty() {
                self.voxel = root as u8;
                self.edges[root] = TAKEN;
            }
            order.push(root);
            while let Some(&edge) = order.get(next) {
                next += 1;
                for (square, &[a, b]) in SQUARES.iter().enumerate() {
                    let other = if a == edge { b } else { a };
                    if self.squares[square] == CRITICAL
                        && (a == edge || b == edge)
                        && visited & 1 << other == 0
                    {
                        visited |= 1 << other;
                        self.squares[square] = TAKEN;
                        self.edges[other] = square as u8;
                        order.push(other);
                    }
                }
            }
        }
        for (slot, &edge) in order.iter().enumerate() {
            self.slots[edge] = slot as u8;
            self.edge_in_slot[slot] = edge as u8;
        }
    }
}

fn squares_of_cube(cube: usize) -> [usize; 3] {
    let [a, b, c] = CUBES[cube];
    [[a, b], [a, c], [b, c]].map(|pair| SQUARES.iter().position(|&edges| edges == pair).unwrap_or(0))
}

/// All lower stars, found by the neighbours that entered before the voxel.
pub(crate) struct LowerStars {
    /// For the older face neighbours (6 bits) and edge neighbours (12 bits): in the lower 16 bits the number of the
    /// first star, above them 8 bits that say which corner neighbours matter.
    by_faces_and_squares: Vec<u32>,
    /// Packs the bits of a byte that matter (first index) to its lower end (second index: the byte).
    packed: Vec<u8>,
    stars: Vec<LowerStar>,
}

impl LowerStars {
    /// The table, which is made on first use.
    pub(crate) fn get() -> &'static Self {
        static TABLE: OnceLock<LowerStars> = OnceLock::new();
        TABLE.get_or_init(Self::new)
    }

    fn new() -> Self {
        let packed = (0..256 * 256).map(|index| pack_bits(index % 256, index / 256)).collect();
        let mut by_faces_and_squares = vec![0u32; 1 << 18];
        let mut stars = Vec::new();
        for older in 0..1usize << 18 {
            let (edges, corners) = (older & 63, older >> 6);
            let squares = (0..12)
                .filter(|&square| {
                    corners & 1 << square != 0 && SQUARES[square].iter().all(|edge| edges & 1 << edge != 0)
                })
                .fold(0, |bits, square| bits | 1 << square);
            if squares != corners {
                by_faces_and_squares[older] = by_faces_and_squares[edges | squares << 6];
                continue;
            }
            let possible = (0..8)
                .filter(|&cube| squares_of_cube(cube).iter().all(|square| squares & 1 << square != 0))
                .fold(0usize, |bits, cube| bits | 1 << cube);
            by_faces_and_squares[older] = stars.len() as u32 | (possible as u32) << 16;
            let mut subset = 0usize;
            loop {
                stars.push(LowerStar::new(edges, squares, subset));
                if subset == possible {
                    break;
                }
                // The next subset of the bits of `possible`, in the order of `pack_bits`.
                subset = subset.wrapping_sub(possible) & possible;
            }
        }
        Self { by_faces_and_squares, packed, stars }
    }

    /// The number of the star for a mask of older neighbours: 6 bits of `EDGES`, 12 of the voxels across `SQUARES`,
    /// 8 of those across `CUBES`.
    pub(crate) fn number(&self, older: u32) -> u16 {
        let entry = self.by_faces_and_squares[(older & 0x3_ffff) as usize];
        let matters = entry >> 16;
        (entry as u16) + u16::from(self.packed[(matters << 8 | (older >> 18 & 255)) as usize])
    }

    /// The star of a number.
    pub(crate) fn star(&self, number: u16) -> &LowerStar {
        &self.stars[usize::from(number)]
    }
}

/// The bits of `byte` at the places of the bits of `selected`, moved together.
fn pack_bits(byte: usize, selected: usize) -> u8 {
    let places = (0..8).filter(|place| selected & 1 << place != 0);
    places.enumerate().fold(0, |packed, (position, place)| packed | (byte >> place & 1) << position) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stars_are_numbered_within_16_bits() {
        let stars = &LowerStars::get().stars;
        println!("{} stars of {} bytes", stars.len(), size_of::<LowerStar>());
        assert!(stars.len() < 1 << 16);
    }

    #[test]
    fn every_cell_is_paired_once_and_the_euler_characteristic_is_that_of_the_critical_cells() {
        for star in &LowerStars::get().stars {
            let count = |kinds: &[u8], kind| kinds.iter().filter(|&&k| k == kind).count() as isize;
            let present = |kinds: &[u8]| kinds.len() as isize - count(kinds, ABSENT);
            let euler = 1 - present(&star.edges) + present(&star.squares) - present(&star.cubes);
            let critical = isize::from(star.voxel == CRITICAL) - count(&star.edges, CRITICAL)
                + count(&star.squares, CRITICAL)
                - count(&star.cubes, CRITICAL);
            assert_eq!(euler, critical);
            for (edge, &square) in star.edges.iter().enumerate().filter(|(_, square)| **square < 12) {
                assert_eq!(star.squares[usize::from(square)], TAKEN);
                let [a, b] = SQUARES[usize::from(square)];
                let other = a + b - edge;
                assert!(star.slots[other] < star.slots[edge]);
            }
            for (cube, &square) in star.cubes.iter().enumerate().filter(|(_, square)| **square < 12) {
                assert_eq!(usize::from(star.squares[usize::from(square)]), cube);
            }
        }
    }
}
