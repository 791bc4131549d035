//! PNG: grey of 1, 2, 4, 8 and 16 bit, colours, palettes, alpha, interlaced.

use std::io::Cursor;

use ndarray::ArrayView2;
use png::{BitDepth, ColorType, Decoder};

use crate::error::{DecodeError, EncodeError};
use crate::exif::Orientation;
use crate::format::Format::Png;
use crate::image::{Channels, Image, SampleType};
use crate::limits::Limits;

pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Image, DecodeError> {
    let mut decoder =
        Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: limits.bytes_as_usize() });
    // Text and colour profiles are compressed too, and not used.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);

    let header = decoder.read_header_info().map_err(at("header"))?;
    let (width, height) = (header.width as usize, header.height as usize);
    let (colour, depth) = (header.color_type, header.bit_depth);
    let channels = match colour {
        ColorType::Grayscale => Channels::Grey,
        ColorType::GrayscaleAlpha => Channels::GreyAlpha,
        ColorType::Rgb => Channels::Rgb,
        ColorType::Rgba => Channels::Rgba,
        ColorType::Indexed => Channels::Index,
    };
    let sample_type = match (depth, channels) {
        (BitDepth::Sixteen, _) => SampleType::U16,
        (BitDepth::One, Channels::Grey) => SampleType::Bool,
        _ => SampleType::U8,
    };
    limits.samples(
        Png,
        &[height as u64, width as u64],
        channels.count() as u64,
        sample_type.bytes() as u64,
    )?;

    let mut reader = decoder.read_info().map_err(at("chunks before the pixels"))?;
    let length = reader.output_buffer_size().unwrap_or(0);
    let mut raw = vec![0; length];
    reader.next_frame(&mut raw).map_err(at("pixels (IDAT)"))?;
    reader.finish().map_err(at("chunks after the pixels"))?;

    let row = width * channels.count();
    let samples = match depth {
        BitDepth::Sixteen => {
            let (pairs, _) = raw.as_chunks::<2>();
            pairs.iter().map(|&pair| u16::from_be_bytes(pair).into()).collect()
        }
        BitDepth::Eight => raw.iter().map(|&value| value.into()).collect(),
        narrow => {
            let bits = narrow as u8;
            let scale = match channels {
                // The sample depth rule of PNG, section 12.4: full scale stays full scale.
                Channels::Grey if bits > 1 => 255 / ((1 << bits) - 1),
                _ => 1,
            };
            unpack(&raw, row, bits, scale)
        }
    };
    let image =
        Image::interleaved(&[height, width], channels, sample_type, samples).map_err(at("pixels (IDAT)"))?;
    let info = reader.info();
    let colours = info.palette.as_deref().unwrap_or_default().as_chunks::<3>();
    let image = image.with_palette(match channels {
        Channels::Index => colours.0.to_vec(),
        _ => Vec::new(),
    });
    let exif = info.exif_metadata.as_deref().unwrap_or_default();
    Ok(Orientation::from_exif(exif).apply(image))
}

/// Samples of 1, 2 or 4 bits, each row starting on a byte, high bits first; times `scale`.
pub(crate) fn unpack(raw: &[u8], row: usize, bits: u8, scale: u8) -> Vec<f32> {
    let per_byte = usize::from(8 / bits);
    let mask = ((1_u16 << bits) - 1) as u8;
    raw.chunks_exact(row.div_ceil(per_byte).max(1))
        .flat_map(|packed| {
            packed
                .iter()
                .flat_map(move |&byte| (1..=8 / bits).map(move |nth| (byte >> (8 - nth * bits)) & mask))
                .take(row)
        })
        .map(|value| f32::from(value * scale))
        .collect()
}

fn at<E: ToString>(place: &'static str) -> impl Fn(E) -> DecodeError {
    move |error| DecodeError::malformed(Png, place, error.to_string())
}

/// A grey PNG of 8 bit, axes `[rows, columns]`.
///
/// # Errors
/// An empty array cannot be written.
pub fn encode_png8(pixels: ArrayView2<'_, u8>) -> Result<Vec<u8>, EncodeError> {
    let raw: Vec<u8> = pixels.iter().copied().collect();
    encode(pixels.dim(), BitDepth::Eight, &raw)
}

/// A grey PNG of 16 bit, axes `[rows, columns]`.
///
/// # Errors
/// An empty array cannot be written.
pub fn encode_png16(pixels: ArrayView2<'_, u16>) -> Result<Vec<u8>, EncodeError> {
    let raw: Vec<u8> = pixels.iter().flat_map(|value| value.to_be_bytes()).collect();
    encode(pixels.dim(), BitDepth::Sixteen, &raw)
}

fn encode((rows, columns): (usize, usize), depth: BitDepth, raw: &[u8]) -> Result<Vec<u8>, EncodeError> {
    let shape_error = || EncodeError::Shape {
        format: Png,
        shape: vec![rows, columns],
        accepted: "1 to 2147483647 rows and columns",
    };
    let length = |count: usize| {
        u32::try_from(count).ok().filter(|&n| n > 0 && n <= i32::MAX as u32).ok_or_else(shape_error)
    };
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, length(columns)?, length(rows)?);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(depth);
    let failed = |error| EncodeError::failed(Png, error);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(raw).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn pictures_come_back_bit_for_bit() {
        let eight = array![[0_u8, 1, 128], [254, 255, 7]];
        let file = encode_png8(eight.t()).unwrap();
        let image = decode(&file, &Limits::default()).unwrap();
        assert_eq!(image.sample_type(), SampleType::U8);
        assert_eq!(image.data(), eight.t().mapv(f32::from).into_dyn());

        let sixteen = array![[0_u16, 256, 65535]];
        let file = encode_png16(sixteen.view()).unwrap();
        let image = decode(&file, &Limits::default()).unwrap();
        assert_eq!(image.sample_type(), SampleType::U16);
        assert_eq!(image.data(), sixteen.mapv(f32::from).into_dyn());
    }

    #[test]
    fn an_empty_picture_cannot_be_written() {
        let error = encode_png8(ArrayView2::from_shape((0, 3), &[]).unwrap()).unwrap_err();
        assert!(matches!(error, EncodeError::Shape { .. }), "{error}");
    }

    #[test]
    fn narrow_samples_start_each_row_on_a_byte() {
        assert_eq!(unpack(&[0b1010_0000, 0b0110_0000], 3, 1, 1), [1., 0., 1., 0., 1., 1.]);
        assert_eq!(unpack(&[0x1f, 0x20], 3, 4, 17), [17., 255., 34.]);
    }
}
