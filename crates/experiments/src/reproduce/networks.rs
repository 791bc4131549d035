//! The networks of section 4.1: one for each m restores digits, and one tells them apart. Those that are trained are
//! kept in the folder of the results.

use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::Path;

use burn::tensor::Device;
use learner::{Classifier, ClassifierTraining, Epoch, Progress, TrainingOptions, UNet, UNetConfig, train};

use super::digits;
use super::host::Host;
use crate::Error;
use crate::data::mnist::Mnist;
use crate::seeds::learned;

/// Where networks come from.
pub(super) struct Networks<'a> {
    pub(super) host: &'a dyn Host,
    /// Where those that are trained are kept.
    pub(super) folder: &'a Path,
    /// What they are trained on.
    pub(super) training: &'a Mnist,
    pub(super) seed: u64,
    /// The width of a network that restores digits.
    pub(super) width: usize,
    /// The network that restores digits of all m, if one is given.
    pub(super) given: Option<&'a UNet>,
    /// The file of a classifier, if one is given.
    pub(super) classifier: Option<&'a Path>,
}

impl Networks<'_> {
    /// The network that restores digits of this m; nothing if the user ends the command while it is trained.
    pub(super) fn restoring(&self, m: usize) -> Result<Option<UNet>, Error> {
        if let Some(network) = self.given {
            return Ok(Some(network.clone()));
        }
        let Self { seed, width, .. } = self;
        let path = self.folder.join(format!("restore-m{m}-width{width}-seed{seed}.bpk"));
        match std::fs::read(&path) {
            Ok(bytes) => {
                let network = UNet::from_bytes(bytes, &Device::flex());
                return network.map(Some).map_err(|error| in_file(error, &path));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::Read { path, source: error }),
        }
        let Some(network) = self.trained(m)? else { return Ok(None) };
        let bytes = pollster::block_on(network.to_bytes())?;
        self.host.write(&path, &bytes)?;
        Ok(Some(network))
    }

    fn trained(&self, m: usize) -> Result<Option<UNet>, Error> {
        let Self { seed, width, .. } = *self;
        let (pairs, validation) = digits::training_pairs(self.training, m, learned(seed))?;
        let network = UNetConfig { width, ..UNetConfig::default() }.init(seed, &Device::flex());
        let options = TrainingOptions {
            epochs: 60,
            validate_every: 4,
            patience: 4,
            seed,
            ..TrainingOptions::default()
        };
        let progress = self.host.progress(options.epochs, "epochs");
        progress.set_message(format!(", learning to restore m = {m}"));
        let on_progress = |step: Progress| {
            if let Progress::Epoch(Epoch { number, .. }) = step {
                progress.set_position(number as u64);
            }
            if self.host.is_ended() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let network = network?;
        let trained = pollster::block_on(train(&network, &pairs, &validation, options, on_progress));
        progress.finish_and_clear();
        let trained = trained?;
        if self.host.is_ended() {
            return Ok(None);
        }
        let best =
            trained.epochs.get(trained.best_epoch.saturating_sub(1)).and_then(|epoch| epoch.validation);
        self.host.note(&format!(
            "m = {m}: a network of width {width} from {} pairs, epoch {} of {}, mean squared error {:.4} of {} others",
            pairs.len(),
            trained.best_epoch,
            trained.epochs.len(),
            best.unwrap_or(f64::NAN),
            validation.len(),
        ));
        Ok(Some(trained.network))
    }

    /// The classifier; nothing if the user ends the command while it is trained.
    pub(super) fn classifier(&self) -> Result<Option<Classifier>, Error> {
        let kept = self.folder.join(format!("classify-seed{}.bpk", self.seed));
        let path = self.classifier.unwrap_or(&kept);
        match std::fs::read(path) {
            Ok(bytes) => {
                let classifier = Classifier::from_bytes(bytes, &Device::flex());
                return classifier.map(Some).map_err(|error| in_file(error, path));
            }
            Err(error) if self.classifier.is_some() || error.kind() != ErrorKind::NotFound => {
                return Err(Error::Read { path: path.to_owned(), source: error });
            }
            Err(_) => {}
        }
        let (images, classes) = digits::classifier_digits(self.training);
        let options = ClassifierTraining { seed: self.seed, ..ClassifierTraining::default() };
        let progress = self.host.progress(options.epochs, "epochs");
        progress.set_message(", learning to classify");
        let on_epoch = |epoch: usize, _| {
            progress.set_position(epoch as u64);
            if self.host.is_ended() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let device = Device::flex();
        let trained = Classifier::train(images.view(), &classes, options, &device, on_epoch);
        let trained = pollster::block_on(trained)?;
        progress.finish_and_clear();
        if self.host.is_ended() {
            return Ok(None);
        }
        let bytes = pollster::block_on(trained.to_bytes())?;
        self.host.write(&kept, &bytes)?;
        Ok(Some(trained))
    }
}

/// The share of digits that are taken for what they are.
pub(super) fn accuracy(classifier: &Classifier, digits: &Mnist) -> Result<f64, Error> {
    let images = digits.images.outer_iter().collect::<Vec<_>>();
    let classes = pollster::block_on(classifier.classify(&images))?;
    let right = classes.iter().zip(&digits.labels).filter(|(given, truth)| given == truth).count();
    Ok(right as f64 / classes.len().max(1) as f64)
}

fn in_file(error: learner::Error, path: &Path) -> Error {
    Error::Network { path: path.to_owned(), source: error }
}
