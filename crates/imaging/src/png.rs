//! PNG: grey of 1, 2, 4, 8 and 16 bit, colours, palettes, alpha, interlaced.

use std::io::Cursor;

use ndarray::ArrayView2;
use png::{BitDepth, ColorType, Decoder};

use crate::encode::Samples;
use crate::error::{DecodeError, EncodeError};
use crate::exif::Orientation;
use crate::format::Format::Png;
use crate::image::{Channels, Image, SampleType};
use crate::limits::Limits;
use crate::rewrite::{Change, RewriteError, change_samples};
use crate::samples::ByteOrder;

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
        narrow => unpack(&raw, row, narrow as u8, scale(channels, narrow)),
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

/// What stored samples are multiplied by. The sample depth rule of PNG, section 12.4: full scale stays full scale.
fn scale(channels: Channels, depth: BitDepth) -> u8 {
    match (channels, depth) {
        (Channels::Grey, BitDepth::Two) => 85,
        (Channels::Grey, BitDepth::Four) => 17,
        _ => 1,
    }
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

/// The file with some of its pixels changed. Bit depth, palette, resolution, gamma and texts before the pixels stay;
/// an interlaced picture is written line by line, and of an animation the first picture.
pub(crate) fn rewrite(
    file: &[u8],
    changes: &[(usize, Change)],
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    let image = decode(file, limits)?;
    let shape = image.shape().to_vec();
    let own = png::Limits { bytes: limits.bytes_as_usize() };
    let reader = Decoder::new_with_limits(Cursor::new(file), own).read_info();
    let mut info = reader.map_err(at("chunks before the pixels"))?.info().clone();
    let scale = scale(image.channels(), info.bit_depth);
    let kind = (image.channels(), image.sample_type());
    let scaling = (scale > 1).then_some((f64::from(scale), 0.0));
    let mut samples: Vec<f32> = image.data().iter().copied().collect();
    change_samples(Png, &mut samples, kind, scaling, changes)?;

    let (depth, row) = (info.bit_depth, shape[1] * image.channels().count());
    let stored = samples.iter().map(|&sample| (sample / f32::from(scale)) as u16);
    let raw = match depth {
        BitDepth::Sixteen => stored.flat_map(u16::to_be_bytes).collect(),
        BitDepth::Eight => stored.map(|sample| sample as u8).collect(),
        narrow => pack(&stored.map(|sample| sample as u8).collect::<Vec<u8>>(), row, narrow as u8),
    };
    if shape != [info.height as usize, info.width as usize] || is_turned(&info) {
        (info.height, info.width) = (shape[0] as u32, shape[1] as u32);
        info.exif_metadata = None; // The pixels are as it wants them already.
    }
    info.interlaced = false;
    (info.animation_control, info.frame_control) = (None, None);
    let mut out = Vec::new();
    let failed = |error| EncodeError::failed(Png, error);
    let encoder = png::Encoder::with_info(&mut out, info).map_err(failed)?;
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&raw).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}

fn is_turned(info: &png::Info<'_>) -> bool {
    let exif = info.exif_metadata.as_deref().unwrap_or_default();
    Orientation::from_exif(exif) != Orientation::from_exif(&[])
}

/// Samples of 1, 2 or 4 bits as [`unpack`] has them.
pub(crate) fn pack(samples: &[u8], row: usize, bits: u8) -> Vec<u8> {
    let per_byte = usize::from(8 / bits);
    let packed = |samples: &[u8]| {
        let shifts = (1..=8 / bits).map(|nth| 8 - nth * bits);
        samples.iter().zip(shifts).fold(0, |byte, (&sample, shift)| byte | sample << shift)
    };
    samples.chunks(row.max(1)).flat_map(|row| row.chunks(per_byte).map(packed)).collect()
}

/// A grey PNG of the 8 or 16 bit that the samples have, axes `[rows, columns]`.
///
/// # Errors
/// Other types and numbers of axes, and an empty array, cannot be written.
pub fn encode_png(samples: &Samples<'_>) -> Result<Vec<u8>, EncodeError> {
    let given = samples.sample_type();
    let depth = match given {
        SampleType::U8 => BitDepth::Eight,
        SampleType::U16 => BitDepth::Sixteen,
        _ => return Err(EncodeError::SampleType { format: Png, given, accepted: "uint8 and uint16" }),
    };
    let &[rows, columns] = samples.shape() else {
        let shape = samples.shape().to_vec();
        return Err(EncodeError::Shape { format: Png, shape, accepted: "[rows, columns]" });
    };
    let mut raw = Vec::new();
    samples.write_as(given, ByteOrder::Big, &mut raw);
    encode((rows, columns), depth, &raw)
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

    /// A picture of 3 x 2 pixels with a palette, a resolution and a text.
    fn palette_picture(depth: BitDepth, raw: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, 3, 2);
        encoder.set_color(ColorType::Indexed);
        encoder.set_depth(depth);
        encoder.set_palette(vec![0, 0, 0, 200, 0, 0, 0, 200, 0, 7, 7, 7]);
        encoder.set_trns(vec![0, 255]);
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: 3000, yppu: 4000, unit: png::Unit::Meter }));
        encoder.add_text_chunk("Title".to_owned(), "a map".to_owned()).unwrap();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(raw).unwrap();
        writer.finish().unwrap();
        out
    }

    #[test]
    fn a_rewritten_palette_picture_keeps_its_palette_depth_resolution_and_text() {
        for (depth, raw) in
            [(BitDepth::Two, vec![0b0001_1000, 0b0000_0000]), (BitDepth::Eight, vec![0, 1, 2, 0, 0, 0])]
        {
            let file = palette_picture(depth, &raw);
            let new =
                rewrite(&file, &[(5, Change::Copy(2)), (1, Change::Copy(0))], &Limits::default()).unwrap();
            let image = decode(&new, &Limits::default()).unwrap();
            assert_eq!(image.data(), array![[0., 0., 2.], [0., 0., 2.]].into_dyn());
            let info = |file: &[u8]| {
                let info = Decoder::new(Cursor::new(file.to_vec())).read_info().unwrap().info().clone();
                let texts = info.uncompressed_latin1_text;
                let size = info.pixel_dims.map(|size| (size.xppu, size.yppu));
                (info.bit_depth, info.color_type, info.palette, info.trns, size, texts)
            };
            assert_eq!(info(&new), info(&file));
            let value = rewrite(&file, &[(0, Change::AtLeast(1.0))], &Limits::default());
            assert!(matches!(value, Err(RewriteError::Unfit { .. })), "which colour is 1?");
        }
    }

    #[test]
    fn bits_stay_bits_and_colours_colours() {
        let mut bits = Vec::new();
        let mut encoder = png::Encoder::new(&mut bits, 9, 1);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        encoder.write_header().unwrap().write_image_data(&[0b0110_0000, 0b1000_0000]).unwrap();
        let new = rewrite(&bits, &[(8, Change::AtMost(0.0)), (0, Change::AtLeast(1.0))], &Limits::default());
        let image = decode(&new.unwrap(), &Limits::default()).unwrap();
        assert_eq!(image.sample_type(), SampleType::Bool);
        assert_eq!(image.data(), array![[1., 1., 1., 0., 0., 0., 0., 0., 0.]].into_dyn());

        let mut colours = Vec::new();
        let mut encoder = png::Encoder::new(&mut colours, 3, 1);
        encoder.set_color(ColorType::Rgba);
        encoder.set_depth(BitDepth::Sixteen);
        let raw: Vec<u8> = (1..=24).collect();
        encoder.write_header().unwrap().write_image_data(&raw).unwrap();
        let changes = [(0, Change::Copy(1)), (2, Change::AtMost(0.0))];
        let new =
            decode(&rewrite(&colours, &changes, &Limits::default()).unwrap(), &Limits::default()).unwrap();
        let old = decode(&colours, &Limits::default()).unwrap();
        let pixel =
            |image: &Image, at: usize| image.data().iter().skip(4 * at).take(4).copied().collect::<Vec<_>>();
        assert_eq!((pixel(&new, 0), pixel(&new, 1)), (pixel(&old, 1), pixel(&old, 1)));
        assert_eq!(pixel(&new, 2), [0.0, 0.0, 0.0, pixel(&old, 2)[3]], "alpha stays");
    }

    #[test]
    fn packed_samples_are_unpacked_again() {
        for (bits, row) in [(1, 11), (2, 5), (4, 3)] {
            let samples: Vec<u8> = (0..3 * row as u8).map(|at| at % (1 << bits)).collect();
            let unpacked = unpack(&pack(&samples, row, bits), row, bits, 1);
            assert_eq!(unpacked, samples.iter().map(|&sample| f32::from(sample)).collect::<Vec<_>>());
        }
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
