//! Arrays in groups and texts by their keys as bytes, in burn's own format (burnpack): what networks, runs and trainings
//! are kept in.

use std::{collections::BTreeMap, str::FromStr};

use burn::tensor::Bytes;
use burn_pack::{DType, Reader, Tensor, Writer};

use crate::{Error, weights::Weights};

/// Why bytes are not a network, or not the state of a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignBytes {
    /// They are not in burn's format, or are cut off or damaged.
    #[error("they cannot be read as burn's format: {0}")]
    Format(String),
    /// They are in burn's format and hold something else.
    #[error("they hold {found}, and not a \"{expected}\"")]
    Kind {
        /// What they say they hold.
        found: String,
        /// What they should hold.
        expected: &'static str,
    },
    /// The size of the network is missing or is not a number.
    #[error("the {key} of the network is missing or is not a number")]
    Size {
        /// `width`, `depth` or `classes`.
        key: &'static str,
    },
    /// A part of the state of a run is missing or cannot be read.
    #[error("the part \"{key}\" of it is missing or cannot be read")]
    Entry {
        /// The name of the part.
        key: &'static str,
    },
    /// A value of the state of a run is not accepted.
    #[error("it has a value that is not accepted: {0}")]
    Value(String),
    /// Weights are missing, are there but not in a network of this size, or have another shape or type.
    #[error("the weights {names:?} are not those of such a network")]
    Weights {
        /// The names of the weights.
        names: Vec<String>,
    },
    /// A weight is NaN or infinite.
    #[error("the weights {name} are not all finite")]
    NotFinite {
        /// The name of the weights.
        name: String,
    },
}

/// The key under which it is written what the bytes hold, and what that is.
pub(crate) type Kind = (&'static str, &'static str);

/// What is to be written.
#[derive(Default)]
pub(crate) struct Pack {
    entries: Vec<(&'static str, String)>,
    arrays: Vec<Weights>,
}

impl Pack {
    /// With a text; numbers are read back to the same bits.
    pub(crate) fn entry(&mut self, key: &'static str, value: impl ToString) {
        self.entries.push((key, value.to_string()));
    }

    /// With a text, if there is one.
    pub(crate) fn optional(&mut self, key: &'static str, value: Option<impl ToString>) {
        self.entries.extend(value.map(|value| (key, value.to_string())));
    }

    /// With arrays that are no group.
    pub(crate) fn arrays(&mut self, arrays: Vec<Weights>) {
        self.arrays.extend(arrays);
    }

    /// With the arrays of a group.
    pub(crate) fn group(&mut self, group: &'static str, arrays: Vec<Weights>) {
        let named = |array: Weights| Weights { name: format!("{group}.{}", array.name), ..array };
        self.arrays.extend(arrays.into_iter().map(named));
    }

    /// The bytes, which say what they hold.
    ///
    /// # Errors
    ///
    /// If a value is not finite: [`Unpacked::read`] would refuse it.
    pub(crate) fn into_bytes(self, (key, kind): Kind) -> Result<Vec<u8>, Error> {
        let is_finite = |array: &&Weights| !array.values.iter().all(|value| value.is_finite());
        if let Some(array) = self.arrays.iter().find(is_finite) {
            return Err(Error::Overflow { name: array.name.clone() });
        }
        let writer = Writer::new(self.arrays.into_iter().map(tensor).collect()).with_metadata(key, kind);
        let write = |writer: Writer, (key, value): (&str, String)| writer.with_metadata(key, &value);
        Ok(self.entries.into_iter().fold(writer, write).into_bytes().map_err(Error::device)?.to_vec())
    }
}

/// What was read.
pub(crate) struct Unpacked {
    entries: BTreeMap<String, String>,
    arrays: Vec<Weights>,
}

impl Unpacked {
    /// Reads bytes that say they hold this. What is read takes no more memory than they do.
    pub(crate) fn read(bytes: Vec<u8>, (key, kind): Kind) -> Result<Self, ForeignBytes> {
        let available = bytes.len();
        let reader = Reader::from_bytes(Bytes::from_bytes_vec(bytes)).map_err(foreign)?;
        let entries = reader.metadata().clone();
        let found = entries.get(key);
        if found.map(String::as_str) != Some(kind) {
            let found = found.map_or("an unnamed record".to_owned(), |kind| format!("a \"{kind}\""));
            return Err(ForeignBytes::Kind { found, expected: kind });
        }
        let tensors = reader.into_tensors().map_err(foreign)?;
        // Nothing in the format keeps arrays from being the same bytes, many times.
        let claimed = tensors.iter().fold(0_usize, |sum, tensor| sum.saturating_add(tensor.byte_len()));
        if claimed > available {
            let problem = format!("its arrays have {claimed} bytes, and there are {available}");
            return Err(ForeignBytes::Format(problem));
        }
        Ok(Self { entries, arrays: tensors.into_iter().map(weights).collect::<Result<_, _>>()? })
    }

    /// The text of a key.
    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.entries.get(key).map(String::as_str)
    }

    /// A value that has to be there.
    pub(crate) fn value<T: FromStr>(&self, key: &'static str) -> Result<T, ForeignBytes> {
        parse(key, self.text(key).ok_or(ForeignBytes::Entry { key })?)
    }

    /// A value that is there or not.
    pub(crate) fn optional<T: FromStr>(&self, key: &'static str) -> Result<Option<T>, ForeignBytes> {
        self.text(key).map(|text| parse(key, text)).transpose()
    }

    /// Two values with a space between, which are there or not.
    pub(crate) fn pair<A: FromStr, B: FromStr>(
        &self,
        key: &'static str,
    ) -> Result<Option<(A, B)>, ForeignBytes> {
        let pair = |text: &str| {
            let (first, second) = text.split_once(' ').ok_or(ForeignBytes::Entry { key })?;
            Ok((parse(key, first)?, parse(key, second)?))
        };
        self.text(key).map(pair).transpose()
    }

    /// All arrays.
    pub(crate) fn into_arrays(self) -> Vec<Weights> {
        self.arrays
    }

    /// The arrays of a group by ascending name, and never again.
    pub(crate) fn group(&mut self, group: &str) -> Vec<Weights> {
        let of = |array: &Weights| array.name.split_once('.').is_some_and(|(of, _)| of == group);
        let (mut arrays, others) = std::mem::take(&mut self.arrays).into_iter().partition::<Vec<_>, _>(of);
        self.arrays = others;
        arrays.iter_mut().for_each(|array| drop(array.name.drain(..=group.len())));
        arrays.sort_by(|a, b| a.name.cmp(&b.name));
        arrays
    }
}

/// A value of this key.
pub(crate) fn parse<T: FromStr>(key: &'static str, text: &str) -> Result<T, ForeignBytes> {
    text.parse().map_err(|_| ForeignBytes::Entry { key })
}

fn tensor(weights: Weights) -> Tensor {
    let bytes = weights.values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Tensor::new(weights.name, DType::F32, weights.shape, None, Bytes::from_bytes_vec(bytes))
}

fn foreign(error: burn_pack::Error) -> ForeignBytes {
    ForeignBytes::Format(error.to_string())
}

fn weights(tensor: Tensor) -> Result<Weights, ForeignBytes> {
    let (name, dtype, shape, _, bytes) = tensor.into_parts().map_err(foreign)?;
    let values: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect();
    let shape = shape.to_vec();
    let length = shape.iter().try_fold(1_usize, |product, &axis| product.checked_mul(axis));
    if dtype != DType::F32 || length != Some(values.len()) || bytes.len() % 4 != 0 {
        return Err(ForeignBytes::Weights { names: vec![name] });
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err(ForeignBytes::NotFinite { name });
    }
    Ok(Weights { name, shape, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = ("kind", "a test");

    fn array(name: &str, values: Vec<f32>) -> Weights {
        Weights { name: name.to_owned(), shape: vec![values.len()], values }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut pack = Pack::default();
        pack.entry("number", 0.1);
        pack.optional("pair", Some("3 0.25"));
        pack.optional("nothing", None::<f64>);
        pack.group("b", vec![array("z", vec![1.0]), array("a.c", vec![2.0, 3.0])]);
        pack.group("bb", vec![array("a", vec![4.0])]);
        let mut unpacked = Unpacked::read(pack.into_bytes(KIND).unwrap(), KIND).unwrap();
        assert_eq!(unpacked.value::<f64>("number").unwrap(), 0.1);
        assert_eq!(unpacked.pair("pair").unwrap(), Some((3_usize, 0.25_f64)));
        assert_eq!(unpacked.optional::<f64>("nothing").unwrap(), None);
        assert_eq!(unpacked.group("b"), [array("a.c", vec![2.0, 3.0]), array("z", vec![1.0])]);
        assert_eq!(unpacked.group("b"), []);
        assert_eq!(unpacked.into_arrays(), [array("bb.a", vec![4.0])]);
    }

    #[test]
    fn values_that_are_missing_or_no_values_are_named() {
        let mut pack = Pack::default();
        pack.entry("number", "one");
        let unpacked = Unpacked::read(pack.into_bytes(KIND).unwrap(), KIND).unwrap();
        assert_eq!(unpacked.value::<usize>("number"), Err(ForeignBytes::Entry { key: "number" }));
        assert_eq!(unpacked.value::<usize>("other"), Err(ForeignBytes::Entry { key: "other" }));
        assert_eq!(unpacked.optional::<usize>("number"), Err(ForeignBytes::Entry { key: "number" }));
        assert_eq!(unpacked.pair::<usize, usize>("number"), Err(ForeignBytes::Entry { key: "number" }));
    }

    #[test]
    fn arrays_that_are_the_same_bytes_are_refused() {
        let mut pack = Pack::default();
        pack.arrays(vec![array("a", vec![0.5; 512]), array("b", vec![0.5; 512])]);
        let bytes = pack.into_bytes(KIND).unwrap();
        // The offsets of "b", 2048 and 4096, as CBOR has them, become those of "a".
        let offsets = [0x82, 0x19, 0x08, 0x00, 0x19, 0x10, 0x00];
        let place = bytes.windows(7).position(|window| window == offsets).expect("the offsets are there");
        let mut damaged = bytes[..bytes.len() - 2048].to_vec();
        damaged[place..place + 7].copy_from_slice(&[0x82, 0x19, 0x00, 0x00, 0x19, 0x08, 0x00]);
        let reason = Unpacked::read(damaged, KIND).map(|_| ()).unwrap_err().to_string();
        assert!(reason.contains("its arrays have 4096 bytes"), "{reason}");
    }

    #[test]
    fn weights_that_could_not_be_read_again_are_not_written() {
        let mut pack = Pack::default();
        pack.arrays(vec![array("a", vec![1.0, f32::INFINITY])]);
        assert!(matches!(pack.into_bytes(KIND), Err(Error::Overflow { name }) if name == "a"));
    }
}
