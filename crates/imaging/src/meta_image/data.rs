//! The bytes after the header: where the samples begin in them, and what undoes their compression.

use std::io::{self, Read, Write};

use flate2::bufread::ZlibDecoder;
use flate2::write::{GzEncoder, ZlibEncoder};

use crate::error::{DecodeError, EncodeError};
use crate::format::Format::MetaImage;
use crate::format::GZIP;
use crate::gzip::Members;
use crate::meta_image::header::{Encoding, Header};
use crate::samples::{inflated_at_most, unless_zeros};

/// A file in which the samples have been found.
pub(super) struct Data<'a> {
    /// What stands before `stored`.
    pub(super) before: &'a [u8],
    /// The samples, perhaps compressed or as text. Of what is not compressed all that follows, too.
    pub(super) stored: &'a [u8],
    /// What follows compressed samples whose length the header says.
    pub(super) after: &'a [u8],
}

impl<'a> Data<'a> {
    /// `needed` is the number of bytes that the samples take, unless they are text.
    pub(super) fn find(file: &'a [u8], header: &Header<'_>, needed: u64) -> Result<Self, DecodeError> {
        let start = header.fields.end;
        let left = (file.len() - start) as u64;
        let start = match header.fields.get("HeaderSize") {
            None => start,
            Some(field) => match (field.whole()?, header.encoding) {
                (0, _) => start,
                // The samples are the last bytes of the file.
                (-1, Encoding::Raw) => start + left.saturating_sub(needed) as usize,
                _ => {
                    return Err(DecodeError::unsupported(
                        MetaImage,
                        field.place(),
                        field.quoted(),
                        "0 and, of samples that are not compressed, -1 where they follow the header",
                    ));
                }
            },
        };
        let (before, stored) = file.split_at(start);
        let length = match header.fields.get("CompressedDataSize") {
            Some(field) if header.encoding == Encoding::Compressed => match field.whole()? {
                0 => stored.len(),
                length => usize::try_from(length).ok().filter(|&length| length <= stored.len()).ok_or_else(
                    || {
                        field.malformed(format!(
                            "{}, after the header there are {} bytes",
                            field.quoted(),
                            stored.len()
                        ))
                    },
                )?,
            },
            _ => stored.len(),
        };
        let (stored, after) = stored.split_at(length);
        Ok(Self { before, stored, after })
    }

    /// The samples, no longer compressed, and how many bytes can come at most.
    pub(super) fn open(&self, encoding: Encoding) -> (Opened<'a>, u64) {
        let most = inflated_at_most(self.stored.len());
        match encoding {
            Encoding::Raw | Encoding::Text => (Opened::Plain(self.stored), self.stored.len() as u64),
            Encoding::Compressed if self.is_gzip() => (Opened::Gzip(Members::new(self.stored)), most),
            Encoding::Compressed => (Opened::Zlib(ZlibDecoder::new(self.stored)), most),
        }
    }

    /// The bytes of compressed samples.
    pub(super) fn unpacked(&self, needed: u64) -> Result<Vec<u8>, DecodeError> {
        let (source, most) = self.open(Encoding::Compressed);
        let truncated = |available: u64| DecodeError::Truncated {
            format: MetaImage,
            place: "samples".to_owned(),
            needed,
            available,
        };
        if needed > most {
            return Err(truncated(most));
        }
        let mut bytes = Vec::new();
        let read = source.take(needed).read_to_end(&mut bytes);
        read.map_err(|error| DecodeError::malformed(MetaImage, "compressed data", error))?;
        if (bytes.len() as u64) < needed { Err(truncated(bytes.len() as u64)) } else { Ok(bytes) }
    }

    /// The bytes compressed as those of the file are, at the level that its header says.
    pub(super) fn packed(&self, bytes: &[u8], header: &Header<'_>) -> Result<Vec<u8>, EncodeError> {
        let given = header.fields.get("CompressionLevel").and_then(|field| field.value.parse().ok());
        let level = given
            .filter(|level| (1..=9).contains(level))
            .map_or_else(Default::default, flate2::Compression::new);
        let failed = |error: io::Error| EncodeError::failed(MetaImage, error);
        if self.is_gzip() {
            let mut encoder = GzEncoder::new(Vec::new(), level);
            encoder.write_all(bytes).map_err(failed)?;
            return encoder.finish().map_err(failed);
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), level);
        encoder.write_all(bytes).map_err(failed)?;
        encoder.finish().map_err(failed)
    }

    /// MetaIO reads both.
    fn is_gzip(&self) -> bool {
        self.stored.starts_with(&GZIP)
    }
}

/// What reads the samples.
pub(super) enum Opened<'a> {
    Plain(&'a [u8]),
    Gzip(Members<'a>),
    Zlib(ZlibDecoder<&'a [u8]>),
}

impl Opened<'_> {
    /// Number of bytes after a compressed stream that has been read to its end, and 0 if all of them are zero.
    pub(super) fn trailing(&self) -> u64 {
        match self {
            // They are those that can still be read.
            Self::Plain(_) => 0,
            Self::Gzip(members) => unless_zeros(members.trailing()),
            Self::Zlib(decoder) => unless_zeros(decoder.get_ref()),
        }
    }
}

impl Read for Opened<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(bytes) => bytes.read(out),
            Self::Gzip(members) => members.read(out),
            Self::Zlib(decoder) => decoder.read(out),
        }
    }
}
