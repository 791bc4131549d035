//! Semi-supervised training: equation 6 of Clough et al. 2020.

use std::{borrow::Cow, ops::ControlFlow};

use burn::module::Module;
use ndarray::{Array2, ArrayView2};
use persistence::Connectivity;
use topoloss::{ClassPriors, LossOptions, PerArray, classes::ClassLoss};

use crate::{
    Batch, End, Error, Pair, Pairs, Trainer, Training, TrainingOptions, UNet, Unlabelled, image,
    random::Random,
    surrogate::{self, surrogate},
    validation::{Topological, Validation},
};

/// How a network goes on with images that nobody has labelled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SemiOptions {
    /// How the labelled images are learned, and when training ends. The learning rate, its schedule and the warm-up are
    /// those of all updates; the warm-up counts both kinds. 100 by default, and else the default of supervised training.
    pub training: TrainingOptions,
    /// The weight of the topological loss: 0.01 by default, as in the paper's experiment 2.
    pub lambda: f64,
    /// Over how many unlabelled images an update sums, at most: 10 by default. As the loss is a sum, more of them pull
    /// harder.
    pub batch_size: usize,
    /// Which pixels are neighbours: `T` by default, as in equation 1.
    pub connectivity: Connectivity,
}

impl Default for SemiOptions {
    fn default() -> Self {
        Self {
            training: TrainingOptions { warm_up: 100, ..TrainingOptions::default() },
            lambda: 0.01,
            batch_size: 10,
            connectivity: Connectivity::T,
        }
    }
}

impl SemiOptions {
    /// Whether every number makes sense, which [`SemiTrainer::new`] asks, too.
    ///
    /// # Errors
    ///
    /// The first number that does not.
    pub fn check(&self) -> Result<(), Error> {
        self.training.check()?;
        if !(self.lambda.is_finite() && self.lambda >= 0.0) {
            let (given, accepted) = (self.lambda, "a finite number that is not negative");
            return Err(Error::Option { option: "lambda", given, accepted });
        }
        if self.batch_size == 0 {
            let option = "the batch size of unlabelled images";
            return Err(Error::Option { option, given: 0.0, accepted: "1 or more" });
        }
        Ok(())
    }

    fn loss(&self) -> LossOptions {
        surrogate::options(self.connectivity)
    }
}

/// What is learned from. It has to be the same in every step.
pub struct SemiData<'a> {
    /// Images with targets.
    pub labelled: &'a dyn Pairs,
    /// Images with priors.
    pub unlabelled: &'a dyn Unlabelled,
    /// What tells which network is the best; may be empty.
    pub validation: &'a [Pair],
    /// What the maps of the validation should be like.
    pub validation_priors: PerArray<'a, ClassPriors>,
}

/// One batch of labelled and one of unlabelled images that have been learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SemiBatch {
    /// The labelled images.
    pub labelled: Batch,
    /// The mean over the unlabelled images of their topological losses before the update by them, without lambda.
    pub topological: f64,
}

/// Training of a network that has learned from labelled images already, now from unlabelled ones too (equation 6):
///
/// L(labelled images, w) + lambda sum over the unlabelled of L_topo(f(X; w))
///
/// where L is a [`Loss`](crate::Loss), a mean over the images of a batch, as supervised training has it.
///
/// As in section 3.3 of the paper, the two terms take turns: an update by the topological losses of one batch of unlabelled
/// images, then one by the loss of a batch of labelled ones. Both have one Adam: its moments mix the two gradients, so that
/// lambda weighs them. With a moment of its own for each, lambda would have no effect, since Adam divides by the gradient's
/// size.
///
/// An epoch is one of the labelled images. The unlabelled ones have epochs of their own, in which each is seen once.
///
/// The best network is that of the least validation loss, which has both terms, too: the mean over its pairs of their loss
/// and of lambda times L_topo times the number of images that an update sums over, as both pull at the weights. The network
/// that was given is validated first: where training drives maps to what is empty, or to a frame around the image, it
/// stays the best.
#[derive(Clone)]
pub struct SemiTrainer {
    /// The network before the first update.
    pub(crate) given: UNet,
    pub(crate) trainer: Trainer,
    pub(crate) options: SemiOptions,
    /// How many batches of unlabelled images have been learned.
    pub(crate) batches: usize,
    /// How many unlabelled images there are.
    pub(crate) images: Option<usize>,
}

impl SemiTrainer {
    /// Training of a copy of a network, on its device.
    ///
    /// # Errors
    ///
    /// If a number of the options makes no sense.
    pub fn new(network: &UNet, options: SemiOptions) -> Result<Self, Error> {
        options.check()?;
        let trainer = Trainer::new(network, options.training)?;
        Ok(Self { given: network.valid(), trainer, options, batches: 0, images: None })
    }

    /// Learns a batch of unlabelled images, then one of labelled ones; with the last one of an epoch, validates if it is
    /// time to.
    ///
    /// # Errors
    ///
    /// As [`Trainer::step`], of both kinds of images; and if a prior is none of an image, or of other classes than the
    /// network has, or there is not one prior for all images of the validation or one for each.
    pub async fn step(&mut self, data: &SemiData<'_>) -> Result<SemiBatch, Error> {
        // As many as an update sums over.
        let of_batch = self.options.batch_size.min(data.unlabelled.count());
        let weight = self.options.lambda * of_batch as f64;
        let arrays = data.validation.len();
        let priors = match &data.validation_priors {
            PerArray::Each(priors) if priors.len() != arrays => {
                return Err(topoloss::Error::PriorCount { priors: priors.len(), arrays }.into());
            }
            PerArray::Each(priors) => PerArray::Each(priors),
            PerArray::Same(priors) => PerArray::Same(*priors),
        };
        let topological = Topological { priors, weight, options: self.options.loss() };
        let validation = Validation { pairs: data.validation, topological: Some(topological) };
        if self.batches == 0 {
            self.trainer.validate_given(&validation).await?;
        }
        let topological = self.learn_unlabelled(data.unlabelled).await?;
        let labelled = self.trainer.step_to(data.labelled, &validation).await?;
        Ok(SemiBatch { labelled, topological })
    }

    /// Whether training has come to its end, and why.
    pub fn end(&self) -> Option<End> {
        self.trainer.end()
    }

    /// The network that was given.
    pub fn given(&self) -> &UNet {
        &self.given
    }

    /// The labelled half: its epochs, and which is the best.
    pub fn labelled(&self) -> &Trainer {
        &self.trainer
    }

    /// What has been achieved so far. The best epoch is 0 if no network was better than the one that was given.
    pub fn into_training(self) -> Training {
        self.trainer.into_training()
    }

    /// One update by the next batch; the mean of its losses.
    async fn learn_unlabelled(&mut self, unlabelled: &dyn Unlabelled) -> Result<f64, Error> {
        let given = unlabelled.count();
        let expected = *self.images.get_or_insert(given);
        if given != expected {
            return Err(Error::OtherImages { expected, given });
        }
        if given == 0 {
            return Err(Error::NoUnlabelled);
        }
        let of_epoch = given.div_ceil(self.options.batch_size);
        let (epoch, number) = (self.batches / of_epoch + 1, self.batches % of_epoch);
        let mut order = (0..given).collect::<Vec<usize>>();
        Random::of_unlabelled(self.options.training.seed, epoch).shuffle(&mut order);
        let chosen = order.chunks(self.options.batch_size).nth(number).unwrap_or_default();

        let mut images = Vec::<Cow<'_, Array2<f32>>>::with_capacity(chosen.len());
        let mut priors = Vec::with_capacity(chosen.len());
        for &index in chosen {
            let failed = |source| Error::Unlabelled { index, source };
            let image = unlabelled.image(index, epoch).map_err(failed)?;
            image::check_finite(image.view())?;
            image::check_shape(&image, &mut self.trainer.shape)?;
            images.push(image);
            priors.push(unlabelled.priors(index).map_err(failed)?.clone());
        }
        let views = images.iter().map(|image| image.view()).collect::<Vec<ArrayView2<f32>>>();
        let network = &self.trainer.network;
        let maps = network.forward(image::batch(&views, &network.device().inner()));
        let losses =
            surrogate::losses(maps.clone().inner(), PerArray::Each(&priors), self.options.loss()).await;
        if surrogate::is_no_number(&losses) {
            return Err(self.trainer.diverged(self.trainer.epochs.len() + 1, f64::NAN));
        }
        let losses = losses?;
        self.trainer.update(surrogate(maps, losses.iter().map(ClassLoss::gradient), self.options.lambda));
        self.batches += 1;
        Ok(losses.iter().map(ClassLoss::total).sum::<f64>() / losses.len() as f64)
    }
}

/// Trains a copy of a network on its device, by a [`SemiTrainer`]. `on_batch` is called after every pair of batches; if it
/// breaks, training ends there and gives what it has.
///
/// # Errors
///
/// As [`SemiTrainer::new`] and [`SemiTrainer::step`]. A loss that becomes NaN or infinite after a validation is none: it
/// ends training, which gives the best network until then.
pub async fn train_semi(
    network: &UNet,
    data: &SemiData<'_>,
    options: SemiOptions,
    mut on_batch: impl FnMut(&SemiBatch) -> ControlFlow<()>,
) -> Result<Training, Error> {
    let mut trainer = SemiTrainer::new(network, options)?;
    while trainer.end().is_none() {
        let step = trainer.step(data).await;
        if trainer.end() == Some(End::Diverged) && trainer.labelled().best_epoch().is_some() {
            break;
        }
        if on_batch(&step?).is_break() {
            break;
        }
    }
    Ok(trainer.into_training())
}

#[cfg(test)]
#[path = "semi_tests.rs"]
mod tests;
