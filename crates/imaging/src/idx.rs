//! The IDX files of MNIST: images and labels as unsigned bytes, gzipped or plain.
//!
//! An IDX file is two zero bytes, the type (8: unsigned byte), the number of axes, the length of
//! each axis as a big-endian 32-bit number, and the values, last axis fastest. Images have three
//! axes \[count, rows, columns\], labels one.
//!
//! ```
//! use imaging::{Limits, idx};
//!
//! let file = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60];
//! let images = idx::read_images(&file, &Limits::default())?;
//! assert_eq!(images.shape(), [2, 1, 3]);
//! assert_eq!(images[[1, 0, 2]], 60);
//! # Ok::<(), idx::IdxError>(())
//! ```

use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;
use ndarray::{Array1, Array3};

use crate::format::GZIP;
use crate::limits::{Limits, describe};
use crate::samples::read_full;

/// Why bytes could not be read as IDX.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IdxError {
    /// The first four bytes are not those of the kind of file asked for.
    #[error("IDX: the file begins with {found:02x?}; {what} begin with {expected:02x?}")]
    Magic {
        /// What is there.
        found: [u8; 4],
        /// `images` or `labels`.
        what: &'static str,
        /// What has to be there.
        expected: [u8; 4],
    },
    /// The file ends before all that its header promises.
    #[error("IDX: {place}: the file is cut: {needed} bytes are needed, {available} are there")]
    Truncated {
        /// What was being read.
        place: &'static str,
        /// Bytes that are promised.
        needed: u64,
        /// Bytes that are there.
        available: u64,
    },
    /// There is more in the file than its header says.
    #[error("IDX: there are bytes after the {expected} values that the header promises")]
    TooLong {
        /// Values by the header.
        expected: u64,
    },
    /// Reading would take more than [`Limits`] allow; nothing was allocated.
    #[error("IDX: {shape} is more than the limit of {limit} {unit}")]
    TooLarge {
        /// The shape by the header.
        shape: String,
        /// What is allowed.
        limit: u64,
        /// `pixels` or `bytes`.
        unit: &'static str,
    },
    /// The gzip stream is damaged.
    #[error("IDX: gzip: {problem}")]
    Gzip {
        /// What the decompressor says.
        problem: String,
    },
}

/// The images of a file such as `train-images-idx3-ubyte.gz`: \[count, rows, columns\], 0 to 255.
///
/// # Errors
/// Another kind of file, a damaged one, or one that is larger than `limits`: see [`IdxError`].
pub fn read_images(bytes: &[u8], limits: &Limits) -> Result<Array3<u8>, IdxError> {
    let ([count, rows, columns], values) = read(bytes, "images", limits)?;
    // The number of values is the product of the axes, so the shape fits.
    Ok(Array3::from_shape_vec((count, rows, columns), values).unwrap_or_default())
}

/// The labels of a file such as `train-labels-idx1-ubyte.gz`, one for each image.
///
/// # Errors
/// As [`read_images`].
pub fn read_labels(bytes: &[u8], limits: &Limits) -> Result<Array1<u8>, IdxError> {
    let (_, values) = read::<1>(bytes, "labels", limits)?;
    Ok(Array1::from_vec(values))
}

/// The lengths of the axes, and the values.
fn read<const AXES: usize>(
    bytes: &[u8],
    what: &'static str,
    limits: &Limits,
) -> Result<([usize; AXES], Vec<u8>), IdxError> {
    let mut source: Box<dyn Read + '_> = match bytes.starts_with(&GZIP) {
        true => Box::new(MultiGzDecoder::new(bytes)),
        false => Box::new(Cursor::new(bytes)),
    };
    let expected = [0, 0, 8, AXES as u8];
    let found = word(&mut source, "first four bytes")?;
    if found != expected {
        return Err(IdxError::Magic { found, what, expected });
    }
    let mut shape = [0; AXES];
    for length in &mut shape {
        *length = u64::from(u32::from_be_bytes(word(&mut source, "lengths of the axes")?));
    }
    let needed = values_within(limits, &shape)?;

    // Grows with what is really there, not with what the header claims.
    let mut values = Vec::new();
    (&mut source).take(needed).read_to_end(&mut values).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => cut(needed, values.len()),
        _ => gzip(error),
    })?;
    if values.len() as u64 != needed {
        return Err(cut(needed, values.len()));
    }
    // Reading past the values verifies the checksum of a gzip stream.
    let mut rest = Vec::new();
    source.take(1).read_to_end(&mut rest).map_err(gzip)?;
    match rest.is_empty() {
        true => Ok((shape.map(|length| length as usize), values)),
        false => Err(IdxError::TooLong { expected: needed }),
    }
}

/// The number of values, or the limit that it breaks.
fn values_within(limits: &Limits, shape: &[u64]) -> Result<u64, IdxError> {
    let values = shape.iter().try_fold(1_u64, |product, &length| product.checked_mul(length));
    let values = values.unwrap_or(u64::MAX);
    for (limit, unit) in [(limits.max_pixels, "pixels"), (limits.max_bytes, "bytes")] {
        if values > limit.min(isize::MAX as u64) {
            return Err(IdxError::TooLarge { shape: describe(shape), limit, unit });
        }
    }
    Ok(values)
}

fn word(source: &mut dyn Read, place: &'static str) -> Result<[u8; 4], IdxError> {
    let mut word = [0; 4];
    match read_full(source, &mut word) {
        Ok(4) => Ok(word),
        Ok(length) => Err(IdxError::Truncated { place, needed: 4, available: length as u64 }),
        Err(error) => Err(gzip(error)),
    }
}

fn cut(needed: u64, available: usize) -> IdxError {
    IdxError::Truncated { place: "values", needed, available: available as u64 }
}

fn gzip(error: std::io::Error) -> IdxError {
    IdxError::Gzip { problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ndarray::array;
    use proptest::prelude::*;
    use std::io::Write;

    const LIMITS: Limits = Limits { max_pixels: 1000, max_bytes: 1000 };
    const IMAGES: [u8; 28] =
        [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255];
    const LABELS: [u8; 11] = [0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9];

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn images(bytes: &[u8]) -> Result<Array3<u8>, IdxError> {
        read_images(bytes, &LIMITS)
    }

    #[test]
    fn plain_and_gzipped_files_are_read() {
        for file in [IMAGES.to_vec(), gzipped(&IMAGES)] {
            let expected = array![[[1, 2], [3, 4]], [[5, 6], [7, 8]], [[9, 10], [11, 255]]];
            assert_eq!(images(&file), Ok(expected));
        }
        for file in [LABELS.to_vec(), gzipped(&LABELS)] {
            assert_eq!(read_labels(&file, &LIMITS), Ok(array![7, 0, 9]));
        }
    }

    #[test]
    fn another_kind_of_file_is_named() {
        assert_eq!(
            images(&LABELS).unwrap_err().to_string(),
            "IDX: the file begins with [00, 00, 08, 01]; images begin with [00, 00, 08, 03]"
        );
        assert!(matches!(read_labels(&IMAGES, &LIMITS), Err(IdxError::Magic { what: "labels", .. })));
        assert!(matches!(images(b"\x89PNG\r\n"), Err(IdxError::Magic { .. })));
    }

    #[test]
    fn cut_long_and_damaged_files_are_refused() {
        let cut = |place, needed, available| Err(IdxError::Truncated { place, needed, available });
        assert_eq!(images(&IMAGES[..27]), cut("values", 12, 11));
        assert_eq!(images(&IMAGES[..14]), cut("lengths of the axes", 4, 2));
        assert_eq!(images(&[]), cut("first four bytes", 4, 0));
        assert_eq!(images(&[&IMAGES[..], &[0]].concat()), Err(IdxError::TooLong { expected: 12 }));

        let file = gzipped(&IMAGES);
        for length in 2..file.len() {
            let error = images(&file[..length]).unwrap_err();
            assert!(matches!(error, IdxError::Truncated { .. } | IdxError::Gzip { .. }), "{length}: {error}");
        }
        let mut wrong_sum = file;
        let sum = wrong_sum.len() - 8;
        wrong_sum[sum] ^= 1;
        assert!(matches!(images(&wrong_sum), Err(IdxError::Gzip { .. })));
    }

    #[test]
    fn a_header_cannot_claim_more_than_the_limits() {
        let mut bomb = IMAGES;
        bomb[4..16].fill(0xff);
        assert!(matches!(images(&bomb), Err(IdxError::TooLarge { unit: "pixels", .. })));
        let tight = Limits { max_pixels: 12, max_bytes: 11 };
        assert_eq!(
            read_images(&IMAGES, &tight).unwrap_err().to_string(),
            "IDX: 3 x 2 x 2 is more than the limit of 11 bytes"
        );
        // Within the limits, but not there.
        let large = Limits { max_pixels: u64::MAX, max_bytes: u64::MAX };
        let mut promise = LABELS;
        promise[4..8].fill(0xff);
        let expected = IdxError::Truncated { place: "values", needed: u32::MAX.into(), available: 3 };
        assert_eq!(read_labels(&promise, &large), Err(expected));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(5000) })]

        #[test]
        fn changed_and_cut_files_never_panic(
            gzip in any::<bool>(),
            changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..6),
            keep in 0.5..1.5,
        ) {
            let mut file = if gzip { gzipped(&IMAGES) } else { IMAGES.to_vec() };
            for (at, value) in changes {
                let length = file.len();
                file[at % length] = value;
            }
            file.truncate((file.len() as f64 * keep) as usize);
            if let Ok(images) = images(&file) {
                prop_assert!(images.len() <= 1000);
            }
            let _ = read_labels(&file, &LIMITS);
        }
    }
}
