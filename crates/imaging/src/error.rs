//! What can go wrong when reading and writing, each with the format, the place and what is accepted.

use crate::format::{ACCEPTED, Format};

/// Why bytes could not be decoded.
///
/// Every message names the recognised format, the place (header field, byte offset, page or
/// member) and what was found there. It does not name the file: the caller knows it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The content is none of the accepted formats.
    #[error("{}; accepted are {ACCEPTED}", unrecognised(*.looks_like, *.length))]
    Unrecognised {
        /// The name of a well-known format that the first bytes belong to, if they do.
        looks_like: Option<&'static str>,
        /// Number of bytes given.
        length: usize,
    },
    /// The content breaks the rules of its format.
    #[error("{format}: {place}: {problem}")]
    Malformed {
        /// The recognised format.
        format: Format,
        /// Header field, byte offset, page or member.
        place: String,
        /// What was found, and what was expected.
        problem: String,
    },
    /// The content ends before all that its header promises has been read.
    #[error("{format}: {place}: the file is cut: {needed} bytes are needed, {available} are there")]
    Truncated {
        /// The recognised format.
        format: Format,
        /// What was being read.
        place: String,
        /// Bytes that the header promises.
        needed: u64,
        /// Bytes that are there, or (compressed data) that can at most be there.
        available: u64,
    },
    /// Valid, but of a kind that is not read here.
    #[error("{format}: {place}: {found} is not supported; accepted: {accepted}")]
    Unsupported {
        /// The recognised format.
        format: Format,
        /// Header field, page or member.
        place: String,
        /// What the file uses.
        found: String,
        /// What would be read.
        accepted: &'static str,
    },
    /// Decoding would take more than [`Limits`](crate::Limits) allow; nothing was allocated.
    #[error("{format}: {shape} needs {} {unit}, the limit is {limit}", amount(*.requested))]
    TooLarge {
        /// The recognised format.
        format: Format,
        /// The shape that the header claims, slowest axis first.
        shape: String,
        /// What it would take; `u64::MAX` stands for this and all larger numbers.
        requested: u64,
        /// What is allowed.
        limit: u64,
        /// `pixels` or `bytes`.
        unit: &'static str,
    },
    /// The NPZ archive has no array of this name.
    #[error("NPZ: there is no array {wanted:?}; the archive holds {}", listed(.members))]
    NoSuchMember {
        /// The name asked for.
        wanted: String,
        /// The names there are.
        members: Vec<String>,
    },
}

impl DecodeError {
    pub(crate) fn malformed(format: Format, place: impl Into<String>, problem: impl ToString) -> Self {
        Self::Malformed { format, place: place.into(), problem: problem.to_string() }
    }

    pub(crate) fn unsupported(
        format: Format,
        place: impl Into<String>,
        found: impl ToString,
        accepted: &'static str,
    ) -> Self {
        Self::Unsupported { format, place: place.into(), found: found.to_string(), accepted }
    }

    /// The format that was recognised, if one was.
    pub fn format(&self) -> Option<Format> {
        match self {
            Self::Unrecognised { .. } => None,
            Self::NoSuchMember { .. } => Some(Format::Npz),
            Self::Malformed { format, .. }
            | Self::Truncated { format, .. }
            | Self::Unsupported { format, .. }
            | Self::TooLarge { format, .. } => Some(*format),
        }
    }
}

/// Why an array could not be encoded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The array has a shape that the format cannot hold.
    #[error("{format}: an array of shape {shape:?} cannot be written; accepted: {accepted}")]
    Shape {
        /// The format to be written.
        format: Format,
        /// The shape given.
        shape: Vec<usize>,
        /// The shapes that can be written.
        accepted: &'static str,
    },
    /// The sample type is not one the format is written with here.
    #[error("{format}: {given} samples cannot be written; accepted: {accepted}")]
    SampleType {
        /// The format to be written.
        format: Format,
        /// The type given.
        given: crate::SampleType,
        /// The types that can be written.
        accepted: &'static str,
    },
    /// The encoder of the format failed.
    #[error("{format}: {problem}")]
    Failed {
        /// The format to be written.
        format: Format,
        /// What the encoder said.
        problem: String,
    },
}

impl EncodeError {
    pub(crate) fn failed(format: Format, problem: impl ToString) -> Self {
        Self::Failed { format, problem: problem.to_string() }
    }
}

fn unrecognised(looks_like: Option<&str>, length: usize) -> String {
    match looks_like {
        Some(name) => format!("this looks like {name}, which is not read"),
        None if length == 0 => "the file is empty".to_string(),
        None => "the content is of no known image format".to_string(),
    }
}

fn amount(requested: u64) -> String {
    match requested {
        u64::MAX => "2^64 or more".to_string(),
        number => number.to_string(),
    }
}

fn listed(members: &[String]) -> String {
    if members.is_empty() { "none".to_string() } else { members.join(", ") }
}
