//! Connected-component labelling: the connected regions of one side of a mask, found run by run.
//!
//! Two runs in rows beside each other are connected if they overlap or, where corners connect, touch. A union-find over
//! the runs, of which the first is always the root, needs four bytes for each and nothing for pixels (He, Chao and
//! Suzuki 2008 for images; cc3d does the same for volumes).

use persistence::Connectivity;

use crate::{bits::Bits, mask::Side};

/// The region of the background that the outside belongs to.
pub(crate) const OUTSIDE: u32 = 0;

/// The connected regions of one side, by the runs that they consist of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Labels {
    /// The number of the first run of each row.
    first_runs: Vec<u32>,
    /// For each run an earlier one that it is connected with, or itself; once numbered, its region.
    runs: Vec<u32>,
    count: usize,
}

impl Labels {
    /// Those of a side, whose pixels are neighbours by `connectivity`. To the background the outside belongs, which is
    /// everything around the array.
    pub(crate) fn new(bits: &Bits, side: Side, connectivity: Connectivity) -> Self {
        let mut labels = Self::default();
        labels.find(bits, side, connectivity);
        labels
    }

    /// As [`Labels::new`], in the memory of the last ones.
    pub(crate) fn find(&mut self, bits: &Bits, side: Side, connectivity: Connectivity) {
        self.first_runs.clear();
        self.runs.clear();
        self.count = 0;
        if side == Side::Background {
            self.push();
        }
        // The rows before this one in which there are neighbours, and how far those reach along a row.
        let (beside, reach): (&[[isize; 2]], u32) = match connectivity {
            Connectivity::T => (&[[0, -1], [-1, -1], [-1, 0], [-1, 1]], 1),
            Connectivity::V => (&[[0, -1], [-1, 0]], 0),
        };
        for row in 0..bits.rows() {
            self.first_runs.push(self.runs.len() as u32);
            let is_rim = side == Side::Background && is_rim(bits, row);
            for (start, end) in bits.runs(row, side) {
                let run = self.push();
                if side == Side::Background && (is_rim || start == 0 || end as usize == bits.columns()) {
                    self.connect(OUTSIDE, run);
                }
            }
            for &step in beside {
                if let Some(other) = bits.row_beside(row, step) {
                    self.connect_rows(bits, side, [other, row], reach);
                }
            }
        }
    }

    /// How many there are; of the background, with the outside.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Numbers the regions in the order of their first pixels. The first of the background is [`OUTSIDE`].
    pub(crate) fn number(&mut self) {
        let mut count = 0;
        for run in 0..self.runs.len() {
            let before = self.runs[run] as usize;
            self.runs[run] = if before == run {
                count += 1;
                count - 1
            } else {
                self.runs[before]
            };
        }
    }

    /// How many pixels each region has; numbered ones only. Of the outside only those in the array count.
    pub(crate) fn sizes_into(&self, bits: &Bits, side: Side, sizes: &mut Vec<u32>) {
        sizes.clear();
        sizes.resize(self.count, 0);
        for (_, region, (start, end)) in self.runs_of(bits, side) {
            sizes[region as usize] += end - start;
        }
    }

    /// Every run with its row and its region; numbered ones only.
    pub(crate) fn runs_of(&self, bits: &Bits, side: Side) -> impl Iterator<Item = (usize, u32, (u32, u32))> {
        self.first_runs.iter().enumerate().flat_map(move |(row, &first)| {
            let regions = self.runs[first as usize..].iter();
            bits.runs(row, side).zip(regions).map(move |(run, &region)| (row, region, run))
        })
    }

    /// The region of a pixel of the side; numbered ones only. `None` if it is of the other side.
    pub(crate) fn at(&self, bits: &Bits, side: Side, row: usize, column: u32) -> Option<u32> {
        let mut runs = bits.runs(row, side).zip(self.first_runs[row]..);
        let (_, run) = runs.find(|&((start, end), _)| start <= column && column < end)?;
        Some(self.runs[run as usize])
    }

    fn push(&mut self) -> u32 {
        let run = self.runs.len() as u32;
        self.runs.push(run);
        self.count += 1;
        run
    }

    fn connect_rows(&mut self, bits: &Bits, side: Side, rows: [usize; 2], reach: u32) {
        let [one, other] = rows.map(|row| bits.runs(row, side).zip(self.first_runs[row]..));
        let mut one = one.peekable();
        for ((start, end), run) in other {
            while let Some(&((near_start, near_end), near)) = one.peek() {
                if near_start >= end + reach {
                    break;
                }
                if start < near_end + reach {
                    self.connect(near, run);
                }
                // Of what comes after a run, nothing touches what ends no later than the run.
                if near_end > end {
                    break;
                }
                one.next();
            }
        }
    }

    fn connect(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        if one != other {
            self.runs[one.max(other) as usize] = one.min(other);
            self.count -= 1;
        }
    }

    fn root(&mut self, mut run: u32) -> u32 {
        loop {
            let before = self.runs[run as usize];
            if before == run {
                return run;
            }
            let further = self.runs[before as usize];
            self.runs[run as usize] = further;
            run = further;
        }
    }
}

/// Whether a row lies at the border of the array with all its columns.
fn is_rim(bits: &Bits, row: usize) -> bool {
    let [slices, rows, _] = bits.grid.lengths();
    let is_end = |at: usize, length: usize| at == 0 || at + 1 == length;
    is_end(row % rows, rows) || (bits.grid.dimensions() == 3 && is_end(row / rows, slices))
}
