//! One page: what its directory says, checked against the limits before anything is allocated.

use std::fmt;

use super::compression::Compression;
use super::directory::{Directory, File, tag};
use super::tags::{Form, Tags};
use crate::error::DecodeError;
use crate::format::Format::Tiff;
use crate::image::{Channels, SampleType};
use crate::limits::{Limits, describe};

/// What all pages of a volume have in common.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kind {
    pub(super) rows: u32,
    pub(super) columns: u32,
    pub(super) channels: Channels,
    /// Samples per pixel that are no colours: each is an image of its own. 1 where there is a colour.
    pub(super) bands: u16,
    pub(super) sample_type: SampleType,
}

/// A page that can be read.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) number: usize,
    pub(super) kind: Kind,
    pub(super) white_is_zero: bool,
    pub(super) colour: Photometric,
    /// Samples per pixel in the file: those of [`Kind`] and others behind them, which are left out.
    pub(super) samples: u16,
    pub(super) bits: u16,
    pub(super) sample_format: u16,
    pub(super) planar: bool,
    pub(super) predictor: u16,
    pub(super) compression: Compression,
    pub(super) low_bits_first: bool,
    pub(super) chunks: Chunks,
}

/// The strips or tiles of a page.
#[derive(Debug)]
pub(super) struct Chunks {
    pub(super) tiled: bool,
    /// Rows and columns of a whole one.
    pub(super) rows: u32,
    pub(super) columns: u32,
    pub(super) offsets: Vec<u64>,
    pub(super) lengths: Vec<u64>,
}

/// The colour models that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Photometric {
    Grey,
    Rgb,
    Palette,
    /// In JPEG only, where it becomes RGB.
    YCbCr,
}

impl Page {
    pub(super) fn read(file: &File<'_>, page: &Directory, limits: &Limits) -> Result<Self, DecodeError> {
        let tags = Tags { file, page };
        let [columns, rows] = size(file, page)?;
        tags.flat()?;
        let samples = tags.small(tag::SAMPLES_PER_PIXEL, 1)?;
        let bits = tags.common("BitsPerSample", tag::BITS_PER_SAMPLE, samples, 1)?;
        let sample_format = tags.common("SampleFormat", tag::SAMPLE_FORMAT, samples, 1)?;
        let compression = Compression::from_tag(tags.or(tag::COMPRESSION, 1)?, page.place())?;
        let photometric = tags.photometric(samples, compression)?;
        let colour = tags.colour(photometric, compression)?;
        let sample_type = tags.sample_type(bits, sample_format, colour)?;
        let (channels, bands) = tags.channels(colour, samples)?;
        let kind = Kind { rows, columns, channels, bands, sample_type };
        let planar = samples > 1 && tags.or(tag::PLANAR_CONFIGURATION, 1)? == 2;
        let form = Form { planes: if planar { samples } else { 1 }, samples, bits, compression };
        let chunks = tags.chunks(&kind, &form, limits)?;
        Ok(Self {
            number: page.number,
            kind,
            white_is_zero: photometric == 0,
            colour,
            samples,
            bits,
            sample_format,
            planar,
            predictor: tags.predictor()?,
            compression,
            low_bits_first: tags.or(tag::FILL_ORDER, 1)? == 2,
            chunks,
        })
    }

    pub(super) fn place(&self) -> String {
        format!("page {}", self.number)
    }

    /// Where the pixels begin and how many bytes they are, if they stand one after the other in the
    /// file without compression.
    pub(super) fn raw(&self) -> Option<(u64, u64)> {
        if self.compression != Compression::None || self.chunks.tiled {
            return None;
        }
        let start = *self.chunks.offsets.first()?;
        let mut end = start;
        for (index, &offset) in self.chunks.offsets.iter().enumerate() {
            if offset != end {
                return None;
            }
            end = end.checked_add(self.row_bytes().checked_mul(self.chunk_rows(index).into())?)?;
        }
        Some((start, end - start))
    }

    /// The page whose pixels stand `nth` times their length further on.
    pub(super) fn shifted(mut self, nth: u64) -> Self {
        if let Some((_, bytes)) = self.raw() {
            let shift = bytes.saturating_mul(nth);
            self.chunks.offsets.iter_mut().for_each(|offset| *offset = offset.saturating_add(shift));
        }
        self
    }

    /// Samples side by side in one chunk.
    pub(super) fn samples_together(&self) -> u16 {
        if self.planar { 1 } else { self.samples }
    }

    /// Bytes of a row of a chunk, each row beginning on a byte.
    pub(super) fn row_bytes(&self) -> u64 {
        let bits = u64::from(self.chunks.columns) * u64::from(self.bits) * u64::from(self.samples_together());
        bits.div_ceil(8)
    }

    /// Rows that the chunk of this index holds: tiles are always whole, the last strip of a plane may be short.
    pub(super) fn chunk_rows(&self, index: usize) -> u32 {
        if self.chunks.tiled {
            return self.chunks.rows;
        }
        let per_plane = self.kind.rows.div_ceil(self.chunks.rows);
        let first = (index as u64 % u64::from(per_plane)) * u64::from(self.chunks.rows);
        (u64::from(self.kind.rows) - first).min(self.chunks.rows.into()) as u32
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = describe(&[self.rows.into(), self.columns.into()]);
        write!(out, "{shape} {} ", self.sample_type)?;
        match self.bands {
            1 => write!(out, "{:?} pixels", self.channels),
            bands => write!(out, "pixels of {bands} samples"),
        }
    }
}

/// Columns and rows.
pub(super) fn size(file: &File<'_>, page: &Directory) -> Result<[u32; 2], DecodeError> {
    let length = |name: &str, tag| {
        let length = file.first(page, tag)?.unwrap_or(0);
        u32::try_from(length).ok().filter(|&length| length > 0).ok_or_else(|| {
            DecodeError::malformed(
                Tiff,
                page.place(),
                format!("{name} is missing, 0 or above 2^32: {length}"),
            )
        })
    };
    Ok([length("ImageWidth", tag::IMAGE_WIDTH)?, length("ImageLength", tag::IMAGE_LENGTH)?])
}

/// The colours of a ColorMap: all reds, all greens, all blues, of 16 bit each. Files whose
/// values all fit in 8 bit were written wrongly, and often: they are taken as 8 bit, as libtiff
/// does.
pub(super) fn colours(map: &[u64]) -> Vec<[u8; 3]> {
    let length = map.len() / 3;
    let shift = if map.iter().all(|&value| value < 256) { 0 } else { 8 };
    let level = |at: usize| map.get(at).map_or(0, |&value| (value >> shift) as u8);
    (0..length).map(|index| [level(index), level(length + index), level(2 * length + index)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_the_high_bytes_unless_all_are_8_bit() {
        let wide = [0, 0x1200, 0xff00, 0, 0x3400, 0xffff, 0, 0x5600, 0];
        assert_eq!(colours(&wide), [[0, 0, 0], [0x12, 0x34, 0x56], [0xff, 0xff, 0]]);
        assert_eq!(colours(&[7, 255, 9, 0, 1, 2]), [[7, 9, 1], [255, 0, 2]]);
    }

    /// Found by fuzzing: 0xfffffffe rows in 3 planes overflowed the count of strips.
    #[test]
    fn more_strips_than_can_be_counted_are_refused() {
        let mut file = b"II*\0\x08\0\0\0\x05\0".to_vec();
        for (tag, value) in [(256_u16, 2_u32), (257, 0xffff_fffe), (277, 3), (278, 1), (284, 2)] {
            file.extend(tag.to_le_bytes());
            file.extend([4, 0, 1, 0, 0, 0]);
            file.extend(value.to_le_bytes());
        }
        file.extend([0; 4]);
        for limits in [Limits::default(), Limits { max_pixels: u64::MAX, max_bytes: u64::MAX }] {
            let error = crate::tiff::decode(&file, &limits).unwrap_err();
            assert!(matches!(error, DecodeError::TooLarge { .. }), "{error}");
        }
    }
}
