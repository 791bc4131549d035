//! Prints inputs and what the crates make of them natively, as JSON: the built modules must give the same, bit for bit.
//!
//! Arrays of numbers are written as the hexadecimal digits of their bytes, little-endian.

mod arrays;
mod barcodes;
mod files;
mod json;
mod losses;
mod masks;
mod samples;

use ndarray::{ArrayD, IxDyn};
use persistence::{Connectivity, Filtration, Options};
use serde_json::{Value, json};
use topoloss::Prior;

use crate::arrays::{Kind, Random};
use crate::json::floats;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut cases = Vec::new();
    for (number, shape) in SHAPES.iter().enumerate() {
        for kind in Kind::ALL {
            cases.push(case(shape, kind, number as u64)?);
        }
    }
    println!("{}", json!({ "cases": cases, "files": files::written()?, "samples": samples::all()? }));
    Ok(())
}

const SHAPES: &[&[usize]] = &[
    &[1, 1],
    &[1, 7],
    &[9, 1],
    &[2, 2],
    &[13, 8],
    &[33, 20],
    &[1, 1, 1],
    &[1, 1, 5],
    &[1, 6, 5],
    &[2, 2, 2],
    &[5, 6, 7],
    &[3, 12, 9],
    &[11, 10, 12],
];

fn case(shape: &[usize], kind: Kind, seed: u64) -> Result<Value, Failure> {
    let mut random = Random::new(1000 * seed + kind as u64);
    let mut array = || ArrayD::from_shape_simple_fn(IxDyn(shape), || kind.value(&mut random));
    let (map, other) = (array(), array());
    let mut barcodes = Vec::new();
    let mut masks = Vec::new();
    for connectivity in [Connectivity::T, Connectivity::V] {
        for filtration in [Filtration::Superlevel, Filtration::Sublevel] {
            barcodes.push(barcodes::value(map.view(), Options { connectivity, filtration })?);
        }
        masks.push(masks::value(map.view(), other.view(), connectivity)?);
    }
    let mut losses = Vec::new();
    for (number, options) in losses::options(kind).into_iter().enumerate() {
        losses.push(losses::value(map.view(), &prior(shape, number)?, options)?);
    }
    Ok(json!({
        "name": format!("{kind:?} {shape:?}"),
        "shape": shape,
        "values": floats(&map),
        "other": floats(&other),
        "barcodes": barcodes,
        "losses": losses,
        "masks": masks,
    }))
}

fn prior(shape: &[usize], number: usize) -> Result<Prior, Failure> {
    let texts = if shape.len() == 2 { ["1,1", "2,*", "1-3,2"] } else { ["1,0,0", "1,1-2,*", "2,1,1"] };
    let weights: [&[f64]; 3] = [&[1.0; 3], &[0.5, 2.0, 1.0], &[1.0, 0.25, 0.0]];
    let number = number % texts.len();
    Ok(texts[number].parse::<Prior>()?.with_weights(&weights[number][..shape.len()])?)
}
