//! Image files, written.

use imaging::{EncodeError, Samples, quantise8, quantise16};
use js_sys::{Float32Array, Uint8Array, Uint16Array};
use ndarray::{ArrayD, Ix2, IxDyn};
use serde::Deserialize;
use tsify::Tsify;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use crate::{
    arguments::{check_length, read_record, read_shape},
    description::{Geometry, SampleType},
    failure::{ErrorCode, Failure},
};

/// The formats that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "lowercase")]
pub enum EncodedFormat {
    /// Grey, 8 or 16 bit, images only.
    Png,
    /// Grey, a page per slice.
    Tiff,
    /// An array of any shape.
    Npy,
    /// NIfTI-1.
    Nifti,
}

/// Whether a NIfTI file is compressed: `"none"` is .nii, `"gzip"` .nii.gz.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// `.nii`
    None,
    /// `.nii.gz`
    #[default]
    Gzip,
}

/// How to encode.
#[derive(Clone, Debug, PartialEq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct EncodeOptions {
    /// The format. PNG and TIFF hold images; TIFF, NPY and NIfTI volumes.
    pub format: EncodedFormat,
    /// The type of the samples: `"uint8"`, `"uint16"` or `"float32"`. Integer arrays are written as they are, and as
    /// nothing else. Of a `Float32Array` integers are 255 or 65535 times the value, which must then be in [0, 1].
    /// Default: the type of the array, and for PNG `"uint16"` instead of `"float32"`.
    #[serde(default)]
    #[tsify(optional)]
    pub sample_type: Option<SampleType>,
    /// For NIfTI only. Default: `"gzip"`.
    #[serde(default)]
    pub compression: Compression,
    /// For NIfTI only: where the voxels are. Default: 1 mm apart and nowhere.
    #[serde(default)]
    #[tsify(optional)]
    pub geometry: Option<Geometry>,
}

/// Writes an image or volume, and gives the bytes of the file.
///
/// Throws a `TopologyError` if the format cannot hold such an array.
#[wasm_bindgen]
pub fn encode(
    #[wasm_bindgen(unchecked_param_type = "Float32Array | Uint8Array | Uint16Array")] values: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "EncodeOptions")] options: &JsValue,
) -> Result<Uint8Array, Failure> {
    let options: EncodeOptions = read_record(options, "encode options")?;
    let samples = OwnedSamples::read(values, shape)?.with_type(&options)?;
    let file = match options.format {
        EncodedFormat::Png => samples.into_png()?,
        EncodedFormat::Tiff => imaging::encode_tiff(samples.view())?,
        EncodedFormat::Npy => imaging::encode_npy(samples.view())?,
        EncodedFormat::Nifti => {
            let geometry = options
                .geometry
                .map(|Geometry { spacing, affine, .. }| imaging::Geometry { spacing, affine });
            let compression = match options.compression {
                Compression::None => imaging::Compression::None,
                Compression::Gzip => imaging::Compression::Gzip,
            };
            imaging::encode_nifti(samples.view(), geometry.as_ref(), compression)?
        }
    };
    Ok(Uint8Array::from(&*file))
}

/// An array of one of the types that can be written.
enum OwnedSamples {
    U8(ArrayD<u8>),
    U16(ArrayD<u16>),
    F32(ArrayD<f32>),
}

impl OwnedSamples {
    fn read(values: &JsValue, shape: &JsValue) -> Result<Self, Failure> {
        let mut axes = Vec::new();
        read_shape(shape, &mut axes)?;
        if let Some(array) = values.dyn_ref::<Float32Array>() {
            check_length(array.length(), &axes)?;
            Ok(Self::F32(shaped(array.to_vec(), &axes)?))
        } else if let Some(array) = values.dyn_ref::<Uint8Array>() {
            check_length(array.length(), &axes)?;
            Ok(Self::U8(shaped(array.to_vec(), &axes)?))
        } else if let Some(array) = values.dyn_ref::<Uint16Array>() {
            check_length(array.length(), &axes)?;
            Ok(Self::U16(shaped(array.to_vec(), &axes)?))
        } else {
            Err(Failure::bad_argument("the values are no Float32Array, Uint8Array or Uint16Array"))
        }
    }

    fn with_type(self, options: &EncodeOptions) -> Result<Self, Failure> {
        let png_of_floats = matches!((&self, options.format), (Self::F32(_), EncodedFormat::Png))
            .then_some(SampleType::UInt16);
        match (self, options.sample_type.or(png_of_floats)) {
            (Self::F32(map), Some(SampleType::UInt8)) => Ok(Self::U8(quantise8(map.view())?)),
            (Self::F32(map), Some(SampleType::UInt16)) => Ok(Self::U16(quantise16(map.view())?)),
            (same, None)
            | (same @ Self::U8(_), Some(SampleType::UInt8))
            | (same @ Self::U16(_), Some(SampleType::UInt16))
            | (same @ Self::F32(_), Some(SampleType::Float32)) => Ok(same),
            (other, Some(wanted)) => {
                let given = match other {
                    Self::U8(_) => imaging::SampleType::U8,
                    Self::U16(_) => imaging::SampleType::U16,
                    Self::F32(_) => imaging::SampleType::F32,
                };
                let wanted = imaging::SampleType::from(wanted);
                let message = format!(
                    "{given} values cannot be written as {wanted}; accepted: integers as they are, float32 as uint8, \
                     uint16 or float32"
                );
                Err(Failure::new(ErrorCode::UnsupportedSampleType, message))
            }
        }
    }

    fn view(&self) -> Samples<'_> {
        match self {
            Self::U8(array) => array.view().into(),
            Self::U16(array) => array.view().into(),
            Self::F32(array) => array.view().into(),
        }
    }

    fn into_png(self) -> Result<Vec<u8>, Failure> {
        let png = imaging::Format::Png;
        let shape = self.shape();
        let not_an_image = |_| EncodeError::Shape { format: png, shape, accepted: "[rows, columns]" };
        match self {
            Self::U8(array) => {
                let image = array.into_dimensionality::<Ix2>().map_err(not_an_image)?;
                Ok(imaging::encode_png8(image.view())?)
            }
            Self::U16(array) => {
                let image = array.into_dimensionality::<Ix2>().map_err(not_an_image)?;
                Ok(imaging::encode_png16(image.view())?)
            }
            Self::F32(_) => {
                let given = imaging::SampleType::F32;
                Err(EncodeError::SampleType { format: png, given, accepted: "uint8 and uint16" }.into())
            }
        }
    }

    fn shape(&self) -> Vec<usize> {
        match self {
            Self::U8(array) => array.shape().to_vec(),
            Self::U16(array) => array.shape().to_vec(),
            Self::F32(array) => array.shape().to_vec(),
        }
    }
}

/// An array of any number type in the shape given.
fn shaped<T>(values: Vec<T>, shape: &[usize]) -> Result<ArrayD<T>, Failure> {
    ArrayD::from_shape_vec(IxDyn(shape), values)
        .map_err(|error| Failure::new(ErrorCode::ShapeMismatch, error))
}

impl From<EncodeError> for Failure {
    fn from(error: EncodeError) -> Self {
        let code = match error {
            EncodeError::Shape { .. } => ErrorCode::UnsupportedShape,
            EncodeError::SampleType { .. } => ErrorCode::UnsupportedSampleType,
            EncodeError::Failed { .. } => ErrorCode::EncodingFailed,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}

impl From<imaging::NotUnitInterval> for Failure {
    fn from(error: imaging::NotUnitInterval) -> Self {
        Self::new(ErrorCode::OutOfRange, error)
    }
}
