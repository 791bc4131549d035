//! The topological loss as a record.

use std::num::NonZeroUsize;

use js_sys::{Float32Array, Float64Array, Uint8Array, Uint32Array};
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::preserve;
use tsify::Tsify;

use crate::{barcode::Barcode, connectivity::Connectivity, failure::Failure, terms::Terms};

/// What to do with values that are no probabilities.
///
/// `"reject"` (the default): a value outside [0, 1] is an error that names the pixel. `"clamp"`: a value below 0
/// counts as 0 and one above 1 as 1; the gradient at such a pixel is zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum OutOfRange {
    /// It is an error.
    #[default]
    Reject,
    /// The nearest probability is used.
    Clamp,
}

/// How the pixels of a block become one: their `"max"`, which gets the gradient, or their `"mean"`, whose gradient is
/// divided equally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum PoolingKind {
    /// The greatest value.
    Max,
    /// The mean value.
    Mean,
}

/// A copy in which each block of `factor` pixels along every axis is one pixel; the last blocks may be smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Pooling {
    /// The side of a block, in pixels, at least 1.
    pub factor: u32,
    /// How the pixels of a block become one.
    pub kind: PoolingKind,
}

/// How to compute the loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct LossOptions {
    /// Which pixels are neighbours. Default: `"T"`.
    pub connectivity: Connectivity,
    /// What to do with values outside [0, 1]. Default: `"reject"`.
    pub out_of_range: OutOfRange,
    /// Compute the loss of a coarser copy, and carry its gradient back. Default: of the array itself.
    #[tsify(optional)]
    pub pooling: Option<Pooling>,
}

impl LossOptions {
    /// The options of the crate underneath.
    ///
    /// # Errors
    ///
    /// If the factor of the pooling is 0.
    pub fn engine(self) -> Result<topoloss::LossOptions, Failure> {
        let pooling = |Pooling { factor, kind }| {
            let factor = NonZeroUsize::new(factor as usize).ok_or_else(|| {
                Failure::bad_argument(
                    "the loss options: the factor of the pooling is 0; accepted is 1 and more",
                )
            })?;
            let kind = match kind {
                PoolingKind::Max => topoloss::PoolingKind::Max,
                PoolingKind::Mean => topoloss::PoolingKind::Mean,
            };
            Ok::<_, Failure>(topoloss::Pooling { factor, kind })
        };
        Ok(topoloss::LossOptions {
            connectivity: self.connectivity.into(),
            out_of_range: match self.out_of_range {
                OutOfRange::Reject => topoloss::OutOfRange::Reject,
                OutOfRange::Clamp => topoloss::OutOfRange::Clamp,
            },
            pooling: self.pooling.map(pooling).transpose()?,
        })
    }
}

/// One dimension's part in the loss: a term of equation 4.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct DimensionLoss {
    /// The weight of the dimension.
    pub weight: f64,
    /// Equation 3, multiplied by the weight: the terms of all bars, and `weight` for each missing one.
    pub value: f64,
    /// How many bars the prior asks for that do not exist.
    pub missing: u32,
}

/// The loss, where it comes from, and its gradient.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Loss {
    /// The lengths of the axes of the array. The gradient's pixels are its flat indices.
    pub shape: Vec<u32>,
    /// Equation 4: the sum over the dimensions. 0 exactly if the barcode is ideal.
    pub total: f64,
    /// The terms of equation 4, one per dimension.
    pub dimensions: Vec<DimensionLoss>,
    /// The bars. With pooling they are those of the coarser copy, and `barcode.shape` is its shape.
    pub barcode: Barcode,
    /// What the loss wants of each bar: values of `Role`, in the order of the barcode.
    #[serde(with = "preserve")]
    #[tsify(type = "Uint8Array<ArrayBuffer>")]
    pub role: Uint8Array,
    /// Each bar's term of equation 3, multiplied by the weight of its dimension, in the order of the barcode.
    #[serde(with = "preserve")]
    #[tsify(type = "Float64Array<ArrayBuffer>")]
    pub term: Float64Array,
    /// Where the gradient of the total is not zero, ascending: the critical pixels.
    #[serde(with = "preserve")]
    #[tsify(type = "Uint32Array<ArrayBuffer>")]
    pub gradient_index: Uint32Array,
    /// The gradient at these pixels.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub gradient: Float32Array,
}

impl Loss {
    /// The record of a loss that was computed with this connectivity.
    pub fn new(loss: &topoloss::Loss, connectivity: Connectivity) -> Self {
        let Terms { barcode, role, term } = Terms::new(loss.terms(), loss.bar_shape(), connectivity);
        let dimension = |dimension: &topoloss::DimensionLoss| DimensionLoss {
            weight: dimension.weight,
            value: dimension.value,
            missing: dimension.missing as u32,
        };
        let (pixels, values): (Vec<u32>, Vec<f32>) = loss.gradient().iter().copied().unzip();
        Self {
            shape: loss.shape().iter().map(|&length| length as u32).collect(),
            total: loss.total(),
            dimensions: loss.dimensions().iter().map(dimension).collect(),
            barcode,
            role,
            term,
            gradient_index: Uint32Array::from(&*pixels),
            gradient: Float32Array::from(&*values),
        }
    }
}
