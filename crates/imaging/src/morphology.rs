//! The simple tricks: closing a mask by a disk, keeping its largest component, and filling its holes.
//!
//! ```
//! use imaging::morphology::{Neighbours, closing, largest_component};
//! use ndarray::{Array2, array};
//!
//! let full = Array2::<f32>::ones((5, 5));
//! let mut pierced = full.clone();
//! pierced[[2, 2]] = 0.0;
//! assert_eq!(closing(pierced.view(), 1.0)?, full);
//!
//! let mask = array![[1.0, 0.0, 1.0, 1.0]];
//! let largest = largest_component(mask.view(), Neighbours::Eight)?;
//! assert_eq!(largest, array![[0.0, 0.0, 1.0, 1.0]]);
//! # Ok::<(), imaging::morphology::MorphologyError>(())
//! ```
//!
//! Masks come as maps, in which pixels of at least 0.5 are foreground, and go as 0 and 1. Outside of the image there is
//! background.

use ndarray::{Array2, ArrayView2, Zip};

/// The largest radius of a disk, in pixels.
pub const LARGEST_RADIUS: f64 = 1024.0;

/// Why there is no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MorphologyError {
    /// The radius is negative, NaN or too large.
    #[error("the disk has the radius {radius}; 0 to {LARGEST_RADIUS} pixels are accepted")]
    Radius {
        /// As given.
        radius: f64,
    },
    /// A pixel is NaN, which is neither foreground nor background.
    #[error("the value in row {row}, column {column} is not a number")]
    NotANumber {
        /// Of the first such pixel.
        row: usize,
        /// Likewise.
        column: usize,
    },
}

/// Which pixels of the foreground belong together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Neighbours {
    /// Those that share an edge or a corner, as with connectivity T.
    #[default]
    Eight,
    /// Those that share an edge, as with connectivity V.
    Four,
}

/// The closing of a mask `[rows, columns]` by a disk, which are the pixels whose centres are at most `radius` from that
/// of its middle: what no disk that lies in the background covers. Gaps and holes narrower than the disk are closed;
/// no pixel is taken away. A radius below 1 changes nothing.
///
/// # Errors
///
/// A radius that is not from 0 to [`LARGEST_RADIUS`], or a pixel that is NaN.
pub fn closing(map: ArrayView2<'_, f32>, radius: f64) -> Result<Array2<f32>, MorphologyError> {
    if !(0.0..=LARGEST_RADIUS).contains(&radius) {
        return Err(MorphologyError::Radius { radius });
    }
    let mask = foreground(map)?;
    let (rows, columns) = mask.dim();
    let frame = radius as usize;
    // In a frame as wide as the disk: what is dilated does not reach over its edge, and no disk around a pixel of the
    // image does.
    let framed = Array2::from_shape_fn((rows + 2 * frame, columns + 2 * frame), |(row, column)| {
        let inside = row.checked_sub(frame).zip(column.checked_sub(frame)).and_then(|at| mask.get(at));
        inside.copied().unwrap_or(false)
    });
    let background = dilated(&framed, radius).mapv(|covered| !covered);
    let opened = dilated(&background, radius);
    Ok(Array2::from_shape_fn(
        (rows, columns),
        |(row, column)| {
            if opened[[row + frame, column + frame]] { 0.0 } else { 1.0 }
        },
    ))
}

/// The component of a mask `[rows, columns]` that has the most pixels; of several the one that comes first in row-major
/// order. Empty if the mask is.
///
/// # Errors
///
/// A pixel that is NaN.
pub fn largest_component(
    map: ArrayView2<'_, f32>,
    neighbours: Neighbours,
) -> Result<Array2<f32>, MorphologyError> {
    let mut left = foreground(map)?;
    let mut largest = Vec::new();
    let pixels: Vec<(usize, usize)> = left.indexed_iter().filter(|(_, on)| **on).map(|(at, _)| at).collect();
    for start in pixels {
        if left[start] {
            let component = take_component(&mut left, start, neighbours);
            if component.len() > largest.len() {
                largest = component;
            }
        }
    }
    let mut result = Array2::zeros(left.raw_dim());
    for pixel in largest {
        result[pixel] = 1.0;
    }
    Ok(result)
}

/// A mask `[rows, columns]` with its holes: every pixel of the background that no path along edges of pixels joins to the
/// border of the image becomes foreground. NaN counts as background.
pub fn fill_holes(map: ArrayView2<'_, f32>) -> Array2<f32> {
    let mut background = map.mapv(|value| value < 0.5 || value.is_nan());
    let (rows, columns) = background.dim();
    let is_border =
        |&(row, column): &(usize, usize)| row == 0 || column == 0 || row + 1 == rows || column + 1 == columns;
    for start in ndarray::indices((rows, columns)).into_iter().filter(is_border) {
        if background[start] {
            take_component(&mut background, start, Neighbours::Four);
        }
    }
    Zip::from(&map).and(&background).map_collect(|&value, &hole| if value >= 0.5 || hole { 1.0 } else { 0.0 })
}

fn foreground(map: ArrayView2<'_, f32>) -> Result<Array2<bool>, MorphologyError> {
    match map.indexed_iter().find(|(_, value)| value.is_nan()) {
        Some(((row, column), _)) => Err(MorphologyError::NotANumber { row, column }),
        None => Ok(map.mapv(|value| value >= 0.5)),
    }
}

/// Takes the component of a pixel out of the mask.
fn take_component(
    left: &mut Array2<bool>,
    start: (usize, usize),
    neighbours: Neighbours,
) -> Vec<(usize, usize)> {
    left[start] = false;
    let mut component = vec![start];
    let mut next = 0;
    while let Some(&(row, column)) = component.get(next) {
        next += 1;
        for near_row in row.saturating_sub(1)..=row + 1 {
            for near_column in column.saturating_sub(1)..=column + 1 {
                let at_corner = near_row != row && near_column != column;
                if at_corner && neighbours == Neighbours::Four {
                    continue;
                }
                if let Some(near @ true) = left.get_mut((near_row, near_column)) {
                    *near = false;
                    component.push((near_row, near_column));
                }
            }
        }
    }
    component
}

/// What disks around the pixels of the mask cover, as far as the array reaches.
fn dilated(mask: &Array2<bool>, radius: f64) -> Array2<bool> {
    let (rows, columns) = mask.dim();
    let reach = radius as usize;
    let mut covered = Array2::from_elem((rows, columns), false);
    // How many pixels of a row come before each column.
    let mut before = vec![0usize; columns + 1];
    for (row, line) in mask.outer_iter().enumerate() {
        for (column, &on) in line.iter().enumerate() {
            before[column + 1] = before[column] + usize::from(on);
        }
        if before[columns] == 0 {
            continue;
        }
        for near in row.saturating_sub(reach)..(row + reach + 1).min(rows) {
            let distance = near.abs_diff(row) as f64;
            let half_width = (radius * radius - distance * distance).sqrt() as usize;
            for (column, covered) in covered.row_mut(near).iter_mut().enumerate() {
                let (first, end) =
                    (column.saturating_sub(half_width), (column + half_width + 1).min(columns));
                *covered |= before[end] > before[first];
            }
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    /// From the definition: a pixel is left out if some disk in the background covers it.
    fn closing_by_definition(mask: &Array2<bool>, radius: f64) -> Array2<f32> {
        let reach = radius.ceil() as isize;
        let (rows, columns) = (mask.nrows() as isize, mask.ncols() as isize);
        let disk: Vec<(isize, isize)> = (-reach..=reach)
            .flat_map(|row| (-reach..=reach).map(move |column| (row, column)))
            .filter(|&(row, column)| ((row * row + column * column) as f64) <= radius * radius)
            .collect();
        let is_on = |row: isize, column: isize| {
            (0..rows).contains(&row)
                && (0..columns).contains(&column)
                && mask[[row as usize, column as usize]]
        };
        Array2::from_shape_fn(mask.raw_dim(), |(row, column)| {
            let (row, column) = (row as isize, column as isize);
            let covered = disk.iter().any(|&(down, right)| {
                !disk.iter().any(|&(below, beside)| is_on(row + down + below, column + right + beside))
            });
            if covered { 0.0 } else { 1.0 }
        })
    }

    #[test]
    fn holes_are_filled_and_bays_are_not() {
        let mask = array![
            [0.0, 1.0, 1.0, 1.0, 0.0],
            [1.0, 0.0, 1.0, 0.2, 0.9],
            [0.0, 1.0, 1.0, 1.0, 0.0],
            [0.0, 1.0, f32::NAN, 0.0, 0.0],
        ];
        let filled = array![
            [0.0, 1.0, 1.0, 1.0, 0.0],
            [1.0, 1.0, 1.0, 1.0, 1.0],
            [0.0, 1.0, 1.0, 1.0, 0.0],
            [0.0, 1.0, 0.0, 0.0, 0.0],
        ];
        assert_eq!(fill_holes(mask.view()), filled);
        let none = Array2::<f32>::zeros((0, 3));
        assert_eq!(fill_holes(none.view()).dim(), (0, 3));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn closing_is_what_its_definition_says(
            bits in proptest::collection::vec(any::<bool>(), 9 * 11), quarters in 0_u8..16,
        ) {
            let mask = Array2::from_shape_vec((9, 11), bits).unwrap();
            let map = mask.mapv(|on| if on { 0.5 } else { 0.49 });
            let radius = f64::from(quarters) / 4.0;
            let closed = closing(map.view(), radius).unwrap();
            prop_assert_eq!(&closed, &closing_by_definition(&mask, radius));
            prop_assert_eq!(&closing(closed.view(), radius).unwrap(), &closed, "closing twice is closing once");
        }

        #[test]
        fn the_largest_component_is_connected_and_no_other_is_larger(
            bits in proptest::collection::vec(any::<bool>(), 7 * 8),
        ) {
            let map = Array2::from_shape_vec((7, 8), bits).unwrap().mapv(|on| if on { 1.0 } else { 0.0 });
            for (neighbours, connectivity) in [
                (Neighbours::Eight, persistence::Connectivity::T),
                (Neighbours::Four, persistence::Connectivity::V),
            ] {
                let options = persistence::Options { connectivity, ..persistence::Options::default() };
                let betti = |map: &Array2<f32>| {
                    persistence::barcode(map.view(), options).unwrap().betti_numbers(0.5)[0]
                };
                let largest = largest_component(map.view(), neighbours).unwrap();
                let rest = &map - &largest;
                prop_assert!(rest.iter().all(|&value| value == 0.0 || value == 1.0), "a part of the mask");
                prop_assert_eq!(betti(&largest), usize::from(map.sum() > 0.0));
                prop_assert_eq!(betti(&rest) + betti(&largest), betti(&map), "a whole component");
                prop_assert!(largest_component(rest.view(), neighbours).unwrap().sum() <= largest.sum());
            }
        }
    }

    #[test]
    fn a_hole_is_closed_when_no_disk_fits_into_it() {
        let full = Array2::<f32>::ones((9, 9));
        let with_hole = |side: usize| {
            Array2::from_shape_fn((9, 9), |(row, column)| {
                let is_hole = (3..3 + side).contains(&row) && (3..3 + side).contains(&column);
                if is_hole { 0.0 } else { 1.0 }
            })
        };
        assert_eq!(closing(with_hole(2).view(), 0.9).unwrap(), with_hole(2), "a disk of one pixel");
        assert_eq!(closing(with_hole(2).view(), 1.0).unwrap(), full);
        assert_eq!(closing(with_hole(3).view(), 1.0).unwrap().sum(), 81.0 - 5.0, "one disk of five pixels");
        assert_eq!(closing(with_hole(3).view(), 2.0).unwrap(), full);
    }

    #[test]
    fn a_gap_at_the_edge_stays_open_since_there_is_background_outside() {
        let gap = array![[1.0, 0.0, 1.0]];
        assert_eq!(closing(gap.view(), 1.0).unwrap(), gap);
    }

    #[test]
    fn of_equal_components_the_first_is_kept() {
        let mask = array![[1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0]];
        let first = array![[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]];
        assert_eq!(largest_component(mask.view(), Neighbours::Eight).unwrap(), first);
        let nothing = Array2::<f32>::zeros((0, 3));
        assert_eq!(largest_component(nothing.view(), Neighbours::Four).unwrap(), nothing);
        assert_eq!(closing(nothing.view(), 3.0).unwrap(), nothing);
    }

    #[test]
    fn refusals_say_what_is_accepted() {
        let map = array![[0.0, f32::NAN]];
        let error = closing(map.view(), 1.0).unwrap_err().to_string();
        assert_eq!(error, "the value in row 0, column 1 is not a number");
        for radius in [-1.0, f64::NAN, 1025.0] {
            let error = closing(array![[1.0]].view(), radius).unwrap_err().to_string();
            assert_eq!(error, format!("the disk has the radius {radius}; 0 to 1024 pixels are accepted"));
        }
        assert!(largest_component(map.view(), Neighbours::Eight).is_err());
    }
}
