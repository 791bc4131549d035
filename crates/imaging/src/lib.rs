//! Images in and out: pictures, volumes and arrays from bytes to `f32`, and back.
//!
//! [`decode`] finds the format from the content, never from a file name, and gives an [`Image`]:
//! the values of the file, the type they were stored in, and for NIfTI, NRRD and MetaImage the
//! spacing and the orientation. [`Intensities::map`] makes a mask or a probability map of it, by the one rule that
//! all of Bettiscope goes by, [`Meaning`], and says in [`Remark`]s what it had to guess. What a file
//! may ask for is bounded by [`Limits`] before anything is allocated, and every refusal is a
//! [`DecodeError`] that says what was found and where.
//!
//! | format | read | written |
//! |---|---|---|
//! | PNG | 1 to 16 bit, palette, alpha, interlaced, EXIF orientation | 8 and 16 bit grey; rewritten as it is |
//! | JPEG | baseline, progressive, EXIF orientation | |
//! | WebP | lossy, lossless, EXIF orientation | |
//! | TIFF, BigTIFF | integers of 1 to 64 bit, floats, RGB, palette, pages as a volume, hyperstacks of ImageJ, OME-XML, tifffile and Zeiss (LSM); uncompressed, LZW, Deflate, PackBits, Zstandard, JPEG, CCITT | all real types, 1 bit, volumes as pages, uncompressed; rewritten with type, palette, resolution and descriptions |
//! | NPY, NPZ | all real types, both orders, both byte orders, versions 1 to 3 | NPY of all real types; rewritten as it is |
//! | NIfTI-1, NIfTI-2 | all real types, RGB, scaling, both byte orders, gzip | NIfTI-1 of all real types, gzip or not; rewritten as it is |
//! | NRRD (feature `nrrd`) | all real types, colours, raw, gzip, bzip2 and text, both byte orders, in one file; [`Segment`]s and layers of 3D Slicer's `.seg.nrrd` | rewritten as it is |
//! | MetaImage (feature `metaimage`) | all real types, colours and channels, uncompressed, zlib, gzip and text, both byte orders, in one file (`.mha`) | rewritten as it is |
//!
//! [`rewrite`] changes some pixels of a file and nothing else.
//!
//! The crate does no input or output of its own, so it is the same in a browser:
//!
//! ```
//! use imaging::{Intensities, Kind, Limits, MapOptions, SampleType};
//! use ndarray::array;
//!
//! let mask = array![[0, 255, 0], [255, 0, 255]];
//! let file = imaging::encode_png8(mask.view())?;
//!
//! let decoded = imaging::decode(&file, &Limits::default())?;
//! assert_eq!(decoded.format, imaging::Format::Png);
//! assert_eq!(decoded.image.shape(), [2, 3]);
//! assert_eq!(decoded.image.sample_type(), SampleType::U8);
//! let taken = Intensities::new(&decoded.image, &[], None)?.map(&MapOptions::default())?;
//! assert_eq!(taken.kind, Kind::Mask);
//! assert_eq!(taken.values[[0, 1]], 1.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`overlap`] compares masks, [`resample`] changes the size of images, and [`preparation`] makes of an image what a
//! network sees. The feature `synthesis`, off by default so that the module of the
//! decoders stays small, adds what training and the sample gallery need: `idx` reads MNIST, `augment` varies them for training, `kspace` corrupts them
//! as a scanner might, `synthetic` makes samples with their ground truth, and `morphology` has the
//! simple tricks of the trade. The same seed gives the same bits on every
//! platform.

#[cfg(feature = "synthesis")]
pub mod augment;
mod axis;
mod decode;
mod each_label;
mod encode;
mod error;
mod exif;
mod format;
mod geometry;
mod gzip;
#[cfg(feature = "synthesis")]
pub mod idx;
mod image;
mod intensities;
mod jpeg;
#[cfg(feature = "synthesis")]
pub mod kspace;
#[cfg(any(feature = "nrrd", feature = "metaimage"))]
mod layout;
mod limits;
mod meaning;
#[cfg(feature = "metaimage")]
mod meta_image;
#[cfg(feature = "synthesis")]
pub mod morphology;
mod nifti;
mod normalise;
mod note;
mod npy;
mod npy_header;
mod npz;
#[cfg(feature = "nrrd")]
mod nrrd;
pub mod overlap;
#[cfg(any(feature = "nrrd", feature = "metaimage"))]
mod pieces;
mod plane;
mod png;
pub mod preparation;
#[cfg(feature = "synthesis")]
mod random;
mod regions;
mod remark;
pub mod resample;
mod rewrite;
mod samples;
mod scale;
mod scaled;
mod segment;
mod selection;
mod stored;
#[cfg(feature = "synthesis")]
pub mod synthetic;
#[cfg(any(feature = "nrrd", feature = "metaimage"))]
mod text_samples;
mod tiff;
mod webp;

pub use crate::axis::Axis;
pub use crate::decode::{Decoded, decode, decode_member};
pub use crate::each_label::{EachLabel, LabelMask};
pub use crate::encode::{NotHeld, NotUnitInterval, Samples, Typed, quantise8, quantise16};
pub use crate::error::{DecodeError, EncodeError};
pub use crate::format::{Format, sniff};
pub use crate::geometry::Geometry;
pub use crate::image::{Channels, Image, SampleType};
pub use crate::intensities::Intensities;
pub use crate::limits::Limits;
pub use crate::meaning::{Kind, Meaning, UnknownMeaning};
pub use crate::nifti::{Compression, encode_nifti};
pub use crate::normalise::{Normalisation, NormaliseError, normalise};
pub use crate::note::Note;
pub use crate::npy::encode_npy;
pub use crate::png::{encode_png, encode_png8, encode_png16};
pub use crate::remark::{Remark, Remedy};
pub use crate::rewrite::{Change, RewriteError, rewrite, with_values};
pub use crate::scale::{Beyond, Looks, MapOptions, Scale, ScaleError, Scaling, UnknownScaling};
pub use crate::scaled::Scaled;
pub use crate::segment::Segment;
pub use crate::tiff::encode_tiff;
