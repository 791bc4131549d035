//! What post-processing changes: the weights of a network, or the logits of the pixels.

use burn::{
    module::{Module, Param},
    optim::GradientsParams,
    tensor::{Device, Tensor},
};
use ndarray::ArrayView3;

use crate::{
    Error, ForeignBytes, UNet,
    adam::Adam,
    image,
    logistic::{logistic, logit},
    store,
    unet::probabilities,
    weights::{self, Weights},
};

/// Something whose parameters give probability maps.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A copy of a network, and its input `[1, 1, rows, columns]`.
    Weights { network: Box<UNet>, input: Tensor<4> },
    /// The maps themselves.
    Pixels(Pixels),
}

/// Probability maps by their logits.
#[derive(Module, Debug)]
pub(crate) struct Pixels {
    /// `[1, classes, rows, columns]`
    logits: Param<Tensor<4>>,
}

impl Pixels {
    /// The logits of probability maps `[classes, rows, columns]`. Probabilities nearer to 0 or 1 than 0.001 are taken to be
    /// 0.001 and 0.999, since the logits of 0 and 1 are infinite and nothing would move them.
    pub(crate) fn new(maps: ArrayView3<f32>, device: &Device) -> Self {
        let certain = |value: f32| value.clamp(0.001, 0.999);
        let logits = match maps.dim().0 {
            1 => maps.mapv(|value| logit(certain(value))),
            _ => maps.mapv(|value| certain(value).ln()),
        };
        Self::of_logits(logits.view(), device)
    }

    /// The maps of these logits, which are finite.
    pub(crate) fn of_logits(logits: ArrayView3<f32>, device: &Device) -> Self {
        Self { logits: Param::from_tensor(image::one(logits, device)).train() }
    }
}

impl Subject {
    /// The probability maps S, `[1, classes, rows, columns]`.
    pub(crate) fn forward(&self) -> Tensor<4> {
        match self {
            Self::Weights { network, input } => network.forward(input.clone()),
            Self::Pixels(pixels) => match self.shape()[1] {
                1 => logistic(pixels.logits.val()),
                _ => probabilities(pixels.logits.val()),
            },
        }
    }

    /// The shape of the maps.
    pub(crate) fn shape(&self) -> [usize; 4] {
        match self {
            Self::Weights { network, input } => {
                let [batch, _, rows, columns] = input.dims();
                [batch, network.config().classes, rows, columns]
            }
            Self::Pixels(pixels) => pixels.logits.dims(),
        }
    }

    /// The gradients of `objective`, `[1]`, with respect to the parameters.
    pub(crate) fn gradients(&self, objective: Tensor<1>) -> GradientsParams {
        let gradients = objective.backward();
        match self {
            Self::Weights { network, .. } => GradientsParams::from_grads(gradients, &**network),
            Self::Pixels(pixels) => GradientsParams::from_grads(gradients, pixels),
        }
    }

    /// One step of the optimiser.
    pub(crate) fn update(&mut self, optimiser: &mut Adam, rate: f64, gradients: GradientsParams) {
        match self {
            Self::Weights { network, .. } => **network = optimiser.step(rate, (**network).clone(), gradients),
            Self::Pixels(pixels) => *pixels = optimiser.step(rate, pixels.clone(), gradients),
        }
    }

    /// The parameters, read.
    pub(crate) async fn parameters(&self) -> Result<Vec<Weights>, Error> {
        match self {
            Self::Weights { network, .. } => weights::read(&**network).await,
            Self::Pixels(pixels) => weights::read(pixels).await,
        }
    }

    /// With other parameters.
    pub(crate) fn with_parameters(self, parameters: Vec<Weights>) -> Result<Self, ForeignBytes> {
        Ok(match self {
            Self::Weights { network, input } => {
                let network = store::fit(network.valid(), parameters)?.train();
                Self::Weights { network: Box::new(network), input }
            }
            Self::Pixels(pixels) => Self::Pixels(store::fit(pixels.valid(), parameters)?.train()),
        })
    }
}
