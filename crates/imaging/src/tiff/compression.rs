//! How the strips and tiles of a page are compressed: what is read, and what is refused by name.

use crate::error::DecodeError;
use crate::format::Format::Tiff;

/// The methods that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Lzw,
    Deflate,
    PackBits,
    /// Rows of run lengths that begin on a byte (TIFF 6.0, section 10).
    CcittRle,
    /// ITU-T T.4.
    Group3,
    /// ITU-T T.6.
    Group4,
    Jpeg,
    Zstandard,
}

const ACCEPTED: &str = "no compression, Deflate, LZW, PackBits, Zstandard, JPEG and CCITT; save it again as \
                        Deflate or uncompressed TIFF";

impl Compression {
    pub(super) fn from_tag(code: u64, place: String) -> Result<Self, DecodeError> {
        Ok(match code {
            1 => Self::None,
            2 => Self::CcittRle,
            3 => Self::Group3,
            4 => Self::Group4,
            5 => Self::Lzw,
            7 => Self::Jpeg,
            8 | 32946 => Self::Deflate,
            32773 => Self::PackBits,
            34926 | 50000 => Self::Zstandard, // the first is its number of 2017
            _ => {
                let found = match name(code) {
                    Some(name) => format!("{name} compression"),
                    None => format!("the unknown compression {code}"),
                };
                return Err(DecodeError::unsupported(Tiff, place, found, ACCEPTED));
            }
        })
    }

    /// The tag's value where the `tiff` crate decompresses it, `None` where it is done here.
    pub(super) fn left_to_the_crate(self) -> Option<u16> {
        match self {
            Self::None => Some(1),
            Self::Deflate => Some(8),
            Self::PackBits => Some(32773),
            Self::Lzw | Self::CcittRle | Self::Group3 | Self::Group4 | Self::Jpeg | Self::Zstandard => None,
        }
    }
}

/// Registered and private compressions that are not read.
fn name(code: u64) -> Option<&'static str> {
    Some(match code {
        6 => "old-style JPEG",
        9 | 10 | 34661 => "JBIG",
        32766 => "NeXT",
        32771 => "word-aligned CCITT run-length",
        32809 => "ThunderScan",
        32895..=32898 => "IT8 prepress",
        32908 => "Pixar 10-bit LZW",
        32909 => "Pixar 11-bit Deflate",
        32947 => "Kodak DCS",
        33003..=33005 | 34712 => "JPEG 2000",
        34676 | 34677 => "SGI LogLuv",
        34713 => "Nikon NEF",
        34715 => "JBIG2",
        34887 => "LERC",
        34892 => "lossy DNG JPEG",
        34925 => "LZMA",
        34927 | 50001 => "WebP",
        34933 => "PNG",
        22610 | 34934 => "JPEG XR",
        50002 | 52546 => "JPEG XL",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_named_with_the_way_out() {
        for (code, name) in [(34887, "LERC"), (34925, "LZMA"), (50001, "WebP"), (34712, "JPEG 2000")] {
            let error = Compression::from_tag(code, "page 1".to_string()).unwrap_err().to_string();
            assert!(error.starts_with(&format!("TIFF: page 1: {name} compression is not")), "{error}");
            assert!(error.ends_with("save it again as Deflate or uncompressed TIFF"), "{error}");
        }
        let error = Compression::from_tag(4711, "page 1".to_string()).unwrap_err().to_string();
        assert!(error.contains("the unknown compression 4711"), "{error}");
    }
}
