//! Prints inputs and what the crates make of them natively, as JSON: the built modules must give the same, bit for bit.
//!
//! Arrays of numbers are written as the hexadecimal digits of their bytes, little-endian.

use imaging::{
    Compression, Limits, Normalisation,
    kspace::{Corruption, LineDirection, corrupt},
    morphology::{Neighbours, closing, largest_component},
    overlap::dice,
    resample::{crop_square, resize},
    synthetic::{self, Sample, ShapeKind},
};
use ndarray::{Array2, ArrayD, ArrayViewD, IxDyn};
use persistence::{Bar, Barcode, Connectivity, Filtration, Options, barcode};
use serde_json::{Value, json};
use topoloss::{
    Edit, LossOptions, MaskFeature, MaskOptions, OutOfRange, Pooling, PoolingKind, Prior, RepairOptions,
    Strategy, Verdict, Written,
};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut cases = Vec::new();
    for (number, shape) in SHAPES.iter().enumerate() {
        for kind in Kind::ALL {
            cases.push(case(shape, kind, number as u64)?);
        }
    }
    println!("{}", json!({ "cases": cases, "files": files()?, "samples": samples()? }));
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

/// What the values of an array are like.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// All different, for practical purposes.
    Generic,
    /// Four levels.
    Ties,
    /// Mostly exact zeros and ones.
    Saturated,
    Constant,
    /// With infinities, zeros of both signs and values outside [0, 1].
    Wild,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Generic, Self::Ties, Self::Saturated, Self::Constant, Self::Wild];

    fn value(self, random: &mut Random) -> f32 {
        let unit = random.unit();
        match self {
            Self::Generic => unit,
            Self::Ties => (unit * 4.0).floor() / 4.0,
            Self::Saturated => (unit * 3.0 - 1.0).clamp(0.0, 1.0),
            Self::Constant => 0.75,
            Self::Wild => match (unit * 8.0) as u32 {
                0 => f32::INFINITY,
                1 => f32::NEG_INFINITY,
                2 => -0.0,
                3 => 0.0,
                _ => (unit - 0.7) * 10.0,
            },
        }
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 40) as f32 / (1u32 << 24) as f32
    }
}

fn case(shape: &[usize], kind: Kind, seed: u64) -> Result<Value, Failure> {
    let mut random = Random(1000 * seed + kind as u64);
    let mut array = || ArrayD::from_shape_simple_fn(IxDyn(shape), || kind.value(&mut random));
    let (map, other) = (array(), array());
    let mut barcodes = Vec::new();
    let mut masks = Vec::new();
    for connectivity in [Connectivity::T, Connectivity::V] {
        for filtration in [Filtration::Superlevel, Filtration::Sublevel] {
            barcodes.push(barcode_value(map.view(), Options { connectivity, filtration })?);
        }
        masks.push(mask_value(map.view(), other.view(), connectivity)?);
    }
    let mut losses = Vec::new();
    for (number, options) in loss_options(kind).into_iter().enumerate() {
        losses.push(loss_value(map.view(), &prior(shape, number)?, options)?);
    }
    Ok(json!({
        "name": format!("{kind:?} {shape:?}"),
        "shape": shape,
        "values": hex(map.iter().flat_map(|value| value.to_le_bytes())),
        "other": hex(other.iter().flat_map(|value| value.to_le_bytes())),
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

fn loss_options(kind: Kind) -> Vec<LossOptions> {
    let out_of_range = if kind == Kind::Wild { OutOfRange::Clamp } else { OutOfRange::Reject };
    let factor = std::num::NonZeroUsize::MIN.saturating_add(1);
    let pooling = |kind| Some(Pooling { factor, kind });
    let (t, v) = (Connectivity::T, Connectivity::V);
    [(t, None), (v, None), (t, pooling(PoolingKind::Max)), (v, pooling(PoolingKind::Mean))]
        .map(|(connectivity, pooling)| LossOptions { connectivity, out_of_range, pooling })
        .to_vec()
}

fn barcode_value(map: ArrayViewD<'_, f32>, options: Options) -> Result<Value, Failure> {
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

fn bars_value(bars: &[Bar]) -> Value {
    let death_index = |bar: &Bar| bar.death_index.map_or(-1, |pixel| pixel as i32);
    json!({
        "dimension": hex(bars.iter().map(|bar| bar.dimension)),
        "birth": hex(bars.iter().flat_map(|bar| bar.birth.to_le_bytes())),
        "death": hex(bars.iter().flat_map(|bar| bar.death.to_le_bytes())),
        "birthIndex": hex(bars.iter().flat_map(|bar| bar.birth_index.to_le_bytes())),
        "deathIndex": hex(bars.iter().flat_map(|bar| death_index(bar).to_le_bytes())),
    })
}

fn loss_value(map: ArrayViewD<'_, f32>, prior: &Prior, options: LossOptions) -> Result<Value, Failure> {
    let loss = topoloss::loss(map, prior, options)?;
    let bars: Vec<Bar> = loss.terms().iter().map(|term| term.bar).collect();
    let dimensions = loss.dimensions().iter().flat_map(|part| [part.weight, part.value, part.missing as f64]);
    let pooling = options.pooling.map(|pooling| {
        json!({
            "factor": pooling.factor,
            "kind": if pooling.kind == PoolingKind::Max { "max" } else { "mean" },
        })
    });
    let out_of_range = if options.out_of_range == OutOfRange::Clamp { "clamp" } else { "reject" };
    Ok(json!({
        "prior": { "betti": prior.to_string(), "weights": prior.weights() },
        "connectivity": format!("{:?}", options.connectivity),
        "outOfRange": out_of_range,
        "pooling": pooling,
        "total": hex(loss.total().to_le_bytes()),
        "dimensions": hex(dimensions.flat_map(f64::to_le_bytes)),
        "barShape": loss.bar_shape(),
        "bars": bars_value(&bars),
        "role": hex(loss.terms().iter().map(|term| match term.role {
            topoloss::Role::Wanted => 0,
            topoloss::Role::Free => 1,
            topoloss::Role::Unwanted => 2,
        })),
        "term": hex(loss.terms().iter().flat_map(|term| term.value.to_le_bytes())),
        "gradientIndex": hex(loss.gradient().iter().flat_map(|(pixel, _)| pixel.to_le_bytes())),
        "gradient": hex(loss.gradient().iter().flat_map(|(_, value)| value.to_le_bytes())),
    }))
}

fn mask_value(
    map: ArrayViewD<'_, f32>,
    other: ArrayViewD<'_, f32>,
    connectivity: Connectivity,
) -> Result<Value, Failure> {
    let mask = MaskOptions { threshold: 0.5, connectivity };
    let prior = prior(map.shape(), 0)?;
    let features: Vec<Value> = topoloss::features(map.view(), mask)?.iter().map(feature_value).collect();
    let mut repairs = Vec::new();
    for (name, strategy, written) in [
        ("cheapest", Strategy::Cheapest, Written::AtThreshold),
        ("fillOrRemove", Strategy::FillOrRemove, Written::Values { foreground: 1.0, background: 0.0 }),
        ("bridgeOrCut", Strategy::BridgeOrCut, Written::AtThreshold),
    ] {
        let repair = topoloss::repair(map.view(), &prior, RepairOptions { mask, strategy, written })?;
        let fixed = (written != Written::AtThreshold).then_some(json!({ "foreground": 1, "background": 0 }));
        repairs.push(json!({
            "strategy": name,
            "written": fixed,
            "values": hex(repair.array.iter().flat_map(|value| value.to_le_bytes())),
            "edits": repair.edits.iter().map(edit_value).collect::<Vec<_>>(),
            "bettiBefore": repair.betti_before,
            "bettiAfter": repair.betti_after,
            "reached": repair.outcome == topoloss::Outcome::Reached,
            "changedPixels": repair.changed_pixels,
        }));
    }
    Ok(json!({
        "connectivity": format!("{connectivity:?}"),
        "prior": prior.to_string(),
        "features": features,
        "check": verdict_value(&topoloss::check(map.view(), &prior, mask)?),
        "compare": verdict_value(&topoloss::compare(map, other, mask)?),
        "repairs": repairs,
    }))
}

fn feature_value(feature: &MaskFeature) -> Value {
    json!({
        "dimension": feature.dimension,
        "pixels": indices(&feature.pixels),
        "centre": hex(feature.centre.iter().flat_map(|coordinate| coordinate.to_le_bytes())),
    })
}

fn verdict_value(verdict: &Verdict) -> Value {
    let defects = verdict.defects.iter().map(|defect| {
        json!({
            "dimension": defect.dimension,
            "kind": format!("{:?}", defect.kind).to_lowercase(),
            "feature": defect.feature.as_ref().map(feature_value),
        })
    });
    json!({
        "correct": verdict.is_correct(),
        "betti": verdict.betti,
        "reference": verdict.reference,
        "bettiError": verdict.betti_error,
        "defects": defects.collect::<Vec<_>>(),
    })
}

fn edit_value(edit: &Edit) -> Value {
    json!({
        "action": format!("{:?}", edit.action).to_lowercase(),
        "dimension": edit.dimension,
        "side": format!("{:?}", edit.side).to_lowercase(),
        "pixels": indices(&edit.pixels),
        "centre": hex(edit.centre.iter().flat_map(|coordinate| coordinate.to_le_bytes())),
    })
}

/// Files of one image and one volume in every format that is written, with what they decode to.
fn files() -> Result<Vec<Value>, Failure> {
    let mut random = Random(7);
    let mut array = |shape: &[usize]| ArrayD::from_shape_simple_fn(IxDyn(shape), || random.unit());
    let (image, volume) = (array(&[9, 14]), array(&[4, 5, 6]));
    let bytes = imaging::quantise8(image.view())?;
    let words = imaging::quantise16(image.view())?;
    let geometry = imaging::Geometry { spacing: vec![2.5, 0.5, 0.75], affine: None };
    let words_2d = words.view().into_dimensionality()?;
    let bytes_2d = bytes.view().into_dimensionality()?;
    let encoded = [
        (&image, json!({ "format": "png", "sampleType": "uint8" }), imaging::encode_png8(bytes_2d)?),
        (&image, json!({ "format": "png" }), imaging::encode_png16(words_2d)?),
        (
            &image,
            json!({ "format": "tiff", "sampleType": "uint16" }),
            imaging::encode_tiff(words.view().into())?,
        ),
        (&volume, json!({ "format": "tiff" }), imaging::encode_tiff(volume.view().into())?),
        (&volume, json!({ "format": "npy" }), imaging::encode_npy(volume.view().into())?),
        (
            &volume,
            json!({ "format": "nifti", "compression": "gzip", "geometry": { "spacing": geometry.spacing } }),
            imaging::encode_nifti(volume.view().into(), Some(&geometry), Compression::Gzip)?,
        ),
        (
            &volume,
            json!({ "format": "nifti", "compression": "none" }),
            imaging::encode_nifti(volume.view().into(), None, Compression::None)?,
        ),
    ];
    encoded.into_iter().map(|(array, options, file)| file_value(array, &options, &file)).collect()
}

fn file_value(array: &ArrayD<f32>, options: &Value, file: &[u8]) -> Result<Value, Failure> {
    let image = imaging::decode(file, &Limits::default())?.image;
    let normalised = |normalisation| -> Result<String, Failure> {
        let unit = imaging::normalise(&image, normalisation)?;
        Ok(hex(unit.iter().flat_map(|value| value.to_le_bytes())))
    };
    Ok(json!({
        "shape": array.shape(),
        "values": hex(array.iter().flat_map(|value| value.to_le_bytes())),
        "options": options,
        "file": hex(file.iter().copied()),
        "decodedShape": image.shape(),
        "sampleType": image.sample_type().to_string(),
        "samples": hex(image.data().iter().flat_map(|value| value.to_le_bytes())),
        "spacing": image.geometry().map(|geometry| geometry.spacing.clone()),
        "typeRange": normalised(Normalisation::TypeRange)?,
        "minmax": normalised(Normalisation::MinMax)?,
        "percentile": normalised(Normalisation::Percentile { low: 1.0, high: 99.0 })?,
    }))
}

/// Samples of all kinds, and what is done to images.
fn samples() -> Result<Vec<Value>, Failure> {
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
        "values": hex(image.iter().flat_map(|value| value.to_le_bytes())),
    })
}

fn options_value(options: Options) -> Value {
    json!({
        "connectivity": format!("{:?}", options.connectivity),
        "filtration": format!("{:?}", options.filtration).to_lowercase(),
    })
}

fn indices(pixels: &[u32]) -> String {
    hex(pixels.iter().flat_map(|pixel| pixel.to_le_bytes()))
}

fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}
