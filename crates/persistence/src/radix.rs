//! Sorting what is already in order but for the upper half of its bits.

const DIGITS: usize = 1 << 11;

/// Below this length a comparison sort is faster.
const SHORT: usize = 1024;

/// Sorts numbers that ascend wherever their upper halves are equal, as entries do whose numbers were given in
/// sequence. Three stable passes over digits of 11 bits.
pub(crate) fn sort(values: &mut Vec<u64>, scratch: &mut Vec<u64>) {
    if values.len() < SHORT {
        values.sort_unstable();
        return;
    }
    scratch.clear();
    scratch.resize(values.len(), 0);
    for shift in [32, 43, 54] {
        let digit = |value: u64| (value >> shift) as usize % DIGITS;
        let mut starts = [0u32; DIGITS];
        for &value in values.iter() {
            starts[digit(value)] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += std::mem::replace(start, sum);
        }
        for &value in values.iter() {
            let start = &mut starts[digit(value)];
            scratch[*start as usize] = value;
            *start += 1;
        }
        std::mem::swap(values, scratch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_lists_are_sorted() {
        for length in [0, 1, 10, SHORT, 5000] {
            let mut state = 1u64;
            let mut values: Vec<u64> = (0..length as u64)
                .map(|number| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 40 << 32 | state >> 63 << 63) | number
                })
                .collect();
            let mut expected = values.clone();
            expected.sort_unstable();
            sort(&mut values, &mut Vec::new());
            assert_eq!(values, expected);
        }
    }
}
