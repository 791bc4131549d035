//! NRRD with other samples: every byte of its header stays, so that fields, pairs of key and value and comments do.

use crate::encode::Samples;
use crate::error::DecodeError;
use crate::format::Format::Nrrd;
use crate::image::{Channels, SampleType};
use crate::limits::Limits;
use crate::nrrd::data::{Data, packed};
use crate::nrrd::fields::OF_VALUES;
use crate::nrrd::header::{Encoding, Header, type_name};
use crate::pieces::replaced;
use crate::rewrite::{Change, RawPixels, RewriteError};
use crate::samples::ByteOrder;
use crate::text_samples::text;

/// The file with some of its samples changed, in the encoding that it has. What is not compressed stays to the byte, but
/// for these samples; of what is, the samples and what stands before them.
pub(crate) fn rewrite(
    file: &[u8],
    changes: &[(usize, Change)],
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    let header = Header::read(file, limits)?;
    let data = Data::find(file, &header, header.needed(), limits)?;
    let layout = &header.axes.layout;
    let place = |pixel: usize| layout.place(pixel);
    if header.encoding == Encoding::Text {
        let text = header.text(&header.shape()).change(data.stored, changes, place, limits)?;
        return Ok([data.before, &text].concat());
    }
    let is_raw = header.encoding == Encoding::Raw;
    let mut bytes = match is_raw {
        true => file.to_vec(),
        false => data.unpacked(header.encoding, header.needed())?,
    };
    let pixels = RawPixels {
        format: Nrrd,
        start: if is_raw { data.before.len() } else { data.skip as usize },
        count: layout.shape.iter().product(),
        channels: header.axes.channels,
        sample_type: header.sample_type,
        order: header.order,
        scaling: None,
    };
    if is_raw && (data.stored.len() as u64) < header.needed() {
        return Err(truncated(header.needed(), data.stored.len()).into());
    }
    pixels.change(&mut bytes, changes, place)?;
    if is_raw {
        return Ok(bytes);
    }
    Ok([data.before, &packed(bytes, header.encoding)?].concat())
}

/// The file with other values for all of its samples. Fields that describe the old values go.
pub(crate) fn with_values(
    file: &[u8],
    samples: &Samples<'_>,
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    let header = Header::read(file, limits)?;
    let data = Data::find(file, &header, header.needed(), limits)?;
    if header.axes.channels != Channels::Grey {
        return Err(RewriteError::unfit(Nrrd, "the samples of the file are colours, and its header says so"));
    }
    let count = header.samples();
    if samples.shape().iter().product::<usize>() != count {
        return Err(RewriteError::unfit(Nrrd, format!("the file has {count} samples")));
    }
    let stored = samples.stored_type();
    let mut bytes = Vec::new();
    if data.skip > 0 {
        bytes = data.unpacked(header.encoding, 0)?;
    }
    let is_text = header.encoding == Encoding::Text;
    let (written, order) =
        if is_text { (SampleType::F64, ByteOrder::Little) } else { (stored, header.order) };
    let mut numbers = Vec::new();
    samples.write_as(written, order, &mut numbers);
    let numbers = header.axes.layout.stored(numbers, written.bytes());
    match is_text {
        true => bytes.extend(text(&numbers, stored, header.axes.layout.shape.last())),
        false => bytes.extend(numbers),
    }

    let mut pieces = Vec::new();
    let sample_type = header.fields.required("type")?;
    if stored != header.sample_type {
        pieces.push((sample_type.at.clone(), type_name(stored).to_owned()));
    }
    if header.fields.get("endian").is_none() && stored.bytes() > 1 && !is_text {
        // It did not matter, and does so now; without it, little-endian is what was written.
        let line = format!("endian: little{}", header.fields.line_end);
        pieces.push((sample_type.line.end..sample_type.line.end, line));
    }
    let of_values = OF_VALUES.iter().filter_map(|name| header.fields.get(name));
    pieces.extend(of_values.map(|field| (field.line.clone(), String::new())));
    let mut out = replaced(data.before, pieces);
    out.extend(packed(bytes, header.encoding)?);
    Ok(out)
}

fn truncated(needed: u64, available: usize) -> DecodeError {
    let place = "samples".to_owned();
    DecodeError::Truncated { format: Nrrd, place, needed, available: available as u64 }
}
