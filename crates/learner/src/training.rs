//! Supervised training of a network on pairs of image and target.

use std::ops::ControlFlow;

use burn::{
    module::Module,
    optim::{AdamConfig, GradientsParams},
    tensor::Tensor,
};
use ndarray::{Array2, ArrayView2};

use crate::{Error, Loss, UNet, image, random::Random};

/// An image and the map that the network should give for it, both `[rows, columns]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The image: any finite values.
    pub image: Array2<f32>,
    /// The map: in [0, 1].
    pub target: Array2<f32>,
}

/// How a network is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainingOptions {
    /// What is made small: by default the mean squared error, as in the paper's experiment 1.
    pub loss: Loss,
    /// The learning rate of Adam (beta 0.9 and 0.999, epsilon 1e-8): 1e-3 by default.
    pub learning_rate: f64,
    /// How many pairs there are between two updates, at most: 10 by default.
    pub batch_size: usize,
    /// How often every pair is seen, at most: 100 by default.
    pub epochs: usize,
    /// After how many epochs there is a validation: 50 by default, as in the paper's experiment 2.
    pub validate_every: usize,
    /// How many validations in a row may be no better than the best before training ends: 5 by default, as in the
    /// paper's experiment 2.
    pub patience: usize,
    /// The seed of the order of the pairs. The same seed and network give the same figures on the same device.
    pub seed: u64,
}

impl Default for TrainingOptions {
    fn default() -> Self {
        Self {
            loss: Loss::default(),
            learning_rate: 1e-3,
            batch_size: 10,
            epochs: 100,
            validate_every: 50,
            patience: 5,
            seed: 0,
        }
    }
}

impl TrainingOptions {
    fn check(&self) -> Result<(), Error> {
        if !(self.learning_rate.is_finite() && self.learning_rate > 0.0) {
            let (given, accepted) = (self.learning_rate, "a finite number above 0");
            return Err(Error::Option { option: "the learning rate", given, accepted });
        }
        let counts = [
            ("the batch size", self.batch_size),
            ("the number of epochs", self.epochs),
            ("the number of epochs between validations", self.validate_every),
            ("the patience", self.patience),
        ];
        match counts.into_iter().find(|&(_, count)| count == 0) {
            Some((option, _)) => Err(Error::Option { option, given: 0.0, accepted: "1 or more" }),
            None => Ok(()),
        }
    }
}

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
}

/// A trained network and how it came to be.
#[derive(Clone, Debug)]
pub struct Training {
    /// The network of the best validation; without a validation, the last one.
    pub network: UNet,
    /// The epoch whose network this is: 0 for the network that was given.
    pub best_epoch: usize,
    /// The figures of the epochs that were finished.
    pub epochs: Vec<Epoch>,
    /// Why training ended.
    pub end: End,
}

/// Trains a copy of a network on its device.
///
/// `on_progress` is called after every batch and every epoch; if it breaks, training ends there and gives what it
/// has. There is no validation if `validation` is empty.
///
/// # Errors
///
/// If there is no pair, an array is empty, has another size than the others or a value that is not finite or, in a
/// target, not in [0, 1]; if a number of the options makes no sense; if the loss becomes NaN or infinite; or if the
/// device fails.
pub async fn train(
    network: &UNet,
    training: &[Pair],
    validation: &[Pair],
    options: TrainingOptions,
    mut on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Training, Error> {
    options.check()?;
    check_pairs(training.iter().chain(validation))?;
    if training.is_empty() {
        return Err(Error::NoPairs);
    }
    let mut network = network.clone().train();
    let mut optimiser = AdamConfig::new().with_epsilon(1e-8).init();
    let mut random = Random::new(options.seed);
    let mut order = training.iter().collect::<Vec<&Pair>>();
    let mut epochs = Vec::new();
    let mut best: Option<Best> = None;
    let mut end = End::Epochs;
    'training: for number in 1..=options.epochs {
        random.shuffle(&mut order);
        let mut sum = 0.0;
        for (index, pairs) in order.chunks(options.batch_size).enumerate() {
            let loss = loss_of(&network, pairs, options.loss);
            let value = read(loss.clone().inner()).await?;
            if !value.is_finite() {
                let rate = options.learning_rate;
                return Err(Error::Diverged { epoch: number, loss: value, rate });
            }
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            network = optimiser.step(options.learning_rate, network, gradients);
            sum += value * pairs.len() as f64;
            let batches = order.len().div_ceil(options.batch_size);
            let progress = Progress::Batch { epoch: number, batch: index + 1, batches, loss: value };
            if on_progress(progress).is_break() {
                end = End::Cancelled;
                break 'training;
            }
        }
        let due = number % options.validate_every == 0 || number == options.epochs;
        let validated = if due && !validation.is_empty() {
            Some(validate(&network.valid(), validation, options).await?)
        } else {
            None
        };
        let epoch = Epoch { number, loss: sum / order.len() as f64, validation: validated };
        epochs.push(epoch);
        if on_progress(Progress::Epoch(epoch)).is_break() {
            end = End::Cancelled;
        }
        if let Some(loss) = validated {
            match &mut best {
                Some(best) if loss >= best.loss => best.tries += 1,
                _ => best = Some(Best { network: network.valid(), epoch: number, loss, tries: 0 }),
            }
            if end == End::Epochs && best.as_ref().is_some_and(|best| best.tries >= options.patience) {
                end = End::Patience;
            }
        }
        if end != End::Epochs {
            break;
        }
    }
    let (network, best_epoch) = match best {
        Some(best) => (best.network, best.epoch),
        None => (network.valid(), epochs.len()),
    };
    Ok(Training { network, best_epoch, epochs, end })
}

/// The network of the best validation.
struct Best {
    network: UNet,
    epoch: usize,
    loss: f64,
    /// How many validations there have been since.
    tries: usize,
}

/// The mean loss over all pairs.
async fn validate(network: &UNet, pairs: &[Pair], options: TrainingOptions) -> Result<f64, Error> {
    let pairs = pairs.iter().collect::<Vec<&Pair>>();
    let mut sum = 0.0;
    for batch in pairs.chunks(options.batch_size) {
        sum += read(loss_of(network, batch, options.loss)).await? * batch.len() as f64;
    }
    Ok(sum / pairs.len() as f64)
}

/// The loss of a batch, `[1]`.
fn loss_of(network: &UNet, pairs: &[&Pair], loss: Loss) -> Tensor<1> {
    let device = network.device().inner();
    let images = pairs.iter().map(|pair| pair.image.view()).collect::<Vec<ArrayView2<f32>>>();
    let targets = pairs.iter().map(|pair| pair.target.view()).collect::<Vec<ArrayView2<f32>>>();
    loss.forward(network.logits(image::batch(&images, &device)), image::batch(&targets, &device))
}

async fn read(loss: Tensor<1>) -> Result<f64, Error> {
    Ok(f64::from(loss.try_into_scalar_async::<f32>().await.map_err(Error::device)?))
}

fn check_pairs<'a>(pairs: impl Iterator<Item = &'a Pair>) -> Result<(), Error> {
    let mut expected = None;
    for pair in pairs {
        image::check_finite(pair.image.view())?;
        image::check_probabilities(pair.target.view())?;
        for array in [&pair.image, &pair.target] {
            let given = [array.nrows(), array.ncols()];
            let expected = *expected.get_or_insert(given);
            if given != expected {
                return Err(Error::Shape { expected, given });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "training_tests.rs"]
mod tests;
