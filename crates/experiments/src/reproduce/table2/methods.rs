//! What each method makes of the images of a cell.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::PathBuf;

use burn::tensor::Device;
use imaging::augment::Augmentation;
use imaging::morphology::closing;
use imaging::overlap::dice;
use learner::{
    Pair, Pairs, Progress, SemiData, SemiOptions, Training, TrainingOptions, UNet, train, train_semi,
};
use ndarray::Array2;
use persistence::{Options, barcode};
use pollster::block_on;
use serde::{Deserialize, Serialize};
use topoloss::PerArray;

use super::cases::{Bare, Cell, CellData, FLIPS, Labelled, STRONG, ring};
use super::crf::{self, Kernels, Parameters};
use super::options::{Learning, Method};
use crate::Error;
use crate::reproduce::host::Host;
use crate::seeds::seed_of;

/// The radius of the disc that closes.
const RADIUS: f64 = 7.0;
/// On how many images of the validation the parameters of the random field are chosen, at most: a field of each of the grid
/// takes a second.
const FIELDS: usize = 12;

/// What came of one method in one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) m: usize,
    pub(super) labelled: usize,
    pub(super) repeat: usize,
    pub(super) method: Method,
    /// Of each image that is new to the network, at 0.5.
    pub(super) dice: Vec<f64>,
    /// Whether its Betti numbers at 0.5 are those of a ring.
    pub(super) right: Vec<bool>,
    /// The means over the validation.
    pub(super) validation_dice: f64,
    pub(super) validation_right: f64,
    /// The epochs of the last training, and the best of them; none where nothing was trained.
    pub(super) epochs: Option<[usize; 2]>,
    pub(super) seconds: f64,
}

impl Outcome {
    /// What there is one of in a journal.
    pub(super) fn key(&self) -> (usize, usize, usize, Method) {
        (self.m, self.labelled, self.repeat, self.method)
    }
}

/// All that the methods of a cell work with.
pub(super) struct Bench<'a> {
    pub(super) cell: Cell,
    pub(super) data: &'a CellData,
    pub(super) learning: Learning,
    /// Of the order of images, their variation, and the first weights.
    pub(super) seed: u64,
    pub(super) folder: PathBuf,
    pub(super) host: &'a dyn Host,
}

/// A network, and the epochs of its training: all, and which is the best.
pub(super) struct Trained {
    pub(super) network: UNet,
    pub(super) epochs: Option<[usize; 2]>,
}

impl Bench<'_> {
    /// The supervised network of this cell, which is kept, and taken if this cell `is_begun`: nothing if the user ends its
    /// training.
    pub(super) fn supervised(&self, is_begun: bool) -> Result<Option<Trained>, Error> {
        if is_begun && let Some(network) = self.kept(Method::Supervised)? {
            return Ok(Some(Trained { network, epochs: None }));
        }
        let options = self.with_seed(self.learning.supervised);
        let given = self.learning.network.init(self.seed, &Device::flex())?;
        let trained = self.train(&given, &self.labelled(FLIPS), options)?;
        self.keep(Method::Supervised, trained)
    }

    /// What a method makes of the images; nothing if the user ends it. `earlier` has what is known of other methods.
    pub(super) fn outcome(
        &self,
        method: Method,
        supervised: &Trained,
        earlier: impl Fn(Method) -> Option<Outcome>,
    ) -> Result<Option<Outcome>, Error> {
        let start = cpu_time::ThreadTime::now();
        let network = &supervised.network;
        let (maps, epochs): ([Vec<Array2<f32>>; 2], _) = match method {
            Method::Supervised => (self.maps(network)?, supervised.epochs),
            Method::Closing => {
                let close = |maps: Vec<Array2<f32>>| {
                    let closed = maps.iter().map(|map| closing(map.view(), RADIUS));
                    closed.collect::<Result<Vec<_>, _>>().map_err(Error::Morphology)
                };
                let [validation, test] = self.maps(network)?;
                ([close(validation)?, close(test)?], None)
            }
            Method::Crf => (self.fields(network)?, None),
            _ => {
                let trained = match method {
                    Method::SelfTraining => self.self_trained(network)?,
                    Method::Augmentation => self.augmented()?,
                    Method::Ours => self.ours(network, FLIPS)?,
                    Method::AugmentedOurs => {
                        let is_made = earlier(Method::Augmentation).is_some();
                        let kept = if is_made { self.kept(Method::Augmentation)? } else { None };
                        let augmented = match kept {
                            Some(network) => Some(network),
                            None => self.augmented()?.map(|trained| trained.network),
                        };
                        augmented.map_or(Ok(None), |network| self.ours(&network, STRONG))?
                    }
                    _ => self.longer(network, earlier(Method::Ours).and_then(|ours| ours.epochs))?,
                };
                let Some(trained) = self.keep(method, trained)? else { return Ok(None) };
                (self.maps(&trained.network)?, trained.epochs)
            }
        };
        let [validation, test] = maps;
        let (validation_dice, validation_right) = measured(&validation, &self.data.validation);
        let (dice, right) = measured(&test, &self.data.test);
        let Cell { m, labelled, repeat } = self.cell;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        Ok(Some(Outcome {
            m,
            labelled,
            repeat,
            method,
            dice,
            validation_dice: mean(&validation_dice),
            validation_right: mean(
                &validation_right.iter().map(|&is| f64::from(u8::from(is))).collect::<Vec<_>>(),
            ),
            right,
            epochs,
            seconds: start.elapsed().as_secs_f64(),
        }))
    }

    /// Equation 6, from a network on whose labelled images this augmentation was.
    fn ours(&self, network: &UNet, augmentation: Augmentation) -> Result<Option<Trained>, Error> {
        let priors = ring()?;
        let data = SemiData {
            labelled: &self.labelled(augmentation),
            unlabelled: &Bare { images: &self.data.unlabelled, priors: &priors, seed: self.seed },
            validation: &self.data.validation,
            validation_priors: PerArray::Same(&priors),
        };
        let further = self.learning.further;
        let options = SemiOptions { training: self.with_seed(further.training), ..further };
        Ok(self.finished(block_on(train_semi(network, &data, options, |_| self.flow()))?))
    }

    /// As many updates as ours, which had two in each batch, on labelled images alone.
    fn longer(&self, network: &UNet, ours: Option<[usize; 2]>) -> Result<Option<Trained>, Error> {
        let further = self.with_seed(self.learning.further.training);
        let epochs = ours.map_or(further.epochs, |[epochs, _]| epochs).saturating_mul(2);
        if epochs == 0 {
            return Ok(Some(Trained { network: network.clone(), epochs: Some([0, 0]) }));
        }
        let validate_every = further.validate_every.saturating_mul(2);
        let options = TrainingOptions { epochs, validate_every, patience: usize::MAX, ..further };
        self.train(network, &self.labelled(FLIPS), options)
    }

    /// In rounds: masks of the network for the unlabelled images, and training with these and the labelled ones from
    /// there on (Bai et al. 2017, without their random field).
    fn self_trained(&self, network: &UNet) -> Result<Option<Trained>, Error> {
        let mut trained = Trained { network: network.clone(), epochs: None };
        let options = self.with_seed(self.learning.further.training);
        let batches = |pairs: usize| pairs.div_ceil(options.batch_size);
        for _ in 0..self.learning.rounds {
            let mut labelled = self.labelled(FLIPS);
            for image in &self.data.unlabelled {
                let target = block_on(trained.network.segment(image.view()))?.mapv(at_half);
                labelled.pairs.push(Cow::Owned(Pair { image: image.clone(), target }));
            }
            // Validation comes after as many updates as where only labelled images are learned.
            let updates = options.validate_every.saturating_mul(batches(self.data.labelled.len()));
            let validate_every = updates.div_ceil(batches(labelled.pairs.len())).max(1);
            let options = TrainingOptions { validate_every, ..options };
            match self.train(&trained.network, &labelled, options)? {
                Some(better) => trained = better,
                None => return Ok(None),
            }
        }
        Ok(Some(trained))
    }

    /// From the first weights, strongly augmented.
    fn augmented(&self) -> Result<Option<Trained>, Error> {
        let given = self.learning.network.init(self.seed, &Device::flex())?;
        self.train(&given, &self.labelled(STRONG), self.with_seed(self.learning.supervised))
    }

    /// Fields of the validation and of the test, with the parameters whose masks have the best Dice in the validation.
    fn fields(&self, network: &UNet) -> Result<[Vec<Array2<f32>>; 2], Error> {
        let [validation, test] = self.maps(network)?;
        let every = validation.len().div_ceil(FIELDS).max(1);
        let tried = validation.iter().zip(&self.data.validation).step_by(every).collect::<Vec<_>>();
        let grid = crf::grid();
        let mut sums = vec![0.0; grid.len()];
        for (map, pair) in tried {
            let mut kernels: Option<(Parameters, Kernels)> = None;
            for (sum, &parameters) in sums.iter_mut().zip(&grid) {
                let deviations = |of: Parameters| (of.distance, of.intensity);
                let kernels = match kernels.take() {
                    Some((of, same)) if deviations(of) == deviations(parameters) => {
                        kernels.insert((of, same))
                    }
                    _ => kernels.insert((parameters, Kernels::new(pair.image.view(), parameters))),
                };
                let mask = kernels.1.infer(map.view(), parameters).mapv(at_half);
                *sum += dice(mask.view(), pair.target.view()).unwrap_or(0.0);
            }
        }
        let best = (0..grid.len()).max_by(|&a, &b| sums[a].total_cmp(&sums[b]).then(b.cmp(&a))).unwrap_or(0);
        let field = |(map, pair): (&Array2<f32>, &Pair)| {
            Kernels::new(pair.image.view(), grid[best]).infer(map.view(), grid[best])
        };
        let fields = |maps: &[Array2<f32>], pairs: &[Pair]| maps.iter().zip(pairs).map(field).collect();
        Ok([fields(&validation, &self.data.validation), fields(&test, &self.data.test)])
    }

    /// The maps of the validation and of the test.
    pub(super) fn maps(&self, network: &UNet) -> Result<[Vec<Array2<f32>>; 2], Error> {
        let maps = |pairs: &[Pair]| {
            let maps = pairs.iter().map(|pair| block_on(network.segment(pair.image.view())));
            maps.collect::<Result<Vec<_>, _>>()
        };
        Ok([maps(&self.data.validation)?, maps(&self.data.test)?])
    }

    fn labelled(&self, augmentation: Augmentation) -> Labelled<'_> {
        let pairs = self.data.labelled.iter().map(Cow::Borrowed).collect();
        Labelled { pairs, augmentation, seed: self.seed }
    }

    fn with_seed(&self, options: TrainingOptions) -> TrainingOptions {
        TrainingOptions { seed: self.seed, ..options }
    }

    fn train(
        &self,
        network: &UNet,
        pairs: &impl Pairs,
        options: TrainingOptions,
    ) -> Result<Option<Trained>, Error> {
        let on_progress = |_: Progress| self.flow();
        let training = block_on(train(network, pairs, &self.data.validation, options, on_progress))?;
        Ok(self.finished(training))
    }

    /// Nothing if the user ended it: half a training is none.
    fn finished(&self, training: Training) -> Option<Trained> {
        let epochs = Some([training.epochs.len(), training.best_epoch]);
        (!self.host.is_ended()).then_some(Trained { network: training.network, epochs })
    }

    fn flow(&self) -> ControlFlow<()> {
        if self.host.is_ended() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Keeps a network in the folder.
    fn keep(&self, method: Method, trained: Option<Trained>) -> Result<Option<Trained>, Error> {
        if let Some(Trained { network, .. }) = &trained {
            self.host.write(&self.path(method), &block_on(network.to_bytes())?)?;
        }
        Ok(trained)
    }

    /// The network of an earlier run, if there is one.
    pub(super) fn kept(&self, method: Method) -> Result<Option<UNet>, Error> {
        let path = self.path(method);
        let Ok(bytes) = std::fs::read(&path) else { return Ok(None) };
        let network = UNet::from_bytes(bytes, &Device::flex());
        network.map(Some).map_err(|source| Error::Network { path, source })
    }

    fn path(&self, method: Method) -> PathBuf {
        let Cell { m, labelled, repeat } = self.cell;
        self.folder.join(format!("{method}-m{m}-labelled{labelled}-repeat{repeat}.bpk"))
    }
}

/// The seed of a cell: the same for every m, so that cells differ in nothing else.
pub(super) fn seed_of_cell(cell: Cell, seed: u64) -> u64 {
    seed_of(&[seed, cell.repeat as u64, cell.labelled as u64])
}

fn at_half(value: f32) -> f32 {
    if value >= 0.5 { 1.0 } else { 0.0 }
}

/// Dice of each map, and whether it is a ring.
fn measured(maps: &[Array2<f32>], pairs: &[Pair]) -> (Vec<f64>, Vec<bool>) {
    let of = |(map, pair): (&Array2<f32>, &Pair)| {
        let agreement = dice(map.mapv(at_half).view(), pair.target.mapv(at_half).view()).unwrap_or(0.0);
        let betti = barcode(map.view(), Options::default()).map(|barcode| barcode.betti_numbers(0.5));
        ((1e4 * agreement).round() / 1e4, betti.is_ok_and(|betti| betti == [1, 1]))
    };
    maps.iter().zip(pairs).map(of).unzip()
}
