//! Failures, and how they look in JavaScript: an `Error` with the message and a stable code.

use js_sys::{Error, Reflect};
use serde::Serialize;
use tsify::Tsify;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// What went wrong. The codes are stable; the messages are for people and may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// An argument or option has the wrong type, an unknown name or an impossible value.
    BadArgument,
    /// The number of values is not the product of the shape.
    ShapeMismatch,
    /// There is not enough memory for the array.
    OutOfMemory,
    /// The array has neither 2 axes (an image) nor 3 (a volume).
    Dimensions,
    /// An axis has length 0.
    Empty,
    /// The array has more pixels, or the file needs more memory, than is accepted.
    TooLarge,
    /// A pixel is NaN.
    NotANumber,
    /// A value is outside [0, 1] where only probabilities are accepted.
    OutOfRange,
    /// The feature does not exist at the level that was asked for.
    NotAlive,
    /// The bar was computed from another array or with other options.
    OtherArray,
    /// The threshold is not a finite number.
    Threshold,
    /// The values to write are not on the sides of the threshold that they stand for.
    Written,
    /// The two arrays to compare have different shapes.
    DifferentShapes,
    /// The text is not a prior.
    PriorSyntax,
    /// The prior has a range that contains nothing.
    PriorRange,
    /// The prior has another number of dimensions than the array, or neither 2 nor 3.
    PriorDimensions,
    /// The weights of the prior are not one finite number of at least 0 for each dimension.
    PriorWeights,
    /// The content of the file is of no format that is read.
    UnsupportedFormat,
    /// The format is read, but not this kind of it.
    UnsupportedFeature,
    /// The file breaks the rules of its format.
    Malformed,
    /// The file ends too early.
    Truncated,
    /// The NPZ archive has no array of that name.
    NoSuchMember,
    /// A value is NaN or infinite where that cannot be normalised.
    NotFinite,
    /// The percentiles are not 0 <= low < high <= 100.
    Percentiles,
    /// The format cannot hold an array of this shape.
    UnsupportedShape,
    /// The format cannot hold samples of this type.
    UnsupportedSampleType,
    /// The encoder of the format failed.
    EncodingFailed,
    /// The device of the learner was lost, or has no memory left: the run can go on from its last exported state, on
    /// another device or on a new one.
    DeviceLost,
    /// The browser has no WebGPU, or gives no adapter.
    #[serde(rename = "no-webgpu")]
    NoWebGpu,
    /// The WebGPU adapter lacks something that is needed.
    AdapterUnsuitable,
    /// The object is at work: a call that was made before has not ended.
    Busy,
    /// The call was cancelled.
    Cancelled,
    /// The weights of the run have diverged: its map has a value that is no number.
    Diverged,
    /// A mistake in the module. The module cannot be used any more.
    Internal,
    /// A failure without a code of its own.
    Other,
}

#[wasm_bindgen(typescript_custom_section)]
const TOPOLOGY_ERROR: &str = r#"
/** What every function of this module throws: an `Error` that programs can tell apart by its `code`. */
export interface TopologyError extends Error {
    name: "TopologyError";
    code: ErrorCode;
}
"#;

/// A failure on its way to JavaScript.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The code.
    pub code: ErrorCode,
    /// The message of the Rust error.
    pub message: String,
}

impl Failure {
    /// A failure of this code and message.
    pub fn new(code: ErrorCode, message: impl ToString) -> Self {
        Self { code, message: message.to_string() }
    }

    /// An argument that cannot be understood.
    pub fn bad_argument(message: impl ToString) -> Self {
        Self::new(ErrorCode::BadArgument, message)
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error = Error::new(&failure.message);
        error.set_name("TopologyError");
        let code = serde_wasm_bindgen::to_value(&failure.code).unwrap_or(JsValue::UNDEFINED);
        // A fresh `Error` is extensible, so this cannot fail.
        let _ = Reflect::set(&error, &JsValue::from_str("code"), &code);
        error.into()
    }
}

#[cfg(feature = "priors")]
impl From<persistence::Error> for Failure {
    fn from(error: persistence::Error) -> Self {
        use persistence::Error::{
            BarDimension, BarEssential, BarIndex, BarNotANumber, BarOrder, Dimensions, Empty, NotANumber,
            TooLarge,
        };
        let code = match error {
            BarDimension { .. }
            | BarEssential { .. }
            | BarIndex { .. }
            | BarNotANumber { .. }
            | BarOrder { .. } => ErrorCode::BadArgument,
            Dimensions { .. } => ErrorCode::Dimensions,
            Empty { .. } => ErrorCode::Empty,
            TooLarge { .. } => ErrorCode::TooLarge,
            NotANumber { .. } => ErrorCode::NotANumber,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}

#[cfg(feature = "barcodes")]
impl From<persistence::FeatureError> for Failure {
    fn from(error: persistence::FeatureError) -> Self {
        use persistence::FeatureError::{Array, NotAlive, OtherArray};
        match error {
            Array(error) => error.into(),
            NotAlive { .. } => Self::new(ErrorCode::NotAlive, error),
            OtherArray { .. } => Self::new(ErrorCode::OtherArray, error),
            _ => Self::new(ErrorCode::Other, error),
        }
    }
}

#[cfg(feature = "priors")]
impl From<topoloss::Error> for Failure {
    fn from(error: topoloss::Error) -> Self {
        use topoloss::Error::{Array, Dimensions, OutOfRange, Shapes, Threshold, Written};
        let code = match error {
            Array(error) => return error.into(),
            Dimensions { .. } => ErrorCode::PriorDimensions,
            OutOfRange { .. } => ErrorCode::OutOfRange,
            Threshold { .. } => ErrorCode::Threshold,
            Written { .. } => ErrorCode::Written,
            Shapes { .. } => ErrorCode::DifferentShapes,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}

#[cfg(feature = "priors")]
impl From<topoloss::PriorError> for Failure {
    fn from(error: topoloss::PriorError) -> Self {
        use topoloss::PriorError::{Dimensions, EmptyRange, Part, Weight, WeightCount};
        let code = match error {
            Part { .. } => ErrorCode::PriorSyntax,
            EmptyRange { .. } => ErrorCode::PriorRange,
            Dimensions { .. } => ErrorCode::PriorDimensions,
            Weight { .. } | WeightCount { .. } => ErrorCode::PriorWeights,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}

#[cfg(feature = "priors")]
impl From<topoloss::ClassPriorsError> for Failure {
    fn from(error: topoloss::ClassPriorsError) -> Self {
        use topoloss::ClassPriorsError::{Dimensions, NotEmpty, Prior, TooFewComponents, Weight};
        let code = match &error {
            Prior { source, .. } => Self::from(source.clone()).code,
            Dimensions { .. } => ErrorCode::PriorDimensions,
            TooFewComponents { .. } | NotEmpty { .. } => ErrorCode::PriorRange,
            Weight { .. } => ErrorCode::PriorWeights,
            _ => ErrorCode::PriorSyntax,
        };
        Self::new(code, error)
    }
}

impl From<tsify::Error> for Failure {
    fn from(error: tsify::Error) -> Self {
        Self::new(ErrorCode::Other, error)
    }
}

impl From<serde_wasm_bindgen::Error> for Failure {
    fn from(error: serde_wasm_bindgen::Error) -> Self {
        Self::new(ErrorCode::Other, error)
    }
}
