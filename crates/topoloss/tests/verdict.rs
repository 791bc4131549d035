//! Topological errors: what is wrong with a mask, and where.

use ndarray::{Array, Array2, Array3, ArrayD, Dimension, array};
use persistence::{Connectivity, Options, barcode};
use proptest::prelude::*;
use topoloss::{CheckOptions, DefectKind, Error, MaskOptions, Prior, check, compare, features};

fn prior(text: &str) -> Prior {
    text.parse().unwrap()
}

/// An image in letters: `#` is foreground.
fn image(rows: &[&str]) -> Array2<f32> {
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(y, x)| f32::from(rows[y].as_bytes()[x] == b'#'))
}

fn two_rings_and_dust() -> Array2<f32> {
    image(&[
        "####......", //
        "#..#.###..",
        "#..#.#.#.#",
        "####.###..",
    ])
}

#[test]
fn surplus_features_are_the_smallest_with_size_and_centre() {
    let verdict = check(two_rings_and_dust().view(), &prior("2,1"), CheckOptions::default()).unwrap();
    assert_eq!((verdict.betti.as_slice(), verdict.betti_error.as_slice()), (&[3, 2][..], &[1, 1][..]));
    assert!(!verdict.is_correct());
    let found: Vec<_> = verdict
        .defects
        .iter()
        .map(|defect| {
            let feature = &defect.feature;
            (defect.dimension, defect.kind, feature.size(), feature.centre.clone())
        })
        .collect();
    let surplus = DefectKind::Surplus;
    assert_eq!(found, [(0, surplus, 1, vec![2.0, 9.0]), (1, surplus, 1, vec![2.0, 6.0])]);
    assert_eq!(verdict.defects[1].feature.pixels, [26]);
}

#[test]
fn what_a_prior_misses_is_nowhere() {
    let verdict = check(image(&["##", "##"]).view(), &prior("1,2"), CheckOptions::default()).unwrap();
    assert_eq!(verdict.betti_error, [0, 2]);
    assert_eq!((verdict.surplus, verdict.missing), (vec![0, 0], vec![0, 2]));
    assert!(verdict.defects.is_empty());
}

#[test]
fn what_is_missing_is_counted_however_much_it_is() {
    let mask = image(&["##", "##"]);
    let verdict = check(mask.view(), &prior("18446744073709551615,0"), CheckOptions::default()).unwrap();
    assert_eq!((verdict.missing, verdict.surplus), (vec![usize::MAX - 1, 0], vec![0, 0]));
    assert_eq!(verdict.betti_error, [usize::MAX - 1, 0]);
}

#[test]
fn places_are_limited_and_counts_are_not() {
    let dust = image(&["#.#.#", ".....", "##.#.", ".....", "#.###"]);
    let options = |places| CheckOptions { places, ..CheckOptions::default() };
    let placed = |places| {
        let verdict = check(dust.view(), &prior("1,0"), options(places)).unwrap();
        assert_eq!((&verdict.betti[..], &verdict.surplus[..]), (&[7, 0][..], &[6, 0][..]));
        verdict.defects.into_iter().map(|defect| defect.feature.pixels).collect::<Vec<_>>()
    };
    assert_eq!(placed(0), Vec::<Vec<u32>>::new());
    assert_eq!(placed(2), [[0], [2]]);
    assert_eq!(placed(100).len(), 6);
    assert_eq!(placed(100)[5], [10, 11]);
}

#[test]
fn handles_are_counted_where_there_is_too_much_to_search_their_places() {
    let options = |handle_box| CheckOptions { handle_box, ..CheckOptions::default() };
    for (handle_box, places) in [(3 * 5 * 9, 2), (3 * 5 * 9 - 1, 0)] {
        let verdict = check(rings(2).view(), &prior("1,0,0"), options(handle_box)).unwrap();
        assert_eq!((&verdict.surplus[..], verdict.defects.len()), (&[0, 2, 0][..], places));
    }
}

#[test]
fn a_range_or_anything_leaves_nothing_to_complain_of() {
    for text in ["3,2", "1-3,2-9", "*,*"] {
        let verdict = check(two_rings_and_dust().view(), &prior(text), CheckOptions::default()).unwrap();
        assert!(verdict.is_correct() && verdict.defects.is_empty());
    }
}

#[test]
fn threshold_and_connectivity_decide_what_is_foreground_and_what_is_connected() {
    let map = array![[0.6f32, 0.2], [0.2, 0.4]];
    let betti = |threshold, connectivity| {
        check(map.view(), &prior("*,*"), MaskOptions { threshold, connectivity }.into()).unwrap().betti
    };
    assert_eq!(betti(0.5, Connectivity::V), [1, 0]);
    assert_eq!(betti(0.4, Connectivity::V), [2, 0]);
    assert_eq!(betti(0.4, Connectivity::T), [1, 0]);
}

#[test]
fn features_of_two_masks_are_matched_by_overlap_and_the_rest_has_a_place() {
    let reference = image(&[
        "###....", //
        "#.#....", "###....", ".......", "......#",
    ]);
    let prediction = image(&[
        "####..#", //
        "#..#...", "####...", ".......", "##.....",
    ]);
    let verdict = compare(prediction.view(), reference.view(), MaskOptions::default()).unwrap();
    assert_eq!((verdict.betti, verdict.reference), (vec![3, 1], Some(vec![2, 1])));
    assert_eq!(verdict.betti_error, [1, 0]);
    let found: Vec<_> =
        verdict.defects.iter().map(|defect| (defect.kind, defect.feature.pixels.clone())).collect();
    let expected = [
        (DefectKind::Surplus, vec![6]),
        (DefectKind::Surplus, vec![28, 29]),
        (DefectKind::Missing, vec![34]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn right_numbers_in_wrong_places_are_correct_with_defects() {
    let verdict = compare(image(&["#..."]).view(), image(&["..##"]).view(), MaskOptions::default()).unwrap();
    assert!(verdict.is_correct());
    let kinds: Vec<_> = verdict.defects.iter().map(|defect| defect.kind).collect();
    assert_eq!(kinds, [DefectKind::Surplus, DefectKind::Missing]);
}

#[test]
fn the_pair_with_the_larger_overlap_is_matched_first() {
    let reference = image(&["###.####"]);
    let prediction = image(&["########"]);
    let verdict = compare(prediction.view(), reference.view(), MaskOptions::default()).unwrap();
    assert_eq!(verdict.defects.len(), 1);
    assert_eq!(verdict.defects[0].feature.pixels, [0, 1, 2]);
}

/// Two rings side by side, the right one with its hole filled if `holes` is 1; the box is 3 slices thick.
fn rings(holes: usize) -> Array3<f32> {
    Array3::from_shape_fn((5, 7, 11), |(z, y, x)| {
        let is_inside = (1..4).contains(&z) && (1..6).contains(&y) && (1..10).contains(&x);
        let is_hole = (2..5).contains(&y) && ((2..4).contains(&x) || (holes == 2 && (6..9).contains(&x)));
        f32::from(is_inside && !is_hole)
    })
}

#[test]
fn a_handle_is_found_where_it_is() {
    let verdict = compare(rings(2).view(), rings(1).view(), MaskOptions::default()).unwrap();
    assert_eq!((verdict.betti, verdict.reference), (vec![1, 2, 0], Some(vec![1, 1, 0])));
    assert_eq!(verdict.defects.len(), 1);
    let handle = &verdict.defects[0].feature;
    assert_eq!((verdict.defects[0].dimension, verdict.defects[0].kind), (1, DefectKind::Surplus));
    assert!(handle.centre[2] > 5.0, "{handle:?}");
    let verdict = check(rings(2).view(), &prior("1,0-1,0"), CheckOptions::default()).unwrap();
    let handle = &verdict.defects[0].feature;
    assert!(handle.centre[2] < 5.0, "the handle with the shorter cycle is the surplus one");
}

#[test]
fn a_cavity_is_the_voxels_that_it_encloses() {
    let mut volume = Array3::<f32>::ones((5, 5, 6));
    volume[[2, 2, 2]] = 0.0;
    volume[[2, 2, 3]] = 0.0;
    let verdict = check(volume.view(), &prior("1,0,0"), CheckOptions::default()).unwrap();
    let cavity = &verdict.defects[0].feature;
    assert_eq!((verdict.defects[0].dimension, cavity.size()), (2, 2));
    assert_eq!(cavity.centre, [2.0, 2.0, 2.5]);
}

#[test]
fn inputs_that_make_no_sense_are_typed_errors() {
    let mask = image(&["#."]);
    let options = MaskOptions::default();
    let check =
        |mask: &Array2<f32>, text, options: MaskOptions| check(mask.view(), &prior(text), options.into());
    assert!(matches!(check(&mask, "1,0,0", options), Err(Error::Dimensions { .. })));
    assert!(matches!(compare(mask.view(), mask.t(), options), Err(Error::Shapes { .. })));
    for threshold in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let options = MaskOptions { threshold, ..options };
        assert!(matches!(check(&mask, "1,0", options), Err(Error::Threshold { .. })));
    }
    let error = check(&array![[0.0, 1.0], [f32::NAN, 0.0]], "1,0", options).unwrap_err();
    assert_eq!(error, Error::Array(persistence::Error::NotANumber { position: vec![1, 0] }));
    assert!(check(&Array2::zeros((0, 4)), "1,0", options).is_err());
    assert!(features(ndarray::Array1::zeros(4).view(), options).is_err());
}

fn masks() -> impl Strategy<Value = ArrayD<f32>> {
    let shape = prop_oneof![
        (1usize..9, 1usize..9).prop_map(|(a, b)| vec![a, b]),
        (1usize..6, 1usize..6, 1usize..6).prop_map(|(a, b, c)| vec![a, b, c]),
    ];
    shape.prop_flat_map(|shape| {
        prop::collection::vec(0u8..2, shape.iter().product::<usize>()).prop_map(move |values| {
            let values = values.iter().map(|&value| f32::from(value)).collect();
            ArrayD::from_shape_vec(shape.clone(), values).unwrap()
        })
    })
}

fn count<D: Dimension>(mask: &Array<f32, D>, connectivity: Connectivity) -> Vec<usize> {
    let options = Options { connectivity, ..Options::default() };
    barcode(mask.view(), options).unwrap().betti_numbers(0.5)
}

proptest! {
    #[test]
    fn there_are_as_many_features_as_the_betti_numbers_say(mask in masks(), t in any::<bool>()) {
        let connectivity = if t { Connectivity::T } else { Connectivity::V };
        let features = features(mask.view(), MaskOptions { connectivity, ..MaskOptions::default() }).unwrap();
        let mut betti = vec![0; mask.ndim()];
        for feature in &features {
            betti[usize::from(feature.dimension)] += 1;
            prop_assert!(feature.size() > 0 && feature.centre.len() == mask.ndim());
        }
        prop_assert_eq!(betti, count(&mask, connectivity));
    }

    #[test]
    fn a_mask_compared_with_itself_has_no_defects(mask in masks()) {
        let verdict = compare(mask.view(), mask.view(), MaskOptions::default()).unwrap();
        prop_assert!(verdict.is_correct() && verdict.defects.is_empty());
    }

    #[test]
    fn unmatched_features_account_for_the_difference_of_betti_numbers(one in masks()) {
        let reversed = one.iter().copied().collect::<Vec<_>>().into_iter().rev().collect();
        let other = ArrayD::from_shape_vec(one.raw_dim(), reversed).unwrap();
        let verdict = compare(one.view(), other.view(), MaskOptions::default()).unwrap();
        let reference = verdict.reference.unwrap();
        for (dimension, (betti, reference)) in verdict.betti.iter().zip(reference).enumerate() {
            let number = |kind| {
                let of = |defect: &&topoloss::Defect| {
                    usize::from(defect.dimension) == dimension && defect.kind == kind
                };
                verdict.defects.iter().filter(of).count()
            };
            prop_assert_eq!(number(DefectKind::Missing), verdict.missing[dimension]);
            prop_assert_eq!(number(DefectKind::Surplus), verdict.surplus[dimension]);
            prop_assert_eq!(betti + verdict.missing[dimension], reference + verdict.surplus[dimension]);
        }
    }

    #[test]
    fn surplus_features_are_the_first_of_all(mask in masks(), t in any::<bool>(), least in 0usize..3, places in 0usize..6) {
        let connectivity = if t { Connectivity::T } else { Connectivity::V };
        let mask_options = MaskOptions { connectivity, ..MaskOptions::default() };
        let all = features(mask.view(), mask_options).unwrap();
        let prior = Prior::exactly(&vec![least; mask.ndim()]).unwrap();
        let options = CheckOptions { places, ..mask_options.into() };
        let verdict = check(mask.view(), &prior, options).unwrap();
        prop_assert_eq!(&verdict.betti, &count(&mask, connectivity));
        for dimension in 0..mask.ndim() {
            let of = |found: u8| usize::from(found) == dimension;
            let surplus = verdict.betti[dimension].saturating_sub(least);
            prop_assert_eq!(verdict.surplus[dimension], surplus);
            prop_assert_eq!(verdict.missing[dimension], least.saturating_sub(verdict.betti[dimension]));
            let expected = all.iter().filter(|feature| of(feature.dimension)).take(surplus.min(places));
            let found = verdict.defects.iter().filter(|defect| of(defect.dimension));
            prop_assert!(found.map(|defect| &defect.feature).eq(expected));
        }
    }
}
