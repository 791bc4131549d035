//! From values to a file, whose format is that of its ending.

use std::path::Path;

use imaging::{Compression, EncodeError, Geometry, Samples};
use imaging::{encode_nifti, encode_npy, encode_png8, encode_png16, encode_tiff, quantise16};
use ndarray::{ArrayViewD, Ix2};

use crate::failure::Failure;

/// The formats that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputFormat {
    /// Grey, 8 or 16 bit.
    Png,
    Npy,
    Tiff,
    Nifti(Compression),
}

impl OutputFormat {
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
        ];
        let format = formats.into_iter().find(|(ending, _)| name.ends_with(ending));
        format.map(|(_, format)| format).ok_or_else(|| Failure::UnknownEnding {
            path: path.to_owned(),
            accepted: ".png, .npy, .tif, .tiff, .nii and .nii.gz",
        })
    }
}

/// Writes an array. Floats, which PNG does not have, become 16-bit there: 65535 times the value, which must be in
/// [0, 1].
pub(crate) fn write(path: &Path, samples: Samples<'_>, geometry: Option<&Geometry>) -> Result<(), Failure> {
    let format = OutputFormat::of(path)?;
    let encoded = match format {
        OutputFormat::Npy => encode_npy(samples),
        OutputFormat::Tiff => encode_tiff(samples),
        OutputFormat::Nifti(compression) => encode_nifti(samples, geometry, compression),
        OutputFormat::Png => match samples {
            Samples::U8(array) => encode_png8(image(path, array)?),
            Samples::U16(array) => encode_png16(image(path, array)?),
            Samples::F32(array) => {
                let levels =
                    quantise16(array).map_err(|error| Failure::Levels { path: path.to_owned(), error })?;
                encode_png16(image(path, levels.view())?)
            }
        },
    };
    let failed = |source: EncodeError| Failure::Encode { path: path.to_owned(), source };
    let bytes = encoded.map_err(failed)?;
    std::fs::write(path, bytes).map_err(|source| Failure::Write { path: path.to_owned(), source })
}

fn image<'a, T>(path: &Path, array: ArrayViewD<'a, T>) -> Result<ndarray::ArrayView2<'a, T>, Failure> {
    array.into_dimensionality::<Ix2>().map_err(|_| Failure::VolumeAsPng { path: path.to_owned() })
}
