//! Synthetic samples with their ground truth: images that look like those of the paper's
//! experiments, made without any third-party picture.
//!
//! [`digit`] writes handwritten-like digits as MNIST has them, [`heart`] makes short-axis slices
//! of a heart as a scanner might, and [`shape`] makes blobs, rings, trees and cells of any size.
//! Each gives a [`Sample`]: the image, the mask that a segmentation should find, and its Betti
//! numbers. A seed is one sample, bit for bit, on every platform and for one version of this
//! crate; all transcendental functions come from `libm`.
//!
//! ```
//! use imaging::synthetic::{ShapeKind, digit, heart, shape};
//!
//! assert_eq!(digit(8, 42)?.betti, [1, 2]);
//! assert_eq!(heart(42).image.dim(), (80, 80));
//! let rings = shape(ShapeKind::Rings, 96, 42)?;
//! assert_eq!(rings.betti[0], rings.betti[1]);
//! # Ok::<(), imaging::synthetic::SampleError>(())
//! ```

mod anatomy;
mod digits;
pub(crate) mod field;
mod finish;
mod glyphs;
mod heart;
mod outline;
mod shapes;
mod stroke;
mod topology;

use ndarray::Array2;

pub use digits::{DIGIT_SIZE, digit, digit_betti};
pub use heart::{HEART_SIZE, heart};
pub use shapes::{SHAPE_NORMALISATION, SHAPE_SIZES, shape};

/// An image with the truth about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// \[rows, columns\], in \[0, 1\].
    pub image: Array2<f32>,
    /// Shape of the image; 1 in the foreground, 0 elsewhere.
    pub mask: Array2<f32>,
    /// Components and holes of the mask, pixels being closed squares (connectivity T: the
    /// foreground is 8-connected).
    pub betti: [usize; 2],
    /// What the image shows.
    pub kind: Kind,
}

/// What a [`Sample`] shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A digit, 0 to 9.
    Digit(u8),
    /// A short-axis slice of a heart; the mask is the myocardium of the left ventricle.
    Heart,
    /// Blobs, rings, a tree or cells.
    Shape(ShapeKind),
}

/// What [`shape`] draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShapeKind {
    /// One to six smooth bodies that do not touch: Betti numbers (n, 0).
    Blobs,
    /// One to four closed bands that do not touch: (n, n).
    Rings,
    /// A vessel that branches: (1, 0).
    Tree,
    /// Six or more small bodies, packed, each of its own brightness: (n, 0).
    Cells,
}

impl ShapeKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 4] = [Self::Blobs, Self::Rings, Self::Tree, Self::Cells];
}

/// Why a sample cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// There is no such digit.
    #[error("there is no digit {label}; 0 to 9 are accepted")]
    Label {
        /// As given.
        label: u8,
    },
    /// The size is outside [`SHAPE_SIZES`].
    #[error(
        "a shape of {size} x {size} pixels cannot be made; {} to {} are accepted",
        SHAPE_SIZES.start(),
        SHAPE_SIZES.end()
    )]
    Size {
        /// As given.
        size: usize,
    },
}

/// 1 where `inside`, 0 elsewhere.
fn as_mask(inside: &Array2<bool>) -> Array2<f32> {
    inside.mapv(|inside| if inside { 1.0 } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kspace::{Corruption, LineDirection, corrupt};
    use persistence::{Options, barcode};

    fn samples(count: u64) -> impl Iterator<Item = Sample> {
        (0..count).flat_map(|seed| {
            let digits = (0..10).map(move |label| digit(label, seed).unwrap());
            let sizes = [32, 47, 64, 96];
            let shapes = ShapeKind::ALL
                .into_iter()
                .map(move |kind| shape(kind, sizes[seed as usize % 4], seed).unwrap());
            digits.chain(shapes).chain([heart(seed)])
        })
    }

    #[test]
    fn images_are_in_the_unit_interval_and_masks_are_binary() {
        for sample in samples(6) {
            assert_eq!(sample.image.dim(), sample.mask.dim());
            assert!(sample.image.iter().all(|value| (0.0..=1.0).contains(value)), "{:?}", sample.kind);
            let high = sample.image.iter().copied().fold(0.0, f32::max);
            assert!(high > 0.9, "{:?}: {high}", sample.kind);
            assert!(sample.mask.iter().all(|&value| value == 0.0 || value == 1.0));
        }
    }

    #[test]
    fn the_betti_numbers_are_those_of_the_mask_and_of_the_kind() {
        for sample in samples(20) {
            let found = barcode(sample.mask.view(), Options::default()).unwrap().betti_numbers(0.5);
            assert_eq!(found, sample.betti, "{:?}", sample.kind);
            let [components, holes] = sample.betti;
            let right = match sample.kind {
                Kind::Digit(0 | 6 | 9) | Kind::Heart => sample.betti == [1, 1],
                Kind::Digit(8) => sample.betti == [1, 2],
                Kind::Digit(_) | Kind::Shape(ShapeKind::Tree) => sample.betti == [1, 0],
                Kind::Shape(ShapeKind::Blobs) => (1..=6).contains(&components) && holes == 0,
                Kind::Shape(ShapeKind::Rings) => (1..=4).contains(&components) && holes == components,
                Kind::Shape(ShapeKind::Cells) => components >= 6 && holes == 0,
            };
            assert!(right, "{:?}: {:?}", sample.kind, sample.betti);
        }
    }

    #[test]
    fn the_betti_numbers_of_a_digit_are_those_of_its_image_at_one_half() {
        for label in 0..10 {
            for seed in 100..130 {
                let sample = digit(label, seed).unwrap();
                let found = barcode(sample.image.view(), Options::default()).unwrap().betti_numbers(0.5);
                assert_eq!(found, sample.betti, "digit {label}, seed {seed}");
            }
        }
    }

    #[test]
    fn a_seed_is_one_sample() {
        let all: Vec<Sample> = samples(2).collect();
        assert!(samples(2).eq(all.iter().cloned()));
        for (at, sample) in all.iter().enumerate() {
            assert!(all[at + 1..].iter().all(|other| other.image != sample.image));
        }
    }

    #[test]
    fn the_bits_of_a_seed_are_the_same_on_every_platform() {
        // A new value here is a new data set: say so where the change is announced.
        let hash = samples(3).fold(FNV_START, |hash, sample| digest(hash, &sample.image));
        assert_eq!(hash, 13_057_306_349_031_628_748);
        let corruptions = [
            Corruption::RowsAndColumns { m: 8 },
            Corruption::Lines { m: 60, direction: LineDirection::Rows },
        ];
        let hash = corruptions.iter().fold(FNV_START, |hash, &corruption| {
            digest(hash, &corrupt(heart(0).image.view(), corruption, 1).unwrap().image)
        });
        assert_eq!(hash, 9_683_353_671_182_693_640);
    }

    const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

    fn digest(hash: u64, image: &Array2<f32>) -> u64 {
        let bytes = image.iter().flat_map(|value| value.to_le_bytes());
        bytes.fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }

    #[test]
    fn refusals_say_what_is_accepted() {
        assert_eq!(digit(10, 0).unwrap_err().to_string(), "there is no digit 10; 0 to 9 are accepted");
        assert_eq!(
            shape(ShapeKind::Tree, 31, 0).unwrap_err().to_string(),
            "a shape of 31 x 31 pixels cannot be made; 32 to 4096 are accepted"
        );
    }
}
