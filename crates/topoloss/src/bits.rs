//! A mask with one bit per pixel: what counting needs, and no more.

use ndarray::{ArrayView, Dimension};
use persistence::Connectivity;

use crate::{
    Error, MaskOptions,
    grid::Grid,
    mask::{Cell, Mask, Side},
};

/// A binary image or volume, row by row.
#[derive(Clone, Debug)]
pub(crate) struct Bits {
    pub(crate) grid: Grid,
    /// How many words a row has.
    words: usize,
    /// Column x of a row is bit x of its words. The bits after the columns are 0.
    bits: Vec<u64>,
}

impl Bits {
    /// Pixels of at least the threshold are foreground.
    pub(crate) fn new<D: Dimension>(array: ArrayView<f32, D>, options: MaskOptions) -> Result<Self, Error> {
        let MaskOptions { threshold, .. } = options;
        if !threshold.is_finite() {
            return Err(Error::Threshold { threshold });
        }
        let grid = Grid::new(array.shape())?;
        let mut any_nan = false;
        let mut bits = Self::empty(grid);
        let belongs = |&value: &f32| {
            any_nan |= value.is_nan();
            value >= threshold
        };
        bits.fill(array.view(), belongs);
        if any_nan {
            let array = array.into_dyn();
            let position = array.indexed_iter().find(|(_, value)| value.is_nan());
            let position = position.map(|(at, _)| at.slice().to_vec()).unwrap_or_default();
            return Err(persistence::Error::NotANumber { position }.into());
        }
        Ok(bits)
    }

    /// Nothing but background.
    pub(crate) fn empty(grid: Grid) -> Self {
        let mut bits = Self { grid: grid.clone(), words: 0, bits: Vec::new() };
        bits.clear(grid);
        bits
    }

    /// Makes this a mask of nothing but background, in the same memory.
    pub(crate) fn clear(&mut self, grid: Grid) {
        let [slices, rows, columns] = grid.lengths();
        self.words = columns.div_ceil(64);
        self.bits.clear();
        self.bits.resize(slices * rows * self.words, 0);
        self.grid = grid;
    }

    /// Makes this the mask of the pixels that belong, of an array of the grid's shape.
    pub(crate) fn fill<T, D: Dimension>(
        &mut self,
        array: ArrayView<T, D>,
        mut belongs: impl FnMut(&T) -> bool,
    ) {
        for (words, row) in self.bits.chunks_exact_mut(self.words).zip(array.rows()) {
            match row.to_slice() {
                Some(row) => pack(words, row.iter(), &mut belongs),
                None => pack(words, row.iter(), &mut belongs),
            }
        }
    }

    /// The mask of the pixels of a grid that belong, by what is at each, margins too.
    pub(crate) fn of_cells<T>(grid: &Grid, cells: &[T], mut belongs: impl FnMut(&T) -> bool) -> Self {
        let mut bits = Self::empty(grid.clone());
        let columns = bits.columns();
        let mut starts = grid.inside().step_by(columns);
        for words in bits.bits.chunks_exact_mut(bits.words) {
            // There are as many rows in the grid as in the bits.
            let start = starts.next().unwrap_or_default();
            pack(words, cells[start..start + columns].iter(), &mut belongs);
        }
        bits
    }

    /// How many rows there are in all slices.
    pub(crate) fn rows(&self) -> usize {
        self.bits.len() / self.words
    }

    /// How many columns a row has.
    pub(crate) fn columns(&self) -> usize {
        self.grid.lengths()[2]
    }

    /// The number of a row among those of all slices, moved by slices and rows; `None` if there is none.
    pub(crate) fn row_beside(&self, row: usize, [slices, rows]: [isize; 2]) -> Option<usize> {
        let [_, in_slice, _] = self.grid.lengths();
        let slice = (row / in_slice).checked_add_signed(slices)?;
        let within = (row % in_slice).checked_add_signed(rows).filter(|&within| within < in_slice)?;
        Some(slice * in_slice + within).filter(|&row| row < self.rows())
    }

    /// The runs of pixels of one side in a row, from left to right.
    pub(crate) fn runs(&self, row: usize, side: Side) -> Runs<'_> {
        let flip = match side {
            Side::Foreground => 0,
            Side::Background => !0,
        };
        Runs { words: self.row(row), flip, end: self.columns(), next: 0 }
    }

    fn row(&self, row: usize) -> &[u64] {
        &self.bits[row * self.words..(row + 1) * self.words]
    }

    /// Vertices - edges + squares (- cubes) of the complex of the foreground: under `T` that of closed squares or
    /// cubes, which has a cell for every corner, edge and face of any of them; under `V` that which has a cell
    /// wherever all corners are pixels.
    pub(crate) fn euler_characteristic(&self, connectivity: Connectivity) -> isize {
        match (connectivity, self.grid.dimensions()) {
            (Connectivity::V, _) => self.count_cells(|one, other| one & other),
            (Connectivity::T, 2) => self.count_cells(|one, other| one | other),
            // Where no axis is in the set, the cell is a cube.
            (Connectivity::T, _) => -self.count_cells(|one, other| one | other),
        }
    }

    /// The kinds of cells, each counted with the sign of its set of axes, which is negative for an odd number.
    ///
    /// A set of axes stands for cells: under `V` those that extend along these axes, whose corners are the pixels that
    /// differ along them; under `T` those that extend along the others, at which the cubes meet that differ along
    /// these. A cell is there if all (`V`) or any (`T`) of its pixels are: `combine` says which, 64 cells at a time.
    fn count_cells(&self, combine: impl Fn(u64, u64) -> u64 + Copy) -> isize {
        let [slices, rows, _] = self.grid.lengths().map(|length| length as isize);
        let none = vec![0; self.words];
        let row = |slice: isize, row: isize| {
            let exists = (0..slices).contains(&slice) && (0..rows).contains(&row);
            if exists { self.row((slice * rows + row) as usize) } else { &none[..] }
        };
        if self.grid.dimensions() == 2 {
            return (-1..rows).map(|at| count_flat([row(0, at), row(0, at + 1)], combine)).sum();
        }
        let mut sum = 0;
        for slice in -1..slices {
            for at in -1..rows {
                let [here, below] = [slice, slice + 1].map(|slice| [row(slice, at), row(slice, at + 1)]);
                sum += count_flat(here, combine) - count_deep(here, below, combine);
            }
        }
        sum
    }

    /// The smallest box that the foreground lies in: for each axis the first coordinate and the one after the last.
    /// `None` if there is no foreground.
    pub(crate) fn extent(&self) -> Option<[[usize; 2]; 3]> {
        let in_slice = self.grid.lengths()[1];
        let mut extent: Option<[[usize; 2]; 3]> = None;
        for row in 0..self.rows() {
            let mut runs = self.runs(row, Side::Foreground);
            let Some((start, mut end)) = runs.next() else { continue };
            if let Some((_, last)) = runs.last() {
                end = last;
            }
            let (slice, within) = (row / in_slice, row % in_slice);
            let here = [[slice, slice + 1], [within, within + 1], [start as usize, end as usize]];
            extent = Some(extent.map_or(here, |extent| {
                std::array::from_fn(|axis| {
                    [extent[axis][0].min(here[axis][0]), extent[axis][1].max(here[axis][1])]
                })
            }));
        }
        extent
    }

    /// How many pixels that box has.
    pub(crate) fn box_size(&self) -> usize {
        self.extent().map_or(0, |extent| extent.iter().map(|[from, to]| to - from).product())
    }

    /// Whether a pixel, given by row and column, is foreground.
    pub(crate) fn is_foreground(&self, row: usize, column: usize) -> bool {
        self.row(row)[column / 64] >> (column % 64) & 1 == 1
    }
}

impl From<&Mask> for Bits {
    fn from(mask: &Mask) -> Self {
        Self::of_cells(&mask.grid, &mask.cells, |&cell| cell == Cell::Foreground)
    }
}

fn pack<'a, T: 'a>(
    words: &mut [u64],
    mut row: impl Iterator<Item = &'a T>,
    mut belongs: impl FnMut(&T) -> bool,
) {
    for word in words {
        let values = row.by_ref().take(64);
        *word = values.zip(0..64).fold(0, |word, (value, bit)| word | u64::from(belongs(value)) << bit);
    }
}

/// The cells of a row and those between it and the next, with the signs that they have in an image.
fn count_flat(rows: [&[u64]; 2], combine: impl Fn(u64, u64) -> u64 + Copy) -> isize {
    let [one, other] = rows;
    let both = |word: usize| combine(one[word], other[word]);
    (0..one.len()).map(|word| signed(one, word, combine) - signed_of(both, one.len(), word, combine)).sum()
}

/// The cells between two slices, as `count_flat` counts those in one.
fn count_deep(here: [&[u64]; 2], below: [&[u64]; 2], combine: impl Fn(u64, u64) -> u64 + Copy) -> isize {
    let words = here[0].len();
    let first = |word: usize| combine(here[0][word], below[0][word]);
    let all = |word: usize| combine(first(word), combine(here[1][word], below[1][word]));
    (0..words).map(|word| signed_of(first, words, word, combine) - signed_of(all, words, word, combine)).sum()
}

fn signed(row: &[u64], word: usize, combine: impl Fn(u64, u64) -> u64) -> isize {
    signed_of(|word| row[word], row.len(), word, combine)
}

/// How many bits of a word are set, less how many are for two neighbours; the one before the first column is 0.
fn signed_of(
    row: impl Fn(usize) -> u64,
    words: usize,
    word: usize,
    combine: impl Fn(u64, u64) -> u64,
) -> isize {
    let here = row(word);
    let next = if word + 1 < words { row(word + 1) } else { 0 };
    let mut pairs = combine(here, here >> 1 | next << 63).count_ones();
    if word == 0 {
        pairs += combine(0, here & 1) as u32;
    }
    here.count_ones() as isize - pairs as isize
}

/// First column and the column after the last of each run of a row.
pub(crate) struct Runs<'a> {
    words: &'a [u64],
    flip: u64,
    end: usize,
    next: usize,
}

impl Iterator for Runs<'_> {
    type Item = (u32, u32);

    fn next(&mut self) -> Option<(u32, u32)> {
        let start = self.first(self.next, self.flip);
        if start >= self.end {
            return None;
        }
        self.next = self.first(start, !self.flip);
        Some((start as u32, self.next as u32))
    }
}

impl Runs<'_> {
    /// The first bit from `from` on that is set, or `end`.
    fn first(&self, from: usize, flip: u64) -> usize {
        let mut word = from / 64;
        let mut bits = match self.words.get(word) {
            Some(bits) => (bits ^ flip) & !0 << (from % 64),
            None => return self.end,
        };
        while bits == 0 {
            word += 1;
            match self.words.get(word) {
                Some(next) => bits = next ^ flip,
                None => return self.end,
            }
        }
        (64 * word + bits.trailing_zeros() as usize).min(self.end)
    }
}
