//! NIfTI with other voxels: its header and extensions stay, so that units, both placements, names and intents do.

use std::io::Read;

use flate2::bufread::MultiGzDecoder;

use crate::encode::Samples;
use crate::error::DecodeError;
use crate::format::Format::Nifti;
use crate::format::GZIP;
use crate::limits::Limits;
use crate::nifti::encode::{Compression, compressed, datatype};
use crate::nifti::fields::Version;
use crate::nifti::header::Header;
use crate::rewrite::{Change, RawPixels, RewriteError};
use crate::samples::ByteOrder;

/// The file with some of its voxels changed; all else stays to the bit.
pub(crate) fn rewrite(
    file: &[u8],
    changes: &[(usize, Change)],
    compression: Compression,
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    let Plain { mut bytes, header, count, .. } = Plain::read(file, limits)?;
    let pixels = RawPixels {
        format: Nifti,
        start: header.voxel_offset as usize,
        count,
        channels: header.channels,
        sample_type: header.sample_type,
        order: header.order,
        scaling: header.scaling,
    };
    pixels.change(&mut bytes, changes, |voxel| voxel)?;
    Ok(compressed(bytes, compression)?)
}

/// The file with other values for all of its voxels. Slope and intercept, and the range for display, are those of the
/// old values and go.
pub(crate) fn with_values(
    file: &[u8],
    samples: &Samples<'_>,
    compression: Compression,
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    let Plain { mut bytes, header, count, version } = Plain::read(file, limits)?;
    if samples.shape().iter().product::<usize>() != count {
        return Err(RewriteError::unfit(Nifti, format!("the file has {count} voxels")));
    }
    let stored = samples.stored_type();
    bytes.truncate(header.voxel_offset as usize);
    let mut put = |at: usize, little: &[u8]| {
        let big = little.iter().rev();
        match header.order {
            ByteOrder::Little => bytes[at..at + little.len()].copy_from_slice(little),
            ByteOrder::Big => {
                bytes[at..at + little.len()].iter_mut().zip(big).for_each(|(to, &from)| *to = from)
            }
        }
    };
    let bits = 8 * stored.bytes() as i16;
    // Positions from nifti1.h and nifti2.h: datatype, bitpix, scl_slope, scl_inter, cal_max, cal_min.
    match version {
        Version::One => {
            put(70, &datatype(stored).to_le_bytes());
            put(72, &bits.to_le_bytes());
            for (at, value) in [(112, 1.0_f32), (116, 0.0), (124, 0.0), (128, 0.0)] {
                put(at, &value.to_le_bytes());
            }
        }
        Version::Two => {
            put(12, &datatype(stored).to_le_bytes());
            put(14, &bits.to_le_bytes());
            for (at, value) in [(176, 1.0_f64), (184, 0.0), (192, 0.0), (200, 0.0)] {
                put(at, &value.to_le_bytes());
            }
        }
    }
    samples.write_as(stored, header.order, &mut bytes);
    Ok(compressed(bytes, compression)?)
}

/// A file that is not compressed, from its header to its last voxel.
struct Plain {
    bytes: Vec<u8>,
    header: Header,
    version: Version,
    count: usize,
}

impl Plain {
    fn read(file: &[u8], limits: &Limits) -> Result<Self, DecodeError> {
        let header = Header::read(&mut plain(file))?;
        let channels = header.channels.count();
        let size = header.sample_type.bytes();
        let samples = limits.samples(Nifti, &header.shape, channels as u64, size as u64)?;
        let length = header.voxel_offset + (samples * size) as u64;
        let mut bytes = Vec::new();
        let read = plain(file).take(length).read_to_end(&mut bytes);
        read.map_err(|error| DecodeError::malformed(Nifti, "compressed data", error))?;
        if (bytes.len() as u64) < length {
            return Err(DecodeError::Truncated {
                format: Nifti,
                place: "voxels".to_string(),
                needed: length,
                available: bytes.len() as u64,
            });
        }
        let version = if header.length == 348 { Version::One } else { Version::Two };
        Ok(Self { bytes, header, version, count: samples / channels })
    }
}

/// The content of a file that may be compressed.
fn plain(file: &[u8]) -> Box<dyn Read + '_> {
    if file.starts_with(&GZIP) { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) }
}

#[cfg(test)]
mod tests {
    use ndarray::{ArrayD, array};

    use super::*;
    use crate::image::SampleType;

    /// A file whose header has something in every field.
    fn file(version: Version, order: ByteOrder, datatype: i16, voxels: &[u8]) -> Vec<u8> {
        let length = version.header_length();
        let mut file: Vec<u8> = (0..length + 4).map(|at| (at % 7) as u8).collect();
        let mut put = |at: usize, little: &[u8]| {
            let mut bytes = little.to_vec();
            if order == ByteOrder::Big {
                bytes.reverse();
            }
            file[at..at + bytes.len()].copy_from_slice(&bytes);
        };
        put(0, &(length as i32).to_le_bytes());
        match version {
            Version::One => {
                [3_i16, 3, 1, 1, 1, 1, 1, 1]
                    .iter()
                    .enumerate()
                    .for_each(|(nth, &axis)| put(40 + 2 * nth, &axis.to_le_bytes()));
                put(70, &datatype.to_le_bytes());
                put(108, &352_f32.to_le_bytes());
                put(112, &0.5_f32.to_le_bytes());
                put(116, &(-1_f32).to_le_bytes());
            }
            Version::Two => {
                [3_i64, 3, 1, 1, 1, 1, 1, 1]
                    .iter()
                    .enumerate()
                    .for_each(|(nth, &axis)| put(16 + 8 * nth, &axis.to_le_bytes()));
                put(12, &datatype.to_le_bytes());
                put(168, &544_i64.to_le_bytes());
                put(176, &0.5_f64.to_le_bytes());
                put(184, &(-1_f64).to_le_bytes());
            }
        }
        let (at, magic) = match version {
            Version::One => (344, b"n+1\0"),
            Version::Two => (4, b"n+2\0"),
        };
        file[at..at + 4].copy_from_slice(magic);
        file.extend(voxels);
        file
    }

    fn values(file: &[u8]) -> (SampleType, Vec<f32>) {
        let (image, _) = crate::nifti::decode(file, &Limits::default()).unwrap();
        (image.sample_type(), image.data().iter().copied().collect())
    }

    const KINDS: [(Version, ByteOrder); 4] = [
        (Version::One, ByteOrder::Little),
        (Version::One, ByteOrder::Big),
        (Version::Two, ByteOrder::Little),
        (Version::Two, ByteOrder::Big),
    ];

    #[test]
    fn a_rewritten_file_has_every_byte_of_the_old_one_but_for_the_changed_voxels() {
        for (version, order) in KINDS {
            let voxels = [[2_i16, 4, 6].map(i16::to_le_bytes), [2, 4, 6].map(i16::to_be_bytes)];
            let old = file(version, order, 4, voxels[usize::from(order == ByteOrder::Big)].as_flattened());
            assert_eq!(values(&old), (SampleType::I16, vec![0.0, 1.0, 2.0]));
            let changes = [(0, Change::Copy(2)), (1, Change::AtLeast(0.7)), (2, Change::AtMost(0.3))];
            for compression in [Compression::None, Compression::Gzip] {
                let new = rewrite(&old, &changes, compression, &Limits::default()).unwrap();
                assert_eq!(values(&new), (SampleType::I16, vec![2.0, 1.0, 0.0]));
                let mut plain_new = Vec::new();
                plain(&new).read_to_end(&mut plain_new).unwrap();
                assert_eq!(plain_new[..old.len() - 6], old[..old.len() - 6]);
                let again = rewrite(&new, &[], Compression::None, &Limits::default()).unwrap();
                assert_eq!(again, plain_new, "also what is compressed is rewritten");
            }
        }
    }

    #[test]
    fn other_values_leave_all_of_the_header_that_does_not_describe_them() {
        let floats = array![[[0.25_f32, 0.5, 0.75]]].into_dyn();
        for (version, order) in KINDS {
            let old = file(version, order, 2, &[2, 4, 6]);
            let new =
                with_values(&old, &floats.view().into(), Compression::None, &Limits::default()).unwrap();
            assert_eq!(values(&new), (SampleType::F32, vec![0.25, 0.5, 0.75]));
            let length = version.header_length();
            let differ: Vec<usize> = (0..length).filter(|&at| old[at] != new[at]).collect();
            let may_differ = |at: &usize| match version {
                Version::One => (70..74).contains(at) || (112..120).contains(at) || (124..132).contains(at),
                Version::Two => (12..16).contains(at) || (176..208).contains(at),
            };
            assert!(differ.iter().all(may_differ), "{differ:?}");
        }
        let few = ArrayD::<f32>::zeros(vec![2]);
        let old = file(Version::One, ByteOrder::Little, 2, &[2, 4, 6]);
        let error = with_values(&old, &few.view().into(), Compression::None, &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "NIfTI: the file has 3 voxels");
    }

    #[test]
    fn values_that_the_type_of_the_file_does_not_have_are_refused() {
        let old = file(Version::One, ByteOrder::Little, 2, &[2, 4, 6]);
        let changes = [(0, Change::AtLeast(200.0))];
        let error = rewrite(&old, &changes, Compression::None, &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "NIfTI: no uint8 of the file is at least 200");
    }
}
