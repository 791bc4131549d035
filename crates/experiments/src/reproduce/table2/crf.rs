//! The fully connected conditional random field of Krähenbühl and Koltun 2011, of two classes, as a step after a network.
//!
//! Message passing is exact: every pixel hears every other, itself included, without a lattice. Everything else is as in
//! pydensecrf, which most papers use: the unary energy is -ln p, the label compatibility that of Potts, kernels are
//! normalised symmetrically (D^-1/2 K D^-1/2, where D has the sums of the rows of K).

use ndarray::{Array1, Array2, ArrayView2, Axis};

/// What the field is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Parameters {
    /// The weight of the Gaussian kernel of the distance, whose deviation is [`SMOOTH`].
    pub(super) smoothness: f32,
    /// The weight of the bilateral kernel, of distance and intensity.
    pub(super) appearance: f32,
    /// Its deviation of the distance, in pixels.
    pub(super) distance: f32,
    /// Its deviation of the intensity, in the unit of the image.
    pub(super) intensity: f32,
}

/// The deviation of the Gaussian kernel, in pixels: pydensecrf's example has it.
const SMOOTH: f32 = 3.0;
/// How often messages are passed.
const ITERATIONS: usize = 5;
/// No probability is taken to be nearer to 0 or 1.
const LEAST: f32 = 1e-5;

/// What is tried on the patients of the validation.
pub(super) fn grid() -> Vec<Parameters> {
    let mut grid = Vec::new();
    for (distance, intensity) in [(5.0, 0.1), (5.0, 0.2), (15.0, 0.1), (15.0, 0.2)] {
        for smoothness in [1.0, 3.0] {
            for appearance in [1.0, 3.0, 10.0] {
                grid.push(Parameters { smoothness, appearance, distance, intensity });
            }
        }
    }
    grid
}

/// The kernels of one image, of which many fields are made.
pub(super) struct Kernels {
    /// That of the distance is the product of one of rows and one of columns.
    smooth: [Array2<f32>; 2],
    /// That of distance and intensity, between all pixels.
    alike: Array2<f32>,
}

impl Kernels {
    /// The kernels of an image `[rows, columns]` with these deviations.
    pub(super) fn new(image: ArrayView2<f32>, parameters: Parameters) -> Self {
        let (rows, columns) = image.dim();
        let smooth = [rows, columns].map(|length| normalised(falling(length, SMOOTH)));
        let [by_row, by_column] = [rows, columns].map(|length| falling(length, parameters.distance));
        let grey: Vec<f32> = image.iter().copied().collect();
        let factor = -0.5 / parameters.intensity.powi(2);
        let mut alike = Array2::zeros((grey.len(), grey.len()));
        for one in 0..grey.len() {
            // The kernel is symmetric: the other half is copied.
            for other in 0..=one {
                let near =
                    by_row[[one / columns, other / columns]] * by_column[[one % columns, other % columns]];
                // What is too far away to count is not looked at.
                if near > 1e-7 {
                    let value = near * (factor * (grey[one] - grey[other]).powi(2)).exp();
                    (alike[[one, other]], alike[[other, one]]) = (value, value);
                }
            }
        }
        Self { smooth, alike: normalised(alike) }
    }

    /// The probabilities of the foreground after all messages: of the map of a network, of the image's shape.
    pub(super) fn infer(&self, map: ArrayView2<f32>, parameters: Parameters) -> Array2<f32> {
        let [by_row, by_column] = &self.smooth;
        // The difference of both labels' energies is all that counts.
        let unary =
            map.mapv(|value| value.clamp(LEAST, 1.0 - LEAST)).mapv(|value| (value / (1.0 - value)).ln());
        let mut foreground = unary.mapv(logistic);
        for _ in 0..ITERATIONS {
            // Q of the foreground less Q of the background: messages are linear in them.
            let difference = foreground.mapv(|share| 2.0 * share - 1.0);
            let smooth = by_row.dot(&difference).dot(by_column);
            let alike = self.alike.dot(&Array1::from_iter(difference));
            for (((share, unary), smooth), alike) in foreground.iter_mut().zip(&unary).zip(&smooth).zip(alike)
            {
                *share = logistic(unary + parameters.smoothness * smooth + parameters.appearance * alike);
            }
        }
        foreground
    }
}

/// exp(-d^2 / 2 deviation^2) of the distances d of so many places in a row.
fn falling(length: usize, deviation: f32) -> Array2<f32> {
    Array2::from_shape_fn((length, length), |(one, other)| {
        (-0.5 * (one.abs_diff(other) as f32 / deviation).powi(2)).exp()
    })
}

/// D^-1/2 K D^-1/2.
fn normalised(mut kernel: Array2<f32>) -> Array2<f32> {
    let roots = kernel.sum_axis(Axis(1)).mapv(f32::sqrt);
    for (mut row, root) in kernel.outer_iter_mut().zip(&roots) {
        row.zip_mut_with(&roots, |value, other| *value /= root * other);
    }
    kernel
}

fn logistic(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> Array2<f32> {
        Array2::from_shape_fn((16, 16), |(row, column)| {
            let inside = (4..11).contains(&row) && (3..12).contains(&column);
            f32::from(u8::from(inside)) * 0.6 + ((row * 7 + column * 5) % 11) as f32 / 40.0
        })
    }

    fn map() -> Array2<f32> {
        Array2::from_shape_fn((16, 16), |(row, column)| {
            let inside = (5..11).contains(&row) && (3..11).contains(&column);
            (if inside { 0.8 } else { 0.15 }) + ((row * 3 + column * 13) % 17) as f32 / 90.0
        })
    }

    /// The equations of Krähenbühl and Koltun with both labels, in double precision, pair by pair.
    fn directly(image: &Array2<f32>, map: &Array2<f32>, p: Parameters) -> Vec<f64> {
        let pixels: Vec<_> =
            image.indexed_iter().map(|((row, column), &v)| [row as f64, column as f64, v.into()]).collect();
        let kernels =
            [(f64::from(SMOOTH), 1e9, p.smoothness), (p.distance.into(), p.intensity.into(), p.appearance)];
        let kernels = kernels.map(|(near, alike, weight): (f64, f64, f32)| {
            let k = |a: &[f64; 3], b: &[f64; 3]| {
                let far = (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
                (-far / (2.0 * near * near) - (a[2] - b[2]).powi(2) / (2.0 * alike * alike)).exp()
            };
            let matrix: Vec<Vec<f64>> =
                pixels.iter().map(|a| pixels.iter().map(|b| k(a, b)).collect()).collect();
            let sums: Vec<f64> = matrix.iter().map(|row| row.iter().sum()).collect();
            (matrix, sums, f64::from(weight))
        });
        let unary: Vec<[f64; 2]> =
            map.iter().map(|&s| [-(1.0 - f64::from(s)).ln(), -f64::from(s).ln()]).collect();
        let shares = |e: [f64; 2]| e.map(|one| (-one).exp() / ((-e[0]).exp() + (-e[1]).exp()));
        let mut q: Vec<[f64; 2]> = unary.iter().map(|&energy| shares(energy)).collect();
        for _ in 0..ITERATIONS {
            let energy = |i: usize, label: usize| {
                let heard = kernels.iter().map(|(k, sums, weight)| {
                    let of = |j: usize| k[i][j] * q[j][label] / (sums[i] * sums[j]).sqrt();
                    weight * (0..q.len()).map(of).sum::<f64>()
                });
                unary[i][label] - heard.sum::<f64>()
            };
            q = (0..q.len()).map(|i| shares([energy(i, 0), energy(i, 1)])).collect();
        }
        q.into_iter().map(|share| share[1]).collect()
    }

    #[test]
    fn it_is_the_direct_computation() {
        let (image, map) = (image(), map());
        let p = Parameters { smoothness: 1.0, appearance: 3.0, distance: 5.0, intensity: 0.2 };
        let ours = Kernels::new(image.view(), p).infer(map.view(), p);
        let theirs = directly(&image, &map, p);
        let largest = ours.iter().zip(&theirs).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
        assert!(largest < 1e-5, "{largest}");
    }

    #[test]
    fn a_row_that_was_missed_is_found_by_its_intensity() {
        let p = Parameters { smoothness: 1.0, appearance: 10.0, distance: 5.0, intensity: 0.2 };
        let inferred = Kernels::new(image().view(), p).infer(map().view(), p);
        assert!(map()[[4, 7]] < 0.5 && inferred[[4, 7]] > 0.5, "{}", inferred[[4, 7]]);
        assert!(inferred[[0, 0]] < 0.1 && inferred[[7, 7]] > 0.9);
    }
}
