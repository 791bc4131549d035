//! Synthetic samples, and what is done to images.

use imaging::{
    kspace::{Corruption, LineDirection, corrupt},
    morphology::{Neighbours, closing, largest_component},
    overlap::dice,
    resample::{crop_square, resize},
    synthetic::{self, Sample, ShapeKind},
};
use ndarray::Array2;
use serde_json::{Value, json};

use crate::{
    Failure,
    json::{floats, hex},
};

/// Samples of all kinds, and what is done to images.
pub(crate) fn all() -> Result<Vec<Value>, Failure> {
    let digit = |seed: u64| synthetic::digit((seed % 10) as u8, seed);
    let shape = |kind, size, seed| synthetic::shape(kind, size, seed);
    [
        (json!({ "kind": "digit", "seed": 3 }), digit(3)?),
        (json!({ "kind": "digit", "seed": 1008, "label": 8 }), synthetic::digit(8, 1008)?),
        (json!({ "kind": "heart", "seed": 9_007_199_254_740_991u64 }), synthetic::heart((1 << 53) - 1)),
        (json!({ "kind": "shape", "seed": 6 }), shape(ShapeKind::Tree, 80, 6)?),
        (
            json!({ "kind": "shape", "seed": 6, "shape": "rings", "size": 47 }),
            shape(ShapeKind::Rings, 47, 6)?,
        ),
    ]
    .into_iter()
    .map(|(request, sample)| sample_value(&request, &sample))
    .collect()
}

fn sample_value(request: &Value, sample: &Sample) -> Result<Value, Failure> {
    let (rows, columns) = sample.image.dim();
    let lines = |direction| Corruption::Lines { m: 9, direction };
    let mut corruptions = Vec::new();
    for (variant, corruption) in [
        ("rowsAndColumns", Corruption::RowsAndColumns { m: 9 }),
        ("rows", lines(LineDirection::Rows)),
        ("columns", lines(LineDirection::Columns)),
    ] {
        let corrupted = corrupt(sample.image.view(), corruption, 5)?;
        corruptions.push(json!({
            "options": { "m": 9, "seed": 5, "variant": variant },
            "image": picture(&corrupted.image),
            "rows": corrupted.rows,
            "columns": corrupted.columns,
        }));
    }
    let noisy = corrupt(sample.image.view(), Corruption::RowsAndColumns { m: 9 }, 5)?.image;
    // Wider than high, so that the largest square is not all of it.
    let wide = resize(noisy.view(), [rows, columns + 11])?;
    Ok(json!({
        "request": request,
        "image": picture(&sample.image),
        "truth": picture(&sample.mask),
        "betti": sample.betti,
        "corruptions": corruptions,
        "noisy": picture(&noisy),
        "wide": picture(&wide),
        "small": picture(&resize(noisy.view(), [13, 17])?),
        "largestSquare": picture(&Array2::from_shape_fn((rows, columns), |(row, column)| wide[[row, column + 5]])),
        "square": picture(&crop_square(noisy.view(), [4, 7], 15, 0.0)?),
        "closed": picture(&closing(noisy.view(), 2.5)?),
        "largestT": picture(&largest_component(noisy.view(), Neighbours::Eight)?),
        "largestV": picture(&largest_component(noisy.view(), Neighbours::Four)?),
        "dice": hex(dice(noisy.view(), sample.mask.view())?.to_le_bytes()),
    }))
}

fn picture(image: &Array2<f32>) -> Value {
    json!({
        "shape": image.shape(),
        "values": floats(image),
    })
}
