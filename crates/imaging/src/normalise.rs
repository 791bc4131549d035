//! From the values of a file to the \[0, 1\] that persistence and the loss work on.

use ndarray::{ArrayD, ArrayViewD};

use crate::image::{Image, SampleType, finite_range};

/// How values are brought to \[0, 1\].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Normalisation {
    /// Integers are divided by the largest value of their type (255 for 8 bit, 65535 for 16 bit,
    /// 1 for one bit). Floats, and integers that the file itself rescales, are taken as they are,
    /// and must be in \[0, 1\] already.
    #[default]
    TypeRange,
    /// The smallest value becomes 0 and the largest 1. A constant image becomes 0 throughout.
    MinMax,
    /// The value at percentile `low` becomes 0, that at `high` 1, and those beyond are clipped;
    /// between ranks percentiles are interpolated linearly, as NumPy does. If both values are the
    /// same, the image becomes 0 throughout.
    Percentile {
        /// In percent, from 0 to below `high`.
        low: f32,
        /// In percent, above `low`, up to 100.
        high: f32,
    },
    /// Values are divided by what stands for 1, as 4095 does in 12 bit and 100 in percent. They must be in \[0, 1\] then.
    Divide {
        /// Finite and above 0.
        by: f32,
    },
}

impl Normalisation {
    /// The percentiles that are taken where none are named: 1 and 99.
    pub const PERCENTILES: Self = Self::Percentile { low: 1.0, high: 99.0 };
}

/// Why an image cannot be normalised.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NormaliseError {
    /// [`Normalisation::TypeRange`] met values outside \[0, 1\].
    #[error(
        "the {sample_type} values range from {low} to {high}, outside [0, 1]; normalise by minmax or percentile"
    )]
    OutsideUnitInterval {
        /// The type in the file.
        sample_type: SampleType,
        /// Smallest value, after dividing by the type's largest where that applies.
        low: f32,
        /// Largest value, likewise.
        high: f32,
    },
    /// Some values are NaN or infinite; what they stand for is not for this crate to guess.
    #[error(
        "{count} of {total} values are NaN or infinite, the first at {first:?}; replace them, for example by 0"
    )]
    NotFinite {
        /// How many.
        count: usize,
        /// Of how many.
        total: usize,
        /// Index of the first, slowest axis first.
        first: Vec<usize>,
    },
    /// The percentiles are not `0 <= low < high <= 100`.
    #[error("percentiles {low} and {high}: 0 <= low < high <= 100 is needed")]
    Percentiles {
        /// As given.
        low: f32,
        /// As given.
        high: f32,
    },
}

/// The grey values of the image ([`Image::to_grey`]) in \[0, 1\], with its spatial axes.
///
/// # Errors
/// See [`NormaliseError`].
pub fn normalise(image: &Image, normalisation: Normalisation) -> Result<ArrayD<f32>, NormaliseError> {
    let grey = image.to_grey();
    all_finite(grey.view())?;
    match normalisation {
        Normalisation::TypeRange => by_type(image, grey.view()),
        Normalisation::Divide { by } => within_unit_interval(image, divided(grey.view(), by.into())),
        Normalisation::MinMax => {
            let (low, high) = finite_range(grey.view()).unwrap_or((0.0, 0.0));
            Ok(stretched(grey.view(), low.into(), high.into()))
        }
        Normalisation::Percentile { low, high } => {
            if !(0.0 <= low && low < high && high <= 100.0) {
                return Err(NormaliseError::Percentiles { low, high });
            }
            let mut values: Vec<f32> = grey.iter().copied().collect();
            let low = percentile(&mut values, low.into());
            let high = percentile(&mut values, high.into());
            Ok(stretched(grey.view(), low, high))
        }
    }
}

fn all_finite(grey: ArrayViewD<'_, f32>) -> Result<(), NormaliseError> {
    let mut bad = grey.indexed_iter().filter(|(_, value)| !value.is_finite()).map(|(index, _)| index);
    match bad.next() {
        None => Ok(()),
        Some(first) => Err(NormaliseError::NotFinite {
            count: 1 + bad.count(),
            total: grey.len(),
            first: ndarray::Dimension::slice(&first).to_vec(),
        }),
    }
}

fn by_type(image: &Image, grey: ArrayViewD<'_, f32>) -> Result<ArrayD<f32>, NormaliseError> {
    let largest = match image.sample_type().max() {
        Some(largest) if !image.is_rescaled() => largest,
        _ => 1.0,
    };
    within_unit_interval(image, divided(grey, largest))
}

fn within_unit_interval(image: &Image, scaled: ArrayD<f32>) -> Result<ArrayD<f32>, NormaliseError> {
    match finite_range(scaled.view()) {
        Some((low, high)) if low < 0.0 || high > 1.0 => {
            Err(NormaliseError::OutsideUnitInterval { sample_type: image.sample_type(), low, high })
        }
        _ => Ok(scaled),
    }
}

/// The values over the largest that there can be.
pub(crate) fn divided(grey: ArrayViewD<'_, f32>, largest: f64) -> ArrayD<f32> {
    grey.mapv(|value| (f64::from(value) / largest) as f32)
}

fn stretched(grey: ArrayViewD<'_, f32>, low: f64, high: f64) -> ArrayD<f32> {
    let width = high - low;
    if width <= 0.0 {
        return ArrayD::zeros(grey.raw_dim());
    }
    grey.mapv(|value| ((f64::from(value) - low) / width).clamp(0.0, 1.0) as f32)
}

/// All values are finite.
fn percentile(values: &mut [f32], percent: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else {
        return 0.0;
    };
    let rank = percent / 100.0 * last as f64;
    let below = (rank.floor() as usize).min(last);
    let (_, &mut lower, above) = values.select_nth_unstable_by(below, f32::total_cmp);
    let upper = above.iter().copied().min_by(f32::total_cmp).unwrap_or(lower);
    let (lower, upper) = (f64::from(lower), f64::from(upper));
    lower + (upper - lower) * (rank - below as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, array};

    fn grey(values: Vec<f32>, sample_type: SampleType) -> Image {
        Image::from_grey(Array1::from_vec(values).into_dyn(), sample_type)
    }

    fn flat(array: ArrayD<f32>) -> Vec<f32> {
        array.into_iter().collect()
    }

    #[test]
    fn integers_are_divided_by_the_largest_value_of_their_type() {
        for (sample_type, largest) in [
            (SampleType::Bool, 1.0),
            (SampleType::U8, 255.0),
            (SampleType::U16, 65535.0),
            (SampleType::I16, 32767.0),
        ] {
            let image = grey(vec![0.0, largest], sample_type);
            let unit = normalise(&image, Normalisation::TypeRange).unwrap();
            assert_eq!(flat(unit), [0.0, 1.0]);
        }
    }

    #[test]
    fn floats_and_negative_integers_outside_the_interval_say_what_to_do() {
        let floats = grey(vec![-0.5, 2.0], SampleType::F32);
        let error = normalise(&floats, Normalisation::TypeRange).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the float32 values range from -0.5 to 2, outside [0, 1]; normalise by minmax or percentile"
        );
        let negative = grey(vec![-487.0, 2984.0], SampleType::I16);
        assert!(normalise(&negative, Normalisation::TypeRange).is_err());
        let unit = normalise(&negative, Normalisation::MinMax).unwrap();
        assert_eq!(flat(unit), [0.0, 1.0]);
    }

    #[test]
    fn percentiles_interpolate_and_clip() {
        let image = grey((0..=10).map(|n| n as f32).collect(), SampleType::U8);
        let percentiles = Normalisation::Percentile { low: 25.0, high: 75.0 };
        // numpy.percentile(range(11), [25, 75]) is [2.5, 7.5].
        let unit = flat(normalise(&image, percentiles).unwrap());
        assert_eq!(unit[..4], [0.0, 0.0, 0.0, 0.1]);
        assert_eq!(unit[5], 0.5);
        assert_eq!(unit[8..], [1.0, 1.0, 1.0]);

        for (low, high) in [(-1.0, 50.0), (50.0, 50.0), (0.0, 101.0), (f32::NAN, 50.0)] {
            let percentiles = Normalisation::Percentile { low, high };
            assert!(matches!(normalise(&image, percentiles), Err(NormaliseError::Percentiles { .. })));
        }
    }

    #[test]
    fn a_constant_image_becomes_zero() {
        let image = grey(vec![128.0; 4], SampleType::U8);
        for normalisation in [Normalisation::MinMax, Normalisation::Percentile { low: 1.0, high: 99.0 }] {
            assert_eq!(flat(normalise(&image, normalisation).unwrap()), [0.0; 4]);
        }
    }

    #[test]
    fn values_that_are_not_finite_are_counted_and_the_first_is_located() {
        let values = array![[0.0, f32::NAN], [f32::INFINITY, 1.0]].into_dyn();
        let image = Image::from_grey(values, SampleType::F32);
        let error = normalise(&image, Normalisation::MinMax).unwrap_err();
        let expected = NormaliseError::NotFinite { count: 2, total: 4, first: vec![0, 1] };
        assert_eq!(error, expected);
    }
}
