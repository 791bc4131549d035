//! Barcodes, and where their bars are.

use ndarray::ArrayViewD;
use persistence::{Bar, Barcode, Options, barcode};
use serde_json::{Value, json};

use crate::{
    Failure,
    json::{hex, indices},
};

pub(crate) fn value(map: ArrayViewD<'_, f32>, options: Options) -> Result<Value, Failure> {
    let barcode = barcode(map.view(), options)?;
    let thresholds = [0.0, 0.25, 0.5, 0.75, f32::INFINITY, f32::NEG_INFINITY];
    let betti: Vec<_> = thresholds.iter().map(|&threshold| barcode.betti_numbers(threshold)).collect();
    let curve = |dimension| {
        let curve = barcode.betti_curve(dimension);
        json!({
            "threshold": hex(curve.iter().flat_map(|(threshold, _)| threshold.to_le_bytes())),
            "betti": hex(curve.iter().flat_map(|(_, betti)| (*betti as u32).to_le_bytes())),
        })
    };
    let longest = barcode.at_least(0.25).count();
    Ok(json!({
        "options": options_value(options),
        "bars": bars_value(barcode.bars()),
        "longerThanQuarter": longest,
        "betti": betti,
        "curves": (0..barcode.dimensions()).map(curve).collect::<Vec<_>>(),
        "features": features_value(map, &barcode)?,
    }))
}

/// Where the first bars are, at their births.
fn features_value(map: ArrayViewD<'_, f32>, barcode: &Barcode) -> Result<Value, Failure> {
    let mut features = Vec::new();
    for dimension in 0..barcode.dimensions() {
        let before: usize = (0..dimension).map(|lower| barcode.in_dimension(lower).len()).sum();
        for (number, bar) in barcode.in_dimension(dimension).iter().enumerate().take(2) {
            let feature = persistence::feature(map.view(), barcode.options(), bar, bar.birth)?;
            let kind = match feature {
                persistence::Feature::Component(_) => "component",
                persistence::Feature::Enclosed(_) => "enclosed",
                persistence::Feature::Cycle(_) => "cycle",
            };
            features
                .push(json!({ "bar": before + number, "kind": kind, "pixels": indices(feature.pixels()) }));
        }
    }
    Ok(features.into())
}

pub(crate) fn bars_value(bars: &[Bar]) -> Value {
    let death_index = |bar: &Bar| bar.death_index.map_or(-1, |pixel| pixel as i32);
    json!({
        "dimension": hex(bars.iter().map(|bar| bar.dimension)),
        "birth": hex(bars.iter().flat_map(|bar| bar.birth.to_le_bytes())),
        "death": hex(bars.iter().flat_map(|bar| bar.death.to_le_bytes())),
        "birthIndex": hex(bars.iter().flat_map(|bar| bar.birth_index.to_le_bytes())),
        "deathIndex": hex(bars.iter().flat_map(|bar| death_index(bar).to_le_bytes())),
    })
}

fn options_value(options: Options) -> Value {
    json!({
        "connectivity": format!("{:?}", options.connectivity),
        "filtration": format!("{:?}", options.filtration).to_lowercase(),
    })
}
