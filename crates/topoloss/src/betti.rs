//! The Betti numbers of a mask, counted without a barcode.

use persistence::Connectivity;

use crate::{
    bits::Bits,
    labels::Labels,
    mask::{Cell, Mask, Side},
};

impl Bits {
    /// The Betti numbers of the foreground, one per dimension.
    ///
    /// The components are counted, and in a volume the bounded regions of the background, each of which is a cavity by
    /// Alexander duality. What is left, holes or handles, follows from the Euler characteristic.
    pub(crate) fn betti_numbers(&self, connectivity: Connectivity) -> Vec<usize> {
        let components = Labels::new(self, Side::Foreground, connectivity).count();
        let euler = self.euler_characteristic(connectivity);
        let rest = |sum: usize| (sum as isize - euler).unsigned_abs();
        if self.grid.dimensions() == 2 {
            return vec![components, rest(components)];
        }
        let cavities = Labels::new(self, Side::Background, connectivity.of_background()).count() - 1;
        vec![components, rest(components + cavities), cavities]
    }
}

impl Mask {
    /// The Betti numbers of the foreground, one per dimension.
    pub(crate) fn betti_numbers(&self) -> Vec<usize> {
        Bits::from(self).betti_numbers(self.connectivity(Side::Foreground))
    }

    /// By how much the Euler characteristic changes if voxels change sides.
    pub(crate) fn euler_change(&mut self, voxels: &[usize]) -> isize {
        let block = self.block_of_eight();
        let mut firsts: Vec<usize> =
            voxels.iter().flat_map(|&voxel| block.map(|offset| voxel - offset)).collect();
        firsts.sort_unstable();
        firsts.dedup();
        let share = |mask: &Self| firsts.iter().map(|&first| mask.euler_share(first)).sum::<isize>();
        let before = share(self);
        voxels.iter().for_each(|&voxel| self.flip(voxel));
        let after = share(self);
        voxels.iter().for_each(|&voxel| self.flip(voxel));
        after - before
    }

    /// What the cells contribute that belong to a block of eight voxels, given by its first.
    fn euler_share(&self, first: usize) -> isize {
        let bit = |offset: usize| usize::from(self.cells[first + offset] == Cell::Foreground);
        let block = self.block_of_eight().map(bit);
        let block = (0..8).fold(0, |bits, voxel| bits | block[voxel] << voxel);
        EULER_SHARES[self.connectivity(Side::Foreground) as usize][block].into()
    }

    fn block_of_eight(&self) -> [usize; 8] {
        let [slice, row, _] = self.grid.strides();
        [0, 1, row, row + 1, slice, slice + 1, slice + row, slice + row + 1]
    }
}

/// For both connectivities, and the voxels of a block of eight as bits: what its cells contribute to the Euler
/// characteristic. Each cell belongs to one block.
static EULER_SHARES: [[i8; 256]; 2] = {
    let mut shares = [[0; 256]; 2];
    let mut block = 0;
    while block < 256 {
        // A set of axes as bits: columns 1, rows 2, slices 4. Under `V` the voxels that differ along them only are the
        // corners of a cell, which extends along these axes; under `T` they are the cubes that have a cell in common,
        // which extends along the others.
        let mut axes = 0u8;
        while axes < 8 {
            let mut near = 0;
            let mut voxel = 0;
            while voxel < 8 {
                if voxel & !axes == 0 {
                    near |= 1 << voxel;
                }
                voxel += 1;
            }
            let sign = 1 - 2 * (axes.count_ones() % 2) as i8;
            if block & near != 0 {
                shares[Connectivity::T as usize][block] -= sign;
            }
            if block & near == near {
                shares[Connectivity::V as usize][block] += sign;
            }
            axes += 1;
        }
        block += 1;
    }
    shares
};

#[cfg(test)]
mod tests {
    use ndarray::Array3;
    use persistence::{Connectivity, Options, barcode};
    use proptest::prelude::*;

    use crate::mask::tests::{CONNECTIVITIES, mask, masks, masks_of};
    use crate::{MaskOptions, bits::Bits};

    /// Rows of more than one word of bits, and such that end where a word does.
    fn wide_shapes() -> impl Strategy<Value = Vec<usize>> {
        prop_oneof![
            (1usize..5, 60usize..130).prop_map(|(a, b)| vec![a, b]),
            (1usize..4, 1usize..4, 60usize..68).prop_map(|(a, b, c)| vec![a, b, c]),
        ]
    }

    proptest! {
        #[test]
        fn betti_numbers_of_wide_rows_are_those_of_the_barcode(array in masks_of(wide_shapes())) {
            for connectivity in CONNECTIVITIES {
                let options = Options { connectivity, ..Options::default() };
                let expected = barcode(array.view(), options).unwrap().betti_numbers(0.5);
                prop_assert_eq!(mask(&array, connectivity).betti_numbers(), expected.clone());
                let bits = Bits::new(array.view(), MaskOptions::default()).unwrap();
                prop_assert_eq!(bits.betti_numbers(connectivity), expected);
            }
        }

        #[test]
        fn betti_numbers_are_those_of_the_barcode(array in masks()) {
            for connectivity in CONNECTIVITIES {
                let options = Options { connectivity, ..Options::default() };
                let expected = barcode(array.view(), options).unwrap().betti_numbers(0.5);
                prop_assert_eq!(mask(&array, connectivity).betti_numbers(), expected);
            }
        }

        #[test]
        fn the_change_of_the_euler_characteristic_is_that_of_the_betti_numbers(
            array in masks().prop_filter("a volume", |array| array.ndim() == 3),
            changed in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        ) {
            for connectivity in CONNECTIVITIES {
                let mut mask = mask(&array, connectivity);
                let euler = |mask: &crate::mask::Mask| {
                    let betti = mask.betti_numbers();
                    betti[0] as isize - betti[1] as isize + betti[2] as isize
                };
                let inside: Vec<usize> = mask.grid.inside().collect();
                let mut voxels: Vec<usize> = changed.iter().map(|index| *index.get(&inside)).collect();
                voxels.sort_unstable();
                voxels.dedup();
                let before = euler(&mask);
                let change = mask.euler_change(&voxels);
                prop_assert_eq!(euler(&mask), before, "the mask is as it was");
                voxels.iter().for_each(|&voxel| mask.flip(voxel));
                prop_assert_eq!(euler(&mask) - before, change);
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
