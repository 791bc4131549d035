//! The tags of one page as the specification means them: defaults, limits, and what is refused by
//! name.

use super::compression::Compression;
use super::directory::{Directory, File, tag};
use super::page::{Chunks, Kind, Photometric};
use crate::error::DecodeError;
use crate::format::Format::Tiff;
use crate::image::{Channels, SampleType};
use crate::limits::Limits;

/// How the samples of a page are laid out.
pub(super) struct Form {
    pub(super) planes: u16,
    pub(super) samples: u16,
    pub(super) bits: u16,
    pub(super) compression: Compression,
}

/// The tags of one page.
pub(super) struct Tags<'a, 'b> {
    pub(super) file: &'a File<'b>,
    pub(super) page: &'a Directory,
}

impl Tags<'_, '_> {
    fn malformed(&self, problem: impl ToString) -> DecodeError {
        DecodeError::malformed(Tiff, self.page.place(), problem)
    }

    fn unsupported(&self, found: impl ToString, accepted: &'static str) -> DecodeError {
        DecodeError::unsupported(Tiff, self.page.place(), found, accepted)
    }

    pub(super) fn or(&self, tag: u16, default: u64) -> Result<u64, DecodeError> {
        Ok(self.file.first(self.page, tag)?.unwrap_or(default))
    }

    pub(super) fn small(&self, tag: u16, default: u64) -> Result<u16, DecodeError> {
        let value = self.or(tag, default)?;
        let outside = || self.malformed(format!("tag {tag} is {value}; accepted are 1 to 65535"));
        u16::try_from(value).ok().filter(|&value| value > 0).ok_or_else(outside)
    }

    /// SGI's extension makes a volume of one page.
    pub(super) fn flat(&self) -> Result<(), DecodeError> {
        match self.or(tag::IMAGE_DEPTH, 1)? {
            1 => Ok(()),
            depth => {
                let found = format!("a volume of {depth} slices in one page (SGI ImageDepth)");
                Err(self.unsupported(found, "a page per slice; save it again so"))
            }
        }
    }

    pub(super) fn predictor(&self) -> Result<u16, DecodeError> {
        match self.small(tag::PREDICTOR, 1)? {
            known @ 1..=3 => Ok(known),
            other => {
                Err(self.unsupported(format!("the predictor {other}"), "none, horizontal and floating point"))
            }
        }
    }

    pub(super) fn colour(
        &self,
        photometric: u64,
        compression: Compression,
    ) -> Result<Photometric, DecodeError> {
        Ok(match photometric {
            0 | 1 | 4 => Photometric::Grey, // 4 is a mask of transparency: 1 where something is
            2 => Photometric::Rgb,
            3 => Photometric::Palette,
            6 if compression == Compression::Jpeg => Photometric::YCbCr,
            other => return Err(self.unsupported(model(other), COLOURS)),
        })
    }

    /// The one value that all samples have.
    pub(super) fn common(
        &self,
        name: &str,
        tag: u16,
        samples: u16,
        default: u64,
    ) -> Result<u16, DecodeError> {
        let values = self.file.numbers(self.page, tag, samples.into())?.unwrap_or_default();
        let first = values.first().copied().unwrap_or(default);
        if values.iter().any(|&value| value != first) {
            let found = format!("{name} {values:?}");
            return Err(self.unsupported(found, "the same for all samples of a pixel"));
        }
        u16::try_from(first).map_err(|_| self.malformed(format!("{name} is {first}")))
    }

    /// The tag, or what libtiff takes where it is missing.
    pub(super) fn photometric(&self, samples: u16, compression: Compression) -> Result<u64, DecodeError> {
        let default = match (samples, compression) {
            (_, Compression::CcittRle | Compression::Group3 | Compression::Group4) => 0,
            (3.., _) => 2,
            _ => 1,
        };
        self.or(tag::PHOTOMETRIC, default)
    }

    pub(super) fn sample_type(
        &self,
        bits: u16,
        format: u16,
        colour: Photometric,
    ) -> Result<SampleType, DecodeError> {
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
    pub(super) fn channels(&self, colour: Photometric, samples: u16) -> Result<(Channels, u16), DecodeError> {
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
    pub(super) fn chunks(&self, kind: &Kind, form: &Form, limits: &Limits) -> Result<Chunks, DecodeError> {
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
        if offsets.contains(&0) {
            let accepted = "files with all strips and tiles written, as GDAL does without SPARSE_OK";
            return Err(self.unsupported("a strip or tile without content (a sparse file)", accepted));
        }
        Ok(Chunks { tiled, rows, columns, offsets, lengths })
    }
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
