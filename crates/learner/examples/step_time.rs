//! How long a step of post-processing takes on the CPU, by the width of the network and the size of the image:
//! `cargo run --release -p learner --example step_time`.

use std::time::Instant;

use burn::tensor::Device;
use learner::{PostProcess, PostProcessOptions, UNetConfig};
use ndarray::Array2;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("width  size  parameters  ms per step: median  least  (of 20)");
    for width in [8, 16] {
        for size in [28, 80, 128] {
            let network = UNetConfig { width, depth: 2 }.init(0, &Device::flex())?;
            let middle = (size as f32 - 1.0) / 2.0;
            let image = Array2::from_shape_fn((size, size), |(row, column)| {
                let radius = (row as f32 - middle).hypot(column as f32 - middle) / size as f32;
                let texture = ((row * 31 + column * 17) % 29) as f32 / 29.0;
                0.3 * texture + if (0.2..0.35).contains(&radius) { 0.7 } else { 0.0 }
            });
            let mut times = pollster::block_on(async {
                let mut run =
                    PostProcess::new(&network, image.view(), "1,1".parse()?, PostProcessOptions::default())
                        .await?;
                let mut times = Vec::new();
                for _ in 0..22 {
                    let start = Instant::now();
                    run.step().await?;
                    times.push(start.elapsed().as_secs_f64() * 1e3);
                }
                Ok::<_, Box<dyn std::error::Error>>(times.split_off(2))
            })?;
            times.sort_by(f64::total_cmp);
            let parameters = burn::module::Module::num_params(&network);
            println!("{width:5} {size:5} {parameters:11} {:20.1} {:6.1}", times[times.len() / 2], times[0]);
        }
    }
    Ok(())
}
