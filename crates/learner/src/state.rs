//! An interrupted run as bytes, in burn's own format (burnpack), so that it can go on: later, elsewhere, or on
//! another device.

use std::{collections::BTreeMap, str::FromStr};

use burn::{module::Module, tensor::Device};
use ndarray::{Array2, ArrayView2};
use persistence::Connectivity;
use topoloss::Prior;

use crate::{
    Error, ForeignBytes, PostProcess, PostProcessOptions, StopRules, Target,
    adam::{Adam, Moments},
    image,
    store::{self, Entries},
    subject::{Pixels, Subject},
    weights::Weights,
};

/// The key under which the kind is written, and the kind.
const KIND: (&str, &str) = ("run", "bettiscope post-processing 2d");

// The groups of arrays: the parameters at step 0 and now, Adam's moments, and the image and S0.
const START: &str = "start";
const NOW: &str = "now";
const FIRST: &str = "first";
const SECOND: &str = "second";
const MAPS: &str = "map";

const TARGETS: [&str; 2] = ["weights", "pixels"];
const CONNECTIVITIES: [&str; 2] = ["T", "V"];
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
        let mut tensors: Vec<Weights> = named(START, self.start.parameters().await?).collect();
        tensors.extend(named(NOW, self.subject.parameters().await?));
        let Moments { first, second } = self.optimiser.moments().await?;
        tensors.extend(named(FIRST, first));
        tensors.extend(named(SECOND, second));
        let mut maps = Vec::new();
        if let Some((_, initial)) = &self.initial {
            maps.push(map("initial", initial.view()));
        }
        let mut entries = self.entries();
        if let Subject::Weights { network, input } = &self.start {
            entries.extend(store::sizes(network.config()));
            maps.push(map("image", image::read(input.clone()).await?.view()));
        }
        tensors.extend(named(MAPS, maps));
        store::pack(KIND, &entries, tensors)
    }

    /// The run that [`PostProcess::to_bytes`] wrote, on a device. The next step is the one that would have come
    /// next; on the same device it is the same to the last bit.
    ///
    /// # Errors
    ///
    /// If the bytes are anything else.
    pub fn from_bytes(bytes: Vec<u8>, device: &Device) -> Result<Self, Error> {
        State::read(bytes).and_then(|state| state.run(&device.clone().inner())).map_err(|error| match error {
            Error::Foreign(reason) => Error::ForeignRun(reason),
            other => Error::ForeignRun(ForeignBytes::Value(other.to_string())),
        })
    }

    /// All that are not arrays.
    fn entries(&self) -> Vec<(&'static str, String)> {
        let PostProcessOptions { lambda, learning_rate, target, connectivity, stop } = self.options;
        let StopRules { updates, prior_holds_for, total_below } = stop;
        let index = |is_first: bool| usize::from(!is_first);
        let weights: Vec<String> = self.prior.weights().iter().map(f64::to_string).collect();
        let mut entries = vec![
            ("prior", self.prior.to_string()),
            ("prior weights", weights.join(" ")),
            ("lambda", lambda.to_string()),
            ("learning rate", learning_rate.to_string()),
            ("target", TARGETS[index(target == Target::Weights)].to_owned()),
            ("connectivity", CONNECTIVITIES[index(connectivity == Connectivity::T)].to_owned()),
            ("stop after updates", updates.to_string()),
            ("updates", self.updates.to_string()),
            ("is given", self.is_given.to_string()),
            ("prior held for", self.held.to_string()),
        ];
        entries.extend(prior_holds_for.map(|steps| (PRIOR_HELD, steps.to_string())));
        entries.extend(total_below.map(|bound| (TOTAL_BELOW, bound.to_string())));
        entries
    }
}

/// What was read from bytes.
struct State {
    entries: Entries,
    /// By the name of the group.
    groups: BTreeMap<String, Vec<Weights>>,
}

impl State {
    fn read(bytes: Vec<u8>) -> Result<Self, Error> {
        let (entries, tensors) = store::unpack(bytes, KIND)?;
        let mut groups = BTreeMap::<String, Vec<Weights>>::new();
        for tensor in tensors {
            let Some((group, name)) = tensor.name.split_once('.') else {
                return Err(ForeignBytes::Weights { names: vec![tensor.name] }.into());
            };
            let (group, name) = (group.to_owned(), name.to_owned());
            groups.entry(group).or_default().push(Weights { name, ..tensor });
        }
        Ok(Self { entries, groups })
    }

    fn run(mut self, device: &Device) -> Result<PostProcess, Error> {
        let options = self.options()?;
        let (prior, updates, is_given) = (self.prior()?, self.value("updates")?, self.value("is given")?);
        let (now, held) = (self.group(NOW), self.value("prior held for")?);
        let moments = Moments { first: self.group(FIRST), second: self.group(SECOND) };
        moments.check(updates, &now)?;
        // At each step that was given, at most.
        if held > updates + usize::from(is_given) {
            let problem = format!("the prior held for {held} steps after {updates} updates");
            return Err(ForeignBytes::Value(problem).into());
        }
        let start = self.start(options.target, device)?;
        let mut run = PostProcess::begin(start, prior, options)?;
        run.subject = run.subject.with_parameters(now)?;
        run.optimiser = Adam::restore(updates, moments, device);
        (run.updates, run.is_given, run.held) = (updates, is_given, held);
        if updates > 0 || is_given {
            let initial = self.map("initial")?;
            image::check_probabilities(initial.view())?;
            let [_, _, rows, columns] = run.subject.shape();
            if initial.dim() != (rows, columns) {
                let (expected, given) = ([rows, columns], initial.dim().into());
                return Err(Error::Shape { expected, given });
            }
            run.initial = Some((image::batch(&[initial.view()], device), initial));
        }
        Ok(run)
    }

    /// What was post-processed, as it was at step 0.
    fn start(&mut self, target: Target, device: &Device) -> Result<Subject, Error> {
        let parameters = self.group(START);
        if target == Target::Pixels {
            let logits = parameters.into_iter().next().ok_or_else(|| missing(START))?;
            let [1, 1, rows, columns] = logits.shape[..] else { return Err(missing(START).into()) };
            let logits = Array2::from_shape_vec((rows, columns), logits.values).map_err(Error::device)?;
            image::check_finite(logits.view())?;
            return Ok(Subject::Pixels(Pixels::of_logits(logits.view(), device)));
        }
        let image = self.map("image")?;
        image::check_finite(image.view())?;
        let network = Box::new(store::network(&self.entries, parameters, device)?.train());
        Ok(Subject::Weights { network, input: image::batch(&[image.view()], device) })
    }

    fn options(&self) -> Result<PostProcessOptions, ForeignBytes> {
        let one_of = |key, names: [&str; 2]| {
            let value: String = self.value(key)?;
            names.iter().position(|name| *name == value).ok_or_else(|| missing(key))
        };
        let optional = |key: &'static str| self.entries.get(key).map(|_| key);
        Ok(PostProcessOptions {
            lambda: self.value("lambda")?,
            learning_rate: self.value("learning rate")?,
            target: [Target::Weights, Target::Pixels][one_of("target", TARGETS)?],
            connectivity: [Connectivity::T, Connectivity::V][one_of("connectivity", CONNECTIVITIES)?],
            stop: StopRules {
                updates: self.value("stop after updates")?,
                prior_holds_for: optional(PRIOR_HELD).map(|key| self.value(key)).transpose()?,
                total_below: optional(TOTAL_BELOW).map(|key| self.value(key)).transpose()?,
            },
        })
    }

    fn prior(&self) -> Result<Prior, ForeignBytes> {
        let weights: String = self.value("prior weights")?;
        let weights = weights.split_whitespace().map(f64::from_str).collect::<Result<Vec<_>, _>>();
        let prior: Prior = self.value("prior")?;
        let weighted = weights.ok().and_then(|weights| prior.with_weights(&weights).ok());
        weighted.ok_or_else(|| missing("prior weights"))
    }

    fn value<T: FromStr>(&self, key: &'static str) -> Result<T, ForeignBytes> {
        let value = self.entries.get(key).and_then(|value| value.parse().ok());
        value.ok_or_else(|| missing(key))
    }

    /// The tensors of a group by ascending name, and never again.
    fn group(&mut self, name: &str) -> Vec<Weights> {
        let mut group = self.groups.remove(name).unwrap_or_default();
        group.sort_by(|a, b| a.name.cmp(&b.name));
        group
    }

    /// An array `[rows, columns]`.
    fn map(&self, name: &'static str) -> Result<Array2<f32>, ForeignBytes> {
        let maps = self.groups.get(MAPS).into_iter().flatten();
        let found = maps.filter(|map| map.name == name).find_map(|map| {
            let [rows, columns] = map.shape[..] else { return None };
            Array2::from_shape_vec((rows, columns), map.values.clone()).ok()
        });
        found.ok_or_else(|| missing(name))
    }
}

fn missing(key: &'static str) -> ForeignBytes {
    ForeignBytes::Entry { key }
}

/// The arrays of a group.
fn named(group: &'static str, arrays: Vec<Weights>) -> impl Iterator<Item = Weights> {
    arrays.into_iter().map(move |array| Weights { name: format!("{group}.{}", array.name), ..array })
}

fn map(name: &str, array: ArrayView2<f32>) -> Weights {
    let (rows, columns) = array.dim();
    Weights { name: name.to_owned(), shape: vec![rows, columns], values: array.iter().copied().collect() }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
