//! The order of pixels that share the first or the last value.
//!
//! Segmentations are saturated: most of their pixels have one of two values. By index alone such a flat zone would
//! be filled line by line, across every hole in it, and the chains of cells that the reduction has to follow would
//! be as long as the zone is wide. So the pixels with the last value enter by their depth, which is the city-block
//! distance to the nearest pixel of another value, and those with the first value by their depth from the deepest
//! on. The chains become as short as the zone is thin, and the pixel that stands for a saturated component or hole
//! is its deepest one.

use crate::key::{FIRST, NEVER};

/// Depths beyond this are one. A key of the greatest value, infinity, has room for them.
const DEEPEST: i32 = 8_000_000;

/// Moves the keys of the first and the last flat zone outwards by their depths. Returns the first and the last key
/// from before, to which the new ones have to be clamped before they are values again.
pub(crate) fn order_by_depth(keys: &mut [i32], strides: &[usize]) -> (i32, i32) {
    let first = fold(keys, NEVER, |first, key| first.min(if key == FIRST { NEVER } else { key }), i32::min);
    let last = fold(keys, FIRST, |last, key| last.max(if key == NEVER { FIRST } else { key }), i32::max);
    let count = |zone: i32| fold(keys, 0, |count, key| count + i32::from(key == zone), |a, b| a + b);
    let (many_first, many_last) = (count(first) > 1, count(last) > 1);
    if first != last && many_last {
        sink::<false>(keys, strides, last);
    }
    if first != last && many_first {
        sink::<true>(keys, strides, !first);
    }
    (first, last)
}

/// Folds the keys in lanes, which the compiler turns into vector instructions, and then the lanes.
fn fold(keys: &[i32], start: i32, add: impl Fn(i32, i32) -> i32, join: impl Fn(i32, i32) -> i32) -> i32 {
    let mut lanes = [start; 16];
    let (chunks, rest) = keys.as_chunks::<16>();
    for chunk in chunks {
        for (lane, &key) in lanes.iter_mut().zip(chunk) {
            *lane = add(*lane, key);
        }
    }
    let rest = rest.iter().fold(start, |sum, &key| add(sum, key));
    lanes.into_iter().fold(rest, join)
}

/// Adds its depth to each key of the last flat zone, in one sweep forwards and one backwards. If `REVERSED`, all
/// keys are read and written inverted, so that the first zone is the last. The margins belong to no zone and to no
/// other value either.
fn sink<const REVERSED: bool>(keys: &mut [i32], strides: &[usize], last: i32) {
    let get = |keys: &[i32], pixel: usize| if REVERSED { !keys[pixel] } else { keys[pixel] };
    let beyond = |nearest: i32, neighbour: i32| match neighbour {
        FIRST | NEVER => nearest,
        neighbour => nearest.min(neighbour.max(last) + 1),
    };
    let is_in_zone = |key: i32| key >= last && key != NEVER;
    let reach = strides.iter().copied().max().unwrap_or(0);
    let put = |keys: &mut [i32], pixel: usize, key: i32| keys[pixel] = if REVERSED { !key } else { key };
    for pixel in reach..keys.len() {
        if is_in_zone(get(keys, pixel)) {
            let before = strides.iter().map(|stride| get(keys, pixel - stride));
            let key = before.fold(last + DEEPEST, beyond);
            put(keys, pixel, key);
        }
    }
    for pixel in (0..keys.len() - reach).rev() {
        let key = get(keys, pixel);
        if is_in_zone(key) {
            let after = strides.iter().map(|stride| get(keys, pixel + stride));
            let key = after.fold(key, beyond);
            put(keys, pixel, key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_the_distance_to_another_value() {
        const N: i32 = NEVER;
        let mut keys = [[N; 7], [N, 5, 5, 5, 5, 3, N], [N, 5, 5, 5, 5, 5, N], [N; 7]].concat();
        assert_eq!(order_by_depth(&mut keys, &[7, 1]), (3, 5));
        assert_eq!(keys[7..21], [[N, 9, 8, 7, 6, 3, N], [N, 10, 9, 8, 7, 6, N]].concat());
    }

    #[test]
    fn the_first_zone_begins_at_its_deepest() {
        const F: i32 = FIRST;
        let mut keys = [[F; 5], [F, 2, 2, 9, F], [F; 5]].concat();
        assert_eq!(order_by_depth(&mut keys, &[5, 1]), (2, 9));
        assert_eq!(keys[5..10], [F, 0, 1, 9, F]);
    }

    #[test]
    fn one_value_alone_has_no_depth() {
        let mut keys = [[NEVER; 4], [NEVER, 2, 2, NEVER], [NEVER; 4]].concat();
        let before = keys.clone();
        order_by_depth(&mut keys, &[4, 1]);
        assert_eq!(keys, before);
    }
}
