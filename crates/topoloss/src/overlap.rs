//! By how much the features of two masks overlap.

use std::collections::BTreeMap;

use crate::{MaskFeature, grid::Grid};

/// Which features of one dimension overlap, by how many pixels: (found, wanted, overlap), in this order.
///
/// Handles overlap in the voxels of the found cycle that are on the wanted one or touch it, all others in the pixels
/// that they have in common.
pub(crate) fn overlaps(
    grid: &Grid,
    found: &[MaskFeature],
    wanted: &[MaskFeature],
) -> Vec<(usize, usize, usize)> {
    let mut overlaps = BTreeMap::new();
    for dimension in 0..grid.dimensions() {
        if grid.is_of_handles(dimension) {
            overlap_cycles(grid, found, wanted, &mut overlaps);
        } else {
            overlap_regions(runs(found, dimension), runs(wanted, dimension), &mut overlaps);
        }
    }
    overlaps.into_iter().map(|((one, other), overlap)| (one, other, overlap)).collect()
}

/// For two features, by their places in the lists, by how many pixels they overlap.
type Overlaps = BTreeMap<(usize, usize), usize>;

/// Pixels of one feature whose indices follow each other: the first, the one after the last, and the feature's place.
type Run = (u32, u32, usize);

/// The runs of the regions of a dimension, which have no pixel in common, in their order.
fn runs(features: &[MaskFeature], dimension: usize) -> Vec<Run> {
    let mut runs = Vec::new();
    let of_dimension = |(_, feature): &(usize, &MaskFeature)| usize::from(feature.dimension) == dimension;
    for (place, feature) in features.iter().enumerate().filter(of_dimension) {
        let following = feature.pixels.chunk_by(|one, next| one + 1 == *next);
        runs.extend(following.map(|run| (run[0], run[0] + run.len() as u32, place)));
    }
    runs.sort_unstable();
    runs
}

fn overlap_regions(found: Vec<Run>, wanted: Vec<Run>, overlaps: &mut Overlaps) {
    let (mut found, mut wanted) = (found.into_iter().peekable(), wanted.into_iter().peekable());
    while let (Some(&(start, end, one)), Some(&(other_start, other_end, other))) =
        (found.peek(), wanted.peek())
    {
        let common = end.min(other_end).saturating_sub(start.max(other_start));
        if common > 0 {
            *overlaps.entry((one, other)).or_default() += common as usize;
        }
        if end <= other_end {
            found.next();
        } else {
            wanted.next();
        }
    }
}

/// Cycles may have voxels in common, so that a voxel may be one of several.
fn overlap_cycles(grid: &Grid, found: &[MaskFeature], wanted: &[MaskFeature], overlaps: &mut Overlaps) {
    let is_handle = |(_, feature): &(usize, &MaskFeature)| feature.dimension == 1;
    let mut cycles: Vec<(usize, usize)> = Vec::new();
    for (other, cycle) in wanted.iter().enumerate().filter(is_handle) {
        cycles.extend(cycle.pixels.iter().map(|&index| (grid.pixel(index), other)));
    }
    cycles.sort_unstable();
    let block = grid.block();
    let mut touched = Vec::new();
    for (one, cycle) in found.iter().enumerate().filter(is_handle) {
        for &index in &cycle.pixels {
            touched.clear();
            for near in block.map(|step| grid.pixel(index).wrapping_add_signed(step)) {
                let from = cycles.partition_point(|&(pixel, _)| pixel < near);
                let here = cycles[from..].iter().take_while(|&&(pixel, _)| pixel == near);
                touched.extend(here.map(|&(_, other)| other));
            }
            touched.sort_unstable();
            touched.dedup();
            touched.iter().for_each(|&other| *overlaps.entry((one, other)).or_default() += 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{MaskOptions, bits::Bits, features::features_of, mask::tests::masks};

    proptest! {
        #[test]
        fn overlaps_are_what_two_features_have_in_common(array in masks(), turn: bool) {
            let bits = Bits::new(array.view(), MaskOptions::default()).unwrap();
            let mut other = array.clone();
            let values: Vec<f32> = array.iter().copied().collect();
            let reversed = values.into_iter().rev();
            other.iter_mut().zip(reversed).for_each(|(to, value)| *to = if turn { value } else { 1.0 - value });
            let other = Bits::new(other.view(), MaskOptions::default()).unwrap();
            let features = |bits: &Bits| features_of(bits, persistence::Connectivity::T).unwrap();
            let (found, wanted) = (features(&bits), features(&other));
            let grid = &bits.grid;
            let mut expected = Vec::new();
            for (place, one) in found.iter().enumerate() {
                for (other_place, other) in wanted.iter().enumerate() {
                    let is_handle = grid.is_of_handles(one.dimension.into());
                    let near: BTreeSet<usize> = other.pixels.iter().flat_map(|&index| {
                        let pixel = grid.pixel(index);
                        let block = grid.block().map(|step| pixel.wrapping_add_signed(step));
                        if is_handle { block.to_vec() } else { vec![pixel] }
                    }).collect();
                    let common = one.pixels.iter().filter(|&&index| near.contains(&grid.pixel(index))).count();
                    if one.dimension == other.dimension && common > 0 {
                        expected.push((place, other_place, common));
                    }
                }
            }
            prop_assert_eq!(overlaps(grid, &found, &wanted), expected);
        }
    }
}
