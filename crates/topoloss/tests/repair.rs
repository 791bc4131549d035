//! Exact repair: what it does to the cases that an annotator meets, and what holds for any array.

use ndarray::{Array2, Array3, ArrayD};
use persistence::{Connectivity, Options, barcode};
use proptest::prelude::*;
use topoloss::{
    Action, Error, MaskOptions, Outcome, Prior, Repair, RepairOptions, Side, Strategy as Repairing, Written,
    repair,
};

fn prior(text: &str) -> Prior {
    text.parse().unwrap()
}

/// An image in letters: `#` is foreground.
fn image(rows: &[&str]) -> Array2<f32> {
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(y, x)| f32::from(rows[y].as_bytes()[x] == b'#'))
}

fn letters(repair: &Repair<ndarray::Ix2>) -> Vec<String> {
    let row = |row: ndarray::ArrayView1<f32>| {
        row.iter().map(|&value| if value >= 0.5 { '#' } else { '.' }).collect()
    };
    repair.array.rows().into_iter().map(row).collect()
}

fn repaired(mask: &Array2<f32>, text: &str, strategy: Repairing) -> Repair<ndarray::Ix2> {
    let options = RepairOptions { strategy, ..RepairOptions::default() };
    repair(mask.view(), &prior(text), options).unwrap()
}

fn actions<D: ndarray::Dimension>(repair: &Repair<D>) -> Vec<(Action, u8, usize)> {
    repair.edits.iter().map(|edit| (edit.action, edit.dimension, edit.cost())).collect()
}

#[test]
fn an_open_ring_is_closed_at_its_gap() {
    let ring = image(&[
        ".#######.", //
        "#########",
        "##.....##",
        "##.....##",
        "##......#",
        "##.......",
        "##......#",
        "##.....##",
        "#########",
        ".#######.",
    ]);
    let closed = repaired(&ring, "1,1", Repairing::Cheapest);
    assert_eq!(closed.outcome, Outcome::Reached);
    assert_eq!(actions(&closed), [(Action::Bridge, 1, 1)]);
    assert_eq!(letters(&closed)[5], "##......#");
    assert_eq!(closed.edits[0].centre, [5.0, 8.0]);
}

#[test]
fn a_ring_of_a_map_is_closed_where_the_map_is_highest() {
    // The gap on the left is wide and high, the one on the right narrow and low: the first ring is the longer bar.
    let mut map = Array2::from_elem((9, 9), 0.0f32);
    for (y, x) in (1..8).flat_map(|y| (1..8).map(move |x| (y, x))) {
        if y == 1 || y == 7 || x == 1 || x == 7 {
            map[[y, x]] = 0.9;
        }
    }
    for y in 3..6 {
        map[[y, 1]] = 0.4;
    }
    let closed = repaired(&map, "1,1", Repairing::Cheapest);
    assert_eq!(actions(&closed), [(Action::Bridge, 1, 3)]);
    assert!((3..6).all(|y| closed.array[[y, 1]] == 0.5), "pixels are raised to the threshold");
}

#[test]
fn an_island_is_removed_or_bridged_as_the_strategy_says() {
    let mask = image(&["###..##"]);
    let by = |strategy| repaired(&mask, "1,0", strategy);
    assert_eq!(letters(&by(Repairing::FillOrRemove)), ["###...."]);
    assert_eq!(letters(&by(Repairing::BridgeOrCut)), ["#######"]);
    assert_eq!(by(Repairing::Cheapest).edits[0].action, Action::Remove, "of equal costs removal comes first");
    let far = repaired(&image(&["###...#"]), "1,0", Repairing::Cheapest);
    assert_eq!(actions(&far), [(Action::Remove, 0, 1)]);
    let near = repaired(&image(&["###.###"]), "1,0", Repairing::Cheapest);
    assert_eq!(actions(&near), [(Action::Bridge, 0, 1)]);
}

#[test]
fn a_hole_is_filled_or_cut_open_as_the_strategy_says() {
    let mask = image(&[
        "#####", //
        "#...#", "#...#", "#####",
    ]);
    let filled = repaired(&mask, "1,0", Repairing::FillOrRemove);
    assert_eq!(actions(&filled), [(Action::Fill, 1, 6)]);
    assert!(filled.array.iter().all(|&value| value >= 0.5));
    let cut = repaired(&mask, "1,0", Repairing::Cheapest);
    assert_eq!(actions(&cut), [(Action::Cut, 1, 1)]);
    assert_eq!(cut.edits[0].side, Side::Background);
    let small = repaired(&image(&["#####", "##.##", "#####"]), "1,0", Repairing::Cheapest);
    assert_eq!(actions(&small), [(Action::Fill, 1, 1)], "of equal costs filling comes first");
}

#[test]
fn values_cross_the_threshold_by_the_least_or_to_what_the_caller_wants() {
    let mask = image(&["#.#.."]);
    let options = RepairOptions {
        written: Written::Values { foreground: 1.0, background: 0.0 },
        ..RepairOptions::default()
    };
    let binary = repair(mask.view(), &prior("1,0"), options).unwrap();
    assert!(binary.array.iter().all(|&value| value == 0.0 || value == 1.0));
    let least = repair(mask.view(), &prior("1,0"), RepairOptions::default()).unwrap();
    let changed = least.edits[0].pixels[0] as usize;
    assert!([0.5, 0.5f32.next_down()].contains(&least.array[[0, changed]]));
    for (foreground, background) in [(0.4, 0.0), (1.0, 0.5), (f32::NAN, 0.0), (1.0, f32::NAN)] {
        let written = Written::Values { foreground, background };
        let error = repair(mask.view(), &prior("1,0"), RepairOptions { written, ..options }).unwrap_err();
        assert!(matches!(error, Error::Written { .. }));
    }
}

#[test]
fn of_bridges_of_one_length_the_one_that_changes_values_least_is_built() {
    let mut map = image(&["###.###", "###.###", "###.###"]);
    map[[1, 3]] = 0.4;
    let bridged = repaired(&map, "1,0", Repairing::Cheapest);
    assert_eq!(bridged.edits[0].pixels, [10]);
}

#[test]
fn what_is_missing_is_made_even_of_nothing() {
    let empty = Array2::<f32>::zeros((5, 5));
    let made = repaired(&empty, "1,0", Repairing::Cheapest);
    assert_eq!((made.outcome, made.changed_pixels), (Outcome::Reached, 1));
    let full = Array2::<f32>::ones((5, 5));
    let made = repaired(&full, "1,1", Repairing::Cheapest);
    assert_eq!((made.outcome, made.edits[0].pixels.as_slice()), (Outcome::Reached, &[12][..]));
    let made = repaired(&full, "2,0", Repairing::Cheapest);
    assert_eq!((made.outcome, made.changed_pixels), (Outcome::Reached, 5));
}

#[test]
fn what_cannot_be_is_said_to_be_so() {
    let mask = image(&["##", "##"]);
    let repaired = repaired(&mask, "1,1", Repairing::Cheapest);
    assert_eq!(repaired.outcome, Outcome::NotReached, "a 2x2 image has no room for a hole");
    assert_eq!((repaired.betti_after, repaired.array), (vec![1, 0], mask));
}

fn volume_options(strategy: Repairing) -> RepairOptions {
    RepairOptions { strategy, ..RepairOptions::default() }
}

/// A ring of 7x7 around an opening of 3x3, in a box with a margin.
fn solid_ring() -> Array3<f32> {
    Array3::from_shape_fn((5, 9, 9), |(z, y, x)| {
        let is_inside = (1..4).contains(&z) && (1..8).contains(&y) && (1..8).contains(&x);
        f32::from(is_inside && !((3..6).contains(&y) && (3..6).contains(&x)))
    })
}

#[test]
fn a_handle_is_filled_by_a_disc_or_cut_by_a_slice() {
    let ring = solid_ring();
    let filled = repair(ring.view(), &prior("1,0,0"), volume_options(Repairing::FillOrRemove)).unwrap();
    assert_eq!(filled.outcome, Outcome::Reached);
    assert_eq!(actions(&filled), [(Action::Fill, 1, 9)]);
    let cut = repair(ring.view(), &prior("1,0,0"), volume_options(Repairing::BridgeOrCut)).unwrap();
    assert_eq!(cut.outcome, Outcome::Reached);
    assert_eq!(actions(&cut), [(Action::Cut, 1, 6)]);
}

#[test]
fn a_cavity_is_filled_or_cut_open_and_a_leaking_one_is_shut() {
    let ball = Array3::from_shape_fn((7, 7, 7), |(z, y, x)| {
        let farthest = [z, y, x].iter().map(|&at| at.abs_diff(3)).max();
        f32::from(farthest == Some(2))
    });
    let cut = repair(ball.view(), &prior("1,0,0"), RepairOptions::default()).unwrap();
    assert_eq!(actions(&cut), [(Action::Cut, 2, 1)]);
    let filled = repair(ball.view(), &prior("1,0,0"), volume_options(Repairing::FillOrRemove)).unwrap();
    assert_eq!(actions(&filled), [(Action::Fill, 2, 27)]);
    let shut = repair(cut.array.view(), &prior("1,0,1"), RepairOptions::default()).unwrap();
    assert_eq!(actions(&shut), [(Action::Bridge, 2, 1)]);
    assert_eq!(shut.array.mapv(|value| value >= 0.5), ball.mapv(|value| value >= 0.5));
}

#[test]
fn an_open_ring_of_a_volume_is_closed() {
    let mut ring = solid_ring();
    ring.indexed_iter_mut().filter(|((_, y, x), _)| *y == 4 && *x >= 6).for_each(|(_, value)| *value = 0.0);
    let closed = repair(ring.view(), &prior("1,1,0"), RepairOptions::default()).unwrap();
    assert_eq!(closed.outcome, Outcome::Reached);
    assert_eq!(actions(&closed), [(Action::Bridge, 1, 1)]);
}

#[test]
fn a_lattice_loses_all_its_handles_each_by_one_voxel() {
    // The edges of 2x2x2 cubes: 54 bars between 27 corners.
    let lattice = Array3::from_shape_fn((9, 9, 9), |(z, y, x)| {
        f32::from([z, y, x].iter().filter(|&&at| at % 4 == 0).count() >= 2)
    });
    for connectivity in [Connectivity::T, Connectivity::V] {
        for strategy in [Repairing::Cheapest, Repairing::FillOrRemove, Repairing::BridgeOrCut] {
            let mut options = volume_options(strategy);
            options.mask.connectivity = connectivity;
            let repaired = repair(lattice.view(), &prior("1,0,0"), options).unwrap();
            assert_eq!(repaired.betti_before, [1, 28, 0]);
            assert_eq!((repaired.outcome, repaired.edits.len()), (Outcome::Reached, 28), "{options:?}");
            if strategy != Repairing::FillOrRemove {
                assert_eq!(repaired.changed_pixels, 28, "{options:?}");
            }
        }
    }
}

#[test]
fn handles_in_noise_are_all_removed_though_some_slices_cut_pieces_off() {
    let mut state = 1u32;
    let noise = Array3::from_shape_simple_fn((12, 12, 12), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(state >> 31 == 1)
    });
    for connectivity in [Connectivity::T, Connectivity::V] {
        let mut options = volume_options(Repairing::Cheapest);
        options.mask.connectivity = connectivity;
        let repaired = repair(noise.view(), &prior("1,0,0"), options).unwrap();
        assert!(repaired.betti_before[1] > 50, "{:?}", repaired.betti_before);
        assert_eq!(repaired.outcome, Outcome::Reached, "{:?}", repaired.betti_after);
    }
}

fn arrays() -> impl Strategy<Value = ArrayD<f32>> {
    let shape = prop_oneof![
        (1usize..9, 1usize..9).prop_map(|(a, b)| vec![a, b]),
        (1usize..5, 1usize..5, 1usize..5).prop_map(|(a, b, c)| vec![a, b, c]),
    ];
    (shape, prop_oneof![Just(1u8), Just(10)]).prop_flat_map(|(shape, levels)| {
        prop::collection::vec(0..=levels, shape.iter().product::<usize>()).prop_map(move |values| {
            let values = values.iter().map(|&value| f32::from(value) / f32::from(levels)).collect();
            ArrayD::from_shape_vec(shape.clone(), values).unwrap()
        })
    })
}

fn options() -> impl Strategy<Value = RepairOptions> {
    let strategy =
        prop_oneof![Just(Repairing::Cheapest), Just(Repairing::FillOrRemove), Just(Repairing::BridgeOrCut)];
    let connectivity = prop_oneof![Just(Connectivity::T), Just(Connectivity::V)];
    (strategy, connectivity).prop_map(|(strategy, connectivity)| RepairOptions {
        mask: MaskOptions { connectivity, ..MaskOptions::default() },
        strategy,
        written: Written::AtThreshold,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_result_is_what_it_says(
        array in arrays(),
        options in options(),
        counts in prop::collection::vec(prop_oneof![Just("0"), Just("1"), Just("2"), Just("0-1"), Just("*")], 3),
    ) {
        let prior = prior(&counts[..array.ndim()].join(","));
        let repaired = repair(array.view(), &prior, options).unwrap();
        let counting = Options { connectivity: options.mask.connectivity, ..Options::default() };
        let betti = |array: &ArrayD<f32>| barcode(array.view(), counting).unwrap().betti_numbers(0.5);
        prop_assert_eq!(&repaired.betti_before, &betti(&array));
        prop_assert_eq!(&repaired.betti_after, &betti(&repaired.array));
        prop_assert_eq!(repaired.outcome == Outcome::Reached, prior.is_satisfied_by(&repaired.betti_after));

        // The edits, made one after the other, are the difference; nothing else is changed.
        let before: Vec<f32> = array.iter().copied().collect();
        let after: Vec<f32> = repaired.array.iter().copied().collect();
        let mut sides: Vec<bool> = before.iter().map(|&value| value >= 0.5).collect();
        for edit in &repaired.edits {
            prop_assert!(edit.cost() > 0);
            for &pixel in &edit.pixels {
                let becomes = edit.side == Side::Foreground;
                prop_assert_ne!(std::mem::replace(&mut sides[pixel as usize], becomes), becomes);
            }
        }
        prop_assert_eq!(sides, after.iter().map(|&value| value >= 0.5).collect::<Vec<_>>());
        let changed = before.iter().zip(&after).filter(|(a, b)| a != b).count();
        prop_assert_eq!(changed, repaired.changed_pixels);
        let crossed = before.iter().zip(&after).filter(|(a, b)| (**a >= 0.5) != (**b >= 0.5)).count();
        prop_assert_eq!(changed, crossed, "a pixel on the side that it was on has its own value");
        prop_assert!(changed <= repaired.edits.iter().map(|edit| edit.cost()).sum::<usize>());

        prop_assert_eq!(repair(array.view(), &prior, options).unwrap(), repaired);
    }

    #[test]
    fn one_solid_component_is_always_reached(array in arrays(), options in options()) {
        // In noise one kind of edit alone may have no way out of the holes and handles that it makes.
        let options = RepairOptions { strategy: Repairing::Cheapest, ..options };
        let prior = prior(["1,0", "1,0,0"][array.ndim() - 2]);
        let repaired = repair(array.view(), &prior, options).unwrap();
        prop_assert_eq!(repaired.outcome, Outcome::Reached, "{:?} {:?}", repaired.betti_before, repaired.betti_after);
    }
}

#[test]
fn a_prior_that_no_array_has_room_for_is_refused_at_once() {
    let mask = image(&["##..", "....", "...#"]);
    for text in ["18446744073709551615,0", "1000000000000,1000000000000", "0-1,13"] {
        let refused = repaired(&mask, text, Repairing::Cheapest);
        assert_eq!((refused.outcome, refused.edits.len()), (Outcome::NotReached, 0), "{text}");
        assert_eq!((refused.array, refused.betti_after), (mask.clone(), vec![2, 0]), "{text}");
    }
    assert_eq!(
        repaired(&mask, "18446744073709551615-18446744073709551615,0", Repairing::Cheapest).changed_pixels,
        0
    );
}
