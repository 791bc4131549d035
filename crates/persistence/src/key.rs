//! Values as integers, so that one signed comparison says which pixel enters first.
//!
//! The engines know one order: a smaller key enters earlier, equal keys enter by index. Superlevel and sublevel
//! filtration, and the duality between the connectivities, are differences of the key alone.

use crate::Filtration;

/// Before every pixel. No value has this key.
pub(crate) const FIRST: i32 = i32::MIN;
/// After every pixel. No value has this key.
pub(crate) const NEVER: i32 = i32::MAX;

/// The key of a value under the filtration. NaN must have been refused.
pub(crate) fn of_value(value: f32, filtration: Filtration) -> i32 {
    // Adding zero makes -0.0, which equals 0.0, the same bits.
    let bits = (value + 0.0).to_bits().cast_signed();
    let ascending = flip_negative(bits);
    match filtration {
        Filtration::Superlevel => !ascending,
        Filtration::Sublevel => ascending,
    }
}

/// The value of a key.
pub(crate) fn to_value(key: i32, filtration: Filtration) -> f32 {
    let ascending = match filtration {
        Filtration::Superlevel => !key,
        Filtration::Sublevel => key,
    };
    f32::from_bits(flip_negative(ascending).cast_unsigned())
}

/// Orders as pixels enter: by key, then by index. Also for whatever else has a key and a number.
pub(crate) fn entry(key: i32, number: u32) -> u64 {
    u64::from(key.cast_unsigned() ^ 1 << 31) << 32 | u64::from(number)
}

/// The key of an entry.
pub(crate) fn of_entry(entry: u64) -> i32 {
    ((entry >> 32) as u32 ^ 1 << 31).cast_signed()
}

/// The number of an entry.
pub(crate) fn number(entry: u64) -> u32 {
    entry as u32
}

/// IEEE 754 orders magnitudes; negative numbers, whose order is the reverse, get their magnitude inverted.
/// Its own inverse.
fn flip_negative(bits: i32) -> i32 {
    bits ^ ((bits >> 31).cast_unsigned() >> 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASCENDING: [f32; 9] =
        [f32::NEG_INFINITY, f32::MIN, -1.0, -1e-40, 0.0, 1e-40, 0.5, f32::MAX, f32::INFINITY];

    #[test]
    fn keys_order_values_and_leave_room_at_both_ends() {
        for pair in ASCENDING.windows(2) {
            let keys = |filtration| pair.iter().map(|&value| of_value(value, filtration)).collect::<Vec<_>>();
            assert!(keys(Filtration::Sublevel).is_sorted_by(|a, b| a < b));
            assert!(keys(Filtration::Superlevel).is_sorted_by(|a, b| a > b));
        }
        for filtration in [Filtration::Superlevel, Filtration::Sublevel] {
            for value in ASCENDING {
                let key = of_value(value, filtration);
                assert!(FIRST < key && key < NEVER);
                assert_eq!(to_value(key, filtration), value);
            }
        }
    }

    #[test]
    fn the_two_zeros_are_one_value() {
        assert_eq!(of_value(-0.0, Filtration::Superlevel), of_value(0.0, Filtration::Superlevel));
    }
}
