//! TIFF and BigTIFF: grey, RGB and palette pages of any usual depth; several pages are a volume, or
//! what ImageJ, OME-XML, tifffile or Zeiss say of them.

mod compression;
mod directory;
mod encode;
mod imagej;
mod lsm;
mod ome;
mod page;
mod pixels;
mod rewrite;
mod series;
mod shaped;
mod tags;
mod unpack;

pub use encode::encode_tiff;
pub(crate) use rewrite::{encode_like, rewrite};

use ndarray::{ArrayD, IxDyn};

use crate::axis::Axis;
use crate::error::DecodeError;
use crate::exif::Orientation;
use crate::format::Format::Tiff;
use crate::image::{Channels, Image};
use crate::limits::{Limits, reserve};
use crate::note::Note;
use compression::Compression;
use directory::{Directory, File, tag};
use page::{Kind, Page};
use series::Series;

/// The pages of full size as `[rows, columns]`, with further axes in front, none of length 1, in
/// the order `[pages, time, channels, slices, rows, columns]`; and what was decided on the way.
/// Thumbnails and transparency masks (NewSubfileType 1 and 4) are left out.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<(Image, Vec<Note>), DecodeError> {
    let file = File::new(bytes);
    let pages = file.directories()?;
    let mut series = series::find(&file, &pages, limits)?;
    let stack = Stack::read(&file, &pages, &series, limits)?;
    let mut notes = std::mem::take(&mut series.notes);
    notes.extend(stack.note.clone());
    if stack.left_out > 0 {
        notes.push(Note::ExtraSamples { count: stack.left_out.into() });
    }
    Ok((stack.into_image(&series)?, notes))
}

/// The planes of a series, one after the other.
struct Stack {
    kind: Kind,
    palette: Vec<[u8; 3]>,
    orientation: Orientation,
    samples: Vec<f32>,
    /// Samples per pixel that were left out.
    left_out: u16,
    /// Whether 0 is white.
    note: Option<Note>,
    is_lossy: bool,
}

impl Stack {
    fn read(
        file: &File<'_>,
        pages: &[Directory],
        series: &Series,
        limits: &Limits,
    ) -> Result<Self, DecodeError> {
        let mut stack: Option<Self> = None;
        let planes = series.planes.len();
        for plane in &series.planes {
            let Some(directory) = pages.get(plane.page) else { continue };
            let page = Page::read(file, directory, limits)?.shifted(plane.nth);
            let shape = [planes as u64, page.kind.rows.into(), page.kind.columns.into()];
            limits.samples(Tiff, &shape, page.samples.into(), u64::from(page.bits.div_ceil(8)))?;
            if let Some(first) = stack.as_ref().filter(|first| first.kind != page.kind) {
                return Err(DecodeError::unsupported(
                    Tiff,
                    page.place(),
                    format!("a page of {} after one of {}", page.kind, first.kind),
                    "pages of one size, type and number of channels",
                ));
            }
            let mut samples = pixels::read(file, directory, &page, limits)?;
            let note = page.white_is_zero.then(|| white_is_zero(file, pages, &page)).transpose()?;
            if note == Some(Note::Inverted) {
                pixels::invert(&mut samples, &page);
            }
            match &mut stack {
                Some(stack) => stack.samples.extend(samples),
                None if planes == 1 => stack = Some(Self::start(file, directory, page, samples, note)?),
                None => {
                    let mut all = reserve(Tiff, planes * samples.len())?;
                    all.extend(samples);
                    stack = Some(Self::start(file, directory, page, all, note)?);
                }
            }
        }
        stack.ok_or_else(|| DecodeError::malformed(Tiff, "pages", "there is none"))
    }

    fn start(
        file: &File<'_>,
        directory: &Directory,
        page: Page,
        samples: Vec<f32>,
        note: Option<Note>,
    ) -> Result<Self, DecodeError> {
        let palette = match page.kind.channels {
            Channels::Index => file.numbers(directory, tag::COLOR_MAP, 3 << 16)?.unwrap_or_default(),
            _ => Vec::new(),
        };
        let orientation = file.first(directory, tag::ORIENTATION)?.unwrap_or(1);
        let used = page.kind.bands.max(page.kind.channels.count() as u16);
        Ok(Self {
            palette: page::colours(&palette),
            orientation: Orientation::from_tag(u16::try_from(orientation).unwrap_or(1)),
            left_out: page.samples.saturating_sub(used),
            is_lossy: page.compression == Compression::Jpeg,
            kind: page.kind,
            samples,
            note,
        })
    }

    fn into_image(self, series: &Series) -> Result<Image, DecodeError> {
        let malformed = |error: ndarray::ShapeError| DecodeError::malformed(Tiff, "pages", error);
        let Kind { rows, columns, channels, bands, sample_type } = self.kind;
        let (rows, columns, bands) = (rows as usize, columns as usize, usize::from(bands));
        let mut axes: Vec<Axis> = series.axes.iter().map(|&(axis, _)| axis).collect();
        let mut shape: Vec<usize> = series.axes.iter().map(|&(_, length)| length).collect();
        let mut samples = self.samples;
        if bands > 1 {
            // They are channels, and come before the slices.
            let place = axes.iter().filter(|&&axis| axis <= Axis::Channel).count();
            let stored: Vec<usize> = shape.iter().copied().chain([bands, rows, columns]).collect();
            let last = shape.len();
            let mut order: Vec<usize> = (0..last).collect();
            order.insert(place, last);
            order.extend([last + 1, last + 2]);
            let array = ArrayD::from_shape_vec(IxDyn(&stored), samples).map_err(malformed)?;
            samples = array.permuted_axes(order).iter().copied().collect();
            axes.insert(place, Axis::Channel);
            shape.insert(place, bands);
        }
        let flat = axes.is_empty();
        axes.extend([Axis::Row, Axis::Column]);
        shape.extend([rows, columns]);
        let image = Image::interleaved(&shape, channels, sample_type, samples)
            .map_err(malformed)?
            .with_palette(self.palette)
            .with_axes(axes);
        let image = if self.is_lossy { image.compressed_with_loss() } else { image };
        // A stack is a volume: its axes stay as stored.
        Ok(if flat { self.orientation.apply(image) } else { image })
    }
}

/// What to do where a page says that 0 is white.
fn white_is_zero(file: &File<'_>, pages: &[Directory], page: &Page) -> Result<Note, DecodeError> {
    let mut software = false;
    let mut image_j = false;
    if let Some(first) = pages.first() {
        let description = file.bytes_of(first, tag::IMAGE_DESCRIPTION)?;
        let by = file.bytes_of(first, tag::SOFTWARE)?;
        software = by.starts_with(b"tifffile") || shaped::shape(description).is_some();
        image_j = description.starts_with(b"ImageJ=");
    }
    let because = if !pixels::has_white(page.kind.sample_type) {
        "floats and signed integers have no largest value to begin from"
    } else if software && page.bits == 1 {
        "it was written by tifffile, which marks boolean arrays so and stores them as they are"
    } else if image_j {
        "it was written by ImageJ, which marks an inverted lookup table so and stores the values as they are"
    } else {
        return Ok(Note::Inverted);
    };
    Ok(Note::NotInverted { because })
}
