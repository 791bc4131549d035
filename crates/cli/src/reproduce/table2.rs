//! `bettiscope reproduce table2`: section 4.2 of the paper.

use std::path::PathBuf;

use experiments::reproduce::table2::{
    Experiment, JOURNAL, Learning, Method, TITLE, Table2Options, Table2Row,
};
use learner::{SemiOptions, TrainingOptions, UNetConfig};

use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::picture::COLOURS;
use crate::writer::{Writer, make_folder, refuse_others};
use crate::{interrupt, name, raster, report};

const EXAMPLES: &str = "\
Examples:
  bettiscope reproduce table2 --data sunnybrook -o out
  bettiscope reproduce table2 --data sunnybrook --m 60 --labelled 10 --repeats 2 --methods supervised,ours,longer -o out
  bettiscope reproduce table2 --phantoms 60 --m 20 --labelled 4 --repeats 1 -o out

A network learns from few labelled images of the myocardium, which have lost m of their 80 lines of k-space, until \
validation stops improving. Then each method goes on from there:

  supervised     nothing more is done
  closing        masks are closed by a disc of radius 7
  crf            a fully connected conditional random field (Kraehenbuehl and Koltun 2011), whose parameters are chosen on \
the patients of the validation
  self-training  three times the network makes masks of the unlabelled images and learns from them too (Bai et al. 2017)
  augmentation   another network learns from the same labelled images, strongly augmented
  ours           the network goes on with the unlabelled images by equation 6, with the prior 1,1
  longer         the network goes on with the labelled images alone, for as many updates as ours
  augmented-ours the strongly augmented network goes on by equation 6, its labelled images still strongly augmented

Patients are split anew in each repeat: of 29, nine are new to every network and five validate. The splits, the first \
weights and the supervised network are the same for every method, and what goes on from it never ends worse on the \
validation than it. Validation is by soft Dice, and for ours by the topological loss too, as it trains by both. Only slices \
whose mask is one ring are taken, those without labels too, so that the prior is right for all; they are cropped around \
the ventricle. Without --data all images are phantoms.

Results go to table2.jsonl in the folder, method by method, and the networks of each cell to .bpk files. After Ctrl-C, or \
when more repeats, cells or methods are asked for, the same command goes on from there. table2.json and table2.csv have the table that is printed; table2.svg and \
table2.png two images of the first cell, as in figures 9 and 10.

JSON: {seed, lambda, rows: [{m, labelled, method, repeats, images, dice, dice_error, right, right_error, dice_p, right_p, \
validation_dice, validation_right, paper_dice, paper_right, epochs, best_epoch, seconds}]}. right is the share of maps whose \
Betti numbers at 0.5 are 1,1; _error is the standard error over the repeats; _p is of the difference to ours, \
that of augmented-ours to augmentation.

Exit codes: 0 done, 2 something could not be done, 130 ended by Ctrl-C.";

/// Few labelled and many unlabelled images (section 4.2, table 2)
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The folder of the Sunnybrook data, as `train heart` has it
    #[arg(long, value_name = "DIR", required_unless_present = "phantoms")]
    data: Option<PathBuf>,
    /// How many phantoms there are: further unlabelled images, or all images where there is no data set
    #[arg(long, value_name = "N", default_value_t = 0)]
    phantoms: usize,
    /// How many of the 80 lines of k-space are removed; the middle 8 stay
    #[arg(long, value_name = "M", value_delimiter = ',', default_value = "20,60")]
    m: Vec<usize>,
    /// How many images have labels
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "10,20,40", value_parser = at_least_1())]
    labelled: Vec<u32>,
    /// How often everything is drawn anew
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = at_least_1())]
    repeats: u32,
    /// Which rows the table has
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "supervised,closing,crf,self-training,augmentation,ours,longer,augmented-ours"
    )]
    methods: Vec<Method>,
    /// The seed of all that is drawn
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    learning: LearningArguments,
    /// How many cells are made at a time; without this option as many as there are cores
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// The folder for the results, and for going on later; it is made if it is not there
    ///
    /// Results of an earlier run in it are replaced. Other files of their names are not, without --force.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Write over files of DIR that are not from an earlier run
    #[arg(long)]
    force: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Training")]
struct LearningArguments {
    /// The weight of the topological loss of each image in equation 6
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.01)]
    lambda: f64,
    /// Unlabelled images between two updates; the loss is their sum
    #[arg(long, value_name = "N", default_value_t = 10)]
    unlabelled_batch: usize,
    /// The learning rate of Adam of a supervised network
    #[arg(long, value_name = "RATE", default_value_t = 1e-3)]
    rate: f64,
    /// The learning rate of what goes on from it
    #[arg(long, value_name = "RATE", default_value_t = 3e-4)]
    further_rate: f64,
    /// How often every labelled image is seen in one training, at most
    #[arg(long, value_name = "N", default_value_t = 2000)]
    epochs: usize,
    /// The same of what goes on from a supervised network
    #[arg(long, value_name = "N", default_value_t = 2000)]
    further_epochs: usize,
    /// Validate after so many epochs
    #[arg(long, value_name = "EPOCHS", default_value_t = 50)]
    validate_every: usize,
    /// End after so many validations in a row that were no better than the best
    #[arg(long, value_name = "VALIDATIONS", default_value_t = 5)]
    patience: usize,
    /// Channels of the first level of the networks
    #[arg(long, value_name = "CHANNELS", default_value_t = 8)]
    width: usize,
    /// How often the networks halve the resolution
    #[arg(long, value_name = "LEVELS", default_value_t = 3)]
    depth: usize,
}

const TABLE: [&str; 2] = ["table2.json", "table2.csv"];
const FIGURE: [&str; 2] = ["table2.svg", "table2.png"];

fn at_least_1() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..)
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let Arguments { data, output, force, .. } = arguments;
    let experiment = Experiment::open(data.as_deref(), arguments.options())?;
    let file = |name: &str| output.join(name);
    if !force {
        refuse_others(&TABLE.map(file), || file(JOURNAL).exists())?;
        let has_title = || std::fs::read_to_string(file(FIGURE[0])).is_ok_and(|svg| svg.contains(TITLE));
        refuse_others(&FIGURE.map(file), has_title)?;
    }
    make_folder(output)?;
    interrupt::watch()?;
    let finished = experiment.table(&console)?;
    let writer = Writer::default();
    writer.write(&file(TABLE[0]), &report::json(&finished.table)?)?;
    writer.write(&file(TABLE[1]), &report::csv(&Table2Row::NAMES, &finished.table.rows)?)?;
    let [components, holes, _] = COLOURS;
    if let Some(svg) = experiment.figure([components, holes], &console)? {
        writer.write(&file(FIGURE[0]), svg.as_bytes())?;
        writer.write(&file(FIGURE[1]), &raster::png(&svg)?)?;
        console.note(format!("{}: two of the images", name::shown(&file(FIGURE[0]))));
    }
    super::end(&finished, console)
}

impl Arguments {
    fn options(&self) -> Table2Options {
        let given = &self.learning;
        let Learning { supervised, further, rounds, .. } = Learning::default();
        let LearningArguments { validate_every, patience, .. } = *given;
        Table2Options {
            m: self.m.clone(),
            labelled: self.labelled.iter().map(|&count| count as usize).collect(),
            repeats: self.repeats as usize,
            methods: self.methods.clone(),
            phantoms: self.phantoms,
            learning: Learning {
                network: UNetConfig { width: given.width, depth: given.depth, ..UNetConfig::default() },
                supervised: TrainingOptions {
                    learning_rate: given.rate,
                    epochs: given.epochs,
                    validate_every,
                    patience,
                    ..supervised
                },
                further: SemiOptions {
                    training: TrainingOptions {
                        learning_rate: given.further_rate,
                        epochs: given.further_epochs,
                        validate_every,
                        patience,
                        ..further.training
                    },
                    lambda: given.lambda,
                    batch_size: given.unlabelled_batch,
                    ..further
                },
                rounds,
            },
            seed: self.seed,
            jobs: self.jobs,
            output: self.output.clone(),
        }
    }
}
