//! The lines of a header, with where they stand in the file.

use std::borrow::Cow;
use std::ops::Range;
use std::str::FromStr;

use crate::error::DecodeError;
use crate::format::Format::MetaImage;

/// The fields that matter here; MetaIO writes and reads many more, and they are copied as they are.
const KNOWN: [&str; 26] = [
    "ObjectType",
    "NDims",
    "DimSize",
    "BinaryData",
    "BinaryDataByteOrderMSB",
    "ElementByteOrderMSB",
    "CompressedData",
    "CompressedDataSize",
    "CompressionLevel",
    "HeaderSize",
    "ElementType",
    "ElementNumberOfChannels",
    "ElementSpacing",
    "ElementSize",
    "TransformMatrix",
    "Rotation",
    "Orientation",
    "Offset",
    "Position",
    "Origin",
    "DistanceUnits",
    "ElementToIntensityFunctionSlope",
    "ElementToIntensityFunctionOffset",
    OF_VALUES[0],
    OF_VALUES[1],
    LAST,
];
/// Those that describe the values.
pub(super) const OF_VALUES: [&str; 2] = ["ElementMin", "ElementMax"];
/// The samples follow it.
const LAST: &str = "ElementDataFile";
/// `METAIO_MAXDIMS` is 10; a matrix has the square of it.
const MOST_NUMBERS: usize = 100;

/// A line `name = value`.
pub(super) struct Field<'a> {
    pub(super) name: &'static str,
    /// Without spaces around it.
    pub(super) value: Cow<'a, str>,
    /// Where the value stands in the file.
    pub(super) at: Range<usize>,
    /// Where the line stands in the file, with its end.
    pub(super) line: Range<usize>,
    /// The first line is number 1.
    number: usize,
}

impl Field<'_> {
    /// As messages call it.
    pub(super) fn place(&self) -> String {
        format!("{} (line {})", self.name, self.number)
    }

    pub(super) fn malformed(&self, problem: impl ToString) -> DecodeError {
        DecodeError::malformed(MetaImage, self.place(), problem)
    }

    /// The value on one line of a message, cut where it is long.
    pub(super) fn quoted(&self) -> String {
        let cut: String = self.value.chars().take(80).collect();
        format!("{cut:?}")
    }

    /// Numbers between spaces.
    pub(super) fn numbers<T: FromStr>(&self) -> Result<Vec<T>, DecodeError> {
        let number = |word: &str| {
            word.parse().map_err(|_| self.malformed(format!("{} is no list of numbers", self.quoted())))
        };
        self.value.split_ascii_whitespace().take(MOST_NUMBERS + 1).map(number).collect()
    }

    /// One whole number.
    pub(super) fn whole(&self) -> Result<i64, DecodeError> {
        self.value.parse().map_err(|_| self.malformed(format!("{} is no whole number", self.quoted())))
    }

    /// As MetaIO reads it: true is what begins with T, t or 1.
    pub(super) fn is_true(&self) -> bool {
        self.value.starts_with(['T', 't', '1'])
    }
}

pub(super) struct Fields<'a> {
    fields: Vec<Field<'a>>,
    /// Where the bytes after the header begin.
    pub(super) end: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut found = Self { fields: Vec::new(), end: 0 };
        for number in 1.. {
            let start = found.end;
            let rest = bytes.get(start..).unwrap_or_default();
            let Some(length) = rest.iter().position(|&byte| byte == b'\n') else { break };
            found.end = start + length + 1;
            if found.take(&rest[..length], start, number)? {
                return Ok(found);
            }
        }
        // The name of another file needs no line after it.
        if let Some(rest) = bytes.get(found.end..).filter(|rest| rest.starts_with(LAST.as_bytes())) {
            let (start, number) = (found.end, found.fields.len() + 1);
            found.end = bytes.len();
            found.take(rest, start, number)?;
        }
        let problem = format!("no line {LAST} = LOCAL ends the header, and so there are no samples");
        Err(DecodeError::malformed(MetaImage, "header", problem))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The first of several fields that mean the same.
    pub(super) fn first(&self, names: &[&str]) -> Option<&Field<'a>> {
        names.iter().find_map(|name| self.get(name))
    }

    pub(super) fn required(&self, name: &str) -> Result<&Field<'a>, DecodeError> {
        let problem = || DecodeError::malformed(MetaImage, "header", format!("there is no field {name}"));
        self.get(name).ok_or_else(problem)
    }

    /// One line, which begins at byte `start`; whether it is the last of the header.
    fn take(&mut self, line: &'a [u8], start: usize, number: usize) -> Result<bool, DecodeError> {
        let Some(at) = line.iter().position(|byte| matches!(byte, b'=' | b':')) else {
            if line.trim_ascii().is_empty() {
                return Ok(false);
            }
            let text = String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned();
            let problem = format!("{text:?} is no field such as NDims = 3");
            return Err(DecodeError::malformed(MetaImage, format!("line {number}"), problem));
        };
        let name = line[..at].trim_ascii();
        let Some(&name) = KNOWN.iter().find(|known| known.as_bytes() == name) else { return Ok(false) };
        let after = &line[at + 1..];
        let value = after.trim_ascii();
        let offset = start + at + 1 + (after.len() - after.trim_ascii_start().len());
        let field = Field {
            name,
            value: String::from_utf8_lossy(value),
            at: offset..offset + value.len(),
            line: start..self.end,
            number,
        };
        if self.get(name).is_some() {
            return Err(field.malformed("the field is there twice"));
        }
        if name == LAST && !matches!(value, b"LOCAL" | b"Local" | b"local") {
            return Err(DecodeError::unsupported(
                MetaImage,
                field.place(),
                format!("a header whose samples are in another file, {},", field.quoted()),
                "header and samples in one file (ElementDataFile = LOCAL): save it again with a name that ends in .mha, \
                 as 3D Slicer and SimpleITK do",
            ));
        }
        self.fields.push(field);
        Ok(name == LAST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_among_those_of_others_and_end_before_the_samples() {
        let text = "ObjectType = Image\r\nComment = NDims = 7\r\nNDims:  3 \r\nMine = 3\r\nElementDataFile = LOCAL\r\nNDims = 2\n";
        let fields = Fields::read(text.as_bytes()).unwrap();
        let dims = fields.required("NDims").unwrap();
        assert_eq!(
            (dims.whole(), &text[dims.at.clone()], &text[dims.line.clone()]),
            (Ok(3), "3", "NDims:  3 \r\n")
        );
        assert_eq!(&text[fields.end..], "NDims = 2\n");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, message) in [
            ("NDims = 3\nhello\n", "line 2: \"hello\" is no field such as NDims = 3"),
            ("NDims = 3\nNDims = 3\n", "NDims (line 2): the field is there twice"),
            ("NDims = 3\n", "no line ElementDataFile = LOCAL ends the header"),
            (
                "ElementDataFile = a.raw\n",
                "ElementDataFile (line 1): a header whose samples are in another file, \"a.raw\", is not supported",
            ),
            (
                "NDims = 3\nElementDataFile = a.zraw",
                "in another file, \"a.zraw\", is not supported; accepted: header and samples in one file",
            ),
            ("ElementDataFile = LIST\nslice1.raw\n", "another file, \"LIST\""),
        ] {
            let error = Fields::read(text.as_bytes()).err().unwrap().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
