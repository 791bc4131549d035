//! What a camera or a scanner does to an image: blur, noise, and a range of grey.

use ndarray::{Array1, Array2, Axis, Zip};

use crate::random::Random;

/// Convolves with a Gaussian of this standard deviation in pixels; the edge is held.
pub(super) fn blur(image: &mut Array2<f64>, sigma: f64) {
    let reach = (3.0 * sigma).ceil() as isize;
    let weights: Vec<f64> =
        (-reach..=reach).map(|offset| libm::exp(-0.5 * (offset * offset) as f64 / (sigma * sigma))).collect();
    let sum: f64 = weights.iter().sum();
    for axis in [Axis(0), Axis(1)] {
        for mut lane in image.lanes_mut(axis) {
            let before: Array1<f64> = lane.to_owned();
            let last = before.len() as isize - 1;
            for (index, value) in lane.iter_mut().enumerate() {
                let from = |offset: isize| before[(index as isize + offset).clamp(0, last) as usize];
                let total: f64 =
                    (-reach..=reach).zip(&weights).map(|(offset, weight)| weight * from(offset)).sum();
                *value = total / sum;
            }
        }
    }
}

/// Magnitude of the signal with Gaussian noise on its real and its imaginary part: the noise of
/// MR magnitude images, which lifts what is dark (Gudbjartsson and Patz 1995).
pub(super) fn rician_noise(image: &mut Array2<f64>, sigma: f64, random: &mut Random) {
    for value in image {
        let [real, imaginary] = random.normal_pair().map(|normal| sigma * normal);
        *value = ((*value + real) * (*value + real) + imaginary * imaginary).sqrt();
    }
}

/// Adds independent Gaussian noise.
pub(super) fn gaussian_noise(image: &mut Array2<f64>, sigma: f64, random: &mut Random) {
    image.mapv_inplace(|value| value + sigma * random.normal_pair()[0]);
}

/// The value below which `low` percent of the image lie becomes 0, that of `high` percent 1; what
/// is beyond is clipped.
pub(super) fn stretch(image: &Array2<f64>, low: f64, high: f64) -> Array2<f32> {
    let mut sorted: Vec<f64> = image.iter().copied().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |percent: f64| sorted[(percent / 100.0 * (sorted.len() - 1) as f64).round() as usize];
    let (low, high) = (at(low), at(high));
    let width = (high - low).max(f64::MIN_POSITIVE);
    let mut stretched = Array2::zeros(image.raw_dim());
    Zip::from(&mut stretched)
        .and(image)
        .for_each(|to, &value| *to = ((value - low) / width).clamp(0.0, 1.0) as f32);
    stretched
}
