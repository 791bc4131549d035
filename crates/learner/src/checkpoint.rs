//! An interrupted training as bytes, in burn's own format (burnpack), so that it can go on.

use burn::{module::Module, tensor::Device};

use crate::{
    Epoch, Error, ForeignBytes, Schedule, SemiOptions, SemiTrainer, Trainer, TrainingOptions,
    adam::{Adam, Moments},
    burnpack::{Kind, Pack, Unpacked, parse},
    store,
    training::Best,
    weights,
};

const KIND: Kind = ("training", "bettiscope training 2d");
const SEMI_KIND: Kind = ("training", "bettiscope semi-supervised training 2d");
/// The key of what the caller says.
const NOTE: &str = "note";

/// The key of the number of epochs that were planned.
const PLANNED: &str = "epochs planned";
const UNLABELLED_BATCHES: &str = "unlabelled batches";
const UNLABELLED_IMAGES: &str = "unlabelled images";

// The groups of arrays: the weights now, those of the best validation, those of the last epoch if they are better, and
// Adam's moments.
const NOW: &str = "now";
const BEST: &str = "best";
const LAST: &str = "last";
const FIRST: &str = "first";
const SECOND: &str = "second";
/// That of the network that semi-supervised training began with.
const GIVEN: &str = "given";

impl Trainer {
    /// The whole state of training: the weights, those of the best validation, Adam's moments, the figures so far
    /// and the place in the epoch. `note` is for the caller, who gets it back from [`Trainer::from_bytes`]: it may
    /// say with what data and settings training began.
    ///
    /// # Errors
    ///
    /// If a weight or a moment is not finite, or the device fails.
    pub async fn to_bytes(&self, note: &str) -> Result<Vec<u8>, Error> {
        self.pack(note).await?.into_bytes(KIND)
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
        Self::unpack(&mut Unpacked::read(bytes, KIND)?, options, device)
    }

    async fn pack(&self, note: &str) -> Result<Pack, Error> {
        let mut pack = Pack::default();
        pack.group(NOW, weights::read(&self.network).await?);
        let Moments { first, second } = self.optimiser.moments().await?;
        pack.group(FIRST, first);
        pack.group(SECOND, second);
        pack.entry(NOTE, note);
        pack.entry(PLANNED, self.options.epochs);
        pack.entry("updates", self.updates);
        pack.entry("batches", self.batches);
        pack.entry("sum", self.sum);
        pack.entry("epochs", written(&self.epochs));
        pack.entry("tries", self.tries);
        store::write_size(self.network.config(), &mut pack);
        pack.optional("pairs", self.pairs);
        pack.optional("shape", self.shape.map(|[rows, columns]| format!("{rows} {columns}")));
        for (key, best) in [(BEST, &self.best), (LAST, &self.last)] {
            if let Some(Best { network, epoch, loss }) = best {
                pack.group(key, weights::read(network).await?);
                pack.entry(key, format!("{epoch} {loss}"));
            }
        }
        Ok(pack)
    }

    fn unpack(
        unpacked: &mut Unpacked,
        options: TrainingOptions,
        device: &Device,
    ) -> Result<(Self, String), Error> {
        options.check()?;
        let size = store::read_size(unpacked)?;
        let mut best = |key| -> Result<Option<Best>, Error> {
            let Some((epoch, loss)) = unpacked.pair::<usize, f64>(key)? else { return Ok(None) };
            if !loss.is_finite() {
                return Err(ForeignBytes::Entry { key }.into());
            }
            let network = store::network(size, unpacked.group(key), device)?.valid();
            Ok(Some(Best { network, epoch, loss }))
        };
        let (best, last) = (best(BEST)?, best(LAST)?);
        let (updates, now) = (unpacked.value("updates")?, unpacked.group(NOW));
        let moments = Moments { first: unpacked.group(FIRST), second: unpacked.group(SECOND) };
        moments.check(updates, &now)?;
        let batches = unpacked.value("batches")?;
        check_batches(batches, updates)?;
        let mut trainer = Self {
            optimiser: Adam::restore(updates, moments, &device.clone().inner()),
            epochs: read(unpacked.text("epochs").unwrap_or_default())?,
            updates,
            batches,
            sum: unpacked.value("sum")?,
            best,
            tries: unpacked.value("tries")?,
            last,
            shape: unpacked.pair("shape")?.map(|(rows, columns)| [rows, columns]),
            pairs: unpacked.optional("pairs")?,
            ..Self::begin(store::network(size, now, device)?.train(), options)
        };
        trainer.plan(unpacked.value(PLANNED)?)?;
        Ok((trainer, unpacked.text(NOTE).unwrap_or_default().to_owned()))
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

impl SemiTrainer {
    /// The whole state of training, as [`Trainer::to_bytes`] has it, and the place in the unlabelled images.
    ///
    /// # Errors
    ///
    /// As [`Trainer::to_bytes`].
    pub async fn to_bytes(&self, note: &str) -> Result<Vec<u8>, Error> {
        let mut pack = self.trainer.pack(note).await?;
        pack.group(GIVEN, weights::read(&self.given).await?);
        pack.entry(UNLABELLED_BATCHES, self.batches);
        pack.optional(UNLABELLED_IMAGES, self.images);
        pack.into_bytes(SEMI_KIND)
    }

    /// The training that [`SemiTrainer::to_bytes`] wrote, on a device, and its note, as [`Trainer::from_bytes`] has it.
    ///
    /// # Errors
    ///
    /// As [`Trainer::from_bytes`].
    pub fn from_bytes(
        bytes: Vec<u8>,
        options: SemiOptions,
        device: &Device,
    ) -> Result<(Self, String), Error> {
        options.check()?;
        let mut unpacked = Unpacked::read(bytes, SEMI_KIND)?;
        let (trainer, note) = Trainer::unpack(&mut unpacked, options.training, device)?;
        let given = store::network(store::read_size(&unpacked)?, unpacked.group(GIVEN), device)?;
        let (batches, images) = (unpacked.value(UNLABELLED_BATCHES)?, unpacked.optional(UNLABELLED_IMAGES)?);
        check_batches(batches, trainer.updates)?;
        Ok((Self { given, trainer, options, batches, images }, note))
    }
}

/// An error if more batches have been learned than there were updates.
fn check_batches(batches: usize, updates: usize) -> Result<(), ForeignBytes> {
    if batches <= updates {
        return Ok(());
    }
    Err(ForeignBytes::Value(format!("{batches} batches after {updates} updates; there are at most as many")))
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
            Some((loss, validation)) => (loss, Some(parse("epochs", validation)?)),
            None => (text, None),
        };
        Ok(Epoch { number: epoch, loss: parse("epochs", loss)?, validation })
    });
    epochs.collect()
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
