//! From values to a file, whose format is that of its ending.

use std::path::Path;

use imaging::{Compression, EncodeError, Format, Geometry, NotUnitInterval, Samples};
use imaging::{encode_nifti, encode_npy, encode_png, encode_tiff, quantise16};

use crate::failure::{Failure, InFile};

/// Why an array does not become a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OutputError {
    #[error(transparent)]
    Encode(EncodeError),
    #[error("{0} (.npy, .tif and .nii hold any values)")]
    Levels(NotUnitInterval),
    #[error("the ending names no format that is written; accepted are {accepted}")]
    UnknownEnding { accepted: &'static str },
    #[error("a volume cannot be written as PNG; accepted for volumes are .tif, .npy, .nii and .nii.gz")]
    VolumeAsPng,
    #[error(
        "{format} is written where {format} is read; accepted for other files are .png, .npy, .tif, .nii and .nii.gz"
    )]
    OnlyWritten { format: &'static str },
}

/// The formats that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    /// Grey, 8 or 16 bit.
    Png,
    Npy,
    Tiff,
    Nifti(Compression),
    /// Over what was read in this format.
    Nrrd,
    /// Likewise.
    MetaImage,
}

impl OutputFormat {
    /// An error if it cannot be written where a file of this format was read.
    pub(crate) fn check_source(self, source: Format) -> Result<(), OutputError> {
        match self {
            Self::Nrrd if source != Format::Nrrd => Err(OutputError::OnlyWritten { format: "NRRD" }),
            Self::MetaImage if source != Format::MetaImage => {
                Err(OutputError::OnlyWritten { format: "MetaImage" })
            }
            _ => Ok(()),
        }
    }

    /// That of NIfTI.
    pub(crate) fn compression(self) -> Compression {
        match self {
            Self::Nifti(compression) => compression,
            _ => Compression::None,
        }
    }

    /// The format that the ending of a file name says.
    pub(crate) fn of(path: &Path) -> Result<Self, Failure> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let formats = [
            (".png", Self::Png),
            (".npy", Self::Npy),
            (".tif", Self::Tiff),
            (".tiff", Self::Tiff),
            (".nii", Self::Nifti(Compression::None)),
            (".nii.gz", Self::Nifti(Compression::Gzip)),
            (".nrrd", Self::Nrrd),
            (".mha", Self::MetaImage),
        ];
        let format = formats.into_iter().find(|(ending, _)| name.ends_with(ending));
        let accepted =
            ".png, .npy, .tif, .tiff, .nii and .nii.gz, and .nrrd and .mha for files of that format";
        format.map(|(_, format)| format).ok_or(OutputError::UnknownEnding { accepted }).in_file(path)
    }
}

/// The file of an array in the format that its name says. Floats, which PNG does not have, become 16-bit there: 65535 times the value, which must be in
/// [0, 1].
pub(crate) fn encode(
    path: &Path,
    samples: Samples<'_>,
    geometry: Option<&Geometry>,
) -> Result<Vec<u8>, Failure> {
    let format = OutputFormat::of(path)?;
    let encoded = match format {
        OutputFormat::Npy => encode_npy(samples),
        OutputFormat::Tiff => encode_tiff(samples),
        OutputFormat::Nifti(compression) => encode_nifti(samples, geometry, compression),
        OutputFormat::Nrrd => return Err(OutputError::OnlyWritten { format: "NRRD" }).in_file(path),
        OutputFormat::MetaImage => {
            return Err(OutputError::OnlyWritten { format: "MetaImage" }).in_file(path);
        }
        OutputFormat::Png if samples.shape().len() != 2 => {
            return Err(OutputError::VolumeAsPng).in_file(path);
        }
        OutputFormat::Png => match samples {
            Samples::F32(array) => {
                let levels = quantise16(array).map_err(OutputError::Levels).in_file(path)?;
                encode_png(&levels.view().into())
            }
            samples => encode_png(&samples),
        },
    };
    encoded.map_err(OutputError::Encode).in_file(path)
}
