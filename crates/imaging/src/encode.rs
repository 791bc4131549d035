//! What the encoders take, and how a map in \[0, 1\] becomes integers.

use ndarray::{ArrayD, ArrayView, ArrayViewD, Dimension};

use crate::image::{SampleType, finite_range};
use crate::samples::ByteOrder;
use crate::stored;

/// An array to be written, with exactly these values. Any stride is accepted.
#[derive(Debug, Clone)]
pub enum Samples<'a> {
    /// Masks, label maps, 8-bit pictures.
    U8(ArrayViewD<'a, u8>),
    /// 16-bit pictures.
    U16(ArrayViewD<'a, u16>),
    /// Maps and everything else.
    F32(ArrayViewD<'a, f32>),
    /// Whatever type it is, by [`Samples::typed`].
    Typed(Typed<'a>),
}

/// Values that are written in a type which holds each of them.
#[derive(Debug, Clone)]
pub struct Typed<'a> {
    values: ArrayViewD<'a, f32>,
    sample_type: SampleType,
}

/// A value that a type does not hold.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the value {value} cannot be kept as {sample_type} (whole numbers are exact below 16777216)")]
pub struct NotHeld {
    /// The first such value.
    pub value: f32,
    /// The type.
    pub sample_type: SampleType,
}

impl<'a> Samples<'a> {
    /// Values that are to be written as numbers of any type.
    ///
    /// # Errors
    /// If the type does not hold one of them, or if it is an integer that `f32` does not hold.
    /// `F32` and `F64` hold all.
    pub fn typed(values: ArrayViewD<'a, f32>, sample_type: SampleType) -> Result<Self, NotHeld> {
        match values.iter().find(|&&value| !stored::holds(sample_type, value)) {
            Some(&value) => Err(NotHeld { value, sample_type }),
            None => Ok(Self::Typed(Typed { values, sample_type })),
        }
    }

    /// Lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::U8(array) => array.shape(),
            Self::U16(array) => array.shape(),
            Self::F32(array) => array.shape(),
            Self::Typed(typed) => typed.values.shape(),
        }
    }

    pub(crate) fn sample_type(&self) -> SampleType {
        match self {
            Self::U8(_) => SampleType::U8,
            Self::U16(_) => SampleType::U16,
            Self::F32(_) => SampleType::F32,
            Self::Typed(typed) => typed.sample_type,
        }
    }

    /// The type that samples are stored in by formats that have no bits and no half floats.
    pub(crate) fn stored_type(&self) -> SampleType {
        match self.sample_type() {
            SampleType::Bool => SampleType::U8,
            SampleType::F16 => SampleType::F32,
            other => other,
        }
    }

    /// Appends the samples in C order, as numbers of `sample_type`.
    pub(crate) fn write_as(&self, sample_type: SampleType, order: ByteOrder, out: &mut Vec<u8>) {
        let mut put = |number: f64| stored::put(number, sample_type, order, out);
        match self {
            Self::U8(array) => array.iter().for_each(|&value| put(value.into())),
            Self::U16(array) => array.iter().for_each(|&value| put(value.into())),
            Self::F32(array) | Self::Typed(Typed { values: array, .. }) => {
                array.iter().for_each(|&value| put(value.into()));
            }
        }
    }

    /// Appends the samples in C order, little-endian.
    pub(crate) fn write_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::U8(array) => out.extend(array.iter()),
            Self::U16(array) => out.extend(array.iter().flat_map(|value| value.to_le_bytes())),
            Self::F32(array) => out.extend(array.iter().flat_map(|value| value.to_le_bytes())),
            Self::Typed(typed) => self.write_as(typed.sample_type, ByteOrder::Little, out),
        }
    }
}

macro_rules! from_view {
    ($number:ty, $variant:ident) => {
        impl<'a, D: Dimension> From<ArrayView<'a, $number, D>> for Samples<'a> {
            fn from(array: ArrayView<'a, $number, D>) -> Self {
                Self::$variant(array.into_dyn())
            }
        }
    };
}
from_view!(u8, U8);
from_view!(u16, U16);
from_view!(f32, F32);

/// A value that a map in \[0, 1\] cannot have.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "the values range from {low} to {high} with {not_finite} of them not finite; to be written as integers they must be in [0, 1]"
)]
pub struct NotUnitInterval {
    /// Smallest finite value.
    pub low: f32,
    /// Largest finite value.
    pub high: f32,
    /// Number of values that are NaN or infinite.
    pub not_finite: usize,
}

/// A map in \[0, 1\] as 8-bit levels: 255 times the value, rounded to nearest.
///
/// # Errors
/// If a value is outside \[0, 1\] or NaN.
pub fn quantise8(map: ArrayViewD<'_, f32>) -> Result<ArrayD<u8>, NotUnitInterval> {
    check(map.view())?;
    Ok(map.mapv(|value| (value * 255.0).round() as u8))
}

/// A map in \[0, 1\] as 16-bit levels: 65535 times the value, rounded to nearest.
///
/// # Errors
/// If a value is outside \[0, 1\] or NaN.
pub fn quantise16(map: ArrayViewD<'_, f32>) -> Result<ArrayD<u16>, NotUnitInterval> {
    check(map.view())?;
    Ok(map.mapv(|value| (value * 65535.0).round() as u16))
}

fn check(map: ArrayViewD<'_, f32>) -> Result<(), NotUnitInterval> {
    if map.iter().all(|value| (0.0..=1.0).contains(value)) {
        return Ok(());
    }
    let not_finite = map.iter().filter(|value| !value.is_finite()).count();
    let (low, high) = finite_range(map).unwrap_or((f32::NAN, f32::NAN));
    Err(NotUnitInterval { low, high, not_finite })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_ends_of_the_unit_interval_are_the_ends_of_the_integer_range() {
        let map = array![[0.0, 0.5, 1.0]].into_dyn();
        assert_eq!(quantise8(map.view()), Ok(array![[0, 128, 255]].into_dyn()));
        let levels = array![[0, 32768, 65535]].into_dyn();
        assert_eq!(quantise16(map.view()), Ok(levels));
    }

    #[test]
    fn values_outside_are_refused_and_named() {
        let map = array![[-0.5, f32::NAN, 3.0]].into_dyn();
        let error = quantise8(map.view()).unwrap_err();
        assert_eq!((error.low, error.high, error.not_finite), (-0.5, 3.0, 1));
    }
}
