//! Adam (Kingma and Ba 2015), with a state that can be kept: burn's own optimiser for modules gives its state away
//! only by reading the device synchronously, which a browser cannot.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, Param},
    optim::{AdamConfig, AdamState, AdaptiveMomentumState, GradientsParams, Optimizer},
    tensor::{Device, Tensor, TensorData},
};

use crate::{
    Error, ForeignBytes,
    weights::{Weights, read_tensor},
};

/// The optimiser of post-processing: beta 0.9 and 0.999, epsilon 1e-8.
#[derive(Clone, Default)]
pub(crate) struct Adam {
    /// By the name of the weights, which are taken as one row. Empty before the first update.
    states: BTreeMap<String, AdamState<1>>,
}

/// The running means of the gradients and of their squares, by ascending name of the weights.
pub(crate) struct Moments {
    pub(crate) first: Vec<Weights>,
    pub(crate) second: Vec<Weights>,
}

/// burn keeps their number in 32 bits.
const MOST_UPDATES: usize = i32::MAX as usize - 1;

/// No more than this can a first moment be in units of the root of the second, whatever the gradients were. By the
/// inequality of Cauchy and Schwarz its square is below the sum of (0.1 0.9^k)^2 / (0.001 0.999^k) over all k from 0,
/// 52.86; the rest is for rounding.
const MOST_DEVIATIONS: f32 = 7.3;
/// The squares of gradients as small as this are 0 in single precision.
const NOTHING: f32 = 1e-18;

impl Moments {
    /// An error unless so many updates of these parameters, by ascending name, can have led to them.
    pub(crate) fn check(&self, updates: usize, parameters: &[Weights]) -> Result<(), ForeignBytes> {
        let Self { first, second } = self;
        let impossible = |what: String| Err(ForeignBytes::Value(what));
        if updates > MOST_UPDATES {
            return impossible(format!("{updates} updates; accepted are up to {MOST_UPDATES}"));
        }
        let expected = if updates == 0 { &[] } else { parameters };
        for moments in [first, second] {
            let fits = |(a, b): (&Weights, &Weights)| a.name == b.name && a.values.len() == b.values.len();
            if moments.len() != expected.len() || !expected.iter().zip(moments).all(fits) {
                let names = moments.iter().map(|array| array.name.clone()).collect();
                return Err(ForeignBytes::Weights { names });
            }
        }
        for (first, second) in first.iter().zip(second) {
            let can_be = |(&first, &second): (&f32, &f32)| {
                second >= 0.0 && first.abs() <= MOST_DEVIATIONS * second.sqrt() + NOTHING
            };
            if let Some((one, two)) = first.values.iter().zip(&second.values).find(|&pair| !can_be(pair)) {
                return impossible(format!(
                    "moments of {} that no gradients have, {one} and {two}; accepted are squares from 0, and means of \
                     at most {MOST_DEVIATIONS} times their root",
                    first.name
                ));
            }
        }
        Ok(())
    }
}

impl Adam {
    /// An optimiser that has made so many updates.
    ///
    /// `moments` are those of all weights, or none if there was no update, as [`Moments::check`] sees to.
    pub(crate) fn restore(updates: usize, moments: Moments, device: &Device) -> Self {
        let tensor = |values: Vec<f32>| {
            let length = values.len();
            Tensor::from_data(TensorData::new(values, [length]), device)
        };
        let states = moments.first.into_iter().zip(moments.second).map(|(first, second)| {
            let momentum = AdaptiveMomentumState::new(updates, tensor(first.values), tensor(second.values));
            (first.name, AdamState::new(momentum))
        });
        Self { states: states.collect() }
    }

    /// One update.
    pub(crate) fn step<M: Module>(&mut self, rate: f64, module: M, gradients: GradientsParams) -> M {
        // burn's own epsilon, 1e-5, is not small beside gradients that are divided by the number of pixels.
        let rule = AdamConfig::new().with_epsilon(1e-8).build();
        module.map(&mut Update { rule, states: &mut self.states, rate, gradients, path: Vec::new() })
    }

    /// Reads the moments.
    pub(crate) async fn moments(&self) -> Result<Moments, Error> {
        let mut moments = Moments { first: Vec::new(), second: Vec::new() };
        for (name, AdamState { momentum }) in &self.states {
            moments.first.push(read_tensor(name.clone(), momentum.moment_1.clone()).await?);
            moments.second.push(read_tensor(name.clone(), momentum.moment_2.clone()).await?);
        }
        Ok(moments)
    }
}

struct Update<'a> {
    rule: burn::optim::Adam,
    states: &'a mut BTreeMap<String, AdamState<1>>,
    rate: f64,
    gradients: GradientsParams,
    path: Vec<String>,
}

impl ModuleMapper for Update<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, tensor, mapper) = param.consume();
        // A weight that has no part in the objective has no gradient.
        let Some(gradient) = self.gradients.remove::<D>(id) else {
            return Param::from_mapped_value(id, tensor, mapper);
        };
        let name = self.path.join(".");
        let (shape, length) = (tensor.dims(), tensor.dims().iter().product::<usize>());
        let state = self.states.remove(&name);
        let row = tensor.inner().reshape([length]);
        let (row, state) = self.rule.step(self.rate, row, gradient.reshape([length]), state);
        self.states.extend(state.map(|state| (name, state)));
        let tensor = Tensor::from_inner(row.reshape(shape)).require_grad();
        Param::from_mapped_value(id, tensor, mapper)
    }
}
