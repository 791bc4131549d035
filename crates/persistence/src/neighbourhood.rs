//! The 3x3x3 block around a voxel, and which of it are neighbours.

use crate::Connectivity;

/// From a voxel to each of its 3x3x3 block, in row-major order: itself is number 13. An image has only the middle slice,
/// numbers 9 to 17.
pub const BLOCK: [[isize; 3]; 27] = {
    let mut block = [[0; 3]; 27];
    let mut number = 0;
    while number < 27 {
        let at = number as isize;
        block[number] = [at / 9 - 1, at / 3 % 3 - 1, at % 3 - 1];
        number += 1;
    }
    block
};

impl Connectivity {
    /// Whether two pixels that lie so many slices, rows and columns apart are neighbours in a foreground of this
    /// connectivity: under `T` if they have a face, an edge or a corner in common, under `V` if they have a face.
    pub const fn connects(self, [slices, rows, columns]: [isize; 3]) -> bool {
        let [slices, rows, columns] = [slices.unsigned_abs(), rows.unsigned_abs(), columns.unsigned_abs()];
        let is_close = slices <= 1 && rows <= 1 && columns <= 1;
        match self {
            Self::T => is_close && slices + rows + columns > 0,
            Self::V => is_close && slices + rows + columns == 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voxel_has_26_neighbours_or_6_and_a_pixel_8_or_4() {
        for (connectivity, of_voxel, of_pixel) in [(Connectivity::T, 26, 8), (Connectivity::V, 6, 4)] {
            let neighbours: Vec<_> = BLOCK.into_iter().filter(|&step| connectivity.connects(step)).collect();
            assert_eq!(neighbours.len(), of_voxel);
            assert_eq!(neighbours.iter().filter(|step| step[0] == 0).count(), of_pixel);
            assert!(!connectivity.connects([0, 0, 2]) && !connectivity.connects([isize::MIN, 0, 0]));
        }
    }
}
