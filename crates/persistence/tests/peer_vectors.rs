//! Arrays whose bars were computed by other packages: see `peers/make_vectors.py`.

use ndarray::{ArrayD, IxDyn};
use persistence::{Connectivity, Filtration, Options, barcode};
use serde_json::Value;

/// A number; null is infinity where the filtration ends.
fn number(value: &Value, null: f32) -> f32 {
    value.as_f64().map_or(null, |number| number as f32)
}

/// Checks every array of a file against its `pairs`; how many there were.
fn check(vectors: &str) -> usize {
    let vectors: Vec<Value> = serde_json::from_str(vectors).unwrap();
    let mut checked = 0;
    for vector in &vectors {
        let name = &vector["name"];
        let shape: Vec<usize> = serde_json::from_value(vector["shape"].clone()).unwrap();
        let filtration = match vector["filtration"].as_str() {
            Some("superlevel") => Filtration::Superlevel,
            _ => Filtration::Sublevel,
        };
        let connectivity = if vector["construction"] == "T" { Connectivity::T } else { Connectivity::V };
        let options = Options { connectivity, filtration };
        let end = if filtration == Filtration::Superlevel { f32::NEG_INFINITY } else { f32::INFINITY };
        let data =
            vector["data"].as_array().unwrap().iter().map(|value| number(value, f32::INFINITY)).collect();
        let array = ArrayD::from_shape_vec(IxDyn(&shape), data).unwrap();
        let mut expected: Vec<(u64, f32, f32)> = vector["pairs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_u64().unwrap(), number(&pair[1], 0.0), number(&pair[2], end)))
            .collect();
        let mut found: Vec<(u64, f32, f32)> = barcode(array.view(), options)
            .unwrap()
            .bars()
            .iter()
            .map(|bar| (bar.dimension.into(), bar.birth, if bar.is_essential() { end } else { bar.death }))
            .collect();
        let ascending = |a: &(u64, f32, f32), b: &(u64, f32, f32)| a.partial_cmp(b).unwrap();
        expected.sort_by(ascending);
        found.sort_by(ascending);
        assert_eq!(found, expected, "{name}");
        checked += 1;
    }
    checked
}

#[test]
fn gudhi_and_cubical_ripser_find_the_same_bars() {
    assert_eq!(check(include_str!("peers/vectors.json")), 96);
}
