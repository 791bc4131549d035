//! Files in which pixels change and all else stays as it is.

use crate::decode::recognise;
use crate::encode::Samples;
use crate::error::{DecodeError, EncodeError};
use crate::format::Format;
use crate::image::{Channels, SampleType};
use crate::limits::Limits;
#[cfg(feature = "metaimage")]
use crate::meta_image;
use crate::nifti::{self, Compression};
#[cfg(feature = "nrrd")]
use crate::nrrd;
use crate::samples::ByteOrder;
use crate::stored::{Bound, closest, put};
use crate::{npy, npz, png, tiff};

/// What becomes of a pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// What another pixel, given by its index, is in the file: all its channels, bit for bit.
    Copy(usize),
    /// The least value that the type of the file has and that is read as this or more.
    AtLeast(f32),
    /// The greatest value that the type of the file has and that is read as this or less.
    AtMost(f32),
}

/// Why a file cannot be rewritten.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RewriteError {
    /// It cannot be read.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The result cannot be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// Its format, type or palette has no such value; in another type it can be written.
    #[error("{format}: {problem}")]
    Unfit {
        /// The format of the file.
        format: Format,
        /// What does not fit.
        problem: String,
    },
}

impl RewriteError {
    pub(crate) fn unfit(format: Format, problem: impl Into<String>) -> Self {
        Self::Unfit { format, problem: problem.into() }
    }
}

/// The file with other values for some of its pixels. Pixels are counted in C order over the shape of the decoded
/// image; what they copy is what the file had before all changes.
///
/// PNG keeps its bit depth, palette, resolution and text; TIFF its type, palette, resolution, descriptions and
/// positions (but is written uncompressed, and its thumbnails are left out); NPY and NIfTI stay as they are to the byte, but for
/// the pixels. So do NRRD and MetaImage, in the encoding that they have; where that compresses, what is compressed is other
/// bytes. Of an NPZ archive the array `member`, or the first one, becomes an NPY. `compression` is that of
/// NIfTI. A picture that is turned by its EXIF orientation is written as it is shown.
///
/// # Errors
/// If the file cannot be read, if it is JPEG or WebP, or if its type or palette has no such value.
pub fn rewrite(
    file: &[u8],
    member: Option<&str>,
    changes: &[(usize, Change)],
    compression: Compression,
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    match recognise(file)? {
        Format::Png => png::rewrite(file, changes, limits),
        Format::Tiff => tiff::rewrite(file, changes, limits),
        Format::Npy => npy::rewrite(file.to_vec(), changes, limits),
        Format::Npz => npy::rewrite(npz::extract(file, member, limits)?, changes, limits),
        Format::Nifti => nifti::rewrite(file, changes, compression, limits),
        #[cfg(feature = "nrrd")]
        Format::Nrrd => nrrd::rewrite(file, changes, limits),
        #[cfg(feature = "metaimage")]
        Format::MetaImage => meta_image::rewrite(file, changes, limits),
        format => Err(RewriteError::unfit(format, "files of this format are not written")),
    }
}

/// The file with other values for all of its pixels, perhaps of another type: a NIfTI keeps its place in space, units
/// and description, an NRRD and a MetaImage their whole header but for type and range, a TIFF its resolution and
/// descriptions.
///
/// # Errors
/// If the file cannot be read, is of another format, or has another number of pixels.
pub fn with_values(
    file: &[u8],
    samples: Samples<'_>,
    compression: Compression,
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    match recognise(file)? {
        Format::Nifti => nifti::with_values(file, &samples, compression, limits),
        Format::Tiff => Ok(tiff::encode_like(file, samples, limits)?),
        #[cfg(feature = "nrrd")]
        Format::Nrrd => nrrd::with_values(file, &samples, limits),
        #[cfg(feature = "metaimage")]
        Format::MetaImage => meta_image::with_values(file, &samples, limits),
        format => Err(RewriteError::unfit(format, "files of this format have nothing else to keep")),
    }
}

/// Where the pixels of a file are, in bytes that are not compressed.
pub(crate) struct RawPixels {
    pub(crate) format: Format,
    /// Where the first one begins.
    pub(crate) start: usize,
    pub(crate) count: usize,
    pub(crate) channels: Channels,
    pub(crate) sample_type: SampleType,
    pub(crate) order: ByteOrder,
    pub(crate) scaling: Option<(f64, f64)>,
}

impl RawPixels {
    /// Makes the changes in the bytes of a file; `place` is the position at which a pixel is stored.
    pub(crate) fn change(
        &self,
        bytes: &mut [u8],
        changes: &[(usize, Change)],
        place: impl Fn(usize) -> usize,
    ) -> Result<(), RewriteError> {
        let length = self.channels.count() * self.sample_type.bytes();
        let at = |pixel: usize| {
            let is_there = pixel < self.count;
            let start = if is_there { self.start + place(pixel) * length } else { usize::MAX };
            start..start.saturating_add(length)
        };
        let outside = || RewriteError::unfit(self.format, "there is no such pixel");
        // All copies are made before the first pixel changes.
        let mut stored = Vec::with_capacity(changes.len() * length);
        for &(pixel, change) in changes {
            match change {
                Change::Copy(source) => stored.extend(bytes.get(at(source)).ok_or_else(outside)?),
                Change::AtLeast(_) | Change::AtMost(_) => {
                    let number = number(self.format, change, self.sample_type, self.scaling)?;
                    let old = bytes.get(at(pixel)).ok_or_else(outside)?;
                    let colours = colours(self.channels);
                    (0..colours).for_each(|_| put(number, self.sample_type, self.order, &mut stored));
                    stored.extend(&old[colours * self.sample_type.bytes()..]);
                }
            }
        }
        for (&(pixel, _), new) in changes.iter().zip(stored.chunks_exact(length)) {
            bytes.get_mut(at(pixel)).ok_or_else(outside)?.copy_from_slice(new);
        }
        Ok(())
    }
}

/// Makes the changes in decoded samples, whose channels are side by side. `scaling` is that from stored numbers.
pub(crate) fn change_samples(
    format: Format,
    samples: &mut [f32],
    (channels, sample_type): (Channels, SampleType),
    scaling: Option<(f64, f64)>,
    changes: &[(usize, Change)],
) -> Result<(), RewriteError> {
    let length = channels.count();
    let outside = || RewriteError::unfit(format, "there is no such pixel");
    let mut new = Vec::with_capacity(changes.len() * length);
    for &(pixel, change) in changes {
        let of = |pixel: usize| samples.chunks_exact(length).nth(pixel).ok_or_else(outside);
        match change {
            Change::Copy(source) => new.extend(of(source)?),
            Change::AtLeast(_) | Change::AtMost(_) if channels == Channels::Index => {
                return Err(RewriteError::unfit(format, "the palette has no colour for new values"));
            }
            Change::AtLeast(_) | Change::AtMost(_) => {
                let number = number(format, change, sample_type, scaling)?;
                let (slope, intercept) = scaling.unwrap_or((1.0, 0.0));
                let value = (number * slope + intercept) as f32;
                let colours = colours(channels);
                new.extend((0..colours).map(|_| value));
                new.extend(&of(pixel)?[colours..]);
            }
        }
    }
    for (&(pixel, _), new) in changes.iter().zip(new.chunks_exact(length)) {
        let old = samples.chunks_exact_mut(length).nth(pixel).ok_or_else(outside)?;
        old.copy_from_slice(new);
    }
    Ok(())
}

pub(crate) fn number(
    format: Format,
    change: Change,
    sample_type: SampleType,
    scaling: Option<(f64, f64)>,
) -> Result<f64, RewriteError> {
    let (bound, value, side) = match change {
        Change::AtMost(value) => (Bound::AtMost(value), value, "at most"),
        Change::AtLeast(value) => (Bound::AtLeast(value), value, "at least"),
        Change::Copy(_) => return Err(RewriteError::unfit(format, "a copy has no value of its own")),
    };
    closest(bound, sample_type, scaling)
        .ok_or_else(|| RewriteError::unfit(format, format!("no {sample_type} of the file is {side} {value}")))
}

/// Samples of a pixel that are not alpha.
pub(crate) fn colours(channels: Channels) -> usize {
    match channels {
        Channels::Grey | Channels::GreyAlpha | Channels::Index => 1,
        Channels::Rgb | Channels::Rgba => 3,
    }
}
