//! The members of a gzip file, one after the other, and what follows the last of them.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use crate::format::GZIP;

/// Reads as one stream, as RFC 1952 has it. Padding after the last member, as tapes and copies
/// leave it, is no part of it.
pub(crate) struct Members<'a> {
    member: GzDecoder<&'a [u8]>,
    ended: bool,
}

impl<'a> Members<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { member: GzDecoder::new(bytes), ended: false }
    }

    /// The bytes after the last member; none before the stream has been read to its end.
    pub(crate) fn trailing(&self) -> &'a [u8] {
        if self.ended { self.member.get_ref() } else { &[] }
    }
}

impl Read for Members<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        while !self.ended {
            let length = self.member.read(out)?;
            if length > 0 {
                return Ok(length);
            }
            let rest = *self.member.get_ref();
            match rest.starts_with(&GZIP) {
                true => self.member = GzDecoder::new(rest),
                false => self.ended = true,
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_are_one_stream_and_what_follows_is_kept_apart() {
        let bytes = [gzip(b"one "), gzip(b""), gzip(b"two"), b"\0\0 tail".to_vec()].concat();
        let mut members = Members::new(&bytes);
        assert!(members.trailing().is_empty());
        let mut text = String::new();
        members.read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two");
        assert_eq!(members.trailing(), b"\0\0 tail");
    }

    #[test]
    fn a_damaged_second_member_is_an_error() {
        let mut bytes = [gzip(b"one "), gzip(b"two")].concat();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert!(Members::new(&bytes).read_to_end(&mut Vec::new()).is_err());
        assert!(Members::new(&bytes[..last]).read_to_end(&mut Vec::new()).is_err());
    }
}
