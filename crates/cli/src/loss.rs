//! `bettiscope loss`: the topological loss of a probability map, its terms, and its gradient.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use imaging::{Beyond, Samples, Scale};
use ndarray::{ArrayD, IxDyn};
use serde::Serialize;
use topoloss::{Loss, LossOptions, OutOfRange, Pooling, PoolingKind, Prior, loss};

use crate::arguments::{ConnectivityArguments, MapArguments, OutputArguments, PriorArguments};
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::input::{self, Input};
use crate::term::{JsonTerm, role};
use crate::writer::{WriteError, Writer, is_same_file};
use crate::{name, output, report, words};

const EXAMPLES: &str = "\
Examples:
  bettiscope loss map.png --betti 1,1
  bettiscope loss map.npy --betti 1,0-2 --weights 1,0.5 --format json
  bettiscope loss map.npy --betti 1,1 --gradient gradient.npy
  bettiscope loss volume.nii.gz --betti 1,0,* --pool 2

JSON: {file, shape, connectivity, prior, values, pool, total, dimensions: [{dimension, weight, value, missing}], \
bars: [{dimension, birth, death, birth_index, death_index, role, value}]}. The role of a bar is wanted (it should have \
length 1), free (it is in neither sum) or unwanted (it should have length 0). With --pool the indices are those of the \
coarser copy, whose shape is bar_shape.";

/// The topological loss of a probability map
///
/// Equations 3 and 4 of Clough et al. 2020: the bars that the prior asks for should have length 1, and all others
/// length 0. Each dimension adds the sum of (1 - length)^2 over the wanted bars, the longest, and of length^2 over
/// the unwanted ones, times its weight.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The probability map, in [0, 1]
    file: PathBuf,
    #[command(flatten)]
    prior: PriorArguments,
    /// How much each dimension counts, one number per dimension; without this option 1
    #[arg(long, value_name = "WEIGHTS", value_delimiter = ',', allow_negative_numbers = true)]
    weights: Vec<f64>,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// Compute the loss of a copy that is coarser by this factor along every axis
    #[arg(long, value_name = "FACTOR")]
    pool: Option<NonZeroUsize>,
    /// How the pixels of a block become one, with --pool
    #[arg(long, value_name = "KIND", default_value = "mean", requires = "pool")]
    pool_by: PoolBy,
    /// Write the gradient, an array of the shape of the map: .npy, .tif, .nii or .nii.gz
    #[arg(long, value_name = "FILE")]
    gradient: Option<PathBuf>,
    /// What to write
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    map: MapArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PoolBy {
    /// The mean value
    Mean,
    /// The greatest value
    Max,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One object with the term of every bar
    Json,
    /// One line per bar
    Csv,
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let prior = match &arguments.weights[..] {
        [] => arguments.prior.betti.clone(),
        weights => arguments.prior.betti.clone().with_weights(weights)?,
    };
    let writer = arguments.writer()?;
    let input = Input::open(&arguments.file, &arguments.map.input, Some(prior.dimensions()), console)?;
    let mut map_options = arguments.map.options();
    if arguments.map.clamp {
        // The loss clamps, and its gradient knows where.
        map_options.beyond = Beyond::Keep;
    }
    let scaled = input.map(&map_options).in_file(&arguments.file)?;
    input::tell(&arguments.file, &scaled.remarks, console);
    let kind = match arguments.pool_by {
        PoolBy::Mean => PoolingKind::Mean,
        PoolBy::Max => PoolingKind::Max,
    };
    let options = LossOptions {
        connectivity: arguments.connectivity.connectivity,
        out_of_range: if arguments.map.clamp { OutOfRange::Clamp } else { OutOfRange::Reject },
        pooling: arguments.pool.map(|factor| Pooling { factor, kind }),
    };
    let loss = loss(scaled.values.view(), &prior, options).in_file(&arguments.file)?;
    if let Some(path) = &arguments.gradient {
        let mut gradient = ArrayD::<f32>::zeros(IxDyn(loss.shape()));
        loss.add_gradient_to(gradient.view_mut(), 1.0).in_file(&arguments.file)?;
        let file = output::encode(path, Samples::from(gradient.view()), input.geometry())?;
        writer.write(path, &file)?;
    }
    let named = Named { arguments, prior: &prior, scale: scaled.scale, loss: &loss };
    let report = match arguments.format {
        Format::Table => named.table().into_bytes(),
        Format::Json => report::json(&named.json())?,
        Format::Csv => named.csv()?,
    };
    report::deliver(&report, arguments.output.output.as_deref(), &writer, console)?;
    Ok(Ending::Right)
}

impl Arguments {
    /// What writes the report and the gradient, which are neither the map nor one file.
    fn writer(&self) -> Result<Writer, Failure> {
        let writer = Writer::new([&self.file]);
        let (report, gradient) = (self.output.output.as_deref(), self.gradient.as_deref());
        for path in [report, gradient].into_iter().flatten() {
            writer.check(path)?;
        }
        if let (Some(report), Some(gradient)) = (report, gradient)
            && (report == gradient || is_same_file(report, gradient))
        {
            return Err(WriteError::Twice).in_file(gradient);
        }
        Ok(writer)
    }
}

/// A loss and what it is the loss of.
struct Named<'a> {
    arguments: &'a Arguments,
    prior: &'a Prior,
    scale: Scale,
    loss: &'a Loss,
}

#[derive(Serialize)]
struct Json<'a> {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_bytes: Option<String>,
    shape: &'a [usize],
    connectivity: &'static str,
    prior: String,
    values: String,
    pool: Option<usize>,
    bar_shape: &'a [usize],
    total: f64,
    dimensions: Vec<JsonDimension>,
    bars: Vec<JsonTerm>,
}

#[derive(Serialize)]
struct JsonDimension {
    dimension: usize,
    weight: f64,
    value: f64,
    missing: usize,
}

impl Named<'_> {
    /// The most bars of a dimension that a table shows.
    const MOST_IN_TABLE: usize = 20;

    fn file(&self) -> &Path {
        &self.arguments.file
    }

    fn json(&self) -> Json<'_> {
        let dimensions = self.loss.dimensions().iter().enumerate();
        Json {
            file: name::text(self.file()),
            file_bytes: name::bytes(self.file()),
            shape: self.loss.shape(),
            connectivity: words::connectivity(self.arguments.connectivity.connectivity),
            prior: self.prior.to_string(),
            values: self.scale.to_string(),
            pool: self.arguments.pool.map(NonZeroUsize::get),
            bar_shape: self.loss.bar_shape(),
            total: self.loss.total(),
            dimensions: dimensions
                .map(|(dimension, part)| JsonDimension {
                    dimension,
                    weight: part.weight,
                    value: part.value,
                    missing: part.missing,
                })
                .collect(),
            bars: self.bars().collect(),
        }
    }

    fn bars(&self) -> impl Iterator<Item = JsonTerm> {
        self.loss.terms().iter().map(JsonTerm::from)
    }

    fn csv(&self) -> Result<Vec<u8>, report::ReportError> {
        report::csv(&JsonTerm::NAMES, self.bars())
    }

    fn table(&self) -> String {
        let shape = self.loss.bar_shape();
        let axes = shape.len();
        let connectivity = self.arguments.connectivity.connectivity;
        let mut table = format!(
            "{}  {}, {}\n{}; prior {}\n",
            name::shown(self.file()),
            words::shape(self.loss.shape()),
            self.scale,
            words::connectivity_explained(connectivity, axes),
            self.prior,
        );
        if let Some(factor) = self.arguments.pool {
            table += &format!("pooled by {factor} to {}\n", words::shape(shape));
        }
        table += &format!("\nloss {:.6}\n", self.loss.total());
        for (dimension, part) in self.loss.dimensions().iter().enumerate() {
            let terms = self.loss.terms().iter().filter(|term| usize::from(term.bar.dimension) == dimension);
            let mut terms: Vec<_> = terms.collect();
            // They are the longest, or as long as others and of larger features.
            terms.sort_by_key(|term| term.role);
            let bars = words::count(terms.len(), dimension, axes);
            table +=
                &format!("\n{:.6} from {bars} (dimension {dimension}), weight {}", part.value, part.weight);
            if part.missing > 0 {
                table += &format!(", {} missing", part.missing);
            }
            table += "\n";
            if !terms.is_empty() {
                table += "       term      birth      death  role\n";
            }
            for term in terms.iter().take(Self::MOST_IN_TABLE) {
                table += &format!(
                    "{:>11.6}{:>11}{:>11}  {}\n",
                    term.value,
                    words::value(term.bar.birth),
                    words::value(term.bar.death),
                    role(term.role),
                );
            }
            if let Some(rest) = terms.get(Self::MOST_IN_TABLE..).filter(|rest| !rest.is_empty()) {
                let sum: f64 = rest.iter().map(|term| term.value).sum();
                table += &format!("{sum:>11.6}  ... from {} more (json and csv have all)\n", rest.len());
            }
        }
        table
    }
}
