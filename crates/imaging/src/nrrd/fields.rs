//! The lines of a header: fields and pairs of key and value, with where they stand in the file.

use std::borrow::Cow;
use std::ops::Range;

use crate::error::DecodeError;
use crate::format::Format::Nrrd;
use crate::nrrd::segments::Described;

/// The fields that matter here; those of the last row describe values, and go with them.
const KNOWN: [&str; 21] = [
    "type",
    "dimension",
    "sizes",
    "encoding",
    "endian",
    "data file",
    "line skip",
    "byte skip",
    "space",
    "space dimension",
    "space directions",
    "space origin",
    "space units",
    "spacings",
    "units",
    "kinds",
    "block size",
    OF_VALUES[0],
    OF_VALUES[1],
    OF_VALUES[2],
    OF_VALUES[3],
];
/// Those that describe the values.
pub(super) const OF_VALUES: [&str; 4] = ["min", "max", "old min", "old max"];

/// A line `name: value`.
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
        DecodeError::malformed(Nrrd, self.place(), problem)
    }

    /// The value on one line of a message, cut where it is long.
    pub(super) fn quoted(&self) -> String {
        quoted(&self.value)
    }

    /// Whole numbers between spaces.
    pub(super) fn whole<T: std::str::FromStr>(&self) -> Result<Vec<T>, DecodeError> {
        let number = |word: &str| {
            word.parse().map_err(|_| self.malformed(format!("{} is no whole number", quoted(word))))
        };
        self.value.split_ascii_whitespace().take(MOST_AXES + 1).map(number).collect()
    }

    /// Texts between quotation marks, one for each axis: `"mm" "mm" "mm"`.
    pub(super) fn texts(&self) -> Vec<&str> {
        self.value.split('"').skip(1).step_by(2).take(MOST_AXES).collect()
    }
}

/// `NRRD_DIM_MAX` of teem.
pub(super) const MOST_AXES: usize = 16;

/// The fields that are known here and the segments; all else is for others, and is copied as it is.
pub(super) struct Fields<'a> {
    fields: Vec<Field<'a>>,
    pub(super) segments: Described,
    /// Where the bytes after the header begin.
    pub(super) end: usize,
    /// What its lines end with.
    pub(super) line_end: &'static str,
}

impl<'a> Fields<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut found = Self { fields: Vec::new(), segments: Described::default(), end: 0, line_end: "\n" };
        for number in 1.. {
            let start = found.end;
            let rest = bytes.get(start..).unwrap_or_default();
            let length = rest.iter().position(|&byte| byte == b'\n');
            let line = &rest[..length.unwrap_or(rest.len())];
            found.end = start + length.map_or(rest.len(), |length| length + 1);
            let text = line.strip_suffix(b"\r").unwrap_or(line);
            match (number, text, length) {
                (1, _, _) => {
                    magic(text)?;
                    found.line_end = if text.len() < line.len() { "\r\n" } else { "\n" };
                }
                (_, [], Some(_)) => return Ok(found),
                (_, [b'#', ..], Some(_)) => {}
                (_, _, None) => break,
                _ => found.take(text, start, number)?,
            }
        }
        let problem = "no empty line ends the header, and so there are no samples";
        Err(DecodeError::malformed(Nrrd, "header", problem))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub(super) fn required(&self, name: &str) -> Result<&Field<'a>, DecodeError> {
        self.get(name)
            .ok_or_else(|| DecodeError::malformed(Nrrd, "header", format!("there is no field {name:?}")))
    }

    /// One line, which begins at byte `start`.
    fn take(&mut self, text: &'a [u8], start: usize, number: usize) -> Result<(), DecodeError> {
        let find = |sign: &[u8]| text.windows(sign.len()).position(|window| window == sign);
        let colon = find(b": ");
        if let Some(at) = find(b":=").filter(|&at| colon.is_none_or(|colon| at < colon)) {
            self.segments.take(&text[..at], &text[at + 2..]);
            return Ok(());
        }
        let Some(at) = colon.or_else(|| find(b":")) else {
            let problem =
                format!("{} is no field, no pair of key and value and no comment", quoted_bytes(text));
            return Err(DecodeError::malformed(Nrrd, format!("line {number}"), problem));
        };
        let same = |known: &&&str| is_called(&text[..at], known);
        let Some(&name) = KNOWN.iter().find(same) else { return Ok(()) };
        let value = text[at + 1..].trim_ascii();
        let offset = start + at + 1 + (text[at + 1..].len() - text[at + 1..].trim_ascii_start().len());
        let field = Field {
            name,
            value: String::from_utf8_lossy(value),
            at: offset..offset + value.len(),
            line: start..self.end,
            number,
        };
        if name == "data file" {
            return Err(DecodeError::unsupported(
                Nrrd,
                field.place(),
                format!("the detached header of samples in another file, {},", field.quoted()),
                "header and samples in one file: save it again with a name that ends in .nrrd",
            ));
        }
        if self.get(name).is_some() {
            return Err(field.malformed("the field is there twice"));
        }
        self.fields.push(field);
        Ok(())
    }
}

fn magic(line: &[u8]) -> Result<(), DecodeError> {
    match line {
        [b'N', b'R', b'R', b'D', b'0', b'0', b'0', b'1'..=b'6'] => Ok(()),
        _ => {
            let problem = format!("{}, expected NRRD0001 to NRRD0006", quoted_bytes(line));
            Err(DecodeError::malformed(Nrrd, "magic (line 1)", problem))
        }
    }
}

/// Teem takes `data file` and `datafile` for the same, and capitals for small letters.
fn is_called(name: &[u8], known: &str) -> bool {
    fn letters(text: &[u8]) -> impl Iterator<Item = u8> {
        text.iter().filter(|byte| **byte != b' ').map(u8::to_ascii_lowercase)
    }
    letters(name).eq(letters(known.as_bytes()))
}

fn quoted_bytes(text: &[u8]) -> String {
    quoted(&String::from_utf8_lossy(&text[..text.len().min(120)]))
}

/// A piece of a file on one line of a message.
pub(super) fn quoted(text: &str) -> String {
    let cut: String = text.chars().take(80).collect();
    format!("{cut:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, String> {
        let fields = Fields::read(text.as_bytes()).map_err(|error| error.to_string())?;
        let pair = |field: &Field<'_>| {
            assert_eq!(&text[field.at.clone()], field.value, "the place is that of the value");
            (field.name.to_owned(), field.value.to_string())
        };
        Ok(fields.fields.iter().map(pair).collect())
    }

    #[test]
    fn fields_are_found_among_comments_pairs_and_fields_of_others() {
        let text = "NRRD0005\r\n# type: no\r\nType:  int \r\nkey:=type: short\r\ncontent: a := b\r\n\
                    spacedirections: (1,0) (0,1)\r\nmine: 3\r\nsizes:\t3\r\n\r\nsizes: 4\n";
        let expected = [("type", "int"), ("space directions", "(1,0) (0,1)"), ("sizes", "3")];
        let expected: Vec<_> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        assert_eq!(read(text), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, message) in [
            ("NRRD1\n\n", "magic (line 1): \"NRRD1\", expected NRRD0001 to NRRD0006"),
            ("NRRD0004\ntype: int\nhello\n\n", "line 3: \"hello\" is no field"),
            ("NRRD0004\ntype: int\nTYPE: int\n\n", "type (line 3): the field is there twice"),
            ("NRRD0004\ntype: int\n", "no empty line ends the header"),
            (
                "NRRD0004\ndatafile: a\u{7}b.raw\n",
                "data file (line 2): the detached header of samples in another file, \"a\\u{7}b.raw\", is not supported",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
