//! Smooth closed outlines around a centre.

use crate::random::Random;

const WAVES: usize = 4;

/// The points whose distance from `centre` is `radius` times a sum of a few waves of the angle:
/// an ellipse-like, slightly irregular outline. Lengths are in pixels, \[x, y\].
#[derive(Clone)]
pub(super) struct Outline {
    pub(super) centre: [f64; 2],
    pub(super) radius: f64,
    /// Cosine and sine part of wave 1 (a shift), 2 (an ellipse), 3 (a triangle) and so on.
    waves: [[f64; 2]; WAVES],
}

impl Outline {
    /// `uneven`: the largest share of the radius that a wave may have; wave n gets 1 / n of it.
    pub(super) fn new(random: &mut Random, centre: [f64; 2], radius: f64, uneven: f64) -> Self {
        let waves = std::array::from_fn(|wave| {
            let [cosine, sine] = random.direction();
            let size = random.between(0.0, uneven) / (wave + 1) as f64;
            [size * cosine, size * sine]
        });
        Self { centre, radius, waves }
    }

    /// Makes it longer along `direction` by this share of the radius, and shorter across.
    pub(super) fn stretched(mut self, direction: [f64; 2], share: f64) -> Self {
        let [x, y] = direction;
        self.waves[1][0] += share * (x * x - y * y);
        self.waves[1][1] += share * 2.0 * x * y;
        self
    }

    /// How far `point` lies outside along the ray from the centre; negative inside.
    pub(super) fn distance(&self, point: [f64; 2]) -> f64 {
        let [dx, dy] = [point[0] - self.centre[0], point[1] - self.centre[1]];
        let length = (dx * dx + dy * dy).sqrt();
        if length < 1e-9 {
            return -self.radius;
        }
        // Cosine and sine of n times the angle, by multiplying complex numbers of length 1.
        let unit = [dx / length, dy / length];
        let mut turned = [1.0, 0.0];
        let mut share = 1.0;
        for [cosine, sine] in self.waves {
            turned = [turned[0] * unit[0] - turned[1] * unit[1], turned[0] * unit[1] + turned[1] * unit[0]];
            share += cosine * turned[0] + sine * turned[1];
        }
        length - self.radius * share
    }
}

/// The share of a pixel that lies inside, from the distance of its centre to a border that is
/// soft over `softness` pixels.
pub(super) fn coverage(distance: f64, softness: f64) -> f64 {
    (0.5 - distance / softness).clamp(0.0, 1.0)
}
