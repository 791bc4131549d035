//! What Zeiss's microscopes write into the tag CZ_LSMINFO of LSM files: how many slices and time points the pages are.

use super::directory::{Directory, File, tag};
use super::series::Layout;
use crate::axis::Axis;
use crate::error::DecodeError;

pub(super) const NAME: &str = "tag CZ_LSMINFO";

/// Byte offsets of the numbers, of 4 bytes each. The channels between the two are samples of a page.
const SLICES: usize = 16;
const TIMES: usize = 24;

/// `None` without the tag, or where it does not account for so many pages: of scans that are no pictures of rows and
/// columns it counts other things.
pub(super) fn layout(
    file: &File<'_>,
    directory: &Directory,
    pages: usize,
) -> Result<Option<Layout>, DecodeError> {
    let bytes = file.bytes_of(directory, tag::CZ_LSMINFO)?;
    let number = |at: usize| bytes.get(at..at + 4).map(|digits| file.digits(digits));
    let (Some(slices), Some(times)) = (number(SLICES), number(TIMES)) else { return Ok(None) };
    // All slices of one time point come before the next.
    let layout = Layout::new(NAME, vec![(Axis::Time, times), (Axis::Slice, slices)]);
    Ok((layout.planes() == pages as u64).then_some(layout))
}
