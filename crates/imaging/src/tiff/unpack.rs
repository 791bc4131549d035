//! The strips and tiles that the `tiff` crate does not decompress, or not in WebAssembly:
//! LZW, Zstandard, JPEG and CCITT; and bytes whose first pixel is the lowest bit (FillOrder 2).

use std::borrow::Cow;

use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};
use ruzstd::decoding::StreamingDecoder;
use weezl::decode::Decoder as LzwDecoder;
use weezl::{BitOrder, LzwStatus};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::compression::Compression;
use super::directory::{Directory, File, tag};
use super::page::{Page, Photometric};
use crate::error::DecodeError;
use crate::format::Format::Tiff;
use crate::limits::Limits;
use crate::samples::read_full;

/// Where the strips and tiles are, and how the `tiff` crate is to read them.
pub(super) struct Body<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) offsets: Cow<'a, [u64]>,
    pub(super) lengths: Cow<'a, [u64]>,
    pub(super) compression: u16,
}

/// The page as the crate can read it: in most cases as it stands in the file.
pub(super) fn unpacked<'a>(
    file: &File<'a>,
    directory: &Directory,
    page: &'a Page,
    limits: &Limits,
) -> Result<Body<'a>, DecodeError> {
    let chunks = &page.chunks;
    let untouched = page.compression.left_to_the_crate();
    if let (Some(compression), false) = (untouched, page.low_bits_first) {
        return Ok(Body {
            bytes: file.bytes.into(),
            offsets: chunks.offsets.as_slice().into(),
            lengths: chunks.lengths.as_slice().into(),
            compression,
        });
    }
    let tables = file.bytes_of(directory, tag::JPEG_TABLES)?;
    let options = file.first(directory, tag::T4_OPTIONS)?.unwrap_or(0);
    let place = || page.place();
    // Strips and tiles may share their bytes, as those without content do, but not so that a short
    // file takes forever.
    let whole: u64 = (0..chunks.offsets.len())
        .map(|index| page.row_bytes().saturating_mul(page.chunk_rows(index).into()))
        .fold(file.bytes.len() as u64, u64::saturating_add);
    let packed = chunks.lengths.iter().fold(0, |sum: u64, &length| sum.saturating_add(length));
    if packed > whole {
        return Err(DecodeError::malformed(Tiff, place(), "the strips or tiles overlap"));
    }
    if tables.len() > usize::from(u16::MAX) {
        return Err(DecodeError::malformed(Tiff, place(), "JPEGTables of more than 65535 bytes"));
    }
    let mut bytes = Vec::new();
    let (mut offsets, mut lengths) = (Vec::new(), Vec::new());
    for (index, (&offset, &length)) in chunks.offsets.iter().zip(&chunks.lengths).enumerate() {
        let rows = page.chunk_rows(index);
        let size = page.row_bytes().saturating_mul(rows.into());
        let length = if page.compression == Compression::None { size } else { length };
        let end = offset.saturating_add(length);
        let within = |at: u64| usize::try_from(at).ok();
        let range = within(offset).zip(within(end));
        let packed = range.and_then(|(start, end)| file.bytes.get(start..end)).ok_or_else(|| {
            let available = file.bytes.len() as u64;
            DecodeError::Truncated { format: Tiff, place: place(), needed: end, available }
        })?;
        let packed = match page.low_bits_first {
            true => packed.iter().map(|byte| byte.reverse_bits()).collect(),
            false => Cow::Borrowed(packed),
        };
        let room = if untouched.is_some() { packed.len() as u64 } else { size };
        let all = (bytes.len() as u64).saturating_add(room);
        Limits { max_pixels: u64::MAX, ..*limits }.samples(Tiff, &[all.div_ceil(4)], 1, 1)?;
        let start = bytes.len();
        let wrong = |problem: String| DecodeError::malformed(Tiff, place(), problem);
        match page.compression {
            Compression::Zstandard => zstandard(&packed, size as usize, limits, &mut bytes),
            Compression::Jpeg => jpeg(&packed, tables, page, rows, &mut bytes),
            Compression::Group3 if options & 2 != 0 => {
                Err("uncompressed pieces in CCITT group 3".to_string())
            }
            Compression::CcittRle | Compression::Group3 | Compression::Group4 => {
                ccitt(&packed, options, page, rows, &mut bytes)
            }
            Compression::Lzw => lzw(&packed, size as usize, &mut bytes),
            Compression::None | Compression::Deflate | Compression::PackBits => {
                bytes.extend_from_slice(&packed);
                Ok(())
            }
        }
        .map_err(wrong)?;
        offsets.push(start as u64);
        lengths.push((bytes.len() - start) as u64);
    }
    Ok(Body {
        bytes: bytes.into(),
        offsets: offsets.into(),
        lengths: lengths.into(),
        compression: untouched.unwrap_or(1),
    })
}

fn zstandard(packed: &[u8], size: usize, limits: &Limits, out: &mut Vec<u8>) -> Result<(), String> {
    // The window is memory, and the header of the stream asks for it.
    const WINDOW: u64 = 1 << 27;
    let problem = |error: &dyn std::fmt::Display| format!("Zstandard: {error}");
    let mut decoder = StreamingDecoder::new_with_max_window_size(packed, limits.max_bytes.min(WINDOW))
        .map_err(|error| problem(&error))?;
    let start = out.len();
    out.resize(start + size, 0);
    let read = read_full(&mut decoder, &mut out[start..]).map_err(|error| problem(&error))?;
    if read < size {
        return Err(problem(&format!("{read} bytes in a strip or tile of {size}")));
    }
    Ok(())
}

/// The crate's own way through LZW stops short of the end of tiles at the right edge.
fn lzw(packed: &[u8], size: usize, out: &mut Vec<u8>) -> Result<(), String> {
    // Before TIFF 6 the bits stood the other way round: the code that clears the table begins so.
    if matches!(packed, [0, second, ..] if second & 1 == 1) {
        return Err(
            "LZW of TIFF 5 with its reversed bits; save it again as Deflate or uncompressed TIFF".into()
        );
    }
    let start = out.len();
    out.resize(start + size, 0);
    let (mut rest, mut room) = (packed, out.get_mut(start..).unwrap_or_default());
    let mut decoder = LzwDecoder::with_tiff_size_switch(BitOrder::Msb, 8);
    while !room.is_empty() {
        let step = decoder.decode_bytes(rest, room);
        let status = step.status.map_err(|error| format!("LZW: {error}"))?;
        rest = rest.get(step.consumed_in..).unwrap_or_default();
        room = room.get_mut(step.consumed_out..).unwrap_or_default();
        if !matches!(status, LzwStatus::Ok) && !room.is_empty() {
            return Err(format!("LZW: {} bytes in a strip or tile of {size}", size - room.len()));
        }
    }
    Ok(())
}

fn jpeg(packed: &[u8], tables: &[u8], page: &Page, rows: u32, out: &mut Vec<u8>) -> Result<(), String> {
    let problem = |error: &dyn std::fmt::Display| format!("JPEG: {error}");
    // The tables are a JPEG file without a picture: they belong between the begin of this one
    // (FF D8) and the rest of it, without their own end (FF D9).
    let (beginning, rest) = match tables.strip_suffix(&[0xff, 0xd9]).unwrap_or(tables) {
        [] => (&[][..], packed),
        tables => (tables, packed.strip_prefix(&[0xff, 0xd8]).unwrap_or(packed)),
    };
    let stream = [beginning, rest].concat();
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream.as_slice()), options);
    decoder.decode_headers().map_err(|error| problem(&error))?;
    let (Some((width, height)), Some(stored)) = (decoder.dimensions(), decoder.input_colorspace()) else {
        return Err(problem(&"no frame header"));
    };
    let wanted = if page.colour == Photometric::YCbCr { ColorSpace::RGB } else { stored };
    let samples = usize::from(page.samples_together());
    let (columns, rows) = (page.chunks.columns as usize, rows as usize);
    if (width, wanted.num_components(), page.bits) != (columns, samples, 8) || height < rows {
        return Err(problem(&format!(
            "{height} x {width} pixels of {} samples in a strip or tile of {rows} x {columns} of {samples}, {} bits \
             each",
            wanted.num_components(),
            page.bits,
        )));
    }
    // A picture that is higher than its strip must not ask for more than a strip may.
    let too_high = height > rows && height > page.chunks.rows as usize;
    if too_high {
        return Err(problem(&format!("{height} rows in a strip or tile of {rows}")));
    }
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let start = out.len();
    out.resize(start + height * columns * samples, 0);
    decoder.decode_into(&mut out[start..]).map_err(|error| problem(&error))?;
    out.truncate(start + rows * columns * samples);
    Ok(())
}

/// Bits of 0 where the fax is white, whatever the page takes them for.
fn ccitt(packed: &[u8], options: u64, page: &Page, rows: u32, out: &mut Vec<u8>) -> Result<(), String> {
    if (page.bits, page.samples_together()) != (1, 1) {
        return Err(format!("CCITT compression of {} bits per sample; it is for 1 bit only", page.bits));
    }
    let row_by_row = page.compression == Compression::CcittRle;
    let settings = DecodeSettings {
        columns: page.chunks.columns,
        rows,
        end_of_block: !row_by_row,
        end_of_line: false,
        rows_are_byte_aligned: row_by_row,
        encoding: match page.compression {
            Compression::Group4 => EncodingMode::Group4,
            Compression::Group3 if options & 1 != 0 => EncodingMode::Group3_2D,
            _ => EncodingMode::Group3_1D,
        },
        strict: true,
    };
    let start = out.len();
    let row_bytes = page.row_bytes() as usize;
    let mut lines = Lines { out, row_bytes, columns: page.chunks.columns as usize, left: rows };
    let outcome = hayro_ccitt::decode(packed, &mut lines, &mut DecoderContext::new(settings));
    let read = (out.len() - start) / row_bytes.max(1);
    match outcome {
        _ if read == rows as usize => Ok(()),
        Ok(_) => Err(format!("CCITT: {read} rows in a strip or tile of {rows}")),
        Err(error) => Err(format!("CCITT: {error} in row {}", read + 1)),
    }
}

struct Lines<'a> {
    out: &'a mut Vec<u8>,
    row_bytes: usize,
    columns: usize,
    left: u32,
}

impl hayro_ccitt::Decoder for Lines<'_> {
    fn push_row(&mut self, changes: &[u32]) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        let start = self.out.len();
        self.out.resize(start + self.row_bytes, 0);
        let Some(row) = self.out.get_mut(start..) else { return };
        for run in changes.chunks(2) {
            let first = run.first().map_or(0, |&first| first as usize);
            let end = run.get(1).map_or(self.columns, |&end| end as usize).min(self.columns);
            for column in first..end {
                if let Some(byte) = row.get_mut(column / 8) {
                    *byte |= 0x80 >> (column % 8);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Channels, SampleType};
    use crate::tiff::page::{Chunks, Kind};

    #[test]
    fn a_short_file_cannot_be_unpacked_over_and_over() {
        let mut bytes = b"II*\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
        bytes.resize(4096, 0);
        let file = File::new(&bytes);
        let directory = &file.directories().unwrap()[0];
        let kind =
            Kind { rows: 1000, columns: 1, channels: Channels::Grey, bands: 1, sample_type: SampleType::U8 };
        let chunks =
            Chunks { tiled: false, rows: 1, columns: 1, offsets: vec![0; 1000], lengths: vec![4096; 1000] };
        let page = Page {
            number: 1,
            kind,
            white_is_zero: false,
            colour: Photometric::Grey,
            samples: 1,
            bits: 8,
            sample_format: 1,
            planar: false,
            predictor: 1,
            compression: Compression::Zstandard,
            low_bits_first: false,
            chunks,
        };
        let Err(error) = unpacked(&file, directory, &page, &Limits::default()) else { panic!("it was read") };
        assert_eq!(error.to_string(), "TIFF: page 1: the strips or tiles overlap");
    }
}
