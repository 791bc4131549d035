//! What the loss wants of each bar, in the order of the barcode.

use js_sys::{Float64Array, Uint8Array};
use persistence::{Bar, Filtration, Options};
use topoloss::Term;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{barcode::Barcode, connectivity::Connectivity};

/// What the loss wants of a bar: the values of `Loss.role`.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One of the longest bars, as many as the prior asks for: it should have length 1. Of equally long ones, as all of
    /// a mask are, those of the larger features are wanted.
    Wanted = 0,
    /// The prior allows the bar and does not ask for it: it is in neither sum of equation 3.
    Free = 1,
    /// The prior has no place for the bar: it should have length 0.
    Unwanted = 2,
}

/// The terms of equation 3 as parallel arrays, with the barcode whose order they have.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The bars.
    pub barcode: Barcode,
    /// What the loss wants of each bar: values of [`Role`].
    pub role: Uint8Array,
    /// Each bar's term, multiplied by the weight of its dimension.
    pub term: Float64Array,
}

impl Terms {
    /// The record of terms that are sorted by dimension, of an array of this shape.
    pub fn new(terms: &[Term], shape: &[usize], connectivity: Connectivity) -> Self {
        let bars: Vec<Bar> = terms.iter().map(|term| term.bar).collect();
        let options = Options { connectivity: connectivity.into(), filtration: Filtration::Superlevel };
        let role = |term: &Term| match term.role {
            topoloss::Role::Wanted => Role::Wanted as u8,
            topoloss::Role::Free => Role::Free as u8,
            topoloss::Role::Unwanted => Role::Unwanted as u8,
        };
        let roles: Vec<u8> = terms.iter().map(role).collect();
        let values: Vec<f64> = terms.iter().map(|term| term.value).collect();
        Self {
            barcode: Barcode::new(&bars, shape, options),
            role: Uint8Array::from(&*roles),
            term: Float64Array::from(&*values),
        }
    }
}
