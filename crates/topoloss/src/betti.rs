//! The Betti numbers of a mask, counted without a barcode.

use persistence::Connectivity;

use crate::mask::{Cell, Mask, Side};

impl Mask {
    /// The Betti numbers of the foreground, one per dimension.
    ///
    /// By Alexander duality each bounded region of the background is a hole or cavity; the number of handles follows
    /// from the Euler characteristic.
    pub(crate) fn betti_numbers(&self) -> Vec<usize> {
        let components = self.regions(Side::Foreground).count();
        let enclosed = self.regions(Side::Background).count() - 1;
        if self.grid.dimensions() == 2 {
            return vec![components, enclosed];
        }
        let handles = (components + enclosed) as isize - self.euler_characteristic();
        vec![components, handles.unsigned_abs(), enclosed]
    }

    /// Vertices - edges + squares - cubes of the complex of a volume: under `T` that of closed cubes, which has a
    /// cell for every corner, edge and face of any of them; under `V` that which has a cell wherever all corners are
    /// voxels.
    fn euler_characteristic(&self) -> isize {
        let [slice, row, _] = self.grid.strides();
        // How many cells there are, by the number of axes along which they extend (V) or do not (T).
        let mut cells = [0isize; 4];
        for corner in 0..self.cells.len() - slice - row - 1 {
            let is_foreground = |offset: usize| self.cells[corner + offset] == Cell::Foreground;
            let block =
                [0, 1, row, row + 1, slice, slice + 1, slice + row, slice + row + 1].map(is_foreground);
            if block == [false; 8] {
                continue;
            }
            // A set of axes as bits: columns 1, rows 2, slices 4. Under `V` the pixels that differ along them only
            // are the corners of a cell; under `T` they are the cubes that have a cell in common.
            for axes in 0..8usize {
                let mut pixels = (0..8).filter(|pixel| pixel & !axes == 0).map(|pixel| block[pixel]);
                let exists = match self.connectivity(Side::Foreground) {
                    Connectivity::T => pixels.any(|is_foreground| is_foreground),
                    Connectivity::V => pixels.all(|is_foreground| is_foreground),
                };
                cells[axes.count_ones() as usize] += isize::from(exists);
            }
        }
        match self.connectivity(Side::Foreground) {
            Connectivity::T => cells[3] - cells[2] + cells[1] - cells[0],
            Connectivity::V => cells[0] - cells[1] + cells[2] - cells[3],
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;
    use persistence::{Connectivity, Options, barcode};
    use proptest::prelude::*;

    use crate::mask::tests::{CONNECTIVITIES, mask, masks};

    proptest! {
        #[test]
        fn betti_numbers_are_those_of_the_barcode(array in masks()) {
            for connectivity in CONNECTIVITIES {
                let options = Options { connectivity, ..Options::default() };
                let expected = barcode(array.view(), options).unwrap().betti_numbers(0.5);
                prop_assert_eq!(mask(&array, connectivity).betti_numbers(), expected);
            }
        }
    }

    #[test]
    fn a_closed_box_has_a_cavity_with_one_opening_none_and_with_two_a_handle() {
        let mut volume = Array3::from_shape_fn((5, 5, 5), |(z, y, x)| {
            f32::from([z, y, x].iter().any(|&at| at == 0 || at == 4))
        });
        let betti = |volume: &Array3<f32>| mask(&volume.clone().into_dyn(), Connectivity::T).betti_numbers();
        assert_eq!(betti(&volume), [1, 0, 1]);
        volume[[2, 2, 0]] = 0.0;
        assert_eq!(betti(&volume), [1, 0, 0]);
        volume[[2, 2, 4]] = 0.0;
        assert_eq!(betti(&volume), [1, 1, 0]);
    }
}
