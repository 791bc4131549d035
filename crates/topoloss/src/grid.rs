//! The pixels of an array in row-major order, with a margin, so that every pixel has all its neighbours.

use persistence::{BLOCK, Connectivity, coordinates_into, flat_index};

use crate::Error;

/// Around the array lies one layer of pixels that are the outside, and around that one layer that nothing enters,
/// so that the outside can be walked through like any other region.
const MARGIN: usize = 2;

/// The middle of the block. Sets of pixels of a block are the numbers of [`BLOCK`] as bits.
const CENTRE: usize = 13;

/// How an array and its margin lie in a buffer. "Pixel" is a place in that buffer, "index" the array's own flat one.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    dimensions: usize,
    /// `[slices, rows, columns]` of the array; an image has one slice and no margin along it.
    lengths: [usize; 3],
    margin: [usize; 3],
    extent: [usize; 3],
}

impl Grid {
    pub(crate) fn new(shape: &[usize]) -> Result<Self, Error> {
        let (dimensions, lengths, margin) = match *shape {
            [rows, columns] => (2, [1, rows, columns], [0, MARGIN, MARGIN]),
            [slices, rows, columns] => (3, [slices, rows, columns], [MARGIN; 3]),
            _ => return Err(persistence::Error::Dimensions { dimensions: shape.len() }.into()),
        };
        if shape.contains(&0) {
            return Err(persistence::Error::Empty { shape: shape.to_vec() }.into());
        }
        let mut extent = [0; 3];
        for (extent, (length, margin)) in extent.iter_mut().zip(lengths.iter().zip(margin)) {
            *extent = length.saturating_add(2 * margin);
        }
        let limit = i32::MAX as usize;
        let pixels = extent.iter().try_fold(1usize, |product, &length| product.checked_mul(length));
        if pixels.is_none_or(|pixels| pixels > limit) {
            return Err(persistence::Error::TooLarge { shape: shape.to_vec(), limit }.into());
        }
        Ok(Self { dimensions, lengths, margin, extent })
    }

    /// 2 for an image, 3 for a volume.
    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The lengths of the axes of the array.
    pub(crate) fn shape(&self) -> &[usize] {
        &self.lengths[3 - self.dimensions..]
    }

    /// `[slices, rows, columns]` of the array; an image has one slice.
    pub(crate) fn lengths(&self) -> [usize; 3] {
        self.lengths
    }

    /// Whether the features of a dimension are handles, which are not regions of either side.
    pub(crate) fn is_of_handles(&self, dimension: usize) -> bool {
        self.dimensions == 3 && dimension == 1
    }

    /// How many pixels there are with the margin.
    pub(crate) fn pixels(&self) -> usize {
        self.extent.iter().product()
    }

    pub(crate) fn strides(&self) -> [usize; 3] {
        [self.extent[1] * self.extent[2], self.extent[2], 1]
    }

    /// The pixels of the array, in the order of their indices.
    pub(crate) fn inside(&self) -> impl Iterator<Item = usize> + use<> {
        let [slice, row, _] = self.strides();
        let ([slices, rows, columns], margin) = (self.lengths, self.margin);
        (margin[0]..margin[0] + slices).flat_map(move |z| {
            (margin[1]..margin[1] + rows).flat_map(move |y| {
                let start = z * slice + y * row + margin[2];
                start..start + columns
            })
        })
    }

    /// All pixels but those of the outermost layer.
    pub(crate) fn walkable(&self) -> impl Iterator<Item = usize> + use<> {
        let [slice, row, _] = self.strides();
        let extent = self.extent;
        let from = self.margin.map(|margin| margin.min(1));
        (from[0]..extent[0] - from[0]).flat_map(move |z| {
            (from[1]..extent[1] - from[1]).flat_map(move |y| {
                let start = z * slice + y * row;
                start + from[2]..start + extent[2] - from[2]
            })
        })
    }

    /// The coordinates of a pixel of the array.
    pub(crate) fn position(&self, pixel: usize) -> [usize; 3] {
        let [slice, row, _] = self.strides();
        let at = [pixel / slice, pixel % slice / row, pixel % row];
        [at[0] - self.margin[0], at[1] - self.margin[1], at[2] - self.margin[2]]
    }

    pub(crate) fn index(&self, pixel: usize) -> u32 {
        flat_index(&self.position(pixel), &self.lengths) as u32
    }

    pub(crate) fn pixel(&self, index: u32) -> usize {
        let mut at = [0; 3];
        coordinates_into(index as usize, &self.lengths, &mut at);
        let [slice, row, _] = self.strides();
        (at[0] + self.margin[0]) * slice + (at[1] + self.margin[1]) * row + at[2] + self.margin[2]
    }

    /// The mean position of pixels given by their indices, one coordinate per axis of the array.
    pub(crate) fn centre(&self, indices: &[u32]) -> Vec<f64> {
        let mut sum = [0.0; 3];
        for &index in indices {
            for (sum, coordinate) in sum.iter_mut().zip(self.position(self.pixel(index))) {
                *sum += coordinate as f64;
            }
        }
        sum[3 - self.dimensions..].iter().map(|sum| sum / indices.len() as f64).collect()
    }

    /// From a pixel to each one of its 3x3x3 block, by number. An image has only the middle slice of it.
    pub(crate) fn block(&self) -> [isize; BLOCK.len()] {
        let [slice, row, _] = self.strides().map(|stride| stride as isize);
        BLOCK.map(|[z, y, x]| z * slice + y * row + x)
    }

    /// The numbers of the neighbours in the block, as bits.
    pub(crate) fn neighbour_bits(&self, connectivity: Connectivity) -> u32 {
        neighbours(CENTRE, connectivity) & self.block_bits()
    }

    fn block_bits(&self) -> u32 {
        let all = (1 << BLOCK.len()) - 1;
        let bits = if self.dimensions == 2 { 0b111_111_111 << 9 } else { all };
        bits & !(1 << CENTRE)
    }

    /// The parts in which a set of pixels meets the pixel in the middle of their block: each the bits of its
    /// neighbours in that part.
    ///
    /// With connectivity `T` a part hangs together by faces, edges and corners; with `V` by faces, and not by way
    /// of the corners of a 3x3x3 block. The number of parts of the foreground and of the background together decide
    /// whether a pixel is simple (Bertrand and Malandain 1994).
    pub(crate) fn parts(&self, set: u32, connectivity: Connectivity) -> impl Iterator<Item = u32> + use<> {
        let near = self.neighbour_bits(connectivity);
        let mut rest = set & self.block_bits();
        if connectivity == Connectivity::V && self.dimensions == 3 {
            rest &= NOT_CORNERS;
        }
        std::iter::from_fn(move || {
            let mut part = 1 << (rest & near).checked_ilog2()?;
            let mut front = part;
            rest &= !part;
            while front != 0 {
                let found = TOUCHING[connectivity as usize][front.trailing_zeros() as usize] & rest;
                rest &= !found;
                part |= found;
                front = (front & (front - 1)) | found;
            }
            Some(part & near)
        })
    }
}

/// The block without its eight corners.
const NOT_CORNERS: u32 = {
    let mut bits = 0;
    let mut number = 0;
    while number < BLOCK.len() {
        let [z, y, x] = BLOCK[number];
        if z == 0 || y == 0 || x == 0 {
            bits |= 1 << number;
        }
        number += 1;
    }
    bits
};

/// For both connectivities and each number the numbers of its neighbours, as bits.
static TOUCHING: [[u32; BLOCK.len()]; 2] = {
    let mut touching = [[0; BLOCK.len()]; 2];
    let mut number = 0;
    while number < BLOCK.len() {
        touching[Connectivity::T as usize][number] = neighbours(number, Connectivity::T);
        touching[Connectivity::V as usize][number] = neighbours(number, Connectivity::V);
        number += 1;
    }
    touching
};

const fn neighbours(number: usize, connectivity: Connectivity) -> u32 {
    let [z, y, x] = BLOCK[number];
    let mut bits = 0;
    let mut other = 0;
    while other < BLOCK.len() {
        let [w, v, u] = BLOCK[other];
        if connectivity.connects([z - w, y - v, x - u]) {
            bits |= 1 << other;
        }
        other += 1;
    }
    bits
}
