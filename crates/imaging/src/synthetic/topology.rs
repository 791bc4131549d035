//! The Betti numbers of a mask, counted without persistence: the generators check their work.

use ndarray::{Array2, ArrayView2};

/// Components and holes, pixels being closed squares (the foreground is 8-connected).
pub(super) fn betti_numbers(mask: ArrayView2<'_, bool>) -> [usize; 2] {
    let components = components(mask);
    // Euler and Poincaré: components - holes = vertices - edges + squares.
    let holes = components as isize - euler_characteristic(mask);
    [components, holes.unsigned_abs()]
}

fn components(mask: ArrayView2<'_, bool>) -> usize {
    let mut left = mask.to_owned();
    let mut front = Vec::new();
    let mut count = 0;
    for ((row, column), &inside) in mask.indexed_iter() {
        if !inside || !left[[row, column]] {
            continue;
        }
        count += 1;
        left[[row, column]] = false;
        front.push((row, column));
        while let Some((row, column)) = front.pop() {
            for near_row in row.saturating_sub(1)..=row + 1 {
                for near_column in column.saturating_sub(1)..=column + 1 {
                    if let Some(near @ true) = left.get_mut((near_row, near_column)) {
                        *near = false;
                        front.push((near_row, near_column));
                    }
                }
            }
        }
    }
    count
}

fn euler_characteristic(mask: ArrayView2<'_, bool>) -> isize {
    let (rows, columns) = mask.dim();
    // The mask in a frame of background.
    let framed = Array2::from_shape_fn((rows + 2, columns + 2), |(row, column)| {
        let inside = row.checked_sub(1).zip(column.checked_sub(1)).and_then(|at| mask.get(at));
        inside.copied().unwrap_or(false)
    });
    let mut sum = 0;
    for row in 0..=rows {
        for column in 0..=columns {
            // The square to the upper left of a vertex, its lower and its right edge, the vertex.
            let square = framed[[row, column]];
            let lower_edge = square || framed[[row + 1, column]];
            let right_edge = square || framed[[row, column + 1]];
            let vertex = lower_edge || right_edge || framed[[row + 1, column + 1]];
            sum +=
                isize::from(square) - isize::from(lower_edge) - isize::from(right_edge) + isize::from(vertex);
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use persistence::{Options, barcode};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn they_are_those_of_persistence(bits in proptest::collection::vec(any::<bool>(), 7 * 9)) {
            let mask = Array2::from_shape_vec((7, 9), bits).unwrap();
            let barcode = barcode(super::super::as_mask(&mask).view(), Options::default()).unwrap();
            prop_assert_eq!(barcode.betti_numbers(0.5), betti_numbers(mask.view()));
        }
    }

    #[test]
    fn nothing_has_none() {
        assert_eq!(betti_numbers(Array2::from_elem((3, 3), false).view()), [0, 0]);
    }
}
