//! Seeds of missing features that no bar suggests: candidate edits where there is most room, or least to change.

use super::{
    distance::signed_distances,
    draft::Draft,
    edit::{Action, Candidate, Target},
    handles::steps_in_plane,
};
use crate::{
    Prior,
    mask::{Mask, Side},
};

/// How many of the smallest rings are tried before giving up.
const RINGS: usize = 64;

/// Edits of which each may make a missing feature, the best first.
pub(crate) fn candidates(draft: &Draft, prior: &Prior, betti: &[usize]) -> Vec<Candidate> {
    let mask = &draft.mask;
    let missing: Vec<usize> = (0..betti.len())
        .filter(|&dimension| prior.counts()[dimension].missing(betti[dimension]) > 0)
        .collect();
    let mut candidates = farthest(mask, &missing);
    let mut rings = rings(mask, &missing);
    rings.sort_by_key(|candidate| candidate.pixels.len());
    candidates.extend(rings.into_iter().take(RINGS));
    candidates
}

/// Every pixel changed alone, on the way to a feature of the first dimension in which one is missing.
pub(crate) fn pixels(draft: &Draft, prior: &Prior, betti: &[usize]) -> Vec<Candidate> {
    let mask = &draft.mask;
    let is_missing = |&dimension: &usize| prior.counts()[dimension].missing(betti[dimension]) > 0;
    let Some(dimension) = (0..betti.len()).find(is_missing) else { return Vec::new() };
    let changed = |pixel| match mask.is(pixel, Side::Foreground) {
        true => candidate(Action::Cut, dimension, Side::Background, vec![pixel]),
        false => candidate(Action::Bridge, dimension, Side::Foreground, vec![pixel]),
    };
    mask.grid.inside().map(changed).collect()
}

fn candidate(action: Action, dimension: usize, side: Side, pixels: Vec<usize>) -> Candidate {
    Candidate { action, dimension, side, pixels, target: Target::None }
}

/// The pixel of each side that is farthest from the other one becomes an island or a hole, or a straight cut
/// through it divides a component or drills a tunnel.
fn farthest(mask: &Mask, missing: &[usize]) -> Vec<Candidate> {
    let last = mask.grid.dimensions() - 1;
    let distances = signed_distances(mask);
    let farthest = |side: Side| {
        let farther = |best: usize, pixel: usize| {
            if distances[pixel].abs() > distances[best].abs() { pixel } else { best }
        };
        mask.grid.inside().filter(|&pixel| mask.is(pixel, side)).reduce(farther)
    };
    let mut candidates = Vec::new();
    if missing.contains(&0)
        && let Some(pixel) = farthest(Side::Background)
    {
        candidates.push(candidate(Action::Add, 0, Side::Foreground, vec![pixel]));
    }
    let Some(deepest) = farthest(Side::Foreground) else { return candidates };
    if missing.contains(&last) {
        candidates.push(candidate(Action::Punch, last, Side::Background, vec![deepest]));
    }
    if missing.contains(&(last - 1)) {
        let mut lines: Vec<Vec<usize>> =
            (2 - last..3).map(|axis| line_through(mask, deepest, axis)).collect();
        lines.sort_by_key(Vec::len);
        let cut = |line| candidate(Action::Cut, last - 1, Side::Background, line);
        candidates.extend(lines.into_iter().map(cut));
    }
    candidates
}

/// The foreground pixels before and after `pixel` along an axis.
fn line_through(mask: &Mask, pixel: usize, axis: usize) -> Vec<usize> {
    let stride = mask.grid.strides()[axis];
    let is_foreground = |pixel: &usize| mask.is(*pixel, Side::Foreground);
    let onwards = std::iter::successors(Some(pixel), |&pixel| Some(pixel + stride));
    let back = std::iter::successors(Some(pixel - stride), |&pixel| Some(pixel - stride));
    onwards.take_while(is_foreground).chain(back.take_while(is_foreground)).collect()
}

/// The smallest closed ring, or shell, of one side around each pixel of the other: a hole of one pixel, or a
/// component of one. In a volume a ring around the pixel makes a handle.
fn rings(mask: &Mask, missing: &[usize]) -> Vec<Candidate> {
    let last = mask.grid.dimensions() - 1;
    let mut rings = Vec::new();
    for (side, action) in [(Side::Foreground, Action::Bridge), (Side::Background, Action::Cut)] {
        let enclosed = side.other();
        let in_plane = |axis: usize| (1, steps_in_plane(mask, mask.connectivity(enclosed), axis));
        let kinds: Vec<(usize, Vec<isize>)> = match last {
            1 => vec![in_plane(0)],
            _ => (0..3).map(in_plane).chain([(2, mask.steps(enclosed).to_vec())]).collect(),
        };
        for (of_side, steps) in kinds {
            let dimension = if side == Side::Foreground { of_side } else { last - of_side };
            if !missing.contains(&dimension) {
                continue;
            }
            for pixel in mask.grid.inside().filter(|&pixel| mask.is(pixel, enclosed)) {
                let ring = steps.iter().map(|&step| pixel.wrapping_add_signed(step));
                let pixels = ring.filter(|&pixel| !mask.is(pixel, side)).collect();
                rings.push(candidate(action, dimension, side, pixels));
            }
        }
    }
    rings
}
