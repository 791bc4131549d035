//! The segments of 3D Slicer's `.seg.nrrd`: pairs such as `Segment0_Name:=liver`.

use std::collections::BTreeMap;

use crate::note::Note;
use crate::segment::Segment;

/// No segmentation comes near; it bounds what a header can cost.
const MOST: u32 = 1 << 16;

/// What the pairs say of the segments, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Described(BTreeMap<u32, Description>);

#[derive(Debug, Default)]
struct Description {
    id: Option<String>,
    name: Option<String>,
    label: Option<String>,
    layer: Option<String>,
    colour: Option<String>,
}

impl Described {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A pair of the header, which may say something of a segment.
    pub(super) fn take(&mut self, key: &[u8], value: &[u8]) {
        let key = key.trim_ascii().strip_prefix(b"Segment").unwrap_or_default();
        let digits = key.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, key) = key.split_at(digits);
        let number = std::str::from_utf8(number).ok().and_then(|digits| digits.parse().ok());
        let Some(number) = number.filter(|&number| number < MOST) else { return };
        let of = |described: &'static str| key.strip_prefix(b"_") == Some(described.as_bytes());
        let known =
            ["ID", "Name", "LabelValue", "Layer", "Color", "DefaultColor"].into_iter().find(|key| of(key));
        let Some(known) = known else { return };
        let description = self.0.entry(number).or_default();
        let place = match known {
            "ID" => &mut description.id,
            "Name" => &mut description.name,
            "LabelValue" => &mut description.label,
            "Layer" => &mut description.layer,
            // Files from before 2017 have only the other.
            "DefaultColor" if description.colour.is_some() => return,
            _ => &mut description.colour,
        };
        *place = Some(one_line(value));
    }

    /// The segments of a file with this many layers. What is missing is what 3D Slicer takes it for: the label is 1, and
    /// the layer has the number of the segment.
    pub(super) fn segments(self, layers: usize) -> (Vec<Segment>, Vec<Note>) {
        let mut segments = Vec::new();
        let mut notes = Vec::new();
        for (number, description) in self.0 {
            match description.segment(number, layers) {
                Ok(segment) => segments.push(segment),
                Err(because) => notes.push(Note::SegmentLeftOut { number, because }),
            }
        }
        (segments, notes)
    }
}

impl Description {
    fn segment(self, number: u32, layers: usize) -> Result<Segment, String> {
        let label = self.label.map_or(Ok(1), |text| {
            text.trim().parse().map_err(|_| format!("its label {text:?} is no whole number"))
        })?;
        let layer = match self.layer {
            Some(text) => {
                text.trim().parse().map_err(|_| format!("its layer {text:?} is no whole number"))?
            }
            None if layers > 1 => number as usize,
            None => 0,
        };
        if layer >= layers {
            return Err(format!(
                "it is in layer {layer}, and the last layer is {}",
                layers.saturating_sub(1)
            ));
        }
        let name = self.name.or(self.id).unwrap_or_else(|| format!("Segment {number}"));
        Ok(Segment { name, label, layer, colour: self.colour.and_then(|text| colour(&text)) })
    }
}

/// Three numbers from 0 to 1.
fn colour(text: &str) -> Option<[u8; 3]> {
    let numbers = text.split_ascii_whitespace().take(4).map(|word| word.parse::<f32>().ok());
    let [red, green, blue] = numbers.collect::<Option<Vec<f32>>>()?.try_into().ok()?;
    Some([red, green, blue].map(|part| (255.0 * part).round() as u8))
}

/// Line ends are written as `\n`; here they, and other signs that are not to be seen, become spaces.
fn one_line(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(&value[..value.len().min(4096)]);
    let mut line = String::with_capacity(text.len());
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        let sign = match sign {
            '\\' => match signs.next() {
                Some('n') => ' ',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        };
        line.push(if sign.is_control() { ' ' } else { sign });
    }
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(pairs: &[(&str, &str)]) -> Described {
        let mut described = Described::default();
        pairs.iter().for_each(|(key, value)| described.take(key.as_bytes(), value.as_bytes()));
        described
    }

    #[test]
    fn names_labels_layers_and_colours_are_those_of_the_pairs() {
        let (segments, notes) = described(&[
            ("Segment1_Name", "left\\nkidney"),
            ("Segment1_LabelValue", "7"),
            ("Segment1_Layer", "0"),
            ("Segment0_ID", "Segment_1"),
            ("Segment0_LabelValue", "2"),
            ("Segment0_Layer", "1"),
            ("Segment0_Color", "0.5 0 1"),
            ("Segment0_Tags", "Segmentation.Status:inprogress|"),
            ("Segmentation_ContainedRepresentationNames", "Binary labelmap|"),
        ])
        .segments(2);
        let first = Segment { name: "Segment_1".to_owned(), label: 2, layer: 1, colour: Some([128, 0, 255]) };
        let second = Segment { name: "left kidney".to_owned(), label: 7, layer: 0, colour: None };
        assert_eq!((segments, notes), (vec![first, second], Vec::new()));
    }

    #[test]
    fn what_older_files_leave_out_is_label_1_in_a_layer_of_its_own() {
        let pairs = [("Segment0_Name", "a"), ("Segment1_Name", "b"), ("Segment1_DefaultColor", "1 1 0")];
        let (segments, _) = described(&pairs).segments(2);
        let found: Vec<_> = segments.iter().map(|segment| (segment.label, segment.layer)).collect();
        assert_eq!(found, [(1, 0), (1, 1)]);
        assert_eq!(segments[1].colour, Some([255, 255, 0]));
    }

    #[test]
    fn a_segment_that_cannot_be_is_left_out_and_said() {
        let pairs = [("Segment0_LabelValue", "two"), ("Segment1_Layer", "3"), ("Segment2_Layer", "0")];
        let (segments, notes) = described(&pairs).segments(2);
        assert_eq!(segments.len(), 1);
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        assert!(
            notes[0].contains("segment 0") && notes[0].contains("\"two\" is no whole number"),
            "{notes:?}"
        );
        assert!(notes[1].contains("layer 3, and the last layer is 1"), "{notes:?}");
    }
}
