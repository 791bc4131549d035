//! Whether the device computes what the CPU computes: there are GPUs and drivers that give wrong numbers.
//!
//! What the CPU computes is kept in `self_test.maps`, so that the build for WebGPU needs no second backend: the two maps
//! of `maps`, one after the other, as little-endian float32.

use burn::tensor::Device;
use learner::{PostProcess, PostProcessOptions, UNetConfig};
use ndarray::{Array2, Array3};
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

const OF_CPU: &[u8] = include_bytes!("self_test.maps");

/// Runs two fixed steps, with an update between them, on the device.
pub(crate) async fn run(device: &Device) -> Result<SelfTest, Failure> {
    Ok(compared(maps(device).await?))
}

fn compared(given: [Array3<f32>; 2]) -> SelfTest {
    let expected = OF_CPU.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes));
    let differences = given.iter().flatten().zip(expected);
    let largest_difference = differences.map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
    let is_number = given.iter().flatten().all(|value| value.is_finite());
    SelfTest { agrees: is_number && largest_difference <= TOLERANCE, largest_difference }
}

async fn maps(device: &Device) -> Result<[Array3<f32>; 2], Failure> {
    let network =
        UNetConfig { width: 8, depth: 2, ..UNetConfig::default() }.init(1, device).map_err(failure)?;
    // A broken ring, of a size that has to be padded.
    let image = Array2::from_shape_fn((18, 21), |(row, column)| {
        let radius = (row as f32 - 8.5).hypot(column as f32 - 10.0);
        let texture = ((row * 31 + column * 17) % 29) as f32 / 58.0;
        if (4.0..7.0).contains(&radius) && column < 14 { 1.0 - texture } else { texture }
    });
    let options = PostProcessOptions { learning_rate: LEARNING_RATE, ..PostProcessOptions::default() };
    let prior = topoloss::Prior::exactly(&[1, 1])?.into();
    let mut run = PostProcess::new(&network, image.view(), prior, options).await.map_err(failure)?;
    let before = run.step().await.map_err(failure)?.probabilities;
    Ok([before, run.step().await.map_err(failure)?.probabilities])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `BETTISCOPE_WRITE=1 cargo test` writes the maps anew: needed when the network or the steps are others.
    #[test]
    fn the_maps_that_are_kept_are_those_of_the_cpu() {
        let device = Device::flex();
        if std::env::var_os("BETTISCOPE_WRITE").is_some() {
            let maps = pollster::block_on(maps(&device)).unwrap();
            let bytes = maps.iter().flatten().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/self_test.maps"), bytes).unwrap();
        }
        let maps = pollster::block_on(maps(&device)).unwrap();
        assert_eq!(OF_CPU.len(), 4 * maps.iter().map(Array3::len).sum::<usize>());
        let moved = (&maps[1] - &maps[0]).iter().fold(0.0_f32, |most, value| most.max(value.abs()));
        assert!(f64::from(moved) > 10.0 * TOLERANCE, "a step that does not move shows nothing: {moved}");
        let test = pollster::block_on(run(&device)).unwrap();
        assert!(test.largest_difference < 1e-5, "{test:?}");
    }

    #[test]
    fn wrong_numbers_are_noticed() {
        let maps = pollster::block_on(maps(&Device::flex())).unwrap();
        let test = compared([maps[0].clone(), maps[0].clone()]);
        assert!(!test.agrees && test.largest_difference > TOLERANCE, "{test:?}");
        let test = compared([maps[0].clone(), maps[1].mapv(|_| f32::NAN)]);
        assert!(!test.agrees, "{test:?}");
    }
}
