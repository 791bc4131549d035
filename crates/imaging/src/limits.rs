//! How much a file may ask for.

use crate::error::DecodeError;
use crate::format::Format;

/// Upper bounds that are checked before anything is allocated.
///
/// A few bytes of header can claim an image of terabytes; decoding refuses it with
/// [`DecodeError::TooLarge`] instead of trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most pixels or voxels, over all pages and time points; channels do not count.
    /// Default: 2^29 (512 Mi), on 32-bit targets such as WebAssembly 2^27 (128 Mi, one volume
    /// of 512 x 512 x 512).
    pub max_pixels: u64,
    /// Most bytes for the decoded samples, both in the type they are stored in and as `f32`.
    /// Default: 4 GiB, on 32-bit targets 512 MiB.
    pub max_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        if cfg!(target_pointer_width = "64") {
            Self { max_pixels: 1 << 29, max_bytes: 1 << 32 }
        } else {
            Self { max_pixels: 1 << 27, max_bytes: 1 << 29 }
        }
    }
}

impl Limits {
    /// Number of samples in an array of `shape` pixels with `channels` samples of `sample_bytes`
    /// each, or the error that says which limit it breaks. A product that overflows breaks it too.
    pub(crate) fn samples(
        &self,
        format: Format,
        shape: &[u64],
        channels: u64,
        sample_bytes: u64,
    ) -> Result<usize, DecodeError> {
        let too_large = |requested, limit, unit| DecodeError::TooLarge {
            format,
            shape: describe(shape),
            requested,
            limit,
            unit,
        };
        let pixels =
            shape.iter().try_fold(1_u64, |product, &length| product.checked_mul(length)).unwrap_or(u64::MAX);
        if pixels > self.max_pixels {
            return Err(too_large(pixels, self.max_pixels, "pixels"));
        }
        let samples = pixels.saturating_mul(channels);
        let bytes = samples.saturating_mul(sample_bytes.max(size_of::<f32>() as u64));
        let address_space = isize::MAX as u64;
        if bytes > self.max_bytes.min(address_space) {
            return Err(too_large(bytes, self.max_bytes.min(address_space), "bytes"));
        }
        Ok(samples as usize)
    }

    /// `max_bytes` for decoders that count in `usize`.
    pub(crate) fn bytes_as_usize(&self) -> usize {
        usize::try_from(self.max_bytes).unwrap_or(usize::MAX)
    }
}

/// An empty `f32` buffer with room for `samples`, or an error where the memory is not there.
pub(crate) fn reserve(format: Format, samples: usize) -> Result<Vec<f32>, DecodeError> {
    let mut data = Vec::new();
    data.try_reserve_exact(samples).map_err(|_| {
        DecodeError::malformed(
            format,
            "decoded samples",
            format!("{samples} samples do not fit into the memory of this machine"),
        )
    })?;
    Ok(data)
}

/// `512 x 512`, as messages print a shape.
pub(crate) fn describe(shape: &[u64]) -> String {
    let lengths: Vec<String> = shape.iter().map(u64::to_string).collect();
    lengths.join(" x ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_volumes_fit_and_bombs_do_not() {
        let limits = Limits::default();
        assert_eq!(limits.samples(Format::Nifti, &[512, 512, 512], 1, 2), Ok(1 << 27));
        for bomb in [[30000, 30000, 30000], [u64::MAX, 2, 1]] {
            let error = limits.samples(Format::Nifti, &bomb, 1, 1).unwrap_err();
            assert!(matches!(error, DecodeError::TooLarge { unit: "pixels", .. }));
        }
        let tight = Limits { max_pixels: 1 << 20, max_bytes: 1 << 10 };
        let error = tight.samples(Format::Png, &[32, 32], 1, 1).unwrap_err();
        assert_eq!(error.to_string(), "PNG: 32 x 32 needs 4096 bytes, the limit is 1024");
    }
}
