//! Writes the sample image: a smooth ring with gaps, on a noisy background, with two islands.
//!
//! ```text
//! cargo run --package bettiscope --example broken_ring -- samples/broken-ring.png
//! ```
//!
//! At the threshold 0.5 it has too many components and no hole. It should have one of each.

use std::error::Error;

use ndarray::Array2;

/// Rows and columns.
const SIZE: usize = 64;
const CENTRE: f64 = 31.5;
const RADIUS: f64 = 19.0;
/// Half the width of the ring.
const WIDTH: f64 = 4.5;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which file is to be written?")?;
    std::fs::write(path, imaging::encode_png8(broken_ring().view())?)?;
    Ok(())
}

/// The image, `[rows, columns]`. Only operations that are exact everywhere are used, so that it is the same on every
/// machine.
pub(crate) fn broken_ring() -> Array2<u8> {
    let noise = noise();
    Array2::from_shape_fn((SIZE, SIZE), |(row, column)| {
        let (y, x) = (row as f64 - CENTRE, column as f64 - CENTRE);
        let value = [ring(y, x), island(y + 24.0, x - 23.0, 4.0, 0.78), island(y - 4.0, x + 2.0, 3.4, 0.66)]
            .into_iter()
            .fold(0.0, f64::max);
        let value = value + 0.22 * noise[[row, column]] * (1.0 - 0.75 * value);
        (255.0 * value.clamp(0.0, 1.0)).round() as u8
    })
}

/// A ring with two gaps: in one a bridge of 0.36 is left, in the other one of 0.44.
fn ring(y: f64, x: f64) -> f64 {
    let distance = (y * y + x * x).sqrt();
    let body = bump((distance - RADIUS) / WIDTH);
    let along = |toward: [f64; 2]| (y * toward[0] + x * toward[1]) / distance.max(1.0);
    // Cosines of the angle to the middle of each gap, near 1 within it.
    let gap = |toward, width: f64, left: f64| 1.0 - (1.0 - left) * bump((1.0 - along(toward)) / width);
    0.92 * body * gap([-0.6, 0.8], 0.05, 0.36) * gap([0.8, 0.6], 0.02, 0.44)
}

/// A smooth disc.
fn island(y: f64, x: f64, radius: f64, height: f64) -> f64 {
    height * bump((y * y + x * x).sqrt() / radius)
}

/// 1 around 0, and smoothly down to 0 at a distance of 1.
fn bump(at: f64) -> f64 {
    let rest = (1.5 - 1.5 * at.abs()).clamp(0.0, 1.0);
    rest * rest * (3.0 - 2.0 * rest)
}

/// Random numbers from 0 to 1, each the mean of those around it.
fn noise() -> Array2<f64> {
    let mut state = 2020u64;
    let raw = Array2::from_shape_simple_fn((SIZE + 2, SIZE + 2), || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1u64 << 24) as f64
    });
    Array2::from_shape_fn((SIZE, SIZE), |(row, column)| {
        (0..9).map(|step| raw[[row + step / 3, column + step % 3]]).sum::<f64>() / 9.0
    })
}
