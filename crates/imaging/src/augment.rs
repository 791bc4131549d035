//! Variations of an image and the map that belongs to it, as a network should see them in training.
//!
//! Place is changed first (flips, rotation, scale, shift and elastic bending, in one resampling), then
//! the values of the image (contrast, brightness, gamma), then noise is added. Image and target are
//! moved alike; only the image changes its values.
//!
//! ```
//! use imaging::augment::{Augmentation, Flips, augment};
//! use ndarray::Array2;
//!
//! let image = Array2::from_shape_fn((32, 32), |(row, _)| row as f32 / 31.0);
//! let mask = image.mapv(|value| if value > 0.5 { 1.0 } else { 0.0 });
//! let how = Augmentation { rotation: 30.0, flips: Flips::Both, noise: 0.02, ..Augmentation::NONE };
//! let (image, mask) = augment(image.view(), mask.view(), &how, 42)?;
//! assert!(mask.iter().all(|&value| value == 0.0 || value == 1.0));
//! # Ok::<(), imaging::augment::AugmentError>(())
//! ```

use ndarray::{Array2, ArrayView2};

use crate::random::Random;
use crate::synthetic::field::Field;

/// How far an image may be changed. Every number is the largest change; what is drawn is uniform up to
/// it, in both directions. 0 changes nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Augmentation {
    /// Degrees, 0 to 180.
    pub rotation: f64,
    /// Scale: 0.2 is a factor from 1 / 1.2 to 1.2, uniform in its logarithm. 0 to 4.
    pub scale: f64,
    /// Shift along each axis, as a share of the axis. 0 to 1.
    pub shift: f64,
    /// Which reflections there may be.
    pub flips: Flips,
    /// Elastic bending: how far a pixel is moved along each axis, as a share of the longer axis, by a
    /// smooth field whose lattice is an eighth to a third of it. 0 to 0.2; 0.03 bends visibly.
    pub elastic: f64,
    /// Change of contrast, of brightness (half as much) and of gamma: 0.3 is a contrast of 0.7 to 1.3
    /// about the mean, +-0.15, and an exponent from 1 / 1.3 to 1.3. 0 to 1.
    pub intensity: f64,
    /// The standard deviation of normal noise is drawn from 0 to this. 0 to 1.
    pub noise: f64,
}

/// Reflections, each of which happens to half of the images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flips {
    /// None.
    #[default]
    None,
    /// Left and right are exchanged.
    LeftRight,
    /// Left and right, and top and bottom, independently.
    Both,
}

/// Why an image cannot be augmented.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AugmentError {
    /// Image and target differ in shape.
    #[error("an image of shape {image:?} and a target of shape {target:?}; the shapes have to be the same")]
    Shapes {
        /// Of the image.
        image: [usize; 2],
        /// Of the target.
        target: [usize; 2],
    },
    /// An axis has the length zero.
    #[error("an image of shape {shape:?} has no pixels")]
    Empty {
        /// Of the image.
        shape: [usize; 2],
    },
    /// A number of [`Augmentation`] is out of its range.
    #[error("{what} is {given}; 0 to {most} is accepted")]
    Amount {
        /// Which.
        what: &'static str,
        /// As given.
        given: f64,
        /// The largest that is accepted.
        most: f64,
    },
}

impl Augmentation {
    /// No change at all.
    pub const NONE: Self = Self {
        rotation: 0.0,
        scale: 0.0,
        shift: 0.0,
        flips: Flips::None,
        elastic: 0.0,
        intensity: 0.0,
        noise: 0.0,
    };

    /// Whether every amount is in its range, which [`augment`] asks for too.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), AugmentError> {
        let amounts = [
            ("rotation", self.rotation, 180.0),
            ("scale", self.scale, 4.0),
            ("shift", self.shift, 1.0),
            ("elastic", self.elastic, 0.2),
            ("intensity", self.intensity, 1.0),
            ("noise", self.noise, 1.0),
        ];
        let wrong = amounts.into_iter().find(|&(_, given, most)| !(0.0..=most).contains(&given));
        wrong.map_or(Ok(()), |(what, given, most)| Err(AugmentError::Amount { what, given, most }))
    }

    fn moves(&self) -> bool {
        let Self { rotation, scale, shift, flips, elastic, .. } = *self;
        [rotation, scale, shift, elastic].iter().any(|&amount| amount > 0.0) || flips != Flips::None
    }
}

/// A variation of `image`, in \[0, 1\], and of the map `target` that belongs to it, in \[0, 1\] and of the
/// same shape; both \[rows, columns\]. A seed is one variation, bit for bit, on every platform.
///
/// Values between pixels are interpolated linearly, in the target too; what lies outside is the nearest
/// pixel of the edge. **A target of zeros and ones stays one**: it is 1 where the interpolated value is at
/// least 0.5, so that thin parts can vanish and Betti numbers with them. The image stays in \[0, 1\].
///
/// # Errors
/// Shapes that differ or are empty, or an amount out of its range.
pub fn augment(
    image: ArrayView2<'_, f32>,
    target: ArrayView2<'_, f32>,
    how: &Augmentation,
    seed: u64,
) -> Result<(Array2<f32>, Array2<f32>), AugmentError> {
    let shape = [image.nrows(), image.ncols()];
    if image.dim() != target.dim() {
        return Err(AugmentError::Shapes { image: shape, target: [target.nrows(), target.ncols()] });
    }
    if image.is_empty() {
        return Err(AugmentError::Empty { shape });
    }
    how.check()?;
    let mut random = Random::new(0x6175_676d, seed);
    let places = Places::new(shape, how, &mut random);
    let (mut image, target) = if how.moves() {
        let is_mask = target.iter().all(|&value| value == 0.0 || value == 1.0);
        let mut moved = places.apply(target);
        if is_mask {
            moved.mapv_inplace(|value| if value >= 0.5 { 1.0 } else { 0.0 });
        }
        (places.apply(image), moved)
    } else {
        (image.to_owned(), target.to_owned())
    };
    change_values(&mut image, how, &mut random);
    Ok((image, target))
}

/// Where each pixel of the result comes from.
struct Places {
    shape: [usize; 2],
    /// A linear map about the middle: \[\[x of x, x of y\], \[y of x, y of y\]\].
    linear: [[f64; 2]; 2],
    shift: [f64; 2],
    bend: [Field; 2],
    reach: f64,
}

impl Places {
    fn new(shape: [usize; 2], how: &Augmentation, random: &mut Random) -> Self {
        let (sine, cosine) = libm::sincos(random.around_zero(how.rotation.to_radians()));
        let factor = libm::exp(random.around_zero(libm::log(1.0 + how.scale)));
        let mut flip = |may: bool| if random.chance(0.5) && may { -1.0 } else { 1.0 };
        let flips = [flip(how.flips != Flips::None), flip(how.flips == Flips::Both)];
        let shift = [shape[1], shape[0]].map(|length| random.around_zero(how.shift * length as f64));
        let longest = shape[0].max(shape[1]);
        let cell = longest as f64 * random.between(0.125, 0.34);
        let bend = [(); 2].map(|()| Field::new(random, longest, cell));
        Self {
            shape,
            linear: [
                [cosine / factor * flips[0], -sine / factor * flips[0]],
                [sine / factor * flips[1], cosine / factor * flips[1]],
            ],
            shift,
            bend,
            reach: how.elastic * longest as f64,
        }
    }

    fn apply(&self, image: ArrayView2<'_, f32>) -> Array2<f32> {
        let middle = [self.shape[1], self.shape[0]].map(|length| length as f64 / 2.0);
        Array2::from_shape_fn((self.shape[0], self.shape[1]), |(row, column)| {
            let point = [column as f64 + 0.5, row as f64 + 0.5];
            let [x, y] = [point[0] - middle[0] - self.shift[0], point[1] - middle[1] - self.shift[1]];
            let source = [0, 1].map(|axis| {
                let [of_x, of_y] = self.linear[axis];
                middle[axis] + of_x * x + of_y * y + self.reach * self.bend[axis].at(point)
            });
            interpolate(image, source)
        })
    }
}

/// The value at a point (\[x, y\]; pixel `i` has its centre at `i + 0.5`), linear between centres.
fn interpolate(image: ArrayView2<'_, f32>, [x, y]: [f64; 2]) -> f32 {
    let along = |at: f64, length: usize| {
        let at = (at - 0.5).clamp(0.0, (length - 1) as f64);
        let before = at.floor() as usize;
        (before, (before + 1).min(length - 1), at - before as f64)
    };
    let (left, right, to_right) = along(x, image.ncols());
    let (above, below, to_below) = along(y, image.nrows());
    let mix = |a: f64, b: f64, share: f64| a + (b - a) * share;
    let row = |row: usize| mix(image[[row, left]].into(), image[[row, right]].into(), to_right);
    mix(row(above), row(below), to_below) as f32
}

fn change_values(image: &mut Array2<f32>, how: &Augmentation, random: &mut Random) {
    if how.intensity > 0.0 {
        let mean = image.iter().copied().map(f64::from).sum::<f64>() / image.len() as f64;
        let contrast = 1.0 + random.around_zero(how.intensity);
        let brightness = random.around_zero(how.intensity / 2.0);
        let gamma = libm::exp(random.around_zero(libm::log(1.0 + how.intensity)));
        image.mapv_inplace(|value| {
            let value = (mean + contrast * (f64::from(value) - mean) + brightness).clamp(0.0, 1.0);
            libm::pow(value, gamma) as f32
        });
    }
    if how.noise > 0.0 {
        let deviation = random.between(0.0, how.noise);
        let mut values = image.iter_mut();
        while let Some(value) = values.next() {
            let noise = random.normal_pair();
            for (value, noise) in std::iter::once(value).chain(values.next()).zip(noise) {
                *value = (f64::from(*value) + deviation * noise).clamp(0.0, 1.0) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overlap::dice;

    fn ring() -> (Array2<f32>, Array2<f32>) {
        let radius = |(row, column): (usize, usize)| (row as f64 - 19.5).hypot(column as f64 - 15.5);
        let mask =
            Array2::from_shape_fn((40, 32), |at| f32::from(u8::from((5.0..9.0).contains(&radius(at)))));
        (mask.mapv(|value| 0.2 + 0.6 * value), mask)
    }

    const ALL: Augmentation = Augmentation {
        rotation: 25.0,
        scale: 0.2,
        shift: 0.05,
        flips: Flips::Both,
        elastic: 0.03,
        intensity: 0.3,
        noise: 0.05,
    };

    #[test]
    fn nothing_is_changed_by_nothing() {
        let (image, mask) = ring();
        let same = augment(image.view(), mask.view(), &Augmentation::NONE, 3).unwrap();
        assert_eq!(same, (image, mask));
    }

    #[test]
    fn a_seed_is_one_variation_and_image_and_mask_move_alike() {
        let (image, mask) = ring();
        let moving = Augmentation { intensity: 0.0, noise: 0.0, ..ALL };
        let mut different = 0;
        for seed in 0..20 {
            let (moved, moved_mask) = augment(image.view(), mask.view(), &moving, seed).unwrap();
            assert_eq!(augment(image.view(), mask.view(), &moving, seed).unwrap().0, moved);
            let seen = moved.mapv(|value| f32::from(u8::from(value >= 0.5)));
            assert_eq!(seen, moved_mask, "seed {seed}");
            different += usize::from(moved_mask != mask);
        }
        assert_eq!(different, 20);
    }

    #[test]
    fn images_stay_in_the_unit_interval_and_grey_targets_stay_grey() {
        let (image, mask) = ring();
        let grey = mask.mapv(|value| 0.3 * value);
        for seed in 0..10 {
            let (varied, target) = augment(image.view(), grey.view(), &ALL, seed).unwrap();
            assert!(varied.iter().all(|value| (0.0..=1.0).contains(value)));
            assert!(target.iter().any(|&value| value > 0.05 && value < 0.25));
        }
    }

    #[test]
    fn a_flip_is_exact_and_happens_to_half_of_the_images() {
        let image = Array2::from_shape_fn((5, 6), |(row, column)| (row * 6 + column) as f32 / 30.0);
        let flips = Augmentation { flips: Flips::LeftRight, ..Augmentation::NONE };
        let mirrored = Array2::from_shape_fn((5, 6), |(row, column)| image[[row, 5 - column]]);
        let mut count = 0;
        for seed in 0..200 {
            let (varied, _) = augment(image.view(), image.view(), &flips, seed).unwrap();
            assert!(varied == image || varied == mirrored, "seed {seed}");
            count += usize::from(varied == mirrored);
        }
        assert!((70..130).contains(&count), "{count}");
    }

    #[test]
    fn a_rotation_there_and_one_back_find_the_ring_again() {
        // A ring about the middle is its own rotation.
        let (image, mask) = ring();
        let turning = Augmentation { rotation: 180.0, ..Augmentation::NONE };
        for seed in 0..10 {
            let (_, turned) = augment(image.view(), mask.view(), &turning, seed).unwrap();
            assert!(dice(turned.view(), mask.view()).unwrap() > 0.93, "seed {seed}");
        }
    }

    #[test]
    fn refusals_say_what_is_accepted() {
        let (image, mask) = ring();
        let how = Augmentation { rotation: 200.0, ..Augmentation::NONE };
        let error = augment(image.view(), mask.view(), &how, 0).unwrap_err();
        assert_eq!(error.to_string(), "rotation is 200; 0 to 180 is accepted");
        let error = augment(image.view(), mask.t(), &Augmentation::NONE, 0).unwrap_err();
        assert!(matches!(error, AugmentError::Shapes { image: [40, 32], target: [32, 40] }), "{error}");
        let empty = Array2::zeros((0, 3));
        assert!(matches!(augment(empty.view(), empty.view(), &ALL, 0), Err(AugmentError::Empty { .. })));
    }
}
