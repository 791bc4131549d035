//! The networks of section 4.1: one for each m restores digits, and one tells them apart. Those that are trained are
//! kept in the folder of the results.

use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::Path;

use burn::tensor::Device;
use learner::{Classifier, ClassifierTraining, Epoch, Progress, TrainingOptions, UNet, UNetConfig, train};

use super::digits;
use crate::console::Console;
use crate::failure::{Failure, Problem};
use crate::interrupt;
use crate::writer::Writer;
use experiments::data::mnist::Mnist;

/// Where networks come from.
pub(super) struct Networks<'a> {
    pub(super) console: Console,
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
    pub(super) fn restoring(&self, m: usize) -> Result<Option<UNet>, Failure> {
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
            Err(error) => return Err(Problem::Read(error).in_file(&path)),
        }
        let Some(network) = self.trained(m)? else { return Ok(None) };
        let bytes = pollster::block_on(network.to_bytes()).map_err(Failure::Learner)?;
        Writer::default().write(&path, &bytes)?;
        Ok(Some(network))
    }

    fn trained(&self, m: usize) -> Result<Option<UNet>, Failure> {
        let Self { seed, width, .. } = *self;
        let (pairs, validation) = digits::training_pairs(self.training, m, seed << 32)?;
        let network = UNetConfig { width, ..UNetConfig::default() }.init(seed, &Device::flex());
        let options = TrainingOptions {
            epochs: 60,
            validate_every: 4,
            patience: 4,
            seed,
            ..TrainingOptions::default()
        };
        let progress = self.console.progress(options.epochs, "epochs");
        progress.set_message(format!(", learning to restore m = {m}"));
        let on_progress = |step: Progress| {
            if let Progress::Epoch(Epoch { number, .. }) = step {
                progress.set_position(number as u64);
            }
            if interrupt::is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let network = network.map_err(Failure::Learner)?;
        let trained = pollster::block_on(train(&network, &pairs, &validation, options, on_progress));
        progress.finish_and_clear();
        let trained = trained.map_err(Failure::Learner)?;
        if interrupt::is_asked() {
            return Ok(None);
        }
        let best =
            trained.epochs.get(trained.best_epoch.saturating_sub(1)).and_then(|epoch| epoch.validation);
        self.console.note(format!(
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
    pub(super) fn classifier(&self) -> Result<Option<Classifier>, Failure> {
        let kept = self.folder.join(format!("classify-seed{}.bpk", self.seed));
        let path = self.classifier.unwrap_or(&kept);
        match std::fs::read(path) {
            Ok(bytes) => {
                let classifier = Classifier::from_bytes(bytes, &Device::flex());
                return classifier.map(Some).map_err(|error| in_file(error, path));
            }
            Err(error) if self.classifier.is_some() || error.kind() != ErrorKind::NotFound => {
                return Err(Problem::Read(error).in_file(path));
            }
            Err(_) => {}
        }
        let (images, classes) = digits::classifier_digits(self.training);
        let options = ClassifierTraining { seed: self.seed, ..ClassifierTraining::default() };
        let progress = self.console.progress(options.epochs, "epochs");
        progress.set_message(", learning to classify");
        let on_epoch = |epoch: usize, _| {
            progress.set_position(epoch as u64);
            if interrupt::is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let device = Device::flex();
        let trained = Classifier::train(images.view(), &classes, options, &device, on_epoch);
        let trained = pollster::block_on(trained).map_err(Failure::Learner)?;
        progress.finish_and_clear();
        if interrupt::is_asked() {
            return Ok(None);
        }
        let bytes = pollster::block_on(trained.to_bytes()).map_err(Failure::Learner)?;
        Writer::default().write(&kept, &bytes)?;
        Ok(Some(trained))
    }
}

/// The share of digits that are taken for what they are.
pub(super) fn accuracy(classifier: &Classifier, digits: &Mnist) -> Result<f64, Failure> {
    let images = digits.images.outer_iter().collect::<Vec<_>>();
    let classes = pollster::block_on(classifier.classify(&images)).map_err(Failure::Learner)?;
    let right = classes.iter().zip(&digits.labels).filter(|(given, truth)| given == truth).count();
    Ok(right as f64 / classes.len().max(1) as f64)
}

fn in_file(error: learner::Error, path: &Path) -> Failure {
    Problem::from(error).in_file(path)
}
