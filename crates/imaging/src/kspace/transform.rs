//! The 2D Fourier transform, and the removal of lines between it and its inverse.

use ndarray::{Array2, Axis};
use rustfft::num_complex::Complex64;
use rustfft::{FftDirection, FftPlannerScalar};

/// Transforms, sets the lines to zero, and transforms back.
pub(super) fn remove(plane: &mut Array2<Complex64>, rows: &[usize], columns: &[usize]) {
    transform(plane, FftDirection::Forward);
    for (axis, lines) in [(Axis(0), rows), (Axis(1), columns)] {
        let count = plane.len_of(axis);
        for &line in lines {
            // From the middle of the picture to the beginning of the transform's output.
            let index = (line + count - count / 2) % count;
            plane.index_axis_mut(axis, index).fill(Complex64::default());
        }
    }
    transform(plane, FftDirection::Inverse);
    let scale = 1.0 / plane.len() as f64;
    plane.mapv_inplace(|value| value * scale);
}

/// The 2D transform without a factor, in place.
fn transform(plane: &mut Array2<Complex64>, direction: FftDirection) {
    let mut planner = FftPlannerScalar::new();
    for axis in [Axis(1), Axis(0)] {
        let fft = planner.plan_fft(plane.len_of(axis), direction);
        let mut scratch = vec![Complex64::default(); fft.get_inplace_scratch_len()];
        let mut line = Vec::with_capacity(plane.len_of(axis));
        for mut lane in plane.lanes_mut(axis) {
            line.clear();
            line.extend(lane.iter());
            fft.process_with_scratch(&mut line, &mut scratch);
            lane.iter_mut().zip(&line).for_each(|(to, &from)| *to = from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    fn noise(rows: usize, columns: usize, seed: u64) -> Array2<Complex64> {
        let mut random = Random::new(0, seed);
        Array2::from_shape_fn((rows, columns), |_| Complex64::new(random.unit(), 0.0))
    }

    fn naive(image: &Array2<Complex64>) -> Array2<Complex64> {
        let (rows, columns) = image.dim();
        Array2::from_shape_fn((rows, columns), |(u, v)| {
            let turn = |(y, x): (usize, usize)| {
                let phase = (u * y) as f64 / rows as f64 + (v * x) as f64 / columns as f64;
                Complex64::cis(-std::f64::consts::TAU * phase)
            };
            image.indexed_iter().map(|(at, value)| value * turn(at)).sum::<Complex64>()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

        #[test]
        fn the_transform_equals_its_definition_and_keeps_the_energy(
            rows in 1_usize..8, columns in 1_usize..12, seed in any::<u64>(),
        ) {
            let image = noise(rows, columns, seed);
            let mut plane = image.clone();
            transform(&mut plane, FftDirection::Forward);
            for (fast, slow) in plane.iter().zip(&naive(&image)) {
                prop_assert!((fast - slow).norm() < 1e-10);
            }
            let energy = |plane: &Array2<Complex64>| plane.iter().map(Complex64::norm_sqr).sum::<f64>();
            let ratio = energy(&plane) / (plane.len() as f64 * energy(&image));
            prop_assert!((ratio - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn exactly_the_removed_lines_are_zero_in_k_space() {
        let (height, width) = (15, 22);
        let cases: [(&[usize], &[usize]); 4] =
            [(&[], &[]), (&[0, 3, 7, 14], &[]), (&[], &[10, 11]), (&[1, 2, 8], &[0, 5, 21])];
        for (rows, columns) in cases {
            let mut plane = noise(height, width, 3);
            remove(&mut plane, rows, columns);
            let spectrum = naive(&plane);
            for row in 0..height {
                for column in 0..width {
                    let value = spectrum[[(row + height - 7) % height, (column + width - 11) % width]];
                    let removed = rows.contains(&row) || columns.contains(&column);
                    assert_eq!(value.norm() < 1e-9, removed, "{rows:?} {columns:?}, {row} {column}: {value}");
                }
            }
        }
    }
}
