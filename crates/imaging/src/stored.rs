//! Values as files store them: numbers of any type and byte order, perhaps with a slope and an intercept.

use half::f16;

use crate::image::SampleType;
use crate::samples::ByteOrder;

/// Whole numbers below this are exact as `f32`, which all values are read as; others may have been rounded to it.
pub(crate) const EXACT: f32 = 16_777_216.0;

/// Which values are meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    AtLeast(f32),
    AtMost(f32),
}

impl Bound {
    /// Both as it is read here and as others, who compute in `f64`, read it.
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= f64::from(bound) && value as f32 >= bound,
            Self::AtMost(bound) => value <= f64::from(bound) && value as f32 <= bound,
        }
    }
}

/// The stored number that is read as the value closest to the bound, on its side; `None` if the type has none.
pub(crate) fn closest(bound: Bound, sample_type: SampleType, scaling: Option<(f64, f64)>) -> Option<f64> {
    let (slope, intercept) = scaling.unwrap_or((1.0, 0.0));
    let value = |stored: f64| stored * slope + intercept;
    let (wanted, inwards) = match bound {
        Bound::AtLeast(wanted) => (wanted, slope.signum()),
        Bound::AtMost(wanted) => (wanted, -slope.signum()),
    };
    // From a number that is surely on the wrong side, or the last one, to the first on the right side.
    let start = rounded((f64::from(wanted) - intercept) / slope, sample_type);
    let mut stored = (0..4).fold(start, |stored, _| next(stored, -inwards, sample_type));
    for _ in 0..9 {
        if bound.holds(value(stored)) {
            return Some(stored);
        }
        stored = next(stored, inwards, sample_type);
    }
    None
}

/// Whether the type holds a value that is stored as it is, without rounding.
pub(crate) fn holds(sample_type: SampleType, value: f32) -> bool {
    match (range(sample_type), sample_type) {
        (Some((low, high)), _) => {
            let is_in_range = (low..=high).contains(&f64::from(value)) && value.abs() < EXACT;
            is_in_range && value.fract() == 0.0
        }
        (None, SampleType::F16) => value.is_nan() || f16::from_f32(value).to_f32() == value,
        (None, _) => true,
    }
}

/// Appends a number, rounded and cut off to what the type holds.
pub(crate) fn put(number: f64, sample_type: SampleType, order: ByteOrder, out: &mut Vec<u8>) {
    macro_rules! put {
        ($number:expr) => {
            match order {
                ByteOrder::Little => out.extend($number.to_le_bytes()),
                ByteOrder::Big => out.extend($number.to_be_bytes()),
            }
        };
    }
    match sample_type {
        SampleType::Bool => out.push(u8::from(number != 0.0)),
        SampleType::U8 => put!(number as u8),
        SampleType::U16 => put!(number as u16),
        SampleType::U32 => put!(number as u32),
        SampleType::U64 => put!(number as u64),
        SampleType::I8 => put!(number as i8),
        SampleType::I16 => put!(number as i16),
        SampleType::I32 => put!(number as i32),
        SampleType::I64 => put!(number as i64),
        SampleType::F16 => put!(f16::from_f64(number)),
        SampleType::F32 => put!(number as f32),
        SampleType::F64 => put!(number),
    }
}

/// The least and the greatest number of an integer type.
fn range(sample_type: SampleType) -> Option<(f64, f64)> {
    let high = sample_type.max()?;
    let is_signed =
        matches!(sample_type, SampleType::I8 | SampleType::I16 | SampleType::I32 | SampleType::I64);
    Some((if is_signed { -high - 1.0 } else { 0.0 }, high))
}

fn rounded(number: f64, sample_type: SampleType) -> f64 {
    match (range(sample_type), sample_type) {
        (Some((low, high)), _) => number.round().clamp(low, high),
        (None, SampleType::F16) => f16::from_f64(number).to_f64(),
        (None, SampleType::F32) => f64::from(number as f32),
        (None, _) => number,
    }
}

/// The number after this one, upwards if `direction` is above 0; the last one stays.
fn next(number: f64, direction: f64, sample_type: SampleType) -> f64 {
    let is_up = direction > 0.0;
    match (range(sample_type), sample_type) {
        (Some((low, high)), _) => (number + direction.signum()).clamp(low, high),
        (None, SampleType::F16) => next_half(f16::from_f64(number), is_up).to_f64(),
        (None, SampleType::F32) => {
            let number = number as f32;
            f64::from(if is_up { number.next_up() } else { number.next_down() })
        }
        (None, _) => {
            if is_up {
                number.next_up()
            } else {
                number.next_down()
            }
        }
    }
}

fn next_half(number: f16, is_up: bool) -> f16 {
    const SIGN: u16 = 0x8000;
    let bits = number.to_bits();
    let grows = (bits & SIGN == 0) == is_up;
    f16::from_bits(match (bits & !SIGN, grows) {
        (0, _) if is_up => 1,
        (0, _) => SIGN | 1,
        (_, true) => bits.saturating_add(1),
        (_, false) => bits - 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_number_on_the_side_of_a_bound_is_found_in_every_type() {
        use Bound::{AtLeast, AtMost};
        let eighth = Some((1.0 / 255.0, 0.0));
        let falling = Some((-0.01, 1.0));
        for (bound, sample_type, scaling, stored) in [
            (AtLeast(127.5), SampleType::U8, None, Some(128.0)),
            (AtMost(127.5), SampleType::U8, None, Some(127.0)),
            (AtLeast(255.0), SampleType::U8, None, Some(255.0)),
            (AtLeast(256.0), SampleType::U8, None, None),
            (AtMost(-0.5), SampleType::U16, None, None),
            (AtMost(-0.5), SampleType::I16, None, Some(-1.0)),
            (AtLeast(0.5), SampleType::U8, eighth, Some(128.0)),
            (AtMost(0.5_f32.next_down()), SampleType::U8, eighth, Some(127.0)),
            (AtLeast(0.505), SampleType::U8, falling, Some(49.0)),
            (AtMost(0.505), SampleType::U8, falling, Some(50.0)),
            (AtLeast(0.3), SampleType::F32, None, Some(f64::from(0.3_f32))),
            (AtLeast(0.3), SampleType::F64, None, Some(f64::from(0.3_f32))),
        ] {
            assert_eq!(closest(bound, sample_type, scaling), stored, "{bound:?} {sample_type} {scaling:?}");
        }
    }

    #[test]
    fn half_floats_do_not_cross_the_bound_by_rounding() {
        for threshold in [0.3_f32, 0.5, 0.1, 1.0, -0.2, 0.0] {
            let above = closest(Bound::AtLeast(threshold), SampleType::F16, None).unwrap();
            let below = closest(Bound::AtMost(threshold.next_down()), SampleType::F16, None).unwrap();
            assert!(below < f64::from(threshold) && above >= f64::from(threshold), "{below} {above}");
            assert_eq!(next(below, 1.0, SampleType::F16), above, "they are neighbours");
        }
    }

    #[test]
    fn what_a_type_does_not_hold_is_known() {
        for (sample_type, value, expected) in [
            (SampleType::U8, 255.0, true),
            (SampleType::U8, 256.0, false),
            (SampleType::U8, 0.5, false),
            (SampleType::I8, -128.0, true),
            (SampleType::U32, 16_777_215.0, true),
            (SampleType::U32, 16_777_216.0, false),
            (SampleType::Bool, 1.0, true),
            (SampleType::Bool, 255.0, false),
            (SampleType::F16, 0.5, true),
            (SampleType::F16, 0.3, false),
            (SampleType::F64, 0.3, true),
        ] {
            assert_eq!(holds(sample_type, value), expected, "{sample_type} {value}");
        }
    }
}
