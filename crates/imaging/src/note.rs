//! What a decoder decided and the user may have meant otherwise.

use std::fmt;

use crate::format::Format;

/// A remark on how a file was read. As text it is one line without the name of the file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// The page says that 0 is white (TIFF PhotometricInterpretation 0): its values were inverted.
    Inverted,
    /// The page says that 0 is white, and its values were left as they are.
    NotInverted {
        /// Why.
        because: &'static str,
    },
    /// Bytes other than zeros after the end of what the file has to hold were left out.
    TrailingBytes {
        /// The recognised format.
        format: Format,
        /// How many.
        count: u64,
    },
    /// Smaller copies of the picture (a pyramid, thumbnails) were left out.
    SmallerPages {
        /// Size of those that were read, as `rows x columns`.
        read: String,
        /// Sizes of those that were left out.
        left_out: Vec<String>,
    },
    /// The file holds several arrays or images, and the first was read.
    OtherSeries {
        /// What lists them.
        by: &'static str,
        /// Number of those that were left out.
        left_out: usize,
    },
    /// Several arrays of one shape were read as one, along an axis of their own.
    Stacked {
        /// Their number.
        count: usize,
    },
    /// There are pages that the description does not speak of: they were left out.
    UndescribedPages {
        /// What describes them.
        by: &'static str,
        /// Pages described.
        described: usize,
        /// Pages in the file.
        pages: usize,
    },
    /// The description contradicts itself or the pages: it was not followed, and the pages were
    /// read one after the other.
    Contradiction {
        /// What describes them.
        by: &'static str,
        /// In which way.
        problem: String,
    },
    /// Samples beside the colours were left out.
    ExtraSamples {
        /// Their number per pixel.
        count: usize,
    },
    /// The file does not say what the numbers of a pixel are; they were taken for colours.
    TakenForColours {
        /// Their number: 3 (red, green, blue) or 4 (and alpha).
        count: usize,
    },
    /// The file says that its numbers stand for others (MetaImage `ElementToIntensityFunctionSlope` and `Offset`), which
    /// readers leave to those who ask; the numbers are given as they are.
    NotScaled {
        /// What they would be multiplied with.
        slope: f64,
        /// What would be added.
        offset: f64,
    },
    /// What the file says of a segment cannot be, and it was left out of
    /// [`Image::segments`](crate::Image::segments); its pixels were not.
    SegmentLeftOut {
        /// Its number in the file.
        number: u32,
        /// Why.
        because: String,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inverted => {
                write!(
                    out,
                    "the file says that 0 is white (PhotometricInterpretation 0): its values were inverted"
                )
            }
            Self::NotInverted { because } => write!(
                out,
                "the file says that 0 is white (PhotometricInterpretation 0), but its values were not inverted: \
                 {because}"
            ),
            Self::TrailingBytes { format, count } => {
                write!(
                    out,
                    "{count} bytes after the end of the {format} data, not all of them 0, were left out"
                )
            }
            Self::SmallerPages { read, left_out } => write!(
                out,
                "smaller copies of the picture ({}) were left out; what was read is {read}",
                left_out.join(", ")
            ),
            Self::OtherSeries { by, left_out } => {
                write!(out, "the first image was read; the {by} lists {left_out} more, which were left out")
            }
            Self::Stacked { count } => {
                write!(
                    out,
                    "the file holds {count} arrays of one shape: they were read as one, in their order"
                )
            }
            Self::UndescribedPages { by, described, pages } => write!(
                out,
                "the {by} describes {described} of the {pages} pages of the file; the others were left out"
            ),
            Self::Contradiction { by, problem } => {
                write!(out, "the {by} was not followed ({problem}): the pages were read one after the other")
            }
            Self::ExtraSamples { count } => {
                write!(out, "{count} samples per pixel beside the colours were left out")
            }
            Self::TakenForColours { count } => write!(
                out,
                "the {count} numbers of each pixel were taken for {}, which the file does not say",
                if *count == 3 { "red, green and blue" } else { "red, green, blue and alpha" }
            ),
            Self::NotScaled { slope, offset } => {
                write!(
                    out,
                    "the file says that its values stand for {slope} * value + {offset}; they are as stored"
                )
            }
            Self::SegmentLeftOut { number, because } => {
                write!(out, "what the file says of segment {number} was left out: {because}")
            }
        }
    }
}
