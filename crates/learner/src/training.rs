//! Supervised training of a network on pairs of image and target.

use std::ops::ControlFlow;

use burn::{module::Module, optim::GradientsParams, tensor::Tensor};
use ndarray::ArrayView2;

use crate::{
    Error, Loss, Pair, Pairs, TrainingOptions, UNet, adam::Adam, image, pairs, random::Random,
    validation::Validation,
};

/// Where training is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// A batch has been learned.
    Batch {
        /// The epoch, from 1.
        epoch: usize,
        /// The batch of this epoch, from 1.
        batch: usize,
        /// How many batches an epoch has.
        batches: usize,
        /// The loss of the batch before the update.
        loss: f64,
    },
    /// All pairs have been learned once more.
    Epoch(Epoch),
}

/// The figures of one epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// The epoch, from 1.
    pub number: usize,
    /// The mean loss over the training pairs, each before the update by its batch.
    pub loss: f64,
    /// The mean loss over the validation pairs, in the epochs in which there was a validation.
    pub validation: Option<f64>,
}

/// Why training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// After [`TrainingOptions::epochs`].
    Epochs,
    /// By [`TrainingOptions::patience`].
    Patience,
    /// By the caller.
    Cancelled,
    /// The loss became NaN or infinite; there is a network of a validation before that.
    Diverged,
}

/// A trained network and how it came to be.
#[derive(Clone, Debug)]
pub struct Training {
    /// The network of the best validation, whose loss was a number; without one, the last network.
    pub network: UNet,
    /// The epoch whose network this is: 0 for the network that was given.
    pub best_epoch: usize,
    /// The figures of the epochs that were finished.
    pub epochs: Vec<Epoch>,
    /// Why training ended.
    pub end: End,
}

/// Trains a copy of a network on its device, by a [`Trainer`].
///
/// `on_progress` is called after every batch and every epoch; if it breaks, training ends there and gives what it
/// has. There is no validation if `validation` is empty.
///
/// # Errors
///
/// As [`Trainer::new`] and [`Trainer::step`]. A loss that becomes NaN or infinite after a validation is none: it ends
/// training, which gives the best network until then.
pub async fn train(
    network: &UNet,
    training: &(impl Pairs + ?Sized),
    validation: &[Pair],
    options: TrainingOptions,
    mut on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Training, Error> {
    let mut trainer = Trainer::new(network, options)?;
    while trainer.end().is_none() {
        let step = trainer.step(training, validation).await;
        if trainer.end() == Some(End::Diverged) && trainer.best_epoch().is_some() {
            break;
        }
        let Batch { epoch, number, count, loss, ended } = step?;
        let mut flow = on_progress(Progress::Batch { epoch, batch: number, batches: count, loss });
        if let (ControlFlow::Continue(()), Some(epoch)) = (flow, ended) {
            flow = on_progress(Progress::Epoch(epoch));
        }
        if flow.is_break() {
            break;
        }
    }
    Ok(trainer.into_training())
}

/// One batch that has been learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batch {
    /// The epoch, from 1.
    pub epoch: usize,
    /// The batch of this epoch, from 1.
    pub number: usize,
    /// How many batches an epoch has.
    pub count: usize,
    /// The loss of the batch before the update.
    pub loss: f64,
    /// The figures of the epoch, if this was its last batch.
    pub ended: Option<Epoch>,
}

/// Training in steps of one batch, for callers who do something in between: show it, or stop and go on another day.
#[derive(Clone)]
pub struct Trainer {
    pub(crate) network: UNet,
    pub(crate) optimiser: Adam,
    pub(crate) options: TrainingOptions,
    pub(crate) epochs: Vec<Epoch>,
    /// How many updates there have been.
    pub(crate) updates: usize,
    /// How many batches of the epoch that is under way have been learned.
    pub(crate) batches: usize,
    /// The sum of the losses of their pairs.
    pub(crate) sum: f64,
    pub(crate) best: Option<Best>,
    /// How many validations there have been since the best.
    pub(crate) tries: usize,
    /// The network of the last epoch, if it was validated only because it was the last, and is better than the best: a
    /// training that goes on to more epochs knows nothing of it.
    pub(crate) last: Option<Best>,
    /// Of the first array that was seen; all others have to have it too.
    pub(crate) shape: Option<[usize; 2]>,
    /// How many pairs an epoch has.
    pub(crate) pairs: Option<usize>,
    /// Whether the pairs to validate with have been looked at.
    pub(crate) is_checked: bool,
    pub(crate) has_diverged: bool,
}

/// The network of a validation.
#[derive(Clone)]
pub(crate) struct Best {
    pub(crate) network: UNet,
    pub(crate) epoch: usize,
    /// A number.
    pub(crate) loss: f64,
}

impl Trainer {
    /// Training of a copy of a network, on its device.
    ///
    /// # Errors
    ///
    /// If a number of the options makes no sense.
    pub fn new(network: &UNet, options: TrainingOptions) -> Result<Self, Error> {
        options.check()?;
        Ok(Self::begin(network.clone().train(), options))
    }

    /// Before the first batch.
    pub(crate) fn begin(network: UNet, options: TrainingOptions) -> Self {
        Self {
            network,
            optimiser: Adam::default(),
            options,
            epochs: Vec::new(),
            updates: 0,
            batches: 0,
            sum: 0.0,
            best: None,
            tries: 0,
            last: None,
            shape: None,
            pairs: None,
            is_checked: false,
            has_diverged: false,
        }
    }

    /// Learns the next batch; with the last one of an epoch, validates if it is time to.
    ///
    /// The pairs have to be the same in every step: the order of an epoch depends on the seed, the epoch and the
    /// number of pairs only. There is no validation if `validation` is empty. A validation whose loss is NaN or
    /// infinite is no better than any other. A step after the end is one more.
    ///
    /// # Errors
    ///
    /// If there is no pair, or another number of them than in the steps before; if an array is empty, has another size
    /// than the others or a value that is not finite or, in a target, not in [0, 1] or no class; if the loss becomes NaN or
    /// infinite, which leaves the best network as it is; or if the device fails.
    pub async fn step(
        &mut self,
        training: &(impl Pairs + ?Sized),
        validation: &[Pair],
    ) -> Result<Batch, Error> {
        self.step_to(training, &Validation { pairs: validation, topological: None }).await
    }

    /// As [`Trainer::step`], where the best network is that of this validation.
    pub(crate) async fn step_to(
        &mut self,
        training: &(impl Pairs + ?Sized),
        validation: &Validation<'_>,
    ) -> Result<Batch, Error> {
        let epoch = self.epochs.len() + 1;
        let options = self.options;
        let classes = self.network.config().classes;
        let given = training.count();
        let expected = *self.pairs.get_or_insert(given);
        if given != expected {
            return Err(Error::OtherPairs { expected, given });
        }
        let mut order = (0..given).collect::<Vec<usize>>();
        Random::of_epoch(options.seed, epoch).shuffle(&mut order);
        if !self.is_checked {
            // At once, and not when the epoch has been learned.
            validation.pairs.iter().try_for_each(|pair| pairs::check(pair, classes, &mut self.shape))?;
            self.is_checked = true;
            if options.validate_given && self.updates == 0 {
                self.validate_given(validation).await?;
            }
        }
        let chosen = order.chunks(options.batch_size).nth(self.batches).ok_or(Error::NoPairs)?;
        let chosen = chosen
            .iter()
            .map(|&index| {
                let pair = training.pair(index, epoch).map_err(|source| Error::Pair { index, source })?;
                pairs::check(&pair, classes, &mut self.shape)?;
                Ok(pair)
            })
            .collect::<Result<Vec<_>, Error>>()?;

        let batch = chosen.iter().map(|pair| &**pair).collect::<Vec<&Pair>>();
        let loss = loss_of(&self.network, &batch, options.loss);
        let value = read(loss.clone().inner()).await?;
        if !value.is_finite() {
            return Err(self.diverged(epoch, value));
        }
        self.update(loss);
        self.sum += value * batch.len() as f64;
        self.batches += 1;

        let (number, count) = (self.batches, order.len().div_ceil(options.batch_size));
        let ended = if number == count {
            let validated = self.validate(epoch, validation).await?;
            let ended = Epoch { number: epoch, loss: self.sum / order.len() as f64, validation: validated };
            self.epochs.push(ended);
            (self.batches, self.sum) = (0, 0.0);
            if let (Some(loss), None) = (validated, self.best_epoch())
                && !loss.is_finite()
            {
                return Err(self.diverged(epoch, loss));
            }
            Some(ended)
        } else {
            None
        };
        Ok(Batch { epoch, number, count, loss: value, ended })
    }

    /// Whether training has come to its end, and why.
    pub fn end(&self) -> Option<End> {
        match () {
            () if self.has_diverged => Some(End::Diverged),
            () if self.tries >= self.options.patience => Some(End::Patience),
            () if self.epochs.len() >= self.options.epochs => Some(End::Epochs),
            () => None,
        }
    }

    /// The figures of the epochs that were finished.
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }

    /// The epoch of the best validation so far, if there is one.
    pub fn best_epoch(&self) -> Option<usize> {
        self.last.as_ref().or(self.best.as_ref()).map(|best| best.epoch)
    }

    /// What has been achieved so far.
    pub fn into_training(self) -> Training {
        let end = self.end().unwrap_or(End::Cancelled);
        let (network, best_epoch) = match self.last.or(self.best) {
            Some(best) => (best.network, best.epoch),
            None => (self.network.valid(), self.epochs.len()),
        };
        Training { network, best_epoch, epochs: self.epochs, end }
    }

    /// One update against the gradient of `loss`, `[1]`.
    pub(crate) fn update(&mut self, loss: Tensor<1>) {
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        let TrainingOptions { learning_rate, schedule, warm_up, epochs, .. } = self.options;
        let warmth = ((self.updates + 1) as f64 / warm_up.max(1) as f64).min(1.0);
        let rate = learning_rate * schedule.share(self.epochs.len() + 1, epochs) * warmth;
        self.network = self.optimiser.step(rate, self.network.clone(), gradients);
        self.updates += 1;
    }

    pub(crate) fn diverged(&mut self, epoch: usize, loss: f64) -> Error {
        self.has_diverged = true;
        Error::Diverged { epoch, loss, rate: self.options.learning_rate }
    }

    /// Makes the network that was given the one to beat, before the first update.
    pub(crate) async fn validate_given(&mut self, validation: &Validation<'_>) -> Result<(), Error> {
        if validation.pairs.is_empty() {
            return Ok(());
        }
        let classes = self.network.config().classes;
        validation.pairs.iter().try_for_each(|pair| pairs::check(pair, classes, &mut self.shape))?;
        let network = self.network.valid();
        let loss = validation.loss(&network, self.options).await?;
        self.best = loss.is_finite().then_some(Best { network, epoch: 0, loss });
        Ok(())
    }

    /// The loss of validation, if it is time for it.
    async fn validate(&mut self, epoch: usize, validation: &Validation<'_>) -> Result<Option<f64>, Error> {
        let is_due = epoch.is_multiple_of(self.options.validate_every);
        let is_last = epoch == self.options.epochs;
        if !(is_due || is_last) || validation.pairs.is_empty() {
            return Ok(None);
        }
        let classes = self.network.config().classes;
        validation.pairs.iter().try_for_each(|pair| pairs::check(pair, classes, &mut self.shape))?;
        let network = self.network.valid();
        let loss = validation.loss(&network, self.options).await?;
        // Nothing is less than NaN, and NaN is not less than anything.
        let is_better = loss < self.best.as_ref().map_or(f64::INFINITY, |best| best.loss);
        let best = is_better.then_some(Best { network, epoch, loss });
        match (is_due, best) {
            (true, Some(best)) => (self.best, self.tries) = (Some(best), 0),
            (true, None) => self.tries += 1,
            (false, best) => self.last = best,
        }
        Ok(Some(loss))
    }
}

/// The loss of a batch, `[1]`.
fn loss_of(network: &UNet, pairs: &[&Pair], loss: Loss) -> Tensor<1> {
    let (images, targets) = tensors(network, pairs);
    loss.forward(network.logits(images), targets)
}

/// The images and the targets of a batch, both `[batch, 1, rows, columns]`, where the network is.
pub(crate) fn tensors(network: &UNet, pairs: &[&Pair]) -> (Tensor<4>, Tensor<4>) {
    let device = network.device().inner();
    let images = pairs.iter().map(|pair| pair.image.view()).collect::<Vec<ArrayView2<f32>>>();
    let targets = pairs.iter().map(|pair| pair.target.view()).collect::<Vec<ArrayView2<f32>>>();
    (image::batch(&images, &device), image::batch(&targets, &device))
}

pub(crate) async fn read(loss: Tensor<1>) -> Result<f64, Error> {
    Ok(f64::from(loss.try_into_scalar_async::<f32>().await.map_err(Error::device)?))
}

#[cfg(test)]
#[path = "training_tests.rs"]
mod tests;
