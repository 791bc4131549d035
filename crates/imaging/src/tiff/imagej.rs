//! What ImageJ writes into ImageDescription: lines of `key=value`, the first of them `ImageJ=...`.

use super::series::{Described, Layout};
use crate::axis::Axis;

pub(super) const NAME: &str = "ImageJ description";

/// `None` if the description is of another kind.
///
/// `samples` of a page may be counted as channels.
pub(super) fn described(text: &[u8], samples: u16) -> Option<Described> {
    let text = text.strip_prefix(b"ImageJ=")?;
    let text = String::from_utf8_lossy(text);
    let value = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines.find(|(found, _)| *found == key).map(|(_, value)| value.trim())
    };
    let count = |key| value(key).and_then(|value| value.parse::<u64>().ok()).filter(|&count| count > 0);
    let mut channels = count("channels").unwrap_or(1);
    if samples > 1 && channels == u64::from(samples) {
        channels = 1;
    }
    let (slices, frames) = (count("slices").unwrap_or(1), count("frames").unwrap_or(1));
    let sorted = channels.saturating_mul(slices).saturating_mul(frames);
    let images = count("images").unwrap_or(sorted);
    if sorted == 1 {
        // The stacks of old versions say no more than their number.
        return Some(Described::Layout(Layout::new(NAME, vec![(Axis::Slice, images)])));
    }
    if sorted < images {
        let problem =
            format!("it promises {images} images, but {channels} channels, {slices} slices, {frames} frames");
        return Some(Described::Contradiction { by: NAME, problem });
    }
    // From the fastest axis to the slowest.
    let order = value("order").unwrap_or("czt").to_ascii_lowercase();
    let order = if order == "default" { "czt" } else { &order };
    let axes = order.chars().rev().filter_map(|letter| match letter {
        'c' => Some((Axis::Channel, channels)),
        'z' => Some((Axis::Slice, slices)),
        't' => Some((Axis::Time, frames)),
        _ => None,
    });
    let layout = Layout::new(NAME, axes.collect());
    if layout.planes() != sorted {
        return Some(Described::Contradiction { by: NAME, problem: format!("its order is {order:?}") });
    }
    Some(Described::Layout(layout))
}
