//! What tells which network of a training is the best.

use topoloss::{ClassPriors, LossOptions, PerArray};

use crate::{
    Error, Pair, TrainingOptions, UNet, surrogate,
    training::{read, tensors},
    unet::probabilities,
};

/// What tells which network is best.
pub(crate) struct Validation<'a> {
    pub(crate) pairs: &'a [Pair],
    /// What the topology of the maps counts.
    pub(crate) topological: Option<Topological<'a>>,
}

/// A topological loss beside another one.
pub(crate) struct Topological<'a> {
    /// The priors of the maps.
    pub(crate) priors: PerArray<'a, ClassPriors>,
    /// What the loss is multiplied by.
    pub(crate) weight: f64,
    pub(crate) options: LossOptions,
}

impl Validation<'_> {
    /// The mean over all pairs.
    pub(crate) async fn loss(&self, network: &UNet, options: TrainingOptions) -> Result<f64, Error> {
        let pairs = self.pairs.iter().collect::<Vec<&Pair>>();
        let mut sum = 0.0;
        for (place, batch) in pairs.chunks(options.batch_size).enumerate() {
            let (images, targets) = tensors(network, batch);
            let logits = network.logits(images);
            if let Some(Topological { priors, weight, options: loss }) = &self.topological {
                let priors = match priors {
                    PerArray::Same(prior) => PerArray::Same(*prior),
                    PerArray::Each(all) => {
                        let first = (place * options.batch_size).min(all.len());
                        PerArray::Each(&all[first..(first + batch.len()).min(all.len())])
                    }
                };
                let losses = surrogate::losses(probabilities(logits.clone()), priors, *loss).await;
                if surrogate::is_no_number(&losses) {
                    return Ok(f64::NAN);
                }
                let losses = losses?;
                sum += weight * losses.iter().map(|loss| loss.total()).sum::<f64>();
            }
            let loss = options.validate_by.unwrap_or(options.loss);
            sum += read(loss.forward(logits, targets)).await? * batch.len() as f64;
        }
        Ok(sum / pairs.len() as f64)
    }
}
