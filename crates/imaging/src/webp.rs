//! WebP, lossy and lossless, one picture.

use std::io::Cursor;

use image_webp::WebPDecoder;

use crate::error::DecodeError;
use crate::exif::Orientation;
use crate::format::Format::WebP;
use crate::image::{Channels, Image, SampleType};
use crate::limits::Limits;

pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Image, DecodeError> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(at("header"))?;
    decoder.set_memory_limit(limits.bytes_as_usize());
    if decoder.is_animated() {
        return Err(DecodeError::unsupported(WebP, "header", "an animation", "a single picture"));
    }
    let (width, height) = decoder.dimensions();
    let channels = if decoder.has_alpha() { Channels::Rgba } else { Channels::Rgb };
    let shape = [u64::from(height), u64::from(width)];
    // Lossless pictures are decoded through four channels, whatever they store.
    limits.samples(WebP, &shape, Channels::Rgba.count() as u64, 1)?;
    // The lossy stream has its own size, which the decoder allocates before comparing.
    if let Some(frame) = lossy_size(bytes)
        && frame != [width, height]
    {
        return Err(DecodeError::malformed(
            WebP,
            "VP8 frame header",
            format!("{} x {} pixels, the canvas is {width} x {height}", frame[0], frame[1]),
        ));
    }

    let length = width as usize * height as usize * channels.count();
    let mut raw = vec![0; length];
    decoder.read_image(&mut raw).map_err(at("pixels"))?;
    let exif = decoder.exif_metadata().map_err(at("EXIF chunk"))?;

    let samples = raw.iter().map(|&value| value.into()).collect();
    let shape = [height as usize, width as usize];
    let image = Image::interleaved(&shape, channels, SampleType::U8, samples).map_err(at("pixels"))?;
    let image = if decoder.is_lossy() { image.compressed_with_loss() } else { image };
    Ok(Orientation::from_exif(&exif.unwrap_or_default()).apply(image))
}

/// Width and height in the first `VP8 ` chunk (RFC 6386, section 9.1), if there is one.
fn lossy_size(bytes: &[u8]) -> Option<[u32; 2]> {
    let mut rest = bytes.get(12..)?;
    loop {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (size, content) = after.split_first_chunk::<4>()?;
        if name == b"VP8 " {
            let size = |at| Some(u32::from(u16::from_le_bytes(*content.get(at..)?.first_chunk()?)));
            return Some([size(6)? & 0x3fff, size(8)? & 0x3fff]);
        }
        let size = u32::from_le_bytes(*size) as usize;
        rest = content.get(size.checked_add(size % 2)?..)?;
    }
}

fn at<E: ToString>(place: &'static str) -> impl Fn(E) -> DecodeError {
    move |error| DecodeError::malformed(WebP, place, error.to_string())
}
