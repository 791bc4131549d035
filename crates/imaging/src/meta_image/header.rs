//! What the fields of a header mean, as MetaIO, the library of ITK, reads them.

use crate::axis::Axis;
use crate::error::DecodeError;
use crate::format::Format::MetaImage;
use crate::geometry::Geometry;
use crate::image::{Channels, SampleType};
use crate::layout::Layout;
use crate::limits::Limits;
use crate::meta_image::fields::Fields;
use crate::meta_image::space::geometry;
use crate::note::Note;
use crate::samples::ByteOrder;

/// How the samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Raw,
    /// zlib or gzip.
    Compressed,
    Text,
}

pub(super) struct Header<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) sample_type: SampleType,
    pub(super) order: ByteOrder,
    pub(super) encoding: Encoding,
    /// Of the array, without the channels of a pixel.
    pub(super) layout: Layout,
    pub(super) channels: Channels,
    /// What the axes of the array are, one for each.
    pub(super) axes: Vec<Axis>,
    pub(super) geometry: Geometry,
    pub(super) notes: Vec<Note>,
}

impl<'a> Header<'a> {
    /// The header of a file whose samples the limits allow.
    pub(super) fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let fields = Fields::read(bytes)?;
        if let Some(field) = fields.get("ObjectType").filter(|field| !field.value.starts_with("Image")) {
            return Err(DecodeError::unsupported(
                MetaImage,
                field.place(),
                field.quoted(),
                "ObjectType = Image",
            ));
        }
        let sample_type = sample_type(&fields)?;
        let lengths = lengths(&fields)?;
        let numbers = numbers_of_a_pixel(&fields)?;
        let slowest_first: Vec<u64> = lengths.iter().rev().copied().collect();
        limits.samples(MetaImage, &slowest_first, numbers, sample_type.bytes() as u64)?;
        let channels = match (numbers, sample_type) {
            (3, SampleType::U8) => Channels::Rgb,
            (4, SampleType::U8) => Channels::Rgba,
            _ => Channels::Grey,
        };
        let mut notes = Vec::new();
        if channels != Channels::Grey {
            notes.push(Note::TakenForColours { count: channels.count() });
        }
        let is = |name: &str| fields.get(name).map(|field| field.is_true());
        let encoding = match (is("BinaryData"), is("CompressedData")) {
            (Some(false), _) => Encoding::Text,
            (_, Some(true)) => Encoding::Compressed,
            _ => Encoding::Raw,
        };
        let is_big = is("BinaryDataByteOrderMSB").or(is("ElementByteOrderMSB")).unwrap_or(false);
        let (layout, axes) = axes(&lengths, numbers, channels);
        let of_function = |name: &str| -> Result<Option<f64>, DecodeError> {
            fields
                .get(name)
                .map(|field| Ok(field.numbers()?.first().copied().unwrap_or(f64::NAN)))
                .transpose()
        };
        let slope = of_function("ElementToIntensityFunctionSlope")?.unwrap_or(1.0);
        let offset = of_function("ElementToIntensityFunctionOffset")?.unwrap_or(0.0);
        if (slope, offset) != (1.0, 0.0) {
            notes.push(Note::NotScaled { slope, offset });
        }
        Ok(Self {
            sample_type,
            order: if is_big { ByteOrder::Big } else { ByteOrder::Little },
            encoding,
            layout,
            channels,
            axes,
            geometry: geometry(&fields, lengths.len())?,
            notes,
            fields,
        })
    }
}

/// The types of MetaIO; its long has 32 bits wherever it is read.
const TYPES: [(&str, SampleType); 13] = [
    ("MET_CHAR", SampleType::I8),
    ("MET_ASCII_CHAR", SampleType::I8),
    ("MET_UCHAR", SampleType::U8),
    ("MET_SHORT", SampleType::I16),
    ("MET_USHORT", SampleType::U16),
    ("MET_INT", SampleType::I32),
    ("MET_UINT", SampleType::U32),
    ("MET_LONG", SampleType::I32),
    ("MET_ULONG", SampleType::U32),
    ("MET_LONG_LONG", SampleType::I64),
    ("MET_ULONG_LONG", SampleType::U64),
    ("MET_FLOAT", SampleType::F32),
    ("MET_DOUBLE", SampleType::F64),
];

/// What the field `ElementType` calls a type; MetaImage has no bits and no half floats.
pub(super) fn type_name(sample_type: SampleType) -> &'static str {
    let stored = match sample_type {
        SampleType::Bool => SampleType::U8,
        SampleType::F16 => SampleType::F32,
        other => other,
    };
    TYPES.iter().find(|(_, known)| *known == stored).map_or("MET_DOUBLE", |(name, _)| name)
}

fn sample_type(fields: &Fields<'_>) -> Result<SampleType, DecodeError> {
    let field = fields.required("ElementType")?;
    // Numbers of a pixel make an array; ElementNumberOfChannels says how many.
    let name = field.value.strip_suffix("_ARRAY").unwrap_or(&field.value);
    let known = TYPES.iter().find(|(known, _)| *known == name).map(|(_, sample_type)| *sample_type);
    known.ok_or_else(|| {
        DecodeError::unsupported(
            MetaImage,
            field.place(),
            field.quoted(),
            "MET_CHAR, MET_UCHAR, MET_SHORT, MET_USHORT, MET_INT, MET_UINT, MET_LONG, MET_ULONG, MET_LONG_LONG, \
             MET_ULONG_LONG, MET_FLOAT and MET_DOUBLE",
        )
    })
}

/// The lengths of the axes, the fastest first.
fn lengths(fields: &Fields<'_>) -> Result<Vec<u64>, DecodeError> {
    let dims = fields.required("NDims")?;
    let count = match dims.whole()? {
        count @ 1..=10 => count as usize,
        _ => return Err(dims.malformed(format!("{}, 1 to 10 axes are possible", dims.quoted()))),
    };
    let size = fields.required("DimSize")?;
    let lengths: Vec<u64> = size.numbers()?;
    if lengths.len() != count {
        return Err(size.malformed(format!("{}, while NDims is {count}", size.quoted())));
    }
    match lengths.contains(&0) {
        true => Err(size.malformed("an axis has length 0, at least 1 is needed")),
        false => Ok(lengths),
    }
}

fn numbers_of_a_pixel(fields: &Fields<'_>) -> Result<u64, DecodeError> {
    let Some(field) = fields.get("ElementNumberOfChannels") else { return Ok(1) };
    let is_possible = |count: &u64| (1..=1 << 16).contains(count);
    let count = u64::try_from(field.whole()?).ok().filter(is_possible);
    count.ok_or_else(|| field.malformed(format!("{}, 1 to 65536 are possible", field.quoted())))
}

/// The axes of the array: numbers of a pixel that are no colours in front, then those of the file from the slowest on.
/// Axes of length 1 after the third are left out.
fn axes(lengths: &[u64], numbers: u64, channels: Channels) -> (Layout, Vec<Axis>) {
    let mut of_file: Vec<usize> = lengths.iter().map(|&length| length as usize).collect();
    while of_file.len() > 3 && of_file.last() == Some(&1) {
        of_file.pop();
    }
    let in_front = of_file.len().saturating_sub(3);
    let of_space = [Axis::Slice, Axis::Row, Axis::Column];
    let mut meanings = vec![Axis::Page; in_front];
    meanings.extend(&of_space[3 - (of_file.len() - in_front)..]);
    let mut order: Vec<usize> = (0..of_file.len()).rev().collect();
    if numbers > 1 && channels == Channels::Grey {
        of_file.insert(0, numbers as usize);
        order = std::iter::once(0).chain(order.iter().map(|axis| axis + 1)).collect();
        meanings.insert(0, Axis::Channel);
    }
    (Layout::new(&of_file, &order), meanings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(fields: &str) -> Result<Header<'_>, String> {
        let header = Header::read(fields.as_bytes(), &Limits::default());
        header.map_err(|error| error.to_string())
    }

    const OK: &str =
        "ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementType = MET_SHORT\nElementDataFile = LOCAL\n";

    #[test]
    fn axes_are_given_slowest_first_and_numbers_of_a_pixel_in_front() {
        use Axis::{Channel, Column, Page, Row, Slice};
        for (old, new, shape, axes) in [
            ("", "", vec![2, 3, 4], vec![Slice, Row, Column]),
            ("NDims = 3\nDimSize = 4 3 2", "NDims = 2\nDimSize = 4 3", vec![3, 4], vec![Row, Column]),
            (
                "NDims = 3\nDimSize = 4 3 2",
                "NDims = 4\nDimSize = 4 3 2 1",
                vec![2, 3, 4],
                vec![Slice, Row, Column],
            ),
            (
                "NDims = 3\nDimSize = 4 3 2",
                "NDims = 4\nDimSize = 4 3 2 5",
                vec![5, 2, 3, 4],
                vec![Page, Slice, Row, Column],
            ),
            (
                "NDims",
                "ElementNumberOfChannels = 3\nNDims",
                vec![3, 2, 3, 4],
                vec![Channel, Slice, Row, Column],
            ),
        ] {
            let text = OK.replacen(old, new, 1);
            let header = parse(&text).unwrap();
            assert_eq!((header.layout.shape, header.axes, header.channels), (shape, axes, Channels::Grey));
        }
        let colours =
            OK.replace("SHORT", "UCHAR_ARRAY").replace("NDims", "ElementNumberOfChannels = 3\nNDims");
        let header = parse(&colours).unwrap();
        assert_eq!(
            (header.channels, header.notes),
            (Channels::Rgb, vec![Note::TakenForColours { count: 3 }])
        );
    }

    #[test]
    fn errors_say_which_field_on_which_line() {
        for (old, new, message) in [
            ("Image", "Tube", "ObjectType (line 1): \"Tube\" is not supported; accepted: ObjectType = Image"),
            ("NDims = 3", "NDims = 11", "NDims (line 2): \"11\", 1 to 10 axes are possible"),
            ("4 3 2", "4 3", "DimSize (line 3): \"4 3\", while NDims is 3"),
            ("4 3 2", "4 0 2", "DimSize (line 3): an axis has length 0"),
            ("4 3 2", "4 x 2", "DimSize (line 3): \"4 x 2\" is no list of numbers"),
            ("4 3 2", "99999 99999 9", "9 x 99999 x 99999 needs"),
            ("MET_SHORT", "MET_STRING", "ElementType (line 4): \"MET_STRING\" is not supported"),
            ("NDims", "Offset = 1 2\nNDims", "Offset (line 2): \"1 2\", 3 numbers are needed"),
            (
                "NDims",
                "ElementNumberOfChannels = 0\nNDims",
                "ElementNumberOfChannels (line 2): \"0\", 1 to 65536",
            ),
        ] {
            let error = parse(&OK.replacen(old, new, 1)).err().unwrap();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_function_of_the_values_is_said_and_not_applied() {
        let text = OK.replace("NDims", "ElementToIntensityFunctionSlope = 2\nNDims");
        assert_eq!(parse(&text).unwrap().notes, [Note::NotScaled { slope: 2.0, offset: 0.0 }]);
    }

    #[test]
    fn every_type_has_the_name_that_it_is_read_by() {
        for sample_type in SampleType::ALL {
            let name = type_name(sample_type);
            let read = TYPES.iter().find(|(known, _)| *known == name).unwrap().1;
            assert_eq!(read.bytes().max(sample_type.bytes()), read.bytes());
            assert!(read == sample_type || matches!(sample_type, SampleType::Bool | SampleType::F16));
        }
    }
}
