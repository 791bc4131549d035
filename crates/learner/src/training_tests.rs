//! Tests of training on a problem that a tiny network learns in a second: squares behind noise.

use std::borrow::Cow;

use burn::tensor::Device;
use ndarray::Array2;
use pollster::block_on;

use super::*;
use crate::{PairError, Schedule, UNetConfig, weights};

fn network() -> UNet {
    UNetConfig { width: 6, depth: 1, ..UNetConfig::default() }.init(2, &Device::flex()).unwrap()
}

fn pairs(count: usize, seed: u64) -> Vec<Pair> {
    let mut random = Random::new(seed);
    (0..count)
        .map(|number| {
            let corner = [1 + number % 4, 1 + number / 4 % 4];
            let target = Array2::from_shape_fn((8, 8), |(row, column)| {
                let inside = |place: usize, corner: usize| (corner..corner + 3).contains(&place);
                f32::from(u8::from(inside(row, corner[0]) && inside(column, corner[1])))
            });
            Pair { image: target.mapv(|value| 0.5 * value + random.around_zero(0.3)), target }
        })
        .collect()
}

fn options() -> TrainingOptions {
    TrainingOptions {
        epochs: 24,
        learning_rate: 0.003,
        batch_size: 4,
        validate_every: 6,
        ..TrainingOptions::default()
    }
}

fn on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn the_loss_falls_with_every_loss() {
    for loss in [Loss::MeanSquaredError, Loss::CrossEntropy, Loss::SoftDice, Loss::DiceAndCrossEntropy] {
        let options = TrainingOptions { loss, ..options() };
        let training = block_on(train(&network(), &pairs(16, 0), &pairs(8, 1), options, on)).unwrap();
        let (first, last) = (training.epochs[0], training.epochs[23]);
        assert!(last.loss < 0.5 * first.loss, "{loss:?}: {first:?} {last:?}");
        assert!(last.validation.unwrap() < 0.6 * first.loss, "{loss:?}: {first:?} {last:?}");
        assert_eq!(training.end, End::Epochs);
        let validated = training.epochs.iter().filter(|epoch| epoch.validation.is_some());
        assert_eq!(validated.map(|epoch| epoch.number).collect::<Vec<_>>(), [6, 12, 18, 24]);
    }
}

#[test]
fn the_same_seed_gives_the_same_figures_and_the_network_that_was_given_stays() {
    let network = network();
    let before = block_on(weights::read(&network)).unwrap();
    let train = |seed| {
        let options = TrainingOptions { seed, epochs: 3, ..options() };
        let training = block_on(train(&network, &pairs(12, 0), &pairs(4, 1), options, on)).unwrap();
        (training.epochs, block_on(weights::read(&training.network)).unwrap())
    };
    let first = train(1);
    assert_eq!(first, train(1));
    assert_ne!(first.0, train(2).0);
    assert_ne!(first.1, before);
    assert_eq!(block_on(weights::read(&network)).unwrap(), before);
}

#[test]
fn training_ends_when_validation_stops_improving_and_gives_the_best_network() {
    // Targets that have nothing to do with the images: what is learned makes validation worse.
    let mut wrong = pairs(8, 1);
    wrong.iter_mut().for_each(|pair| pair.target.mapv_inplace(|value| 1.0 - value));
    let options = TrainingOptions { epochs: 60, validate_every: 2, patience: 3, ..options() };
    let training = block_on(train(&network(), &pairs(16, 0), &wrong, options, on)).unwrap();
    assert_eq!(training.end, End::Patience);
    let validated =
        training.epochs.iter().filter_map(|epoch| epoch.validation.map(|loss| (epoch.number, loss)));
    let best = validated.clone().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert_eq!(training.best_epoch, best.0);
    assert_eq!(training.epochs.len(), best.0 + 2 * 3);
    let validation = Validation { pairs: &wrong, topological: None };
    let loss = block_on(validation.loss(&training.network, options)).unwrap();
    assert_eq!(loss, best.1);
}

#[test]
fn validation_may_be_by_another_loss_than_training() {
    let (training, validation) = (pairs(8, 0), pairs(4, 1));
    let of = |validate_by| {
        let options = TrainingOptions { epochs: 6, validate_by, ..options() };
        block_on(train(&network(), &training, &validation, options, on)).unwrap().epochs
    };
    let (same, other) = (of(None), of(Some(Loss::SoftDice)));
    assert_eq!(same[5].loss, other[5].loss);
    assert_eq!(of(Some(Loss::MeanSquaredError)), same);
    assert!(other[5].validation.unwrap() > 2.0 * same[5].validation.unwrap(), "{same:?} {other:?}");
}

#[test]
fn the_network_that_was_given_may_be_the_one_to_beat() {
    // Targets that have nothing to do with the images: what is learned makes validation worse.
    let mut wrong = pairs(8, 1);
    wrong.iter_mut().for_each(|pair| pair.target.mapv_inplace(|value| 1.0 - value));
    let known = {
        let options = TrainingOptions { epochs: 40, validate_every: 40, ..options() };
        block_on(train(&network(), &wrong, &[], options, on)).unwrap().network
    };
    let best = |validate_given| {
        let options = TrainingOptions { epochs: 12, validate_every: 3, validate_given, ..options() };
        block_on(train(&known, &pairs(16, 0), &wrong, options, on)).unwrap().best_epoch
    };
    assert_eq!((best(true), best(false)), (0, 3));
}

/// Pairs whose images are so bright that no network gives a number.
fn glaring(pairs: &[Pair]) -> Vec<Pair> {
    let of = |pair: &Pair| Pair {
        image: pair.target.mapv(|value| f32::MAX * (2.0 * value - 1.0)),
        ..pair.clone()
    };
    pairs.iter().map(of).collect()
}

#[test]
fn a_validation_that_is_no_number_is_a_try_and_the_best_stays() {
    let (training, validation) = (pairs(8, 0), pairs(4, 1));
    let options = TrainingOptions { validate_every: 1, patience: 2, ..options() };
    let mut trainer = Trainer::new(&network(), options).unwrap();
    let mut epochs = |count: usize, validation: &[Pair]| {
        let end = trainer.epochs().len() + count;
        while trainer.epochs().len() < end {
            block_on(trainer.step(&training, validation)).unwrap();
        }
        trainer.clone()
    };
    let best = epochs(3, &validation).into_training();
    let trainer = epochs(1, &glaring(&validation));
    assert!(trainer.epochs()[3].validation.unwrap().is_nan());
    assert_eq!((trainer.end(), trainer.best_epoch()), (None, Some(best.best_epoch)));
    let ended = epochs(1, &glaring(&validation)).into_training();
    assert_eq!((ended.end, ended.best_epoch), (End::Patience, best.best_epoch));
    let weights = |training: &Training| block_on(weights::read(&training.network)).unwrap();
    assert_eq!(weights(&ended), weights(&best));
}

#[test]
fn a_training_that_diverges_gives_the_best_network_until_then() {
    /// Glaring from an epoch on.
    struct Glaring(Vec<Pair>, usize);
    impl Pairs for Glaring {
        fn count(&self) -> usize {
            self.0.len()
        }
        fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError> {
            let pair = &self.0[index];
            if epoch < self.1 {
                return Ok(Cow::Borrowed(pair));
            }
            Ok(Cow::Owned(glaring(std::slice::from_ref(pair)).remove(0)))
        }
    }
    let (good, validation) = (pairs(8, 0), pairs(4, 1));
    let options = TrainingOptions { validate_every: 2, epochs: 9, ..options() };
    let trained = |from| block_on(train(&network(), &Glaring(good.clone(), from), &validation, options, on));
    let diverged = trained(6).unwrap();
    assert_eq!((diverged.end, diverged.best_epoch, diverged.epochs.len()), (End::Diverged, 4, 5));
    let until_then = TrainingOptions { epochs: 4, ..options };
    let until_then = block_on(train(&network(), &good, &validation, until_then, on)).unwrap();
    let weights = |training: &Training| block_on(weights::read(&training.network)).unwrap();
    assert_eq!(weights(&diverged), weights(&until_then));
    assert!(matches!(trained(2), Err(Error::Diverged { epoch: 2, .. })), "nothing was validated");
    // What is worth nothing to any validation is not the best either.
    let never = block_on(train(&network(), &good, &glaring(&validation), options, on));
    assert!(matches!(never, Err(Error::Diverged { epoch: 2, .. })));
}

#[test]
fn the_caller_is_told_and_can_cancel() {
    let mut seen = Vec::new();
    let training = block_on(train(&network(), &pairs(8, 0), &[], options(), |progress| {
        seen.push(progress);
        match progress {
            Progress::Batch { epoch: 2, batch: 1, .. } => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }))
    .unwrap();
    assert_eq!((training.end, training.epochs.len(), training.best_epoch), (End::Cancelled, 1, 1));
    assert_eq!(seen.len(), 4, "two batches, an epoch, a batch");
    assert!(matches!(seen[1], Progress::Batch { epoch: 1, batch: 2, batches: 2, .. }));
    assert_eq!(seen[2], Progress::Epoch(training.epochs[0]));
}

#[test]
fn what_cannot_be_learned_is_refused() {
    let refused = |training: &[Pair], options| {
        block_on(train(&network(), training, &[], options, on)).map(|_| ()).unwrap_err()
    };
    assert!(matches!(refused(&[], options()), Error::NoPairs));
    let mut uneven = pairs(2, 0);
    uneven[1].image = Array2::zeros((8, 9));
    let error = refused(&uneven, options());
    assert!(matches!(error, Error::Shape { .. }) && error.to_string().contains("[8, 9]"), "{error}");
    let mut bright = pairs(1, 0);
    bright[0].target[[3, 2]] = 255.0;
    assert!(matches!(refused(&bright, options()), Error::NotAProbability { row: 3, column: 2, .. }));
    for options in [
        TrainingOptions { learning_rate: -1.0, ..options() },
        TrainingOptions { batch_size: 0, ..options() },
        TrainingOptions { epochs: 0, ..options() },
        TrainingOptions { validate_every: 0, ..options() },
        TrainingOptions { patience: 0, ..options() },
    ] {
        assert!(matches!(refused(&pairs(1, 0), options), Error::Option { .. }), "{options:?}");
    }
    let hot = TrainingOptions { learning_rate: 1e30, ..options() };
    assert!(matches!(refused(&pairs(8, 0), hot), Error::Diverged { .. }));
}

#[test]
fn pairs_can_be_made_for_each_epoch_and_what_prevents_it_is_told() {
    struct Changing(Vec<Pair>);
    impl Pairs for Changing {
        fn count(&self) -> usize {
            4
        }
        fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError> {
            let at = 4 * (epoch - 1) + index;
            self.0.get(at).map(Cow::Borrowed).ok_or_else(|| PairError::new("there are no more"))
        }
    }
    // Two epochs that differ only in what the pairs are.
    let all = pairs(8, 0);
    let options = TrainingOptions { epochs: 2, ..options() };
    let changing = block_on(train(&network(), &Changing(all.clone()), &[], options, on)).unwrap();
    let same = block_on(train(&network(), &all[..4], &[], options, on)).unwrap();
    assert_eq!(changing.epochs[0], same.epochs[0]);
    assert_ne!(changing.epochs[1], same.epochs[1]);
    let more = TrainingOptions { epochs: 3, ..options };
    let error = block_on(train(&network(), &Changing(all), &[], more, on)).unwrap_err();
    assert!(matches!(error, Error::Pair { .. }) && error.to_string().contains("no more"), "{error}");
}

#[test]
fn a_schedule_changes_the_rate_from_the_second_epoch() {
    let train = |schedule| {
        let options = TrainingOptions { epochs: 3, schedule, ..options() };
        block_on(train(&network(), &pairs(4, 0), &[], options, on)).unwrap().epochs
    };
    let (constant, cosine) = (train(Schedule::Constant), train(Schedule::Cosine));
    assert_eq!(
        constant[..2],
        cosine[..2],
        "a loss is that before the update, and the first rate is the whole"
    );
    assert_ne!(constant[2], cosine[2]);
    assert!((Schedule::Cosine.share(51, 100) - 0.5).abs() < 1e-12);
    assert!(Schedule::Cosine.share(100, 100) < 0.001);
}
