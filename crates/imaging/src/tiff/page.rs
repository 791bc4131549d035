//! One page: what its directory says, checked against the limits before anything is allocated.

use std::fmt;

use super::compression::Compression;
use super::directory::{Directory, File, tag};
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
        tags.only("depth (SGI ImageDepth), a volume in one page,", tag::IMAGE_DEPTH, &[1], "flat pages")?;
        let samples = tags.small(tag::SAMPLES_PER_PIXEL, 1)?;
        let bits = tags.common("BitsPerSample", tag::BITS_PER_SAMPLE, samples, 1)?;
        let sample_format = tags.common("SampleFormat", tag::SAMPLE_FORMAT, samples, 1)?;
        let compression = Compression::from_tag(tags.or(tag::COMPRESSION, 1)?, page.place())?;
        let photometric = tags.photometric(samples, compression)?;
        let colour = match photometric {
            0 | 1 | 4 => Photometric::Grey, // 4 is a mask of transparency: 1 where something is
            2 => Photometric::Rgb,
            3 => Photometric::Palette,
            6 if compression == Compression::Jpeg => Photometric::YCbCr,
            other => return Err(tags.unsupported(model(other), COLOURS)),
        };
        let sample_type = tags.sample_type(bits, sample_format, colour)?;
        let (channels, bands) = tags.channels(colour, samples)?;
        let kind = Kind { rows, columns, channels, bands, sample_type };
        let planar = samples > 1 && tags.or(tag::PLANAR_CONFIGURATION, 1)? == 2;
        let form = Form { planes: if planar { samples } else { 1 }, samples, bits, compression };
        let chunks = tags.chunks(&kind, &form, limits)?;
        let predictor = tags.small(tag::PREDICTOR, 1)?;
        if !matches!(predictor, 1..=3) {
            return Err(tags.unsupported(format!("the predictor {predictor}"), "predictors 1, 2 and 3"));
        }
        Ok(Self {
            number: page.number,
            kind,
            white_is_zero: photometric == 0,
            colour,
            samples,
            bits,
            sample_format,
            planar,
            predictor,
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

const COLOURS: &str =
    "grey, RGB and palette, with or without alpha, and YCbCr in JPEG; save it again as one of these";

fn model(photometric: u64) -> String {
    let name = match photometric {
        5 => "CMYK",
        6 => "YCbCr that is not in JPEG",
        8..=10 => "CIE L*a*b*",
        32803 => "colour filter array (raw camera)",
        32844 | 32845 => "LogLuv",
        34892 => "linear raw (DNG)",
        _ => return format!("the colour model {photometric}"),
    };
    format!("the colour model {name}")
}

/// How the samples of a page are laid out.
struct Form {
    planes: u16,
    samples: u16,
    bits: u16,
    compression: Compression,
}

/// The tags of one page.
struct Tags<'a, 'b> {
    file: &'a File<'b>,
    page: &'a Directory,
}

impl Tags<'_, '_> {
    fn malformed(&self, problem: impl ToString) -> DecodeError {
        DecodeError::malformed(Tiff, self.page.place(), problem)
    }

    fn unsupported(&self, found: impl ToString, accepted: &'static str) -> DecodeError {
        DecodeError::unsupported(Tiff, self.page.place(), found, accepted)
    }

    fn or(&self, tag: u16, default: u64) -> Result<u64, DecodeError> {
        Ok(self.file.first(self.page, tag)?.unwrap_or(default))
    }

    fn small(&self, tag: u16, default: u64) -> Result<u16, DecodeError> {
        let value = self.or(tag, default)?;
        let outside = || self.malformed(format!("tag {tag} is {value}; accepted are 1 to 65535"));
        u16::try_from(value).ok().filter(|&value| value > 0).ok_or_else(outside)
    }

    fn only(&self, what: &str, tag: u16, values: &[u64], accepted: &'static str) -> Result<(), DecodeError> {
        let value = self.or(tag, values.first().copied().unwrap_or(0))?;
        if values.contains(&value) {
            Ok(())
        } else {
            Err(self.unsupported(format!("{what} of {value}"), accepted))
        }
    }

    /// The one value that all samples have.
    fn common(&self, name: &str, tag: u16, samples: u16, default: u64) -> Result<u16, DecodeError> {
        let values = self.file.numbers(self.page, tag, samples.into())?.unwrap_or_default();
        let first = values.first().copied().unwrap_or(default);
        if values.iter().any(|&value| value != first) {
            let found = format!("{name} {values:?}");
            return Err(self.unsupported(found, "the same for all samples of a pixel"));
        }
        u16::try_from(first).map_err(|_| self.malformed(format!("{name} is {first}")))
    }

    /// The tag, or what libtiff takes where it is missing.
    fn photometric(&self, samples: u16, compression: Compression) -> Result<u64, DecodeError> {
        let default = match (samples, compression) {
            (_, Compression::CcittRle | Compression::Group3 | Compression::Group4) => 0,
            (3.., _) => 2,
            _ => 1,
        };
        self.or(tag::PHOTOMETRIC, default)
    }

    fn sample_type(&self, bits: u16, format: u16, colour: Photometric) -> Result<SampleType, DecodeError> {
        Ok(match (format, bits) {
            // One bit of grey is a mask.
            (1 | 4, 1) if colour == Photometric::Grey => SampleType::Bool,
            (1 | 4, 1 | 2 | 4 | 8) => SampleType::U8,
            (1 | 4, 16) => SampleType::U16,
            (1 | 4, 32) => SampleType::U32,
            (1 | 4, 64) => SampleType::U64,
            (2, 8) => SampleType::I8,
            (2, 16) => SampleType::I16,
            (2, 32) => SampleType::I32,
            (2, 64) => SampleType::I64,
            (3, 16) => SampleType::F16,
            (3, 32) => SampleType::F32,
            (3, 64) => SampleType::F64,
            (5 | 6, _) => {
                let accepted = "whole and real numbers; save the magnitude, or the real part";
                return Err(self.unsupported("a page of complex numbers", accepted));
            }
            _ => {
                let kind = match format {
                    1 | 4 => "unsigned",
                    2 => "signed",
                    3 => "float",
                    _ => "unknown",
                };
                let accepted = "unsigned integers of 1, 2, 4, 8, 16, 32 and 64 bits, signed ones of 8, 16, 32 and \
                                64, floats of 16, 32 and 64; save it again as one of these";
                return Err(self.unsupported(format!("{bits} bits per {kind} sample"), accepted));
            }
        })
    }

    /// The colours, and the number of bands where the samples are no colours.
    fn channels(&self, colour: Photometric, samples: u16) -> Result<(Channels, u16), DecodeError> {
        let extra = self.file.numbers(self.page, tag::EXTRA_SAMPLES, samples.into())?.unwrap_or_default();
        let alpha = matches!(extra.first(), Some(1 | 2));
        Ok(match (colour, samples) {
            (Photometric::Grey, 1) => (Channels::Grey, 1),
            (Photometric::Grey, 2) if alpha => (Channels::GreyAlpha, 1),
            (Photometric::Grey, bands) => (Channels::Grey, bands),
            (Photometric::Palette, _) => (Channels::Index, 1),
            (Photometric::Rgb | Photometric::YCbCr, 4..) if alpha || extra.is_empty() => (Channels::Rgba, 1),
            (Photometric::Rgb | Photometric::YCbCr, 3..) => (Channels::Rgb, 1),
            (Photometric::Rgb | Photometric::YCbCr, _) => {
                return Err(self.malformed(format!("a page of colours with {samples} samples per pixel")));
            }
        })
    }

    /// Where the strips or tiles are. Their number and size must be within the limits.
    fn chunks(&self, kind: &Kind, form: &Form, limits: &Limits) -> Result<Chunks, DecodeError> {
        let tiled = self.file.first(self.page, tag::TILE_WIDTH)?.is_some();
        let (rows, columns) = if tiled {
            (self.or(tag::TILE_LENGTH, 0)?, self.or(tag::TILE_WIDTH, 0)?)
        } else {
            (self.or(tag::ROWS_PER_STRIP, kind.rows.into())?.min(kind.rows.into()), kind.columns.into())
        };
        let (Ok(rows @ 1..), Ok(columns @ 1..)) = (u32::try_from(rows), u32::try_from(columns)) else {
            return Err(self.malformed(format!("strips or tiles of {rows} x {columns} pixels")));
        };
        let sample_bytes = u64::from(form.bits.div_ceil(8));
        for shape in [[kind.rows.into(), kind.columns.into()], [rows.into(), columns.into()]] {
            limits.samples(Tiff, &shape, form.samples.into(), sample_bytes)?;
        }
        let down = u64::from(kind.rows.div_ceil(rows));
        let count = down * u64::from(kind.columns.div_ceil(columns)) * u64::from(form.planes);
        // The `tiff` crate counts them in 32 bits.
        let most = limits.max_bytes.min(u32::MAX.into());
        let count = Limits { max_bytes: u64::MAX, max_pixels: most }.samples(Tiff, &[count], 1, 1)?;

        let (offsets_tag, lengths_tag) = match tiled {
            true => (tag::TILE_OFFSETS, tag::TILE_BYTE_COUNTS),
            false => (tag::STRIP_OFFSETS, tag::STRIP_BYTE_COUNTS),
        };
        let numbers = |tag| Ok(self.file.numbers(self.page, tag, count)?.unwrap_or_default());
        let (offsets, mut lengths): (Vec<u64>, Vec<u64>) = (numbers(offsets_tag)?, numbers(lengths_tag)?);
        if lengths.is_empty() && form.compression == Compression::None {
            // Old writers leave the lengths out. Nothing hangs on them without compression.
            lengths = vec![0; count];
        }
        for (name, found) in [("offsets", offsets.len()), ("lengths", lengths.len())] {
            if found != count {
                let what = if tiled { "tiles" } else { "strips" };
                let problem = format!("{found} {name} of {what}, but the page has {count} {what}");
                return Err(self.malformed(problem));
            }
        }
        Ok(Chunks { tiled, rows, columns, offsets, lengths })
    }
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
