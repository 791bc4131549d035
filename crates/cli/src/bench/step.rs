//! `bettiscope bench step`: how much time a step of post-processing takes.

use std::time::Instant;

use burn::module::Module;
use burn::tensor::Device;
use clap::ValueEnum;
use learner::{PostProcess, PostProcessOptions, UNetConfig};
use ndarray::Array2;
use serde::Serialize;
use topoloss::{Evaluator, LossOptions, Prior};

use crate::console::Console;
use crate::device::DeviceArguments;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::report;

const EXAMPLES: &str = "\
Examples:
  bettiscope bench step
  bettiscope bench step --width 8 --size 28,80 --steps 100

JSON: [{backend, width, depth, size, parameters, least_ms, median_ms, topology_ms}]. A step is one update of the \
weights, the new map, its barcode and its loss (equation 5); topology_ms is the median of what barcode and loss take \
of it. Times are those of a clock on the wall. `npm run bench:step` prints the same of WebAssembly.";

/// Time steps of post-processing, by the width of the network and the size of the image
///
/// The image is a textured ring, the prior 1,1, the network has the weights that training begins with.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Channels of the first level of the network
    #[arg(long, value_delimiter = ',', value_name = "CHANNELS", default_values_t = [8, 16])]
    width: Vec<usize>,
    /// Rows and columns of the image
    #[arg(long, value_delimiter = ',', value_name = "PIXELS", default_values_t = [28, 80, 128],
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=4096))]
    size: Vec<usize>,
    /// How many steps are timed, after three that are not
    #[arg(long, value_name = "COUNT", default_value_t = 20,
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    steps: usize,
    #[command(flatten)]
    device: DeviceArguments,
    /// The form of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// A list with one object per width and size
    Json,
}

const WARM_UP: usize = 3;

#[derive(Serialize)]
struct Row {
    backend: &'static str,
    width: usize,
    depth: usize,
    size: usize,
    parameters: usize,
    least_ms: f64,
    median_ms: f64,
    topology_ms: f64,
}

pub(super) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let device = arguments.device.backend.open()?;
    let mut rows = Vec::new();
    for &width in &arguments.width {
        for &size in &arguments.size {
            console.note(format!("width {width}, {size} x {size}"));
            rows.push(arguments.row(width, size, &device)?);
        }
    }
    let report = match arguments.format {
        Format::Table => table(&rows).into_bytes(),
        Format::Json => report::json_in_lines(&rows)?,
    };
    console.print(&report)?;
    Ok(Ending::Right)
}

impl Arguments {
    fn row(&self, width: usize, size: usize, device: &Device) -> Result<Row, Failure> {
        let config = UNetConfig { width, ..UNetConfig::default() };
        let network = config.init(0, device)?;
        let prior = Prior::exactly(&[1, 1])?;
        let image = ring(size);
        let run = PostProcess::new(&network, image.view(), prior.clone(), PostProcessOptions::default());
        let mut run = pollster::block_on(run)?;
        let mut evaluator = Evaluator::new();
        let (mut steps, mut topology) = (Vec::new(), Vec::new());
        for number in 0..WARM_UP + self.steps {
            let start = Instant::now();
            let step = pollster::block_on(run.step())?;
            let time = start.elapsed();
            let start = Instant::now();
            evaluator
                .evaluate(step.probabilities.view(), &prior, LossOptions::default())
                .map_err(learner::Error::from)?;
            if number >= WARM_UP {
                steps.push(time.as_secs_f64() * 1e3);
                topology.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
        steps.sort_by(f64::total_cmp);
        topology.sort_by(f64::total_cmp);
        Ok(Row {
            backend: self.device.backend.name(),
            width,
            depth: config.depth,
            size,
            parameters: network.num_params(),
            least_ms: steps[0],
            median_ms: steps[steps.len() / 2],
            topology_ms: topology[topology.len() / 2],
        })
    }
}

fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| backend | width | image | parameters | least ms | median ms | topology |\n|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for Row { backend, width, size, parameters, least_ms, median_ms, topology_ms, .. } in rows {
        let share = 100.0 * topology_ms / median_ms;
        table += &format!(
            "| {backend} | {width} | {size} x {size} | {parameters} | {least_ms:.1} | {median_ms:.1} | {share:.1} % |\n"
        );
    }
    table
}

/// A ring on a texture without two equal pixels side by side.
fn ring(size: usize) -> Array2<f32> {
    let middle = (size as f32 - 1.0) / 2.0;
    Array2::from_shape_fn((size, size), |(row, column)| {
        let radius = (row as f32 - middle).hypot(column as f32 - middle) / size as f32;
        let texture = ((row * 31 + column * 17) % 29) as f32 / 29.0;
        0.3 * texture + if (0.2..0.35).contains(&radius) { 0.7 } else { 0.0 }
    })
}
