//! What the axes of an array mean, where its file says so.

use std::fmt;

/// One axis of [`Image::shape`](crate::Image::shape).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Axis {
    /// Pages in the order of the file, or an axis that the file does not name.
    Page,
    /// Points in time.
    Time,
    /// Channels, such as stains or classes, that are no colours of one picture.
    Channel,
    /// Slices of a volume.
    Slice,
    /// Rows of a picture.
    Row,
    /// Columns of a picture.
    Column,
}

impl fmt::Display for Axis {
    /// As counted: `slices`, `channels` ...
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Page => "pages",
            Self::Time => "time points",
            Self::Channel => "channels",
            Self::Slice => "slices",
            Self::Row => "rows",
            Self::Column => "columns",
        })
    }
}
