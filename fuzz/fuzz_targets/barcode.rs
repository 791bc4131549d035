//! Any array at all: the barcode is that of the whole boundary matrix, or the error that it should be.
//!
//! The first byte chooses the options and how values are read, the next three the shape, the rest is the values:
//! a byte each, so that there are ties, or four bytes each, so that every number there is can occur.

#![no_main]

#[path = "../../crates/persistence/tests/common/mod.rs"]
mod common;

use libfuzzer_sys::fuzz_target;
use ndarray::{ArrayD, IxDyn};
use persistence::{Error, barcode};

fuzz_target!(|data: &[u8]| {
    let [choice, a, b, c, values @ ..] = data else { return };
    let options = common::ALL_OPTIONS[usize::from(choice % 4)];
    let shape: Vec<usize> = match choice >> 2 & 3 {
        0 | 1 => [a, b].map(|length| usize::from(length % 12)).to_vec(),
        2 => [a, b, c].map(|length| usize::from(length % 6)).to_vec(),
        _ => vec![1, usize::from(a % 40)],
    };
    let count: usize = shape.iter().product();
    let mut values: Vec<f32> = if choice & 16 == 0 {
        values.iter().map(|&byte| f32::from(byte)).collect()
    } else {
        values
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect()
    };
    values.resize(count, 0.0);
    let has_nan = values.iter().any(|value| value.is_nan());
    let array = ArrayD::from_shape_vec(IxDyn(&shape), values).expect("as many values as pixels");
    if count == 0 {
        assert!(matches!(barcode(array.view(), options), Err(Error::Empty { .. })));
    } else if has_nan {
        assert!(matches!(barcode(array.view(), options), Err(Error::NotANumber { .. })));
    } else {
        assert_eq!(common::pairs_of(&array, options), common::reduce_boundary_matrix(array.view(), options));
    }
});
