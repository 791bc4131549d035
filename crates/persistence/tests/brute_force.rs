//! Every ordering of small grids against the reduction of the whole boundary matrix.

mod common;

use common::{ALL_OPTIONS, pairs_of, reduce_boundary_matrix};
use ndarray::{ArrayD, Axis};

fn check(shape: &[usize], values: &[f32]) {
    let array = ArrayD::from_shape_vec(shape, values.to_vec()).unwrap();
    for options in ALL_OPTIONS {
        let expected = reduce_boundary_matrix(array.view(), options);
        assert_eq!(pairs_of(&array, options), expected, "{options:?} {array:?}");
    }
}

/// Calls `check` with every assignment of `levels` values to `count` pixels, which covers all orders with ties.
fn with_ties(shape: &[usize], levels: usize) {
    let count: usize = shape.iter().product();
    for code in 0..levels.pow(count as u32) {
        let values: Vec<f32> =
            (0..count).map(|pixel| (code / levels.pow(pixel as u32) % levels) as f32).collect();
        check(shape, &values);
    }
}

/// Calls `check` with every order of distinct values, but for turned and mirrored copies of one that came before.
fn all_orders(shape: &[usize]) {
    fn extend(shape: &[usize], symmetries: &[Vec<usize>], values: &mut Vec<f32>) {
        let count = shape.iter().product();
        if values.len() == count {
            let is_first = symmetries
                .iter()
                .all(|symmetry| values.iter().copied().le(symmetry.iter().map(|&pixel| values[pixel])));
            if is_first {
                check(shape, values);
            }
            return;
        }
        for value in (0..count).map(|value| value as f32) {
            if !values.contains(&value) {
                values.push(value);
                extend(shape, symmetries, values);
                values.pop();
            }
        }
    }
    extend(shape, &symmetries(shape), &mut Vec::new());
}

/// All ways to turn and mirror a grid, as the pixels in their new order.
fn symmetries(shape: &[usize]) -> Vec<Vec<usize>> {
    let pixels: ArrayD<usize> = ArrayD::from_shape_vec(shape, (0..shape.iter().product()).collect()).unwrap();
    let mut found = vec![pixels];
    for axis in 0..shape.len() {
        for array in found.clone() {
            let mut mirrored = array.clone();
            mirrored.invert_axis(Axis(axis));
            found.push(mirrored);
            for other in (axis + 1..shape.len()).filter(|&other| shape[other] == shape[axis]) {
                let mut turned = array.clone();
                turned.swap_axes(axis, other);
                found.push(turned.clone());
                turned.invert_axis(Axis(axis));
                found.push(turned);
            }
        }
    }
    found.into_iter().map(|array| array.iter().copied().collect()).collect()
}

#[test]
fn all_orders_of_lines() {
    for length in 1..=6 {
        all_orders(&[1, length]);
        all_orders(&[length, 1]);
    }
    all_orders(&[1, 5, 1]);
}

#[test]
fn all_orders_of_images() {
    all_orders(&[2, 3]);
    all_orders(&[2, 4]);
    all_orders(&[3, 3]);
}

#[test]
fn all_orders_of_the_smallest_volume() {
    all_orders(&[2, 2, 2]);
}

#[test]
fn all_images_of_few_levels() {
    with_ties(&[3, 3], 2);
    with_ties(&[2, 4], 3);
    with_ties(&[3, 4], 2);
}

#[test]
fn all_small_volumes_of_two_levels() {
    with_ties(&[2, 2, 2], 3);
    with_ties(&[2, 2, 3], 2);
    with_ties(&[3, 1, 3], 2);
    with_ties(&[1, 3, 3], 2);
    with_ties(&[4, 1, 1], 3);
}

/// A volume is too large to try every order: random ones, with and without ties, in every thin and thick shape.
#[test]
fn random_volumes() {
    let mut state = 1u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    for _ in 0..400 {
        let shape: Vec<usize> = (0..3).map(|_| 1 + random() as usize % 5).collect();
        let levels = [2, 3, 10, 1 << 20][random() as usize % 4];
        let values: Vec<f32> = (0..shape.iter().product()).map(|_| (random() % levels) as f32).collect();
        check(&shape, &values);
    }
}
