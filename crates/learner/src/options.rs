//! How one image is post-processed.

use persistence::Connectivity;

use crate::Error;

/// What post-processing changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Target {
    /// A copy of the network's weights, as in the paper: what the network knows of images limits what can happen to
    /// the map.
    #[default]
    Weights,
    /// The pixels of the map, each on its own, by their logits: for maps that came without a network, and to see
    /// what the loss alone asks for.
    Pixels,
}

/// When post-processing ends. The default is 100 updates and no other rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StopRules {
    /// After so many updates. 100 by default, as in the notebook that was published with the paper.
    pub updates: usize,
    /// When the Betti numbers at 0.5 have been those of the prior for so many steps in a row, at least 1. `None` by
    /// default: the loss goes on sharpening the map after that.
    pub prior_holds_for: Option<usize>,
    /// When the total of equation 5 is below. `None` by default.
    pub total_below: Option<f64>,
}

impl Default for StopRules {
    fn default() -> Self {
        Self { updates: 100, prior_holds_for: None, total_below: None }
    }
}

/// Which rule ended post-processing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// [`StopRules::updates`].
    Updates,
    /// [`StopRules::prior_holds_for`].
    PriorHolds,
    /// [`StopRules::total_below`].
    TotalBelow,
}

/// How one image is post-processed. The default changes the network's weights as the paper does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PostProcessOptions {
    /// The weight of the topological loss in equation 5: 0.02 by default, the paper's for digits (0.01 for hearts).
    pub lambda: f64,
    /// The learning rate of Adam (beta 0.9 and 0.999, epsilon 1e-8): 1e-4 by default. The paper does not say, and the
    /// notebook that was published with it has 1e-5; 1e-4 was chosen on training digits (docs/results.md).
    /// [`PostProcessOptions::pixels`] has the default for pixels.
    pub learning_rate: f64,
    /// What is changed.
    pub target: Target,
    /// Which pixels are neighbours: `T` by default, as in equation 1.
    pub connectivity: Connectivity,
    /// When to end.
    pub stop: StopRules,
}

impl Default for PostProcessOptions {
    fn default() -> Self {
        Self {
            lambda: 0.02,
            learning_rate: 1e-4,
            target: Target::Weights,
            connectivity: Connectivity::T,
            stop: StopRules::default(),
        }
    }
}

impl PostProcessOptions {
    /// The defaults for [`Target::Pixels`]: a learning rate of 0.1, since Adam moves each logit by about the
    /// learning rate in each step and logits are numbers from -7 to 7.
    pub fn pixels() -> Self {
        Self { learning_rate: 0.1, target: Target::Pixels, ..Self::default() }
    }

    /// An error unless every number makes sense.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let positive = self.learning_rate.is_finite() && self.learning_rate > 0.0;
        let holds = self.stop.prior_holds_for != Some(0);
        let reject = |option, given, accepted| Err(Error::Option { option, given, accepted });
        match () {
            () if !positive => reject("the learning rate", self.learning_rate, "a finite number above 0"),
            () if !(self.lambda.is_finite() && self.lambda >= 0.0) => {
                reject("lambda", self.lambda, "a finite number that is not negative")
            }
            () if !holds => {
                reject("the number of steps for which the prior holds", 0.0, "1 or more, or none")
            }
            () => Ok(()),
        }
    }
}
