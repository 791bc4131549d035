//! The header of an NPY file: the literal of a Python dictionary with three keys.

use crate::image::SampleType;
use crate::samples::ByteOrder;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Header {
    pub(crate) sample_type: SampleType,
    pub(crate) order: ByteOrder,
    pub(crate) fortran_order: bool,
    pub(crate) shape: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum HeaderError {
    Malformed(String),
    Unsupported { field: &'static str, found: String, accepted: &'static str },
}

impl Header {
    /// Parses `{'descr': '<f8', 'fortran_order': False, 'shape': (9, 8), }`, keys in any order.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, HeaderError> {
        let mut literal = Literal { rest: text };
        let (mut descr, mut fortran_order, mut shape) = (None, None, None);
        literal.expect(b'{')?;
        while !literal.accept(b'}') {
            let key = literal.string()?;
            literal.expect(b':')?;
            match key.as_str() {
                "descr" if literal.peek() == Some(b'[') => {
                    return Err(HeaderError::Unsupported {
                        field: "descr",
                        found: "a record of several fields".to_string(),
                        accepted: DTYPES,
                    });
                }
                "descr" => descr = Some(literal.string()?),
                "fortran_order" => fortran_order = Some(literal.boolean()?),
                "shape" => shape = Some(literal.lengths()?),
                other => return Err(HeaderError::Malformed(format!("unknown key {other:?}"))),
            }
            if !literal.accept(b',') {
                literal.expect(b'}')?;
                break;
            }
        }
        let missing = |key: &str| HeaderError::Malformed(format!("the key {key:?} is missing"));
        let shape = shape.ok_or_else(|| missing("shape"))?;
        let (sample_type, order) = dtype(&descr.ok_or_else(|| missing("descr"))?)?;
        if shape.is_empty() || shape.contains(&0) {
            return Err(HeaderError::Unsupported {
                field: "shape",
                found: match shape.len() {
                    0 => "() (a single number)".to_string(),
                    _ => format!("{shape:?} (an empty array)"),
                },
                accepted: "one axis or more, each of length 1 or more",
            });
        }
        Ok(Self {
            sample_type,
            order,
            fortran_order: fortran_order.ok_or_else(|| missing("fortran_order"))?,
            shape,
        })
    }
}

const DTYPES: &str = "bool, int8 to int64, uint8 to uint64, float16, float32 and float64";

/// Byte order and type of an array-protocol string such as `<f8`.
fn dtype(descr: &str) -> Result<(SampleType, ByteOrder), HeaderError> {
    let (order, kind) = match descr.split_at_checked(1) {
        Some((">", kind)) => (ByteOrder::Big, kind),
        Some(("<" | "|" | "=", kind)) => (ByteOrder::Little, kind),
        _ => (ByteOrder::Little, descr),
    };
    let sample_type = match kind {
        "b1" | "?" => SampleType::Bool,
        "u1" => SampleType::U8,
        "u2" => SampleType::U16,
        "u4" => SampleType::U32,
        "u8" => SampleType::U64,
        "i1" => SampleType::I8,
        "i2" => SampleType::I16,
        "i4" => SampleType::I32,
        "i8" => SampleType::I64,
        "f2" => SampleType::F16,
        "f4" => SampleType::F32,
        "f8" => SampleType::F64,
        other => {
            let found = match other.chars().next() {
                Some('O') => "Python objects (a pickle, which could run code)".to_string(),
                Some('c') => format!("{descr:?} (complex numbers)"),
                Some('U' | 'S') => format!("{descr:?} (text)"),
                _ => format!("{descr:?}"),
            };
            return Err(HeaderError::Unsupported { field: "descr", found, accepted: DTYPES });
        }
    };
    Ok((sample_type, order))
}

/// What is left of the literal.
struct Literal<'a> {
    rest: &'a [u8],
}

impl Literal<'_> {
    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_ascii_start();
        self.rest.first().copied()
    }

    fn accept(&mut self, wanted: u8) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        found
    }

    fn expect(&mut self, wanted: u8) -> Result<(), HeaderError> {
        if self.accept(wanted) {
            return Ok(());
        }
        Err(self.unexpected(&format!("{:?}", char::from(wanted))))
    }

    /// The longest start of the rest whose bytes all pass.
    fn take_while(&mut self, passes: impl Fn(u8) -> bool) -> &[u8] {
        let end = self.rest.iter().position(|&byte| !passes(byte));
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    fn string(&mut self) -> Result<String, HeaderError> {
        let quote = match self.peek() {
            Some(quote @ (b'\'' | b'"')) => quote,
            _ => return Err(self.unexpected("a quoted string")),
        };
        self.expect(quote)?;
        let content = self.take_while(|byte| byte != quote);
        let content = String::from_utf8_lossy(content).into_owned();
        self.expect(quote)?;
        Ok(content)
    }

    fn boolean(&mut self) -> Result<bool, HeaderError> {
        self.peek();
        for (word, value) in [(b"True".as_slice(), true), (b"False", false)] {
            if let Some(rest) = self.rest.strip_prefix(word) {
                self.rest = rest;
                return Ok(value);
            }
        }
        Err(self.unexpected("True or False"))
    }

    fn lengths(&mut self) -> Result<Vec<u64>, HeaderError> {
        self.expect(b'(')?;
        let mut lengths = Vec::new();
        while !self.accept(b')') {
            self.peek();
            let digits = self.take_while(|byte| byte.is_ascii_digit());
            let digits = String::from_utf8_lossy(digits).into_owned();
            let length =
                digits.parse().map_err(|_| self.unexpected(&format!("an axis length (after {digits:?})")))?;
            lengths.push(length);
            self.accept(b'L'); // Python 2 marked long integers.
            if !self.accept(b',') {
                self.expect(b')')?;
                break;
            }
        }
        // An array can have 32 axes at most (64 since NumPy 2).
        if lengths.len() > 64 {
            return Err(HeaderError::Malformed(format!("{} axes", lengths.len())));
        }
        Ok(lengths)
    }

    fn unexpected(&self, expected: &str) -> HeaderError {
        let found = self.rest.get(..20).unwrap_or(self.rest);
        let found = String::from_utf8_lossy(found);
        HeaderError::Malformed(format!("{expected} expected, found {found:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_may_come_in_any_order_with_or_without_final_comma() {
        for text in [
            "{'descr': '>i2', 'fortran_order': True, 'shape': (3, 4), }   \n",
            "{\"shape\":(3,4),\"fortran_order\":True,\"descr\":\">i2\"}",
            "{'shape': (3L, 4L), 'descr': '>i2', 'fortran_order': True}",
        ] {
            let header = Header::parse(text.as_bytes()).unwrap();
            assert_eq!(header.shape, [3, 4]);
            assert_eq!(header.sample_type, SampleType::I16);
            assert_eq!(header.order, ByteOrder::Big);
            assert!(header.fortran_order);
        }
    }

    #[test]
    fn what_cannot_be_an_image_is_refused_by_name() {
        for (text, word) in [
            ("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", "pickle"),
            ("{'descr': '<c8', 'fortran_order': False, 'shape': (2,)}", "complex"),
            ("{'descr': '<U3', 'fortran_order': False, 'shape': (2,)}", "text"),
            ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", "record"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", "single number"),
            ("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 0)}", "empty"),
        ] {
            match Header::parse(text.as_bytes()) {
                Err(HeaderError::Unsupported { found, .. }) => {
                    assert!(found.contains(word), "{found}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn damage_is_reported_with_what_was_found() {
        for text in [
            "",
            "{",
            "{'descr'",
            "{'descr': '<f8}",
            "{'descr': '<f8', 'shape': (2,)}",
            "{'descr': '<f8', 'fortran_order': 0, 'shape': (2,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (-2,)}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
            "{'a': 'b'}",
        ] {
            let error = Header::parse(text.as_bytes()).unwrap_err();
            assert!(matches!(error, HeaderError::Malformed(_)), "{text}: {error:?}");
        }
    }
}
