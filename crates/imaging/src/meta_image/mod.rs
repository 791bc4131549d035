//! MetaImage in one file (`.mha`), as MetaIO, the library of ITK, reads it.
//!
//! Axes are as in NIfTI: the file's fastest axis is x, and the array has `[z, y, x]`, a fourth axis before them. Several
//! numbers of a pixel are an axis of channels in front of all, unless they are three or four bytes, which are taken for
//! colours. Nothing is reoriented; the orientation is reported.
//!
//! Written here because a file that is rewritten keeps its header to the byte, which no reader of values can do.

mod data;
mod fields;
mod header;
mod rewrite;
mod space;

pub(crate) use rewrite::{rewrite, with_values};

use crate::error::DecodeError;
use crate::format::Format::MetaImage;
use crate::image::Image;
use crate::limits::Limits;
use crate::note::Note;
use crate::samples::{RawSamples, finish, unless_zeros};
use crate::text_samples::TextSamples;
use data::{Data, Opened};
use header::{Encoding, Header};

/// The samples as they are stored.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<(Image, Vec<Note>), DecodeError> {
    let header = Header::read(bytes, limits)?;
    let shape = header.shape();
    let data = Data::find(bytes, &header, header.needed())?;
    let (samples, trailing) = match header.encoding {
        Encoding::Text => header.text(&shape).read(data.stored, limits)?,
        encoding => {
            let raw = RawSamples {
                format: MetaImage,
                shape: &shape,
                channels: header.channels.count() as u64,
                sample_type: header.sample_type,
                order: header.order,
                scaling: None,
            };
            let (mut source, available) = data.open(encoding);
            let samples = raw.read(&mut source, available, limits)?;
            let after = match &source {
                Opened::Plain(rest) => unless_zeros(rest),
                _ => finish(MetaImage, &mut source)? + source.trailing() + unless_zeros(data.after),
            };
            (samples, after)
        }
    };
    let Header { layout, channels, sample_type, geometry, axes, mut notes, .. } = header;
    notes.extend((trailing > 0).then_some(Note::TrailingBytes { format: MetaImage, count: trailing }));
    let malformed = |error: ndarray::ShapeError| DecodeError::malformed(MetaImage, "DimSize", error);
    let samples = layout.arranged(samples, channels.count()).map_err(malformed)?;
    let image = Image::interleaved(&layout.shape, channels, sample_type, samples).map_err(malformed)?;
    Ok((image.with_geometry(geometry, false).with_axes(axes), notes))
}

impl Header<'_> {
    /// Of the array, without the channels of a pixel.
    fn shape(&self) -> Vec<u64> {
        self.layout.shape.iter().map(|&length| length as u64).collect()
    }

    fn samples(&self) -> usize {
        self.layout.shape.iter().product::<usize>() * self.channels.count()
    }

    /// Bytes that the samples take, unless they are text.
    fn needed(&self) -> u64 {
        (self.samples() * self.sample_type.bytes()) as u64
    }

    fn text<'a>(&self, shape: &'a [u64]) -> TextSamples<'a> {
        TextSamples { format: MetaImage, shape, channels: self.channels, sample_type: self.sample_type }
    }
}

#[cfg(test)]
mod tests;
