//! What is written beside a network: how it came to be, how good it is, and how to use it.

use imaging::augment::{Augmentation, Flips};
use learner::{End, Loss, Schedule, TrainingOptions, UNetConfig};
use serde::{Deserialize, Serialize};

use crate::courses::{Course, PostProcessing, Settings};
use crate::data::sunnybrook::Split;
use crate::figures::Figures;

/// The record of a network.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    name: &'static str,
    title: &'static str,
    /// The names of the classes, that of the background first; none of the foreground alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    classes: Vec<String>,
    /// Rows, and columns, of the images.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<usize>,
    width: usize,
    depth: usize,
    loss: &'static str,
    /// How values are brought to [0, 1], as `--normalise` has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    normalisation: Option<String>,
    /// In which order images are prepared.
    preparation: String,
    threshold: f64,
    #[serde(flatten)]
    post_processing: PostProcessing,
    data: String,
    /// Which patients were learned from, and which were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<Split>,
    /// With the same data it makes the same network.
    command: String,
    seed: u64,
    /// How many epochs were trained, and which of them is the network's: of the part with unlabelled images, if it was
    /// begun.
    epochs: usize,
    best_epoch: usize,
    /// Ctrl-C has ended the training: the command alone does not make this network.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    interrupted: bool,
    /// The loss became NaN or infinite, and this is the best network until then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    diverged: bool,
    /// The loss of the validation pairs in that epoch, if there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    validation_loss: Option<f64>,
    figures: Vec<Figures>,
    date: String,
}

impl Record {
    /// The record of what a training on a course has made. `date` is that of today.
    pub fn new(course: &Course, training: &learner::Training, date: String) -> Self {
        let best = training.epochs.iter().find(|epoch| epoch.number == training.best_epoch);
        let validation_loss = best.and_then(|epoch| epoch.validation);
        Self {
            name: course.name,
            title: course.title,
            classes: course.classes.clone(),
            size: course.preparation.shape.map(|[rows, _]| rows),
            width: course.settings.network.width,
            depth: course.settings.network.depth,
            loss: loss_name(course.settings.options.loss),
            normalisation: course.preparation.scaling.map(|scaling| scaling.to_string()),
            preparation: course.preparation.order.to_string(),
            threshold: 0.5,
            post_processing: course.post_processing.clone(),
            data: course.data.clone(),
            split: course.split.clone(),
            command: command(course),
            seed: course.settings.options.seed,
            epochs: training.epochs.len(),
            best_epoch: training.best_epoch,
            interrupted: training.end == End::Cancelled,
            diverged: training.end == End::Diverged,
            validation_loss: validation_loss.map(|loss| (1e5 * loss).round() / 1e5),
            figures: Vec::new(),
            date,
        }
    }

    /// Whether this is the JSON of a record.
    pub fn is_in(json: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Told {
            command: String,
        }
        serde_json::from_slice(json).is_ok_and(|Told { command }| command.starts_with("bettiscope train "))
    }

    /// With how good the network is.
    pub fn with_figures(self, figures: Vec<Figures>) -> Self {
        Self { figures, ..self }
    }
}

/// The command that does the same, with every option, whether it was given or not. Only the folder of the data is
/// not told.
pub fn command(course: &Course) -> String {
    let Settings { network, options, augmentation } = course.settings;
    // An option of the course says how many classes there are.
    let UNetConfig { width, depth, classes: _ } = network;
    let TrainingOptions {
        loss,
        // No course has another one.
        validate_by: _,
        learning_rate,
        schedule,
        warm_up,
        batch_size,
        epochs,
        validate_every,
        patience,
        // Courses begin with weights that nothing was learned with.
        validate_given: _,
        seed,
    } = options;
    let Augmentation { rotation, scale, shift, flips, elastic, intensity, noise } = augmentation;
    let (name, command, own) = (course.name, course.command, &course.own_options);
    let (loss, schedule, flips) = (loss_name(loss), schedule_name(schedule), flips_name(flips));
    format!(
        "bettiscope train {command} {own} -o {name}.bpk --seed {seed} --width {width} --depth {depth} --loss {loss} \
         --epochs {epochs} --batch {batch_size} --rate {learning_rate} --schedule {schedule} --warm-up {warm_up} \
         --validate-every {validate_every} --patience {patience} --rotation {rotation} --scale {scale} \
         --shift {shift} --flips {flips} --elastic {elastic} --intensity {intensity} --noise {noise}"
    )
}

fn loss_name(loss: Loss) -> &'static str {
    match loss {
        Loss::MeanSquaredError => "mse",
        Loss::CrossEntropy => "cross-entropy",
        Loss::SoftDice => "dice",
        Loss::DiceAndCrossEntropy => "dice-cross-entropy",
    }
}

fn schedule_name(schedule: Schedule) -> &'static str {
    match schedule {
        Schedule::Constant => "constant",
        Schedule::Cosine => "cosine",
    }
}

fn flips_name(flips: Flips) -> &'static str {
    match flips {
        Flips::None => "none",
        Flips::LeftRight => "left-right",
        Flips::Both => "both",
    }
}
