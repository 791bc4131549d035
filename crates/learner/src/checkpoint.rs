//! An interrupted training as bytes, in burn's own format (burnpack), so that it can go on.

use std::str::FromStr;

use burn::{module::Module, tensor::Device};
use burn_pack::Writer;

use crate::{
    Epoch, Error, ForeignBytes, Trainer, TrainingOptions, UNetConfig,
    adam::{Adam, Moments},
    store::{self, Entries},
    training::Best,
    weights::{self, Weights},
};

/// The key under which the kind is written, and the kind.
const KIND: (&str, &str) = ("training", "bettiscope training 2d");
/// The key of what the caller says.
const NOTE: &str = "note";

// The groups of arrays: the weights now, those of the best validation, and Adam's moments.
const NOW: &str = "now";
const BEST: &str = "best";
const FIRST: &str = "first";
const SECOND: &str = "second";

impl Trainer {
    /// The whole state of training: the weights, those of the best validation, Adam's moments, the figures so far
    /// and the place in the epoch. `note` is for the caller, who gets it back from [`Trainer::from_bytes`]: it may
    /// say with what data and settings training began.
    ///
    /// # Errors
    ///
    /// If the device fails.
    pub async fn to_bytes(&self, note: &str) -> Result<Vec<u8>, Error> {
        let UNetConfig { width, depth } = self.network.config();
        let mut arrays = named(NOW, weights::read(&self.network).await?);
        let Moments { first, second } = self.optimiser.moments().await?;
        arrays.extend(named(FIRST, first));
        arrays.extend(named(SECOND, second));
        let mut entries = vec![
            (NOTE, note.to_owned()),
            ("width", width.to_string()),
            ("depth", depth.to_string()),
            ("updates", self.updates.to_string()),
            ("batches", self.batches.to_string()),
            ("sum", self.sum.to_string()),
            ("epochs", written(&self.epochs)),
        ];
        if let Some(best) = &self.best {
            arrays.extend(named(BEST, weights::read(&best.network).await?));
            entries.push(("best", format!("{} {} {}", best.epoch, best.loss, best.tries)));
        }
        let writer = Writer::new(arrays.into_iter().map(store::tensor).collect());
        let writer = writer.with_metadata(KIND.0, KIND.1);
        let write = |writer: Writer, (key, value): (&str, String)| writer.with_metadata(key, &value);
        Ok(entries.into_iter().fold(writer, write).into_bytes().map_err(Error::device)?.to_vec())
    }

    /// The training that [`Trainer::to_bytes`] wrote, on a device, and its note. With the same options and pairs it
    /// goes on as if it had never stopped: on the same device the same to the last bit. More epochs than before
    /// may be asked for.
    ///
    /// # Errors
    ///
    /// If the bytes are anything else, or a number of the options makes no sense.
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
        let empty = store::network_of_size(&entries, device)?;
        let network = |name| store::fit(empty.clone(), group(name));
        let best = entries.get("best").map(|text| {
            let numbers = text.split(' ').collect::<Vec<&str>>();
            let [epoch, loss, tries] = numbers[..] else { return Err(ForeignBytes::Entry { key: "best" }) };
            let (epoch, loss, tries) =
                (number("best", epoch)?, number("best", loss)?, number("best", tries)?);
            Ok(Best { network: network(BEST)?.valid(), epoch, loss, tries })
        });
        let best = best.transpose()?;
        let now = group(NOW);
        let (first, second) = (group(FIRST), group(SECOND));
        let updates = value(&entries, "updates")?;
        for moments in [&first, &second] {
            let fits = |(a, b): (&Weights, &Weights)| a.name == b.name && a.values.len() == b.values.len();
            if updates > 0 && !(moments.len() == now.len() && now.iter().zip(moments).all(fits)) {
                let names = moments.iter().map(|array| array.name.clone()).collect();
                return Err(ForeignBytes::Weights { names }.into());
            }
        }
        let trainer = Self {
            network: network(NOW)?.train(),
            optimiser: Adam::restore(updates, Moments { first, second }, &device.clone().inner()),
            options,
            epochs: read(entries.get("epochs").map_or("", String::as_str))?,
            updates,
            batches: value(&entries, "batches")?,
            sum: value(&entries, "sum")?,
            best,
            shape: None,
        };
        Ok((trainer, entries.get(NOTE).cloned().unwrap_or_default()))
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

fn number<T: FromStr>(key: &'static str, text: &str) -> Result<T, ForeignBytes> {
    text.parse().map_err(|_| ForeignBytes::Entry { key })
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
