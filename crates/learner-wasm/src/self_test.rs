//! Whether the device computes what the CPU computes: there are GPUs and drivers that give wrong numbers.

use burn::tensor::Device;
use learner::{PostProcess, PostProcessOptions, UNetConfig};
use ndarray::Array2;
use serde::Serialize;
use topology_wasm::failure::Failure;
use tsify::Tsify;

use crate::failure::failure;

/// What the self-test found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct SelfTest {
    /// Whether all probabilities differ by at most 1e-3.
    pub agrees: bool,
    /// The largest difference of two probabilities.
    pub largest_difference: f64,
}

const TOLERANCE: f64 = 1e-3;
/// So large that one step moves the probabilities far more than the tolerance.
const LEARNING_RATE: f64 = 0.01;

/// Runs two fixed steps, with an update between them, on the device and on the CPU.
pub(crate) async fn run(device: &Device) -> Result<SelfTest, Failure> {
    let (given, expected) = (maps(device).await?, maps(&Device::flex()).await?);
    let differences = given.iter().flatten().zip(expected.iter().flatten());
    let largest_difference = differences.map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
    let is_number = given.iter().flatten().all(|value| value.is_finite());
    Ok(SelfTest { agrees: is_number && largest_difference <= TOLERANCE, largest_difference })
}

async fn maps(device: &Device) -> Result<[Array2<f32>; 2], Failure> {
    let network = UNetConfig { width: 8, depth: 2 }.init(1, device).map_err(failure)?;
    // A broken ring, of a size that has to be padded.
    let image = Array2::from_shape_fn((18, 21), |(row, column)| {
        let radius = (row as f32 - 8.5).hypot(column as f32 - 10.0);
        let texture = ((row * 31 + column * 17) % 29) as f32 / 58.0;
        if (4.0..7.0).contains(&radius) && column < 14 { 1.0 - texture } else { texture }
    });
    let options = PostProcessOptions { learning_rate: LEARNING_RATE, ..PostProcessOptions::default() };
    let prior = topoloss::Prior::exactly(&[1, 1])?;
    let mut run = PostProcess::new(&network, image.view(), prior, options).await.map_err(failure)?;
    let before = run.step().await.map_err(failure)?.probabilities;
    Ok([before, run.step().await.map_err(failure)?.probabilities])
}
