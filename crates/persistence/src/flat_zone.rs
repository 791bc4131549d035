//! The order of pixels that share the first or the last value.
//!
//! Segmentations are saturated: most of their pixels have one of two values. By index alone such a flat zone would
//! be filled line by line, across every hole in it, and the chains of cells that the reduction has to follow would
//! be as long as the zone is wide. So the pixels with the last value enter by their depth, which is the city-block
//! distance to the nearest pixel of another value, and those with the first value by their depth from the deepest
//! on. The chains become as short as the zone is thin, and the pixel that stands for a saturated component or hole
//! is its deepest one. Outside of the array is background: to the first zone it is of another value, to the last it
//! is not.

use crate::key::{FIRST, NEVER};

/// Depths beyond this are one. A key of the greatest value, infinity, has room for them.
const DEEPEST: i32 = 8_000_000;

/// Moves the keys of the first and the last flat zone outwards by their depths. Returns the first and the last key
/// from before, to which the new ones have to be clamped before they are values again.
pub(crate) fn order_by_depth<const AXES: usize>(keys: &mut [i32], strides: [usize; AXES]) -> (i32, i32) {
    let first = fold(keys, NEVER, |first, key| first.min(if key == FIRST { NEVER } else { key }), i32::min);
    let last = fold(keys, FIRST, |last, key| last.max(if key == NEVER { FIRST } else { key }), i32::max);
    let count = |zone: i32| fold(keys, 0, |count, key| count + i32::from(key == zone), |a, b| a + b);
    let (many_first, many_last) = (count(first) > 1, count(last) > 1);
    if first != last && (many_first || many_last) {
        let zones = Zones {
            first: if many_first { first } else { FIRST },
            last: if many_last { last } else { NEVER },
        };
        zones.sink(keys, strides);
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

/// The keys of the flat zones that have an order to be found; `FIRST` and `NEVER` where there is none.
struct Zones {
    first: i32,
    last: i32,
}

impl Zones {
    /// Moves the keys in one sweep forwards and one backwards, each of which hands the depth on to the neighbours.
    ///
    /// The margins need no care. A pixel that never enters is beyond all depths to the last zone, and to the first
    /// one like any other value; a pixel of the shell, in the dual, the other way round.
    fn sink<const AXES: usize>(&self, keys: &mut [i32], strides: [usize; AXES]) {
        let reach = strides.into_iter().max().unwrap_or(0);
        // The sweeps carry the key of the pixel before, which is not yet in memory when it is needed.
        let mut beside = keys[reach - 1];
        for pixel in reach..keys.len() {
            let key = keys[pixel];
            if self.is_in_last(key) {
                let neighbours =
                    strides.map(|stride| if stride == 1 { beside } else { keys[pixel - stride] });
                keys[pixel] = self.after_last(self.last + DEEPEST, neighbours);
            } else if self.is_in_first(key) {
                let neighbours =
                    strides.map(|stride| if stride == 1 { beside } else { keys[pixel - stride] });
                keys[pixel] = self.before_first(self.first - DEEPEST, neighbours);
            }
            beside = keys[pixel];
        }
        beside = keys[keys.len() - reach];
        for pixel in (0..keys.len() - reach).rev() {
            let key = keys[pixel];
            if self.is_in_last(key) {
                let neighbours =
                    strides.map(|stride| if stride == 1 { beside } else { keys[pixel + stride] });
                keys[pixel] = self.after_last(key, neighbours);
            } else if self.is_in_first(key) {
                let neighbours =
                    strides.map(|stride| if stride == 1 { beside } else { keys[pixel + stride] });
                keys[pixel] = self.before_first(key, neighbours);
            }
            beside = keys[pixel];
        }
    }

    fn is_in_last(&self, key: i32) -> bool {
        key >= self.last && key != NEVER
    }

    fn is_in_first(&self, key: i32) -> bool {
        key <= self.first && key != FIRST
    }

    /// A key of the last zone, with a depth of at most one more than its neighbours'.
    fn after_last<const AXES: usize>(&self, key: i32, neighbours: [i32; AXES]) -> i32 {
        let nearest = neighbours.into_iter().fold(NEVER, i32::min).max(self.last);
        if nearest < key { nearest + 1 } else { key }
    }

    /// The same for the first zone.
    fn before_first<const AXES: usize>(&self, key: i32, neighbours: [i32; AXES]) -> i32 {
        let nearest = neighbours.into_iter().fold(FIRST, i32::max).min(self.first);
        if nearest > key { nearest - 1 } else { key }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_the_distance_to_another_value() {
        const N: i32 = NEVER;
        let mut keys = [[N; 7], [N, 5, 5, 5, 5, 3, N], [N, 5, 5, 5, 5, 5, N], [N; 7]].concat();
        assert_eq!(order_by_depth(&mut keys, [7, 1]), (3, 5));
        assert_eq!(keys[7..21], [[N, 9, 8, 7, 6, 3, N], [N, 10, 9, 8, 7, 6, N]].concat());
    }

    #[test]
    fn the_first_zone_begins_at_its_deepest() {
        const F: i32 = FIRST;
        let mut keys = [[F; 5], [F, 2, 2, 9, F], [F; 5]].concat();
        assert_eq!(order_by_depth(&mut keys, [5, 1]), (2, 9));
        assert_eq!(keys[5..10], [F, 0, 1, 9, F]);
    }

    #[test]
    fn one_value_alone_has_no_depth() {
        let mut keys = [[NEVER; 4], [NEVER, 2, 2, NEVER], [NEVER; 4]].concat();
        let before = keys.clone();
        order_by_depth(&mut keys, [4, 1]);
        assert_eq!(keys, before);
    }
}
