//! Exact repair against the least change that there is, by looking at every mask of 3x4 pixels.

use ndarray::Array2;
use persistence::Connectivity;
use topoloss::{MaskOptions, Outcome, Prior, RepairOptions, check, repair};

const PIXELS: u32 = 12;

fn mask(code: u32) -> Array2<f32> {
    Array2::from_shape_fn((3, 4), |(y, x)| (code >> (4 * y + x) & 1) as f32)
}

/// How many masks have a total Betti error of one; in how many the repair reached the prior; in how many of these it
/// changed as few pixels as any mask that satisfies the prior differs in.
struct Tally {
    single: usize,
    reached: usize,
    least: usize,
}

fn tally(text: &str, connectivity: Connectivity) -> Tally {
    let prior: Prior = text.parse().unwrap();
    let options =
        RepairOptions { mask: MaskOptions { connectivity, threshold: 0.5 }, ..RepairOptions::default() };
    let errors: Vec<usize> = (0..1 << PIXELS)
        .map(|code| check(mask(code).view(), &prior, options.mask.into()).unwrap().betti_error.iter().sum())
        .collect();
    let codes =
        |error: usize| (0..1u32 << PIXELS).filter(|&code| errors[code as usize] == error).collect::<Vec<_>>();
    let right = codes(0);
    let mut tally = Tally { single: 0, reached: 0, least: 0 };
    for code in codes(1) {
        let minimum = right.iter().map(|other| (code ^ other).count_ones() as usize).min().unwrap();
        let repaired = repair(mask(code).view(), &prior, options).unwrap();
        tally.single += 1;
        if repaired.outcome == Outcome::Reached {
            assert!(repaired.changed_pixels >= minimum, "{code:012b} {text} {connectivity:?}");
            tally.reached += 1;
            tally.least += usize::from(repaired.changed_pixels == minimum);
        }
    }
    assert!(tally.single > 100);
    tally
}

#[test]
fn one_surplus_feature_is_always_repaired_by_the_least_change() {
    for connectivity in [Connectivity::T, Connectivity::V] {
        for text in ["1,0", "1-2,0-1"] {
            let Tally { single, reached, least } = tally(text, connectivity);
            assert_eq!((reached, least), (single, single), "{text} {connectivity:?}");
        }
    }
}

#[test]
fn what_a_small_image_has_room_for_is_reached() {
    for code in 0..512u32 {
        let mask = Array2::from_shape_fn((3, 3), |(y, x)| (code >> (3 * y + x) & 1) as f32);
        for connectivity in [Connectivity::T, Connectivity::V] {
            let options = RepairOptions {
                mask: MaskOptions { connectivity, threshold: 0.5 },
                ..RepairOptions::default()
            };
            for text in ["1,0", "2,0", "3,0", "1,1"] {
                let repaired = repair(mask.view(), &text.parse().unwrap(), options).unwrap();
                assert_eq!(repaired.outcome, Outcome::Reached, "{code:09b} {text} {connectivity:?}");
            }
        }
    }
}

#[test]
fn a_missing_feature_is_made_where_there_is_room_and_then_mostly_by_the_least_change() {
    for connectivity in [Connectivity::T, Connectivity::V] {
        // The place of a missing feature follows the longest bar, which need not be the cheapest one.
        let Tally { single, reached, least } = tally("2,0", connectivity);
        assert!(10 * reached > 9 * single && 10 * least > 7 * reached, "{reached} and {least} of {single}");
        // Only two pixels of so small an image can be a hole, and many masks reach it by a detour.
        let Tally { single, reached, least } = tally("1,1", connectivity);
        assert!(reached == single && 10 * least > 7 * reached, "{reached} and {least} of {single}");
    }
}
