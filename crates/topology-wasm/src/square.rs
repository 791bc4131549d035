//! A square of an image, and what can be wrong with other sizes.

use imaging::{preparation, resample::ResampleError};
use serde::{Deserialize, Serialize};
use tsify::Tsify;

use crate::failure::{ErrorCode, Failure};

/// A square of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, Tsify)]
pub struct Square {
    /// Of its upper left pixel. May lie outside of the image.
    pub row: i32,
    /// Likewise.
    pub column: i32,
    /// Pixels of a side, from 1.
    pub side: u32,
}

impl From<Square> for preparation::Square {
    fn from(Square { row, column, side }: Square) -> Self {
        Self { row: row as isize, column: column as isize, side: side as usize }
    }
}

impl From<preparation::Square> for Square {
    fn from(preparation::Square { row, column, side }: preparation::Square) -> Self {
        Self { row: row as i32, column: column as i32, side: side as u32 }
    }
}

impl From<ResampleError> for Failure {
    fn from(error: ResampleError) -> Self {
        let code = match error {
            ResampleError::Empty { .. } => ErrorCode::Empty,
            ResampleError::Shape { .. } => ErrorCode::UnsupportedShape,
            _ => ErrorCode::Other,
        };
        Self::new(code, error)
    }
}
