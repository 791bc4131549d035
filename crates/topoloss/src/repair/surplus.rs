//! Candidate edits where there are too many features of a dimension.

use super::{
    draft::Draft,
    edit::{Action, Candidate, Target},
    handles::{Slicing, slice_handles},
    options::Strategy,
    paths::paths,
};
use crate::{Error, Prior, mask::Side, regions::Regions};

/// Edits that may lower a Betti number which is too high, the cheapest first.
pub(crate) fn candidates(
    draft: &mut Draft,
    prior: &Prior,
    betti: &[usize],
    strategy: Strategy,
    slicing: Slicing,
) -> Result<Vec<Candidate>, Error> {
    let dimensions = betti.len();
    let mut candidates = Vec::new();
    for (dimension, count) in prior.counts().iter().enumerate() {
        if count.surplus(betti[dimension]) == 0 {
            continue;
        }
        if dimension > 0 && dimension + 1 < dimensions {
            slice_handles(draft, strategy, slicing, &mut candidates)?;
            continue;
        }
        let side = if dimension == 0 { Side::Foreground } else { Side::Background };
        let regions = draft.mask.regions(side);
        if strategy != Strategy::BridgeOrCut {
            erase(&regions, side, dimension, &mut candidates);
        }
        // Components that must all go are not worth connecting first.
        let all_must_go = dimension == 0 && count.most() == Some(0) && strategy == Strategy::Cheapest;
        if strategy != Strategy::FillOrRemove && !all_must_go {
            let action = if side == Side::Foreground { Action::Bridge } else { Action::Cut };
            for path in paths(draft, side, &regions) {
                let target = Target::Regions(path.regions.map(|region| numbered(region, side)));
                candidates.push(Candidate { action, dimension, side, pixels: path.pixels, target });
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
            target: Target::Region(numbered(region as u32, side)),
        });
    }
}
