//! TIFF with other values: type, palette, resolution, descriptions and positions stay.

use std::io::Cursor;

use ndarray::ArrayD;
use tiff::decoder::Decoder;
use tiff::tags::{ByteOrder, PhotometricInterpretation, Tag, Type, ValueBuffer};

use crate::encode::Samples;
use crate::error::EncodeError;
use crate::format::Format::Tiff;
use crate::image::{Channels, Image};
use crate::limits::Limits;
use crate::rewrite::{Change, RewriteError, change_samples};
use crate::tiff::decode;
use crate::tiff::encode::Pages;

/// Tags that say where pixels are and how large, by whom and when. Those of GeoTIFF have no names here.
const EVERY_PAGE: [Tag; 14] = [
    Tag::XResolution,
    Tag::YResolution,
    Tag::ResolutionUnit,
    Tag::Unknown(286), // XPosition
    Tag::Unknown(287), // YPosition
    Tag::DateTime,
    Tag::Artist,
    Tag::Software,
    Tag::ModelPixelScaleTag,
    Tag::ModelTiepointTag,
    Tag::ModelTransformationTag,
    Tag::GeoKeyDirectoryTag,
    Tag::GeoDoubleParamsTag,
    Tag::GeoAsciiParamsTag,
];
/// Those that speak of the whole file: ImageJ, OME and tifffile describe its axes and their units in them.
const FIRST_PAGE: [Tag; 3] = [Tag::ImageDescription, Tag::Unknown(42112), Tag::GdalNodata];

/// The file with some of its pixels changed. Whole numbers from 2^24 on are refused: they are not exact here.
pub(crate) fn rewrite(
    file: &[u8],
    changes: &[(usize, Change)],
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    let (image, _) = decode(file, limits)?;
    let mut values = image.data().into_owned();
    let kind = (image.channels(), image.sample_type());
    if let Some(samples) = values.as_slice_mut() {
        change_samples(Tiff, samples, kind, None, changes)?;
    }
    if let Some(inverted) = white_is_zero(file, &image, &values, limits) {
        return Ok(inverted);
    }
    let samples = Samples::typed(values.view(), image.sample_type());
    let samples = samples.map_err(|error| RewriteError::unfit(Tiff, error.to_string()))?;
    Ok(encode(file, &samples, image.channels(), None, image.palette(), limits)?)
}

/// The values in a file that calls 0 white, if the old one does: whoever reads its numbers as they are finds the same
/// numbers. Whether they are inverted when they are read depends on their type; what counts is that they are read as
/// they should be.
fn white_is_zero(file: &[u8], image: &Image, values: &ArrayD<f32>, limits: &Limits) -> Option<Vec<u8>> {
    let white = PhotometricInterpretation::WhiteIsZero;
    let (_, photometric) = copied(file, &[Tag::PhotometricInterpretation], limits).pop()?;
    // WhiteIsZero is 0.
    if image.channels() != Channels::Grey || photometric.as_bytes().iter().any(|&byte| byte != 0) {
        return None;
    }
    let largest = image.sample_type().max().unwrap_or(1.0);
    let inverted = values.mapv(|value| (largest - f64::from(value)) as f32);
    [&inverted, values].into_iter().find_map(|stored| {
        let samples = Samples::typed(stored.view(), image.sample_type()).ok()?;
        let file = encode(file, &samples, Channels::Grey, Some(white), &[], limits).ok()?;
        let again = decode(&file, limits).ok()?;
        (again.0.data() == values.view()).then_some(file)
    })
}

/// The file with other values, grey, for all of its pixels.
pub(crate) fn encode_like(
    file: &[u8],
    samples: Samples<'_>,
    limits: &Limits,
) -> Result<Vec<u8>, EncodeError> {
    encode(file, &samples, Channels::Grey, None, &[], limits)
}

fn encode(
    file: &[u8],
    samples: &Samples<'_>,
    channels: Channels,
    photometric: Option<PhotometricInterpretation>,
    palette: &[[u8; 3]],
    limits: &Limits,
) -> Result<Vec<u8>, EncodeError> {
    let tags = copied(file, &EVERY_PAGE, limits);
    let tags_of_first = copied(file, &FIRST_PAGE, limits);
    Pages { channels, photometric, palette, tags: &tags, tags_of_first: &tags_of_first }.encode(samples)
}

/// Those of the tags that the first page has. A tag that cannot be read does not keep the pixels from being written.
fn copied(file: &[u8], tags: &[Tag], limits: &Limits) -> Vec<(Tag, ValueBuffer)> {
    let mut own = tiff::decoder::Limits::default();
    own.ifd_value_size = own.ifd_value_size.min(limits.bytes_as_usize());
    let Ok(decoder) = Decoder::new(Cursor::new(file)) else { return Vec::new() };
    let mut decoder = decoder.with_limits(own);
    let mut page = decoder.image_ifd();
    let value = |&tag: &Tag| {
        let mut value = ValueBuffer::empty(Type::BYTE);
        page.find_tag_buf(tag, &mut value).ok()??;
        value.set_byte_order(ByteOrder::native());
        Some((tag, value))
    };
    tags.iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, array};
    use tiff::encoder::{Rational, TiffEncoder, colortype};
    use tiff::tags::ResolutionUnit;

    use super::*;
    use crate::image::SampleType;

    fn read(file: &[u8]) -> Image {
        decode(file, &Limits::default()).unwrap().0
    }

    #[test]
    fn type_resolution_and_description_stay() {
        let mut file = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut file).unwrap();
        for slice in [[-5_i16, 0, 300], [1, 2, 3]] {
            let mut page = encoder.new_image::<colortype::GrayI16>(3, 1).unwrap();
            page.resolution(ResolutionUnit::Centimeter, Rational { n: 40000, d: 3 });
            page.encoder().write_tag(Tag::ImageDescription, "ImageJ=1.11a\nslices=2\nunit=um").unwrap();
            page.write_data(&slice).unwrap();
        }
        let file = file.into_inner();
        let changes = [(0, Change::Copy(2)), (4, Change::AtMost(0.0)), (5, Change::AtLeast(-7.5))];
        let new = rewrite(&file, &changes, &Limits::default()).unwrap();
        let image = read(&new);
        assert_eq!(image.sample_type(), SampleType::I16);
        assert_eq!(image.data(), array![[[300., 0., 300.]], [[1., 0., -7.]]].into_dyn());
        let tag = |tag| Decoder::new(Cursor::new(&new)).unwrap().find_tag(tag).unwrap();
        assert_eq!(tag(Tag::XResolution), Some(tiff::decoder::ifd::Value::Rational(40000, 3)));
        assert_eq!(tag(Tag::ResolutionUnit), Some(tiff::decoder::ifd::Value::Short(3)));
        let description = "ImageJ=1.11a\nslices=2\nunit=um".to_owned();
        assert_eq!(tag(Tag::ImageDescription), Some(tiff::decoder::ifd::Value::Ascii(description)));
    }

    #[test]
    fn a_palette_and_colours_stay() {
        let indices = array![[0.0_f32, 1.0, 200.0]].into_dyn();
        let samples = Samples::typed(indices.view(), SampleType::U8).unwrap();
        let palette = [[0, 0, 0], [250, 3, 4]];
        let file = encode(&[], &samples, Channels::Index, None, &palette, &Limits::default()).unwrap();
        let image = read(&rewrite(&file, &[(0, Change::Copy(2))], &Limits::default()).unwrap());
        assert_eq!(image.channels(), Channels::Index);
        assert_eq!(image.data(), array![[200., 1., 200.]].into_dyn());
        assert_eq!(image.palette()[..2], palette);

        let colours = Array::from_shape_fn((2, 2, 4), |(y, x, c)| (8 * y + 4 * x + c) as f32).into_dyn();
        let samples = Samples::typed(colours.view(), SampleType::U16).unwrap();
        let file = encode(&[], &samples, Channels::Rgba, None, &[], &Limits::default()).unwrap();
        let changes = [(0, Change::Copy(3)), (1, Change::AtLeast(9.0))];
        let image = read(&rewrite(&file, &changes, &Limits::default()).unwrap());
        assert_eq!((image.channels(), image.sample_type()), (Channels::Rgba, SampleType::U16));
        let first: Vec<f32> = image.data().iter().take(8).copied().collect();
        assert_eq!(first, [12., 13., 14., 15., 9., 9., 9., 7.]);
    }

    #[test]
    fn where_0_is_white_it_stays_white() {
        for sample_type in [SampleType::Bool, SampleType::U8, SampleType::U16, SampleType::F32] {
            let stored = array![[1.0_f32, 0.0, 1.0]].into_dyn();
            let samples = Samples::typed(stored.view(), sample_type).unwrap();
            let white = Some(PhotometricInterpretation::WhiteIsZero);
            let old = encode(&[], &samples, Channels::Grey, white, &[], &Limits::default()).unwrap();
            let new = rewrite(&old, &[(0, Change::Copy(1))], &Limits::default()).unwrap();
            let differ = old.iter().zip(&new).filter(|(old, new)| old != new).count();
            assert!(old.len() == new.len() && (1..=4).contains(&differ), "{sample_type}: {differ}");
            let values = read(&old).data().iter().copied().collect::<Vec<_>>();
            let expected = [values[1], values[1], values[2]];
            assert_eq!(read(&new).data().iter().copied().collect::<Vec<_>>(), expected, "{sample_type}");
        }
    }

    #[test]
    fn labels_that_are_not_exact_here_are_not_written_wrongly() {
        let mut file = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut file).unwrap();
        encoder.write_image::<colortype::Gray32>(2, 1, &[16_777_217, 0]).unwrap();
        let error = rewrite(file.get_ref(), &[], &Limits::default()).unwrap_err();
        assert!(
            matches!(error, RewriteError::Unfit { .. }) || error.to_string().contains("16777216"),
            "{error}"
        );
    }
}
