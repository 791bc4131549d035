//! How far the threshold can be moved before the topology changes from right to wrong, or back.

use persistence::{Bar, Barcode, Filtration};

use crate::{Error, Prior};

/// The widest interval of thresholds around one of them throughout which a prior holds, or throughout which it does
/// not.
///
/// Under superlevel filtration the interval is without `low` and with `high`; under sublevel filtration the other way
/// round.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Margin {
    /// Whether the prior holds in the interval.
    pub holds: bool,
    /// The lower end; `None` if the interval has none.
    pub low: Option<MarginEnd>,
    /// The upper end; `None` if the interval has none.
    pub high: Option<MarginEnd>,
}

/// Where a [`Margin`] ends, and the pixel that ends it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct MarginEnd {
    /// The threshold at which a bar is born or dies.
    pub threshold: f32,
    /// The number of that bar in [`Barcode::bars`]. Of several it is the first in whose dimension the prior ceases to
    /// hold, or, if it begins to hold, the first.
    pub bar: usize,
    /// The pixel of that birth or death: the one whose value, `threshold`, must change for the interval to become
    /// wider.
    pub pixel: u32,
}

/// How far `threshold` can be moved while the Betti numbers go on satisfying the prior, or go on not satisfying it.
///
/// ```
/// use persistence::Options;
///
/// let map = ndarray::array![[0.9f32, 0.9, 0.9], [0.9, 0.1, 0.6], [0.9, 0.9, 0.9]];
/// let barcode = persistence::barcode(map.view(), Options::default())?;
/// let margin = topoloss::margin(&barcode, &"1,1".parse()?, 0.5)?;
/// assert!(margin.holds);
/// // The ring opens above 0.6, where its weakest pixel is, and its hole is filled at 0.1.
/// assert_eq!(margin.high.map(|end| (end.threshold, end.pixel)), Some((0.6, 5)));
/// assert_eq!(margin.low.map(|end| (end.threshold, end.pixel)), Some((0.1, 4)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the threshold is NaN or the prior is for arrays of another number of axes.
pub fn margin(barcode: &Barcode, prior: &Prior, threshold: f32) -> Result<Margin, Error> {
    prior.check_dimensions(barcode.dimensions())?;
    if threshold.is_nan() {
        return Err(Error::Threshold { threshold });
    }
    let filtration = barcode.options().filtration;
    let mut events = events(barcode);
    // In the order in which the filtration meets them.
    events.sort_by(|a, b| match filtration {
        Filtration::Superlevel => b.at.threshold.total_cmp(&a.at.threshold),
        Filtration::Sublevel => a.at.threshold.total_cmp(&b.at.threshold),
    });
    let past = events.partition_point(|event| filtration.contains(event.at.threshold, threshold));
    let betti = barcode.betti_numbers(threshold);
    let holds = prior.is_satisfied_by(&betti);
    let same = |a: &Event, b: &Event| a.at.threshold == b.at.threshold;
    let before = first_change(events[..past].chunk_by(same).rev(), -1, prior, &betti);
    let after = first_change(events[past..].chunk_by(same), 1, prior, &betti);
    Ok(match filtration {
        Filtration::Superlevel => Margin { holds, low: after, high: before },
        Filtration::Sublevel => Margin { holds, low: before, high: after },
    })
}

/// A birth or death.
struct Event {
    at: MarginEnd,
    dimension: usize,
    /// What it adds to the Betti number.
    change: isize,
}

fn events(barcode: &Barcode) -> Vec<Event> {
    let of_bar = |(number, bar): (usize, &Bar)| {
        let event = |threshold, pixel, change| Event {
            at: MarginEnd { threshold, bar: number, pixel },
            dimension: bar.dimension.into(),
            change,
        };
        let death = bar.death_index.map(|pixel| event(bar.death, pixel, -1));
        [Some(event(bar.birth, bar.birth_index, 1)), death].into_iter().flatten()
    };
    barcode.bars().iter().enumerate().flat_map(of_bar).collect()
}

/// Where the Betti numbers begin or cease to satisfy the prior, as events happen (`sign` 1) or are undone (-1), those of
/// one threshold together.
fn first_change<'a>(
    mut events: impl Iterator<Item = &'a [Event]>,
    sign: isize,
    prior: &Prior,
    betti: &[usize],
) -> Option<MarginEnd> {
    let held = prior.is_satisfied_by(betti);
    let mut betti = betti.to_vec();
    let same = events.find(|same| {
        for event in *same {
            let number = &mut betti[event.dimension];
            *number = number.saturating_add_signed(sign * event.change);
        }
        prior.is_satisfied_by(&betti) != held
    })?;
    let errors = prior.betti_error(&betti);
    let decides = |event: &&Event| !held || errors[event.dimension] > 0;
    same.iter().find(decides).map(|event| event.at)
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use persistence::{Options, barcode};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_prior_holds_in_the_interval_and_no_further(
            values in proptest::collection::vec(0u8..12, 30),
            least in 0usize..3,
            threshold in -1i8..13,
            sublevel: bool,
        ) {
            let map = Array2::from_shape_vec((5, 6), values).unwrap().mapv(f32::from);
            let filtration = if sublevel { Filtration::Sublevel } else { Filtration::Superlevel };
            let barcode = barcode(map.view(), Options { filtration, ..Options::default() }).unwrap();
            let prior: Prior = format!("1-2,{least}").parse().unwrap();
            let threshold = f32::from(threshold);
            let margin = margin(&barcode, &prior, threshold).unwrap();
            let holds_at = |threshold| prior.is_satisfied_by(&barcode.betti_numbers(threshold));
            prop_assert_eq!(margin.holds, holds_at(threshold));

            // Between whole numbers nothing happens.
            let threshold_of = |end: Option<MarginEnd>| end.map(|end| end.threshold);
            let low = threshold_of(margin.low).unwrap_or(-2.0);
            let high = threshold_of(margin.high).unwrap_or(14.0);
            let is_inside = if sublevel { low <= threshold && threshold < high }
                else { low < threshold && threshold <= high };
            prop_assert!(is_inside);
            for step in 0..=4 * (high - low) as usize {
                let inside = low + step as f32 / 4.0;
                let is_open_end = inside == if sublevel { high } else { low };
                prop_assert!(is_open_end || holds_at(inside) == margin.holds, "{} of {:?}", inside, margin);
            }
            for (end, beyond) in [(margin.low, -0.5), (margin.high, 0.5)] {
                let Some(end) = end else { continue };
                prop_assert_eq!(holds_at(end.threshold + beyond), !margin.holds);
                prop_assert_eq!(map.as_slice().unwrap()[end.pixel as usize], end.threshold);
                let bar = barcode.bars()[end.bar];
                prop_assert!(bar.birth_index == end.pixel || bar.death_index == Some(end.pixel));
            }
        }
    }

    #[test]
    fn nothing_ends_what_is_always_so() {
        let barcode = barcode(ndarray::array![[0.2f32, 0.7]].view(), Options::default()).unwrap();
        let any = margin(&barcode, &"*,0".parse().unwrap(), 0.5).unwrap();
        assert_eq!(any, Margin { holds: true, low: None, high: None });
        assert!(matches!(margin(&barcode, &"1,1,1".parse().unwrap(), 0.5), Err(Error::Dimensions { .. })));
        assert!(matches!(margin(&barcode, &"1,1".parse().unwrap(), f32::NAN), Err(Error::Threshold { .. })));
    }
}
