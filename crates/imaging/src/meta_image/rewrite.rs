//! MetaImage with other samples: every byte of its header stays, but for the size of what is compressed.

use crate::encode::Samples;
use crate::error::DecodeError;
use crate::format::Format::MetaImage;
use crate::image::{Channels, SampleType};
use crate::limits::Limits;
use crate::meta_image::data::Data;
use crate::meta_image::fields::OF_VALUES;
use crate::meta_image::header::{Encoding, Header, type_name};
use crate::pieces::{Piece, replaced};
use crate::rewrite::{Change, RawPixels, RewriteError};
use crate::samples::ByteOrder;
use crate::text_samples::text;

/// The file with some of its samples changed, compressed or not as it is. What is not compressed stays to the byte, but
/// for these samples.
pub(crate) fn rewrite(
    file: &[u8],
    changes: &[(usize, Change)],
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    let header = Header::read(file, limits)?;
    let needed = header.needed();
    let data = Data::find(file, &header, needed)?;
    let layout = &header.layout;
    let place = |pixel: usize| layout.place(pixel);
    if header.encoding == Encoding::Text {
        let text = header.text(&header.shape()).change(data.stored, changes, place, limits)?;
        return Ok([data.before, &text].concat());
    }
    let is_raw = header.encoding == Encoding::Raw;
    if is_raw && (data.stored.len() as u64) < needed {
        let (place, available) = ("samples".to_owned(), data.stored.len() as u64);
        return Err(DecodeError::Truncated { format: MetaImage, place, needed, available }.into());
    }
    let mut bytes = if is_raw { file.to_vec() } else { data.unpacked(needed)? };
    let pixels = RawPixels {
        format: MetaImage,
        start: if is_raw { data.before.len() } else { 0 },
        count: layout.shape.iter().product(),
        channels: header.channels,
        sample_type: header.sample_type,
        order: header.order,
        scaling: None,
    };
    pixels.change(&mut bytes, changes, place)?;
    if is_raw {
        return Ok(bytes);
    }
    compressed(&header, &data, &bytes, Vec::new())
}

/// The file with other values for all of its samples. Fields that describe the old values go.
pub(crate) fn with_values(
    file: &[u8],
    samples: &Samples<'_>,
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    let header = Header::read(file, limits)?;
    let data = Data::find(file, &header, header.needed())?;
    if header.channels != Channels::Grey {
        return Err(RewriteError::unfit(
            MetaImage,
            "the samples of the file are colours, and its header says so",
        ));
    }
    let count = header.samples();
    if samples.shape().iter().product::<usize>() != count {
        return Err(RewriteError::unfit(MetaImage, format!("the file has {count} samples")));
    }
    let stored = samples.stored_type();
    let is_text = header.encoding == Encoding::Text;
    let (written, order) =
        if is_text { (SampleType::F64, ByteOrder::Little) } else { (stored, header.order) };
    let mut bytes = Vec::new();
    samples.write_as(written, order, &mut bytes);
    let bytes = header.layout.stored(bytes, written.bytes());

    let mut pieces: Vec<Piece> = Vec::new();
    if stored != header.sample_type {
        pieces.push((header.fields.required("ElementType")?.at.clone(), type_name(stored).to_owned()));
    }
    let of_values = OF_VALUES.iter().filter_map(|name| header.fields.get(name));
    pieces.extend(of_values.map(|field| (field.line.clone(), String::new())));
    match header.encoding {
        Encoding::Compressed => compressed(&header, &data, &bytes, pieces),
        Encoding::Raw => Ok([replaced(data.before, pieces), bytes].concat()),
        Encoding::Text => {
            let text = text(&bytes, stored, header.layout.shape.last());
            Ok([replaced(data.before, pieces), text].concat())
        }
    }
}

/// The header with its pieces, and the bytes compressed, whose number it says where it did so before.
fn compressed(
    header: &Header<'_>,
    data: &Data<'_>,
    bytes: &[u8],
    mut pieces: Vec<Piece>,
) -> Result<Vec<u8>, RewriteError> {
    let packed = data.packed(bytes, header)?;
    let size = header.fields.get("CompressedDataSize").filter(|field| field.whole() != Ok(0));
    pieces.extend(size.map(|field| (field.at.clone(), packed.len().to_string())));
    Ok([replaced(data.before, pieces), packed].concat())
}
