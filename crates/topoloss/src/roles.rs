//! Which bars the loss wants: the longest, and of equally long ones those of the larger features.

use std::cmp::Reverse;

use ndarray::ArrayViewD;
use persistence::{Bar, Barcode, Connectivity, CycleLengths};

use crate::{Count, Error, Prior, Role, bits::Bits, grid::Grid, labels::Labels, mask::Side};

/// What the loss wants of each bar, and the memory that finding it out needs.
///
/// The bars of a dimension are ordered by length; those of one length by the size of their features, the largest first;
/// those of one size as in the barcode, by the indices of their pixels. The essential bar is one of them. Sizes are
/// looked at only where a bar that is wanted, or allowed, is as long as one that is not: in a mask, where all are.
///
/// A feature is as large as it becomes: the size of a component is that just above its death, of a hole or cavity that
/// at its birth. That of a handle is the length of its cycle. See [`persistence::Feature`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Roles {
    roles: Vec<Role>,
    /// The sizes of equally long bars, with their places in their dimension.
    measured: Vec<(Reverse<u32>, usize)>,
    /// The same, the complement of the size above the place: whole numbers are sorted by code that is there already.
    ordered: Vec<u64>,
    regions: RegionSizes,
    cycles: CycleLengths,
    lengths: Vec<u32>,
}

impl Roles {
    /// Finds the roles of all bars of the superlevel barcode of an array.
    pub(crate) fn assign(
        &mut self,
        array: ArrayViewD<f32>,
        barcode: &Barcode,
        prior: &Prior,
    ) -> Result<(), Error> {
        self.roles.clear();
        for (dimension, count) in prior.counts().iter().enumerate() {
            let bars = barcode.in_dimension(dimension);
            let start = self.roles.len();
            self.roles.extend((0..bars.len()).map(|rank| role(count, rank)));
            let mut ordered = 0;
            for cut in [count.least(), count.most().unwrap_or(usize::MAX)] {
                if cut < ordered || cut == 0 || cut >= bars.len() || !are_as_long(&bars[cut - 1], &bars[cut])
                {
                    continue;
                }
                let from = bars[..cut].partition_point(|bar| !are_as_long(bar, &bars[cut]));
                let to = cut + bars[cut..].partition_point(|bar| are_as_long(bar, &bars[cut]));
                self.order(array.view(), barcode, &bars[from..to])?;
                for (rank, &both) in (from..).zip(&self.ordered) {
                    let place = both as u32 as usize;
                    self.roles[start + from + place] = role(count, rank);
                }
                ordered = to;
            }
        }
        Ok(())
    }

    /// In the order of the barcode.
    pub(crate) fn all(&self) -> &[Role] {
        &self.roles
    }

    /// Orders equally long bars of one dimension.
    fn order(&mut self, array: ArrayViewD<f32>, barcode: &Barcode, bars: &[Bar]) -> Result<(), Error> {
        let options = barcode.options();
        self.measured.clear();
        if array.ndim() == 3 && bars.iter().all(|bar| bar.dimension == 1) {
            self.cycles.measure(array, options, bars, &mut self.lengths)?;
            self.measured.extend(self.lengths.iter().copied().map(Reverse).zip(0..));
        } else {
            self.regions.measure(array, options.connectivity, bars, &mut self.measured)?;
        }
        self.ordered.clear();
        let both = |&(Reverse(size), place): &(Reverse<u32>, usize)| u64::from(!size) << 32 | place as u64;
        self.ordered.extend(self.measured.iter().map(both));
        self.ordered.sort_unstable();
        Ok(())
    }
}

/// The equal lengths of a barcode are beside each other.
fn are_as_long(one: &Bar, other: &Bar) -> bool {
    one.length() == other.length()
}

/// What the loss wants of the bar that so many bars of its dimension come before.
fn role(count: &Count, rank: usize) -> Role {
    if rank < count.least() {
        Role::Wanted
    } else if count.most().is_none_or(|most| rank < most) {
        Role::Free
    } else {
        Role::Unwanted
    }
}

/// Sizes of components, holes and cavities, of all that are regions of one mask at once.
#[derive(Clone, Debug, Default)]
struct RegionSizes {
    bits: Option<Bits>,
    labels: Labels,
    sizes: Vec<u32>,
}

impl RegionSizes {
    /// Writes the size of each bar's feature, with the bar's place among these, which are of one dimension.
    fn measure(
        &mut self,
        array: ArrayViewD<f32>,
        connectivity: Connectivity,
        bars: &[Bar],
        measured: &mut Vec<(Reverse<u32>, usize)>,
    ) -> Result<(), Error> {
        const UNKNOWN: u32 = u32::MAX;
        let Self { bits, labels, sizes } = self;
        let grid = Grid::new(array.shape())?;
        let columns = grid.lengths()[2];
        let bits = bits.get_or_insert_with(|| Bits::empty(grid.clone()));
        bits.clear(grid);
        measured.extend((0..bars.len()).map(|place| (Reverse(UNKNOWN), place)));
        while let Some(next) = measured.iter().position(|(size, _)| size.0 == UNKNOWN) {
            // Bars of one length may have different ends, but of a mask all have the same.
            let (side, level) = whole(&bars[next]);
            bits.fill(array.view(), |&value| value >= level);
            let neighbours = match side {
                Side::Foreground => connectivity,
                Side::Background => connectivity.of_background(),
            };
            labels.find(bits, side, neighbours);
            labels.number();
            labels.sizes_into(bits, side, sizes);
            for ((size, _), bar) in measured.iter_mut().zip(bars) {
                if whole(bar) == (side, level) {
                    let pixel =
                        if side == Side::Foreground { Some(bar.birth_index) } else { bar.death_index };
                    let pixel = pixel.map(|index| (index as usize / columns, index % columns as u32));
                    let region = pixel.and_then(|(row, column)| labels.at(bits, side, row, column));
                    *size = Reverse(region.map_or(0, |region| sizes[region as usize]));
                }
            }
        }
        Ok(())
    }
}

/// The side that a component, hole or cavity is a region of, and the level at which it is largest.
fn whole(bar: &Bar) -> (Side, f32) {
    match bar.dimension {
        0 => (Side::Foreground, bar.death.next_up()),
        _ => (Side::Background, bar.birth),
    }
}
