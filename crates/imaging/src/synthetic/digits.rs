//! Handwritten-like digits.

use ndarray::Array2;

use super::field::Field;
use super::glyphs::strokes;
use super::outline::coverage;
use super::stroke::{Point, Segment, curve, segments};
use super::topology::betti_numbers;
use super::{Kind, Sample, SampleError, as_mask};
use crate::random::Random;

/// Rows, and columns, of the image of a digit.
pub const DIGIT_SIZE: usize = 28;

/// Centring moves the ink by no more than this many pixels, so that it stays off the border.
const LARGEST_SHIFT: f64 = 3.0;

/// How freely a digit is written that has been wrong many times, from 0 to 1.
const PLAIN: f64 = 0.3;

/// The longer side of the ink, in pixels.
const INK_SIZE: f64 = 20.0;

/// The Betti numbers of a digit from 0 to 9, as in the paper: one component; 0, 6 and 9 have one hole, 8 two, the others
/// none.
pub fn digit_betti(label: u8) -> [usize; 2] {
    match label {
        8 => [1, 2],
        0 | 6 | 9 => [1, 1],
        _ => [1, 0],
    }
}

/// A digit as in MNIST: 28 x 28, white ink on black, the ink about 20 pixels in its longer
/// direction and centred by its mass (moved by 3 pixels at most), with soft edges. No font: strokes of a pen through a few
/// points, with the variants, slant, rotation, width, pressure and unsteadiness of a hand.
///
/// The mask is where the image is at least 0.5. Image and mask have the Betti numbers of the
/// class, (1, 0) for 1, 2, 3, 4, 5, 7; (1, 1) for 0, 6, 9; (1, 2) for 8; and the image has them at
/// 0.35 and 0.65 too. So every 4 is open, no 2 has a loop, and no 6 is left open.
///
/// # Errors
/// A label above 9.
pub fn digit(label: u8, seed: u64) -> Result<Sample, SampleError> {
    if label > 9 {
        return Err(SampleError::Label { label });
    }
    let betti = digit_betti(label);
    let mut random = Random::new(0x64_6967_6974 + (u64::from(label) << 48), seed);
    let mut attempt = 0;
    // A wrong one is written again, more plainly, until it is right.
    let image = loop {
        let freedom = (12.0 / (12.0 + f64::from(attempt))).max(PLAIN);
        let image = write(label, freedom, &mut random);
        if is_right(&image, betti) {
            break image;
        }
        attempt += 1;
    };
    Ok(Sample { mask: as_mask(&at_least(&image, 0.5)), image, betti, kind: Kind::Digit(label) })
}

/// The wanted topology, clear of the levels at which a reader may look.
fn is_right(image: &Array2<f32>, betti: [usize; 2]) -> bool {
    [0.35, 0.5, 0.65].iter().all(|&level| betti_numbers(at_least(image, level).view()) == betti)
}

fn at_least(image: &Array2<f32>, level: f32) -> Array2<bool> {
    image.mapv(|value| value >= level)
}

fn write(label: u8, freedom: f64, random: &mut Random) -> Array2<f32> {
    let lines: Vec<Vec<Point>> =
        strokes(label, freedom, random).iter().map(|points| curve(points, 8)).collect();
    let mut lines = bent(lines, freedom, random);
    let width = 1.8 + freedom * random.between(-0.4, 1.9);
    fit(&mut lines, INK_SIZE - width);

    let [phase, waves] = [random.between(0.0, 6.3), random.between(0.1, 0.5)];
    let pressure = random.between(0.0, 0.25) * freedom;
    let drawn: Vec<Segment> = lines
        .iter()
        .flat_map(|line| {
            let pressed = |(step, &point): (usize, &Point)| {
                let push = 1.0 + pressure * libm::sin(phase + waves * step as f64);
                (point, 0.5 * width * push)
            };
            segments(&line.iter().enumerate().map(pressed).collect::<Vec<_>>()).collect::<Vec<_>>()
        })
        .collect();
    let rough = random.between(0.1, 0.4) * freedom;
    let paper = Field::new(random, 2 * DIGIT_SIZE, 1.7);
    let softness = random.between(1.0, 1.5);
    let ink = |point: Point| {
        let distance = drawn.iter().map(|segment| segment.distance(point)).fold(f64::INFINITY, f64::min);
        let place = point.map(|along| along + DIGIT_SIZE as f64);
        coverage(distance + rough * paper.at(place), softness)
    };
    let mass = centre_of_mass(&rasterised([0.0, 0.0], &ink));
    let middle = mass.map(|along| along.clamp(-LARGEST_SHIFT, LARGEST_SHIFT));
    rasterised(middle, &ink).mapv(|value| value as f32)
}

/// Slant, rotation, proportions, and a gentle bend of the whole plane.
fn bent(lines: Vec<Vec<Point>>, freedom: f64, random: &mut Random) -> Vec<Vec<Point>> {
    let narrow = 1.0 - freedom * random.between(-0.3, 0.35);
    let slant = freedom * random.between(-0.15, 0.5);
    let (sine, cosine) = libm::sincos(freedom * random.around_zero(0.2));
    let wave: [[f64; 4]; 2] = std::array::from_fn(|_| {
        let [x, y] = random.direction();
        let frequency = random.between(2.0, 5.0);
        [frequency * x, frequency * y, random.between(0.0, 6.3), freedom * random.between(0.0, 0.07)]
    });
    let bend = |[x, y]: Point| {
        let [dx, dy] = wave.map(|[u, v, phase, size]| size * libm::sin(u * x + v * y + phase));
        let (x, y) = (narrow * (x + dx - 0.5) + slant * (0.5 - y - dy), y + dy - 0.5);
        [cosine * x - sine * y, sine * x + cosine * y]
    };
    lines.into_iter().map(|line| line.into_iter().map(bend).collect()).collect()
}

/// Brings the longer side of the lines' bounding box to `size`, its centre to zero.
fn fit(lines: &mut [Vec<Point>], size: f64) {
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for point in lines.iter().flatten() {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    let scale = size / (high[0] - low[0]).max(high[1] - low[1]);
    for point in lines.iter_mut().flatten() {
        *point = std::array::from_fn(|axis| scale * (point[axis] - 0.5 * (low[axis] + high[axis])));
    }
}

/// The pixels of a [`DIGIT_SIZE`] square around `middle`.
fn rasterised(middle: Point, ink: &dyn Fn(Point) -> f64) -> Array2<f64> {
    let from_middle = |index: usize| index as f64 + 0.5 - 0.5 * DIGIT_SIZE as f64;
    Array2::from_shape_fn((DIGIT_SIZE, DIGIT_SIZE), |(row, column)| {
        ink([middle[0] + from_middle(column), middle[1] + from_middle(row)])
    })
}

/// Relative to the middle of the image.
fn centre_of_mass(image: &Array2<f64>) -> Point {
    let from_middle = |index: usize| index as f64 + 0.5 - 0.5 * DIGIT_SIZE as f64;
    let mut sums = [0.0; 3];
    for ((row, column), &value) in image.indexed_iter() {
        let parts = [value * from_middle(column), value * from_middle(row), value];
        sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
    }
    [sums[0] / sums[2], sums[1] / sums[2]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_digits_are_right_at_once_that_writing_them_ends() {
        for label in 0..10 {
            let wanted = digit(label, 0).unwrap().betti;
            for freedom in [PLAIN, 1.0] {
                let first = |seed| write(label, freedom, &mut Random::new(0, seed));
                let right = (0..100).filter(|&seed| is_right(&first(seed), wanted)).count();
                assert!(right >= 20, "{label} with freedom {freedom}: {right} of 100");
            }
        }
    }

    #[test]
    fn the_ink_is_centred_by_its_mass_and_off_the_border() {
        let last = DIGIT_SIZE - 1;
        for label in 0..10 {
            for seed in 0..20 {
                let image = digit(label, seed).unwrap().image.mapv(f64::from);
                let [x, y] = centre_of_mass(&image);
                assert!(x.abs() < 1.5 && y.abs() < 1.5, "{label} {seed}: {x} {y}");
                let on_border = |row, column| [row, column].iter().any(|&at| at == 0 || at == last);
                for ((row, column), &value) in image.indexed_iter() {
                    assert!(value < 0.5 || !on_border(row, column), "{label} {seed}: {row} {column}");
                }
            }
        }
    }
}
