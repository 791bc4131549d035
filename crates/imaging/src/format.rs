//! Which format the content is, told from its first bytes. File names play no part.

use std::fmt;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// The formats that are read. Content of one that a feature of this crate turns on is found only with that feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG, baseline or progressive.
    Jpeg,
    /// WebP, lossy or lossless, one picture.
    WebP,
    /// TIFF or BigTIFF.
    Tiff,
    /// One NumPy array.
    Npy,
    /// A ZIP archive of NumPy arrays.
    Npz,
    /// NIfTI-1 or NIfTI-2 in one file, plain or gzip-compressed.
    Nifti,
    /// NRRD in one file, as 3D Slicer's segmentations are. Read with the feature `nrrd` of this crate.
    Nrrd,
    /// MetaImage in one file (`.mha`). Read with the feature `metaimage` of this crate.
    MetaImage,
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
            Self::Npy => "NPY",
            Self::Npz => "NPZ",
            Self::Nifti => "NIfTI",
            Self::Nrrd => "NRRD",
            Self::MetaImage => "MetaImage",
        })
    }
}

/// The list that messages about unknown content end with.
pub(crate) const ACCEPTED: &str = match (cfg!(feature = "nrrd"), cfg!(feature = "metaimage")) {
    (false, false) => "PNG, JPEG, WebP, TIFF, NPY, NPZ and NIfTI (.nii, .nii.gz)",
    (true, false) => "PNG, JPEG, WebP, TIFF, NPY, NPZ, NIfTI (.nii, .nii.gz) and NRRD",
    (false, true) => "PNG, JPEG, WebP, TIFF, NPY, NPZ, NIfTI (.nii, .nii.gz) and MetaImage (.mha)",
    (true, true) => "PNG, JPEG, WebP, TIFF, NPY, NPZ, NIfTI (.nii, .nii.gz), NRRD and MetaImage (.mha)",
};

/// The format that the first bytes announce, or `None`. The rest may still be damaged.
pub fn sniff(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(&GZIP) {
        let start = gzip_start(bytes);
        return is_nifti(&start).then_some(Format::Nifti);
    }
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(Format::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::WebP),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Format::Tiff),
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Some(Format::Npy),
        [b'N', b'R', b'R', b'D', ..] if cfg!(feature = "nrrd") => Some(Format::Nrrd),
        [b'P', b'K', 3, 4, ..] if first_zip_name(bytes).is_none_or(is_npy_name) => Some(Format::Npz),
        _ if is_nifti(bytes) => Some(Format::Nifti),
        _ if cfg!(feature = "metaimage") && is_meta_image(bytes) => Some(Format::MetaImage),
        _ => None,
    }
}

/// The name of a well-known format that is not read, for the message.
pub(crate) fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&GZIP) {
        let start = gzip_start(bytes);
        return Some(if is_mgz(&start) { "FreeSurfer MGZ" } else { "gzip without a NIfTI image in it" });
    }
    const SIGNATURES: &[(&[u8], &str)] = &[
        (b"GIF8", "GIF"),
        (b"BM", "BMP"),
        (b"%PDF", "PDF"),
        (b"\x89HDF\r\n\x1a\n", "HDF5 (as MINC2 and MATLAB 7.3 use it)"),
        (b"CDF\x01", "NetCDF (as MINC1 uses it)"),
        (b"CDF\x02", "NetCDF (as MINC1 uses it)"),
        (b"MATLAB", "a MATLAB file"),
        (b"NRRD", "NRRD"),
        (b"PK\x03\x04", "a ZIP archive without NumPy arrays"),
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"8BPS", "Photoshop PSD"),
        (b"\x00\x00\x00\x0cjP", "JPEG 2000"),
        (b"\xff\x4f\xff\x51", "JPEG 2000"),
        (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
        (b"\xff\x0a", "JPEG XL"),
        (b"BZh", "bzip2"),
        (b"\x28\xb5\x2f\xfd", "Zstandard"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"<svg", "SVG"),
        (b"<?xml", "XML"),
        (b"ObjectType", "MetaImage (.mha)"),
    ];
    if let Some((_, name)) = SIGNATURES.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    match bytes.get(4..12) {
        Some(b"ftypavif") => return Some("AVIF"),
        Some(b"ftypheic" | b"ftypmif1") => return Some("HEIC"),
        _ => {}
    }
    if bytes.get(128..132) == Some(b"DICM") {
        return Some("DICOM");
    }
    if is_mgz(bytes) {
        return Some("FreeSurfer MGH");
    }
    let start = bytes.get(..256).unwrap_or(bytes);
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    (!start.is_empty() && start.iter().all(is_text)).then_some("plain text")
}

pub(crate) const GZIP: [u8; 2] = [0x1f, 0x8b];

/// `sizeof_hdr` is 348 or 540, and the magic, where the content is long enough to have it, is one
/// of NIfTI or the zeros of ANALYZE 7.5, which the decoder tells apart.
fn is_nifti(bytes: &[u8]) -> bool {
    let magic = match bytes.first_chunk() {
        Some([0x5c, 1, 0, 0] | [0, 0, 1, 0x5c]) => bytes.get(344..347),
        Some([0x1c, 2, 0, 0] | [0, 0, 2, 0x1c]) => bytes.get(4..7),
        _ => return false,
    };
    matches!(magic, None | Some(b"n+1" | b"ni1" | b"n+2" | b"ni2" | [0, 0, 0]))
}

/// The first line is one of those that MetaIO writes first; after a comment, which others have too, one has to say how
/// many axes there are.
fn is_meta_image(bytes: &[u8]) -> bool {
    let name = |name: &[u8]| {
        let rest = bytes.strip_prefix(name).unwrap_or_default().trim_ascii_start();
        rest.starts_with(b"=") || rest.starts_with(b":")
    };
    let start = bytes.get(..4096).unwrap_or(bytes);
    name(b"ObjectType")
        || name(b"NDims")
        || name(b"Comment") && start.windows(7).any(|window| window == b"\nNDims ")
}

/// Version 1, then four dimensions and a type from 0 to 4, all big-endian.
fn is_mgz(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0, 0, 0, 1]) && matches!(bytes.get(20..24), Some([0, 0, 0, 0..=4]))
}

/// The first bytes inside a gzip stream; empty where it is damaged from the start.
fn gzip_start(bytes: &[u8]) -> Vec<u8> {
    let mut start = Vec::new();
    // What was read before an error is kept: the decoder reports the damage itself.
    let _ = MultiGzDecoder::new(bytes).take(348).read_to_end(&mut start);
    start
}

fn first_zip_name(bytes: &[u8]) -> Option<&[u8]> {
    let length = u16::from_le_bytes([*bytes.get(26)?, *bytes.get(27)?]);
    bytes.get(30..30 + usize::from(length))
}

fn is_npy_name(name: &[u8]) -> bool {
    name.ends_with(b".npy")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_from_their_first_bytes() {
        let cases: &[(&[u8], Option<Format>)] = &[
            (b"\x89PNG\r\n\x1a\n", Some(Format::Png)),
            (b"\xff\xd8\xff\xe0", Some(Format::Jpeg)),
            (b"RIFF\0\0\0\0WEBPVP8L", Some(Format::WebP)),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"II*\0\x08\0\0\0", Some(Format::Tiff)),
            (b"MM\0+\0\x08\0\0", Some(Format::Tiff)),
            (b"\x93NUMPY\x01\0", Some(Format::Npy)),
            (&[0x5c, 1, 0, 0], Some(Format::Nifti)),
            (&[0, 0, 2, 0x1c], Some(Format::Nifti)),
            (b"NRRD0005\n", cfg!(feature = "nrrd").then_some(Format::Nrrd)),
            (b"ObjectType = Image\n", cfg!(feature = "metaimage").then_some(Format::MetaImage)),
            (b"Comment = x\nNDims = 3\n", cfg!(feature = "metaimage").then_some(Format::MetaImage)),
            (b"Comment = x\n", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(sniff(bytes), *expected, "{bytes:?}");
        }
    }

    #[test]
    fn well_known_strangers_are_named() {
        let mut dicom = vec![0; 128];
        dicom.extend_from_slice(b"DICM");
        let cases: &[(&[u8], &str)] = &[
            (b"GIF89a", "GIF"),
            (b"%PDF-1.7", "PDF"),
            (&dicom, "DICOM"),
            (b"this is not an image\n", "plain text"),
            (b"PK\x03\x04", "a ZIP archive without NumPy arrays"),
        ];
        for (bytes, name) in cases {
            assert_eq!(looks_like(bytes), Some(*name));
        }
        assert_eq!(looks_like(&[]), None);
        assert_eq!(looks_like(&[0xde, 0xad, 0xbe, 0xef]), None);
    }
}
