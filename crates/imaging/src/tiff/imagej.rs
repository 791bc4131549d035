//! What ImageJ writes into ImageDescription: lines of `key=value`, the first of them `ImageJ=...`.

use super::series::Layout;
use crate::axis::Axis;
use crate::note::Note;

pub(super) const NAME: &str = "ImageJ description";

/// `None` if the description is of another kind, or says nothing of planes.
///
/// `samples` of a page may be counted as channels.
pub(super) fn layout(text: &[u8], samples: u16) -> Option<Layout> {
    let text = text.strip_prefix(b"ImageJ=")?;
    let text = String::from_utf8_lossy(text);
    let value = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines.find(|(found, _)| *found == key).map(|(_, value)| value.trim())
    };
    let count = |key| value(key).and_then(|value| value.parse::<u64>().ok()).filter(|&count| count > 0);
    let [images, channels, slices, frames] = ["images", "channels", "slices", "frames"].map(count);
    images.or(channels).or(slices).or(frames)?;
    let channels = channels.filter(|&count| samples == 1 || count != u64::from(samples)).unwrap_or(1);
    let (slices, frames) = (slices.unwrap_or(1), frames.unwrap_or(1));
    let sorted = channels.saturating_mul(slices).saturating_mul(frames);
    let images = images.unwrap_or(sorted);
    if sorted == 1 {
        // The stacks of old versions say no more than their number.
        return Some(Layout::new(NAME, vec![(Axis::Slice, images)]));
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
    if sorted >= images && layout.planes() == sorted {
        return Some(layout);
    }
    let problem = format!(
        "{images} images in the order {order:?} are {channels} channels, {slices} slices, {frames} frames"
    );
    let mut layout = Layout::new(NAME, vec![(Axis::Page, images)]);
    layout.notes.push(Note::Contradiction { by: NAME, problem });
    Some(layout)
}
