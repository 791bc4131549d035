//! What tifffile writes into ImageDescription: JSON with the shape of the array, `{"shape": [24, 40, 44]}`.

use super::series::Layout;
use crate::axis::Axis;

pub(super) const NAME: &str = "tifffile description";

/// The shape, with the meaning of its axes where that is told.
pub(super) struct Shape {
    lengths: Vec<u64>,
    axes: Option<Vec<char>>,
}

/// `None` if the description is of another kind.
pub(super) fn shape(text: &[u8]) -> Option<Shape> {
    // What else the object holds may be long, and does not matter.
    let text = text.get(..1 << 14).unwrap_or(text);
    let text = String::from_utf8_lossy(text);
    let text = text.strip_prefix('{')?;
    let value = |key: &str| {
        let (_, after) = text.split_once(&format!("\"{key}\""))?;
        Some(after.trim_start().strip_prefix(':')?.trim_start())
    };
    let (list, _) = value("shape")?.strip_prefix('[')?.split_once(']')?;
    let lengths: Option<Vec<u64>> = list.split(',').map(|length| length.trim().parse().ok()).collect();
    let axes = value("axes").and_then(|axes| axes.strip_prefix('"')?.split_once('"'));
    let axes = axes.map(|(axes, _)| axes.chars().collect());
    Some(Shape { lengths: lengths?, axes })
}

impl Shape {
    /// The axes in front of those of a page of so many samples; `None` if no number of such pages
    /// makes up the shape.
    pub(super) fn layout(&self, page_samples: u64) -> Option<Layout> {
        let mut product = 1_u64;
        let mut front = self.lengths.len();
        while product < page_samples && front > 0 {
            front -= 1;
            product = product.checked_mul(*self.lengths.get(front)?)?;
        }
        if product != page_samples {
            return None;
        }
        let named = self.axes.as_ref().filter(|axes| axes.len() == self.lengths.len());
        let axis = |at: usize| match named.and_then(|axes| axes.get(at)) {
            Some('T') => Axis::Time,
            Some('C') => Axis::Channel,
            Some('Z') => Axis::Slice,
            _ => Axis::Page,
        };
        let axes = self.lengths.iter().take(front).enumerate().map(|(at, &length)| (axis(at), length));
        Some(Layout::new(NAME, axes.collect()))
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", crate::limits::describe(&self.lengths))
    }
}
