//! The stages of a training: with labels alone, then, if the course has images without, with both.

use experiments::courses::{Course, Semi};
use indicatif::ProgressBar;
use learner::{Batch, End, Error, SemiData, SemiTrainer, Trainer, Training};
use pollster::block_on;
use topoloss::PerArray;

use super::checkpoint::Checkpoint;
use crate::console::Console;
use crate::failure::Failure;
use crate::interrupt;

/// Where a training is.
pub(super) enum Stage {
    Supervised(Box<Trainer>),
    Semi(Box<SemiTrainer>),
}

impl Stage {
    fn end(&self) -> Option<End> {
        match self {
            Self::Supervised(trainer) => trainer.end(),
            Self::Semi(trainer) => trainer.end(),
        }
    }

    fn best_epoch(&self) -> Option<usize> {
        match self {
            Self::Supervised(trainer) => trainer.best_epoch(),
            Self::Semi(trainer) => trainer.labelled().best_epoch(),
        }
    }

    /// The next batch of labelled images, and the loss of the unlabelled ones before it.
    fn step(&mut self, course: &Course) -> Result<(Batch, Option<f64>), Error> {
        match (self, &course.semi) {
            (Self::Semi(trainer), Some(semi)) => {
                let step = block_on(trainer.step(&data(course, semi)))?;
                Ok((step.labelled, Some(step.topological)))
            }
            (Self::Semi(_), None) => Err(Error::NoUnlabelled),
            (Self::Supervised(trainer), _) => {
                block_on(trainer.step(&*course.training, &course.validation)).map(|batch| (batch, None))
            }
        }
    }

    /// What has been achieved so far.
    pub(super) fn into_training(self) -> Training {
        match self {
            Self::Supervised(trainer) => trainer.into_training(),
            Self::Semi(trainer) => trainer.into_training(),
        }
    }
}

fn data<'a>(course: &'a Course, semi: &'a Semi) -> SemiData<'a> {
    SemiData {
        labelled: &*course.training,
        unlabelled: &*semi.unlabelled,
        validation: &course.validation,
        validation_priors: PerArray::Each(&semi.validation_priors),
    }
}

/// Trains to the end of the last stage, or until the user ends it. Where a stage has diverged after a validation, it is
/// given as it is, with the reason.
pub(super) fn train(
    mut stage: Stage,
    checkpoint: &Checkpoint<'_>,
    console: Console,
) -> Result<(Stage, Option<Error>), Failure> {
    let course = checkpoint.course;
    loop {
        if let Some(error) = run(&mut stage, checkpoint, console)? {
            // From where a training has diverged it does so again: what was kept before is better.
            return Ok((stage, Some(error)));
        }
        stage = match (stage, &course.semi) {
            (Stage::Supervised(trainer), Some(semi)) if trainer.end().is_some() => {
                let network = trainer.into_training().network;
                Stage::Semi(Box::new(SemiTrainer::new(&network, semi.options)?))
            }
            (stage, _) => {
                checkpoint.write(&stage)?;
                return Ok((stage, None));
            }
        };
        checkpoint.write(&stage)?;
    }
}

/// One stage, to its end or until the user ends it; the reason if it has diverged after a validation.
fn run(stage: &mut Stage, checkpoint: &Checkpoint<'_>, console: Console) -> Result<Option<Error>, Failure> {
    let course = checkpoint.course;
    let options = match (&stage, &course.semi) {
        (Stage::Semi(_), Some(semi)) => {
            let count = semi.unlabelled.count();
            console.note(format!("now with {count} images without masks"));
            semi.options.training
        }
        _ => course.settings.options,
    };
    let batches = course.training.count().div_ceil(options.batch_size);
    let bar = console.progress(options.epochs.saturating_mul(batches), "batches");
    while stage.end().is_none() && !interrupt::is_asked() {
        let (batch, topological) = match stage.step(course) {
            Err(error @ Error::Diverged { .. }) if stage.best_epoch().is_some() => {
                bar.finish_and_clear();
                return Ok(Some(error));
            }
            step => step?,
        };
        show(&bar, &batch, topological, batches, console);
        if batch.ended.is_some() {
            checkpoint.write_after(batch.epoch, stage)?;
        }
    }
    bar.finish_and_clear();
    Ok(None)
}

fn show(bar: &ProgressBar, batch: &Batch, topological: Option<f64>, batches: usize, console: Console) {
    bar.set_position(((batch.epoch - 1) * batches + batch.number) as u64);
    let topological = topological.map_or_else(String::new, |loss| format!(", topological {loss:.4}"));
    bar.set_message(format!(", epoch {}, loss {:.4}{topological}", batch.epoch, batch.loss));
    if let Some((epoch, validation)) = batch.ended.and_then(|epoch| Some((epoch, epoch.validation?))) {
        let line = format!(
            "epoch {}: loss {:.4}{topological}, validation {validation:.4}",
            epoch.number, epoch.loss
        );
        bar.suspend(|| console.note(line));
    }
}
