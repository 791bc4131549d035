//! Seeded random numbers that are the same on every platform and device.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg32;

/// A stream of random numbers.
pub(crate) struct Random(Pcg32);

impl Random {
    /// The stream of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Pcg32::seed_from_u64(seed))
    }

    /// The stream of an epoch, from 1, of a training with this seed.
    pub(crate) fn of_epoch(seed: u64, epoch: usize) -> Self {
        Self::new(seed.wrapping_add((epoch as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// The stream of an epoch, from 1, of the unlabelled images of such a training.
    pub(crate) fn of_unlabelled(seed: u64, epoch: usize) -> Self {
        Self::of_epoch(!seed, epoch)
    }

    /// Uniform in [-`reach`, `reach`).
    pub(crate) fn around_zero(&mut self, reach: f32) -> f32 {
        // 24 bits, so that the number is exact in single precision.
        let unit = (self.0.next_u32() >> 8) as f32 / 16_777_216.0;
        reach * (2.0 * unit - 1.0)
    }

    /// Puts the items into an order of which all are equally likely (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = ((u64::from(self.0.next_u32()) * (last as u64 + 1)) >> 32) as usize;
            items.swap(last, other);
        }
    }
}
