//! What is known of an image besides its values.

use imaging::Channels;
use serde::{Deserialize, Serialize};
use tsify::Tsify;

/// The formats that are read, found from the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum Format {
    Png,
    Jpeg,
    WebP,
    Tiff,
    Npy,
    Npz,
    Nifti,
    Nrrd,
    MetaImage,
}

impl From<imaging::Format> for Format {
    fn from(format: imaging::Format) -> Self {
        match format {
            imaging::Format::Png => Self::Png,
            imaging::Format::Jpeg => Self::Jpeg,
            imaging::Format::WebP => Self::WebP,
            imaging::Format::Tiff => Self::Tiff,
            imaging::Format::Npy => Self::Npy,
            imaging::Format::Npz => Self::Npz,
            imaging::Format::Nifti => Self::Nifti,
            imaging::Format::Nrrd => Self::Nrrd,
            imaging::Format::MetaImage => Self::MetaImage,
        }
    }
}

/// What the samples of one pixel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum ChannelLayout {
    /// One intensity.
    Grey,
    /// Intensity, then alpha.
    GreyAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
    /// One index into the palette; label maps are often stored so.
    Index,
}

impl From<Channels> for ChannelLayout {
    fn from(channels: Channels) -> Self {
        match channels {
            Channels::Grey => Self::Grey,
            Channels::GreyAlpha => Self::GreyAlpha,
            Channels::Rgb => Self::Rgb,
            Channels::Rgba => Self::Rgba,
            Channels::Index => Self::Index,
        }
    }
}

/// The type that the samples have in the file, by the name that NumPy has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the names say it all")]
pub enum SampleType {
    Bool,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Int8,
    Int16,
    Int32,
    Int64,
    Float16,
    Float32,
    Float64,
}

impl From<imaging::SampleType> for SampleType {
    fn from(sample_type: imaging::SampleType) -> Self {
        match sample_type {
            imaging::SampleType::Bool => Self::Bool,
            imaging::SampleType::U8 => Self::UInt8,
            imaging::SampleType::U16 => Self::UInt16,
            imaging::SampleType::U32 => Self::UInt32,
            imaging::SampleType::U64 => Self::UInt64,
            imaging::SampleType::I8 => Self::Int8,
            imaging::SampleType::I16 => Self::Int16,
            imaging::SampleType::I32 => Self::Int32,
            imaging::SampleType::I64 => Self::Int64,
            imaging::SampleType::F16 => Self::Float16,
            imaging::SampleType::F32 => Self::Float32,
            imaging::SampleType::F64 => Self::Float64,
        }
    }
}

impl From<SampleType> for imaging::SampleType {
    fn from(sample_type: SampleType) -> Self {
        match sample_type {
            SampleType::Bool => Self::Bool,
            SampleType::UInt8 => Self::U8,
            SampleType::UInt16 => Self::U16,
            SampleType::UInt32 => Self::U32,
            SampleType::UInt64 => Self::U64,
            SampleType::Int8 => Self::I8,
            SampleType::Int16 => Self::I16,
            SampleType::Int32 => Self::I32,
            SampleType::Int64 => Self::I64,
            SampleType::Float16 => Self::F16,
            SampleType::Float32 => Self::F32,
            SampleType::Float64 => Self::F64,
        }
    }
}

/// Where the voxels of a volume are in the world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Geometry {
    /// Millimetres between neighbouring voxels along the last axes of the array, in the order of the axes: `[z, y,
    /// x]`.
    pub spacing: Vec<f32>,
    /// Maps the voxel (x, y, z), that is array index `[z, y, x]`, to millimetres in scanner space with axes right,
    /// anterior, superior: three rows of four numbers. Left out where the file states none.
    #[serde(default)]
    #[tsify(
        optional,
        type = "[[number, number, number, number], [number, number, number, number], [number, number, number, number]]"
    )]
    pub affine: Option<[[f64; 4]; 3]>,
}

impl From<&imaging::Geometry> for Geometry {
    fn from(geometry: &imaging::Geometry) -> Self {
        Self { spacing: geometry.spacing.clone(), affine: geometry.affine }
    }
}
