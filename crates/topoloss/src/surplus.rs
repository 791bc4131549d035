//! Candidate edits where there are too many features of a dimension.

use std::collections::BTreeSet;

use persistence::Connectivity;

use crate::{
    Error, Prior, Strategy,
    edit::{Action, Candidate, Draft},
    features::cycles,
    join::joins,
    mask::{Mask, Regions, Side},
};

/// How many of the smallest slices through a handle are looked at more closely.
const SLICES: usize = 12;

/// Edits that may lower a Betti number which is too high, the cheapest first.
pub(crate) fn candidates(
    draft: &mut Draft,
    prior: &Prior,
    betti: &[usize],
    strategy: Strategy,
) -> Result<Vec<Candidate>, Error> {
    let dimensions = betti.len();
    let mut candidates = Vec::new();
    for (dimension, count) in prior.counts().iter().enumerate() {
        if count.surplus(betti[dimension]) == 0 {
            continue;
        }
        if dimension > 0 && dimension + 1 < dimensions {
            slice_handles(draft, dimension, strategy, &mut candidates)?;
            continue;
        }
        let side = if dimension == 0 { Side::Foreground } else { Side::Background };
        let regions = draft.mask.regions(side);
        if strategy != Strategy::BridgeOrCut {
            erase(&regions, side, dimension, &mut candidates);
        }
        // Components that must all go are not worth connecting first.
        let in_vain = dimension == 0 && count.most() == Some(0) && strategy == Strategy::Cheapest;
        if strategy != Strategy::FillOrRemove && !in_vain {
            let action = if side == Side::Foreground { Action::Bridge } else { Action::Cut };
            for join in joins(draft, side, &regions) {
                let (pixels, regions) = (join.pixels, join.regions.map(|region| numbered(region, side)));
                candidates.push(Candidate { action, dimension, side, pixels, regions });
            }
        }
    }
    sort(draft, &mut candidates);
    Ok(candidates)
}

/// The fewest pixels first; of as many, the least change of their values; then by action and place.
fn sort(draft: &Draft, candidates: &mut [Candidate]) {
    candidates.sort_by_cached_key(|candidate| {
        let distances = candidate.pixels.iter().map(|&pixel| draft.distance_to_threshold(pixel));
        // The bits of positive floats are in their order.
        let distance = distances.sum::<f64>().to_bits();
        let first = candidate.pixels.iter().min().copied();
        (candidate.pixels.len(), distance, candidate.action, first)
    });
}

/// One number for the regions of both sides.
fn numbered(region: u32, side: Side) -> u32 {
    2 * region + side as u32
}

/// Removing each component, or filling each hole or cavity.
fn erase(regions: &Regions, side: Side, dimension: usize, candidates: &mut Vec<Candidate>) {
    let (action, first) = match side {
        Side::Foreground => (Action::Remove, 0),
        Side::Background => (Action::Fill, 1),
    };
    for region in first..regions.count() {
        candidates.push(Candidate {
            action,
            dimension,
            side: side.other(),
            pixels: regions.pixels(region).iter().map(|&pixel| pixel as usize).collect(),
            regions: [numbered(region as u32, side); 2],
        });
    }
}

/// Slices through each handle of a volume, which cut it, and through each handle of the background, which are discs
/// that fill an opening.
fn slice_handles(
    draft: &mut Draft,
    dimension: usize,
    strategy: Strategy,
    candidates: &mut Vec<Candidate>,
) -> Result<(), Error> {
    for side in [Side::Foreground, Side::Background] {
        let (action, unwanted) = match side {
            Side::Foreground => (Action::Cut, Strategy::FillOrRemove),
            Side::Background => (Action::Fill, Strategy::BridgeOrCut),
        };
        if strategy == unwanted {
            continue;
        }
        for cycle in cycles_of(&draft.mask, side)? {
            for mut pixels in slices(&draft.mask, side, &cycle) {
                thin(&mut draft.mask, &mut pixels);
                let regions = [Regions::NONE; 2];
                candidates.push(Candidate { action, dimension, side: side.other(), pixels, regions });
            }
        }
    }
    Ok(())
}

/// A cycle through each handle of one side. The outside belongs to the background.
fn cycles_of(mask: &Mask, side: Side) -> Result<Vec<Vec<usize>>, Error> {
    let grid = &mask.grid;
    let shape: Vec<usize> = grid.shape().iter().map(|length| length + 2).collect();
    let pixels: Vec<usize> = grid.walkable().collect();
    let values = pixels.iter().map(|&pixel| f32::from(mask.is(pixel, side))).collect();
    let cycles = cycles(&shape, values, mask.connectivity(side))?;
    Ok(cycles
        .into_iter()
        .map(|cycle| cycle.into_iter().map(|index| pixels[index as usize]).collect())
        .collect())
}

/// The smallest connected slices, perpendicular to an axis, through the voxels of a cycle.
fn slices(mask: &Mask, side: Side, cycle: &[usize]) -> Vec<Vec<usize>> {
    let mut slices: Vec<Vec<usize>> = Vec::new();
    let mut limit = usize::MAX;
    for axis in 0..3 {
        let steps = steps_in_plane(mask, mask.connectivity(side), axis);
        for &start in cycle {
            if let Some(slice) = slice(mask, side, &steps, start, limit) {
                // A slice much larger than another one is not going to be the best.
                limit = limit.min(slice.len().saturating_mul(8).max(64));
                slices.push(slice);
            }
        }
    }
    slices.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    slices.dedup();
    slices.truncate(SLICES);
    slices
}

/// From a voxel to its neighbours in the plane perpendicular to an axis.
pub(crate) fn steps_in_plane(mask: &Mask, connectivity: Connectivity, axis: usize) -> Vec<isize> {
    let strides = mask.grid.strides().map(|stride| stride as isize);
    let [one, other] = [strides[(axis + 1) % 3], strides[(axis + 2) % 3]];
    match connectivity {
        Connectivity::T => {
            vec![one, -one, other, -other, one + other, one - other, other - one, -one - other]
        }
        Connectivity::V => vec![one, -one, other, -other],
    }
}

/// The voxels of the array that are connected with `start` in a plane, ascending; `None` if they are too many.
fn slice(mask: &Mask, side: Side, steps: &[isize], start: usize, limit: usize) -> Option<Vec<usize>> {
    let belongs = |pixel: usize| mask.is(pixel, side) && !mask.is_outside(pixel);
    let mut seen = BTreeSet::from([start]);
    let mut front = if belongs(start) { vec![start] } else { return None };
    while let Some(pixel) = front.pop() {
        if seen.len() > limit {
            return None;
        }
        for neighbour in steps.iter().map(|&step| pixel.wrapping_add_signed(step)) {
            if belongs(neighbour) && seen.insert(neighbour) {
                front.push(neighbour);
            }
        }
    }
    Some(seen.into_iter().collect())
}

/// Leaves out of an edit the pixels that change nothing: flips all, and flips back those that are simple. The mask
/// is as before afterwards.
pub(crate) fn thin(mask: &mut Mask, pixels: &mut Vec<usize>) {
    pixels.iter().for_each(|&pixel| mask.flip(pixel));
    loop {
        let before = pixels.len();
        pixels.retain(|&pixel| {
            let is_simple = mask.is_simple(pixel);
            if is_simple {
                mask.flip(pixel);
            }
            !is_simple
        });
        if pixels.len() == before {
            break;
        }
    }
    pixels.iter().for_each(|&pixel| mask.flip(pixel));
}
