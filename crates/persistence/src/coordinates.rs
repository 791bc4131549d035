//! The two names of a pixel: its flat index in row-major (C) order, and its coordinates.

/// The coordinates of a pixel, one per axis of an array of this shape, given its flat index in row-major (C) order.
///
/// An index beyond the array gives coordinates that lie in it or, where an axis has length zero, are 0.
///
/// ```
/// assert_eq!(persistence::coordinates(13, &[3, 5]), [2, 3]);
/// assert_eq!(persistence::flat_index(&[2, 3], &[3, 5]), 13);
/// ```
pub fn coordinates(index: usize, shape: &[usize]) -> Vec<usize> {
    let mut coordinates = vec![0; shape.len()];
    coordinates_into(index, shape, &mut coordinates);
    coordinates
}

/// [`coordinates`], written over as many numbers as the shape has axes, without allocating.
pub fn coordinates_into(index: usize, shape: &[usize], coordinates: &mut [usize]) {
    let mut rest = index;
    for (coordinate, &length) in coordinates.iter_mut().zip(shape).rev() {
        let length = length.max(1);
        *coordinate = rest % length;
        rest /= length;
    }
}

/// The flat index in row-major (C) order of the pixel at these coordinates, one per axis of an array of this shape.
pub fn flat_index(coordinates: &[usize], shape: &[usize]) -> usize {
    coordinates.iter().zip(shape).fold(0, |index, (&coordinate, &length)| index * length + coordinate)
}

#[cfg(test)]
mod tests {
    use ndarray::ArrayD;

    use super::*;

    #[test]
    fn an_index_and_its_coordinates_name_one_pixel_of_an_array() {
        for shape in [&[7][..], &[3, 5], &[4, 1, 6], &[2, 3, 4, 5]] {
            let length = shape.iter().product();
            let array = ArrayD::from_shape_vec(shape, (0..length).collect::<Vec<usize>>()).unwrap();
            for index in 0..length {
                let at = coordinates(index, shape);
                assert_eq!(array[at.as_slice()], index);
                assert_eq!(flat_index(&at, shape), index);
            }
        }
    }

    #[test]
    fn what_lies_beyond_the_array_is_no_panic() {
        assert_eq!(coordinates(7, &[2, 3]), [0, 1]);
        assert_eq!(coordinates(7, &[0, 3]), [0, 1]);
    }
}
