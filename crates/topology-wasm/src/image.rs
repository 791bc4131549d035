//! Image files, decoded.

use imaging::{Channels, Image, Limits};
use js_sys::{Float32Array, Uint8Array};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};

use crate::{
    arguments::{Pixels, numbers, read_options, read_value, reserve},
    description::{ChannelLayout, Format, Geometry, SampleType},
    failure::{ErrorCode, Failure},
    map::{MapOptions, UnitMap},
};

/// How values are brought to [0, 1].
///
/// `"typeRange"` (the default): integers are divided by the largest value of their type; floats, and integers that
/// the file itself rescales, must be in [0, 1] already. `"minmax"`: the smallest value becomes 0 and the largest 1.
/// `divide`: the values are divided by `by`. `percentile`: the value at percentile `low` becomes 0, that at `high` 1, and those beyond are clipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Normalisation {
    /// By the range of the type.
    #[default]
    TypeRange,
    /// By the range of the values.
    #[serde(rename = "minmax")]
    MinMax,
    /// Divided by what stands for 1. The values must be in [0, 1] then.
    Divide {
        /// Above 0: 4095 for 12 bit, 100 for percent.
        by: f32,
    },
    /// By percentiles.
    Percentile {
        /// In percent, from 0 to below `high`.
        low: f32,
        /// In percent, above `low`, up to 100.
        high: f32,
    },
}

impl From<Normalisation> for imaging::Normalisation {
    fn from(normalisation: Normalisation) -> Self {
        match normalisation {
            Normalisation::TypeRange => Self::TypeRange,
            Normalisation::MinMax => Self::MinMax,
            Normalisation::Divide { by } => Self::Divide { by },
            Normalisation::Percentile { low, high } => Self::Percentile { low, high },
        }
    }
}

/// How to decode.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct DecodeOptions {
    /// Which array of an NPZ archive to take, by its name. Default: the first.
    #[tsify(optional)]
    pub member: Option<String>,
    /// The most pixels or voxels that are accepted. Default: 2^27.
    #[tsify(optional)]
    pub max_pixels: Option<f64>,
    /// The most bytes of samples that are accepted. Default: 2^29.
    #[tsify(optional)]
    pub max_bytes: Option<f64>,
}

impl DecodeOptions {
    fn limits(&self) -> Limits {
        let Limits { max_pixels, max_bytes } = Limits::default();
        Limits {
            max_pixels: self.max_pixels.map_or(max_pixels, |limit| limit as u64),
            max_bytes: self.max_bytes.map_or(max_bytes, |limit| limit as u64),
        }
    }
}

/// A decoded image, volume or array. It lives in the memory of the module until `free()` is called.
///
/// Samples keep the values of the file (0 to 255 for 8 bit, and so on); `normalise` brings them to [0, 1].
#[wasm_bindgen]
#[derive(Debug)]
pub struct DecodedImage {
    pub(crate) image: Image,
    format: Option<imaging::Format>,
    member: Option<String>,
    members: Vec<String>,
    notes: Vec<String>,
}

/// Reads a file: PNG, JPEG, WebP, TIFF, NPY, NPZ or NIfTI (.nii, .nii.gz). The format is found from the content.
///
/// Throws a `TopologyError` that says what was found and where if it cannot be read.
#[wasm_bindgen]
pub fn decode(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "DecodeOptions")] options: &JsValue,
) -> Result<DecodedImage, Failure> {
    let options: DecodeOptions = read_options(options, "decode options")?;
    let array: &Uint8Array =
        bytes.dyn_ref().ok_or_else(|| Failure::bad_argument("the content of the file is no Uint8Array"))?;
    let mut bytes = Vec::new();
    reserve(&mut bytes, array.length() as usize)?;
    bytes.resize(array.length() as usize, 0);
    array.copy_to(&mut bytes);
    let limits = options.limits();
    let decoded = match &options.member {
        Some(member) => imaging::decode_member(&bytes, member, &limits),
        None => imaging::decode(&bytes, &limits),
    };
    let imaging::Decoded { format, image, member, members, notes } = decoded?;
    let notes = notes.iter().map(ToString::to_string).collect();
    Ok(DecodedImage { image, format: Some(format), member, members, notes })
}

#[wasm_bindgen]
impl DecodedImage {
    /// An image of one intensity per pixel from values that are already there. `sampleType` is what `"typeRange"`
    /// goes by: `"uint8"` if they are from 0 to 255.
    #[wasm_bindgen(js_name = fromGrey)]
    pub fn from_grey(
        #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "readonly number[] | Uint32Array")] shape: &JsValue,
        #[wasm_bindgen(js_name = sampleType, unchecked_param_type = "SampleType")] sample_type: &JsValue,
    ) -> Result<DecodedImage, Failure> {
        let sample_type: SampleType = read_value(sample_type, "sample type")?;
        let mut pixels = Pixels::default();
        let data = pixels.read(values, shape)?.to_owned();
        let image = imaging::Image::from_grey(data, sample_type.into());
        Ok(Self { image, format: None, member: None, members: Vec::new(), notes: Vec::new() })
    }

    /// The format that was found. Undefined if the image comes from no file.
    #[wasm_bindgen(getter, unchecked_return_type = "Format | undefined")]
    pub fn format(&self) -> Result<JsValue, Failure> {
        Ok(serde_wasm_bindgen::to_value(&self.format.map(Format::from))?)
    }

    /// The lengths of the axes, without channels: `[rows, columns]` for a picture, `[slices, rows, columns]` for a
    /// volume or a TIFF of several pages, `[z, y, x]` or `[t, z, y, x]` for NIfTI, the array's own for NPY.
    #[wasm_bindgen(getter, unchecked_return_type = "number[]")]
    pub fn shape(&self) -> JsValue {
        numbers(self.image.shape().iter().copied())
    }

    /// What the samples of one pixel are.
    #[wasm_bindgen(getter)]
    pub fn channels(&self) -> Result<Ts<ChannelLayout>, Failure> {
        Ok(ChannelLayout::from(self.image.channels()).into_ts()?)
    }

    /// The type that the samples have in the file.
    #[wasm_bindgen(getter, js_name = sampleType)]
    pub fn sample_type(&self) -> Result<Ts<SampleType>, Failure> {
        Ok(SampleType::from(self.image.sample_type()).into_ts()?)
    }

    /// Whether the file's own slope and intercept (NIfTI) were applied.
    #[wasm_bindgen(getter, js_name = isRescaled)]
    pub fn is_rescaled(&self) -> bool {
        self.image.is_rescaled()
    }

    /// The colours of an image of indices, red, green and blue side by side; empty for all others.
    #[wasm_bindgen(getter)]
    pub fn palette(&self) -> Uint8Array {
        Uint8Array::from(self.image.palette().as_flattened())
    }

    /// Spacing, affine and orientation, where the format has them (NIfTI).
    #[wasm_bindgen(getter, unchecked_return_type = "Geometry | undefined")]
    pub fn geometry(&self) -> Result<JsValue, Failure> {
        Ok(serde_wasm_bindgen::to_value(&self.image.geometry().map(Geometry::from))?)
    }

    /// The direction in which each voxel axis runs, for the axes x, y, z: "RAS" is left to right, posterior to
    /// anterior, inferior to superior. Undefined where the file does not say.
    #[wasm_bindgen(getter)]
    pub fn orientation(&self) -> Option<String> {
        self.image.geometry().and_then(imaging::Geometry::orientation)
    }

    /// The smallest and the largest finite sample, unless no sample is finite.
    #[wasm_bindgen(getter, unchecked_return_type = "[low: number, high: number] | undefined")]
    pub fn range(&self) -> JsValue {
        let Some((low, high)) = self.image.range() else { return JsValue::UNDEFINED };
        js_sys::Array::of2(&low.into(), &high.into()).into()
    }

    /// How many samples are NaN or infinite.
    #[wasm_bindgen(getter, js_name = nonFinite)]
    pub fn non_finite(&self) -> f64 {
        self.image.non_finite() as f64
    }

    /// For NPZ the name of the array that this is.
    #[wasm_bindgen(getter)]
    pub fn member(&self) -> Option<String> {
        self.member.clone()
    }

    /// For NPZ the names of all arrays, in the order of the archive; empty for all other formats.
    #[wasm_bindgen(getter)]
    pub fn members(&self) -> Vec<String> {
        self.members.clone()
    }

    /// What was decided in reading and may have been meant otherwise: sentences without an end.
    #[wasm_bindgen(getter)]
    pub fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// The samples as stored, in row-major order with the channels of a pixel side by side.
    pub fn samples(&self) -> Float32Array {
        Float32Array::from(&*contiguous(self.image.data()))
    }

    /// One intensity per pixel, in row-major order, with the values of the file. Colours become luma by Rec. 601;
    /// alpha is ignored.
    pub fn grey(&self) -> Float32Array {
        Float32Array::from(&*contiguous(self.image.to_grey().view()))
    }

    /// 1 where the file does not have 0 and 0 where it does, in row-major order: of masks and label maps, whose labels
    /// become one foreground. Of an image of indices it is the indices that count.
    pub fn mask(&self) -> Float32Array {
        let is_foreground = |&value: &f32| if value == 0.0 { 0.0 } else { 1.0 };
        let values: Vec<f32> = match self.image.channels() {
            Channels::Index => self.image.data().iter().map(is_foreground).collect(),
            _ => self.image.to_grey().iter().map(is_foreground).collect(),
        };
        Float32Array::from(&*values)
    }

    /// A mask of zeros and ones, or a probability map, by the one rule that all of Bettiscope goes by, and what was
    /// done for it.
    pub fn map(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "MapOptions")] options: &JsValue,
    ) -> Result<Ts<UnitMap>, Failure> {
        let options: MapOptions = read_options(options, "map options")?;
        let intensities = imaging::Intensities::new(&self.image, &options.index(), None)?;
        Ok(UnitMap::from(intensities.map(&(&options).into())?).into_ts()?)
    }

    /// The grey values in [0, 1], in row-major order.
    pub fn normalise(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Normalisation")] normalisation: &JsValue,
    ) -> Result<Float32Array, Failure> {
        let normalisation = match normalisation.is_undefined() {
            true => Normalisation::default(),
            false => read_value(normalisation, "normalisation")?,
        };
        let unit = imaging::normalise(&self.image, normalisation.into())?;
        Ok(Float32Array::from(&*contiguous(unit.view())))
    }
}

fn contiguous(array: ndarray::ArrayViewD<'_, f32>) -> Vec<f32> {
    array.iter().copied().collect()
}

impl From<imaging::DecodeError> for Failure {
    fn from(error: imaging::DecodeError) -> Self {
        use imaging::DecodeError::{Malformed, NoSuchMember, TooLarge, Truncated, Unrecognised, Unsupported};
        let code = match error {
            Unrecognised { .. } => ErrorCode::UnsupportedFormat,
            Malformed { .. } => ErrorCode::Malformed,
            Truncated { .. } => ErrorCode::Truncated,
            Unsupported { .. } => ErrorCode::UnsupportedFeature,
            TooLarge { .. } => ErrorCode::TooLarge,
            NoSuchMember { .. } => ErrorCode::NoSuchMember,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}

impl From<imaging::NormaliseError> for Failure {
    fn from(error: imaging::NormaliseError) -> Self {
        use imaging::NormaliseError::{NotFinite, OutsideUnitInterval, Percentiles};
        let code = match error {
            OutsideUnitInterval { .. } => ErrorCode::OutOfRange,
            NotFinite { .. } => ErrorCode::NotFinite,
            Percentiles { .. } => ErrorCode::Percentiles,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}
