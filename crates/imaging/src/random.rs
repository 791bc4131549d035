//! Seeded random numbers that are the same on every platform.
//!
//! PCG32 gives the bits; sums, products, square roots and the functions of `libm` (which is
//! written in Rust) turn them into distributions, so that a seed means the same sample in a
//! browser and on any processor.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;

/// A stream of random numbers.
pub(crate) struct Random(Pcg32);

impl Random {
    /// The stream of `seed` for one `purpose`; two purposes share nothing but the seed.
    pub(crate) fn new(purpose: u64, seed: u64) -> Self {
        Self(Pcg32::seed_from_u64(seed ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// Uniform in \[0, 1), a multiple of 2^-32.
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// Uniform in \[`low`, `high`).
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform in \[-`reach`, `reach`).
    pub(crate) fn around_zero(&mut self, reach: f64) -> f64 {
        self.between(-reach, reach)
    }

    /// Uniform in 0..`count`; 0 if `count` is 0. The bias is below `count` / 2^32.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((u64::from(self.0.next_u32()) * count as u64) >> 32) as usize
    }

    /// Uniform in `low..=high`.
    pub(crate) fn count(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// Whether an event of this probability happens.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Two independent numbers of the standard normal distribution (Box and Muller).
    pub(crate) fn normal_pair(&mut self) -> [f64; 2] {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        let (sine, cosine) = libm::sincos(self.between(0.0, std::f64::consts::TAU));
        [radius * cosine, radius * sine]
    }

    /// A direction: \[cosine, sine\] of an angle that is uniform over the circle.
    pub(crate) fn direction(&mut self) -> [f64; 2] {
        let (sine, cosine) = libm::sincos(self.between(0.0, std::f64::consts::TAU));
        [cosine, sine]
    }

    /// `chosen` different numbers of 0..`count`, in rising order; all of them if there are fewer.
    pub(crate) fn subset(&mut self, chosen: usize, count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..count).collect();
        let chosen = chosen.min(count);
        for place in 0..chosen {
            let other = place + self.below(count - place);
            numbers.swap(place, other);
        }
        numbers.truncate(chosen);
        numbers.sort_unstable();
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_and_purposes_are_streams_of_their_own() {
        let draw = |purpose, seed| Random::new(purpose, seed).0.next_u32();
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert_ne!(draw(1, 2), draw(2, 2));
    }

    #[test]
    fn the_normal_distribution_has_mean_zero_and_variance_one() {
        let mut random = Random::new(0, 0);
        let values: Vec<f64> = (0..20_000).flat_map(|_| random.normal_pair()).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let square = values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64;
        assert!(mean.abs() < 0.02 && (square - 1.0).abs() < 0.03, "{mean} {square}");
    }

    #[test]
    fn subsets_are_sorted_and_every_number_is_as_likely() {
        let mut random = Random::new(0, 1);
        let mut chosen = [0_usize; 10];
        for _ in 0..10_000 {
            let subset = random.subset(3, 10);
            assert!(subset.is_sorted_by(|a, b| a < b) && subset.len() == 3);
            subset.iter().for_each(|&number| chosen[number] += 1);
        }
        assert!(chosen.iter().all(|&count| (2850..3150).contains(&count)), "{chosen:?}");
        assert_eq!(random.subset(5, 3), [0, 1, 2]);
    }
}
