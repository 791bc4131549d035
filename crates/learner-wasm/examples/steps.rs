//! Prints networks, images and the steps of their post-processing natively, as JSON: the built modules must give the
//! same to 1e-3, on whatever device.
//!
//! Arrays of numbers are written as the hexadecimal digits of their bytes, little-endian.

use burn::tensor::Device;
use learner::{PostProcess, PostProcessOptions, Step, StepEntry, Target, UNetConfig};
use ndarray::{Array2, ArrayView, Dimension};
use persistence::Connectivity;
use pollster::block_on;
use serde_json::{Value, json};
use topoloss::ClassPriors;

type Failure = Box<dyn std::error::Error>;

const STEPS: usize = 6;
const HEART: &str = "1:1,0; 2:1,1; 1+2:1,0";

fn main() -> Result<(), Failure> {
    let small = UNetConfig { width: 4, depth: 2, ..UNetConfig::default() };
    let wide = UNetConfig { width: 16, depth: 2, ..UNetConfig::default() };
    let weights = PostProcessOptions { lambda: 0.2, learning_rate: 1e-3, ..PostProcessOptions::default() };
    let other = PostProcessOptions { connectivity: Connectivity::V, ..weights };
    let pixels = PostProcessOptions { target: Target::Pixels, learning_rate: 0.1, ..weights };
    let cases = [
        case("digit", small, [28, 28], "1,1", weights)?,
        case("odd sizes", small, [17, 22], "1,0-2", other)?,
        // Its steps are small ones, or it would be far from where another order of additions leads.
        case(
            "the network of figure 3",
            wide,
            [28, 28],
            "1,1",
            PostProcessOptions { learning_rate: 2e-5, ..weights },
        )?,
        case("pixels", small, [15, 20], "1,1", pixels)?,
        case("classes", UNetConfig { classes: 3, ..small }, [20, 18], HEART, weights)?,
        case("pixels of classes", UNetConfig { classes: 3, ..small }, [15, 20], HEART, pixels)?,
    ];
    println!("{}", json!(cases));
    Ok(())
}

fn case(
    name: &str,
    network: UNetConfig,
    shape: [usize; 2],
    prior: &str,
    options: PostProcessOptions,
) -> Result<Value, Failure> {
    let network = network.init(3, &Device::flex())?;
    let image = broken_ring(shape);
    let prior: ClassPriors = prior.parse()?;
    let map = block_on(network.segment_classes(image.view()))?;
    let mut run = block_on(PostProcess::new(&network, image.view(), prior.clone(), options))?;
    let steps = (0..STEPS).map(|_| Ok(step(&block_on(run.step())?))).collect::<Result<Vec<_>, Failure>>()?;
    Ok(json!({
        "name": name,
        "model": hex(&block_on(network.to_bytes())?),
        "width": network.config().width,
        "depth": network.config().depth,
        "parameters": burn::module::Module::num_params(&network),
        "shape": shape,
        "classes": network.config().classes,
        "image": floats(image.view()),
        "prior": prior.to_string(),
        "options": {
            "lambda": options.lambda,
            "learningRate": options.learning_rate,
            "target": if options.target == Target::Weights { "weights" } else { "pixels" },
            "connectivity": if options.connectivity == Connectivity::T { "T" } else { "V" },
        },
        "map": floats(map.view()),
        "steps": steps,
    }))
}

fn step(step: &Step) -> Value {
    json!({
        "number": step.number,
        "similarity": step.similarity,
        "total": step.total,
        "probabilities": floats(step.probabilities.view()),
        "entries": step.entries.iter().map(entry).collect::<Vec<_>>(),
        "priorHolds": step.prior_holds,
    })
}

fn entry(entry: &StepEntry) -> Value {
    let bars = entry.terms.iter().map(|term| json!([term.bar.dimension, term.bar.birth, term.bar.death]));
    json!({
        "probabilities": floats(entry.probabilities.view()),
        "topological": entry.topological,
        "bars": bars.collect::<Vec<_>>(),
        "betti": entry.betti,
        "priorHolds": entry.prior_holds,
    })
}

/// A ring with a gap on a texture in which all pixels differ.
fn broken_ring([rows, columns]: [usize; 2]) -> Array2<f32> {
    let centre = [(rows as f32 - 1.0) / 2.0, (columns as f32 - 1.0) / 2.0];
    let size = rows.min(columns) as f32;
    Array2::from_shape_fn([rows, columns], |(row, column)| {
        let radius = (row as f32 - centre[0]).hypot(column as f32 - centre[1]) / size;
        let texture = ((row * 31 + column * 17) % 101) as f32 / 300.0;
        let is_ring = (0.2..0.38).contains(&radius) && (column as f32) < 0.65 * columns as f32;
        if is_ring { 1.0 - texture } else { texture }
    })
}

fn floats<D: Dimension>(array: ArrayView<f32, D>) -> String {
    hex(&array.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
