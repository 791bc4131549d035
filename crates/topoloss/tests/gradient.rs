//! The gradient against central finite differences, at generic points of every kind of prior.
//!
//! All values are multiples of 2^-11 and the step is 2^-13, so that no step changes an order and, between the steps,
//! the loss is a quadratic whose central difference is its derivative.

use std::num::NonZeroUsize;

use ndarray::{Array3, ArrayD, Dimension, IxDyn};
use persistence::Connectivity;
use proptest::prelude::*;
use topoloss::{Loss, LossOptions, OutOfRange, Pooling, PoolingKind, Prior, loss};

const UNIT: f32 = 1.0 / 2048.0;
const STEP: f32 = UNIT / 4.0;

/// A random order of values from 0 to 1 that lie 4 to 12 units apart.
fn arrays(shape: impl Strategy<Value = Vec<usize>>) -> impl Strategy<Value = ArrayD<f32>> {
    shape.prop_flat_map(|shape| {
        let count = shape.iter().product::<usize>();
        (Just((0..count).collect::<Vec<_>>()).prop_shuffle(), prop::collection::vec(2u32..11, count))
            .prop_map(move |(order, jitter)| {
                let spacing = 2040 / count.max(100);
                let value = |(rank, jitter): (usize, u32)| {
                    (rank * spacing) as f32 * UNIT + jitter as f32 * UNIT * spacing as f32 / 20.0
                };
                let values: Vec<f32> = order.into_iter().zip(jitter).map(value).collect();
                let values = values.into_iter().map(|value| (value / UNIT).round() * UNIT).collect();
                ArrayD::from_shape_vec(IxDyn(&shape), values).unwrap()
            })
    })
}

fn images() -> impl Strategy<Value = ArrayD<f32>> {
    arrays((1usize..9, 1usize..9).prop_map(|(rows, columns)| vec![rows, columns]))
}

fn volumes() -> impl Strategy<Value = ArrayD<f32>> {
    arrays((1usize..5, 1usize..5, 1usize..5).prop_map(|(a, b, c)| vec![a, b, c]))
}

fn options() -> impl Strategy<Value = LossOptions> {
    any::<bool>().prop_map(|t| LossOptions {
        connectivity: if t { Connectivity::T } else { Connectivity::V },
        ..LossOptions::default()
    })
}

/// Exactly, ranges and any, with weights.
fn priors(dimensions: usize) -> impl Strategy<Value = Prior> {
    let count = prop_oneof![
        (0usize..4).prop_map(|n| n.to_string()),
        (0usize..3, 0usize..3).prop_map(|(n, more)| format!("{n}-{}", n + more)),
        Just("*".to_owned()),
    ];
    let weight = prop_oneof![Just(1.0), Just(0.0), 0.1..3.0];
    (prop::collection::vec(count, dimensions), prop::collection::vec(weight, dimensions)).prop_map(
        |(counts, weights)| counts.join(",").parse::<Prior>().unwrap().with_weights(&weights).unwrap(),
    )
}

/// Whether no two bars of a dimension are so alike that a step could change which one is wanted.
fn is_generic(loss: &Loss) -> bool {
    loss.terms().iter().enumerate().all(|(position, one)| {
        loss.terms()[position + 1..].iter().all(|other| {
            one.bar.dimension != other.bar.dimension
                || one.bar.is_essential()
                || (one.bar.length() - other.bar.length()).abs() > 3.0 * STEP
        })
    })
}

fn check_gradient(array: &ArrayD<f32>, prior: &Prior, options: LossOptions, tolerance: f64) {
    let at = loss(array.view(), prior, options).unwrap();
    if !is_generic(&at) {
        return;
    }
    let mut gradient = ArrayD::zeros(array.raw_dim());
    at.add_gradient_to(gradient.view_mut(), 1.0).unwrap();
    let mut moved = array.clone();
    for (pixel, value) in array.indexed_iter() {
        moved[&pixel] = value + STEP;
        let above = loss(moved.view(), prior, options).unwrap().total();
        moved[&pixel] = value - STEP;
        let below = loss(moved.view(), prior, options).unwrap().total();
        moved[&pixel] = *value;
        let expected = (above - below) / (2.0 * f64::from(STEP));
        let found = f64::from(gradient[&pixel]);
        assert!(
            (found - expected).abs() < tolerance,
            "{pixel:?}: {found} for {expected} {prior} {options:?}"
        );
    }
}

fn clamped(array: &ArrayD<f32>) -> ArrayD<f32> {
    array.mapv(|value| 1.75 * value - 0.375 + UNIT / 2.0)
}

/// Blocks of 2 in a random order, far apart, and their pixels close together: no step changes an order of blocks.
fn in_blocks(coarse: &ArrayD<f32>) -> ArrayD<f32> {
    let shape: Vec<usize> = coarse.shape().iter().map(|&length| (2 * length).saturating_sub(1)).collect();
    ArrayD::from_shape_fn(IxDyn(&shape), |at| {
        let block: Vec<usize> = at.slice().iter().map(|&coordinate| coordinate / 2).collect();
        let within = at.slice().iter().fold(0, |within, &coordinate| 2 * within + coordinate % 2);
        0.9 * coarse[block.as_slice()] + within as f32 * UNIT / 2.0
    })
}

fn pooled(options: LossOptions, kind: PoolingKind) -> LossOptions {
    let factor = NonZeroUsize::new(2).unwrap();
    LossOptions { pooling: Some(Pooling { factor, kind }), ..options }
}

proptest! {
    #[test]
    fn of_an_image(array in images(), prior in priors(2), options in options()) {
        prop_assume!(array.iter().all(|&value| value > STEP));
        check_gradient(&array, &prior, options, 1e-4);
    }

    #[test]
    fn of_a_volume(array in volumes(), prior in priors(3), options in options()) {
        prop_assume!(array.iter().all(|&value| value > STEP));
        check_gradient(&array, &prior, options, 1e-4);
    }

    #[test]
    fn of_a_clamped_image(array in images(), prior in priors(2), options in options()) {
        let options = LossOptions { out_of_range: OutOfRange::Clamp, ..options };
        check_gradient(&clamped(&array), &prior, options, 1e-3);
    }

    #[test]
    fn of_a_pooled_image(array in images(), prior in priors(2), options in options()) {
        let fine = in_blocks(&array);
        check_gradient(&fine, &prior, pooled(options, PoolingKind::Max), 1e-3);
        check_gradient(&fine, &prior, pooled(options, PoolingKind::Mean), 2e-2);
    }

    #[test]
    fn of_a_pooled_volume(
        array in arrays((1usize..4, 1usize..4, 1usize..3).prop_map(|(a, b, c)| vec![a, b, c])),
        prior in priors(3),
        options in options(),
    ) {
        let fine = in_blocks(&array);
        check_gradient(&fine, &prior, pooled(options, PoolingKind::Max), 1e-3);
        check_gradient(&fine, &prior, pooled(options, PoolingKind::Mean), 2e-2);
    }

    #[test]
    fn a_clamped_pixel_has_none(array in images(), prior in priors(2), options in options()) {
        let array = clamped(&array);
        let options = LossOptions { out_of_range: OutOfRange::Clamp, ..options };
        let loss = loss(array.view(), &prior, options).unwrap();
        let values: Vec<f32> = array.iter().copied().collect();
        prop_assert!(loss.gradient().iter().all(|&(pixel, _)| (0.0..=1.0).contains(&values[pixel as usize])));
    }

    #[test]
    fn strides_make_no_difference(array in images(), prior in priors(2), options in options()) {
        let copy = array.t().as_standard_layout().to_owned();
        prop_assert_eq!(loss(array.t(), &prior, options), loss(copy.view(), &prior, options));
    }
}

#[test]
fn it_is_added_to_arrays_of_any_strides_and_of_the_same_shape_only() {
    let array = Array3::from_shape_fn((3, 4, 5), |(z, y, x)| ((7 * z + 5 * y + 3 * x) % 11) as f32 / 11.0);
    let prior = Prior::exactly(&[2, 0, 0]).unwrap();
    let loss = loss(array.view(), &prior, LossOptions::default()).unwrap();
    let mut plain = Array3::<f32>::zeros((3, 4, 5));
    loss.add_gradient_to(plain.view_mut(), 2.0).unwrap();
    let mut turned = Array3::<f32>::zeros((5, 4, 3));
    loss.add_gradient_to(turned.view_mut().reversed_axes(), 2.0).unwrap();
    assert_eq!(plain, turned.reversed_axes());
    assert!(plain.iter().any(|&value| value != 0.0));
    let error = loss.add_gradient_to(Array3::<f32>::zeros((5, 4, 3)).view_mut(), 1.0).unwrap_err();
    assert!(error.to_string().contains("[3, 4, 5]"));
}
