//! TIFF and BigTIFF: grey, RGB and palette pages of any usual depth; several pages are a volume.

mod directory;
mod encode;
mod rewrite;

pub use encode::encode_tiff;
pub(crate) use rewrite::{encode_like, rewrite};

use std::borrow::Cow;
use std::fmt;
use std::io::Cursor;

use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::{ExtraSamples, Tag};
use tiff::{ColorType, TiffError};

use crate::error::DecodeError;
use crate::exif::Orientation;
use crate::format::Format::Tiff;
use crate::image::{Channels, Image, SampleType};
use crate::limits::{Limits, describe};
use crate::png::unpack;

/// All full-size pages of one kind, as `[rows, columns]`, or `[pages, rows, columns]` if there
/// are several. Thumbnails and transparency masks (NewSubfileType 1 and 4) are left out.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Image, DecodeError> {
    let palettes = directory::check(bytes, limits)?;
    let bytes = match palettes.pages.as_slice() {
        [] => Cow::Borrowed(bytes),
        _ => Cow::Owned(palettes.as_grey(bytes)),
    };
    let mut pages = Pages { decoder: open(&bytes, limits)?, number: 1, indexed: palettes.pages, limits };
    let mut stack: Option<Stack> = None;
    loop {
        if !pages.is_thumbnail_or_mask()? {
            match &mut stack {
                None => stack = Some(Stack::start(&mut pages)?),
                Some(stack) => stack.push(&mut pages)?,
            }
        }
        if !pages.advance()? {
            break;
        }
    }
    let only_thumbnails = || DecodeError::malformed(Tiff, "pages", "only thumbnails or masks");
    stack.ok_or_else(only_thumbnails)?.into_image()
}

fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Decoder<Cursor<&'a [u8]>>, DecodeError> {
    let mut own = tiff::decoder::Limits::default();
    own.decoding_buffer_size = limits.bytes_as_usize();
    own.intermediate_buffer_size = limits.bytes_as_usize();
    let first_page = |error| DecodeError::malformed(Tiff, "page 1", explained(&error));
    let decoder = Decoder::new(Cursor::new(bytes)).map_err(first_page)?;
    Ok(decoder.with_limits(own))
}

/// The pages so far.
struct Stack {
    kind: Page,
    palette: Vec<[u8; 3]>,
    orientation: Orientation,
    count: usize,
    samples: Vec<f32>,
}

/// What all pages of a volume have in common.
#[derive(Debug, PartialEq)]
struct Page {
    rows: u32,
    columns: u32,
    channels: Channels,
    sample_type: SampleType,
}

impl Stack {
    fn start(pages: &mut Pages<'_>) -> Result<Self, DecodeError> {
        let (kind, samples) = pages.read(0)?;
        let palette = match kind.channels {
            Channels::Index => pages.palette()?,
            _ => Vec::new(),
        };
        Ok(Self { kind, palette, orientation: pages.orientation()?, count: 1, samples })
    }

    fn push(&mut self, pages: &mut Pages<'_>) -> Result<(), DecodeError> {
        let (kind, samples) = pages.read(self.count)?;
        if kind != self.kind {
            return Err(DecodeError::unsupported(
                Tiff,
                pages.place(),
                format!("a page of {kind} after one of {}", self.kind),
                "pages of one size, type and number of channels",
            ));
        }
        self.samples.extend(samples);
        self.count += 1;
        Ok(())
    }

    fn into_image(self) -> Result<Image, DecodeError> {
        let Page { rows, columns, channels, sample_type } = self.kind;
        let (rows, columns) = (rows as usize, columns as usize);
        let shape = match self.count {
            1 => vec![rows, columns],
            pages => vec![pages, rows, columns],
        };
        let image = Image::interleaved(&shape, channels, sample_type, self.samples)
            .map_err(|error| DecodeError::malformed(Tiff, "pages", error))?
            .with_palette(self.palette);
        Ok(match self.count {
            1 => self.orientation.apply(image),
            _ => image, // A stack is a volume: its axes stay as stored.
        })
    }
}

impl fmt::Display for Page {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = describe(&[self.rows.into(), self.columns.into()]);
        write!(out, "{shape} {} {:?} pixels", self.sample_type, self.channels)
    }
}

/// The file, standing at one page.
struct Pages<'a> {
    decoder: Decoder<Cursor<&'a [u8]>>,
    number: usize,
    /// Offsets of the directories of the pages whose samples are indices.
    indexed: Vec<u64>,
    limits: &'a Limits,
}

impl Pages<'_> {
    /// Goes to the next page; `false` if there is none.
    fn advance(&mut self) -> Result<bool, DecodeError> {
        if !self.decoder.more_images() {
            return Ok(false);
        }
        self.number += 1;
        let next = self.decoder.next_image();
        next.map_err(self.here())?;
        Ok(true)
    }

    fn is_thumbnail_or_mask(&mut self) -> Result<bool, DecodeError> {
        let kind = self.decoder.find_tag_unsigned::<u32>(Tag::NewSubfileType);
        let kind = kind.map_err(self.here())?;
        Ok(kind.is_some_and(|bits| bits & (1 | 4) != 0))
    }

    fn orientation(&mut self) -> Result<Orientation, DecodeError> {
        let tag = self.decoder.find_tag_unsigned(Tag::Orientation);
        Ok(Orientation::from_tag(tag.map_err(self.here())?.unwrap_or(1)))
    }

    fn palette(&mut self) -> Result<Vec<[u8; 3]>, DecodeError> {
        let map = self.decoder.get_tag_u16_vec(Tag::ColorMap);
        Ok(directory::colours(&map.map_err(self.here())?))
    }

    /// This page with its channels side by side, where `before` pages of its size are held
    /// already.
    fn read(&mut self, before: usize) -> Result<(Page, Vec<f32>), DecodeError> {
        let (columns, rows) = self.decoder.dimensions().map_err(self.here())?;
        let colour = self.decoder.colortype().map_err(self.here())?;
        let channels = self.channels(colour)?;
        let bits = colour.bit_depth();
        let shape = [before as u64 + 1, rows.into(), columns.into()];
        let sample_bytes = u64::from(bits.div_ceil(8));
        self.limits.samples(Tiff, &shape, channels.count() as u64, sample_bytes)?;

        let mut raw = DecodingResult::U8(Vec::new());
        let layout = self.decoder.read_image_to_buffer(&mut raw);
        let planes = layout.map_err(self.here())?.planes;
        let (sample_type, samples) = match (raw, bits) {
            (DecodingResult::U8(packed), 1 | 2 | 4) => narrow(&packed, columns as usize, bits, channels),
            (raw, _) => wide(raw),
        };
        let samples = interleave(samples, planes);
        let expected = rows as usize * columns as usize * channels.count();
        if samples.len() != expected {
            let found = format!("{} samples, {expected} expected", samples.len());
            return Err(DecodeError::malformed(Tiff, self.place(), found));
        }
        let page = Page { rows, columns, channels, sample_type };
        Ok((page, samples))
    }

    fn channels(&mut self, colour: ColorType) -> Result<Channels, DecodeError> {
        let here = self.decoder.ifd_pointer();
        let found = match colour {
            ColorType::Gray(_) if here.is_some_and(|page| self.indexed.contains(&page.0)) => {
                return Ok(Channels::Index);
            }
            ColorType::Gray(_) => return Ok(Channels::Grey),
            ColorType::RGB(_) => return Ok(Channels::Rgb),
            ColorType::RGBA(_) => return Ok(Channels::Rgba),
            ColorType::Multiband { num_samples: 2, .. } if self.has_alpha()? => {
                return Ok(Channels::GreyAlpha);
            }
            ColorType::Multiband { num_samples, .. } => format!("{num_samples} samples per pixel"),
            other => format!("the colour model {other:?}"),
        };
        Err(DecodeError::unsupported(
            Tiff,
            self.place(),
            found,
            "grey, grey with alpha, RGB, RGBA and palette",
        ))
    }

    fn has_alpha(&mut self) -> Result<bool, DecodeError> {
        let kinds = self.decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples);
        let kinds = kinds.map_err(self.here())?.unwrap_or_default();
        Ok(kinds.iter().any(|&kind| {
            kind == ExtraSamples::AssociatedAlpha.to_u16() || kind == ExtraSamples::UnassociatedAlpha.to_u16()
        }))
    }

    fn place(&self) -> String {
        format!("page {}", self.number)
    }

    fn here(&self) -> impl Fn(TiffError) -> DecodeError + use<> {
        let place = self.place();
        move |error| DecodeError::malformed(Tiff, place.clone(), explained(&error))
    }
}

fn explained(error: &TiffError) -> String {
    match error {
        TiffError::IoError(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => {
            "the file is cut: it ends before a tag's values or all strips and tiles".to_string()
        }
        other => other.to_string(),
    }
}

/// Bits packed into bytes. One bit of grey is a mask; 2 and 4 bits of grey are brought to the
/// full scale of 8, as in PNG; indices keep their value.
fn narrow(packed: &[u8], columns: usize, bits: u8, channels: Channels) -> (SampleType, Vec<f32>) {
    let (sample_type, scale) = match (channels, bits) {
        (Channels::Index, _) => (SampleType::U8, 1),
        (_, 1) => (SampleType::Bool, 1),
        _ => (SampleType::U8, 255 / ((1 << bits) - 1)),
    };
    let row = columns * channels.count();
    (sample_type, unpack(packed, row, bits, scale))
}

fn wide(raw: DecodingResult) -> (SampleType, Vec<f32>) {
    macro_rules! converted {
        ($sample_type:ident, $values:expr) => {
            (SampleType::$sample_type, $values.into_iter().map(|value| value as f32).collect())
        };
    }
    match raw {
        DecodingResult::U8(values) => converted!(U8, values),
        DecodingResult::U16(values) => converted!(U16, values),
        DecodingResult::U32(values) => converted!(U32, values),
        DecodingResult::U64(values) => converted!(U64, values),
        DecodingResult::I8(values) => converted!(I8, values),
        DecodingResult::I16(values) => converted!(I16, values),
        DecodingResult::I32(values) => converted!(I32, values),
        DecodingResult::I64(values) => converted!(I64, values),
        DecodingResult::F16(values) => {
            let values = values.into_iter().map(|value| value.to_f32());
            (SampleType::F16, values.collect())
        }
        DecodingResult::F32(values) => (SampleType::F32, values),
        DecodingResult::F64(values) => converted!(F64, values),
    }
}

/// Colour planes one after the other to samples side by side.
fn interleave(samples: Vec<f32>, planes: usize) -> Vec<f32> {
    if planes < 2 {
        return samples;
    }
    let pixels = samples.len() / planes;
    (0..pixels * planes).map(|at| samples[at % planes * pixels + at / planes]).collect()
}
