//! Properties that every barcode has, on random arrays of random shapes: smooth, noisy, saturated, infinite.

mod common;

use common::{ALL_OPTIONS, Complex, pairs_of, reduce_boundary_matrix};
use ndarray::{Array3, ArrayD, Axis, IxDyn, Slice};
use persistence::{Bar, Barcode, Connectivity, Filtration, Options, Workspace, barcode};
use proptest::prelude::*;

/// Images and volumes of at most a few dozen pixels, thin ones among them, in every mixture of ties.
fn arrays() -> impl Strategy<Value = ArrayD<f32>> {
    let shapes = prop_oneof![
        prop::collection::vec(1usize..9, 2..=2),
        prop::collection::vec(1usize..6, 3..=3),
        (1usize..40).prop_map(|length| vec![1, length]),
        (1usize..40).prop_map(|length| vec![1, 1, length]),
    ];
    shapes.prop_flat_map(|shape| {
        let pixels = shape.iter().product::<usize>();
        let values = prop_oneof![
            prop::collection::vec(-2.0f32..2.0, pixels),
            prop::collection::vec((0u8..4).prop_map(f32::from), pixels),
            prop::collection::vec((-1.0f32..2.0).prop_map(|value| value.clamp(0.0, 1.0)), pixels),
            prop::collection::vec(
                prop::sample::select(vec![f32::NEG_INFINITY, -1.0, -0.0, 0.0, 1e-40, f32::INFINITY]),
                pixels
            ),
        ];
        values.prop_map(move |values| ArrayD::from_shape_vec(IxDyn(&shape), values).unwrap())
    })
}

/// An array of distinct values, so that no order of ties matters.
fn generic_arrays() -> impl Strategy<Value = ArrayD<f32>> {
    arrays().prop_flat_map(|array| {
        Just((0..array.len()).map(|value| value as f32).collect::<Vec<_>>())
            .prop_shuffle()
            .prop_map(move |values| ArrayD::from_shape_vec(array.raw_dim(), values).unwrap())
    })
}

fn all_options() -> impl Strategy<Value = Options> {
    prop::sample::select(ALL_OPTIONS.to_vec())
}

/// Three values of each finite bar, sorted.
fn values_of(barcode: &Barcode, change: impl Fn(&Bar) -> (u8, f32, f32)) -> Vec<(u8, f32, f32)> {
    let mut values: Vec<_> = barcode.bars().iter().filter(|bar| !bar.is_essential()).map(change).collect();
    values.sort_by(|a, b| a.partial_cmp(b).unwrap());
    values
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_barcode_can_be_made_of_its_bars(array in arrays(), which in 0usize..4) {
        let options = ALL_OPTIONS[which];
        let expected = barcode(array.view(), options).unwrap();
        let mut bars = expected.bars().to_vec();
        bars.reverse();
        prop_assert_eq!(Barcode::from_bars(array.shape(), options, &bars).unwrap(), expected);
    }

    #[test]
    fn the_pairs_are_those_of_the_boundary_matrix(array in arrays(), options in all_options()) {
        prop_assert_eq!(pairs_of(&array, options), reduce_boundary_matrix(array.view(), options));
    }

    /// V(f) in dimension k is T of -(f in a shell of -infinity) in dimension d-1-k with ends exchanged and negated.
    #[test]
    fn the_connectivities_are_dual(array in generic_arrays()) {
        let v = Options { connectivity: Connectivity::V, ..Options::default() };
        let outer: Vec<usize> = array.shape().iter().map(|length| length + 2).collect();
        let mut shelled = ArrayD::from_elem(IxDyn(&outer), f32::INFINITY);
        shelled.slice_each_axis_mut(|_| Slice::new(1, Some(-1), 1)).assign(&array.mapv(|value| -value));
        let of_v = barcode(array.view(), v).unwrap();
        let of_t = barcode(shelled.view(), Options::default()).unwrap();
        let highest = array.ndim() as u8 - 1;
        let mut dual = values_of(&of_t, |bar| (highest - bar.dimension, -bar.death, -bar.birth));
        // The component of V that never dies is what the shell encloses from the beginning.
        let enclosed_by_shell = dual.iter().position(|&(_, _, death)| death == f32::NEG_INFINITY).unwrap();
        prop_assert_eq!(dual.remove(enclosed_by_shell), (0, of_v.bars()[0].birth, f32::NEG_INFINITY));
        prop_assert_eq!(dual, values_of(&of_v, |bar| (bar.dimension, bar.birth, bar.death)));
    }

    /// Counted on the cells of B(p): the Euler characteristic is the alternating sum of the Betti numbers.
    #[test]
    fn the_euler_characteristic_is_that_of_the_cells(array in arrays(), options in all_options()) {
        let barcode = barcode(array.view(), options).unwrap();
        let values: Vec<f32> = array.iter().copied().collect();
        let complex = Complex::new(array.shape(), options.connectivity);
        for &threshold in &values {
            let is_in = |pixel: &usize| options.filtration.contains(values[*pixel], threshold);
            let cells = complex.cells().into_iter().filter(|cell| {
                let pixels = complex.pixels(cell);
                match options.connectivity {
                    Connectivity::T => pixels.iter().any(is_in),
                    Connectivity::V => pixels.iter().all(is_in),
                }
            });
            let sign = |dimension: usize| if dimension.is_multiple_of(2) { 1 } else { -1 };
            let of_cells: i64 = cells.map(|cell| sign(Complex::dimension(&cell))).sum();
            let betti = barcode.betti_numbers(threshold);
            let of_betti: i64 = betti.iter().enumerate().map(|(k, &b)| sign(k) * b as i64).sum();
            prop_assert_eq!(of_cells, of_betti);
            for (dimension, &expected) in betti.iter().enumerate() {
                let curve = barcode.betti_curve(dimension);
                let reached = curve.iter().rev().find(|&&(from, _)| options.filtration.contains(from, threshold));
                prop_assert_eq!(reached.map_or(0, |&(_, betti)| betti), expected);
            }
        }
    }

    /// A change of at most e moves no bar's end by more than e: a matching of the bars within e exists.
    #[test]
    fn barcodes_are_stable(array in generic_arrays(), options in all_options(), seed in any::<u64>()) {
        let e = 0.75f32;
        let mut state = seed;
        let moved = array.mapv(|value| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            value + e * ((state >> 40) as f32 / (1u64 << 23) as f32 - 1.0)
        });
        let bars = |array: &ArrayD<f32>| values_of(&barcode(array.view(), options).unwrap(), |bar| {
            (bar.dimension, bar.birth, bar.death)
        });
        prop_assert!(has_matching_within(e + 1e-3, &bars(&array), &bars(&moved)));
    }

    #[test]
    fn flips_and_transposes_permute_the_pairs(array in generic_arrays(), options in all_options(), axis in 0usize..3) {
        let axis = axis % array.ndim();
        let mut indices: ArrayD<u32> =
            ArrayD::from_shape_vec(array.raw_dim(), (0..array.len() as u32).collect()).unwrap();
        let mut turned = array.clone();
        indices.invert_axis(Axis(axis));
        indices.swap_axes(0, array.ndim() - 1);
        turned.invert_axis(Axis(axis));
        turned.swap_axes(0, array.ndim() - 1);
        // The view is given as it is, with negative and exchanged strides.
        let old: Vec<u32> = indices.iter().copied().collect();
        let mut there: Vec<_> = barcode(turned.view(), options).unwrap().bars().iter()
            .map(|bar| (bar.dimension, old[bar.birth_index as usize], bar.death_index.map(|d| old[d as usize])))
            .collect();
        there.sort_unstable();
        prop_assert_eq!(there, pairs_of(&array, options));
    }

    /// Whatever was computed before with it.
    #[test]
    fn a_workspace_forgets_what_it_computed(arrays in prop::collection::vec(arrays(), 1..5), options in all_options()) {
        let mut workspace = Workspace::new();
        let mut found = Barcode::default();
        for array in &arrays {
            workspace.compute(array.view(), options, &mut found).unwrap();
            prop_assert_eq!(&found, &barcode(array.view(), options).unwrap());
        }
        let views: Vec<_> = arrays.iter().map(|array| array.view()).collect();
        for (found, array) in persistence::barcodes(&views, options).unwrap().iter().zip(&views) {
            prop_assert_eq!(found, &barcode(array.view(), options).unwrap());
        }
    }

    #[test]
    fn bars_come_longest_first_and_the_essential_one_before_all(array in arrays(), options in all_options()) {
        let barcode = barcode(array.view(), options).unwrap();
        prop_assert_eq!(barcode.bars().iter().filter(|bar| bar.is_essential()).count(), 1);
        prop_assert!(barcode.bars()[0].is_essential());
        for dimension in 0..array.ndim() {
            let bars = barcode.in_dimension(dimension);
            prop_assert!(bars.iter().all(|bar| usize::from(bar.dimension) == dimension));
            prop_assert!(bars.iter().filter(|bar| !bar.is_essential()).is_sorted_by(|a, b| a.length() >= b.length()));
            prop_assert!(bars.iter().all(|bar| bar.is_essential() || bar.length() > 0.0));
            let forward = |bar: &Bar| match options.filtration {
                Filtration::Superlevel => bar.birth >= bar.death,
                Filtration::Sublevel => bar.birth <= bar.death,
            };
            prop_assert!(bars.iter().all(forward));
        }
        let long: Vec<_> = barcode.at_least(1.0).collect();
        prop_assert!(long.iter().all(|bar| bar.is_essential() || bar.length() >= 1.0));
        prop_assert!(long.len() <= barcode.bars().len());
    }
}

/// Whether the bars can be matched one to one with both ends within `e`, where bars of at most twice `e` may go
/// without a partner. Augmenting paths on the bars that need a partner, from both sides in turn: by the theorem of
/// Mendelsohn and Dulmage a matching that covers the long bars of both sides exists if each side can be covered.
fn has_matching_within(e: f32, a: &[(u8, f32, f32)], b: &[(u8, f32, f32)]) -> bool {
    fn augment(from: usize, near: &[Vec<usize>], partner: &mut [Option<usize>], seen: &mut [bool]) -> bool {
        near[from].iter().any(|&to| {
            !std::mem::replace(&mut seen[to], true)
                && partner[to].is_none_or(|other| augment(other, near, partner, seen))
                && partner[to].replace(from).is_none_or(|_| true)
        })
    }
    let covers = |a: &[(u8, f32, f32)], b: &[(u8, f32, f32)]| {
        let near: Vec<Vec<usize>> = a
            .iter()
            .map(|x| {
                let close =
                    |y: &(u8, f32, f32)| x.0 == y.0 && (x.1 - y.1).abs() <= e && (x.2 - y.2).abs() <= e;
                (0..b.len()).filter(|&i| close(&b[i])).collect()
            })
            .collect();
        let mut partner = vec![None; b.len()];
        (0..a.len())
            .filter(|&i| (a[i].1 - a[i].2).abs() > 2.0 * e)
            .all(|i| augment(i, &near, &mut partner, &mut vec![false; b.len()]))
    };
    covers(a, b) && covers(b, a)
}

#[test]
fn one_value_is_one_component() {
    for options in ALL_OPTIONS {
        for value in [0.0, -3.0, f32::INFINITY, f32::NEG_INFINITY] {
            let barcode = barcode(Array3::from_elem((3, 4, 5), value).view(), options).unwrap();
            assert_eq!(barcode.bars().len(), 1, "{value} {options:?}");
            assert_eq!(barcode.betti_numbers(value), [1, 0, 0]);
            assert!(barcode.bars()[0].length() >= 0.0);
        }
    }
}

#[test]
fn the_essential_bar_ends_at_zero_or_below_all_values() {
    let death = |values: [f32; 2], filtration| {
        let array = ArrayD::from_shape_vec(IxDyn(&[1, 2]), values.to_vec()).unwrap();
        let options = Options { filtration, ..Options::default() };
        barcode(array.view(), options).unwrap().bars()[0].death
    };
    assert_eq!(death([0.25, 0.5], Filtration::Superlevel), 0.0);
    assert_eq!(death([-0.25, 0.5], Filtration::Superlevel), -0.25);
    assert_eq!(death([0.25, 0.5], Filtration::Sublevel), f32::INFINITY);
}

#[test]
fn what_is_wrong_with_an_array_is_said() {
    let fails = |array: ArrayD<f32>| barcode(array.view(), Options::default()).unwrap_err().to_string();
    let mut image = ArrayD::zeros(IxDyn(&[4, 5]));
    image[[2, 3]] = f32::NAN;
    assert_eq!(
        fails(image),
        "the pixel at [2, 3] is NaN; every pixel needs a value (infinities are accepted)"
    );
    assert!(fails(ArrayD::zeros(IxDyn(&[0, 5]))).contains("[0, 5]"));
    assert!(fails(ArrayD::zeros(IxDyn(&[5]))).contains("1 dimensions"));
    assert!(fails(ArrayD::zeros(IxDyn(&[2, 2, 2, 2]))).contains("4 dimensions"));
    let huge = ndarray::ArrayView::from(&[0.0f32]).into_shape_with_order((1, 1)).unwrap();
    let huge = huge.broadcast((1 << 15, 1 << 15)).unwrap();
    assert!(barcode(huge, Options::default()).unwrap_err().to_string().contains("too many pixels"));
}
