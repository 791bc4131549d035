//! TIFF, written uncompressed: every reader of the format reads it.

use std::io::{Cursor, Seek, Write};

use tiff::encoder::{DirectoryEncoder, TiffEncoder, TiffKind};
use tiff::tags::{
    CompressionMethod, ExtraSamples, PhotometricInterpretation, SampleFormat, Tag, ValueBuffer,
};
use tiff::{TiffError, TiffResult};

use crate::encode::Samples;
use crate::error::EncodeError;
use crate::format::Format::Tiff;
use crate::image::{Channels, SampleType};
use crate::png::pack;
use crate::samples::ByteOrder;

/// A grey TIFF: one page for axes `[rows, columns]`, a page per slice for
/// `[slices, rows, columns]`. `Bool` is stored in 1 bit.
///
/// # Errors
/// Other numbers of axes, empty arrays, and arrays of 4 GB or more cannot be written.
pub fn encode_tiff(samples: Samples<'_>) -> Result<Vec<u8>, EncodeError> {
    Pages { channels: Channels::Grey, photometric: None, palette: &[], tags: &[], tags_of_first: &[] }
        .encode(&samples)
}

/// What pages have beside their samples.
pub(super) struct Pages<'a> {
    /// Those of a pixel are the last axis of the samples, if there are several.
    pub(super) channels: Channels,
    /// What the numbers mean, where it is not the usual for the channels.
    pub(super) photometric: Option<PhotometricInterpretation>,
    /// For [`Channels::Index`].
    pub(super) palette: &'a [[u8; 3]],
    /// Of every page.
    pub(super) tags: &'a [(Tag, ValueBuffer)],
    /// Of the first page only.
    pub(super) tags_of_first: &'a [(Tag, ValueBuffer)],
}

impl Pages<'_> {
    pub(super) fn encode(&self, samples: &Samples<'_>) -> Result<Vec<u8>, EncodeError> {
        let shape = samples.shape();
        let shape_error = || EncodeError::Shape {
            format: Tiff,
            shape: shape.to_vec(),
            accepted: "[rows, columns] and [slices, rows, columns], none of them 0",
        };
        let axes = shape.len() - usize::from(self.channels.count() > 1).min(shape.len());
        let (slices, rows, columns) = match shape[..axes] {
            [rows, columns] => (1, rows, columns),
            [slices, rows, columns] => (slices, rows, columns),
            _ => return Err(shape_error()),
        };
        if shape.contains(&0) {
            return Err(shape_error());
        }
        let length = |axis: usize| u32::try_from(axis).map_err(|_| shape_error());
        let (rows, columns) = (length(rows)?, length(columns)?);
        let order = if cfg!(target_endian = "big") { ByteOrder::Big } else { ByteOrder::Little };
        let mut raw = Vec::new();
        samples.write_as(samples.sample_type(), order, &mut raw);
        let page_length = raw.len() / slices;

        let mut out = Cursor::new(Vec::new());
        let failed = |error: TiffError| EncodeError::failed(Tiff, error);
        let mut encoder = TiffEncoder::new(&mut out).map_err(failed)?;
        for (number, page) in raw.chunks_exact(page_length).enumerate() {
            let mut directory = encoder.image_directory().map_err(failed)?;
            let first = if number == 0 { self.tags_of_first } else { &[] };
            let written = self.write(&mut directory, [rows, columns], samples.sample_type(), page, first);
            written.and_then(|()| directory.finish()).map_err(failed)?;
        }
        Ok(out.into_inner())
    }

    /// A page in one strip.
    fn write<W: Write + Seek, K: TiffKind>(
        &self,
        page: &mut DirectoryEncoder<'_, W, K>,
        [rows, columns]: [u32; 2],
        sample_type: SampleType,
        raw: &[u8],
        tags_of_first: &[(Tag, ValueBuffer)],
    ) -> TiffResult<()> {
        for (tag, value) in self.tags.iter().chain(tags_of_first) {
            page.write_tag_buf(*tag, value)?;
        }
        let samples = self.channels.count();
        let is_packed = sample_type == SampleType::Bool && samples == 1;
        let bits = if is_packed { 1 } else { 8 * sample_type.bytes() as u16 };
        let offset = match is_packed {
            true => page.write_data(&pack(raw, columns as usize, 1)[..])?,
            false => page.write_data(raw)?,
        };
        let row = if is_packed { (columns as usize).div_ceil(8) } else { raw.len() / rows as usize };
        let photometric = match self.channels {
            Channels::Grey | Channels::GreyAlpha => PhotometricInterpretation::BlackIsZero,
            Channels::Rgb | Channels::Rgba => PhotometricInterpretation::RGB,
            Channels::Index => PhotometricInterpretation::RGBPalette,
        };
        page.write_tag(Tag::ImageWidth, columns)?;
        page.write_tag(Tag::ImageLength, rows)?;
        page.write_tag(Tag::BitsPerSample, &vec![bits; samples][..])?;
        page.write_tag(Tag::Compression, CompressionMethod::None)?;
        page.write_tag(Tag::PhotometricInterpretation, self.photometric.unwrap_or(photometric))?;
        page.write_tag(Tag::StripOffsets, u32::try_from(offset)?)?;
        page.write_tag(Tag::SamplesPerPixel, samples as u16)?;
        page.write_tag(Tag::RowsPerStrip, rows)?;
        page.write_tag(Tag::StripByteCounts, u32::try_from(row * rows as usize)?)?;
        page.write_tag(Tag::SampleFormat, &vec![format(sample_type); samples][..])?;
        if matches!(self.channels, Channels::GreyAlpha | Channels::Rgba) {
            page.write_tag(Tag::ExtraSamples, &[ExtraSamples::UnassociatedAlpha][..])?;
        }
        if self.channels == Channels::Index {
            page.write_tag(Tag::ColorMap, &self.colours(bits)[..])?;
        }
        Ok(())
    }

    /// The palette as a ColorMap: all reds, all greens, all blues, of 16 bit each.
    fn colours(&self, bits: u16) -> Vec<u16> {
        let length = 1 << bits.min(16);
        let level = |channel: usize, index: usize| {
            self.palette.get(index).map_or(0, |colour| u16::from(colour[channel]) * 257)
        };
        (0..3).flat_map(|channel| (0..length).map(move |index| level(channel, index))).collect()
    }
}

fn format(sample_type: SampleType) -> SampleFormat {
    match sample_type {
        SampleType::Bool | SampleType::U8 | SampleType::U16 | SampleType::U32 | SampleType::U64 => {
            SampleFormat::Uint
        }
        SampleType::I8 | SampleType::I16 | SampleType::I32 | SampleType::I64 => SampleFormat::Int,
        SampleType::F16 | SampleType::F32 | SampleType::F64 => SampleFormat::IEEEFP,
    }
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
    fn every_type_is_written_as_it_is() {
        let values = Array::from_shape_fn((3, 11), |(y, x)| ((y + x) % 2) as f32).into_dyn();
        for sample_type in SampleType::ALL {
            let samples = Samples::typed(values.view(), sample_type).unwrap();
            let file = encode_tiff(samples).unwrap();
            let (image, _) = crate::tiff::decode(&file, &Limits::default()).unwrap();
            assert_eq!((image.sample_type(), image.data()), (sample_type, values.view()));
        }
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
