//! NRRD in one file (`.nrrd`), by teem's definition of the format, and 3D Slicer's segmentations (`.seg.nrrd`).
//!
//! Axes are as in NIfTI: the file's fastest axis of space is x, and the array has `[z, y, x]`. What is no axis of space
//! comes before them, wherever the file has it: layers of segments, channels, time. The colours of a pixel, if they are
//! the fastest axis, are channels. Nothing is reoriented; the orientation is reported.
//!
//! Written here because a file that is rewritten keeps its header to the byte, which no reader of values can do.

mod axes;
mod data;
mod fields;
mod header;
mod rewrite;
mod segments;
mod space;

pub(crate) use rewrite::{rewrite, with_values};

use crate::error::DecodeError;
use crate::format::Format::Nrrd;
use crate::image::Image;
use crate::limits::Limits;
use crate::note::Note;
use crate::samples::{RawSamples, finish, unless_zeros};
use crate::text_samples::TextSamples;
use data::{Data, Opened};
use header::{Encoding, Header};

/// The samples as they are stored, whatever `old min` and `old max` say they once stood for.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<(Image, Vec<Note>), DecodeError> {
    let header = Header::read(bytes, limits)?;
    let shape = header.shape();
    let data = Data::find(bytes, &header, header.needed(), limits)?;
    let (samples, trailing) = match header.encoding {
        Encoding::Text => header.text(&shape).read(data.stored, limits)?,
        encoding => {
            let raw = RawSamples {
                format: Nrrd,
                shape: &shape,
                channels: header.axes.channels.count() as u64,
                sample_type: header.sample_type,
                order: header.order,
                scaling: None,
            };
            let (mut source, available) = data.open(encoding)?;
            let samples = raw.read(&mut source, available, limits)?;
            let after = match &source {
                Opened::Plain(rest) => unless_zeros(rest),
                _ => finish(Nrrd, &mut source)? + source.trailing(),
            };
            (samples, after)
        }
    };
    let axes = header.axes;
    let layers = axes.layers();
    let mut notes: Vec<Note> = axes.note.into_iter().collect();
    notes.extend((trailing > 0).then_some(Note::TrailingBytes { format: Nrrd, count: trailing }));
    let malformed = |error: ndarray::ShapeError| DecodeError::malformed(Nrrd, "sizes", error);
    let samples = axes.layout.arranged(samples, axes.channels.count()).map_err(malformed)?;
    let image = Image::interleaved(&axes.layout.shape, axes.channels, header.sample_type, samples);
    let (segments, left_out) = header.fields.segments.segments(layers);
    notes.extend(left_out);
    let image = image.map_err(malformed)?.with_geometry(header.geometry, false);
    Ok((image.with_axes(axes.meanings).with_segments(segments), notes))
}

impl Header<'_> {
    /// Of the array, without the channels of a pixel.
    fn shape(&self) -> Vec<u64> {
        self.axes.layout.shape.iter().map(|&length| length as u64).collect()
    }

    fn samples(&self) -> usize {
        self.axes.layout.shape.iter().product::<usize>() * self.axes.channels.count()
    }

    /// Bytes that the samples take, unless they are text.
    fn needed(&self) -> u64 {
        (self.samples() * self.sample_type.bytes()) as u64
    }

    fn text<'a>(&self, shape: &'a [u64]) -> TextSamples<'a> {
        let (channels, sample_type) = (self.axes.channels, self.sample_type);
        TextSamples { format: Nrrd, shape, channels, sample_type }
    }
}

#[cfg(test)]
mod tests;
