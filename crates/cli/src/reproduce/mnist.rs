//! `bettiscope reproduce mnist`: section 4.1 of the paper.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use experiments::reproduce::figure6::TITLE;
use experiments::reproduce::mnist::{Experiment, JOURNAL, MnistOptions};
use experiments::reproduce::{Origin, Table};
use learner::Classifier;

use super::options::RunArguments;
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::network::Network;
use crate::picture::COLOURS;
use crate::{interrupt, name, raster, report};

const EXAMPLES: &str = "\
Examples:
  bettiscope reproduce mnist --data mnist -o out
  bettiscope reproduce mnist --data mnist --m 4,8,12 --test 200 --seed 1 -o out
  bettiscope reproduce mnist --data mnist --figure 6 -o out
  bettiscope reproduce mnist --data mnist --m 8 --test 60 --digits training --rate 3e-5,1e-4 --steps 10,40 -o tried

The folder of the data holds the four files of MNIST, gzipped or not. For each m a network is trained to restore \
digits from 100 pairs, the first of the training set, unless one is given; a classifier is trained on 10 000 others. \
Each digit is then post-processed from its own copy of the weights, with the prior of what it is: 0, 6 and 9 have one \
hole, 8 has two, the others none. Cores work on different digits.

Results go to digits.jsonl in the folder, digit by digit. After Ctrl-C, or when more digits or other m are asked for, \
the same command goes on from there; restore-*.bpk and \
classify-*.bpk are the networks. table1.json and table1.csv have the table that is printed.

JSON: {digits, seed, connectivity, classifier_accuracy, rows: [{m, lambda, learning_rate, steps, until_prior_holds, \
digits, accuracy_before, accuracy_after, worse, better, mcnemar_p, mse_before, mse_after, wilcoxon_p, right_before, \
right_after, mean_steps, seconds, paper: {accuracy_before, accuracy_after, mse_before, mse_after}}]}. right_ is the \
share of digits whose Betti numbers at 0.5 are the prior's; seconds are CPU seconds per digit.

Exit codes: 0 done, 2 something could not be done, 130 ended by Ctrl-C.";

/// Digits restored from corrupted ones, and mended by their topology (section 4.1, table 1, figure 6)
#[derive(Debug, clap::Args)]
#[command(
    after_help = EXAMPLES,
    mut_arg("lambda", |argument| argument.default_value("0.02")),
    mut_arg("rate", |argument| argument.default_value("1e-4")),
    mut_arg("steps", |argument| argument.default_value("60")),
    mut_arg("until_prior_holds", |argument| argument.default_value("20"))
)]
pub(crate) struct Arguments {
    /// The folder with the files of MNIST
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// How many rows and columns of k-space are removed
    #[arg(long, value_name = "M", value_delimiter = ',', default_value = "2,4,6,8,10,12")]
    m: Vec<usize>,
    /// How many digits are post-processed, evenly spaced over their set
    #[arg(long, value_name = "N", default_value = "1000")]
    test: usize,
    /// Which digits are post-processed
    #[arg(long, default_value = "test", value_parser = origin())]
    digits: Origin,
    /// The network that restores digits: a name or a .bpk file; without this option one is trained for each m
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<PathBuf>,
    /// The classifier, a .bpk file of an earlier run; without this option one is trained
    #[arg(long, value_name = "FILE")]
    classifier: Option<PathBuf>,
    /// The width of a network that is trained; 16 is the paper's
    #[arg(long, value_name = "CHANNELS", default_value = "16")]
    width: usize,
    /// Draw a figure of the paper instead of computing the table
    #[arg(long, value_parser = ["6"])]
    figure: Option<String>,
    #[command(flatten)]
    run: RunArguments,
}

/// The files of the table, and of the figure.
const TABLE: [&str; 2] = ["table1.json", "table1.csv"];
const FIGURE: [&str; 2] = ["figure6.svg", "figure6.png"];

fn origin() -> impl TypedValueParser<Value = Origin> {
    let values = [
        PossibleValue::new("test").help("The test set: for results"),
        PossibleValue::new("training")
            .help("Digits of the training set that nothing else learns from: to choose settings"),
    ];
    PossibleValuesParser::new(values)
        .map(|name| if name == "training" { Origin::Training } else { Origin::Test })
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let run = &arguments.run;
    let experiment = Experiment::open(&arguments.data, arguments.options()?)?;
    let is_figure = arguments.figure.is_some();
    if is_figure {
        let has_title = |svg: String| svg.contains(TITLE);
        run.make_folder(&FIGURE, |folder| {
            std::fs::read_to_string(folder.join(FIGURE[0])).is_ok_and(has_title)
        })?;
    } else {
        run.make_folder(&TABLE, |folder| folder.join(JOURNAL).exists())?;
    }
    interrupt::watch()?;
    if is_figure { draw(&experiment, run, console) } else { tabulate(&experiment, run, console) }
}

fn tabulate(experiment: &Experiment, run: &RunArguments, console: Console) -> Result<Ending, Failure> {
    let Some(finished) = experiment.table_1(&console)? else { return Ok(Ending::Interrupted) };
    let [json, csv] = TABLE;
    run.write(json, &report::json(&finished.table)?)?;
    run.write(csv, &report::csv(&Table::NAMES, finished.table.ours())?)?;
    super::end(&finished, console)
}

fn draw(experiment: &Experiment, run: &RunArguments, console: Console) -> Result<Ending, Failure> {
    let [components, holes, _] = COLOURS;
    let figure = experiment.figure_6([components, holes], &console)?;
    let Some(figure) = figure else { return Ok(Ending::Interrupted) };
    let [drawing, picture] = FIGURE;
    run.write(drawing, figure.svg.as_bytes())?;
    run.write(picture, &raster::png(&figure.svg)?)?;
    let place = name::shown(&run.output.join(drawing));
    console.print(format!("{}written to {place}\n", figure.text).as_bytes())?;
    Ok(if figure.all_hold { Ending::Right } else { Ending::Wrong })
}

impl Arguments {
    fn options(&self) -> Result<MnistOptions, Failure> {
        let model = self.model.as_deref().map(restoring).transpose()?;
        Ok(MnistOptions {
            m: self.m.clone(),
            test: self.test,
            digits: self.digits,
            model: model.map(|Network { name, network, .. }| (name, network)),
            classifier: self.classifier.clone(),
            width: self.width,
            run: self.run.options(),
        })
    }
}

/// A network that restores digits, as MNIST has them.
fn restoring(model: &Path) -> Result<Network, Failure> {
    let network = Network::open(model, &Device::flex())?;
    network.record.check_size(Classifier::SIZE).in_file(model)?;
    Ok(network)
}
