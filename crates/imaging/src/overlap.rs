//! How far a mask or a soft map agrees with the truth.
//!
//! Both measures take values in \[0, 1\]; a mask is the case of values 0 and 1 only. **Two empty
//! maps agree entirely: the result is 1.** If one of them is empty and the other is not, it is 0.
//!
//! ```
//! use imaging::overlap::{dice, jaccard};
//! use ndarray::array;
//!
//! let truth = array![[1.0, 1.0], [0.0, 0.0]];
//! let found = array![[1.0, 0.0], [0.0, 0.0]];
//! assert!((dice(found.view(), truth.view())? - 2.0 / 3.0).abs() < 1e-12);
//! assert_eq!(jaccard(found.view(), truth.view())?, 0.5);
//! # Ok::<(), imaging::overlap::OverlapError>(())
//! ```

use ndarray::{ArrayView, Dimension};

/// Why two maps cannot be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OverlapError {
    /// The shapes differ.
    #[error("maps of shape {a:?} and {b:?} cannot be compared; the shapes have to be the same")]
    Shapes {
        /// Of the first map.
        a: Vec<usize>,
        /// Of the second.
        b: Vec<usize>,
    },
    /// A value is NaN or outside \[0, 1\].
    #[error("a map holds the value {value}; 0 to 1 is needed")]
    Value {
        /// The first such value.
        value: f32,
    },
}

/// The Dice coefficient 2 Σ a·b / (Σ a + Σ b), any shape; for masks 2 |A ∩ B| / (|A| + |B|).
///
/// For soft maps this is the form whose complement is the usual soft Dice loss: two equal maps
/// reach 1 only where their values are 0 and 1.
///
/// # Errors
/// Different shapes, or values outside \[0, 1\].
pub fn dice<D: Dimension>(a: ArrayView<'_, f32, D>, b: ArrayView<'_, f32, D>) -> Result<f64, OverlapError> {
    let sums = Sums::of(a, b)?;
    Ok(ratio(2.0 * sums.product, sums.a + sums.b))
}

/// The Jaccard index Σ min(a, b) / Σ max(a, b), any shape; for masks |A ∩ B| / |A ∪ B|.
///
/// For soft maps this is Ruzicka's similarity: two equal maps reach 1.
///
/// # Errors
/// Different shapes, or values outside \[0, 1\].
pub fn jaccard<D: Dimension>(
    a: ArrayView<'_, f32, D>,
    b: ArrayView<'_, f32, D>,
) -> Result<f64, OverlapError> {
    let sums = Sums::of(a, b)?;
    Ok(ratio(sums.smaller, sums.larger))
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 1.0 } else { part / whole }
}

struct Sums {
    a: f64,
    b: f64,
    product: f64,
    smaller: f64,
    larger: f64,
}

impl Sums {
    fn of<D: Dimension>(a: ArrayView<'_, f32, D>, b: ArrayView<'_, f32, D>) -> Result<Self, OverlapError> {
        if a.shape() != b.shape() {
            return Err(OverlapError::Shapes { a: a.shape().to_vec(), b: b.shape().to_vec() });
        }
        let mut sums = Self { a: 0.0, b: 0.0, product: 0.0, smaller: 0.0, larger: 0.0 };
        for (&a, &b) in a.iter().zip(b.iter()) {
            if let Some(value) = [a, b].into_iter().find(|value| !(0.0..=1.0).contains(value)) {
                return Err(OverlapError::Value { value });
            }
            let (a, b) = (f64::from(a), f64::from(b));
            sums.a += a;
            sums.b += b;
            sums.product += a * b;
            sums.smaller += a.min(b);
            sums.larger += a.max(b);
        }
        Ok(sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, Array3, array};
    use proptest::prelude::*;

    #[test]
    fn two_empty_maps_agree_and_one_does_not() {
        let (empty, full) = (Array3::zeros((2, 3, 4)), Array3::ones((2, 3, 4)));
        for measure in [dice, jaccard] {
            assert_eq!(measure(empty.view(), empty.view()), Ok(1.0));
            assert_eq!(measure(empty.view(), full.view()), Ok(0.0));
            assert_eq!(measure(full.view(), full.view()), Ok(1.0));
        }
        let nothing = Array2::<f32>::zeros((0, 5));
        assert_eq!(dice(nothing.view(), nothing.view()), Ok(1.0));
    }

    #[test]
    fn soft_maps_follow_the_printed_formulas() {
        let (a, b) = (array![0.5, 1.0, 0.0], array![0.5, 0.25, 0.25]);
        assert_eq!(dice(a.view(), b.view()), Ok(2.0 * 0.5 / 2.5));
        assert_eq!(jaccard(a.view(), b.view()), Ok(0.75 / 1.75));
        assert_eq!(dice(b.view(), b.view()), Ok(0.375));
        assert_eq!(jaccard(b.view(), b.view()), Ok(1.0));
    }

    #[test]
    fn what_cannot_be_compared_is_named() {
        let error = dice(array![[1.0]].view(), array![[1.0, 0.0]].view()).unwrap_err().to_string();
        assert_eq!(
            error,
            "maps of shape [1, 1] and [1, 2] cannot be compared; the shapes have to be the same"
        );
        for value in [f32::NAN, -0.1, 255.0] {
            let error = jaccard(array![value].view(), array![1.0].view()).unwrap_err();
            assert!(matches!(error, OverlapError::Value { .. }));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn for_masks_one_measure_follows_from_the_other(
            bits in proptest::collection::vec(any::<(bool, bool)>(), 1..50),
        ) {
            let number = |bit| if bit { 1.0 } else { 0.0 };
            let a = ndarray::Array1::from_iter(bits.iter().map(|bits| number(bits.0)));
            let b = ndarray::Array1::from_iter(bits.iter().map(|bits| number(bits.1)));
            let (dice, jaccard) = (dice(a.view(), b.view()).unwrap(), jaccard(a.view(), b.view()).unwrap());
            prop_assert!((dice - 2.0 * jaccard / (1.0 + jaccard)).abs() < 1e-12);
        }
    }
}
