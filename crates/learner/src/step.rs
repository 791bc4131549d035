//! What post-processing says after each update.

use ndarray::{Array2, Array3, Axis};
use persistence::Connectivity;
use topoloss::{
    ClassPrior, ClassPriors, Term,
    classes::{self, ClassLoss},
};

use crate::{Error, Stop};

/// The state of post-processing after some updates, and what equation 5 says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// How many updates have been made: 0 for the map as the network predicts it.
    pub number: usize,
    /// The first term of equation 5: (1 / V) sum (S - S0)^2 over classes and pixels, where V is the number of pixels and S0
    /// the maps of step 0.
    pub similarity: f64,
    /// Equation 5: the similarity and lambda times the sum of all topological losses.
    pub total: f64,
    /// The maps S, `[classes, rows, columns]`, in [0, 1]: one for each class of the network.
    pub probabilities: Array3<f32>,
    /// What there is to say of each prior, in their order.
    pub entries: Vec<StepEntry>,
    /// Whether all priors hold.
    pub prior_holds: bool,
    /// Whether a stop rule holds at this step, and which.
    pub stop: Option<Stop>,
}

/// What a step says of one prior: that of a class, or of a union of several.
#[derive(Clone, Debug, PartialEq)]
pub struct StepEntry {
    /// The map of the prior's classes, `[rows, columns]`, in [0, 1]: the sum of theirs.
    pub probabilities: Array2<f32>,
    /// The topological loss of each dimension (equation 3, times its weight and that of the prior), without lambda.
    pub topological: Vec<f64>,
    /// The barcode of the map with the critical pixels of every bar, and what the loss wants of it. Values are multiplied by
    /// the weights of the dimension and of the prior.
    pub terms: Vec<Term>,
    /// The Betti numbers, components and holes: of the map at 0.5 where the network has one class, and where it has several
    /// of the pixels in which one of the prior's classes has the greatest probability of all.
    pub betti: Vec<usize>,
    /// Whether these are the prior's.
    pub prior_holds: bool,
}

impl StepEntry {
    /// Of all priors.
    pub(crate) fn all(
        maps: &Array3<f32>,
        priors: &ClassPriors,
        loss: &ClassLoss,
        connectivity: Connectivity,
    ) -> Result<Vec<Self>, Error> {
        let of_labels = match maps.len_of(Axis(0)) {
            1 => None,
            _ => Some(classes::betti_numbers(classes::arg_max(maps.view())?.view(), priors, connectivity)?),
        };
        let entry = |(place, prior): (usize, &ClassPrior)| {
            let (loss, weight) = (&loss.entries()[place], prior.weight());
            let betti = match &of_labels {
                None => loss.betti_numbers(0.5),
                Some(betti) => betti[place].clone(),
            };
            let weighted = |term: &Term| Term { value: weight * term.value, ..*term };
            Self {
                probabilities: match of_labels {
                    None => maps.index_axis(Axis(0), 0).to_owned(),
                    Some(_) => classes::sum(maps.view(), prior),
                },
                topological: loss.dimensions().iter().map(|of| weight * of.value).collect(),
                terms: loss.terms().iter().map(weighted).collect(),
                prior_holds: prior.prior().is_satisfied_by(&betti),
                betti,
            }
        };
        Ok(priors.entries().iter().enumerate().map(entry).collect())
    }
}
