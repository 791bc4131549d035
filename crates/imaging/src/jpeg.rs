//! JPEG, baseline and progressive, grey and colour, with its EXIF orientation.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::error::DecodeError;
use crate::exif::Orientation;
use crate::format::Format::Jpeg;
use crate::image::{Channels, Image, SampleType};
use crate::limits::Limits;

pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Image, DecodeError> {
    // A file cut short would otherwise be filled up with grey, without a word.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(at("header"))?;
    let (Some((width, height)), Some(stored)) = (decoder.dimensions(), decoder.input_colorspace()) else {
        return Err(DecodeError::malformed(Jpeg, "header", "no frame header"));
    };
    let (channels, wanted) = match stored {
        ColorSpace::Luma => (Channels::Grey, ColorSpace::Luma),
        _ => (Channels::Rgb, ColorSpace::RGB),
    };
    let shape = [height as u64, width as u64];
    let length = limits.samples(Jpeg, &shape, channels.count() as u64, 1)?;
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let mut raw = vec![0; length];
    decoder.decode_into(&mut raw).map_err(at("pixels"))?;

    let samples = raw.iter().map(|&value| value.into()).collect();
    let image =
        Image::interleaved(&[height, width], channels, SampleType::U8, samples).map_err(at("pixels"))?;
    let exif = decoder.exif().map_or(&[][..], Vec::as_slice);
    Ok(Orientation::from_exif(exif).apply(image).compressed_with_loss())
}

fn at<E: ToString>(place: &'static str) -> impl Fn(E) -> DecodeError {
    move |error| DecodeError::malformed(Jpeg, place, error.to_string())
}
