//! NIfTI-1 and NIfTI-2 in one file (`.nii`, `.nii.gz`), by nifti1.h and nifti2.h.
//!
//! Written here because the `nifti` crate reads only the first member of a gzip stream, keeps
//! axes in 16 bit even for NIfTI-2, allocates what the header claims, and panics on some headers.

mod encode;
mod fields;
mod header;
mod rewrite;

pub(crate) use rewrite::{rewrite, with_values};

pub use encode::{Compression, encode_nifti};

use std::io::Read;

use crate::error::DecodeError;
use crate::format::Format::Nifti;
use crate::format::GZIP;
use crate::gzip::Members;
use crate::image::Image;
use crate::limits::Limits;
use crate::note::Note;
use crate::samples::{RawSamples, finish, inflated_at_most, unless_zeros};
use header::Header;

/// Voxels in the order they are stored in, so that a mask of the same shape written back lies on
/// the same voxels: nothing is reoriented, the orientation is reported.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<(Image, Vec<Note>), DecodeError> {
    let (image, trailing) = if bytes.starts_with(&GZIP) {
        let mut members = Members::new(bytes);
        let image = read(&mut members, inflated_at_most(bytes.len()), limits)?;
        let inside = finish(Nifti, &mut members)?;
        (image, inside + unless_zeros(members.trailing()))
    } else {
        let mut rest = bytes;
        let image = read(&mut rest, bytes.len() as u64, limits)?;
        (image, unless_zeros(rest))
    };
    let notes = (trailing > 0).then_some(Note::TrailingBytes { format: Nifti, count: trailing });
    Ok((image, notes.into_iter().collect()))
}

/// The image from `source`, which holds at most `available` bytes.
fn read(mut source: &mut dyn Read, available: u64, limits: &Limits) -> Result<Image, DecodeError> {
    let header = Header::read(&mut source)?;
    skip_to_voxels(&header, source, available)?;
    let raw = RawSamples {
        format: Nifti,
        shape: &header.shape,
        channels: header.channels.count() as u64,
        sample_type: header.sample_type,
        order: header.order,
        scaling: header.scaling,
    };
    let left = available.saturating_sub(header.voxel_offset);
    let samples = raw.read(source, left, limits)?;
    let shape: Vec<usize> = header.shape.iter().map(|&length| length as usize).collect();
    let image = Image::interleaved(&shape, header.channels, header.sample_type, samples)
        .map_err(|error| DecodeError::malformed(Nifti, "dim", error))?;
    Ok(image.with_geometry(header.geometry, header.scaling.is_some()))
}

/// Header extensions, which are not used, stand between the header and the voxels.
fn skip_to_voxels(header: &Header, source: &mut dyn Read, available: u64) -> Result<(), DecodeError> {
    let between = header.voxel_offset - header.length;
    let skipped = std::io::copy(&mut source.take(between), &mut std::io::sink())
        .map_err(|error| DecodeError::malformed(Nifti, "compressed data", error))?;
    if skipped < between {
        return Err(DecodeError::Truncated {
            format: Nifti,
            place: "vox_offset".to_string(),
            needed: header.voxel_offset,
            available: available.min(header.length + skipped),
        });
    }
    Ok(())
}
