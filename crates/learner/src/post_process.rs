//! Post-processing one image under a topological prior: equation 5 of Clough et al. 2020.

use std::ops::ControlFlow;

use burn::{
    module::Module,
    tensor::{Device, Tensor},
};
use ndarray::{Array3, ArrayView2, ArrayView3, Axis};
use topoloss::{ClassPriors, classes::ClassEvaluator};

use crate::{
    Error, PostProcessOptions, Step, StepEntry, Stop, Target, UNet,
    adam::Adam,
    image,
    subject::{Pixels, Subject},
    surrogate::{self, surrogate},
};

/// One image, and the optimisation of equation 5 for it:
///
/// (1 / V) sum (S - S0)^2 + lambda * L_topo(S)
///
/// where S is the map of a copy of the network whose weights change, and S0 that of the network as it was. A network of
/// several classes has a map for each, the sum goes over all, V is the number of pixels, and L_topo is the sum over the
/// priors of classes and unions of classes.
///
/// In each step S is read from the device, [`topoloss`] gives L_topo and its derivative g = dL/dS, which is not zero
/// at critical pixels only, and what is differentiated on the device is (1 / V) sum (S - S0)^2 + lambda * sum(S g)
/// with g constant. Its gradient is exactly that of equation 5.
///
/// [`PostProcess::to_bytes`] and [`PostProcess::from_bytes`] interrupt a run and continue it, here or on another device.
///
/// ```
/// use burn::tensor::Device;
/// use learner::{PostProcess, PostProcessOptions, UNetConfig};
/// use ndarray::Array2;
///
/// let network = UNetConfig { width: 4, depth: 2, ..UNetConfig::default() }.init(0, &Device::flex())?;
/// let image = Array2::from_shape_fn((28, 28), |(row, column)| ((row + column) % 2) as f32);
/// pollster::block_on(async {
///     let mut run = PostProcess::new(&network, image.view(), "1,0".parse()?, PostProcessOptions::default()).await?;
///     let before = run.step().await?;
///     let after = run.step().await?;
///     assert_eq!((before.number, before.similarity), (0, 0.0));
///     assert_eq!(after.number, 1);
///     Ok::<(), Box<dyn std::error::Error>>(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PostProcess {
    pub(crate) start: Subject,
    pub(crate) subject: Subject,
    pub(crate) priors: ClassPriors,
    pub(crate) options: PostProcessOptions,
    pub(crate) optimiser: Adam,
    evaluator: ClassEvaluator,
    /// S0 on the device and read.
    pub(crate) initial: Option<(Tensor<4>, Array3<f32>)>,
    /// What the next update differentiates. A run that was read from bytes has to look first.
    objective: Option<Tensor<1>>,
    pub(crate) updates: usize,
    /// Whether the step of the last update was given, so that the next one begins with an update.
    pub(crate) is_given: bool,
    /// In how many steps in a row the prior has held.
    pub(crate) held: usize,
}

impl PostProcess {
    /// Post-processing of the maps that a network predicts for an image `[rows, columns]`. The network is copied and
    /// stays as it is. The device is the network's. Nothing is waited for but with [`Target::Pixels`], where the
    /// maps are predicted here and once.
    ///
    /// # Errors
    ///
    /// If the image is empty or has a pixel that is not finite, a prior is one for volumes or for a class that the network
    /// does not have, a number of the options makes no sense, or the device fails.
    pub async fn new(
        network: &UNet,
        image: ArrayView2<'_, f32>,
        priors: ClassPriors,
        options: PostProcessOptions,
    ) -> Result<Self, Error> {
        if options.target == Target::Pixels {
            let maps = network.segment_classes(image).await?;
            return Self::of_classes(maps.view(), priors, options, &network.device());
        }
        image::check_finite(image)?;
        let input = image::batch(&[image], &network.device().inner());
        Self::begin(Subject::Weights { network: Box::new(network.clone().train()), input }, priors, options)
    }

    /// Post-processing of a probability map `[rows, columns]`, by its pixels whatever [`PostProcessOptions::target`]
    /// says. Probabilities nearer to 0 or 1 than 0.001 start at 0.001 and 0.999, since the logits of 0 and 1 are
    /// infinite and nothing would move them.
    ///
    /// # Errors
    ///
    /// If the map is empty or has a value outside [0, 1], the prior is one for volumes, or a number of the options
    /// makes no sense.
    pub fn of_map(
        map: ArrayView2<f32>,
        priors: ClassPriors,
        options: PostProcessOptions,
        device: &Device,
    ) -> Result<Self, Error> {
        Self::of_classes(map.insert_axis(Axis(0)), priors, options, device)
    }

    /// Post-processing of the probability maps `[classes, rows, columns]` of several classes, the first of which is the
    /// background; of one map as [`PostProcess::of_map`] does it. Of several, the softmax of their logits is optimised, so
    /// that they add up to 1 in each pixel.
    ///
    /// # Errors
    ///
    /// Those of [`PostProcess::new`] and [`PostProcess::of_map`].
    pub fn of_classes(
        maps: ArrayView3<f32>,
        priors: ClassPriors,
        options: PostProcessOptions,
        device: &Device,
    ) -> Result<Self, Error> {
        if maps.is_empty() {
            let (_, rows, columns) = maps.dim();
            return Err(Error::EmptyImage { rows, columns });
        }
        maps.outer_iter().try_for_each(image::check_probabilities)?;
        Self::begin(Subject::Pixels(Pixels::new(maps, &device.clone().inner())), priors, options)
    }

    /// Before step 0.
    pub(crate) fn begin(
        subject: Subject,
        priors: ClassPriors,
        options: PostProcessOptions,
    ) -> Result<Self, Error> {
        options.check()?;
        if priors.dimensions() != 2 {
            return Err(Error::Prior { given: priors.dimensions(), prior: priors.to_string() });
        }
        let [_, classes, ..] = subject.shape();
        if classes > 1 {
            priors.check_classes(classes)?;
        } else if priors.of_foreground().is_none() {
            return Err(Error::OneClass { priors: priors.to_string() });
        }
        Ok(Self {
            start: subject.clone(),
            subject,
            priors,
            options,
            optimiser: Adam::default(),
            evaluator: ClassEvaluator::new(),
            initial: None,
            objective: None,
            updates: 0,
            is_given: false,
            held: 0,
        })
    }

    /// The next step: at first step 0, the map as it is; then one update for each step.
    ///
    /// It may be called after a stop rule has held, for one more update. A future that is dropped before it is done
    /// loses nothing but its step: the next call gives that step.
    ///
    /// # Errors
    ///
    /// If the device fails, or the weights have diverged so far that the map has a NaN.
    pub async fn step(&mut self) -> Result<Step, Error> {
        if self.is_given {
            let objective = match self.objective.take() {
                Some(objective) => objective,
                None => self.look().await?.1,
            };
            let gradients = self.subject.gradients(objective);
            self.subject.update(&mut self.optimiser, self.options.learning_rate, gradients);
            self.updates += 1;
            self.is_given = false;
        }
        let (mut step, objective) = self.look().await?;
        self.objective = Some(objective);
        self.is_given = true;
        self.held = if step.prior_holds { self.held + 1 } else { 0 };
        step.stop = self.stop(step.total);
        Ok(step)
    }

    /// Equation 5 for the maps as they are now, and what the next update differentiates. Which stop rule holds is left
    /// open.
    pub(crate) async fn look(&mut self) -> Result<(Step, Tensor<1>), Error> {
        let maps = self.subject.forward();
        let probabilities = image::read(maps.clone().inner()).await?;
        let (start, start_read) =
            &*self.initial.get_or_insert_with(|| (maps.clone().inner(), probabilities.clone()));

        let (classes, rows, columns) = probabilities.dim();
        let differences =
            probabilities.iter().zip(start_read).map(|(&now, &then)| f64::from(now - then).powi(2));
        let similarity = differences.sum::<f64>() / (rows * columns) as f64;
        let options = surrogate::options(self.options.connectivity);
        let loss = match classes {
            1 => self.evaluator.evaluate(probabilities.index_axis(Axis(0), 0), &self.priors, options)?,
            _ => self.evaluator.evaluate(probabilities.view(), &self.priors, options)?,
        };

        // Equation 5's gradient: see the documentation of the type.
        let squares = (maps.clone() - start.clone()).square().mean() * classes as f64;
        let objective = squares + surrogate(maps, [loss.gradient()], self.options.lambda);

        let total = similarity + self.options.lambda * loss.total();
        let entries = StepEntry::all(&probabilities, &self.priors, loss, self.options.connectivity)?;
        let prior_holds = entries.iter().all(|entry| entry.prior_holds);
        let (number, stop) = (self.updates, None);
        let step = Step { number, similarity, total, probabilities, entries, prior_holds, stop };
        Ok((step, objective))
    }

    /// Steps until a stop rule holds or `on_step` breaks; the last step. Every step is handed to `on_step`, the last
    /// one too.
    ///
    /// # Errors
    ///
    /// As [`PostProcess::step`].
    pub async fn run(&mut self, mut on_step: impl FnMut(&Step) -> ControlFlow<()>) -> Result<Step, Error> {
        loop {
            let step = self.step().await?;
            if on_step(&step).is_break() || step.stop.is_some() {
                return Ok(step);
            }
        }
    }

    /// Takes back that the last step was given: the next call gives it once more.
    pub fn take_back(&mut self) {
        if self.is_given {
            self.is_given = false;
            self.objective = None;
            // A step in which the prior does not hold sets it to 0 either way.
            self.held = self.held.saturating_sub(1);
        }
    }

    /// Back to before step 0: the same steps will follow.
    pub fn reset(&mut self) {
        self.subject = self.start.clone();
        self.optimiser = Adam::default();
        self.initial = None;
        self.objective = None;
        self.updates = 0;
        self.is_given = false;
        self.held = 0;
    }

    /// How the image is post-processed.
    pub fn options(&self) -> PostProcessOptions {
        self.options
    }

    fn stop(&self, total: f64) -> Option<Stop> {
        let rules = self.options.stop;
        if rules.prior_holds_for.is_some_and(|steps| self.held >= steps) {
            Some(Stop::PriorHolds)
        } else if rules.total_below.is_some_and(|bound| total < bound) {
            Some(Stop::TotalBelow)
        } else {
            (self.updates >= rules.updates).then_some(Stop::Updates)
        }
    }
}

#[cfg(test)]
#[path = "post_process_tests.rs"]
mod tests;
