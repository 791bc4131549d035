//! The bytes after the header: where the samples begin in them, and what undoes their compression.

use std::io::{self, Read, Write};

use bzip2::bufread::BzDecoder;
use bzip2::write::BzEncoder;
use flate2::write::GzEncoder;

use crate::error::{DecodeError, EncodeError};
use crate::format::Format::Nrrd;
use crate::gzip::Members;
use crate::limits::Limits;
use crate::nrrd::header::{Encoding, Header};
use crate::samples::{inflated_at_most, unless_zeros};

/// A file in which the samples have been found.
pub(super) struct Data<'a> {
    /// What stands before `stored`, and is never changed.
    pub(super) before: &'a [u8],
    /// The samples, perhaps compressed or as text, and all that follows.
    pub(super) stored: &'a [u8],
    /// Bytes that are left out once it is no longer compressed.
    pub(super) skip: u64,
}

impl<'a> Data<'a> {
    /// `needed` is the number of bytes that the samples take, unless they are text.
    pub(super) fn find(
        file: &'a [u8],
        header: &Header<'_>,
        needed: u64,
        limits: &Limits,
    ) -> Result<Self, DecodeError> {
        let mut start = header.fields.end;
        for skipped in 0..header.skip.lines {
            let rest = file.get(start..).unwrap_or_default();
            let line = rest.iter().position(|&byte| byte == b'\n').ok_or_else(|| {
                let problem = format!("{}, after the header there are only {skipped}", header.skip.lines);
                DecodeError::malformed(Nrrd, "line skip", problem)
            })?;
            start += line + 1;
        }
        let left = (file.len() - start) as u64;
        let is_compressed = matches!(header.encoding, Encoding::Gzip | Encoding::Bzip2);
        let skip = header.skip.bytes.unwrap_or(left.saturating_sub(needed));
        // What is compressed may be much more than the file, and costs time.
        if skip > if is_compressed { limits.max_bytes } else { left } {
            let problem =
                format!("{skip}, of at most {}", if is_compressed { limits.max_bytes } else { left });
            return Err(DecodeError::malformed(Nrrd, "byte skip", problem));
        }
        let skip_in_file = if is_compressed { 0 } else { skip as usize };
        let (before, stored) = file.split_at(start + skip_in_file);
        Ok(Self { before, stored, skip: if is_compressed { skip } else { 0 } })
    }

    /// What is left of `stored` when it is no longer compressed, after what is to be left out; and how much can come.
    pub(super) fn open(&self, encoding: Encoding) -> Result<(Opened<'a>, u64), DecodeError> {
        let (mut source, most) = match encoding {
            Encoding::Raw | Encoding::Text => (Opened::Plain(self.stored), self.stored.len() as u64),
            Encoding::Gzip => (Opened::Gzip(Members::new(self.stored)), inflated_at_most(self.stored.len())),
            Encoding::Bzip2 => {
                let streams = Streams { decoder: BzDecoder::new(self.stored), ended: false };
                (Opened::Bzip2(streams), unpacked_at_most(self.stored.len()))
            }
        };
        let skipped = io::copy(&mut (&mut source).take(self.skip), &mut io::sink());
        let skipped = skipped.map_err(|error| DecodeError::malformed(Nrrd, "compressed data", error))?;
        if skipped < self.skip {
            let needed = self.skip;
            let place = "byte skip".to_owned();
            return Err(DecodeError::Truncated { format: Nrrd, place, needed, available: skipped });
        }
        Ok((source, most.saturating_sub(self.skip)))
    }

    /// The bytes of the samples and those that are left out before them, of a compressed file.
    pub(super) fn unpacked(&self, encoding: Encoding, needed: u64) -> Result<Vec<u8>, DecodeError> {
        let all = Self { skip: 0, ..*self };
        let (source, most) = all.open(encoding)?;
        let length = self.skip.saturating_add(needed);
        let truncated = |available: u64| DecodeError::Truncated {
            format: Nrrd,
            place: "samples".to_owned(),
            needed: length,
            available,
        };
        if length > most {
            return Err(truncated(most));
        }
        let mut bytes = Vec::new();
        let read = source.take(length).read_to_end(&mut bytes);
        read.map_err(|error| DecodeError::malformed(Nrrd, "compressed data", error))?;
        if (bytes.len() as u64) < length { Err(truncated(bytes.len() as u64)) } else { Ok(bytes) }
    }
}

/// The bytes as the encoding has them.
pub(super) fn packed(bytes: Vec<u8>, encoding: Encoding) -> Result<Vec<u8>, EncodeError> {
    let failed = |error: io::Error| EncodeError::failed(Nrrd, error);
    match encoding {
        Encoding::Raw | Encoding::Text => Ok(bytes),
        Encoding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(&bytes).map_err(failed)?;
            encoder.finish().map_err(failed)
        }
        Encoding::Bzip2 => {
            let mut encoder = BzEncoder::new(Vec::new(), bzip2::Compression::best());
            encoder.write_all(&bytes).map_err(failed)?;
            encoder.finish().map_err(failed)
        }
    }
}

/// Bytes that bzip2 streams of this length can hold at most: a block takes 14 bytes and more, and holds 900000 before its
/// runs of up to 259 equal bytes, which take 5, are undone.
fn unpacked_at_most(compressed: usize) -> u64 {
    (compressed as u64 / 14).saturating_mul(900_000 / 5 * 259)
}

/// What reads the samples.
pub(super) enum Opened<'a> {
    Plain(&'a [u8]),
    Gzip(Members<'a>),
    Bzip2(Streams<'a>),
}

impl Opened<'_> {
    /// Number of bytes after the samples that are in no stream, and 0 if all of them are zero.
    pub(super) fn trailing(&self) -> u64 {
        match self {
            // They are those that can still be read.
            Self::Plain(_) => 0,
            Self::Gzip(members) => unless_zeros(members.trailing()),
            Self::Bzip2(streams) => unless_zeros(streams.trailing()),
        }
    }
}

impl Read for Opened<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(bytes) => bytes.read(out),
            Self::Gzip(members) => members.read(out),
            Self::Bzip2(streams) => streams.read(out),
        }
    }
}

/// bzip2 streams one after the other read as one, and what follows the last of them.
pub(super) struct Streams<'a> {
    decoder: BzDecoder<&'a [u8]>,
    ended: bool,
}

impl<'a> Streams<'a> {
    fn trailing(&self) -> &'a [u8] {
        if self.ended { self.decoder.get_ref() } else { &[] }
    }
}

impl Read for Streams<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        while !self.ended {
            let length = self.decoder.read(out)?;
            if length > 0 {
                return Ok(length);
            }
            let rest = *self.decoder.get_ref();
            match rest.starts_with(b"BZh") {
                true => self.decoder = BzDecoder::new(rest),
                false => self.ended = true,
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bzip2_streams_are_one_and_what_follows_is_kept_apart() {
        let stream = |text: &[u8]| packed(text.to_vec(), Encoding::Bzip2).unwrap();
        let bytes = [stream(b"one "), stream(b"two"), b"\0\0 tail".to_vec()].concat();
        let data = Data { before: &[], stored: &bytes, skip: 1 };
        let (mut source, most) = data.open(Encoding::Bzip2).unwrap();
        let mut text = String::new();
        source.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), source.trailing()), ("ne two", 7));
        assert!(most > 6);
    }

    #[test]
    fn the_best_that_bzip2_can_do_is_within_the_bound() {
        let zeros = packed(vec![0; 10_000_000], Encoding::Bzip2).unwrap();
        assert!(unpacked_at_most(zeros.len()) >= 10_000_000, "{}", zeros.len());
        let empty = packed(Vec::new(), Encoding::Bzip2).unwrap();
        assert_eq!(empty.len(), 14);
    }
}
