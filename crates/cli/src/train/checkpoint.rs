//! The file in which a training is kept, so that it can go on.

use std::io::ErrorKind;

use burn::tensor::Device;
use experiments::courses::Course;
use learner::{ForeignBytes, SemiTrainer, Trainer};
use pollster::block_on;

use super::arguments::CheckpointArguments;
use super::session::TrainError;
use super::stages::Stage;
use crate::failure::{Failure, InFile};
use crate::input::InputError;
use crate::writer::Writer;

/// The file in which a training is kept, if the user wants one.
pub(super) struct Checkpoint<'a> {
    pub(super) arguments: &'a CheckpointArguments,
    pub(super) course: &'a Course,
    pub(super) device: Device,
}

impl Checkpoint<'_> {
    /// Writes the training if it is time for it after this epoch.
    pub(super) fn write_after(&self, epoch: usize, stage: &Stage) -> Result<(), Failure> {
        if epoch.is_multiple_of(self.arguments.checkpoint_every) { self.write(stage) } else { Ok(()) }
    }

    /// Writes the training.
    pub(super) fn write(&self, stage: &Stage) -> Result<(), Failure> {
        let Some(path) = &self.arguments.checkpoint else { return Ok(()) };
        let note = self.settings(stage);
        let bytes = match stage {
            Stage::Supervised(trainer) => block_on(trainer.to_bytes(&note)),
            Stage::Semi(trainer) => block_on(trainer.to_bytes(&note)),
        };
        match bytes {
            // The training has diverged, as its next step says; what was kept before is better.
            Err(learner::Error::Overflow { .. }) => Ok(()),
            bytes => Writer::default().write(path, &bytes?),
        }
    }

    /// The training that was kept, if there is one and the user wants to go on with it.
    pub(super) fn read(&self) -> Result<Option<Stage>, Failure> {
        let Some(path) = self.arguments.checkpoint.as_ref().filter(|_| self.arguments.resume) else {
            return Ok(None);
        };
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(InputError::Read(error)).in_file(path),
        };
        let (stage, settings) = read_stage(bytes, self.course, &self.device)?;
        let given = self.settings(&stage);
        if settings != given {
            return Err(TrainError::Checkpoint { settings, given }).in_file(path);
        }
        Ok(Some(stage))
    }

    /// All that has to be the same when training goes on: the command but for the number of epochs of the stage that it
    /// is in.
    fn settings(&self, stage: &Stage) -> String {
        let command = experiments::command(self.course);
        let (option, epochs) = match (stage, &self.course.semi) {
            (Stage::Semi(_), Some(semi)) => ("semi-epochs", semi.options.training.epochs),
            _ => ("epochs", self.course.settings.options.epochs),
        };
        command.replace(&format!(" --{option} {epochs}"), "")
    }
}

/// The training that was kept as bytes, and with what settings.
pub(super) fn read_stage(
    bytes: Vec<u8>,
    course: &Course,
    device: &Device,
) -> Result<(Stage, String), learner::Error> {
    if let Some(semi) = &course.semi {
        match SemiTrainer::from_bytes(bytes.clone(), semi.options, device) {
            // It may be in its first part.
            Err(learner::Error::Foreign(ForeignBytes::Kind { .. })) => {}
            read => return read.map(|(trainer, note)| (Stage::Semi(Box::new(trainer)), note)),
        }
    }
    let (trainer, note) = Trainer::from_bytes(bytes, course.settings.options, device)?;
    Ok((Stage::Supervised(Box::new(trainer)), note))
}
