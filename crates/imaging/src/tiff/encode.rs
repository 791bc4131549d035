//! TIFF, written uncompressed: every reader of the format reads it.

use std::io::Cursor;

use ndarray::{ArrayViewD, Axis};
use tiff::TiffError;
use tiff::encoder::colortype::{ColorType, Gray8, Gray16, Gray32Float};
use tiff::encoder::{TiffEncoder, TiffValue};

use crate::encode::Samples;
use crate::error::EncodeError;
use crate::format::Format::Tiff;

/// A grey TIFF: one page for axes `[rows, columns]`, a page per slice for
/// `[slices, rows, columns]`.
///
/// # Errors
/// Other numbers of axes, empty arrays, and arrays of 4 GB or more cannot be written.
pub fn encode_tiff(samples: Samples<'_>) -> Result<Vec<u8>, EncodeError> {
    match samples {
        Samples::U8(array) => encode::<Gray8>(array),
        Samples::U16(array) => encode::<Gray16>(array),
        Samples::F32(array) => encode::<Gray32Float>(array),
    }
}

fn encode<C>(array: ArrayViewD<'_, C::Inner>) -> Result<Vec<u8>, EncodeError>
where
    C: ColorType,
    C::Inner: Copy,
    [C::Inner]: TiffValue,
{
    let shape_error = || EncodeError::Shape {
        format: Tiff,
        shape: array.shape().to_vec(),
        accepted: "[rows, columns] and [slices, rows, columns], none of them 0",
    };
    if !(2..=3).contains(&array.ndim()) || array.is_empty() {
        return Err(shape_error());
    }
    let slices = match array.ndim() {
        2 => array.view().insert_axis(Axis(0)),
        _ => array.view(),
    };
    let length = |axis| u32::try_from(slices.len_of(Axis(axis))).map_err(|_| shape_error());
    let (rows, columns) = (length(1)?, length(2)?);

    let mut out = Cursor::new(Vec::new());
    let failed = |error: TiffError| EncodeError::failed(Tiff, error);
    let mut encoder = TiffEncoder::new(&mut out).map_err(failed)?;
    for slice in slices.outer_iter() {
        let pixels: Vec<C::Inner> = slice.iter().copied().collect();
        let page = encoder.write_image::<C>(columns, rows, &pixels);
        page.map_err(failed)?;
    }
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use ndarray::{Array, array};

    #[test]
    fn pictures_and_volumes_come_back_bit_for_bit() {
        let volume = Array::from_shape_fn((3, 4, 5), |(z, y, x)| (z * 20 + y * 5 + x) as f32 / 7.0);
        let file = encode_tiff(volume.view().into()).unwrap();
        let (image, _) = crate::tiff::decode(&file, &Limits::default()).unwrap();
        assert_eq!(image.data(), volume.into_dyn());

        let levels = array![[0_u16, 65535], [256, 1]];
        let file = encode_tiff(levels.t().into()).unwrap();
        let (image, _) = crate::tiff::decode(&file, &Limits::default()).unwrap();
        assert_eq!(image.data(), levels.t().mapv(f32::from).into_dyn());

        let mask = array![[0_u8, 255]];
        let file = encode_tiff(mask.view().into()).unwrap();
        let (image, _) = crate::tiff::decode(&file, &Limits::default()).unwrap();
        assert_eq!(image.data(), mask.mapv(f32::from).into_dyn());
    }

    #[test]
    fn arrays_without_rows_and_columns_cannot_be_written() {
        for shape in [&[5][..], &[1, 1, 1, 1], &[2, 0]] {
            let array = Array::<u8, _>::zeros(shape);
            let error = encode_tiff(array.view().into()).unwrap_err();
            assert!(matches!(error, EncodeError::Shape { .. }), "{error}");
        }
    }
}
