//! The features of a mask, with size and place.

use std::collections::BinaryHeap;

use ndarray::{ArrayD, ArrayView, Dimension, IxDyn};
use persistence::{Bar, Connectivity, Locator, Options, barcode, coordinates_into, flat_index};

use crate::{Error, MaskOptions, bits::Bits, grid::Grid, labels::Labels, mask::Side};

/// A component, hole, handle or cavity of a mask.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct MaskFeature {
    /// 0 for a component, 1 for a hole (2D) or handle (3D), 2 for a cavity (3D).
    pub dimension: u8,
    /// The pixels of a component, the background pixels that a hole or cavity encloses, or the voxels of a cycle
    /// through a handle: flat indices in row-major (C) order, ascending except along a cycle.
    pub pixels: Vec<u32>,
    /// The mean position of the pixels, one coordinate per axis: `[row, column]` or `[slice, row, column]`.
    pub centre: Vec<f64>,
}

impl MaskFeature {
    /// How many pixels it has: for a handle, the length of its cycle.
    pub fn size(&self) -> usize {
        self.pixels.len()
    }
}

/// All features of a mask or map `[rows, columns]` or `[slices, rows, columns]`: by dimension, in each the smallest
/// first, equal sizes by their first pixel. There are as many of each dimension as the Betti number says.
///
/// # Errors
///
/// If the array is neither an image nor a volume, is empty or has a NaN, or if the threshold is not finite.
pub fn features<D: Dimension>(
    array: ArrayView<f32, D>,
    options: MaskOptions,
) -> Result<Vec<MaskFeature>, Error> {
    features_of(&Bits::new(array, options)?, options.connectivity)
}

pub(crate) fn features_of(bits: &Bits, connectivity: Connectivity) -> Result<Vec<MaskFeature>, Error> {
    let mut features = Vec::new();
    for dimension in 0..bits.grid.dimensions() {
        features.extend(smallest_features(bits, connectivity, dimension, usize::MAX)?);
    }
    Ok(features)
}

/// The smallest features of one dimension, at most so many: in the order of [`features`].
pub(crate) fn smallest_features(
    bits: &Bits,
    connectivity: Connectivity,
    dimension: usize,
    most: usize,
) -> Result<Vec<MaskFeature>, Error> {
    let last = bits.grid.dimensions() - 1;
    let mut features = match dimension {
        0 => smallest_regions(bits, Side::Foreground, connectivity, most),
        _ if dimension == last => {
            smallest_regions(bits, Side::Background, connectivity.of_background(), most)
        }
        _ => smallest_handles(bits, connectivity, most)?,
    };
    features.iter_mut().for_each(|feature| feature.dimension = dimension as u8);
    Ok(features)
}

/// The smallest regions of one side without the outside, with a dimension that is yet to be set.
fn smallest_regions(bits: &Bits, side: Side, connectivity: Connectivity, most: usize) -> Vec<MaskFeature> {
    const NONE: u32 = u32::MAX;
    let mut labels = Labels::new(bits, side, connectivity);
    labels.number();
    let mut sizes = Vec::new();
    labels.sizes_into(bits, side, &mut sizes);
    let first = if side == Side::Background { 1 } else { 0 };
    // The numbers of regions are in the order of their first pixels.
    let mut chosen: Vec<u32> = (first..labels.count() as u32).collect();
    let by_size = |&region: &u32| (sizes[region as usize], region);
    if most < chosen.len() {
        chosen.select_nth_unstable_by_key(most, by_size);
        chosen.truncate(most);
    }
    chosen.sort_unstable_by_key(by_size);

    let mut places: Vec<Place> = chosen
        .iter()
        .map(|&region| Place { pixels: Vec::with_capacity(sizes[region as usize] as usize), sum: [0; 3] })
        .collect();
    let mut place_of = sizes;
    place_of.fill(NONE);
    chosen.iter().zip(0..).for_each(|(&region, place)| place_of[region as usize] = place);
    for (row, region, run) in labels.runs_of(bits, side) {
        let place = place_of[region as usize];
        if place != NONE {
            places[place as usize].add(&bits.grid, row, run);
        }
    }
    places.into_iter().map(|place| place.feature(&bits.grid)).collect()
}

/// The pixels of a region, as far as they are known, and the sum of their coordinates.
struct Place {
    pixels: Vec<u32>,
    sum: [u64; 3],
}

impl Place {
    fn add(&mut self, grid: &Grid, row: usize, (start, end): (u32, u32)) {
        let [_, rows, columns] = grid.lengths();
        let before = (row * columns) as u32;
        self.pixels.extend(before + start..before + end);
        let length = u64::from(end - start);
        self.sum[0] += length * (row / rows) as u64;
        self.sum[1] += length * (row % rows) as u64;
        self.sum[2] += length * (u64::from(start) + u64::from(end) - 1) / 2;
    }

    fn feature(self, grid: &Grid) -> MaskFeature {
        let size = self.pixels.len() as f64;
        let sum = &self.sum[3 - grid.dimensions()..];
        let centre = sum.iter().map(|&sum| sum as f64 / size).collect();
        MaskFeature { dimension: 0, pixels: self.pixels, centre }
    }
}

/// The handles with the shortest cycles, with a dimension that is yet to be set.
fn smallest_handles(bits: &Bits, connectivity: Connectivity, most: usize) -> Result<Vec<MaskFeature>, Error> {
    // Around the foreground is nothing that a cycle depends on.
    let Some(extent) = bits.extent() else { return Ok(Vec::new()) };
    let [slices, rows, columns] = extent;
    let shape = extent.map(|[from, to]| to - from);
    let in_slice = bits.grid.lengths()[1];
    let volume = ArrayD::from_shape_fn(IxDyn(&shape), |at| {
        let row = (at[0] + slices[0]) * in_slice + at[1] + rows[0];
        f32::from(bits.is_foreground(row, at[2] + columns[0]))
    });
    let whole = |index: u32| {
        let mut at = [0; 3];
        coordinates_into(index as usize, &shape, &mut at);
        let at = [at[0] + slices[0], at[1] + rows[0], at[2] + columns[0]];
        flat_index(&at, &bits.grid.lengths()) as u32
    };
    let cycles = shortest_cycles(&volume, connectivity, most)?;
    let handles = cycles.into_iter().map(|cycle| {
        let pixels: Vec<u32> = cycle.into_iter().map(whole).collect();
        MaskFeature { dimension: 1, centre: bits.grid.centre(&pixels), pixels }
    });
    Ok(handles.collect())
}

/// A cycle of voxels of value 1 through each handle of a volume of zeros and ones, in the order of its bars.
pub(crate) fn cycles(volume: &ArrayD<f32>, connectivity: Connectivity) -> Result<Vec<Vec<u32>>, Error> {
    let (bars, mut locator) = handles(volume, connectivity)?;
    // A bar of the volume's own barcode that is alive has a place.
    Ok(bars.iter().filter_map(|bar| locator.cycle(bar, LEVEL, usize::MAX).ok().flatten()).collect())
}

/// The shortest of these cycles, at most so many, those of one length by their voxels.
fn shortest_cycles(
    volume: &ArrayD<f32>,
    connectivity: Connectivity,
    most: usize,
) -> Result<Vec<Vec<u32>>, Error> {
    let (bars, mut locator) = handles(volume, connectivity)?;
    let mut found: BinaryHeap<(usize, Vec<u32>)> = BinaryHeap::new();
    for bar in bars {
        let longest = match found.peek() {
            Some(&(longest, _)) if found.len() >= most => longest,
            _ => usize::MAX,
        };
        if let Ok(Some(cycle)) = locator.cycle(&bar, LEVEL, longest) {
            found.push((cycle.len(), cycle));
            if found.len() > most {
                found.pop();
            }
        }
    }
    Ok(found.into_sorted_vec().into_iter().map(|(_, cycle)| cycle).collect())
}

/// A level at which what is 1 is foreground and what is 0 is not.
const LEVEL: f32 = 0.5;

fn handles(volume: &ArrayD<f32>, connectivity: Connectivity) -> Result<(Vec<Bar>, Locator<'_>), Error> {
    let options = Options { connectivity, ..Options::default() };
    let mut bars = barcode(volume.view(), options)?.in_dimension(1).to_vec();
    bars.retain(|bar| bar.is_alive_at(LEVEL, options.filtration));
    Ok((bars, Locator::new(volume.view(), options)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mask::tests::{CONNECTIVITIES, mask, masks};

    proptest! {
        #[test]
        fn regions_are_those_of_a_flood_pixel_by_pixel(array in masks()) {
            for connectivity in CONNECTIVITIES {
                let mask = mask(&array, connectivity);
                let bits = Bits::from(&mask);
                let last = array.ndim() - 1;
                for (dimension, side, first) in [(0, Side::Foreground, 0), (last, Side::Background, 1)] {
                    let regions = mask.regions(side);
                    let mut expected: Vec<Vec<u32>> = (first..regions.count())
                        .map(|region| regions.pixels(region).iter().map(|&at| mask.grid.index(at as usize)))
                        .map(|pixels| { let mut pixels: Vec<u32> = pixels.collect(); pixels.sort_unstable(); pixels })
                        .collect();
                    expected.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
                    let found = smallest_features(&bits, connectivity, dimension, usize::MAX).unwrap();
                    for (feature, expected) in found.iter().zip(&expected) {
                        prop_assert_eq!(&feature.pixels, expected);
                        prop_assert_eq!(&feature.centre, &mask.grid.centre(expected));
                    }
                    prop_assert_eq!(found.len(), expected.len());
                }
            }
        }

        #[test]
        fn the_shortest_cycles_are_the_first_of_all(
            array in masks().prop_filter("a volume", |array| array.ndim() == 3),
            most in 1usize..5,
        ) {
            for connectivity in CONNECTIVITIES {
                let mut all = cycles(&array, connectivity).unwrap();
                all.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
                all.truncate(most);
                prop_assert_eq!(shortest_cycles(&array, connectivity, most).unwrap(), all.clone());
                // In the box of the foreground they are the same.
                let bits = Bits::new(array.view(), MaskOptions::default()).unwrap();
                let handles = smallest_handles(&bits, connectivity, most).unwrap();
                let found: Vec<Vec<u32>> = handles.into_iter().map(|handle| handle.pixels).collect();
                prop_assert_eq!(found, all);
            }
        }
    }
}
