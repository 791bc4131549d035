//! NIfTI-1, written in one file.

use std::io::Write;

use flate2::write::GzEncoder;

use crate::encode::Samples;
use crate::error::EncodeError;
use crate::format::Format::Nifti;
use crate::geometry::Geometry;
use crate::image::SampleType;
use crate::samples::ByteOrder;

/// Whether a NIfTI file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// `.nii`
    None,
    /// `.nii.gz`
    #[default]
    Gzip,
}

/// A NIfTI-1 file in millimetres. The last array axis is x, so that an array decoded from NIfTI
/// and written with its own [`Geometry`] lies on the same voxels.
///
/// The affine is written as sform with code 1 (scanner space); the qform is left unset. Without
/// geometry the spacing is 1 mm and there is no affine.
///
/// # Errors
/// More than 7 axes, none, or an axis of length 0 or above 32767 cannot be written.
pub fn encode_nifti(
    samples: Samples<'_>,
    geometry: Option<&Geometry>,
    compression: Compression,
) -> Result<Vec<u8>, EncodeError> {
    let mut file = header(&samples, geometry)?;
    samples.write_as(samples.stored_type(), ByteOrder::Little, &mut file);
    compressed(file, compression)
}

pub(super) fn compressed(file: Vec<u8>, compression: Compression) -> Result<Vec<u8>, EncodeError> {
    match compression {
        Compression::None => Ok(file),
        Compression::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
            let failed = |error| EncodeError::failed(Nifti, error);
            encoder.write_all(&file).map_err(failed)?;
            encoder.finish().map_err(failed)
        }
    }
}

/// `datatype` of nifti1.h.
pub(super) fn datatype(sample_type: SampleType) -> i16 {
    match sample_type {
        SampleType::Bool | SampleType::U8 => 2,
        SampleType::I16 => 4,
        SampleType::I32 => 8,
        SampleType::F16 | SampleType::F32 => 16,
        SampleType::F64 => 64,
        SampleType::I8 => 256,
        SampleType::U16 => 512,
        SampleType::U32 => 768,
        SampleType::I64 => 1024,
        SampleType::U64 => 1280,
    }
}

/// Header and extension flag: 352 bytes, positions from nifti1.h.
fn header(samples: &Samples<'_>, geometry: Option<&Geometry>) -> Result<Vec<u8>, EncodeError> {
    let shape = samples.shape();
    let shape_error = || EncodeError::Shape {
        format: Nifti,
        shape: shape.to_vec(),
        accepted: "1 to 7 axes of length 1 to 32767",
    };
    if !(1..=7).contains(&shape.len()) {
        return Err(shape_error());
    }
    let mut dim = [1_i16; 8];
    dim[0] = shape.len() as i16;
    for (length, &axis) in dim[1..].iter_mut().zip(shape.iter().rev()) {
        *length = i16::try_from(axis).ok().filter(|&n| n > 0).ok_or_else(shape_error)?;
    }
    let mut pixdim = [1_f32; 8];
    if let Some(geometry) = geometry {
        let spacing = geometry.spacing.iter().rev().take(3);
        for (size, &given) in pixdim[1..].iter_mut().zip(spacing) {
            *size = given;
        }
    }
    let stored = samples.stored_type();
    let bits = 8 * stored.bytes() as i16;

    let mut header = vec![0; 352];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &348_i32.to_le_bytes());
    put(38, b"r"); // regular
    put(40, dim.map(i16::to_le_bytes).as_flattened());
    put(70, &datatype(stored).to_le_bytes());
    put(72, &bits.to_le_bytes());
    put(76, pixdim.map(f32::to_le_bytes).as_flattened());
    put(108, &352_f32.to_le_bytes()); // vox_offset
    put(112, &1_f32.to_le_bytes()); // scl_slope
    put(123, &[2]); // xyzt_units: millimetres
    if let Some(affine) = geometry.and_then(|geometry| geometry.affine) {
        put(254, &1_i16.to_le_bytes()); // sform_code
        let rows = affine.as_flattened().iter().map(|&value| value as f32);
        let bytes: Vec<u8> = rows.flat_map(f32::to_le_bytes).collect();
        put(280, &bytes);
    }
    put(344, b"n+1\0");
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Image;
    use crate::limits::Limits;
    use ndarray::{Array, Array3, array};

    fn again(samples: Samples<'_>, geometry: Option<&Geometry>, compression: Compression) -> Image {
        let file = encode_nifti(samples, geometry, compression).unwrap();
        crate::nifti::decode(&file, &Limits::default()).unwrap().0
    }

    #[test]
    fn voxels_spacing_and_affine_come_back() {
        let volume = Array3::from_shape_fn((2, 3, 4), |(z, y, x)| (100 * z + 10 * y + x) as f32);
        let geometry = Geometry {
            spacing: vec![2.5, 0.75, 0.5],
            affine: Some([[-0.5, 0.0, 0.0, 90.0], [0.0, 0.75, 0.0, -126.0], [0.0, 0.0, 2.5, -72.0]]),
        };
        for compression in [Compression::None, Compression::Gzip] {
            let image = again(volume.view().into(), Some(&geometry), compression);
            assert_eq!(image.data(), volume.view().into_dyn());
            assert_eq!(image.geometry(), Some(&geometry));
            assert!(!image.is_rescaled());
        }
        assert_eq!(geometry.orientation().as_deref(), Some("LAS"));
    }

    #[test]
    fn a_mask_without_geometry_has_a_spacing_of_1_and_no_affine() {
        let mask = array![[0_u8, 1], [1, 0], [1, 1]];
        let image = again(mask.view().into(), None, Compression::Gzip);
        assert_eq!(image.data(), mask.mapv(f32::from).into_dyn());
        assert_eq!(image.geometry(), Some(&Geometry { spacing: vec![1.0, 1.0], affine: None }));
    }

    #[test]
    fn a_time_axis_comes_first_and_stays_there() {
        let series = Array::from_shape_fn((3, 1, 2, 2), |(t, _, y, x)| (100 * t + 10 * y + x) as u16);
        let image = again(series.view().into(), None, Compression::None);
        assert_eq!(image.data(), series.mapv(f32::from).into_dyn());
    }

    #[test]
    fn every_type_is_written_but_bits_and_half_floats() {
        let values = array![[[0.0_f32, 1.0]]].into_dyn();
        for sample_type in SampleType::ALL {
            let samples = Samples::typed(values.view(), sample_type).unwrap();
            let stored = samples.stored_type();
            let image = again(samples, None, Compression::None);
            assert_eq!((image.sample_type(), image.data()), (stored, values.view()));
        }
    }

    #[test]
    fn shapes_that_the_header_cannot_hold_are_refused() {
        for shape in [&[][..], &[0], &[40000], &[1; 8]] {
            let array = Array::<u8, _>::zeros(shape);
            let error = encode_nifti(array.view().into(), None, Compression::None).unwrap_err();
            assert!(matches!(error, EncodeError::Shape { .. }), "{error}");
        }
    }
}
