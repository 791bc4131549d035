//! One training from the first batch to the files.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use experiments::courses::{Course, Settings};
use experiments::{Record, figures};
use indicatif::ProgressBar;
use learner::{Batch, End, Trainer, TrainingOptions, UNet};
use pollster::block_on;

use super::arguments::{CheckpointArguments, TrainingArguments};
use super::date;
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::input::InputError;
use crate::output::OutputError;
use crate::writer::{WriteError, Writer, is_same_file, refuse_others};
use crate::{interrupt, report};

/// Why a training cannot begin, go on, or end well.
#[derive(Debug, thiserror::Error)]
enum TrainError {
    #[error("augmentation: {0}")]
    Augmentation(imaging::augment::AugmentError),
    #[error("a training is kept in this file; --resume goes on with it, --force begins anew")]
    KeptTraining,
    /// The best network until then was kept.
    #[error(
        "{source}; {} is the network of epoch {best_epoch}, the best until then", .path.display()
    )]
    Diverged { path: PathBuf, best_epoch: usize, source: learner::Error },
    #[error(
        "the training that was kept had other settings; give them again, or another file. They were: {settings}; now \
         they are: {given}"
    )]
    Checkpoint { settings: String, given: String },
}

pub(crate) fn run(
    course: Course,
    arguments: &TrainingArguments,
    console: Console,
) -> Result<Ending, Failure> {
    let Settings { network, options, augmentation } = course.settings;
    augmentation.check().map_err(TrainError::Augmentation)?;
    let record_path = arguments.output.with_extension("json");
    if record_path == arguments.output {
        let accepted = ".bpk; .json is that of the record";
        return Err(OutputError::UnknownEnding { accepted }).in_file(&record_path);
    }
    let start = Instant::now();
    let device = arguments.device.backend.open()?;
    check_outputs(arguments, &record_path, options, &device)?;
    let network = network.init(options.seed, &device)?;
    let settings = settings(&course);
    let checkpoint = Checkpoint { arguments: &arguments.checkpoint, settings, device };
    let mut trainer = match checkpoint.read(options)? {
        Some(trainer) => trainer,
        None => Trainer::new(&network, options)?,
    };
    console.note(format!(
        "{} pairs an epoch, {} to validate with; at most {} epochs",
        course.training.count(),
        course.validation.len(),
        options.epochs
    ));

    interrupt::watch()?;
    let batches = course.training.count().div_ceil(options.batch_size);
    let bar = console.progress(options.epochs.saturating_mul(batches), "batches");
    let mut diverged = None;
    while trainer.end().is_none() && !interrupt::is_asked() {
        let batch = match block_on(trainer.step(&*course.training, &course.validation)) {
            Err(error @ learner::Error::Diverged { .. }) if trainer.best_epoch().is_some() => {
                diverged = Some(error);
                break;
            }
            step => step?,
        };
        show(&bar, &batch, batches, console);
        if batch.ended.is_some() && batch.epoch.is_multiple_of(arguments.checkpoint.checkpoint_every) {
            checkpoint.write(&trainer)?;
        }
    }
    bar.finish_and_clear();
    // From where a training has diverged it does so again: what was kept before is better.
    if diverged.is_none() {
        checkpoint.write(&trainer)?;
    }

    let training = trainer.into_training();
    let mut measured = Vec::new();
    for held_out in &course.held_out {
        let figures = block_on(figures::measure(&training.network, held_out))?;
        console.note(format!(
            "{}: mean squared error {:.4}, Dice {:.4}, topology right in {:.1} % of {}",
            figures.of,
            figures.mean_squared_error,
            figures.dice,
            100.0 * figures.right_topology,
            figures.pairs
        ));
        measured.push(figures);
    }
    let record = Record::new(&course, &training, date::today()).with_figures(measured);
    let writer = Writer::default();
    writer.write(&arguments.output, &block_on(training.network.to_bytes())?)?;
    writer.write(&record_path, &report::json_in_lines(&record)?)?;
    console.note(format!(
        "{}: the network of epoch {} of {}, after {:.0} s; {} tells about it",
        arguments.output.display(),
        training.best_epoch,
        training.epochs.len(),
        start.elapsed().as_secs_f64(),
        record_path.display()
    ));
    match diverged {
        Some(source) => {
            let (path, best_epoch) = (arguments.output.clone(), training.best_epoch);
            Err(TrainError::Diverged { path, best_epoch, source }.into())
        }
        None if training.end == End::Cancelled => Ok(Ending::Interrupted),
        None => Ok(Ending::Right),
    }
}

/// The file in which a training is kept, if the user wants one.
struct Checkpoint<'a> {
    arguments: &'a CheckpointArguments,
    /// All that has to be the same when training goes on.
    settings: String,
    device: Device,
}

impl Checkpoint<'_> {
    fn write(&self, trainer: &Trainer) -> Result<(), Failure> {
        match &self.arguments.checkpoint {
            Some(path) => {
                let bytes = match block_on(trainer.to_bytes(&self.settings)) {
                    // The training has diverged, as its next step says; what was kept before is better.
                    Err(learner::Error::Overflow { .. }) => return Ok(()),
                    bytes => bytes?,
                };
                Writer::default().write(path, &bytes)
            }
            None => Ok(()),
        }
    }

    /// The training that was kept, if there is one and the user wants to go on with it.
    fn read(&self, options: TrainingOptions) -> Result<Option<Trainer>, Failure> {
        let Some(path) = self.arguments.checkpoint.as_ref().filter(|_| self.arguments.resume) else {
            return Ok(None);
        };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(InputError::Read(error)).in_file(path),
        };
        let (trainer, settings) = Trainer::from_bytes(bytes, options, &self.device)?;
        if settings != self.settings {
            let given = self.settings.clone();
            return Err(TrainError::Checkpoint { settings, given }).in_file(path);
        }
        Ok(Some(trainer))
    }
}

/// The command but for the number of epochs.
fn settings(course: &Course) -> String {
    let command = experiments::command(course);
    command.replace(&format!(" --epochs {}", course.settings.options.epochs), "")
}

fn show(bar: &ProgressBar, batch: &Batch, batches: usize, console: Console) {
    bar.set_position(((batch.epoch - 1) * batches + batch.number) as u64);
    bar.set_message(format!(", epoch {}, loss {:.4}", batch.epoch, batch.loss));
    if let Some((epoch, validation)) = batch.ended.and_then(|epoch| Some((epoch, epoch.validation?))) {
        let line = format!("epoch {}: loss {:.4}, validation {validation:.4}", epoch.number, epoch.loss);
        bar.suspend(|| console.note(line));
    }
}

/// An error if files are there that would be written over and are no results of trainings, or a training that is kept.
fn check_outputs(
    arguments: &TrainingArguments,
    record: &Path,
    options: TrainingOptions,
    device: &Device,
) -> Result<(), Failure> {
    let CheckpointArguments { checkpoint, resume, .. } = &arguments.checkpoint;
    let network = arguments.output.as_path();
    if let Some(path) = checkpoint
        && [network, record].iter().any(|other| path == other || is_same_file(path, other))
    {
        return Err(WriteError::Twice).in_file(path);
    }
    if arguments.force {
        return Ok(());
    }
    let bytes = |path: &Path| std::fs::read(path).unwrap_or_default();
    refuse_others(&[network.to_owned()], || UNet::from_bytes(bytes(network), device).is_ok())?;
    refuse_others(&[record.to_owned()], || Record::is_in(&bytes(record)))?;
    match checkpoint {
        Some(path) if !resume && Trainer::from_bytes(bytes(path), options, device).is_ok() => {
            Err(TrainError::KeptTraining).in_file(path)
        }
        Some(path) if !resume => refuse_others(std::slice::from_ref(path), || false),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use clap::Parser;
    use learner::{Pair, PairError, Pairs, UNet};

    use super::*;
    use crate::train::shapes;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        arguments: shapes::Arguments,
    }

    /// Pairs whose images are so bright from the third epoch on that no network gives a number.
    struct Glaring(Box<dyn Pairs>);

    impl Pairs for Glaring {
        fn count(&self) -> usize {
            self.0.count()
        }

        fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError> {
            let mut pair = self.0.pair(index, epoch)?.into_owned();
            if epoch > 2 {
                pair.image = pair.target.mapv(|value| f32::MAX * (2.0 * value - 1.0));
            }
            Ok(Cow::Owned(pair))
        }
    }

    #[test]
    fn a_training_that_diverges_writes_the_best_network_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let output = path("a.bpk").display().to_string();
        let small = ["--size", "32", "--count", "2", "--width", "6", "--depth", "1", "--validate-every", "1"];
        let words = [&["train", "-o", output.as_str(), "--epochs", "5"][..], &small].concat();
        let Command { arguments } = Command::parse_from(words);
        let course = arguments.course().unwrap();
        let course = Course { training: Box::new(Glaring(course.training)), ..course };
        let failure = run(course, &arguments.training, Console::new(true)).unwrap_err();
        let says = |epoch: usize| format!("a.bpk is the network of epoch {epoch}, the best until then");
        assert!([1, 2].iter().any(|&epoch| failure.to_string().contains(&says(epoch))), "{failure}");
        assert!(UNet::from_bytes(std::fs::read(path("a.bpk")).unwrap(), &Device::flex()).is_ok());
        let record = std::fs::read_to_string(path("a.json")).unwrap();
        assert!(record.contains("\"diverged\": true"), "{record}");
    }
}
