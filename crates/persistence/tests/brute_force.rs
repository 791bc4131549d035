//! Every ordering of small grids against the reduction of the whole boundary matrix.

mod common;

use common::{ALL_OPTIONS, pairs_of, reduce_boundary_matrix};
use ndarray::ArrayD;

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

/// Heap's algorithm: calls `check` with every order of distinct values.
fn all_orders(shape: &[usize]) {
    fn permute(shape: &[usize], values: &mut [f32], count: usize) {
        if count <= 1 {
            return check(shape, values);
        }
        for position in 0..count {
            permute(shape, values, count - 1);
            values.swap(if count % 2 == 0 { position } else { 0 }, count - 1);
        }
    }
    let count = shape.iter().product();
    let mut values: Vec<f32> = (0..count).map(|value| value as f32).collect();
    permute(shape, &mut values, count);
}

#[test]
fn all_orders_of_lines() {
    all_orders(&[1, 1]);
    all_orders(&[1, 6]);
    all_orders(&[6, 1]);
}

#[test]
fn all_orders_of_2x3_and_3x2() {
    all_orders(&[2, 3]);
    all_orders(&[3, 2]);
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
