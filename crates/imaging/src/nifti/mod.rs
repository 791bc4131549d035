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

use flate2::bufread::MultiGzDecoder;

use crate::error::DecodeError;
use crate::format::Format::Nifti;
use crate::format::GZIP;
use crate::image::Image;
use crate::limits::Limits;
use crate::samples::{RawSamples, finish, inflated_at_most};
use header::Header;

/// Voxels in the order they are stored in, so that a mask of the same shape written back lies on
/// the same voxels: nothing is reoriented, the orientation is reported.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Image, DecodeError> {
    let (mut source, available): (Box<dyn Read + '_>, u64) = if bytes.starts_with(&GZIP) {
        let available = inflated_at_most(bytes.len());
        (Box::new(MultiGzDecoder::new(bytes)), available)
    } else {
        (Box::new(bytes), bytes.len() as u64)
    };
    let header = Header::read(&mut source)?;
    skip_to_voxels(&header, &mut source, available)?;

    let raw = RawSamples {
        format: Nifti,
        shape: &header.shape,
        channels: header.channels.count() as u64,
        sample_type: header.sample_type,
        order: header.order,
        scaling: header.scaling,
    };
    let left = available.saturating_sub(header.voxel_offset);
    let samples = raw.read(&mut source, left, limits)?;
    if bytes.starts_with(&GZIP) {
        finish(Nifti, &mut source)?;
    }
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
