//! Blobs, rings, trees and cells.

use std::ops::RangeInclusive;

use ndarray::Array2;

use super::field::Field;
use super::finish::{blur, gaussian_noise, stretch};
use super::outline::{Outline, coverage};
use super::stroke::{Point, Segment, curve, segments};
use super::topology::betti_numbers;
use super::{Kind, Sample, SampleError, ShapeKind, as_mask};
use crate::normalise::Normalisation;
use crate::random::Random;

/// How images of [`shape`] are brought to \[0, 1\], and with it those of a network that has learned from them.
pub const SHAPE_NORMALISATION: Normalisation =
    Normalisation::Percentile { low: PERCENTILES[0] as f32, high: PERCENTILES[1] as f32 };
const PERCENTILES: [f64; 2] = [0.2, 99.8];

/// The sizes that [`shape`] takes, in pixels.
pub const SHAPE_SIZES: RangeInclusive<usize> = 32..=4096;

/// Shapes of one kind in a square of `size` x `size` pixels, from 32 to 4096.
///
/// Contrast, polarity (bright on dark or dark on bright), texture of both sides, uneven light,
/// blur and noise vary with the seed; the shapes scale with the size, so a larger image shows the
/// same detail on more pixels. The mask is the shape before blur and noise, and its Betti numbers
/// are those that [`ShapeKind`] says.
///
/// # Errors
/// A size outside [`SHAPE_SIZES`].
pub fn shape(kind: ShapeKind, size: usize, seed: u64) -> Result<Sample, SampleError> {
    if !SHAPE_SIZES.contains(&size) {
        return Err(SampleError::Size { size });
    }
    let purpose = match kind {
        ShapeKind::Blobs => 0x626c_6f62,
        ShapeKind::Rings => 0x7269_6e67,
        ShapeKind::Tree => 0x7472_6565,
        ShapeKind::Cells => 0x6365_6c6c,
    };
    let mut random = Random::new(purpose, seed);
    loop {
        let parts = match kind {
            ShapeKind::Blobs => {
                let count = random.count(1, 6);
                bodies(&mut random, count, [0.08, 0.2], 0.25, |_| f64::INFINITY)
            }
            ShapeKind::Rings => {
                let count = random.count(1, 4);
                bodies(&mut random, count, [0.12, 0.3], 0.12, |random| random.between(0.25, 0.6))
            }
            ShapeKind::Cells => {
                let count = random.count(10, 40);
                bodies(&mut random, count, [0.045, 0.085], 0.2, |_| f64::INFINITY)
            }
            ShapeKind::Tree => vec![tree(&mut random)],
        };
        // Distances are in units of the image; one pixel is 1 / size.
        let unit = 1.0 / size as f64;
        let distance = each_pixel(size, |point| nearest(&parts, point));
        let inside = distance.mapv(|(distance, _)| distance <= 0.0);
        let betti = betti_numbers(inside.view());
        let right = match kind {
            ShapeKind::Blobs => betti == [parts.len(), 0],
            ShapeKind::Rings => betti == [parts.len(), parts.len()],
            ShapeKind::Cells => betti == [parts.len(), 0] && parts.len() >= 6,
            ShapeKind::Tree => betti == [1, 0],
        };
        if right {
            let softened = distance.mapv(|(distance, part)| (coverage(distance / unit, 1.0), part));
            let image = photograph(&softened, kind, &mut random);
            return Ok(Sample { image, mask: as_mask(&inside), betti, kind: Kind::Shape(kind) });
        }
    }
}

/// One connected part of the foreground; lengths in units of the image's side.
enum Part {
    /// Inside the outline, and within this depth below it.
    Body {
        outline: Outline,
        depth: f64,
    },
    Branches(Vec<Segment>),
}

impl Part {
    /// How far `point` lies outside; negative inside.
    fn distance(&self, point: Point) -> f64 {
        match self {
            Self::Body { outline, depth } => {
                let distance = outline.distance(point);
                distance.max(-distance - depth)
            }
            Self::Branches(segments) => {
                segments.iter().map(|segment| segment.distance(point)).fold(f64::INFINITY, f64::min)
            }
        }
    }
}

/// Distance to the nearest part, and which it is.
fn nearest(parts: &[Part], point: Point) -> (f64, usize) {
    let distances = parts.iter().map(|part| part.distance(point)).enumerate();
    let least = distances.min_by(|a, b| a.1.total_cmp(&b.1));
    least.map_or((f64::INFINITY, 0), |(part, distance)| (distance, part))
}

/// Up to `count` bodies that keep apart, with radii in the range; `thickness` says how much of
/// the radius is filled, from the outside.
fn bodies(
    random: &mut Random,
    count: usize,
    radii: [f64; 2],
    uneven: f64,
    mut thickness: impl FnMut(&mut Random) -> f64,
) -> Vec<Part> {
    let mut placed: Vec<(Point, f64)> = Vec::new();
    let mut parts = Vec::new();
    for _ in 0..count * 30 {
        if parts.len() == count {
            break;
        }
        let radius = random.between(radii[0], radii[1]);
        // The outline reaches beyond the radius by its waves.
        let reach = radius * (1.0 + 0.9 * uneven) + 0.03;
        let centre = [random.between(reach, 1.0 - reach), random.between(reach, 1.0 - reach)];
        let free = placed.iter().all(|(other, taken)| {
            let [dx, dy] = [centre[0] - other[0], centre[1] - other[1]];
            (dx * dx + dy * dy).sqrt() > reach + taken
        });
        if free {
            placed.push((centre, reach));
            let outline = Outline::new(random, centre, radius, uneven);
            let depth = (radius * thickness(random)).max(0.05);
            parts.push(Part::Body { outline, depth });
        }
    }
    parts
}

/// A vessel from one side of the image that branches again and again.
fn tree(random: &mut Random) -> Part {
    let mut drawn = Vec::new();
    let aside = random.between(0.3, 0.7);
    let (from, heading) = match random.below(4) {
        0 => ([aside, 0.03], [0.0, 1.0]),
        1 => ([aside, 0.97], [0.0, -1.0]),
        2 => ([0.03, aside], [1.0, 0.0]),
        _ => ([0.97, aside], [-1.0, 0.0]),
    };
    let radius = random.between(0.026, 0.045);
    let mut growing = vec![(from, heading, radius, random.between(0.25, 0.4), 4)];
    while let Some((from, heading, radius, length, left)) = growing.pop() {
        let side = [-heading[1], heading[0]];
        let sway = length * random.around_zero(0.25);
        let ahead = |share: f64, aside: f64| -> Point {
            std::array::from_fn(|axis| from[axis] + share * length * heading[axis] + aside * side[axis])
        };
        let line = curve(&[from, ahead(0.5, sway), ahead(1.0, 0.0)], 6);
        let thinner = 0.85 * radius;
        let last = (line.len() - 1) as f64;
        let width =
            |(step, &point): (usize, &Point)| (point, radius + (thinner - radius) * step as f64 / last);
        drawn.extend(segments(&line.iter().enumerate().map(width).collect::<Vec<_>>()));
        if left > 1 {
            for turn in [1.0, -1.0] {
                let (sine, cosine) = libm::sincos(turn * random.between(0.3, 0.9));
                let heading =
                    [cosine * heading[0] - sine * heading[1], sine * heading[0] + cosine * heading[1]];
                let radius = (thinner * random.between(0.7, 0.95)).max(0.017);
                growing.push((ahead(1.0, 0.0), heading, radius, length * random.between(0.6, 0.9), left - 1));
            }
        }
    }
    Part::Branches(drawn)
}

/// Light, texture, blur and noise. `softened`: the share of foreground, and the nearest part.
fn photograph(softened: &Array2<(f64, usize)>, kind: ShapeKind, random: &mut Random) -> Array2<f32> {
    let size = softened.nrows();
    let scale = size as f64 / 64.0;
    let contrast = random.between(0.35, 0.9);
    let level = random.between(0.0, 1.0 - contrast);
    let sign = if random.chance(0.3) { -1.0 } else { 1.0 };
    let [light, coarse, fine] = [30.0, 6.0, 2.0].map(|cell| Field::new(random, size, cell * scale));
    let uneven = contrast * random.between(0.0, 0.3);
    let [outside, inside] = [0, 1].map(|_| contrast * random.between(0.0, 0.25));
    let dimmest = if kind == ShapeKind::Cells { 0.5 } else { 0.85 };
    let own: Vec<f64> = (0..64).map(|_| random.between(dimmest, 1.0)).collect();

    let mut image = Array2::from_shape_fn((size, size), |(row, column)| {
        let point = [column as f64 + 0.5, row as f64 + 0.5];
        let (share, part) = softened[[row, column]];
        let [light, coarse, fine] = [&light, &coarse, &fine].map(|field| field.at(point));
        let texture = 0.6 * coarse + 0.4 * fine;
        let behind = level + outside * texture;
        let before = level + contrast * own[part % own.len()] + inside * texture;
        sign * (behind + (before - behind) * share) + uneven * light
    });
    blur(&mut image, scale * random.between(0.3, 0.9));
    gaussian_noise(&mut image, contrast * random.between(0.0, 0.12), random);
    let [low, high] = PERCENTILES;
    stretch(&image, low, high)
}

fn each_pixel<T>(size: usize, value: impl Fn(Point) -> T) -> Array2<T> {
    let middle = |index: usize| (index as f64 + 0.5) / size as f64;
    Array2::from_shape_fn((size, size), |(row, column)| value([middle(column), middle(row)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreground_and_background_differ_in_every_image() {
        let mut dark = 0;
        for seed in 0..15 {
            for kind in ShapeKind::ALL {
                let sample = shape(kind, 48, seed).unwrap();
                let ink = sample.mask.sum();
                let front = (&sample.image * &sample.mask).sum() / ink;
                let back = (&sample.image * &(1.0 - &sample.mask)).sum() / (48.0 * 48.0 - ink);
                assert!((front - back).abs() > 0.15, "{kind:?} {seed}: {front} {back}");
                assert!((0.02..0.7).contains(&(ink / (48.0 * 48.0))), "{kind:?} {seed}: {ink}");
                dark += usize::from(front < back);
            }
        }
        assert!((8..32).contains(&dark), "{dark} of 60 are dark on bright");
    }

    #[test]
    fn a_larger_image_shows_the_same_shape() {
        for kind in [ShapeKind::Blobs, ShapeKind::Rings] {
            let [small, large] = [64, 128].map(|size| shape(kind, size, 5).unwrap());
            assert_eq!(small.betti, large.betti);
            assert!((small.mask.sum() * 4.0 / large.mask.sum() - 1.0).abs() < 0.05);
        }
    }
}
