//! From a decoded file to what a network sees.

use std::{fmt::Display, str::FromStr};

use imaging::{
    Intensities,
    preparation::{self, Preparation, PreparationError},
};
use js_sys::{Float32Array, Reflect};
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::preserve;
use tsify::{Ts, Tsify};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

use crate::{
    arguments::{read_options, read_record},
    failure::{ErrorCode, Failure},
    image::DecodedImage,
    map::Scale,
    square::Square,
};

/// How an image is prepared for a network. What the record of a network says goes here as it is.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct PrepareOptions {
    /// The record's `size`: pixels of a side of what the network takes. Default: that of the image or the square.
    #[tsify(optional)]
    pub size: Option<u32>,
    /// The record's `normalisation`: `"none"`, `"type"`, `"minmax"`, `"percentile"` (1 to 99) or
    /// `"percentile:LOW,HIGH"`. Default: 8- and 16-bit images are divided by the largest value of their type, masks are 0
    /// and 1, and all others keep their values.
    #[tsify(optional)]
    pub normalisation: Option<String>,
    /// The record's `preparation`: `"crop, resample, normalise"`, where the percentiles are those of what the network
    /// sees, or `"normalise, crop, resample"`, where they are those of the image. Default: the latter.
    #[tsify(optional)]
    pub preparation: Option<String>,
    /// What of the image is taken. Default: where there is a `size`, the largest square in the middle, else all.
    #[tsify(optional)]
    pub square: Option<Square>,
    /// One entry of each of the first axes, from 0, so that two axes are left. Default: none.
    pub index: Vec<usize>,
}

/// What a network sees.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PreparedImage {
    /// In row-major order.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub values: Float32Array,
    /// `[rows, columns]`.
    #[tsify(type = "[rows: number, columns: number]")]
    pub shape: [u32; 2],
    /// The square that was taken; undefined if it is all of the image.
    #[tsify(optional)]
    pub square: Option<Square>,
    /// How the values were made of those in the file.
    pub scale: Scale,
    /// The same in words.
    pub description: String,
}

#[wasm_bindgen]
impl DecodedImage {
    /// What a network sees of the image, by the one rule that training and the command line go by too.
    pub fn prepare(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "PrepareOptions")] options: &JsValue,
    ) -> Result<Ts<PreparedImage>, Failure> {
        let read: PrepareOptions = read_options(options, "preparation options")?;
        // Again and by itself: of a record in a record the names are not checked.
        let square = match Reflect::get(options, &"square".into()).unwrap_or(JsValue::UNDEFINED) {
            square if square.is_undefined() || square.is_null() => None,
            square => Some(read_record::<Square>(&square, "square")?),
        };
        let preparation = Preparation {
            order: parsed(read.preparation.as_deref(), "preparation")?.unwrap_or_default(),
            scaling: parsed(read.normalisation.as_deref(), "normalisation")?,
            shape: read.size.map(|side| [side as usize; 2]),
        };
        let image = Intensities::new(
            &self.image,
            &read.index.iter().copied().map(Some).collect::<Vec<_>>(),
            Some(2),
        )?;
        let prepared = preparation.prepare(&image, square.map(preparation::Square::from))?;
        let values: Vec<f32> = prepared.image.iter().copied().collect();
        let record = PreparedImage {
            values: Float32Array::from(&*values),
            shape: [prepared.image.nrows() as u32, prepared.image.ncols() as u32],
            square: prepared.square.map(Square::from),
            description: prepared.scale.to_string(),
            scale: prepared.scale.into(),
        };
        Ok(record.into_ts()?)
    }
}

fn parsed<T: FromStr<Err: Display>>(text: Option<&str>, name: &str) -> Result<Option<T>, Failure> {
    let read = |text: &str| {
        text.parse().map_err(|accepted| Failure::bad_argument(format!("the {name} \"{text}\": {accepted}")))
    };
    text.map(read).transpose()
}

impl From<PreparationError> for Failure {
    fn from(error: PreparationError) -> Self {
        match error {
            PreparationError::Scale(error) => error.into(),
            PreparationError::Resample(error) => error.into(),
            PreparationError::Volume { .. } => Self::new(ErrorCode::Dimensions, error),
            error => Self::new(ErrorCode::Other, error),
        }
    }
}
