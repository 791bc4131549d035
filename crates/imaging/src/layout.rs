//! In which order a file stores the pixels of an array.

use ndarray::{ArrayD, IxDyn, ShapeError};

/// An array with its slowest axis first, in a file that may store its axes in another order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    /// Lengths of the axes of the array.
    pub(crate) shape: Vec<usize>,
    /// For each of them how many pixels of the file lie between its neighbours.
    strides: Vec<usize>,
}

impl Layout {
    /// `lengths` are those of the file, its fastest axis first; `order` are the axes of the file as the array has them,
    /// without those of length 1 that it does not have. The product of the lengths has been checked.
    pub(crate) fn new(lengths: &[usize], order: &[usize]) -> Self {
        let stride = |axis: usize| lengths.iter().take(axis).product();
        Self {
            shape: order.iter().filter_map(|&axis| lengths.get(axis).copied()).collect(),
            strides: order.iter().map(|&axis| stride(axis)).collect(),
        }
    }

    /// Where a pixel of the array, counted in C order, is among those of the file.
    pub(crate) fn place(&self, pixel: usize) -> usize {
        if self.is_as_stored() {
            return pixel;
        }
        let mut rest = pixel;
        let mut place = 0;
        for (&length, &stride) in self.shape.iter().zip(&self.strides).rev() {
            place += rest % length * stride;
            rest /= length;
        }
        place
    }

    /// Samples as the file has them, those of a pixel side by side, in the order of the array.
    pub(crate) fn arranged(&self, samples: Vec<f32>, channels: usize) -> Result<Vec<f32>, ShapeError> {
        if self.is_as_stored() {
            return Ok(samples);
        }
        // The axes of the file from the slowest on, which are those with the largest strides; those of length 1 share
        // a stride with another, and their order does not matter.
        let mut slowest_first: Vec<usize> = (0..self.shape.len()).collect();
        slowest_first.sort_by_key(|&axis| std::cmp::Reverse((self.strides[axis], self.shape[axis])));
        let mut order = vec![0; slowest_first.len()];
        slowest_first.iter().enumerate().for_each(|(place, &axis)| order[axis] = place);
        order.push(order.len());
        let stored: Vec<usize> =
            slowest_first.iter().map(|&axis| self.shape[axis]).chain([channels]).collect();
        let array = ArrayD::from_shape_vec(IxDyn(&stored), samples)?;
        Ok(array.permuted_axes(order).iter().copied().collect())
    }

    /// The other way round: pixels of `size` bytes in the order of the array, as the file has them.
    pub(crate) fn stored(&self, pixels: Vec<u8>, size: usize) -> Vec<u8> {
        if self.is_as_stored() {
            return pixels;
        }
        let mut stored = vec![0; pixels.len()];
        for (pixel, bytes) in pixels.chunks_exact(size).enumerate() {
            let start = self.place(pixel) * size;
            if let Some(place) = stored.get_mut(start..start + size) {
                place.copy_from_slice(bytes);
            }
        }
        stored
    }

    fn is_as_stored(&self) -> bool {
        let mut stride = 1;
        self.shape.iter().zip(&self.strides).rev().all(|(&length, &given)| {
            let fits = length == 1 || given == stride;
            stride *= length;
            fits
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_that_the_file_has_first_can_be_the_slowest_of_the_array() {
        // In the file: 2 layers, then x, y, z of 5, 4 and 3.
        let layout = Layout::new(&[2, 5, 4, 3], &[0, 3, 2, 1]);
        assert_eq!(layout.shape, [2, 3, 4, 5]);
        let value = |layer: usize, z: usize, y: usize, x: usize| (layer + 2 * (x + 5 * (y + 4 * z))) as f32;
        let stored: Vec<f32> = (0..120).map(|n| n as f32).collect();
        let array = ArrayD::from_shape_vec(vec![2, 3, 4, 5], layout.arranged(stored, 1).unwrap()).unwrap();
        for (index, &found) in array.indexed_iter() {
            assert_eq!(found, value(index[0], index[1], index[2], index[3]));
        }
        for (pixel, &found) in array.iter().enumerate() {
            assert_eq!(layout.place(pixel), found as usize);
        }
        let bytes: Vec<u8> = array.iter().map(|&value| value as u8).collect();
        assert_eq!(layout.stored(bytes, 1), (0..120).collect::<Vec<u8>>());
    }

    #[test]
    fn the_samples_of_a_pixel_stay_together() {
        let layout = Layout::new(&[2, 1, 3], &[0, 2, 1]);
        let samples: Vec<f32> = (0..12).map(|n| n as f32).collect();
        let arranged = layout.arranged(samples, 2).unwrap();
        assert_eq!(arranged, [0., 1., 4., 5., 8., 9., 2., 3., 6., 7., 10., 11.]);
    }

    #[test]
    fn what_is_stored_in_the_order_of_the_array_is_left_alone() {
        let layout = Layout::new(&[5, 4, 1, 3], &[3, 1, 0]);
        assert_eq!(layout.shape, [3, 4, 5]);
        assert!(layout.is_as_stored());
        assert_eq!(layout.place(37), 37);
    }
}
