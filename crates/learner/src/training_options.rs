//! How a network is trained.

use std::f64::consts::PI;

use crate::{Error, Loss};

/// How the learning rate goes over the epochs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Schedule {
    /// It stays.
    #[default]
    Constant,
    /// It falls along half a cosine, from the whole in the first epoch to almost nothing in the last of
    /// [`TrainingOptions::epochs`] (Loshchilov and Hutter 2017, without restarts).
    Cosine,
}

impl Schedule {
    /// The share of the learning rate that is used in an epoch, from 1.
    pub(crate) fn share(self, epoch: usize, epochs: usize) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine => 0.5 + 0.5 * (PI * (epoch - 1) as f64 / epochs as f64).cos(),
        }
    }
}

/// How a network is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrainingOptions {
    /// What is made small: by default the mean squared error, as in the paper's experiment 1.
    pub loss: Loss,
    /// What tells which network is best on the pairs of the validation: what is made small, by default. Cross entropy grows
    /// with how sure a network is where it errs, while its masks may still become better.
    pub validate_by: Option<Loss>,
    /// The learning rate of Adam (beta 0.9 and 0.999, epsilon 1e-8): 1e-3 by default.
    pub learning_rate: f64,
    /// How the learning rate goes over the epochs: it stays, by default.
    pub schedule: Schedule,
    /// Over how many updates the learning rate rises from almost nothing to the whole, in equal parts: none by default.
    /// Adam's first updates are as large as the rate whatever the gradients are, and can throw a network that knows
    /// something out of what it knows.
    pub warm_up: usize,
    /// How many pairs there are between two updates, at most: 10 by default.
    pub batch_size: usize,
    /// How often every pair is seen, at most: 100 by default.
    pub epochs: usize,
    /// After how many epochs there is a validation: 50 by default, as in the paper's experiment 2. There is one
    /// after the last epoch in any case.
    pub validate_every: usize,
    /// How many validations in a row, not counting the one after the last epoch where no other is due then, may be no
    /// better than the best before training ends: 5 by default, as in the paper's experiment 2.
    pub patience: usize,
    /// Whether the network that is given is validated first, and is the result if none is better: not by default.
    pub validate_given: bool,
    /// The seed of the order of the pairs. The same seed and network give the same figures on the same device.
    pub seed: u64,
}

impl Default for TrainingOptions {
    fn default() -> Self {
        Self {
            loss: Loss::default(),
            validate_by: None,
            learning_rate: 1e-3,
            schedule: Schedule::default(),
            warm_up: 0,
            batch_size: 10,
            epochs: 100,
            validate_every: 50,
            patience: 5,
            validate_given: false,
            seed: 0,
        }
    }
}

impl TrainingOptions {
    /// Whether every number makes sense, which [`Trainer::new`](crate::Trainer::new) asks, too.
    ///
    /// # Errors
    ///
    /// The first number that does not.
    pub fn check(&self) -> Result<(), Error> {
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
