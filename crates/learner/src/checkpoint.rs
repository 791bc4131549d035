//! An interrupted training as bytes, in burn's own format (burnpack), so that it can go on.

use std::str::FromStr;

use burn::{module::Module, tensor::Device};

use crate::{
    Epoch, Error, ForeignBytes, Schedule, Trainer, TrainingOptions,
    adam::{Adam, Moments},
    store::{self, Entries},
    training::Best,
    weights::{self, Weights},
};

/// The key under which the kind is written, and the kind.
const KIND: (&str, &str) = ("training", "bettiscope training 2d");
/// The key of what the caller says.
const NOTE: &str = "note";

/// The key of the number of epochs that were planned.
const PLANNED: &str = "epochs planned";

// The groups of arrays: the weights now, those of the best validation, those of the last epoch if they are better, and
// Adam's moments.
const NOW: &str = "now";
const BEST: &str = "best";
const LAST: &str = "last";
const FIRST: &str = "first";
const SECOND: &str = "second";

impl Trainer {
    /// The whole state of training: the weights, those of the best validation, Adam's moments, the figures so far
    /// and the place in the epoch. `note` is for the caller, who gets it back from [`Trainer::from_bytes`]: it may
    /// say with what data and settings training began.
    ///
    /// # Errors
    ///
    /// If a weight or a moment is not finite, or the device fails.
    pub async fn to_bytes(&self, note: &str) -> Result<Vec<u8>, Error> {
        let mut arrays = named(NOW, weights::read(&self.network).await?);
        let Moments { first, second } = self.optimiser.moments().await?;
        arrays.extend(named(FIRST, first));
        arrays.extend(named(SECOND, second));
        let mut entries = vec![
            (NOTE, note.to_owned()),
            (PLANNED, self.options.epochs.to_string()),
            ("updates", self.updates.to_string()),
            ("batches", self.batches.to_string()),
            ("sum", self.sum.to_string()),
            ("epochs", written(&self.epochs)),
            ("tries", self.tries.to_string()),
        ];
        entries.extend(store::sizes(self.network.config()));
        entries.extend(self.pairs.map(|pairs| ("pairs", pairs.to_string())));
        entries.extend(self.shape.map(|[rows, columns]| ("shape", format!("{rows} {columns}"))));
        for (key, best) in [(BEST, &self.best), (LAST, &self.last)] {
            if let Some(Best { network, epoch, loss }) = best {
                arrays.extend(named(key, weights::read(network).await?));
                entries.push((key, format!("{epoch} {loss}")));
            }
        }
        store::pack(KIND, &entries, arrays)
    }

    /// The training that [`Trainer::to_bytes`] wrote, on a device, and its note. With the same options and pairs it
    /// goes on as if it had never stopped: on the same device the same to the last bit. More epochs than before
    /// may be asked for where the result is that of a training which was begun with so many: under a constant schedule,
    /// or before the first epoch is done.
    ///
    /// # Errors
    ///
    /// If the bytes are anything else, a number of the options makes no sense, or the number of epochs cannot become
    /// that of the options.
    pub fn from_bytes(
        bytes: Vec<u8>,
        options: TrainingOptions,
        device: &Device,
    ) -> Result<(Self, String), Error> {
        options.check()?;
        let (entries, arrays) = store::unpack(bytes, KIND)?;
        let group = |name: &str| {
            let mut group = arrays
                .iter()
                .filter_map(|array| {
                    let (of, rest) = array.name.split_once('.')?;
                    (of == name).then(|| Weights { name: rest.to_owned(), ..array.clone() })
                })
                .collect::<Vec<Weights>>();
            group.sort_by(|a, b| a.name.cmp(&b.name));
            group
        };
        let network = |name| store::network(&entries, group(name), device);
        let best = |key: &'static str| {
            let read = |text: &String| {
                let (epoch, loss) = pair(key, text)?;
                if !f64::is_finite(loss) {
                    return Err(Error::from(ForeignBytes::Entry { key }));
                }
                Ok(Best { network: network(key)?.valid(), epoch, loss })
            };
            entries.get(key).map(read).transpose()
        };
        let (updates, now) = (value(&entries, "updates")?, group(NOW));
        let moments = Moments { first: group(FIRST), second: group(SECOND) };
        moments.check(updates, &now)?;
        let shape = entries.get("shape").map(|text| pair("shape", text)).transpose()?;
        let mut trainer = Self {
            optimiser: Adam::restore(updates, moments, &device.clone().inner()),
            epochs: read(entries.get("epochs").map_or("", String::as_str))?,
            updates,
            batches: value(&entries, "batches")?,
            sum: value(&entries, "sum")?,
            best: best(BEST)?,
            tries: value(&entries, "tries")?,
            last: best(LAST)?,
            shape: shape.map(|(rows, columns)| [rows, columns]),
            pairs: entries.get("pairs").map(|text| number("pairs", text)).transpose()?,
            ..Self::begin(network(NOW)?.train(), options)
        };
        trainer.plan(value(&entries, PLANNED)?)?;
        Ok((trainer, entries.get(NOTE).cloned().unwrap_or_default()))
    }

    /// Goes on with the epochs of the options where so many were planned before.
    fn plan(&mut self, planned: usize) -> Result<(), Error> {
        let (given, done) = (self.options.epochs, self.epochs.len());
        if given == planned {
            return Ok(());
        }
        let refuse = |reason| Err(Error::OtherEpochs { planned, done, given, reason });
        if given <= done {
            return refuse("so many are done already");
        }
        if done > 0 && self.options.schedule == Schedule::Cosine {
            return refuse("the learning rate of the cosine schedule depends on the number of all epochs");
        }
        // What happened only because the last epoch was the last.
        self.last = None;
        let every = self.options.validate_every;
        if let Some(last) = self.epochs.last_mut().filter(|epoch| !epoch.number.is_multiple_of(every)) {
            last.validation = None;
        }
        Ok(())
    }
}

fn named(group: &str, arrays: Vec<Weights>) -> Vec<Weights> {
    let name = |array: Weights| Weights { name: format!("{group}.{}", array.name), ..array };
    arrays.into_iter().map(name).collect()
}

/// The losses of each epoch, validation after a slash. Rust writes floats so that reading them gives the same bits.
fn written(epochs: &[Epoch]) -> String {
    let lines = epochs.iter().map(|epoch| match epoch.validation {
        Some(validation) => format!("{}/{validation}", epoch.loss),
        None => epoch.loss.to_string(),
    });
    lines.collect::<Vec<String>>().join(" ")
}

fn read(epochs: &str) -> Result<Vec<Epoch>, ForeignBytes> {
    let epochs = epochs.split_whitespace().zip(1..).map(|(text, epoch)| {
        let (loss, validation) = match text.split_once('/') {
            Some((loss, validation)) => (loss, Some(number("epochs", validation)?)),
            None => (text, None),
        };
        Ok(Epoch { number: epoch, loss: number("epochs", loss)?, validation })
    });
    epochs.collect()
}

fn value<T: FromStr>(entries: &Entries, key: &'static str) -> Result<T, ForeignBytes> {
    number(key, entries.get(key).map_or("", String::as_str))
}

/// Two numbers with a space between.
fn pair<A: FromStr, B: FromStr>(key: &'static str, text: &str) -> Result<(A, B), ForeignBytes> {
    let (first, second) = text.split_once(' ').ok_or(ForeignBytes::Entry { key })?;
    Ok((number(key, first)?, number(key, second)?))
}

fn number<T: FromStr>(key: &'static str, text: &str) -> Result<T, ForeignBytes> {
    text.parse().map_err(|_| ForeignBytes::Entry { key })
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
