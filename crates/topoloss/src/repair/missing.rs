//! Candidate edits where there are too few features of a dimension.
//!
//! A bar of the map that is not alive at the threshold is a feature that could be: either it is born too late, and
//! the foreground lacks the pixels that create it, or it is dead already, and the background lacks those that the
//! feature was filled by. The second is the first with the sides exchanged. Bars are tried longest first, for those
//! are the ones that the loss wants (equation 3). A mask has no such bars, but the distance to its border has: the
//! gap of an open ring is one.

use persistence::{Bar, Filtration, Options, barcode};

use super::{
    cycles::{loop_through, shell_through},
    distance::signed_distances,
    draft::Draft,
    edit::{Action, Candidate, Target},
    relief::Relief,
};
use crate::{Error, Prior, mask::Side};

/// How many bars of one relief are tried before giving up.
const BARS: usize = 64;

/// Where candidates for missing features come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The bars of the map.
    Map,
    /// The bars of the distance to the mask's border.
    Distance,
    /// No bar: see [`super::seeds`].
    Seeds,
}

impl Source {
    /// In the order in which they are asked.
    pub(crate) const ALL: [Self; 3] = [Self::Map, Self::Distance, Self::Seeds];
}

/// The bars that are not alive in the dimensions where features are missing, longest first, and their landscape.
pub(crate) fn bars(
    draft: &Draft,
    prior: &Prior,
    betti: &[usize],
    source: Source,
) -> Result<(Relief, Vec<Bar>), Error> {
    let relief = match source {
        Source::Map => draft.relief(),
        Source::Distance | Source::Seeds => Relief::new(&draft.mask, signed_distances(&draft.mask), 0.0),
    };
    let connectivity = draft.mask.connectivity(Side::Foreground);
    let options = Options { connectivity, filtration: Filtration::Superlevel };
    let barcode = barcode(relief.array.view(), options)?;
    let mut bars: Vec<Bar> = Vec::new();
    for (dimension, count) in prior.counts().iter().enumerate() {
        if count.missing(betti[dimension]) > 0 {
            let not_alive = barcode.in_dimension(dimension).iter();
            let not_alive = not_alive.filter(|bar| !bar.is_alive_at(relief.level, options.filtration));
            bars.extend(not_alive.take(BARS));
        }
    }
    bars.sort_by(|a, b| b.length().total_cmp(&a.length()));
    Ok((relief, bars))
}

/// The edit after which a bar is alive that is not.
pub(crate) fn candidate_for(draft: &mut Draft, relief: &Relief, bar: &Bar) -> Option<Candidate> {
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
        _ => (connecting(side), shell_through(mask, relief, side, pixel)),
    };
    Some(Candidate { action, dimension, side, pixels, target: Target::None })
}

fn connecting(side: Side) -> Action {
    match side {
        Side::Foreground => Action::Bridge,
        Side::Background => Action::Cut,
    }
}
