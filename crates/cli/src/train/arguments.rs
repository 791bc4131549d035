//! What all trainings have in common on the command line. An option that is not given has the value of the course.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use experiments::courses::Settings;
use imaging::augment::{Augmentation, Flips};
use learner::{Loss, Schedule, TrainingOptions, UNetConfig};

use crate::device::DeviceArguments;

#[derive(Clone, Debug, Args)]
pub(crate) struct TrainingArguments {
    /// The file of the network; its record goes beside it, with the ending .json
    ///
    /// Networks, records and checkpoints of earlier trainings are replaced. Other files of these names are not,
    /// without --force.
    #[arg(short, long, value_name = "MODEL.bpk")]
    pub(crate) output: PathBuf,
    /// Write over files that are not from an earlier training, and over a training that is kept in the checkpoint
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    network: NetworkArguments,
    #[command(flatten)]
    augmentation: AugmentationArguments,
    #[command(flatten)]
    pub(crate) checkpoint: CheckpointArguments,
    #[command(flatten)]
    pub(crate) device: DeviceArguments,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Training")]
struct NetworkArguments {
    /// What is made small
    #[arg(long, value_enum)]
    loss: Option<LossName>,
    /// How often every pair is seen, at most
    #[arg(long, value_name = "N")]
    epochs: Option<usize>,
    /// Pairs between two updates
    #[arg(long, value_name = "N")]
    batch: Option<usize>,
    /// The learning rate of Adam
    #[arg(long, value_name = "RATE")]
    rate: Option<f64>,
    /// How the learning rate goes over the epochs
    #[arg(long, value_enum)]
    schedule: Option<ScheduleName>,
    /// Over how many updates the learning rate rises from almost nothing to the whole; over none without this option
    #[arg(long, value_name = "UPDATES")]
    warm_up: Option<usize>,
    /// The seed of everything that is drawn: weights, order, corruption, augmentation, synthetic samples
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Channels of the first level of the network
    #[arg(long, value_name = "CHANNELS")]
    width: Option<usize>,
    /// How often the network halves the resolution
    #[arg(long, value_name = "LEVELS")]
    depth: Option<usize>,
    /// Validate after so many epochs
    #[arg(long, value_name = "EPOCHS")]
    validate_every: Option<usize>,
    /// End after so many validations in a row that were no better than the best
    #[arg(long, value_name = "VALIDATIONS")]
    patience: Option<usize>,
}

/// Variation of the training pairs, drawn anew in every epoch. 0 is none.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Augmentation (the largest change in both directions; 0 is none)")]
pub(crate) struct AugmentationArguments {
    /// Degrees
    #[arg(long, value_name = "DEGREES")]
    rotation: Option<f64>,
    /// 0.2 is a factor from 1 / 1.2 to 1.2
    #[arg(long, value_name = "SHARE")]
    scale: Option<f64>,
    /// Share of the image's side
    #[arg(long, value_name = "SHARE")]
    shift: Option<f64>,
    /// Reflections
    #[arg(long, value_enum)]
    flips: Option<FlipsName>,
    /// Elastic bending, as a share of the image's side
    #[arg(long, value_name = "SHARE")]
    elastic: Option<f64>,
    /// Change of contrast, brightness and gamma
    #[arg(long, value_name = "SHARE")]
    intensity: Option<f64>,
    /// Standard deviation of normal noise
    #[arg(long, value_name = "DEVIATION")]
    noise: Option<f64>,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Going on later")]
pub(crate) struct CheckpointArguments {
    /// Keep all that is needed to go on in this file
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Write the checkpoint after so many epochs, at the end, and at Ctrl-C
    #[arg(long, value_name = "EPOCHS", default_value_t = 10, value_parser = at_least_1)]
    pub(crate) checkpoint_every: usize,
    /// Go on from the checkpoint, if there is one. All other options have to be the same
    ///
    /// But for --epochs, where the result is that of a training which was begun with so many: with --schedule constant.
    #[arg(long, requires = "checkpoint")]
    pub(crate) resume: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LossName {
    /// Mean squared error
    Mse,
    /// Cross entropy
    CrossEntropy,
    /// Soft Dice
    Dice,
    /// The sum of soft Dice and cross entropy
    DiceCrossEntropy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ScheduleName {
    /// It stays
    Constant,
    /// It falls to almost nothing along half a cosine
    Cosine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FlipsName {
    /// None
    None,
    /// Left and right
    LeftRight,
    /// Left and right, top and bottom
    Both,
}

impl TrainingArguments {
    /// What was given, and of the rest what the course has.
    pub(crate) fn settings(&self, course: Settings) -> Settings {
        Settings {
            network: UNetConfig {
                width: self.network.width.unwrap_or(course.network.width),
                depth: self.network.depth.unwrap_or(course.network.depth),
                ..UNetConfig::default()
            },
            options: self.options(course.options),
            augmentation: self.augmentation(course.augmentation),
        }
    }

    fn options(&self, course: TrainingOptions) -> TrainingOptions {
        let given = &self.network;
        TrainingOptions {
            loss: given.loss.map_or(course.loss, |name| match name {
                LossName::Mse => Loss::MeanSquaredError,
                LossName::CrossEntropy => Loss::CrossEntropy,
                LossName::Dice => Loss::SoftDice,
                LossName::DiceCrossEntropy => Loss::DiceAndCrossEntropy,
            }),
            validate_by: course.validate_by,
            learning_rate: given.rate.unwrap_or(course.learning_rate),
            schedule: given.schedule.map_or(course.schedule, |name| match name {
                ScheduleName::Constant => Schedule::Constant,
                ScheduleName::Cosine => Schedule::Cosine,
            }),
            warm_up: given.warm_up.unwrap_or(course.warm_up),
            batch_size: given.batch.unwrap_or(course.batch_size),
            epochs: given.epochs.unwrap_or(course.epochs),
            validate_every: given.validate_every.unwrap_or(course.validate_every),
            patience: given.patience.unwrap_or(course.patience),
            validate_given: course.validate_given,
            seed: given.seed,
        }
    }

    fn augmentation(&self, course: Augmentation) -> Augmentation {
        let given = &self.augmentation;
        Augmentation {
            rotation: given.rotation.unwrap_or(course.rotation),
            scale: given.scale.unwrap_or(course.scale),
            shift: given.shift.unwrap_or(course.shift),
            flips: given.flips.map_or(course.flips, |name| match name {
                FlipsName::None => Flips::None,
                FlipsName::LeftRight => Flips::LeftRight,
                FlipsName::Both => Flips::Both,
            }),
            elastic: given.elastic.unwrap_or(course.elastic),
            intensity: given.intensity.unwrap_or(course.intensity),
            noise: given.noise.unwrap_or(course.noise),
        }
    }
}

/// Two classes have one name.
#[derive(Debug, thiserror::Error)]
#[error(
    "--classes has the name {0} twice, or it is that of the background; priors tell classes by their names"
)]
pub(super) struct SameName(String);

/// An error unless all classes have names of their own.
pub(super) fn different(classes: &[String]) -> Result<(), SameName> {
    let is_known =
        |(place, name): &(usize, &String)| *name == "background" || classes[..*place].contains(name);
    match classes.iter().enumerate().find(is_known) {
        Some((_, name)) => Err(SameName(name.clone())),
        None => Ok(()),
    }
}

/// The name of a class, which a prior can be written with.
pub(super) fn class_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || name.contains([':', ';', '+']) {
        return Err("accepted are names that are no numbers and have no :, ; or + in them".to_owned());
    }
    Ok(name.to_owned())
}

pub(super) fn at_least_1(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| "accepted are whole numbers from 1 upwards".to_owned())
}
