//! Short-axis phantoms of the heart.

use ndarray::Array2;

use super::anatomy::Anatomy;
use super::field::{Field, smooth};
use super::finish::{blur, rician_noise, stretch};
use super::outline::coverage;
use super::stroke::Point;
use super::topology::betti_numbers;
use super::{Kind, Sample, as_mask};
use crate::random::Random;

/// Rows, and columns, of the image of a heart.
pub const HEART_SIZE: usize = 80;

/// The thinnest wall of the myocardium, in pixels: thinner ones are not rings after rasterising.
const THINNEST_WALL: f64 = 2.2;

/// A mid-ventricular short-axis slice at end diastole, as bright-blood cine MR shows it: 80 x 80,
/// centred on the left ventricle to within a few pixels, stretched between the percentiles 1 and
/// 99 as real slices are.
///
/// The mask is the myocardium of the left ventricle between its inner and its outer contour, a
/// ring with Betti numbers (1, 1); its outer radius is 14 to 31 pixels, so both crops at the
/// scanner's own resolution and reduced ones are met. Papillary muscles and trabeculae lie inside
/// the inner contour, as experts draw it. Around the ring: the right ventricle, fat and the dark
/// line of its chemical shift, lung with vessels, the chest wall, the diaphragm with the liver;
/// then the scanner's blur, the shading of a surface coil, and Rician noise.
pub fn heart(seed: u64) -> Sample {
    let mut random = Random::new(0x0068_6561_7274, seed);
    loop {
        let anatomy = Anatomy::new(&mut random);
        let wall = each_pixel(|point| anatomy.in_wall(point));
        if betti_numbers(wall.view()) == [1, 1] && anatomy.thinnest_wall() >= THINNEST_WALL {
            let image = acquire(&anatomy, &mut random);
            return Sample { image, mask: as_mask(&wall), betti: [1, 1], kind: Kind::Heart };
        }
    }
}

/// The signal of everything, then what the scanner does to it.
fn acquire(anatomy: &Anatomy, random: &mut Random) -> Array2<f32> {
    let tissue = Tissue::new(random);
    let mut image = each_pixel(|point| {
        // Four points to a pixel.
        let quarter = [[-0.25, -0.25], [0.25, -0.25], [-0.25, 0.25], [0.25, 0.25]];
        quarter.iter().map(|[x, y]| tissue.signal(anatomy, [point[0] + x, point[1] + y])).sum::<f64>() / 4.0
    });
    blur(&mut image, random.between(0.5, 1.0));
    let falloff = random.between(0.0, 1.1) / HEART_SIZE as f64;
    let shading = Field::new(random, HEART_SIZE, 50.0);
    let coil = anatomy.chest.1;
    for ((row, column), value) in image.indexed_iter_mut() {
        let point = centre_of(row, column);
        let towards = point[0] * coil[0] + point[1] * coil[1];
        *value *= libm::exp(falloff * towards) * (1.0 + 0.12 * shading.at(point));
    }
    let brightest = image.iter().copied().fold(0.0, f64::max);
    rician_noise(&mut image, brightest * random.between(0.008, 0.04), random);
    stretch(&image, 1.0, 99.0)
}

/// How bright everything is.
struct Tissue {
    blood: f64,
    muscle: f64,
    fat: f64,
    lung: f64,
    liver: f64,
    broad: Field,
    coarse: Field,
    medium: Field,
    fine: Field,
    /// Points of lung vessels: place, radius, brightness.
    vessels: Vec<(Point, f64, f64)>,
}

impl Tissue {
    fn new(random: &mut Random) -> Self {
        let size = HEART_SIZE as f64;
        let vessels = (0..random.count(15, 50))
            .map(|_| {
                let place = [random.between(0.0, size), random.between(0.0, size)];
                let radius = random.between(0.3, 1.3);
                (place, radius, random.between(0.08, 0.65))
            })
            .collect();
        Self {
            blood: random.between(0.62, 0.85),
            muscle: random.between(0.16, 0.32),
            fat: random.between(0.6, 1.1),
            lung: random.between(0.02, 0.06),
            liver: random.between(0.15, 0.45),
            broad: Field::new(random, HEART_SIZE, 22.0),
            coarse: Field::new(random, HEART_SIZE, 14.0),
            medium: Field::new(random, HEART_SIZE, 5.5),
            fine: Field::new(random, HEART_SIZE, 2.4),
            vessels,
        }
    }

    /// From back to front.
    fn signal(&self, anatomy: &Anatomy, point: Point) -> f64 {
        let [broad, coarse, medium, fine] =
            [&self.broad, &self.coarse, &self.medium, &self.fine].map(|field| field.at(point));
        let uneven = 3.0 * coarse + medium;
        let outer = anatomy.outer.distance(point);
        let inner = anatomy.inner.distance(point);
        // The free wall of the right ventricle is thin.
        let right = anatomy.right.distance(point);
        let heart = outer.min(right - 1.8);

        let mut signal = self.lung * (1.0 + 0.6 * fine);
        for &(place, radius, brightness) in &self.vessels {
            let [dx, dy] = [point[0] - place[0], point[1] - place[1]];
            let share = coverage((dx * dx + dy * dy).sqrt() - radius, 1.2);
            signal += share * (brightness - signal).max(0.0);
        }
        signal = self.surroundings(anatomy, point, signal, uneven, fine);

        // Fat around the heart, in some places, and a dark line where it meets the muscle.
        let fat = anatomy.fat * (0.3 + 1.6 * broad);
        let bright = self.fat * (0.8 + 0.25 * medium);
        signal = mix(signal, bright, coverage(heart - 1.0 - fat, 1.5) * coverage(-fat, 1.0));
        signal = mix(signal, self.muscle * (1.0 + 0.2 * fine), coverage(heart, 1.2));
        let line = (1.0 - (heart - 0.6).abs() / 0.9).max(0.0);
        signal *= 1.0 - 0.75 * line;

        // The right ventricle's pool is full of trabeculae, more so away from the septum.
        let away = smooth((anatomy.right.radius * 0.9 + right) / anatomy.right.radius);
        let trabeculae = 3.0 * (0.7 * medium + 0.7 * fine - 0.15).max(0.0) * away;
        let pool = coverage(right + 2.0 * trabeculae, 1.5) * coverage(-(outer - 0.3), 1.2);
        let bright = self.blood * (1.1 + 0.15 * coarse + 0.1 * medium + 0.08 * fine);
        signal = mix(signal, bright * (1.0 - 0.35 * trabeculae.min(1.0)), pool);

        let muscle = self.muscle * (1.0 + 0.1 * medium + 0.08 * fine);
        signal = mix(signal, muscle, coverage(outer + 0.5, 1.2));

        // Trabeculae of the left ventricle point to the middle of its pool.
        let foot = anatomy.foot(point);
        let fingers = 0.6 * self.fine.at(foot) + 0.4 * self.medium.at(foot) + 0.6 * fine - 0.05;
        let fingers = anatomy.trabeculae * fingers.max(0.0) * self.free_wall(anatomy, point);
        let blood = self.blood * (1.0 + 0.06 * coarse + 0.07 * medium + 0.05 * fine);
        signal = mix(signal, blood, coverage(inner + fingers, 1.4));
        for papillary in &anatomy.papillary {
            let inside = coverage(papillary.distance(point) + 0.6 * fine, 1.3) * coverage(inner, 1.2);
            signal = mix(signal, muscle * 0.95, 0.92 * inside);
        }
        signal
    }

    /// The chest wall with fat and muscle in layers, and the diaphragm with the liver.
    fn surroundings(&self, anatomy: &Anatomy, point: Point, lung: f64, uneven: f64, fine: f64) -> f64 {
        let beyond = |(distance, direction): (f64, Point)| {
            let [dx, dy] = [point[0] - anatomy.outer.centre[0], point[1] - anatomy.outer.centre[1]];
            let across = dx * direction[1] - dy * direction[0];
            // Curved away from the heart.
            dx * direction[0] + dy * direction[1] - distance - uneven + 0.004 * across * across
        };
        let depth = beyond(anatomy.diaphragm);
        let liver = self.liver * (1.0 + 0.12 * fine + 0.12 * uneven);
        let mut signal = mix(lung, liver, coverage(-depth, 1.5));
        let lining = (1.0 - (depth + 1.0).abs() / 1.6).max(0.0) * smooth(0.5 + 0.3 * uneven);
        signal = mix(signal, 0.8 * self.fat, lining);

        let depth = beyond(anatomy.chest);
        let layers = 0.5 + 0.5 * libm::sin(depth * 0.45 + 0.5 * uneven);
        let chest = mix(self.muscle, self.fat, smooth(1.6 * layers - 0.1)) * (1.0 + 0.1 * fine);
        mix(signal, chest, coverage(-depth, 2.0))
    }

    /// 0.25 at the septum, which is smooth, to 1 at the free wall.
    fn free_wall(&self, anatomy: &Anatomy, point: Point) -> f64 {
        let [dx, dy] = [point[0] - anatomy.inner.centre[0], point[1] - anatomy.inner.centre[1]];
        let towards = (dx * anatomy.to_right[0] + dy * anatomy.to_right[1]) / anatomy.inner.radius;
        let skew = 0.15 * (dx * anatomy.across[0] + dy * anatomy.across[1]) / anatomy.inner.radius;
        0.25 + 0.75 * smooth(0.6 - 0.8 * towards + skew)
    }
}

fn mix(below: f64, above: f64, share: f64) -> f64 {
    below + (above - below) * share
}

fn centre_of(row: usize, column: usize) -> Point {
    [column as f64 + 0.5, row as f64 + 0.5]
}

fn each_pixel<T>(value: impl Fn(Point) -> T) -> Array2<T> {
    Array2::from_shape_fn((HEART_SIZE, HEART_SIZE), |(row, column)| value(centre_of(row, column)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_is_bright_and_the_wall_is_dark() {
        for seed in 0..40 {
            let sample = heart(seed);
            let mut random = Random::new(0x0068_6561_7274, seed);
            let anatomy = std::iter::repeat_with(|| Anatomy::new(&mut random))
                .find(|anatomy| {
                    each_pixel(|point| anatomy.in_wall(point)) == sample.mask.mapv(|value| value > 0.5)
                })
                .unwrap();
            let mean = |inside: Array2<bool>| {
                let values: Vec<f32> =
                    sample.image.iter().zip(&inside).filter(|at| *at.1).map(|at| *at.0).collect();
                values.iter().sum::<f32>() / values.len() as f32
            };
            let wall = mean(sample.mask.mapv(|value| value > 0.5));
            let pool = mean(each_pixel(|point| anatomy.inner.distance(point) < 0.0));
            // Real slices: 2 to 3.
            assert!(pool > 1.35 * wall, "seed {seed}: pool {pool}, wall {wall}");
        }
    }

    #[test]
    fn the_ventricle_is_near_the_centre_and_of_many_sizes() {
        let mut areas = Vec::new();
        for seed in 0..40 {
            let mask = heart(seed).mask;
            let area = mask.sum();
            let centre = mask.indexed_iter().fold([0.0; 2], |sum, ((row, column), &value)| {
                [sum[0] + value * row as f32 / area, sum[1] + value * column as f32 / area]
            });
            assert!(centre.iter().all(|along| (33.0..47.0).contains(along)), "seed {seed}: {centre:?}");
            areas.push(area);
        }
        areas.sort_unstable_by(f32::total_cmp);
        assert!(areas[0] < 400.0 && areas[39] > 1200.0, "{} to {}", areas[0], areas[39]);
    }
}
