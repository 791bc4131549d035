//! Label maps: what their classes look like, and what they should.

use ndarray::{Array, ArrayView, Axis, Dimension, RemoveAxis, Zip};
use persistence::Connectivity;

use super::{entry::ClassPrior, priors::ClassPriors};
use crate::{CheckOptions, Error, Verdict, bits::Bits, grid::Grid, verdict::check_bits};

/// The label map of a class map `[classes, rows, columns]` or `[classes, slices, rows, columns]`: at each pixel the class
/// with the greatest value, the smallest of several.
///
/// # Errors
///
/// If the map has another number of axes, one of length zero, or a NaN.
pub fn arg_max<D: Dimension + RemoveAxis>(map: ArrayView<f32, D>) -> Result<Array<u32, D::Smaller>, Error> {
    let axes = map.ndim();
    if !matches!(axes, 3 | 4) {
        // The axis of classes is none of the image.
        return Err(persistence::Error::Dimensions { dimensions: axes.saturating_sub(1) }.into());
    }
    if map.is_empty() {
        return Err(persistence::Error::Empty { shape: map.shape().to_vec() }.into());
    }
    let mut greatest = map.index_axis(Axis(0), 0).to_owned();
    let mut labels = Array::zeros(greatest.raw_dim());
    for (class, of_class) in (0..).zip(map.axis_iter(Axis(0))) {
        Zip::from(&mut labels).and(&mut greatest).and(of_class).for_each(|label, greatest, &value| {
            // A NaN stays until it is found.
            if value > *greatest || value.is_nan() {
                (*label, *greatest) = (class, value);
            }
        });
    }
    if greatest.iter().any(|value| value.is_nan()) {
        let map = map.into_dyn();
        let position = map.indexed_iter().find(|(_, value)| value.is_nan());
        let position = position.map(|(at, _)| at.slice().to_vec()).unwrap_or_default();
        return Err(persistence::Error::NotANumber { position }.into());
    }
    Ok(labels)
}

/// The Betti numbers of each entry's pixels, in the order of the entries, one per dimension.
///
/// `labels` are `[rows, columns]` or `[slices, rows, columns]`. Negative ones are those of no class, as are all that no
/// entry names.
///
/// # Errors
///
/// If the array is neither an image nor a volume, is empty or too large, or does not fit the priors.
pub fn betti_numbers<T: Copy + TryInto<usize>, D: Dimension>(
    labels: ArrayView<T, D>,
    priors: &ClassPriors,
    connectivity: Connectivity,
) -> Result<Vec<Vec<usize>>, Error> {
    let betti = |entry: &ClassPrior| Ok(bits_of(labels.view(), entry)?.betti_numbers(connectivity));
    priors.entries().iter().map(betti).collect()
}

/// What is wrong with each entry's pixels, in the order of the entries: as [`topoloss::check`](crate::check()) says it of
/// a mask. The threshold of `options` has no meaning here.
///
/// `labels` are as in [`betti_numbers`].
///
/// # Errors
///
/// Those of [`betti_numbers`].
pub fn check<T: Copy + TryInto<usize>, D: Dimension>(
    labels: ArrayView<T, D>,
    priors: &ClassPriors,
    options: CheckOptions,
) -> Result<Vec<Verdict>, Error> {
    let verdict = |entry: &ClassPrior| check_bits(&bits_of(labels.view(), entry)?, entry.prior(), options);
    priors.entries().iter().map(verdict).collect()
}

/// The mask of an entry.
fn bits_of<T: Copy + TryInto<usize>, D: Dimension>(
    labels: ArrayView<T, D>,
    entry: &ClassPrior,
) -> Result<Bits, Error> {
    entry.prior().check_dimensions(labels.ndim())?;
    let mut bits = Bits::empty(Grid::new(labels.shape())?);
    bits.fill(labels, |&label| label.try_into().is_ok_and(|class| entry.contains(class)));
    Ok(bits)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_greatest_class_wins_and_of_equal_ones_the_smallest() {
        let map = array![[[0.2f32, 0.5, 0.1]], [[0.3, 0.5, 0.45]], [[0.5, 0.0, 0.45]]];
        assert_eq!(arg_max(map.view()).unwrap(), array![[2, 0, 1]]);
        assert_eq!(arg_max(map.view().into_dyn()).unwrap(), array![[2, 0, 1]].into_dyn());
    }

    #[test]
    fn what_has_no_greatest_class_is_an_error() {
        for place in 0..3 {
            let mut map = ndarray::Array3::<f32>::zeros((3, 2, 2));
            map[[place, 1, 0]] = f32::NAN;
            let error = arg_max(map.view()).unwrap_err();
            assert_eq!(error, persistence::Error::NotANumber { position: vec![place, 1, 0] }.into());
        }
        for shape in [&[2, 3][..], &[1, 2, 3, 4, 5], &[]] {
            let error = arg_max(ndarray::ArrayD::<f32>::zeros(shape).view());
            assert!(matches!(error, Err(Error::Array(persistence::Error::Dimensions { .. }))), "{shape:?}");
        }
        let error = arg_max(ndarray::Array3::<f32>::zeros((0, 2, 2)).view()).unwrap_err();
        assert!(matches!(error, Error::Array(persistence::Error::Empty { .. })));
    }
}
