//! The loss: its values on barcodes worked out by hand, its inputs, and where its descent leads.

use ndarray::{Array2, Array3, Axis, array};
use persistence::{Connectivity, Options, barcode, feature};
use proptest::prelude::*;
use topoloss::{
    Count, Error, Evaluator, LossOptions, OutOfRange, Pooling, PoolingKind, Prior, Role, loss, loss_batch,
};

fn prior(text: &str) -> Prior {
    text.parse().unwrap()
}

fn total(map: &Array2<f32>, text: &str) -> f64 {
    loss(map.view(), &prior(text), LossOptions::default()).unwrap().total()
}

/// Bars of dimension 0: (0.75, 0), (0.5, 0.25). No holes.
fn two_peaks() -> Array2<f32> {
    array![[0.75, 0.25, 0.5]]
}

#[test]
fn equation_3_by_hand() {
    assert_eq!(total(&two_peaks(), "1,0"), 0.25 * 0.25 + 0.25 * 0.25);
    assert_eq!(total(&two_peaks(), "2,0"), 0.25 * 0.25 + 0.75 * 0.75);
    assert_eq!(total(&two_peaks(), "0,0"), 0.75 * 0.75 + 0.25 * 0.25);
    assert_eq!(total(&two_peaks(), "3,0"), 0.25 * 0.25 + 0.75 * 0.75 + 1.0, "a missing bar has length 0");
    assert_eq!(total(&two_peaks(), "1,2"), 0.125 + 2.0);
    assert_eq!(total(&two_peaks(), "1-2,0"), 0.25 * 0.25, "a free bar is in neither sum");
    assert_eq!(total(&two_peaks(), "0-1,0"), 0.25 * 0.25);
    assert_eq!(total(&two_peaks(), "*,*"), 0.0);
}

#[test]
fn weights_multiply_the_terms_of_equation_4() {
    let weighted = prior("1,1").with_weights(&[2.0, 0.5]).unwrap();
    let loss = loss(two_peaks().view(), &weighted, LossOptions::default()).unwrap();
    assert_eq!(loss.total(), 2.0 * 0.125 + 0.5);
    let values: Vec<f64> = loss.dimensions().iter().map(|dimension| dimension.value).collect();
    assert_eq!(values, [0.25, 0.5]);
    assert_eq!(loss.dimensions()[1].missing, 1);
    let terms: Vec<(Role, f64)> = loss.terms().iter().map(|term| (term.role, term.value)).collect();
    assert_eq!(terms, [(Role::Wanted, 0.125), (Role::Unwanted, 0.125)]);
}

#[test]
fn the_gradient_is_at_the_critical_pixels_and_only_the_birth_of_the_essential_bar_has_one() {
    let gradient = |text: &str| {
        loss(two_peaks().view(), &prior(text), LossOptions::default()).unwrap().gradient().to_vec()
    };
    assert_eq!(gradient("1,0"), [(0, -0.5), (1, -0.5), (2, 0.5)]);
    assert_eq!(gradient("2,0"), [(0, -0.5), (1, 1.5), (2, -1.5)]);
    assert_eq!(gradient("*,0"), []);
}

#[test]
fn a_value_that_is_no_probability_is_an_error_that_names_the_pixel() {
    for value in [-0.5, 1.5, f32::INFINITY, f32::NEG_INFINITY] {
        let map = array![[0.5, 0.5], [value, 0.5]];
        let error = loss(map.view(), &prior("1,0"), LossOptions::default()).unwrap_err();
        assert_eq!(error, Error::OutOfRange { position: vec![1, 0], value });
        let clamp = LossOptions { out_of_range: OutOfRange::Clamp, ..LossOptions::default() };
        let clamped = map.mapv(|value| value.clamp(0.0, 1.0));
        assert_eq!(loss(map.view(), &prior("1,0"), clamp).unwrap().total(), total(&clamped, "1,0"));
    }
    for out_of_range in [OutOfRange::Reject, OutOfRange::Clamp] {
        let options = LossOptions { out_of_range, ..LossOptions::default() };
        let error = loss(array![[0.5, f32::NAN]].view(), &prior("1,0"), options).unwrap_err();
        assert_eq!(error, Error::Array(persistence::Error::NotANumber { position: vec![0, 1] }));
    }
}

#[test]
fn a_prior_for_volumes_does_not_fit_an_image_and_the_other_way_round() {
    let error = loss(two_peaks().view(), &prior("1,0,0"), LossOptions::default()).unwrap_err();
    assert_eq!(error, Error::Dimensions { prior: "1,0,0".to_owned(), given: 3, array: 2 });
    let volume = Array3::zeros((2, 2, 2));
    assert!(loss(volume.view(), &prior("1,0"), LossOptions::default()).is_err());
    let line = ndarray::Array1::zeros(3);
    let error = loss(line.view(), &prior("1,0"), LossOptions::default()).unwrap_err();
    assert!(matches!(error, Error::Array(persistence::Error::Dimensions { dimensions: 1 })));
    let empty = Array2::zeros((0, 3));
    let error = loss(empty.view(), &prior("1,0"), LossOptions::default()).unwrap_err();
    assert!(matches!(error, Error::Array(persistence::Error::Empty { .. })));
}

#[test]
fn a_batch_is_one_loss_after_the_other_and_names_the_array_that_is_wrong() {
    let mut batch =
        Array3::from_shape_fn((3, 4, 4), |(image, y, x)| ((image + 3 * y + 5 * x) % 7) as f32 / 7.0);
    let prior = prior("1,1");
    let losses = loss_batch(batch.outer_iter(), &prior, LossOptions::default()).unwrap();
    for (image, expected) in batch.outer_iter().zip(losses) {
        assert_eq!(loss(image, &prior, LossOptions::default()).unwrap(), expected);
    }
    batch[[2, 1, 0]] = 2.0;
    let error = loss_batch(batch.axis_iter(Axis(0)), &prior, LossOptions::default()).unwrap_err();
    assert_eq!(error.index, 2);
    assert!(matches!(error.source, Error::OutOfRange { .. }));
}

#[test]
fn a_pooled_loss_is_that_of_the_coarser_array() {
    let fine = Array2::from_shape_fn((4, 6), |(y, x)| if (y / 2 + x / 2) % 2 == 0 { 1.0 } else { 0.25 });
    let coarse = array![[1.0, 0.25, 1.0], [0.25, 1.0, 0.25]];
    for kind in [PoolingKind::Max, PoolingKind::Mean] {
        let pooling = Some(Pooling { factor: 2.try_into().unwrap(), kind });
        let options = LossOptions { pooling, ..LossOptions::default() };
        let pooled = loss(fine.view(), &prior("2,1"), options).unwrap();
        assert_eq!(pooled.total(), total(&coarse, "2,1"));
        assert_eq!((pooled.shape(), pooled.bar_shape()), (&[4, 6][..], &[2, 3][..]));
    }
}

proptest! {
    #[test]
    fn the_loss_is_zero_exactly_when_the_barcode_is_ideal(
        values in prop::collection::vec(0u8..=2, 30),
        asked in (0usize..4, 0usize..3),
    ) {
        let map = Array2::from_shape_vec((5, 6), values).unwrap().mapv(|value| f32::from(value) / 2.0);
        let prior = Prior::new([Count::Exactly(asked.0), Count::Exactly(asked.1)]).unwrap();
        let barcode = barcode(map.view(), Options::default()).unwrap();
        let number = |dimension: usize| {
            barcode.in_dimension(dimension).iter().filter(|bar| bar.length() > 0.0).count()
        };
        let is_ideal = barcode.bars().iter().all(|bar| bar.length() == 1.0 || bar.length() == 0.0)
            && (number(0), number(1)) == asked;
        let loss = loss(map.view(), &prior, LossOptions::default()).unwrap();
        prop_assert_eq!(loss.total() == 0.0, is_ideal);
        prop_assert!(loss.total() >= 0.0);
        if is_ideal {
            prop_assert!(loss.gradient().is_empty());
        }
    }
}

/// A ring of radius 6 with two gaps of 0.3, and an island of 0.7.
fn gap_toothed_ring_and_island() -> Array2<f32> {
    Array2::from_shape_fn((20, 20), |(y, x)| {
        let (dy, dx) = (y as f32 - 8.0, x as f32 - 8.0);
        let is_ring = (4.5..7.5).contains(&dy.hypot(dx));
        let is_gap = dy.abs() < 1.5 && dx.abs() > 2.0;
        let noise = ((13 * y + 7 * x) % 17) as f32 / 400.0;
        noise
            + match (is_ring, is_gap) {
                (true, false) => 0.9,
                (true, true) => 0.3,
                _ if y >= 17 && x >= 17 => 0.7,
                _ => 0.05,
            }
    })
}

#[test]
fn descending_the_gradient_turns_a_gap_toothed_ring_and_an_island_into_one_ring() {
    for connectivity in [Connectivity::T, Connectivity::V] {
        let mut map = gap_toothed_ring_and_island();
        let prior = prior("1,1");
        let options = Options { connectivity, ..Options::default() };
        let betti = |map: &Array2<f32>| barcode(map.view(), options).unwrap().betti_numbers(0.5);
        assert_eq!(betti(&map), [3, 0]);
        let mut evaluator = Evaluator::new();
        let loss_options = LossOptions { connectivity, ..LossOptions::default() };
        let first = evaluator.evaluate(map.view(), &prior, loss_options).unwrap().total();
        let mut last = first;
        for _ in 0..400 {
            let loss = evaluator.evaluate(map.view(), &prior, loss_options).unwrap();
            last = loss.total();
            loss.add_gradient_to(map.view_mut(), -0.05).unwrap();
            map.mapv_inplace(|value| value.clamp(0.0, 1.0));
        }
        assert!(last < first / 4.0, "{first} to {last}");
        assert_eq!(betti(&map), [1, 1]);
    }
}

/// Nuclei of 2x2 and 3x3 pixels with specks of one pixel before, between and behind them.
fn nuclei_and_specks() -> Array2<f32> {
    let rows = [
        "#...........", //
        "...##....###",
        ".#.##....###",
        ".........###",
        "............",
        "#.###.......",
        "..###...##..",
        "..###...##.#",
    ];
    Array2::from_shape_fn((rows.len(), 12), |(y, x)| f32::from(rows[y].as_bytes()[x] == b'#'))
}

#[test]
fn among_equal_bars_those_of_the_larger_features_are_wanted() {
    for connectivity in [Connectivity::T, Connectivity::V] {
        let options = LossOptions { connectivity, ..LossOptions::default() };
        let mask = nuclei_and_specks();
        let locate = Options { connectivity, ..Options::default() };
        let wanted_sizes = |text: &str| {
            let loss = loss(mask.view(), &prior(text), options).unwrap();
            let wanted = loss.terms().iter().filter(|term| term.role == Role::Wanted);
            let size = |bar| feature(mask.view(), locate, bar, 0.5).unwrap().pixels().len();
            let mut sizes: Vec<usize> = wanted.map(|term| size(&term.bar)).collect();
            sizes.sort_unstable();
            sizes
        };
        assert_eq!(wanted_sizes("4,0"), [4, 4, 9, 9]);
        assert_eq!(wanted_sizes("3,0"), [4, 9, 9]);
        assert_eq!(wanted_sizes("2-3,0"), [9, 9]);
        // The gradient flattens the specks and leaves the nuclei alone.
        let loss = loss(mask.view(), &prior("4,0"), options).unwrap();
        let lowered: Vec<u32> = loss
            .gradient()
            .iter()
            .filter(|(pixel, _)| mask[[*pixel as usize / 12, *pixel as usize % 12]] == 1.0)
            .map(|&(pixel, _)| pixel)
            .collect();
        assert_eq!(lowered, [0, 25, 60, 95]);
    }
}

#[test]
fn the_essential_bar_has_no_privilege_among_equal_ones() {
    // Its pixel is the deepest, that of the square; the line is longer.
    let rows = ["...........", ".###.......", ".###.......", ".###.......", "...........", "###########"];
    let mask = Array2::from_shape_fn((6, 11), |(y, x)| f32::from(rows[y].as_bytes()[x] == b'#'));
    let loss = loss(mask.view(), &prior("1,0"), LossOptions::default()).unwrap();
    let of: Vec<_> = loss.terms().iter().map(|term| (term.bar.is_essential(), term.role)).collect();
    assert_eq!(of, [(true, Role::Unwanted), (false, Role::Wanted)]);
}

#[test]
fn larger_holes_handles_and_cavities_are_wanted_too() {
    let role_of_sizes = |volume: ndarray::ArrayViewD<f32>, text: &str, dimension: u8| {
        let loss = loss(volume.view(), &prior(text), LossOptions::default()).unwrap();
        let mut sizes: Vec<(usize, Role)> = loss
            .terms()
            .iter()
            .filter(|term| term.bar.dimension == dimension)
            .map(|term| {
                let place = feature(volume.view(), Options::default(), &term.bar, 0.5).unwrap();
                (place.pixels().len(), term.role)
            })
            .collect();
        sizes.sort_by_key(|&(size, _)| size);
        sizes
    };
    let holes = Array2::from_shape_fn((7, 9), |(y, x)| {
        f32::from(!((y == 1 && x == 1) || (2..5).contains(&y) && (4..7).contains(&x)))
    });
    assert_eq!(role_of_sizes(holes.view().into_dyn(), "1,1", 1), [(1, Role::Unwanted), (9, Role::Wanted)]);
    // Two openings in a plate, of one voxel and of three by three.
    let handles = Array3::from_shape_fn((1, 7, 9), |(_, y, x)| holes[[y, x]]);
    let found = role_of_sizes(handles.view().into_dyn(), "1,1,0", 1);
    assert_eq!(found.iter().map(|&(_, role)| role).collect::<Vec<_>>(), [Role::Unwanted, Role::Wanted]);
    assert!(found[0].0 < found[1].0);
    let cavities = Array3::from_shape_fn((5, 5, 8), |(z, y, x)| {
        let inside = |at: usize| (1..4).contains(&at);
        f32::from(!((z, y, x) == (1, 1, 1) || (inside(z) && inside(y) && (4..7).contains(&x))))
    });
    assert_eq!(
        role_of_sizes(cavities.view().into_dyn(), "1,0,1", 2),
        [(1, Role::Unwanted), (27, Role::Wanted)]
    );
}

fn arrays_with_ties() -> impl Strategy<Value = ndarray::ArrayD<f32>> {
    let shape = prop_oneof![
        (1usize..8, 1usize..8).prop_map(|(a, b)| vec![a, b]),
        (1usize..5, 1usize..5, 1usize..5).prop_map(|(a, b, c)| vec![a, b, c]),
    ];
    (shape, 2u8..6).prop_flat_map(|(shape, levels)| {
        prop::collection::vec(0..levels, shape.iter().product::<usize>()).prop_map(move |values| {
            let values = values.iter().map(|&value| f32::from(value) / f32::from(levels - 1)).collect();
            ndarray::ArrayD::from_shape_vec(shape.clone(), values).unwrap()
        })
    })
}

proptest! {
    #[test]
    fn roles_go_by_length_then_size_then_the_order_of_the_barcode(
        array in arrays_with_ties(),
        least in 0usize..4,
        more in 0usize..3,
        v: bool,
    ) {
        let connectivity = if v { Connectivity::V } else { Connectivity::T };
        let options = LossOptions { connectivity, ..LossOptions::default() };
        let prior = Prior::new(vec![Count::Range(least..=least + more); array.ndim()]).unwrap();
        let loss = loss(array.view(), &prior, options).unwrap();
        let size = |term: &topoloss::Term| {
            let level = if term.bar.dimension == 0 { term.bar.death.next_up() } else { term.bar.birth };
            let options = Options { connectivity, ..Options::default() };
            feature(array.view(), options, &term.bar, level).unwrap().pixels().len()
        };
        for dimension in 0..array.ndim() {
            let mut terms: Vec<_> =
                loss.terms().iter().filter(|term| usize::from(term.bar.dimension) == dimension).collect();
            // Stable: what has the same length and size stays in the order of the barcode.
            terms.sort_by(|one, other| {
                other.bar.length().total_cmp(&one.bar.length()).then(size(other).cmp(&size(one)))
            });
            for (rank, term) in terms.iter().enumerate() {
                let expected = match rank {
                    _ if rank < least => Role::Wanted,
                    _ if rank < least + more => Role::Free,
                    _ => Role::Unwanted,
                };
                prop_assert_eq!(term.role, expected);
            }
        }
    }
}
