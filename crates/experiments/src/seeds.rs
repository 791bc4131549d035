//! Seeds that are made of others, and what they are for.

/// Tells pairs that a course validates with from those that it trains on, whose numbers are smaller.
pub(crate) const VALIDATION: u64 = 1 << 32;
/// Tells samples that a network is measured by from those that it is trained on and validated with.
pub(crate) const TEST: u64 = 2 << 32;
/// Tells samples of experiments from all of these.
pub(crate) const EXPERIMENT: u64 = 3 << 32;

/// The corruption of the first of the pairs from which section 4.1's network learns to restore digits; the others follow
/// it.
pub(crate) fn learned(seed: u64) -> u64 {
    seed << 32
}

/// The corruption of a digit that is to be restored: another than that of any pair that is learned from.
pub(crate) fn restored(seed: u64, index: usize) -> u64 {
    (learned(seed) | (1 << 24)).wrapping_add(index as u64)
}

/// A seed of its own for each list of numbers (the finaliser of SplitMix64, number by number).
pub fn seed_of(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0x6265_7474_6973_636f, |seed, number| {
        let mixed = (seed ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

/// The items in an order that depends on the seed and on their number only; all orders are equally likely.
pub fn shuffled<T>(mut items: Vec<T>, seed: u64) -> Vec<T> {
    for last in (1..items.len()).rev() {
        let drawn = seed_of(&[seed, last as u64]);
        items.swap(last, (drawn % (last as u64 + 1)) as usize);
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_differ_in_a_number_or_its_place_have_other_seeds() {
        let seeds =
            [seed_of(&[1, 2]), seed_of(&[2, 1]), seed_of(&[1, 3]), seed_of(&[1]), seed_of(&[1, 2, 0])];
        for (at, seed) in seeds.iter().enumerate() {
            assert!(!seeds[..at].contains(seed));
        }
        assert_eq!(seed_of(&[1, 2]), seeds[0]);
    }

    #[test]
    fn a_shuffle_keeps_the_items_and_every_place_is_as_likely() {
        let mut counts = [0; 5];
        for seed in 0..5000 {
            let items = shuffled(vec![0, 1, 2, 3, 4], seed);
            let place = items.iter().position(|&item| item == 0).unwrap();
            counts[place] += 1;
        }
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }
}
