//! `bettiscope bench step`: how much time a step of post-processing takes, or one of training.

use std::time::Instant;

use burn::module::Module;
use burn::tensor::Device;
use clap::ValueEnum;
use learner::{
    Loss, Pair, PostProcess, PostProcessOptions, SemiData, SemiOptions, SemiTrainer, Trainer,
    TrainingOptions, UNet, UNetConfig, UnlabelledImage,
};
use ndarray::Array2;
use serde::Serialize;
use topoloss::{ClassPriors, Evaluator, LossOptions, PerArray, Prior};

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

JSON: [{backend, width, depth, size, batch, unlabelled, parameters, least_ms, median_ms, topology_ms}]. A step is one update of the \
weights, the new map, its barcode and its loss (equation 5), and batch is null; topology_ms is the median of what barcode \
and loss take of it. With --batch a step is one update by the soft Dice of so many images; then, with as many unlabelled, a pair of updates as \
equation 6 has them: one by their topological losses, one by soft Dice. topology_ms is null. Times are those of a clock on the wall; RAYON_NUM_THREADS says on how many cores. `npm run bench:step` prints the same of \
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
    /// How many images without labels an update before it was by, as in equation 6.
    unlabelled: Option<usize>,
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
            rows.extend(arguments.rows(width, size, &device)?);
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
    fn rows(&self, width: usize, size: usize, device: &Device) -> Result<Vec<Row>, Failure> {
        let config = UNetConfig { width, ..UNetConfig::default() };
        let network = config.init(0, device)?;
        let row = |mut steps: Vec<f64>, mut topology: Vec<f64>, unlabelled| {
            steps.sort_by(f64::total_cmp);
            topology.sort_by(f64::total_cmp);
            Row {
                backend: self.device.backend.name(),
                width,
                depth: config.depth,
                size,
                batch: self.batch,
                unlabelled,
                parameters: network.num_params(),
                least_ms: steps[0],
                median_ms: steps[steps.len() / 2],
                topology_ms: topology.get(topology.len() / 2).copied(),
            }
        };
        match self.batch {
            Some(batch) => {
                let [steps, pairs] = self.training(&network, size, batch)?;
                Ok(vec![row(steps, Vec::new(), None), row(pairs, Vec::new(), Some(batch))])
            }
            None => {
                let (steps, topology) = self.post_processing(&network, size)?;
                Ok(vec![row(steps, topology, None)])
            }
        }
    }

    /// How long each update by a batch takes, and each pair of updates of equation 6, in milliseconds. They take turns, so
    /// that both meet the machine in the same state.
    fn training(&self, network: &UNet, size: usize, batch: usize) -> Result<[Vec<f64>; 2], Failure> {
        let image = ring(size);
        let target = image.mapv(|value| f32::from(value >= 0.5));
        let priors = ClassPriors::from(Prior::exactly(&[1, 1])?);
        let unlabelled = vec![UnlabelledImage { image: image.clone(), priors: priors.clone() }; batch];
        let labelled = vec![Pair { image, target }; batch];
        let training =
            TrainingOptions { loss: Loss::SoftDice, batch_size: batch, ..TrainingOptions::default() };
        let mut trainer = Trainer::new(network, training)?;
        let options = SemiOptions { training, batch_size: batch, ..SemiOptions::default() };
        let mut semi = SemiTrainer::new(network, options)?;
        let validation_priors = PerArray::Same(&priors);
        let data =
            SemiData { labelled: &labelled, unlabelled: &unlabelled, validation: &[], validation_priors };
        let mut times = [Vec::new(), Vec::new()];
        for number in 0..WARM_UP + self.steps {
            let start = Instant::now();
            pollster::block_on(trainer.step(&labelled, &[]))?;
            let step = start.elapsed();
            let start = Instant::now();
            pollster::block_on(semi.step(&data))?;
            let pair = start.elapsed();
            if number >= WARM_UP {
                for (times, time) in times.iter_mut().zip([step, pair]) {
                    times.push(time.as_secs_f64() * 1e3);
                }
            }
        }
        Ok(times)
    }

    /// How long each step takes, and how long barcode and loss of it, in milliseconds.
    fn post_processing(&self, network: &UNet, size: usize) -> Result<(Vec<f64>, Vec<f64>), Failure> {
        let prior = Prior::exactly(&[1, 1])?;
        let image = ring(size);
        let run =
            PostProcess::new(network, image.view(), prior.clone().into(), PostProcessOptions::default());
        let mut run = pollster::block_on(run)?;
        let mut evaluator = Evaluator::new();
        let (mut steps, mut topology) = (Vec::new(), Vec::new());
        for number in 0..WARM_UP + self.steps {
            let start = Instant::now();
            let step = pollster::block_on(run.step())?;
            let time = start.elapsed();
            let start = Instant::now();
            evaluator
                .evaluate(step.entries[0].probabilities.view(), &prior, LossOptions::default())
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
    for Row {
        backend, width, size, batch, unlabelled, parameters, least_ms, median_ms, topology_ms, ..
    } in rows
    {
        let images = match (batch, unlabelled) {
            (Some(batch), Some(unlabelled)) => format!("{batch} labelled, {unlabelled} not, of "),
            (Some(batch), None) => format!("{batch} of "),
            _ => String::new(),
        };
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
