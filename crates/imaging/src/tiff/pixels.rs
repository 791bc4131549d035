//! The samples of a page. Each page is handed to the `tiff` crate as a file of its own: a directory
//! with only what the crate has to know, in front of the bytes that the strips and tiles stand in.
//! The crate undoes LZW, Deflate and PackBits, predictors, byte orders and tiles.

use std::io::{self, Read, Seek, SeekFrom};

use tiff::TiffError;
use tiff::decoder::{Decoder, DecodingResult};

use super::directory::{Directory, File};
use super::page::{Page, Photometric};
use super::unpack::{Body, unpacked};
use crate::error::DecodeError;
use crate::format::Format::Tiff;
use crate::image::{Channels, SampleType};
use crate::limits::Limits;
use crate::png::unpack;
use crate::samples::ByteOrder;

/// The samples of a page: those of a pixel side by side if they are a colour, and one image after
/// the other if they are bands.
pub(super) fn read(
    file: &File<'_>,
    directory: &Directory,
    page: &Page,
    limits: &Limits,
) -> Result<Vec<f32>, DecodeError> {
    let body = unpacked(file, directory, page, limits)?;
    let raw = decoded(file, page, &body, limits)?;
    let columns = page.kind.columns as usize;
    let samples = match raw {
        DecodingResult::U8(packed) if page.bits < 8 => {
            let row = columns * usize::from(page.samples_together());
            let scale = match (page.colour, page.bits) {
                // One bit is a mask; 2 and 4 bits of grey are brought to the full scale of 8, as in
                // PNG; indices keep their value.
                (Photometric::Palette, _) | (_, 1) => 1,
                (_, bits) => 255 / ((1 << bits) - 1),
            };
            unpack(&packed, row, page.bits as u8, scale)
        }
        raw => wide(raw),
    };
    let expected = page.kind.rows as usize * columns * usize::from(page.samples);
    if samples.len() != expected {
        let found = format!("{} samples, {expected} expected", samples.len());
        return Err(DecodeError::malformed(Tiff, page.place(), found));
    }
    Ok(arranged(samples, page))
}

/// From the order of the file, and without samples that are left out.
fn arranged(samples: Vec<f32>, page: &Page) -> Vec<f32> {
    let stored = usize::from(page.samples);
    let pixels = samples.len() / stored;
    if page.kind.bands > 1 {
        return match page.planar {
            true => samples,
            false => (0..samples.len()).map(|at| samples[at % pixels * stored + at / pixels]).collect(),
        };
    }
    let kept = page.kind.channels.count();
    match (page.planar, kept == stored) {
        (false, true) => samples,
        (false, false) => {
            samples.chunks_exact(stored).flat_map(|pixel| pixel.iter().take(kept)).copied().collect()
        }
        (true, _) => (0..pixels * kept).map(|at| samples[at % kept * pixels + at / kept]).collect(),
    }
}

/// What the largest value of an unsigned type becomes 0 in, and back.
pub(super) fn invert(samples: &mut [f32], page: &Page) {
    let Some(white) = page.kind.sample_type.max() else { return };
    // Alpha is not inverted.
    let step = if page.kind.channels == Channels::GreyAlpha { 2 } else { 1 };
    for sample in samples.iter_mut().step_by(step) {
        *sample = (white - f64::from(*sample)) as f32;
    }
}

/// Whether "white" is a value of the type at all.
pub(super) fn has_white(sample_type: SampleType) -> bool {
    use SampleType::{Bool, U8, U16, U32, U64};
    matches!(sample_type, Bool | U8 | U16 | U32 | U64)
}

fn decoded(
    file: &File<'_>,
    page: &Page,
    body: &Body<'_>,
    limits: &Limits,
) -> Result<DecodingResult, DecodeError> {
    let here = |error: TiffError| DecodeError::malformed(Tiff, page.place(), explained(&error));
    let joined = Joined { head: head(file.order, page, body), body: &body.bytes, at: 0 };
    let mut own = tiff::decoder::Limits::default();
    own.decoding_buffer_size = limits.bytes_as_usize();
    own.intermediate_buffer_size = limits.bytes_as_usize();
    let mut decoder = Decoder::new(joined).map_err(here)?.with_limits(own);
    let mut raw = DecodingResult::U8(Vec::new());
    decoder.read_image_to_buffer(&mut raw).map_err(here)?;
    Ok(raw)
}

fn explained(error: &TiffError) -> String {
    match error {
        TiffError::IoError(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
            "the file is cut: it ends before all strips and tiles".to_string()
        }
        other => other.to_string(),
    }
}

fn wide(raw: DecodingResult) -> Vec<f32> {
    macro_rules! converted {
        ($values:expr) => {
            $values.into_iter().map(|value| value as f32).collect()
        };
    }
    match raw {
        DecodingResult::U8(values) => converted!(values),
        DecodingResult::U16(values) => converted!(values),
        DecodingResult::U32(values) => converted!(values),
        DecodingResult::U64(values) => converted!(values),
        DecodingResult::I8(values) => converted!(values),
        DecodingResult::I16(values) => converted!(values),
        DecodingResult::I32(values) => converted!(values),
        DecodingResult::I64(values) => converted!(values),
        DecodingResult::F16(values) => values.into_iter().map(|value| value.to_f32()).collect(),
        DecodingResult::F32(values) => values,
        DecodingResult::F64(values) => converted!(values),
    }
}

/// The header and the only directory of a BigTIFF that holds this page. What follows it are the
/// bytes of `body`. All samples are announced as grey: colours are sorted out here.
fn head(order: ByteOrder, page: &Page, body: &Body<'_>) -> Vec<u8> {
    let chunks = &page.chunks;
    let one = |value: u32| vec![u64::from(value)];
    let (place, length) = if chunks.tiled { (324, 325) } else { (273, 279) };
    let mut fields: Vec<(u16, u16, Vec<u64>)> = vec![
        (256, LONG, one(page.kind.columns)),
        (257, LONG, one(page.kind.rows)),
        (258, SHORT, one(page.bits.into())),
        (259, SHORT, one(body.compression.into())),
        (262, SHORT, one(1)),
        (277, SHORT, one(page.samples.into())),
        (284, SHORT, one(if page.planar { 2 } else { 1 })),
        (317, SHORT, one(page.predictor.into())),
        // 4, "undefined", is read as unsigned.
        (339, SHORT, one(if page.sample_format == 4 { 1 } else { page.sample_format.into() })),
        (place, LONG8, body.offsets.to_vec()),
        (length, LONG8, body.lengths.to_vec()),
    ];
    match chunks.tiled {
        true => fields.extend([(322, LONG, one(chunks.columns)), (323, LONG, one(chunks.rows))]),
        false => fields.push((278, LONG, one(chunks.rows))),
    }
    fields.sort_by_key(|&(tag, ..)| tag);

    let start = 16;
    let arrays = start + 8 + 20 * fields.len() + 8;
    let long: usize = fields.iter().map(|(_, _, values)| values.len()).filter(|&count| count > 1).sum();
    let total = (arrays + 8 * long) as u64;
    let mut out = Writer { order, bytes: Vec::with_capacity(total as usize) };
    out.bytes.extend(if order == ByteOrder::Little { b"II" } else { b"MM" });
    out.put(2, 43);
    out.put(2, 8);
    out.put(2, 0);
    out.put(8, start as u64);
    out.put(8, fields.len() as u64);
    let mut array = arrays as u64;
    for (tag, kind, values) in &mut fields {
        if *tag == place {
            values.iter_mut().for_each(|offset| *offset = offset.saturating_add(total));
        }
        out.put(2, (*tag).into());
        out.put(2, (*kind).into());
        out.put(8, values.len() as u64);
        match (values.as_slice(), *kind) {
            ([value], SHORT) => {
                out.put(2, *value);
                out.put(6, 0);
            }
            ([value], LONG) => {
                out.put(4, *value);
                out.put(4, 0);
            }
            ([value], _) => out.put(8, *value),
            (many, _) => {
                out.put(8, array);
                array += 8 * many.len() as u64;
            }
        }
    }
    out.put(8, 0);
    for (_, _, values) in fields.iter().filter(|(_, _, values)| values.len() > 1) {
        values.iter().for_each(|&value| out.put(8, value));
    }
    out.bytes
}

const SHORT: u16 = 3;
const LONG: u16 = 4;
const LONG8: u16 = 16;

struct Writer {
    order: ByteOrder,
    bytes: Vec<u8>,
}

impl Writer {
    fn put(&mut self, width: usize, value: u64) {
        match self.order {
            ByteOrder::Little => self.bytes.extend(&value.to_le_bytes()[..width]),
            ByteOrder::Big => self.bytes.extend(&value.to_be_bytes()[8 - width..]),
        }
    }
}

/// Two pieces that read as one.
struct Joined<'a> {
    head: Vec<u8>,
    body: &'a [u8],
    at: u64,
}

impl Read for Joined<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX);
        let mut rest = match self.head.get(at..).filter(|rest| !rest.is_empty()) {
            Some(rest) => rest,
            None => self.body.get(at.saturating_sub(self.head.len())..).unwrap_or_default(),
        };
        let length = rest.read(out)?;
        self.at += length as u64;
        Ok(length)
    }
}

impl Seek for Joined<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let length = (self.head.len() + self.body.len()) as u64;
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
