//! Other sizes of an image: whole by interpolation, in part by cropping.
//!
//! Pixels are squares, and the outlines of the image before and after coincide: the centre of
//! pixel `i` of `n` lies at `(i + 0.5) / n` of the axis.
//!
//! Written here because the kept crates would not do: `fast_image_resize` rounds differently with
//! each processor's vector instructions, and `image` clamps to \[0, 1\] and takes its own buffers.

use ndarray::{Array2, ArrayView2, Axis};

/// Why an image cannot be resized or cropped.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ResampleError {
    /// An axis of the image has the length zero.
    #[error("an image of shape {shape:?} has no pixels")]
    Empty {
        /// Of the image.
        shape: [usize; 2],
    },
    /// An axis of the result would have the length zero, or more than 65536.
    #[error("a result of shape {shape:?} cannot be made; 1 to {LARGEST_AXIS} are accepted on each axis")]
    Shape {
        /// As asked for.
        shape: [usize; 2],
    },
}

const LARGEST_AXIS: usize = 1 << 16;

/// `image` as `shape` (\[rows, columns\]): bilinear interpolation when an axis grows; when it
/// shrinks, the mean over the pixels it covers, weighted by a triangle of two pixels of the
/// result, so that fine structure does not alias. This is the "triangle" or antialiased bilinear
/// filter of Pillow, `image` and PyTorch.
///
/// Every value lies between the smallest and the largest one around it, to rounding. The largest
/// value of the image is **not** preserved: a bright line thinner than a pixel of the result
/// becomes a dim one, and a threshold afterwards may not see it. NaN spreads to its surroundings.
///
/// # Errors
/// An image without pixels, or a shape that cannot be made.
pub fn resize(image: ArrayView2<'_, f32>, shape: [usize; 2]) -> Result<Array2<f32>, ResampleError> {
    check(image.dim(), shape)?;
    let columns = along(image.mapv(f64::from), Axis(1), shape[1]);
    Ok(along(columns, Axis(0), shape[0]).mapv(|value| value as f32))
}

/// `mask` as `shape` (\[rows, columns\]): each pixel takes the value of the pixel that its centre
/// lies in, so no value appears that was not there. Thin parts and small holes can vanish when an
/// axis shrinks, and Betti numbers with them.
///
/// # Errors
/// As [`resize`].
pub fn resize_nearest<T: Clone>(
    mask: ArrayView2<'_, T>,
    shape: [usize; 2],
) -> Result<Array2<T>, ResampleError> {
    check(mask.dim(), shape)?;
    let (rows, columns) = mask.dim();
    let source = |index: usize, from: usize, to: usize| (2 * index + 1) * from / (2 * to);
    Ok(Array2::from_shape_fn((shape[0], shape[1]), |(row, column)| {
        mask[[source(row, rows, shape[0]), source(column, columns, shape[1])]].clone()
    }))
}

/// The square of `size` x `size` pixels around the pixel `centre` (\[row, column\], may lie outside).
///
/// The centre becomes pixel `[size / 2, size / 2]`, so an even square reaches one pixel further up
/// and left. What lies outside the image is filled with `padding` (0 for masks, and for images
/// whose background is dark).
///
/// # Errors
/// A size of zero, or more than 65536.
pub fn crop_square<T: Clone>(
    image: ArrayView2<'_, T>,
    centre: [isize; 2],
    size: usize,
    padding: T,
) -> Result<Array2<T>, ResampleError> {
    if size == 0 || size > LARGEST_AXIS {
        return Err(ResampleError::Shape { shape: [size, size] });
    }
    let source = |index: usize, centre: isize| {
        usize::try_from(centre.checked_add(index as isize)?.checked_sub((size / 2) as isize)?).ok()
    };
    Ok(Array2::from_shape_fn((size, size), |(row, column)| {
        let inside = source(row, centre[0]).zip(source(column, centre[1]));
        inside.and_then(|at| image.get(at)).unwrap_or(&padding).clone()
    }))
}

fn check(from: (usize, usize), to: [usize; 2]) -> Result<(), ResampleError> {
    if from.0 == 0 || from.1 == 0 {
        return Err(ResampleError::Empty { shape: [from.0, from.1] });
    }
    match to.iter().all(|&length| (1..=LARGEST_AXIS).contains(&length)) {
        true => Ok(()),
        false => Err(ResampleError::Shape { shape: to }),
    }
}

fn along(image: Array2<f64>, axis: Axis, length: usize) -> Array2<f64> {
    let before = image.len_of(axis);
    if before == length {
        return image;
    }
    let mut shape = image.raw_dim();
    shape[axis.index()] = length;
    let mut resized = Array2::zeros(shape);
    for (index, mut line) in resized.axis_iter_mut(axis).enumerate() {
        let (first, weights) = triangle(index, before, length);
        for (offset, weight) in weights.into_iter().enumerate() {
            line.scaled_add(weight, &image.index_axis(axis, first + offset));
        }
    }
    resized
}

/// The first pixel of `before` that pixel `index` of `after` is made of, and the weights from
/// there on, which add up to 1.
fn triangle(index: usize, before: usize, after: usize) -> (usize, Vec<f64>) {
    let ratio = before as f64 / after as f64;
    let reach = ratio.max(1.0);
    let centre = (index as f64 + 0.5) * ratio;
    let first = (centre - reach).floor().max(0.0) as usize;
    let end = ((centre + reach).ceil() as usize).min(before);
    let weight = |pixel: usize| (1.0 - (pixel as f64 + 0.5 - centre).abs() / reach).max(0.0);
    let mut weights: Vec<f64> = (first..end).map(weight).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    (first, weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    #[test]
    fn growing_interpolates_between_centres_and_holds_the_edge() {
        let image = array![[0.0, 1.0]];
        // torch.nn.functional.interpolate(mode="bilinear", align_corners=False).
        assert_eq!(
            resize(image.view(), [2, 4]).unwrap(),
            array![[0.0, 0.25, 0.75, 1.0], [0.0, 0.25, 0.75, 1.0]]
        );
    }

    #[test]
    fn shrinking_averages_with_a_triangle() {
        let image = array![[0.0], [0.0], [8.0], [0.0], [0.0], [0.0], [0.0], [0.0]];
        // Weights 1 3 3 1 over 8, at the border 3 3 1 over 7: Pillow's BILINEAR gives the same.
        let small = resize(image.view(), [4, 1]).unwrap();
        assert_eq!(small, array![[8.0 / 7.0], [3.0], [0.0], [0.0]].mapv(|value: f64| value as f32));
        let checkerboard = Array2::from_shape_fn((64, 64), |(y, x)| ((x + y) % 2) as f32);
        let grey = resize(checkerboard.view(), [16, 16]).unwrap();
        let inside = grey.indexed_iter().filter(|(at, _)| (1..15).contains(&at.0) && (1..15).contains(&at.1));
        assert!(inside.into_iter().all(|(_, value)| (value - 0.5).abs() < 1e-6));
    }

    #[test]
    fn masks_keep_their_values() {
        let mask = array![[1, 0, 2], [0, 7, 0]];
        assert_eq!(resize_nearest(mask.view(), [2, 3]).unwrap(), mask);
        assert_eq!(
            resize_nearest(mask.view(), [4, 6]).unwrap(),
            array![[1, 1, 0, 0, 2, 2], [1, 1, 0, 0, 2, 2], [0, 0, 7, 7, 0, 0], [0, 0, 7, 7, 0, 0]]
        );
        assert_eq!(resize_nearest(mask.view(), [1, 1]).unwrap(), array![[7]]);
    }

    #[test]
    fn crops_put_the_centre_in_the_middle_and_pad_outside() {
        let image = array![[1, 2, 3], [4, 5, 6], [7, 8, 9]];
        assert_eq!(crop_square(image.view(), [1, 1], 3, 0).unwrap(), image);
        assert_eq!(crop_square(image.view(), [0, 0], 2, -1).unwrap(), array![[-1, -1], [-1, 1]]);
        assert_eq!(crop_square(image.view(), [2, 2], 3, 0).unwrap(), array![[5, 6, 0], [8, 9, 0], [0, 0, 0]]);
        let far = crop_square(image.view(), [isize::MAX, isize::MIN], 4, 0).unwrap();
        assert!(far.iter().all(|&value| value == 0));
    }

    #[test]
    fn sizes_that_cannot_be_made_are_refused() {
        let image = array![[1.0_f32]];
        assert_eq!(
            resize(image.view(), [0, 3]).unwrap_err().to_string(),
            "a result of shape [0, 3] cannot be made; 1 to 65536 are accepted on each axis"
        );
        assert!(resize_nearest(image.view(), [1, 65537]).is_err());
        assert!(crop_square(image.view(), [0, 0], 0, 0.0).is_err());
        let empty = Array2::<f32>::zeros((0, 4));
        assert_eq!(resize(empty.view(), [1, 1]), Err(ResampleError::Empty { shape: [0, 4] }));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

        #[test]
        fn constants_stay_and_the_range_is_kept(
            rows in 1_usize..20, columns in 1_usize..20, to_rows in 1_usize..40, to_columns in 1_usize..40,
        ) {
            let shape = [to_rows, to_columns];
            let constant = Array2::from_elem((rows, columns), 0.3_f32);
            let resized = resize(constant.view(), shape).unwrap();
            prop_assert!(resized.iter().all(|value| (value - 0.3).abs() < 1e-6));
            let ramp = Array2::from_shape_fn((rows, columns), |(y, x)| ((y * 7 + x * 13) % 11) as f32 / 10.0);
            let resized = resize(ramp.view(), shape).unwrap();
            prop_assert_eq!(resized.shape(), &shape[..]);
            prop_assert!(resized.iter().all(|value| (-1e-6..=1.000_001).contains(value)));
            if shape == [rows, columns] {
                prop_assert_eq!(resized, ramp);
            }
        }
    }
}
