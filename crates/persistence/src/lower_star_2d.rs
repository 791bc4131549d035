//! The lower stars of an image: how the cells that enter together with one pixel cancel each other.
//!
//! Around a pixel lie 4 edges and 4 squares. The ones that enter together with the pixel, its lower star, are those
//! whose other pixels all entered before; which ones these are is said by 8 bits.

/// Directions from a pixel to its four neighbours; also the edges to them, and bits of a mask.
const NORTH: usize = 0;
const WEST: usize = 1;
const EAST: usize = 2;
const SOUTH: usize = 3;
/// In place of a direction: the cell is critical.
pub(crate) const CRITICAL: usize = 4;

/// The squares around a pixel.
pub(crate) const NORTH_WEST: usize = 0;
pub(crate) const NORTH_EAST: usize = 1;
pub(crate) const SOUTH_WEST: usize = 2;
pub(crate) const SOUTH_EAST: usize = 3;
/// For each square the two edges that it contains, and the bit of its diagonal neighbour. A square has the index of its first
/// corner, which for the south-eastern one is the pixel itself.
const SQUARES: [([usize; 2], usize); 4] =
    [([NORTH, WEST], 4), ([NORTH, EAST], 5), ([SOUTH, WEST], 6), ([SOUTH, EAST], 7)];

/// How the cells of one lower star are paired.
#[derive(Clone, Copy)]
pub(crate) struct LowerStar {
    /// The edge that the pixel is paired with, or `CRITICAL`.
    pub(crate) pixel: u8,
    /// Bits of the edges that are left over.
    pub(crate) critical_edges: u8,
    /// For each square of `SQUARES`: the edge that it is paired with, `CRITICAL`, or `ABSENT`.
    pub(crate) squares: [u8; 4],
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
        let critical_edges = (free_edges & !(1 << pixel)) as u8;
        Self { pixel: pixel as u8, critical_edges, squares }
    }

    /// Whether any of the cells is critical. Of the squares only the last one can be.
    const fn has_critical(&self) -> bool {
        self.pixel == CRITICAL as u8 || self.critical_edges != 0 || self.squares[SOUTH_EAST] == CRITICAL as u8
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

pub(crate) static LOWER_STARS: [LowerStar; 256] = {
    let mut stars = [LowerStar::new(0); 256];
    let mut older = 1;
    while older < 256 {
        stars[older] = LowerStar::new(older);
        older += 1;
    }
    stars
};

/// 1 for each lower star of which any cell is critical, else 0.
pub(crate) static HAVE_CRITICAL: [u8; 256] = {
    let mut have = [0; 256];
    let mut older = 0;
    while older < 256 {
        have[older] = LOWER_STARS[older].has_critical() as u8;
        older += 1;
    }
    have
};

/// All lower stars as steps in a grid of a certain width, to be added with wrap-around.
#[derive(Clone, Debug)]
pub(crate) struct Steps {
    /// From a pixel to the other end of the edge that it is paired with; zero if it is critical.
    pub(crate) pixel: [u32; 256],
    /// From each square to the one beyond the edge that it is paired with; zero if it is absent or critical.
    pub(crate) squares: [[u32; 256]; 4],
}

impl Steps {
    pub(crate) fn new(width: usize) -> Self {
        let neighbours = neighbours(width);
        let across = squares_across(width);
        let from_square = |older: usize, square: usize| {
            let edge = usize::from(LOWER_STARS[older].squares[square]);
            if edge >= CRITICAL {
                return 0;
            }
            let here = square_offset(square, width);
            let [one, other] = across[edge];
            (if one == here { other } else { one }).wrapping_sub(here)
        };
        Self {
            pixel: std::array::from_fn(|older| neighbours[usize::from(LOWER_STARS[older].pixel)]),
            squares: std::array::from_fn(|square| std::array::from_fn(|older| from_square(older, square))),
        }
    }
}

/// From a pixel to its neighbour in each direction, and to itself for `CRITICAL`. Added with wrap-around.
pub(crate) fn neighbours(width: usize) -> [u32; 5] {
    let width = width as u32;
    [width.wrapping_neg(), 1u32.wrapping_neg(), 1, width, 0]
}

/// From a pixel to the name of each of `SQUARES`.
fn square_offset(square: usize, width: usize) -> u32 {
    let up = if square == NORTH_WEST || square == NORTH_EAST { width as u32 } else { 0 };
    let left = if square == NORTH_WEST || square == SOUTH_WEST { 1 } else { 0 };
    (up + left).wrapping_neg()
}

/// From a pixel to the two squares at its edge in each direction.
pub(crate) fn squares_across(width: usize) -> [[u32; 2]; 4] {
    let [north_west, north_east, south_west, south_east] =
        [0, 1, 2, 3].map(|square| square_offset(square, width));
    [[north_west, north_east], [north_west, south_west], [north_east, south_east], [south_west, south_east]]
}
