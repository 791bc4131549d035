//! An interrupted run as bytes, in burn's own format (burnpack), so that it can go on: later, elsewhere, or on
//! another device.

use burn::{module::Module, tensor::Device};
use ndarray::{Array3, ArrayView3};
use topoloss::{ClassPrior, ClassPriors, ClassPriorsError};

use crate::{
    Error, ForeignBytes, PostProcess, PostProcessOptions, StopRules, Target, UNetConfig,
    adam::{Adam, Moments},
    burnpack::{Kind, Pack, Unpacked, parse},
    image, store,
    subject::{Pixels, Subject},
    weights::Weights,
};

const KIND: Kind = ("run", "bettiscope post-processing 2d");

// The groups of arrays: the parameters at step 0 and now, Adam's moments, and the image and S0.
const START: &str = "start";
const NOW: &str = "now";
const FIRST: &str = "first";
const SECOND: &str = "second";
const MAPS: &str = "map";

const TARGETS: [&str; 2] = ["weights", "pixels"];
const PRIOR_WEIGHTS: &str = "prior weights";
const ENTRY_WEIGHTS: &str = "entry weights";
const PRIOR_HELD: &str = "stop when the prior held for";
const TOTAL_BELOW: &str = "stop when the total is below";

impl PostProcess {
    /// The whole state of the run: the parameters at step 0 and now, Adam's moments, the number of updates, S0, the
    /// image, the prior and the options. For a network of n weights it is about 16 n bytes.
    ///
    /// # Errors
    ///
    /// If the weights have diverged so far that one is not finite, or the device fails.
    pub async fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut pack = self.pack();
        pack.group(START, self.start.parameters().await?);
        pack.group(NOW, self.subject.parameters().await?);
        let Moments { first, second } = self.optimiser.moments().await?;
        pack.group(FIRST, first);
        pack.group(SECOND, second);
        let mut maps = Vec::new();
        if let Some((_, initial)) = &self.initial {
            maps.push(map("initial", initial.view()));
        }
        if let Subject::Weights { network, input } = &self.start {
            store::write_size(network.config(), &mut pack);
            maps.push(map("image", image::read(input.clone()).await?.view()));
        }
        pack.group(MAPS, maps);
        pack.into_bytes(KIND)
    }

    /// The run that [`PostProcess::to_bytes`] wrote, on a device. The next step is the one that would have come
    /// next; on the same device it is the same to the last bit.
    ///
    /// # Errors
    ///
    /// If the bytes are anything else.
    pub fn from_bytes(bytes: Vec<u8>, device: &Device) -> Result<Self, Error> {
        let run = |bytes| State::read(bytes)?.run(&device.clone().inner());
        run(bytes).map_err(|error: Error| match error {
            Error::Foreign(reason) => Error::ForeignRun(reason),
            other => Error::ForeignRun(ForeignBytes::Value(other.to_string())),
        })
    }

    /// All that are not arrays.
    fn pack(&self) -> Pack {
        let PostProcessOptions { lambda, learning_rate, target, connectivity, stop } = self.options;
        let StopRules { updates, prior_holds_for, total_below } = stop;
        let written = |weights: &[f64]| weights.iter().map(f64::to_string).collect::<Vec<_>>().join(" ");
        let entries = self.priors.entries();
        let of_dimensions = entries.iter().map(|entry| written(entry.prior().weights())).collect::<Vec<_>>();
        let of_entries = entries.iter().map(ClassPrior::weight).collect::<Vec<f64>>();
        let mut pack = Pack::default();
        pack.entry("prior", &self.priors);
        pack.entry(PRIOR_WEIGHTS, of_dimensions.join("; "));
        let is_plain = of_entries.iter().all(|&weight| weight == 1.0);
        pack.optional(ENTRY_WEIGHTS, (!is_plain).then(|| written(&of_entries)));
        pack.entry("lambda", lambda);
        pack.entry("learning rate", learning_rate);
        pack.entry("target", TARGETS[usize::from(target == Target::Pixels)]);
        pack.entry("connectivity", connectivity);
        pack.entry("stop after updates", updates);
        pack.entry("updates", self.updates);
        pack.entry("is given", self.is_given);
        pack.entry("prior held for", self.held);
        pack.optional(PRIOR_HELD, prior_holds_for);
        pack.optional(TOTAL_BELOW, total_below);
        pack
    }
}

/// What was read from bytes.
struct State {
    unpacked: Unpacked,
    /// The image and S0, as far as they are there.
    maps: Vec<Weights>,
}

impl State {
    fn read(bytes: Vec<u8>) -> Result<Self, ForeignBytes> {
        let mut unpacked = Unpacked::read(bytes, KIND)?;
        let maps = unpacked.group(MAPS);
        Ok(Self { unpacked, maps })
    }

    fn run(mut self, device: &Device) -> Result<PostProcess, Error> {
        let options = self.options()?;
        let priors = self.priors()?;
        let unpacked = &mut self.unpacked;
        let (updates, is_given) = (unpacked.value("updates")?, unpacked.value("is given")?);
        let (now, held) = (unpacked.group(NOW), unpacked.value("prior held for")?);
        let moments = Moments { first: unpacked.group(FIRST), second: unpacked.group(SECOND) };
        moments.check(updates, &now)?;
        // At each step that was given, at most.
        if held > updates + usize::from(is_given) {
            let problem = format!("the prior held for {held} steps after {updates} updates");
            return Err(ForeignBytes::Value(problem).into());
        }
        let start = self.start(options.target, device)?;
        let mut run = PostProcess::begin(start, priors, options)?;
        run.subject = run.subject.with_parameters(now)?;
        run.optimiser = Adam::restore(updates, moments, device);
        (run.updates, run.is_given, run.held) = (updates, is_given, held);
        if updates > 0 || is_given {
            let initial = self.map("initial")?;
            initial.outer_iter().try_for_each(image::check_probabilities)?;
            let [_, classes, rows, columns] = run.subject.shape();
            if initial.dim().0 != classes {
                return Err(missing("initial").into());
            }
            if initial.dim() != (classes, rows, columns) {
                let (expected, given) = ([rows, columns], [initial.dim().1, initial.dim().2]);
                return Err(Error::Shape { expected, given });
            }
            run.initial = Some((image::one(initial.view(), device), initial));
        }
        Ok(run)
    }

    /// What was post-processed, as it was at step 0.
    fn start(&mut self, target: Target, device: &Device) -> Result<Subject, Error> {
        let parameters = self.unpacked.group(START);
        if target == Target::Pixels {
            let logits = parameters.into_iter().next().ok_or_else(|| missing(START))?;
            let [1, classes, rows, columns] = logits.shape[..] else { return Err(missing(START).into()) };
            if !(1..=UNetConfig::MAX_CLASSES).contains(&classes) || rows * columns == 0 {
                return Err(missing(START).into());
            }
            let logits =
                Array3::from_shape_vec((classes, rows, columns), logits.values).map_err(Error::device)?;
            logits.outer_iter().try_for_each(image::check_finite)?;
            return Ok(Subject::Pixels(Pixels::of_logits(logits.view(), device)));
        }
        let image = self.map("image")?;
        if image.dim().0 != 1 {
            return Err(missing("image").into());
        }
        image.outer_iter().try_for_each(image::check_finite)?;
        let network =
            Box::new(store::network(store::read_size(&self.unpacked)?, parameters, device)?.train());
        Ok(Subject::Weights { network, input: image::one(image.view(), device) })
    }

    fn options(&self) -> Result<PostProcessOptions, ForeignBytes> {
        let target = self.unpacked.value::<String>("target")?;
        let target = TARGETS.iter().position(|name| *name == target).ok_or_else(|| missing("target"))?;
        Ok(PostProcessOptions {
            lambda: self.unpacked.value("lambda")?,
            learning_rate: self.unpacked.value("learning rate")?,
            target: [Target::Weights, Target::Pixels][target],
            connectivity: self.unpacked.value("connectivity")?,
            stop: StopRules {
                updates: self.unpacked.value("stop after updates")?,
                prior_holds_for: self.unpacked.optional(PRIOR_HELD)?,
                total_below: self.unpacked.optional(TOTAL_BELOW)?,
            },
        })
    }

    fn priors(&self) -> Result<ClassPriors, ForeignBytes> {
        let weights = |key, text: &str| {
            let weights = text.split_whitespace().map(|weight| parse(key, weight));
            weights.collect::<Result<Vec<f64>, _>>()
        };
        let given: ClassPriors = self.unpacked.value("prior")?;
        let of_dimensions: String = self.unpacked.value(PRIOR_WEIGHTS)?;
        let of_dimensions = of_dimensions.split(';').map(|text| weights(PRIOR_WEIGHTS, text));
        let of_dimensions = of_dimensions.collect::<Result<Vec<_>, _>>()?;
        // There are none where all are 1.
        let of_entries = self.unpacked.optional::<String>(ENTRY_WEIGHTS)?;
        let of_entries = of_entries.map(|text| weights(ENTRY_WEIGHTS, &text)).transpose()?;
        let of_entries = of_entries.unwrap_or_else(|| vec![1.0; given.entries().len()]);
        if [of_dimensions.len(), of_entries.len()] != [given.entries().len(); 2] {
            return Err(missing(PRIOR_WEIGHTS));
        }
        let entries = given.entries().iter().zip(of_dimensions).zip(of_entries);
        let weighted = |((entry, of_dimensions), weight): ((&ClassPrior, Vec<f64>), f64)| {
            let prior =
                entry.prior().clone().with_weights(&of_dimensions).map_err(|_| missing(PRIOR_WEIGHTS))?;
            let entry = ClassPrior::new(entry.classes(), prior).and_then(|entry| entry.with_weight(weight));
            entry.map_err(|_: ClassPriorsError| missing(ENTRY_WEIGHTS))
        };
        let entries = entries.map(weighted).collect::<Result<Vec<ClassPrior>, _>>()?;
        ClassPriors::new(entries).map_err(|_| missing("prior"))
    }

    /// An array `[channels, rows, columns]`, or `[rows, columns]` of one channel.
    fn map(&self, name: &'static str) -> Result<Array3<f32>, ForeignBytes> {
        let found = self.maps.iter().filter(|map| map.name == name).find_map(|map| {
            let shape = match map.shape[..] {
                [channels, rows, columns] => (channels, rows, columns),
                [rows, columns] => (1, rows, columns),
                _ => return None,
            };
            Array3::from_shape_vec(shape, map.values.clone()).ok()
        });
        found.filter(|map| !map.is_empty()).ok_or_else(|| missing(name))
    }
}

fn missing(key: &'static str) -> ForeignBytes {
    ForeignBytes::Entry { key }
}

fn map(name: &str, array: ArrayView3<f32>) -> Weights {
    // The first axis is not written where it has length 1.
    let shape = if array.dim().0 == 1 { &array.shape()[1..] } else { array.shape() };
    Weights { name: name.to_owned(), shape: shape.to_vec(), values: array.iter().copied().collect() }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
