//! The loss of class maps: its gradient against central finite differences, for sets of one, two and three classes, in 2D
//! and 3D, and the sum of its entries by hand.
//!
//! Values are multiples of 2^-13 and the step is 2^-15, so that no step changes an order of sums and, between the steps,
//! the loss is a quadratic whose central difference is its derivative.

use ndarray::{Array, ArrayD, Axis, IxDyn, array};
use persistence::Connectivity;
use proptest::prelude::*;
use topoloss::{
    ClassPrior, ClassPriors, Error, LossOptions, OutOfRange, Pooling, PoolingKind, Prior, classes, loss,
};

const UNIT: f32 = 1.0 / 8192.0;
const STEP: f32 = UNIT / 4.0;
const CLASSES: usize = 4;

/// Four classes whose probabilities sum to less than 1, and of which no two sums over a set are as close as two steps.
fn maps(shape: impl Strategy<Value = Vec<usize>>) -> impl Strategy<Value = ArrayD<f32>> {
    shape.prop_flat_map(|mut shape| {
        shape.insert(0, CLASSES);
        let count: usize = shape.iter().product();
        prop::collection::vec(1u32..1900, count).prop_map(move |values| {
            let values = values.iter().map(|&value| value as f32 * UNIT).collect();
            ArrayD::from_shape_vec(IxDyn(&shape), values).unwrap()
        })
    })
}

fn images() -> impl Strategy<Value = ArrayD<f32>> {
    maps((2usize..6, 2usize..6).prop_map(|(rows, columns)| vec![rows, columns]))
}

fn volumes() -> impl Strategy<Value = ArrayD<f32>> {
    maps((1usize..4, 2usize..4, 2usize..4).prop_map(|(a, b, c)| vec![a, b, c]))
}

/// Sets of one, two and three classes, each with weights of its dimensions and of its own.
fn lists(dimensions: usize) -> impl Strategy<Value = ClassPriors> {
    let sets = [&[2][..], &[0, 3], &[1, 2], &[1, 2, 3], &[0], &[0, 1, 3]];
    let count =
        prop_oneof![(0usize..3).prop_map(|n| n.to_string()), Just("0-1".to_owned()), Just("*".to_owned())];
    let weights = prop::collection::vec(0.0..2.0, dimensions);
    let prior = (prop::collection::vec(count, dimensions), weights).prop_map(|(counts, weights)| {
        counts.join(",").parse::<Prior>().unwrap().with_weights(&weights).unwrap()
    });
    let chosen = prop::sample::subsequence(sets.to_vec(), 1..=sets.len());
    let priors = prop::collection::vec((prior, 0.0..3.0), sets.len());
    (chosen, priors).prop_filter_map("a contradiction", |(sets, priors)| {
        let entry = |(classes, (prior, weight)): (&[usize], (Prior, f64))| {
            ClassPrior::new(classes, prior).unwrap().with_weight(weight).unwrap()
        };
        ClassPriors::new(sets.into_iter().zip(priors).map(entry).collect::<Vec<_>>()).ok()
    })
}

fn options() -> impl Strategy<Value = LossOptions> {
    any::<bool>().prop_map(|t| LossOptions {
        connectivity: if t { Connectivity::T } else { Connectivity::V },
        ..LossOptions::default()
    })
}

/// The map of a set, summed here.
fn sum_of(map: &ArrayD<f32>, entry: &ClassPrior) -> ArrayD<f32> {
    map.select(Axis(0), entry.classes()).sum_axis(Axis(0))
}

/// Whether a step can change neither an order of values of the map of a set nor which bars are wanted.
fn is_generic(map: &ArrayD<f32>, priors: &ClassPriors, loss: &classes::ClassLoss) -> bool {
    let are_apart = |values: &mut Vec<f32>| {
        values.sort_by(f32::total_cmp);
        values.windows(2).all(|pair| pair[1] - pair[0] > 3.0 * STEP)
    };
    priors.entries().iter().zip(loss.entries()).all(|(entry, loss)| {
        (0..3).all(|dimension| {
            let of_dimension =
                loss.terms().iter().filter(|term| usize::from(term.bar.dimension) == dimension);
            are_apart(&mut of_dimension.map(|term| term.bar.length()).collect())
        }) && are_apart(&mut sum_of(map, entry).into_iter().collect())
    })
}

fn check_gradient(
    map: &ArrayD<f32>,
    priors: &ClassPriors,
    options: LossOptions,
) -> Result<(), TestCaseError> {
    let at = classes::loss(map.view(), priors, options).unwrap();
    prop_assume!(is_generic(map, priors, &at));
    let mut gradient = ArrayD::zeros(map.raw_dim());
    at.add_gradient_to(gradient.view_mut(), 1.0).unwrap();
    let mut moved = map.clone();
    for (place, value) in map.indexed_iter() {
        moved[&place] = value + STEP;
        let above = classes::loss(moved.view(), priors, options).unwrap().total();
        moved[&place] = value - STEP;
        let below = classes::loss(moved.view(), priors, options).unwrap().total();
        moved[&place] = *value;
        let expected = (above - below) / (2.0 * f64::from(STEP));
        let found = f64::from(gradient[&place]);
        prop_assert!((found - expected).abs() < 1e-3, "{:?}: {} for {} {}", place, found, expected, priors);
    }
    Ok(())
}

proptest! {
    #[test]
    fn of_an_image(map in images(), priors in lists(2), options in options()) {
        check_gradient(&map, &priors, options)?;
    }

    #[test]
    fn of_a_volume(map in volumes(), priors in lists(3), options in options()) {
        check_gradient(&map, &priors, options)?;
    }

    #[test]
    fn it_is_the_sum_of_the_losses_of_the_sums(map in images(), priors in lists(2), options in options()) {
        let found = classes::loss(map.view(), &priors, options).unwrap();
        let mut total = 0.0;
        let mut gradient = ArrayD::<f32>::zeros(map.raw_dim());
        for (place, entry) in priors.entries().iter().enumerate() {
            let expected = loss(sum_of(&map, entry).view(), entry.prior(), options).unwrap();
            total += entry.weight() * expected.total();
            for &class in entry.classes() {
                let of_class = gradient.index_axis_mut(Axis(0), class);
                expected.add_gradient_to(of_class, entry.weight() as f32).unwrap();
            }
            prop_assert_eq!(&found.entries()[place], &expected);
        }
        prop_assert!((found.total() - total).abs() < 1e-9);
        let mut whole = ArrayD::<f32>::zeros(map.raw_dim());
        found.add_gradient_to(whole.view_mut(), 1.0).unwrap();
        prop_assert!((&whole - &gradient).iter().all(|difference| difference.abs() < 1e-5));
        prop_assert!(found.gradient().is_sorted_by(|one, other| one.0 < other.0));
        // A map of other strides gives the same.
        let turned = map.view().permuted_axes(IxDyn(&[0, 2, 1])).as_standard_layout().to_owned();
        let turned = turned.view().permuted_axes(IxDyn(&[0, 2, 1]));
        prop_assert_eq!(classes::loss(turned, &priors, options).unwrap(), found);
    }

    #[test]
    fn the_foreground_alone_is_class_1(map in images(), options in options()) {
        let foreground = map.index_axis(Axis(0), 1);
        let prior: Prior = "1,1".parse().unwrap();
        let expected = loss(foreground.view(), &prior, options).unwrap();
        let found = classes::loss(foreground.view(), &prior.into(), options).unwrap();
        prop_assert_eq!(found.gradient(), expected.gradient());
        prop_assert_eq!(found.total(), expected.total());
        prop_assert_eq!(found.shape(), foreground.shape());
        prop_assert_eq!(found.entries(), [expected]);
    }
}

#[test]
fn a_ring_of_two_classes_is_one_ring_and_both_get_its_gradient() {
    // A ring of eight pixels, half of class 1 and half of class 2, which is weakest at [1, 2].
    let map = array![
        [[0.0f32, 0.0, 0.0], [0.0, 1.0, 0.25], [0.0, 0.0, 0.0]],
        [[1.0, 0.75, 0.0], [1.0, 0.0, 0.25], [0.75, 0.25, 0.0]],
        [[0.0, 0.25, 1.0], [0.0, 0.0, 0.5], [0.25, 0.75, 1.0]],
    ];
    let priors: ClassPriors = "1+2:1,1".parse().unwrap();
    let loss = classes::loss(map.view(), &priors, LossOptions::default()).unwrap();
    // The component is (1, 0) and the hole (0.75, 0): (1 - 0.75)^2, which 2 (1 - 0.75) lengthens at both ends.
    assert_eq!(loss.total(), 0.0625);
    let expected = [(9 + 4, 0.5), (9 + 5, -0.5), (18 + 4, 0.5), (18 + 5, -0.5)];
    assert_eq!(loss.gradient(), expected);
}

#[test]
fn sums_are_rounded_to_1_and_no_further() {
    let thirds = Array::from_elem((3, 2, 2), 1.0f32 / 3.0);
    let priors: ClassPriors = "0+1+2:1,0; 0:1,0".parse().unwrap();
    let above = &thirds * 1.0009;
    let loss = classes::loss(above.view(), &priors, LossOptions::default()).unwrap();
    assert_eq!(loss.entries()[0].total(), 0.0);
    // Where it counts as 1 it has a gradient: a second component at such a pixel is to go.
    let mut apart = ndarray::Array3::<f32>::zeros((3, 1, 3));
    for pixel in [0, 2] {
        (apart[[1, 0, pixel]], apart[[2, 0, pixel]]) = (0.5004, 0.5004);
    }
    let union: ClassPriors = "1+2:1,0".parse().unwrap();
    let loss = classes::loss(apart.view(), &union, LossOptions::default()).unwrap();
    assert_eq!(loss.total(), 1.0);
    assert_eq!(loss.gradient(), [(4, -2.0), (5, 2.0), (7, -2.0), (8, 2.0)]);

    apart[[2, 0, 2]] = 0.75;
    let error = classes::loss(apart.view(), &union, LossOptions::default()).unwrap_err();
    assert_eq!(error, Error::ClassSum { set: "1+2".to_owned(), position: vec![0, 2], sum: 0.5004 + 0.75 });
    let clamp = LossOptions { out_of_range: OutOfRange::Clamp, ..LossOptions::default() };
    let loss = classes::loss(apart.view(), &union, clamp).unwrap();
    assert_eq!(loss.total(), 1.0);
    assert!(loss.gradient().iter().all(|&(index, _)| index % 3 != 2), "a clamped sum has no gradient");
}

#[test]
fn what_is_no_probability_is_named_or_clamped() {
    let priors: ClassPriors = "1:1,0; 1+2:1,0".parse().unwrap();
    for (value, is_nan) in [(-0.5f32, false), (1.5, false), (f32::NAN, true), (f32::INFINITY, false)] {
        let mut map = ndarray::Array3::<f32>::zeros((3, 2, 2));
        map[[2, 1, 0]] = value;
        let error = classes::loss(map.view(), &priors, LossOptions::default()).unwrap_err();
        let position = vec![2, 1, 0];
        match error {
            Error::OutOfRange { position: found, value: of } if !is_nan => {
                assert_eq!((found, of), (position, value))
            }
            error => assert_eq!(error, persistence::Error::NotANumber { position }.into()),
        }
        let clamp = LossOptions { out_of_range: OutOfRange::Clamp, ..LossOptions::default() };
        let clamped = classes::loss(map.view(), &priors, clamp);
        assert_eq!(clamped.is_err(), is_nan);
        assert!(clamped.is_err() || clamped.unwrap().gradient().iter().all(|&(index, _)| index != 10));
    }
}

#[test]
fn maps_that_do_not_fit_the_priors_are_typed_errors() {
    let heart: ClassPriors = "1:1,0; 2:1,1; 1+2:1,0".parse().unwrap();
    let of = |shape: &[usize], priors: &ClassPriors| {
        classes::loss(ArrayD::<f32>::zeros(shape).view(), priors, LossOptions::default())
    };
    assert!(of(&[3, 4, 5], &heart).is_ok());
    let error = of(&[2, 4, 5], &heart).unwrap_err();
    assert_eq!(error, Error::NoSuchClass { set: "2".to_owned(), class: 2, classes: 2 });
    assert!(matches!(of(&[4, 5], &heart).unwrap_err(), Error::NoClasses { .. }));
    for shape in [&[][..], &[3], &[3, 4, 5, 6], &[3, 1, 4, 5, 6]] {
        let error = of(shape, &heart).unwrap_err();
        assert!(matches!(error, Error::ClassAxes { .. }) && error.to_string().contains("1+2:1,0"), "{error}");
    }
    assert!(of(&[3, 2, 4, 5], &"1:1,0,0; 2:1,*,*".parse().unwrap()).is_ok());
    for shape in [[3, 0, 5], [0, 4, 5]] {
        assert!(of(&shape, &heart).is_err());
    }
    assert!(of(&[0, 5], &"1,0".parse().unwrap()).is_err());
    let pooling = Some(Pooling { factor: 2.try_into().unwrap(), kind: PoolingKind::Mean });
    let map = ndarray::Array3::<f32>::zeros((3, 5, 4));
    let loss = classes::loss(map.view(), &heart, LossOptions { pooling, ..LossOptions::default() }).unwrap();
    assert_eq!(loss.entries()[0].bar_shape(), [3, 2]);
}
