//! Candidate edits where there are too few features of a dimension.
//!
//! A bar of the map that is not alive at the threshold is a feature that could be: either it is born too late, and
//! the foreground lacks the pixels that create it, or it is dead already, and the background lacks those that the
//! feature was filled by. The second is the first with the sides exchanged. Bars are tried longest first, for those
//! are the ones that the loss wants (equation 3). A mask has no such bars, but the distance to its border has: the
//! gap of an open ring is one.

use persistence::{Bar, Filtration, Options, barcode};

use crate::{
    Error, Prior,
    close::{loop_through, wall_through},
    distance::signed_distances,
    edit::{Action, Candidate, Draft, Relief},
    mask::{Regions, Side},
};

/// How many bars of one relief are tried before giving up.
const BARS: usize = 64;

/// Where features that are missing could be, in the order in which the sources are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The map's own bars.
    Map,
    /// The bars of the distance to the mask's border.
    Distance,
    /// The pixel of each side that is farthest from the other: a new island or hole, or a straight cut through it.
    Farthest,
}

impl Source {
    pub(crate) const ALL: [Self; 3] = [Self::Map, Self::Distance, Self::Farthest];
}

/// Edits of which each may raise a Betti number that is too low, the best first.
pub(crate) fn bars(
    draft: &Draft,
    prior: &Prior,
    betti: &[usize],
    source: Source,
) -> Result<(Relief, Vec<Bar>), Error> {
    let relief = match source {
        Source::Map => draft.relief(),
        Source::Distance | Source::Farthest => Relief::new(&draft.mask, signed_distances(&draft.mask), 0.0),
    };
    if source == Source::Farthest {
        return Ok((relief, Vec::new()));
    }
    let connectivity = draft.mask.connectivity(Side::Foreground);
    let options = Options { connectivity, filtration: Filtration::Superlevel };
    let barcode = barcode(relief.array.view(), options)?;
    let mut bars: Vec<Bar> = Vec::new();
    for (dimension, count) in prior.counts().iter().enumerate() {
        if count.missing(betti[dimension]) > 0 {
            let asleep = barcode.in_dimension(dimension).iter();
            let asleep = asleep.filter(|bar| !bar.is_alive_at(relief.level, options.filtration));
            bars.extend(asleep.take(BARS));
        }
    }
    bars.sort_by(|a, b| b.length().total_cmp(&a.length()));
    Ok((relief, bars))
}

/// The edit that makes a bar alive which is not.
pub(crate) fn awaken(draft: &mut Draft, relief: &Relief, bar: &Bar) -> Option<Candidate> {
    let mask = &mut draft.mask;
    let dimension = usize::from(bar.dimension);
    let last = mask.grid.dimensions() - 1;
    let (side, pixel, of_side) = if bar.birth < relief.level {
        (Side::Foreground, bar.birth_index, dimension)
    } else {
        (Side::Background, bar.death_index?, last - dimension)
    };
    let pixel = mask.grid.pixel(pixel);
    let (action, pixels) = match (of_side, side) {
        (0, Side::Foreground) => (Action::Add, vec![pixel]),
        (0, Side::Background) => (Action::Punch, vec![pixel]),
        (1, _) => (connecting(side), loop_through(mask, relief, side, pixel)?),
        _ => (connecting(side), wall_through(mask, relief, side, pixel)),
    };
    Some(Candidate { action, dimension, side, pixels, regions: [Regions::NONE; 2] })
}

fn connecting(side: Side) -> Action {
    match side {
        Side::Foreground => Action::Bridge,
        Side::Background => Action::Cut,
    }
}

/// What can be done without any hint from the map: the pixel of each side that is farthest from the other one
/// becomes an island or a hole, or a straight cut through it divides a component or drills a tunnel.
pub(crate) fn farthest(draft: &Draft, prior: &Prior, betti: &[usize], relief: &Relief) -> Vec<Candidate> {
    let mask = &draft.mask;
    let is_missing = |dimension: usize| prior.counts()[dimension].missing(betti[dimension]) > 0;
    let regions = [Regions::NONE; 2];
    let mut candidates = Vec::new();
    let farthest = |side: Side| {
        let of_side = mask.grid.inside().filter(|&pixel| mask.is(pixel, side));
        of_side.reduce(
            |best, pixel| {
                if relief.value(pixel).abs() > relief.value(best).abs() { pixel } else { best }
            },
        )
    };
    let last = betti.len() - 1;
    if is_missing(0)
        && let Some(pixel) = farthest(Side::Background)
    {
        let (action, pixels) = (Action::Add, vec![pixel]);
        candidates.push(Candidate { action, dimension: 0, side: Side::Foreground, pixels, regions });
    }
    let Some(deepest) = farthest(Side::Foreground) else { return candidates };
    if is_missing(last) {
        let (action, pixels) = (Action::Punch, vec![deepest]);
        candidates.push(Candidate { action, dimension: last, side: Side::Background, pixels, regions });
    }
    let divided = last - 1;
    if is_missing(divided) {
        let mut lines: Vec<Vec<usize>> = (3 - betti.len()..3)
            .map(|axis| {
                let stride = mask.grid.strides()[axis];
                let is_foreground = |pixel: &usize| mask.is(*pixel, Side::Foreground);
                let onwards = std::iter::successors(Some(deepest), |&pixel| Some(pixel + stride));
                let back = std::iter::successors(Some(deepest - stride), |&pixel| Some(pixel - stride));
                onwards.take_while(is_foreground).chain(back.take_while(is_foreground)).collect()
            })
            .collect();
        lines.sort_by_key(Vec::len);
        candidates.extend(lines.into_iter().map(|pixels| {
            let (action, side) = (Action::Cut, Side::Background);
            Candidate { action, dimension: divided, side, pixels, regions }
        }));
    }
    candidates
}
