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

use crate::union_find::find;

/// Directions from a pixel to its four neighbours; also the edges to them, and bits of a mask.
const NORTH: usize = 0;
const WEST: usize = 1;
const EAST: usize = 2;
const SOUTH: usize = 3;
/// In place of a direction: the cell is critical.
const CRITICAL: usize = 4;

/// The squares around a pixel: the two edges that each contains, and the bit of its diagonal neighbour. The last,
/// south-east, has the pixel itself as its first corner and so the same index.
const SQUARES: [([usize; 2], usize); 4] =
    [([NORTH, WEST], 4), ([NORTH, EAST], 5), ([SOUTH, WEST], 6), ([SOUTH, EAST], 7)];

/// How the cells of one lower star are paired.
#[derive(Clone, Copy)]
struct LowerStar {
    /// The edge that the pixel is paired with, or `CRITICAL`.
    pixel: u8,
    /// Bits of the edges that are left over.
    critical_edges: u8,
    /// For each square of `SQUARES`: the edge that it is paired with, `CRITICAL`, or `ABSENT`.
    squares: [u8; 4],
}

const ABSENT: u8 = 5;

impl LowerStar {
    /// The pairing of the lower star whose pixels are the bits of `older`: the four neighbours, then the diagonals.
    const fn new(older: usize) -> Self {
        let mut free_edges = older & 0b1111;
        let mut squares = [ABSENT; 4];
        let mut unpaired = 0;
        let mut square = 0;
        while square < 4 {
            let ([a, b], diagonal) = SQUARES[square];
            let corners = 1 << a | 1 << b | 1 << diagonal;
            if older & corners == corners {
                squares[square] = CRITICAL as u8;
                unpaired |= 1 << square;
            }
            square += 1;
        }
        // The squares around a pixel are links of a chain, or of a closed one if there are four: then the last
        // square is critical. A chain is eaten from its ends, each square with its edge that no other square has.
        if unpaired == 0b1111 {
            unpaired = 0b0111;
        }
        while unpaired != 0 {
            let mut square = 0;
            while square < 4 {
                let mut end = 0;
                while unpaired & 1 << square != 0 && end < 2 {
                    let edge = SQUARES[square].0[end];
                    if count_squares_with(edge, unpaired) == 1 {
                        squares[square] = edge as u8;
                        unpaired &= !(1 << square);
                        free_edges &= !(1 << edge);
                    }
                    end += 1;
                }
                square += 1;
            }
        }
        let pixel = if free_edges == 0 { CRITICAL } else { free_edges.trailing_zeros() as usize };
        Self { pixel: pixel as u8, critical_edges: (free_edges & !(1 << pixel)) as u8, squares }
    }
}

const fn count_squares_with(edge: usize, squares: usize) -> usize {
    let mut count = 0;
    let mut square = 0;
    while square < 4 {
        let [a, b] = SQUARES[square].0;
        if squares & 1 << square != 0 && (a == edge || b == edge) {
            count += 1;
        }
        square += 1;
    }
    count
}

static LOWER_STARS: [LowerStar; 256] = {
    let mut stars = [LowerStar { pixel: 0, critical_edges: 0, squares: [0; 4] }; 256];
    let mut older = 0;
    while older < 256 {
        stars[older] = LowerStar::new(older);
        older += 1;
    }
    stars
};

/// The buffers of the engine, kept from one image to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plane {
    /// Which neighbours of each pixel of one row entered before it.
    older: Vec<u8>,
    /// The forest of pixels.
    basins: Vec<u32>,
    /// The forest of squares, each named by its first corner. Square 0 is the outside.
    holes: Vec<u32>,
    /// Critical edges: key in the upper half; pixel and direction in the lower.
    edges: Vec<u64>,
}

impl Plane {
    /// Reports every pair of cells as (dimension, creating pixel, destroying pixel). The grid is `keys` in rows of
    /// `width`; its outermost pixels never enter.
    pub(crate) fn pairs(&mut self, keys: &[i32], width: usize, mut report: impl FnMut(u8, u32, Option<u32>)) {
        self.pair_lower_stars(keys, width);
        self.edges.sort_unstable();
        let entry = |pixel: u32| (keys[pixel as usize], pixel);
        let neighbours = neighbours(width);
        let across = squares_across(width);

        let mut loops = 0;
        for position in 0..self.edges.len() {
            let edge = self.edges[position];
            let (pixel, direction) = unpack(edge);
            let one = find(&mut self.basins, pixel);
            let other = find(&mut self.basins, pixel.wrapping_add(neighbours[direction]));
            if one == other {
                self.edges[loops] = edge;
                loops += 1;
                continue;
            }
            let (older, younger) = if entry(one) < entry(other) { (one, other) } else { (other, one) };
            self.basins[younger as usize] = older;
            report(0, younger, Some(pixel));
        }
        for position in (0..loops).rev() {
            let (pixel, direction) = unpack(self.edges[position]);
            let [one, other] =
                across[direction].map(|offset| find(&mut self.holes, pixel.wrapping_add(offset)));
            // The root of a tree is a critical square, which has the name of the pixel that brings it. The outside
            // has the key of a pixel that never enters.
            let (filled_first, filled_last) =
                if entry(one) < entry(other) { (one, other) } else { (other, one) };
            self.holes[filled_first as usize] = filled_last;
            report(1, pixel, Some(filled_first));
        }
        let inside = (width + 1) as u32;
        report(0, find(&mut self.basins, inside), None);
    }

    fn pair_lower_stars(&mut self, keys: &[i32], width: usize) {
        let height = keys.len() / width;
        self.older.resize(width - 2, 0);
        self.basins.resize(keys.len(), 0);
        self.holes.resize(keys.len(), 0);
        self.edges.clear();
        self.join_border_squares_to_outside(width, height);
        let neighbours = neighbours(width);
        let across = squares_across(width);
        for row in 1..height - 1 {
            let start = row * width;
            find_older(&keys[start - width..start + 2 * width], width, &mut self.older);
            for (pixel, &older) in (start as u32 + 1..).zip(&self.older) {
                let star = &LOWER_STARS[usize::from(older)];
                self.basins[pixel as usize] = pixel.wrapping_add(neighbours[usize::from(star.pixel)]);
                let mut critical = star.critical_edges;
                while critical != 0 {
                    self.edges.push(pack(keys[pixel as usize], pixel, critical.trailing_zeros()));
                    critical &= critical - 1;
                }
                for (square, &edge) in star.squares.iter().enumerate() {
                    if edge == ABSENT {
                        continue;
                    }
                    let name = pixel.wrapping_add(square_offset(square, width));
                    let [one, other] = across[usize::from(edge)].map(|offset| pixel.wrapping_add(offset));
                    self.holes[name as usize] = if one == name { other } else { one };
                }
            }
        }
    }

    /// A square at the border has a corner that never enters.
    fn join_border_squares_to_outside(&mut self, width: usize, height: usize) {
        self.holes[..width].fill(0);
        self.holes[(height - 2) * width..(height - 1) * width].fill(0);
        for row in 0..height - 1 {
            self.holes[row * width] = 0;
            self.holes[row * width + width - 2] = 0;
        }
    }
}

/// For each inner pixel of the middle of three rows, which of its neighbours entered before it. Of equal keys the
/// one with the smaller index is older.
fn find_older(rows: &[i32], width: usize, older: &mut [u8]) {
    let count = width - 2;
    let at = |row: usize, column: usize| &rows[row * width + column..][..count];
    let (north_west, north, north_east) = (at(0, 0), at(0, 1), at(0, 2));
    let (west, here, east) = (at(1, 0), at(1, 1), at(1, 2));
    let (south_west, south, south_east) = (at(2, 0), at(2, 1), at(2, 2));
    for (i, older) in older[..count].iter_mut().enumerate() {
        let key = here[i];
        *older = (i32::from(north[i] <= key)
            | i32::from(west[i] <= key) << 1
            | i32::from(east[i] < key) << 2
            | i32::from(south[i] < key) << 3
            | i32::from(north_west[i] <= key) << 4
            | i32::from(north_east[i] <= key) << 5
            | i32::from(south_west[i] < key) << 6
            | i32::from(south_east[i] < key) << 7) as u8;
    }
}

/// From a pixel to its neighbour in each direction, and to itself for `CRITICAL`. Added with wrap-around.
fn neighbours(width: usize) -> [u32; 5] {
    let width = width as u32;
    [width.wrapping_neg(), 1u32.wrapping_neg(), 1, width, 0]
}

/// From a pixel to the name of each of `SQUARES`.
fn square_offset(square: usize, width: usize) -> u32 {
    let up = if square < 2 { width as u32 } else { 0 };
    let left = if square % 2 == 0 { 1 } else { 0 };
    (up + left as u32).wrapping_neg()
}

/// From a pixel to the two squares at its edge in each direction. For `CRITICAL` it is the square that the pixel
/// names, twice.
fn squares_across(width: usize) -> [[u32; 2]; 5] {
    let [north_west, north_east, south_west, south_east] =
        [0, 1, 2, 3].map(|square| square_offset(square, width));
    [
        [north_west, north_east],
        [north_west, south_west],
        [north_east, south_east],
        [south_west, south_east],
        [south_east, south_east],
    ]
}

/// Orders as the edges enter: by key, then by pixel.
fn pack(key: i32, pixel: u32, direction: u32) -> u64 {
    let key = key.cast_unsigned() ^ 1 << 31;
    u64::from(key) << 32 | u64::from(pixel << 2 | direction)
}

fn unpack(edge: u64) -> (u32, usize) {
    let low = edge as u32;
    (low >> 2, (low & 3) as usize)
}
