//! What the axes of a file are, and in which order the array has them.

use crate::axis::Axis;
use crate::error::DecodeError;
use crate::image::{Channels, SampleType};
use crate::layout::Layout;
use crate::note::Note;
use crate::nrrd::fields::Fields;
use crate::nrrd::space::vectors;

/// The axes of the array: those that are no axes of space in front, as layers of segments, channels and time are, then
/// those of space, each kind with its slowest axis first. So the last three are `[z, y, x]`, as those of NIfTI are.
pub(super) struct Axes {
    /// Without the channels of a pixel.
    pub(super) layout: Layout,
    /// What they are, one for each.
    pub(super) meanings: Vec<Axis>,
    pub(super) channels: Channels,
    /// The axes of the file that are axes of space and that the array has, x first.
    pub(super) in_space: Vec<usize>,
    /// How many axes the file has.
    pub(super) in_file: usize,
    pub(super) note: Option<Note>,
}

impl Axes {
    /// Axes of length 1 are left out where they are no axes of space, and after the third of these. The product of the
    /// lengths, which are those of the file, has been checked.
    pub(super) fn of(
        fields: &Fields<'_>,
        lengths: &[u64],
        sample_type: SampleType,
    ) -> Result<Self, DecodeError> {
        let lengths: Vec<usize> = lengths.iter().map(|&length| length as usize).collect();
        let kinds = kinds(fields, lengths.len())?;
        let directions = vectors(fields, "space directions", lengths.len())?;
        let is_in_space = |axis: usize| match &directions {
            Some(vectors) => vectors[axis].is_some(),
            None => matches!(kinds[axis].as_str(), "" | "???" | "none" | "domain" | "space"),
        };
        let (mut in_space, mut others): (Vec<usize>, Vec<usize>) =
            (0..lengths.len()).partition(|&axis| is_in_space(axis));
        let (channels, note) = match others.first() {
            Some(0) => colours(&kinds[0], lengths[0], sample_type, fields.segments.is_empty()),
            _ => (Channels::Grey, None),
        };
        let is_colour = channels.count() > 1;
        others.retain(|&axis| lengths[axis] > 1 && !(is_colour && axis == 0));
        if in_space.is_empty() {
            // Nothing is known of them: they are taken as they come.
            let first = usize::from(is_colour && lengths.len() > 1);
            (in_space, others) = ((first..lengths.len()).collect(), Vec::new());
        }
        while in_space.len() > 3 && in_space.last().is_some_and(|&axis| lengths[axis] == 1) {
            in_space.pop();
        }
        let channels = if others.is_empty() && in_space == [0] { Channels::Grey } else { channels };

        let order: Vec<usize> = others.iter().rev().chain(in_space.iter().rev()).copied().collect();
        // The colours of a pixel are no pixels of their own.
        let of_pixels = usize::from(channels.count() > 1);
        let in_pixels: Vec<usize> = order.iter().map(|&axis| axis - of_pixels).collect();
        let meaning = |&axis: &usize| match kinds[axis].as_str() {
            "time" => Axis::Time,
            _ => Axis::Channel,
        };
        let of_space = [Axis::Page, Axis::Slice, Axis::Row, Axis::Column];
        let in_front = in_space.len().saturating_sub(3);
        let known = 4 - (in_space.len() - in_front);
        let meanings = others.iter().rev().map(meaning);
        let meanings = meanings.chain(std::iter::repeat_n(Axis::Page, in_front));
        Ok(Self {
            layout: Layout::new(&lengths[of_pixels..], &in_pixels),
            meanings: meanings.chain(of_space[known..].iter().copied()).collect(),
            note: note.filter(|_| channels.count() > 1),
            channels,
            in_space,
            in_file: lengths.len(),
        })
    }

    /// Entries of the axis that layers of segments lie along: the first, if it is one of channels.
    pub(super) fn layers(&self) -> usize {
        match (self.meanings.first(), self.layout.shape.first()) {
            (Some(Axis::Channel), Some(&layers)) => layers,
            _ => 1,
        }
    }
}

/// What the first axis holds, if it is no axis of space. Slicer writes colours as vectors, without saying that they are.
fn colours(
    kind: &str,
    length: usize,
    sample_type: SampleType,
    has_no_segments: bool,
) -> (Channels, Option<Note>) {
    let channels = match length {
        3 => Channels::Rgb,
        4 => Channels::Rgba,
        _ => return (Channels::Grey, None),
    };
    match (kind, length) {
        ("rgb-color" | "3-color", 3) | ("rgba-color" | "4-color", 4) => (channels, None),
        ("vector" | "" | "???" | "none", _) if sample_type == SampleType::U8 && has_no_segments => {
            (channels, Some(Note::TakenForColours { count: length }))
        }
        _ => (Channels::Grey, None),
    }
}

/// The kind of each axis, in small letters; empty where it is not said.
fn kinds(fields: &Fields<'_>, count: usize) -> Result<Vec<String>, DecodeError> {
    let Some(field) = fields.get("kinds") else { return Ok(vec![String::new(); count]) };
    let kinds: Vec<String> =
        field.value.split_ascii_whitespace().take(count + 1).map(str::to_ascii_lowercase).collect();
    if kinds.len() != count {
        return Err(
            field.malformed(format!("{}, one kind is needed for each of {count} axes", field.quoted()))
        );
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes(sizes: &[u64], sample_type: SampleType, more: &str) -> (Vec<usize>, Vec<Axis>, Channels, bool) {
        let text = format!("NRRD0004\n{more}\n\n");
        let axes = Axes::of(&Fields::read(text.as_bytes()).unwrap(), sizes, sample_type).unwrap();
        (axes.layout.shape, axes.meanings, axes.channels, axes.note.is_some())
    }

    #[test]
    fn layers_channels_and_time_come_before_the_axes_of_space() {
        use Axis::{Channel, Column, Page, Row, Slice, Time};
        let u8 = SampleType::U8;
        let grey = Channels::Grey;
        for (sizes, more, shape, meanings) in [
            (&[5, 4, 3][..], "", vec![3, 4, 5], vec![Slice, Row, Column]),
            (&[5, 4], "kinds: domain domain", vec![4, 5], vec![Row, Column]),
            (
                &[2, 5, 4, 3],
                "kinds: list domain domain domain",
                vec![2, 3, 4, 5],
                vec![Channel, Slice, Row, Column],
            ),
            (
                &[2, 5, 4, 3],
                "space directions: none (1,0,0) (0,1,0) (0,0,1)",
                vec![2, 3, 4, 5],
                vec![Channel, Slice, Row, Column],
            ),
            (
                &[5, 4, 3, 7],
                "kinds: space space space time",
                vec![7, 3, 4, 5],
                vec![Time, Slice, Row, Column],
            ),
            (&[1, 5, 4, 3], "kinds: vector space space space", vec![3, 4, 5], vec![Slice, Row, Column]),
            (&[5, 4, 3, 2], "", vec![2, 3, 4, 5], vec![Page, Slice, Row, Column]),
            (&[5, 4, 3, 1], "", vec![3, 4, 5], vec![Slice, Row, Column]),
            (&[5, 4, 1], "", vec![1, 4, 5], vec![Slice, Row, Column]),
            (&[3, 2], "kinds: list list", vec![2, 3], vec![Row, Column]),
        ] {
            assert_eq!(axes(sizes, u8, more), (shape, meanings, grey, false), "{sizes:?} {more}");
        }
    }

    #[test]
    fn colours_are_taken_for_colours_and_other_vectors_are_not() {
        let space = "space space";
        for (length, kind, sample_type, channels, is_guess) in [
            (3, "RGB-color", SampleType::F32, Channels::Rgb, false),
            (4, "RGBA-color", SampleType::U8, Channels::Rgba, false),
            (3, "vector", SampleType::U8, Channels::Rgb, true),
            (3, "vector", SampleType::F32, Channels::Grey, false),
            (3, "HSV-color", SampleType::U8, Channels::Grey, false),
            (3, "list", SampleType::U8, Channels::Grey, false),
        ] {
            let (shape, _, found, guessed) =
                axes(&[length, 6, 5], sample_type, &format!("kinds: {kind} {space}"));
            assert_eq!((found, guessed), (channels, is_guess), "{kind}");
            let expected = if found == Channels::Grey { vec![length as usize, 5, 6] } else { vec![5, 6] };
            assert_eq!(shape, expected, "{kind}");
        }
        let layers = "kinds: vector space space\nSegment0_Name:=a";
        assert_eq!(axes(&[3, 6, 5], SampleType::U8, layers).2, Channels::Grey, "they are layers");
    }
}
