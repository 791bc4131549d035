//! Artefacts of a scanner: lines of k-space, the 2D Fourier transform of an image, are set to zero.
//!
//! The paper of Clough et al. 2020 degrades its images in two ways, and both are here as
//! [`Corruption`]. What is left of k-space goes back to an image, which is complex since the lines
//! are not chosen symmetrically; its magnitude is stretched to \[0, 1\].
//!
//! Lines are counted as k-space is shown: line `n / 2` of `n` is the constant one, line `i` has
//! the frequency `i - n / 2`.
//!
//! ```
//! use imaging::kspace::{Corruption, corrupt};
//! use ndarray::Array2;
//!
//! let image = Array2::from_shape_fn((28, 28), |(row, _)| if row < 14 { 1.0 } else { 0.0 });
//! let corrupted = corrupt(image.view(), Corruption::RowsAndColumns { m: 8 }, 42)?;
//! assert_eq!(corrupted.image.dim(), (28, 28));
//! assert_eq!((corrupted.rows.len(), corrupted.columns.len()), (8, 8));
//! # Ok::<(), imaging::kspace::CorruptionError>(())
//! ```
//!
//! The transform runs in `f64` without vector instructions, so the same seed gives the same image
//! on every platform: what remains of differences between the platforms' sines, about 1e-16, is
//! gone when the result is rounded to `f32`.

mod transform;

use ndarray::{Array2, ArrayView2};
use rustfft::num_complex::Complex64;

use crate::random::Random;
use transform::remove;

/// How many lines in the middle of k-space [`Corruption::Lines`] never removes.
pub const MIDDLE_LINES: usize = 8;

/// Which part of k-space is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corruption {
    /// Section 4.1 of the paper (MNIST): `m` rows and `m` columns, each choice uniform over all of
    /// them, the middle included. At most `min(rows, columns) - 1`.
    RowsAndColumns {
        /// How many rows, and how many columns.
        m: usize,
    },
    /// Sections 4.2 and 4.3 (heart): `m` lines along one axis, as when a scanner skips steps of
    /// phase encoding. The [`MIDDLE_LINES`] lines from `n / 2 - 4` to `n / 2 + 3` stay, the choice
    /// is uniform over the others. At most `n - 8`.
    Lines {
        /// How many lines.
        m: usize,
        /// What a line is.
        direction: LineDirection,
    },
}

/// What a line of k-space is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineDirection {
    /// A row: phase encoding runs from the top to the bottom of the image, and so does aliasing.
    #[default]
    Rows,
    /// A column: phase encoding and aliasing run from left to right.
    Columns,
}

/// An image after the loss of lines of its k-space.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrupted {
    /// Magnitude, stretched so that the smallest value is 0 and the largest 1; shape of the
    /// original. If all values are the same, to within 1e-9 of the largest input, it is 0
    /// throughout.
    pub image: Array2<f32>,
    /// The rows of k-space that were set to zero, rising, counted as the [module](self) says.
    pub rows: Vec<usize>,
    /// The columns, likewise.
    pub columns: Vec<usize>,
}

/// Why an image cannot be corrupted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CorruptionError {
    /// More lines than may be removed.
    #[error("m = {m} {lines}: of an image of {rows} x {columns}, 0 to {most} can be removed")]
    TooManyLines {
        /// As given.
        m: usize,
        /// `rows`, `columns`, or `rows and columns`.
        lines: &'static str,
        /// Height of the image.
        rows: usize,
        /// Width of the image.
        columns: usize,
        /// The largest `m` that would do.
        most: usize,
    },
    /// An axis has the length zero.
    #[error("the image of {rows} x {columns} has no pixels")]
    Empty {
        /// Height of the image.
        rows: usize,
        /// Width of the image.
        columns: usize,
    },
    /// NaN or infinity, which the transform would spread over the whole image.
    #[error("the value in row {row}, column {column} is {value}; all have to be finite")]
    NotFinite {
        /// Of the first such pixel.
        row: usize,
        /// Likewise.
        column: usize,
        /// Its value.
        value: f32,
    },
}

/// `image`, any shape, without the lines that `corruption` and `seed` choose.
///
/// With `m = 0` this is the image itself, stretched to \[0, 1\] (negative values lose their sign).
///
/// # Errors
/// Too many lines, no pixels, or a value that is not finite: see [`CorruptionError`].
pub fn corrupt(
    image: ArrayView2<'_, f32>,
    corruption: Corruption,
    seed: u64,
) -> Result<Corrupted, CorruptionError> {
    let (rows, columns) = choose_lines(image.dim(), corruption, seed)?;
    let bad = image.indexed_iter().find(|(_, value)| !value.is_finite());
    if let Some(((row, column), &value)) = bad {
        return Err(CorruptionError::NotFinite { row, column, value });
    }
    let mut plane = image.mapv(|value| Complex64::new(value.into(), 0.0));
    remove(&mut plane, &rows, &columns);
    let magnitude = plane.mapv(|value| (value.re * value.re + value.im * value.im).sqrt());
    let reach = image.iter().fold(0.0, |reach: f64, &value| reach.max(f64::from(value).abs()));
    Ok(Corrupted { image: stretched(&magnitude, 1e-9 * reach), rows, columns })
}

/// The rows and the columns to remove, rising.
fn choose_lines(
    shape: (usize, usize),
    corruption: Corruption,
    seed: u64,
) -> Result<(Vec<usize>, Vec<usize>), CorruptionError> {
    let (rows, columns) = shape;
    if rows == 0 || columns == 0 {
        return Err(CorruptionError::Empty { rows, columns });
    }
    let check = |m, most, lines| match m > most {
        true => Err(CorruptionError::TooManyLines { m, lines, rows, columns, most }),
        false => Ok(()),
    };
    let mut random = Random::new(0x6b73_7061_6365, seed);
    match corruption {
        Corruption::RowsAndColumns { m } => {
            check(m, rows.min(columns) - 1, "rows and columns")?;
            Ok((random.subset(m, rows), random.subset(m, columns)))
        }
        Corruption::Lines { m, direction } => {
            let (count, lines) = match direction {
                LineDirection::Rows => (rows, "rows"),
                LineDirection::Columns => (columns, "columns"),
            };
            let removable = count.saturating_sub(MIDDLE_LINES);
            check(m, removable, lines)?;
            let below_middle = (count / 2).saturating_sub(MIDDLE_LINES / 2);
            let skip_middle = |line| if line < below_middle { line } else { line + MIDDLE_LINES };
            let chosen: Vec<usize> = random.subset(m, removable).into_iter().map(skip_middle).collect();
            Ok(match direction {
                LineDirection::Rows => (chosen, Vec::new()),
                LineDirection::Columns => (Vec::new(), chosen),
            })
        }
    }
}

fn stretched(magnitude: &Array2<f64>, negligible: f64) -> Array2<f32> {
    let low = magnitude.iter().copied().fold(f64::INFINITY, f64::min);
    let high = magnitude.iter().copied().fold(0.0, f64::max);
    if high - low <= negligible {
        return Array2::zeros(magnitude.raw_dim());
    }
    magnitude.mapv(|value| ((value - low) / (high - low)) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn noise(rows: usize, columns: usize, seed: u64) -> Array2<f32> {
        let mut random = Random::new(0, seed);
        Array2::from_shape_fn((rows, columns), |_| random.unit() as f32)
    }

    fn lines_of(count: usize) -> Corruption {
        Corruption::Lines { m: count, direction: LineDirection::Rows }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

        #[test]
        fn without_removed_lines_the_image_comes_back_stretched(
            rows in 1_usize..40, columns in 2_usize..40, seed in any::<u64>(),
        ) {
            let image = noise(rows, columns, seed);
            let low = image.iter().copied().fold(f32::INFINITY, f32::min);
            let high = image.iter().copied().fold(0.0, f32::max);
            let same = corrupt(image.view(), Corruption::RowsAndColumns { m: 0 }, seed).unwrap();
            for (&before, &after) in image.iter().zip(&same.image) {
                prop_assert!(((before - low) / (high - low) - after).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn the_middle_lines_are_never_removed_and_all_others_can_be() {
        let (rows, columns) = choose_lines((80, 80), lines_of(72), 0).unwrap();
        assert_eq!(rows, (0..36).chain(44..80).collect::<Vec<_>>());
        assert!(columns.is_empty());
        let (rows, _) = choose_lines((9, 9), lines_of(1), 5).unwrap();
        assert_eq!(rows, [8]);
    }

    #[test]
    fn a_seed_is_one_image() {
        let image = noise(28, 28, 1);
        for corruption in [Corruption::RowsAndColumns { m: 6 }, lines_of(12)] {
            let [first, again, other] =
                [7, 7, 8].map(|seed| corrupt(image.view(), corruption, seed).unwrap());
            assert_eq!(first, again);
            assert_ne!(first.image, other.image);
            let low = first.image.iter().copied().fold(f32::INFINITY, f32::min);
            let high = first.image.iter().copied().fold(0.0, f32::max);
            assert_eq!((low, high), (0.0, 1.0));
        }
    }

    #[test]
    fn constant_images_become_zero() {
        for value in [0.0, 0.7, 1.0e-20] {
            for m in [0, 3, 27] {
                let image = Array2::from_elem((28, 31), value);
                let corruption = Corruption::RowsAndColumns { m };
                let corrupted = corrupt(image.view(), corruption, 11).unwrap();
                assert!(corrupted.image.iter().all(|&value| value == 0.0), "{value} {m}");
            }
        }
    }

    #[test]
    fn refusals_say_what_is_possible() {
        let refusal = |image: Array2<f32>, corruption| corrupt(image.view(), corruption, 0).unwrap_err();
        assert_eq!(
            refusal(noise(28, 20, 0), Corruption::RowsAndColumns { m: 20 }).to_string(),
            "m = 20 rows and columns: of an image of 28 x 20, 0 to 19 can be removed"
        );
        assert_eq!(
            refusal(noise(80, 80, 0), lines_of(73)).to_string(),
            "m = 73 rows: of an image of 80 x 80, 0 to 72 can be removed"
        );
        assert_eq!(
            refusal(noise(6, 80, 0), lines_of(1)).to_string(),
            "m = 1 rows: of an image of 6 x 80, 0 to 0 can be removed"
        );
        assert!(matches!(refusal(noise(0, 3, 0), lines_of(0)), CorruptionError::Empty { .. }));
        let mut image = noise(8, 8, 0);
        image[[2, 5]] = f32::NAN;
        let error = refusal(image, lines_of(0)).to_string();
        assert_eq!(error, "the value in row 2, column 5 is NaN; all have to be finite");
    }
}
