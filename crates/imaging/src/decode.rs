//! The way in: bytes of any accepted format to an image.

use crate::error::DecodeError;
use crate::format::{Format, looks_like, sniff};
use crate::image::Image;
use crate::limits::Limits;
#[cfg(feature = "metaimage")]
use crate::meta_image;
use crate::note::Note;
#[cfg(feature = "nrrd")]
use crate::nrrd;
use crate::{jpeg, nifti, npy, npz, png, tiff, webp};

/// An image and where in the file it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The format found from the content.
    pub format: Format,
    /// The samples and what they mean.
    pub image: Image,
    /// For NPZ the name of the array that `image` is; `None` for all other formats.
    pub member: Option<String>,
    /// For NPZ the names of all arrays, in the order of the archive; empty for all other formats.
    pub members: Vec<String>,
    /// What was decided in reading, and the user may have meant otherwise.
    pub notes: Vec<Note>,
}

/// Decodes a file of any accepted format. Of an NPZ archive it takes the first array; a TIFF of
/// several pages is a volume, or has the axes that ImageJ, OME-XML, tifffile or Zeiss describe; a NIfTI
/// series keeps its time axis, as do layers, channels and time of NRRD and MetaImage.
///
/// # Errors
/// [`DecodeError`] names the format that was recognised, the place and what is accepted.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let format = recognise(bytes)?;
    let (image, notes) = match format {
        Format::Png => (png::decode(bytes, limits)?, Vec::new()),
        Format::Jpeg => (jpeg::decode(bytes, limits)?, Vec::new()),
        Format::WebP => (webp::decode(bytes, limits)?, Vec::new()),
        Format::Tiff => tiff::decode(bytes, limits)?,
        Format::Npy => (npy::decode(bytes, limits)?, Vec::new()),
        Format::Npz => return decode_npz(bytes, None, limits),
        Format::Nifti => nifti::decode(bytes, limits)?,
        #[cfg(feature = "nrrd")]
        Format::Nrrd => nrrd::decode(bytes, limits)?,
        #[cfg(feature = "metaimage")]
        Format::MetaImage => meta_image::decode(bytes, limits)?,
        // Content of a format that this build does not read is not recognised as one.
        #[cfg(not(all(feature = "nrrd", feature = "metaimage")))]
        _ => return Err(unrecognised(bytes)),
    };
    Ok(Decoded { format, image, member: None, members: Vec::new(), notes })
}

/// Decodes one array of an NPZ archive by its name (`image` for the member `image.npy`).
///
/// # Errors
/// As [`decode`]; [`DecodeError::NoSuchMember`] lists the names there are.
pub fn decode_member(bytes: &[u8], name: &str, limits: &Limits) -> Result<Decoded, DecodeError> {
    match recognise(bytes)? {
        Format::Npz => decode_npz(bytes, Some(name), limits),
        other => Err(DecodeError::unsupported(other, "file", "choosing an array by name", "NPZ archives")),
    }
}

pub(crate) fn recognise(bytes: &[u8]) -> Result<Format, DecodeError> {
    sniff(bytes).ok_or_else(|| unrecognised(bytes))
}

fn unrecognised(bytes: &[u8]) -> DecodeError {
    DecodeError::Unrecognised { looks_like: looks_like(bytes), length: bytes.len() }
}

fn decode_npz(bytes: &[u8], name: Option<&str>, limits: &Limits) -> Result<Decoded, DecodeError> {
    let member = npz::decode(bytes, name, limits)?;
    Ok(Decoded {
        format: Format::Npz,
        image: member.image,
        member: Some(member.name),
        members: member.names,
        notes: Vec::new(),
    })
}
