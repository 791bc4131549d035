//! One training from the first batch to the files.

use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use experiments::Record;
use experiments::courses::{Course, Settings};
use experiments::figures::{self, Figures};
use learner::{End, Trainer, UNet};
use pollster::block_on;

use super::arguments::{CheckpointArguments, TrainingArguments};
use super::checkpoint::{Checkpoint, read_stage};
use super::date;
use super::stages::{self, Stage};
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::{Failure, InFile};
use crate::output::OutputError;
use crate::writer::{WriteError, Writer, is_same_file, refuse_others};
use crate::{interrupt, report};

/// Why a training cannot begin, go on, or end well.
#[derive(Debug, thiserror::Error)]
pub(super) enum TrainError {
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
    check_outputs(arguments, &record_path, &course, &device)?;
    let network = network.init(options.seed, &device)?;
    let checkpoint = Checkpoint { arguments: &arguments.checkpoint, course: &course, device };
    let stage = match checkpoint.read()? {
        Some(stage) => stage,
        None => Stage::Supervised(Box::new(Trainer::new(&network, options)?)),
    };
    console.note(format!(
        "{} pairs an epoch, {} to validate with; at most {} epochs",
        course.training.count(),
        course.validation.len(),
        options.epochs
    ));

    interrupt::watch()?;
    let (stage, diverged) = stages::train(stage, &checkpoint, console)?;
    let supervised = match &stage {
        Stage::Semi(trainer) => Some(trainer.given().clone()),
        Stage::Supervised(_) => None,
    };
    let training = stage.into_training();
    let mut measured = Vec::new();
    for held_out in &course.held_out {
        if let Some(network) = &supervised {
            let of = format!("{}, before the images without masks", held_out.name);
            measured.push(Figures { of, ..block_on(figures::measure(network, held_out))? });
        }
        measured.push(block_on(figures::measure(&training.network, held_out))?);
    }
    for figures in &measured {
        console.note(format!(
            "{}: mean squared error {:.4}, Dice {:.4}, topology right in {:.1} % of {}",
            figures.of,
            figures.mean_squared_error,
            figures.dice,
            100.0 * figures.right_topology,
            figures.pairs
        ));
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

/// An error if files are there that would be written over and are no results of trainings, or a training that is kept.
fn check_outputs(
    arguments: &TrainingArguments,
    record: &Path,
    course: &Course,
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
        Some(path) if !resume && read_stage(bytes(path), course, device).is_ok() => {
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
