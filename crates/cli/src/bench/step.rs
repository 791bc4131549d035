//! `bettiscope bench step`: how much time a step of post-processing takes, or one of training.

use std::time::Instant;

use burn::module::Module;
use burn::tensor::Device;
use clap::ValueEnum;
use learner::{Loss, Pair, PostProcess, PostProcessOptions, Trainer, TrainingOptions, UNet, UNetConfig};
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
  RAYON_NUM_THREADS=1 bettiscope bench step --width 8 --size 80 --batch 10

JSON: [{backend, width, depth, size, batch, parameters, least_ms, median_ms, topology_ms}]. A step is one update of the \
weights, the new map, its barcode and its loss (equation 5), and batch is null; topology_ms is the median of what barcode \
and loss take of it. With --batch a step is one update by the soft Dice of so many images, and topology_ms is null. Times \
are those of a clock on the wall; RAYON_NUM_THREADS says on how many cores. `npm run bench:step` prints the same of \
WebAssembly.";

/// Time steps of post-processing, or of training, by the width of the network and the size of the image
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
    /// Time steps of training with batches of so many images instead
    #[arg(long, value_name = "IMAGES",
        value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=4096))]
    batch: Option<usize>,
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
    batch: Option<usize>,
    parameters: usize,
    least_ms: f64,
    median_ms: f64,
    topology_ms: Option<f64>,
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
        let (mut steps, mut topology) = match self.batch {
            Some(batch) => (self.training(&network, size, batch)?, Vec::new()),
            None => self.post_processing(&network, size)?,
        };
        steps.sort_by(f64::total_cmp);
        topology.sort_by(f64::total_cmp);
        Ok(Row {
            backend: self.device.backend.name(),
            width,
            depth: config.depth,
            size,
            batch: self.batch,
            parameters: network.num_params(),
            least_ms: steps[0],
            median_ms: steps[steps.len() / 2],
            topology_ms: topology.get(topology.len() / 2).copied(),
        })
    }

    /// How long each update by a batch takes, in milliseconds.
    fn training(&self, network: &UNet, size: usize, batch: usize) -> Result<Vec<f64>, Failure> {
        let image = ring(size);
        let target = image.mapv(|value| f32::from(value >= 0.5));
        let pairs: Vec<Pair> =
            (0..batch).map(|_| Pair { image: image.clone(), target: target.clone() }).collect();
        let options =
            TrainingOptions { loss: Loss::SoftDice, batch_size: batch, ..TrainingOptions::default() };
        let mut trainer = Trainer::new(network, options)?;
        let mut steps = Vec::new();
        for number in 0..WARM_UP + self.steps {
            let start = Instant::now();
            pollster::block_on(trainer.step(&pairs[..], &[]))?;
            if number >= WARM_UP {
                steps.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
        Ok(steps)
    }

    /// How long each step takes, and how long barcode and loss of it, in milliseconds.
    fn post_processing(&self, network: &UNet, size: usize) -> Result<(Vec<f64>, Vec<f64>), Failure> {
        let prior = Prior::exactly(&[1, 1])?;
        let image = ring(size);
        let run = PostProcess::new(network, image.view(), prior.clone(), PostProcessOptions::default());
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
        Ok((steps, topology))
    }
}

fn table(rows: &[Row]) -> String {
    let mut table = String::from(
        "| backend | width | images | parameters | least ms | median ms | topology |\n|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for Row { backend, width, size, batch, parameters, least_ms, median_ms, topology_ms, .. } in rows {
        let images = batch.map_or_else(String::new, |batch| format!("{batch} of "));
        let share =
            topology_ms.map_or_else(|| "-".to_owned(), |ms| format!("{:.1} %", 100.0 * ms / median_ms));
        table += &format!(
            "| {backend} | {width} | {images}{size} x {size} | {parameters} | {least_ms:.1} | {median_ms:.1} | {share} |\n"
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
