//! Where bars are: the pixels of every bar of random arrays have the properties that make them that feature.

use std::collections::BTreeSet;

use ndarray::{Array, ArrayD, ArrayViewD, Dimension, Ix2, Ix3};
use persistence::{
    Bar, Connectivity, CycleLengths, Feature, FeatureError, Filtration, Locator, Options, barcode, feature,
};
use proptest::prelude::*;

fn options() -> impl Strategy<Value = Options> {
    (any::<bool>(), any::<bool>()).prop_map(|(t, superlevel)| Options {
        connectivity: if t { Connectivity::T } else { Connectivity::V },
        filtration: if superlevel { Filtration::Superlevel } else { Filtration::Sublevel },
    })
}

/// Arrays of few levels (plateaus and ties) or of many.
fn arrays(shape: impl Strategy<Value = Vec<usize>>) -> impl Strategy<Value = ArrayD<f32>> {
    (shape, prop_oneof![Just(2u32), Just(4), Just(1000)]).prop_flat_map(|(shape, levels)| {
        prop::collection::vec(0..levels, shape.iter().product::<usize>()).prop_map(move |values| {
            let values = values.into_iter().map(|value| value as f32 / levels as f32).collect();
            ArrayD::from_shape_vec(shape.clone(), values).unwrap()
        })
    })
}

fn position(shape: &[usize], mut pixel: u32) -> Vec<usize> {
    let mut position = vec![0; shape.len()];
    for axis in (0..shape.len()).rev() {
        position[axis] = pixel as usize % shape[axis];
        pixel /= shape[axis] as u32;
    }
    position
}

fn are_neighbours(shape: &[usize], a: u32, b: u32, connectivity: Connectivity) -> bool {
    let steps: Vec<usize> =
        position(shape, a).iter().zip(position(shape, b)).map(|(&a, b)| a.abs_diff(b)).collect();
    match connectivity {
        Connectivity::T => steps.iter().max() == Some(&1),
        Connectivity::V => steps.iter().sum::<usize>() == 1,
    }
}

/// The connected pixels around `start` that `belongs` accepts: the plainest flood fill.
fn connected(
    shape: &[usize],
    start: u32,
    connectivity: Connectivity,
    belongs: impl Fn(u32) -> bool,
) -> Vec<u32> {
    let count = shape.iter().product::<usize>() as u32;
    let mut found = BTreeSet::from([start]);
    loop {
        let more: Vec<u32> = (0..count)
            .filter(|&pixel| !found.contains(&pixel) && belongs(pixel))
            .filter(|&pixel| found.iter().any(|&other| are_neighbours(shape, pixel, other, connectivity)))
            .collect();
        if more.is_empty() {
            return found.into_iter().collect();
        }
        found.extend(more);
    }
}

fn check_feature(array: ArrayViewD<f32>, options: Options, bar: &Bar, level: f32) {
    let shape = array.shape();
    let values: Vec<f32> = array.iter().copied().collect();
    let is_foreground = |pixel: u32| options.filtration.contains(values[pixel as usize], level);
    match feature(array.view(), options, bar, level).unwrap() {
        Feature::Component(pixels) => {
            assert_eq!(bar.dimension, 0);
            assert_eq!(pixels, connected(shape, bar.birth_index, options.connectivity, is_foreground));
        }
        Feature::Enclosed(pixels) => {
            assert_eq!(usize::from(bar.dimension), shape.len() - 1);
            let death = bar.death_index.unwrap();
            let background = options.connectivity.of_background();
            assert_eq!(pixels, connected(shape, death, background, |pixel| !is_foreground(pixel)));
            for &pixel in &pixels {
                let inside =
                    position(shape, pixel).iter().zip(shape).all(|(&at, &length)| at > 0 && at + 1 < length);
                assert!(inside, "a hole does not reach the border of the array");
            }
        }
        Feature::Cycle(cycle) => {
            assert_eq!((bar.dimension, shape.len()), (1, 3));
            assert_eq!(cycle[0], bar.birth_index);
            assert_eq!(cycle.iter().collect::<BTreeSet<_>>().len(), cycle.len());
            assert!(cycle.len() >= 4);
            for (position, &pixel) in cycle.iter().enumerate() {
                let next = cycle[(position + 1) % cycle.len()];
                assert!(are_neighbours(shape, pixel, next, options.connectivity));
                assert!(options.filtration.contains(values[pixel as usize], bar.birth));
            }
        }
    }
}

fn check_all_features(array: ArrayViewD<f32>, options: Options, level: f32) {
    let barcode = barcode(array.view(), options).unwrap();
    let (mut lengths, mut cycles) = (vec![7; 3], CycleLengths::default());
    cycles.measure(array.view(), options, barcode.bars(), &mut lengths).unwrap();
    for (bar, length) in barcode.bars().iter().zip(lengths) {
        let place = feature(array.view(), options, bar, bar.birth).unwrap();
        let is_cycle = matches!(place, Feature::Cycle(_));
        assert_eq!(length as usize, if is_cycle { place.pixels().len() } else { 0 });
    }
    for bar in barcode.bars() {
        check_feature(array.view(), options, bar, bar.birth);
    }
    let mut taken = [BTreeSet::new(), BTreeSet::new()];
    let mut locator = Locator::new(array.view(), options).unwrap();
    for bar in barcode.alive_at(level) {
        check_feature(array.view(), options, bar, level);
        let found = locator.feature(bar, level).unwrap();
        assert_eq!(
            found,
            feature(array.view(), options, bar, level).unwrap(),
            "what was found before leaves no trace"
        );
        let side = match found {
            Feature::Component(pixels) => Some((0, pixels)),
            Feature::Enclosed(pixels) => Some((1, pixels)),
            Feature::Cycle(_) => None,
        };
        if let Some((side, pixels)) = side {
            assert!(pixels.iter().all(|pixel| taken[side].insert(*pixel)), "features share no pixel");
        }
    }
}

proptest! {
    #[test]
    fn bars_of_images_have_their_pixels(
        array in arrays((1usize..8, 1usize..8).prop_map(|(a, b)| vec![a, b])),
        options in options(),
        level in 0u8..=4,
    ) {
        check_all_features(array.view(), options, f32::from(level) / 4.0);
    }

    #[test]
    fn bars_of_volumes_have_their_voxels(
        array in arrays((1usize..5, 1usize..5, 1usize..5).prop_map(|(a, b, c)| vec![a, b, c])),
        options in options(),
        level in 0u8..=4,
    ) {
        check_all_features(array.view(), options, f32::from(level) / 4.0);
    }

    #[test]
    fn strides_make_no_difference(
        array in arrays((2usize..6, 2usize..6).prop_map(|(a, b)| vec![a, b])),
        options in options(),
    ) {
        let flipped = array.t();
        let copy = flipped.as_standard_layout().to_owned();
        for bar in barcode(copy.view(), options).unwrap().bars() {
            prop_assert_eq!(
                feature(flipped.view(), options, bar, bar.birth),
                feature(copy.view(), options, bar, bar.birth)
            );
        }
    }
}

/// The one bar of dimension 1.
fn only_loop<D: Dimension>(array: &Array<f32, D>, options: Options) -> Bar {
    let barcode = barcode(array.view(), options).unwrap();
    assert_eq!(barcode.in_dimension(1).len(), 1);
    barcode.in_dimension(1)[0]
}

/// Slices of 7x7 with a ring of width 2 around a hole of 3x3.
fn ring(slices: usize) -> Array<f32, Ix3> {
    Array::from_shape_fn((slices, 7, 7), |(_, y, x)| {
        if (2..5).contains(&y) && (2..5).contains(&x) { 0.0 } else { 0.9 - 0.001 * (7 * y + x) as f32 }
    })
}

#[test]
fn the_cycle_of_a_solid_ring_goes_round_its_hole() {
    for slices in [1, 3] {
        for connectivity in [Connectivity::T, Connectivity::V] {
            let options = Options { connectivity, ..Options::default() };
            let volume = ring(slices);
            let Feature::Cycle(cycle) =
                feature(volume.view(), options, &only_loop(&volume, options), 0.5).unwrap()
            else {
                panic!("a handle is a cycle");
            };
            let mut turned = 0.0;
            for (position, &voxel) in cycle.iter().enumerate() {
                let angle = |voxel: u32| {
                    let (y, x) = (voxel / 7 % 7, voxel % 7);
                    (f64::from(y) - 3.0).atan2(f64::from(x) - 3.0)
                };
                let step = angle(cycle[(position + 1) % cycle.len()]) - angle(voxel);
                turned += step.sin().atan2(step.cos());
            }
            assert!((turned.abs() - std::f64::consts::TAU).abs() < 1e-9, "{connectivity:?}: turned {turned}");
        }
    }
}

#[test]
fn a_hole_is_its_background_pixels_and_not_the_island_inside() {
    let mut image: Array<f32, Ix2> = ring(1).remove_axis(ndarray::Axis(0));
    image[[3, 3]] = 0.8;
    let options = Options::default();
    let hole = feature(image.view(), options, &only_loop(&image, options), 0.5).unwrap();
    assert_eq!(hole, Feature::Enclosed(vec![16, 17, 18, 23, 25, 30, 31, 32]));
}

#[test]
fn a_bar_has_no_pixels_where_it_is_not_alive_or_not_of_the_array() {
    let image: Array<f32, Ix2> = ring(1).remove_axis(ndarray::Axis(0));
    let options = Options::default();
    let bar = only_loop(&image, options);
    for level in [0.0, 0.95, f32::NAN] {
        let error = feature(image.view(), options, &bar, level).unwrap_err();
        assert!(matches!(error, FeatureError::NotAlive { .. }));
    }
    let other = Array::<f32, Ix2>::zeros((2, 2));
    let error = feature(other.view(), options, &bar, 0.5).unwrap_err();
    assert!(error.to_string().contains("does not belong to this array"));
}
