//! What the fields of a header mean.

use crate::error::DecodeError;
use crate::format::Format::Nrrd;
use crate::geometry::Geometry;
use crate::image::SampleType;
use crate::limits::Limits;
use crate::nrrd::axes::Axes;
use crate::nrrd::fields::{Field, Fields, MOST_AXES};
use crate::nrrd::space::geometry;
use crate::samples::ByteOrder;

/// How the samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Raw,
    Gzip,
    Bzip2,
    Text,
}

/// What stands between the header and the samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Skip {
    /// Lines, before anything is decompressed.
    pub(super) lines: u64,
    /// Bytes, after that; `None`: as many as it takes for the samples to be the last bytes of the file.
    pub(super) bytes: Option<u64>,
}

pub(super) struct Header<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) sample_type: SampleType,
    pub(super) order: ByteOrder,
    pub(super) encoding: Encoding,
    pub(super) skip: Skip,
    pub(super) axes: Axes,
    pub(super) geometry: Geometry,
}

impl<'a> Header<'a> {
    /// The header of a file whose samples the limits allow.
    pub(super) fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let fields = Fields::read(bytes)?;
        let sample_type = sample_type(&fields)?;
        let encoding = encoding(fields.required("encoding")?)?;
        let lengths = lengths(&fields)?;
        let slowest_first: Vec<u64> = lengths.iter().rev().copied().collect();
        limits.samples(Nrrd, &slowest_first, 1, sample_type.bytes() as u64)?;
        let axes = Axes::of(&fields, &lengths, sample_type)?;
        Ok(Self {
            sample_type,
            order: order(&fields, encoding, sample_type)?,
            encoding,
            skip: skip(&fields, encoding)?,
            geometry: geometry(&fields, &axes)?,
            axes,
            fields,
        })
    }
}

/// The names that teem has for each type; the first is what is written.
const TYPES: [(SampleType, &[&str]); 10] = [
    (SampleType::I8, &["signed char", "int8", "int8_t"]),
    (SampleType::U8, &["unsigned char", "uchar", "uint8", "uint8_t"]),
    (SampleType::I16, &["short", "short int", "signed short", "signed short int", "int16", "int16_t"]),
    (SampleType::U16, &["unsigned short", "ushort", "unsigned short int", "uint16", "uint16_t"]),
    (SampleType::I32, &["int", "signed int", "int32", "int32_t"]),
    (SampleType::U32, &["unsigned int", "uint", "uint32", "uint32_t"]),
    (
        SampleType::I64,
        &[
            "long long",
            "longlong",
            "long long int",
            "signed long long",
            "signed long long int",
            "int64",
            "int64_t",
        ],
    ),
    (SampleType::U64, &["unsigned long long", "ulonglong", "unsigned long long int", "uint64", "uint64_t"]),
    (SampleType::F32, &["float"]),
    (SampleType::F64, &["double"]),
];

/// What the field `type` calls a type; NRRD has no bits and no half floats.
pub(super) fn type_name(sample_type: SampleType) -> &'static str {
    let of = |wanted: SampleType| TYPES.iter().find(|(known, _)| *known == wanted);
    let (_, names) = match sample_type {
        SampleType::Bool => of(SampleType::U8),
        SampleType::F16 => of(SampleType::F32),
        other => of(other),
    }
    .unwrap_or(&TYPES[8]);
    names[0]
}

fn sample_type(fields: &Fields<'_>) -> Result<SampleType, DecodeError> {
    let field = fields.required("type")?;
    let words: Vec<String> =
        field.value.split_ascii_whitespace().take(5).map(str::to_ascii_lowercase).collect();
    let name = words.join(" ");
    let known = TYPES.iter().find(|(_, names)| names.contains(&name.as_str()));
    known.map(|(sample_type, _)| *sample_type).ok_or_else(|| {
        DecodeError::unsupported(
            Nrrd,
            field.place(),
            field.quoted(),
            "signed and unsigned char, short, int and long long, their names as int8, uint8 and so on, float and double",
        )
    })
}

fn encoding(field: &Field<'_>) -> Result<Encoding, DecodeError> {
    match field.value.to_ascii_lowercase().as_str() {
        "raw" => Ok(Encoding::Raw),
        "gz" | "gzip" => Ok(Encoding::Gzip),
        "bz2" | "bzip2" => Ok(Encoding::Bzip2),
        "txt" | "text" | "ascii" => Ok(Encoding::Text),
        _ => Err(DecodeError::unsupported(
            Nrrd,
            field.place(),
            field.quoted(),
            "raw, gzip, bzip2 and text (ascii)",
        )),
    }
}

/// The lengths of the axes, the fastest first.
fn lengths(fields: &Fields<'_>) -> Result<Vec<u64>, DecodeError> {
    let dimension = fields.required("dimension")?;
    let count = match dimension.whole::<usize>()?.as_slice() {
        &[count @ 1..=MOST_AXES] => count,
        _ => {
            return Err(
                dimension.malformed(format!("{}, 1 to {MOST_AXES} axes are possible", dimension.quoted()))
            );
        }
    };
    let sizes = fields.required("sizes")?;
    let lengths = sizes.whole::<u64>()?;
    if lengths.len() != count {
        return Err(sizes.malformed(format!("{}, while the dimension is {count}", sizes.quoted())));
    }
    match lengths.contains(&0) {
        true => Err(sizes.malformed("an axis has length 0, at least 1 is needed")),
        false => Ok(lengths),
    }
}

/// Of single bytes and of text it does not matter, and may be missing.
fn order(fields: &Fields<'_>, encoding: Encoding, sample_type: SampleType) -> Result<ByteOrder, DecodeError> {
    let matters = sample_type.bytes() > 1 && encoding != Encoding::Text;
    let Some(field) = fields.get("endian") else {
        let problem = format!("there is no field \"endian\", which {sample_type} needs: little or big");
        return match matters {
            true => Err(DecodeError::malformed(Nrrd, "header", problem)),
            false => Ok(ByteOrder::Little),
        };
    };
    match field.value.to_ascii_lowercase().as_str() {
        "little" => Ok(ByteOrder::Little),
        "big" => Ok(ByteOrder::Big),
        _ => Err(field.malformed(format!("{}, expected little or big", field.quoted()))),
    }
}

fn skip(fields: &Fields<'_>, encoding: Encoding) -> Result<Skip, DecodeError> {
    let number = |name: &str| -> Result<Option<(&Field<'_>, i64)>, DecodeError> {
        let Some(field) = fields.get(name) else { return Ok(None) };
        match field.whole::<i64>()?.as_slice() {
            &[number] => Ok(Some((field, number))),
            _ => Err(field.malformed(format!("{}, one whole number is needed", field.quoted()))),
        }
    };
    let refused = |field: &Field<'_>| {
        field.malformed(format!("{}, a whole number from 0 on is needed", field.quoted()))
    };
    let lines = match number("line skip")? {
        None => 0,
        Some((field, number)) => u64::try_from(number).map_err(|_| refused(field))?,
    };
    let bytes = match number("byte skip")? {
        None => Some(0),
        Some((_, -1)) if encoding == Encoding::Raw => None,
        Some((field, number)) => Some(u64::try_from(number).map_err(|_| refused(field))?),
    };
    Ok(Skip { lines, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(fields: &str) -> Result<(SampleType, ByteOrder, Encoding, Skip, Vec<usize>), String> {
        let text = format!("NRRD0004\n{fields}\n\n");
        let header = Header::read(text.as_bytes(), &Limits::default()).map_err(|error| error.to_string())?;
        Ok((header.sample_type, header.order, header.encoding, header.skip, header.axes.layout.shape))
    }

    #[test]
    fn axes_are_given_slowest_first() {
        let header = parse("type: uint8_t\ndimension: 3\nsizes: 2 3 4\nencoding: raw").unwrap();
        let skip = Skip { lines: 0, bytes: Some(0) };
        assert_eq!(header, (SampleType::U8, ByteOrder::Little, Encoding::Raw, skip, vec![4, 3, 2]));
    }

    #[test]
    fn every_name_of_a_type_and_of_an_encoding_is_known() {
        for (sample_type, names) in TYPES {
            for name in names {
                let text = format!("type: {name}\ndimension: 1\nsizes: 1\nencoding: gz\nendian: BIG");
                let header = parse(&text).unwrap();
                assert_eq!((header.0, header.1, header.2), (sample_type, ByteOrder::Big, Encoding::Gzip));
            }
            assert_eq!(type_name(sample_type), names[0]);
        }
        assert_eq!(type_name(SampleType::Bool), "unsigned char");
        assert_eq!(type_name(SampleType::F16), "float");
    }

    #[test]
    fn errors_say_which_field_on_which_line() {
        let ok = "type: int\ndimension: 2\nsizes: 2 3\nencoding: raw\nendian: little";
        assert!(parse(ok).is_ok());
        for (old, new, message) in [
            ("int", "block", "type (line 2): \"block\" is not supported"),
            ("raw", "hex", "encoding (line 5): \"hex\" is not supported"),
            ("2 3", "2 0", "sizes (line 4): an axis has length 0"),
            ("2 3", "2 3 4", "sizes (line 4): \"2 3 4\", while the dimension is 2"),
            ("2 3", "2 -3", "sizes (line 4): \"-3\" is no whole number"),
            ("2 3", "99999 99999", "99999 x 99999 needs"),
            ("dimension: 2", "dimension: 17", "dimension (line 3): \"17\", 1 to 16 axes are possible"),
            ("little", "middle", "endian (line 6): \"middle\", expected little or big"),
            ("endian: little", "# none", "which int32 needs: little or big"),
            ("endian", "byte skip: -2\nendian", "byte skip (line 6): \"-2\""),
            ("encoding: raw", "content: x", "there is no field \"encoding\""),
        ] {
            let error = parse(&ok.replacen(old, new, 1)).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
