//! `bettiscope postprocess`: one image under a topological prior, equation 5.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use imaging::{Intensities, Scale, Scaled};
use learner::{PostProcess, PostProcessOptions, Step, StopRules, Target};
use ndarray::{Array2, Ix2};
use topoloss::{ClassPrior, ClassPriors};

use crate::arguments::{ConnectivityArguments, MapArguments};
use crate::console::Console;
use crate::crop::{Crop, CropError, Part};
use crate::device::DeviceArguments;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::history::{About, History};
use crate::input::{Input, tell};
use crate::interrupt;
use crate::network::Network;
use crate::results::{Results, STEPS};

const EXAMPLES: &str = "\
Examples:
  bettiscope postprocess digit.png --model digits --betti 1,1 -o out
  bettiscope postprocess heart.png --model heart --betti 1,1 --crop 60,50,144 -o out
  bettiscope postprocess scan.nii.gz --index 30 --model mine.bpk --betti 1,1 --steps 200 --stop prior:20 -o out
  bettiscope postprocess map.npy --betti 1,1 -o out

With a model, what is optimised are the weights of a copy of it, as in the paper, or with --target pixels the pixels of \
the map that it predicts. Without a model FILE is a probability map or a mask itself, and its pixels are optimised.

Written into the folder: before.npy and after.npy, the maps at the size of the model, as float32; before.png and \
after.png, the same in 16 bit; steps.json; barcode-before and barcode-after as .svg and .png. Of a network of several \
classes .npy has the maps of all, [classes, rows, columns], .png the number of the class with the greatest probability, and \
there is a barcode for each set of classes that has a prior, as in barcode-after-1+2.svg.

JSON: steps.json is {file, model, shape, part: [x, y, columns, rows], prior, weights: [per dimension], connectivity, \
target, lambda, learning_rate, ended: updates, prior-holds, total-below or interrupted, steps: [{number, similarity, \
topological: [per dimension], total, betti, prior_holds, bars: [{dimension, birth, death, birth_index, death_index, \
role, value}]}]}; of a network of several classes each step has instead of topological, betti and bars \
entries: [{set, prior_holds, topological, betti, bars}], one for each set.

Ctrl-C ends after the present step and writes what there is.

Exit codes: 0 the prior holds in the end, 1 it does not (all is written), 2 something could not be done, 130 ended by \
Ctrl-C.";

/// Change the map of one image until it has the topology of a prior
///
/// Equation 5 of Clough et al. 2020: Adam makes (1/V) sum (S - S0)^2 + lambda L_topo(S) small, where S is the map and
/// S0 that of the model as it was. The model itself is not changed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The image; without --model a probability map or a mask
    file: PathBuf,
    /// The network: the name of one that the program brings along (digits, heart, heart-classes, shapes), or a .bpk file
    ///
    /// A file NAME.json beside NAME.bpk is its record: how its images are prepared, as they were in training, and the
    /// defaults of the options below.
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<PathBuf>,
    /// How many components and holes there should be: 1 (exactly one), 0-2 (none to two) or * (any)
    ///
    /// 1,1 is a ring. Without this option the prior of the model, if it has one.
    /// A network of several classes takes a list for sets of classes, by number or name, with 0 for the background: as
    /// in "1:1,0; 2:1,1; 1+2:1,0".
    #[arg(long, value_name = "COUNTS")]
    betti: Option<String>,
    /// How much each dimension counts in equation 4, one number per dimension; without this option 1
    ///
    /// In a list of priors they are those of every set.
    #[arg(long, value_name = "WEIGHTS", value_delimiter = ',', allow_negative_numbers = true)]
    weights: Vec<f64>,
    /// The square that is taken: first column, first row, side; without this option the centre square
    ///
    /// It is resampled to the size of the model. Without a model all of the map is taken, and nothing is resampled.
    #[arg(long, value_name = "X,Y,SIZE")]
    crop: Option<Crop>,
    /// What is optimised; without this option the weights where there is a model, and else the pixels
    #[arg(long)]
    target: Option<TargetName>,
    /// The weight of the topological loss; without this option that of the model, or 0.02
    #[arg(long, value_name = "WEIGHT", allow_negative_numbers = true)]
    lambda: Option<f64>,
    /// The learning rate of Adam; without this option that of the model, or 1e-4 for weights and 0.1 for pixels
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    rate: Option<f64>,
    /// After how many updates to end; without this option those of the model, or 100
    #[arg(long, value_name = "COUNT")]
    steps: Option<usize>,
    /// End sooner: prior:K when the prior has held for K steps, total:T when equation 5 is below T; may be repeated
    ///
    /// Without this option the rule of the model, if it has one; never makes all steps though it has.
    #[arg(long, value_name = "RULE")]
    stop: Vec<Sooner>,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// The folder that the results are written to; it is made if it is not there
    ///
    /// Results of an earlier run in it are replaced. Other files of their names are not, without --force.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Write over files of DIR that are not from an earlier run
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    map: MapArguments,
    #[command(flatten)]
    device: DeviceArguments,
}

/// Why nothing can be post-processed.
#[derive(Debug, thiserror::Error)]
enum PostprocessError {
    #[error(
        "--target weights optimises the weights of a network, and there is none: name one with --model, or optimise \
         the map itself with --target pixels"
    )]
    NoNetwork,
    #[error(
        "no prior is given: --betti says how many components and holes there should be, as in --betti 1,1"
    )]
    NoPrior,
    #[error(
        "the prior {prior} does not say of which of the {classes} classes of the model it is; each has its own, and unions of \
         them may, as in {of}:{prior}"
    )]
    NoSet { prior: String, classes: usize, of: String },
    #[error(
        "the image has {rows} x {columns} pixels and the model no size of its own; at most {most} are optimised: \
         --crop takes a part"
    )]
    TooManyPixels { rows: usize, columns: usize, most: usize },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TargetName {
    /// The weights of a copy of the network, as in the paper
    Weights,
    /// The pixels of the map, each on its own
    Pixels,
}

/// A rule that ends before all updates are made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sooner {
    Prior(usize),
    Total(f64),
    Never,
}

impl FromStr for Sooner {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "never" {
            return Ok(Self::Never);
        }
        let rule = text.split_once(':').and_then(|(rule, number)| match rule {
            "prior" => number.parse().ok().filter(|&steps| steps > 0).map(Self::Prior),
            "total" => number.parse().ok().filter(|total| *total > 0.0).map(Self::Total),
            _ => None,
        });
        rule.ok_or(
            "accepted are prior:K with a whole number of steps from 1, total:T with a number above 0, and never",
        )
    }
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let device = arguments.device.backend.open()?;
    let network = arguments.model.as_deref().map(|name| Network::open(name, &device)).transpose()?;
    let options = arguments.options(network.as_ref())?;
    let priors = arguments.priors(network.as_ref())?;
    let inputs = [Some(arguments.file.clone()), arguments.model.clone()].into_iter().flatten();
    let classes = network.as_ref().map_or(1, |network| network.network.config().classes);
    let results =
        Results::new(&arguments.output, inputs.collect(), &priors, classes)?.forced(arguments.force);

    let input = Input::open(&arguments.file, &arguments.map.input, Some(2), console)?;
    let (part, scale) = arguments.part(&input, network.as_ref(), console)?;
    if let Some(about) = &part.about {
        console.note(format!("{}: {about}", crate::name::shown(&arguments.file)));
    }
    let process = match &network {
        Some(network) => {
            let run = PostProcess::new(&network.network, part.image.view(), priors.clone(), options);
            pollster::block_on(run)
        }
        None => PostProcess::of_map(part.image.view(), priors.clone(), options, &device),
    };
    let process = process.in_file(&arguments.file)?;
    results.make_folder()?;
    interrupt::watch()?;
    let (history, time) = watched(process, &priors, options, console).in_file(&arguments.file)?;

    let about = About {
        file: &arguments.file,
        model: network.as_ref(),
        scale,
        part: &part,
        priors: &priors,
        options,
        time,
        folder: &arguments.output,
    };
    // The first file: it tells the next run whose folder this is.
    results.write_file(STEPS, &about.json(&history)?)?;
    results.write(&history, &priors, options)?;
    console.print(about.table(&history).as_bytes())?;
    Ok(match () {
        () if history.is_interrupted() => Ending::Interrupted,
        () if history.last.prior_holds => Ending::Right,
        () => Ending::Wrong,
    })
}

/// All steps until a rule or the user ends it, and the time that they took.
fn watched(
    mut process: PostProcess,
    priors: &ClassPriors,
    options: PostProcessOptions,
    console: Console,
) -> Result<(History, Duration), learner::Error> {
    let progress = console.progress(options.stop.updates, "steps");
    let mut history = None;
    let start = Instant::now();
    let run = process.run(|step: &Step| {
        History::push(&mut history, step, priors);
        progress.set_position(step.number as u64);
        let betti = step.entries.iter().map(|entry| crate::words::list(&entry.betti)).collect::<Vec<_>>();
        progress.set_message(format!(", total {:.5}, Betti numbers {}", step.total, betti.join("; ")));
        if interrupt::is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    let last = pollster::block_on(run);
    progress.finish_and_clear();
    let last = last?;
    Ok((history.unwrap_or_else(|| History::of(&last, priors)), start.elapsed()))
}

impl Arguments {
    /// What the classes should look like.
    fn priors(&self, network: Option<&Network>) -> Result<ClassPriors, Failure> {
        let record = network.map(|network| &network.record);
        let names = record.map_or(&[] as &[String], |record| &record.classes);
        let of_record = || record.and_then(|record| record.prior.as_deref());
        let text = self.betti.as_deref().or_else(of_record).ok_or(PostprocessError::NoPrior)?;
        let priors = ClassPriors::parse(text, names)?;
        let classes = network.map_or(1, |network| network.network.config().classes);
        if classes > 1 && !text.contains(':') {
            let of = names.get(1).map_or("1", String::as_str);
            return Err(PostprocessError::NoSet { prior: text.to_owned(), classes, of: of.to_owned() }.into());
        }
        if self.weights.is_empty() {
            return Ok(priors);
        }
        let weighted = |entry: &ClassPrior| {
            let prior = entry.prior().clone().with_weights(&self.weights)?;
            Ok(ClassPrior::new(entry.classes(), prior)?)
        };
        let entries = priors.entries().iter().map(weighted).collect::<Result<Vec<ClassPrior>, Failure>>()?;
        Ok(ClassPriors::new(entries)?)
    }

    /// The largest number of pixels that a network is optimised for: as many need about 4 GB.
    const MOST_PIXELS: usize = 1 << 19;

    fn options(&self, network: Option<&Network>) -> Result<PostProcessOptions, Failure> {
        let target = match (self.target, network) {
            (Some(TargetName::Pixels), _) | (None, None) => Target::Pixels,
            (None, Some(_)) | (Some(TargetName::Weights), Some(_)) => Target::Weights,
            (Some(TargetName::Weights), None) => return Err(PostprocessError::NoNetwork.into()),
        };
        let default = match target {
            Target::Weights => PostProcessOptions::default(),
            Target::Pixels => PostProcessOptions::pixels(),
        };
        let record = network.map(|network| &network.record);
        // The rate and the number of steps of a record are those for its weights.
        let of_weights = record.filter(|_| target == Target::Weights);
        let mut stop = StopRules {
            updates: self
                .steps
                .or(of_weights.and_then(|record| record.steps))
                .unwrap_or(default.stop.updates),
            ..StopRules::default()
        };
        if self.stop.is_empty() {
            stop.prior_holds_for = of_weights.and_then(|record| record.until_prior_holds);
        }
        for sooner in &self.stop {
            match *sooner {
                Sooner::Prior(steps) => stop.prior_holds_for = Some(steps),
                Sooner::Total(total) => stop.total_below = Some(total),
                Sooner::Never => {}
            }
        }
        Ok(PostProcessOptions {
            lambda: self.lambda.or(record.and_then(|record| record.lambda)).unwrap_or(default.lambda),
            learning_rate: self
                .rate
                .or(of_weights.and_then(|record| record.learning_rate))
                .unwrap_or(default.learning_rate),
            target,
            connectivity: self.connectivity.connectivity,
            stop,
        })
    }

    /// What the network sees, or the map.
    fn part(
        &self,
        input: &Intensities<'_>,
        network: Option<&Network>,
        console: Console,
    ) -> Result<(Part, Scale), Failure> {
        let Some(network) = network else {
            let Scaled { values, scale, remarks, .. } = input.map(&self.map.options()).in_file(&self.file)?;
            tell(&self.file, &remarks, console);
            let shape = values.shape().to_vec();
            let map: Array2<f32> = values
                .into_dimensionality::<Ix2>()
                .map_err(|_| CropError::VolumeForImage { shape })
                .in_file(&self.file)?;
            return Ok((Part::of_map(map.view(), self.crop).in_file(&self.file)?, scale));
        };
        let (part, scale) = Part::prepared(input, self.crop, &network.record.preparation(self.map.scaling()))
            .in_file(&self.file)?;
        let (rows, columns) = part.image.dim();
        if rows * columns > Self::MOST_PIXELS {
            return Err(PostprocessError::TooManyPixels { rows, columns, most: Self::MOST_PIXELS })
                .in_file(&self.file);
        }
        Ok((part, scale))
    }
}
