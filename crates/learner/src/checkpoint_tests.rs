//! Tests that a training that stops anywhere goes on as if it had not.

use ndarray::Array2;
use pollster::block_on;

use super::*;
use crate::{Pair, UNetConfig, weights::Weights};

fn pairs(count: usize) -> Vec<Pair> {
    let pair = |number: usize| {
        let target = Array2::from_shape_fn((8, 8), |(row, column)| {
            let inside = |at: usize, corner: usize| (corner..corner + 3).contains(&at);
            f32::from(u8::from(inside(row, number % 5) && inside(column, number % 3)))
        });
        let image = Array2::from_shape_fn((8, 8), |at| {
            0.5 * target[at] + ((at.0 * 5 + at.1 * 3 + number) % 7) as f32 / 20.0
        });
        Pair { image, target }
    };
    (0..count).map(pair).collect()
}

fn trainer() -> Trainer {
    let network =
        UNetConfig { width: 3, depth: 1, ..UNetConfig::default() }.init(5, &Device::flex()).unwrap();
    Trainer::new(&network, options()).unwrap()
}

fn options() -> TrainingOptions {
    TrainingOptions { batch_size: 3, epochs: 4, validate_every: 1, learning_rate: 0.01, ..Default::default() }
}

fn weights_of(trainer: Trainer) -> Vec<Weights> {
    block_on(weights::read(&trainer.into_training().network)).unwrap()
}

#[test]
fn a_training_that_stops_anywhere_goes_on_to_the_same_bits() {
    let (training, validation) = (pairs(8), pairs(2));
    let mut whole = trainer();
    while whole.end().is_none() {
        block_on(whole.step(&training, &validation)).unwrap();
    }
    // Before the first batch, amid an epoch, and between two.
    for stop in [0, 4, 6] {
        let mut first = trainer();
        for _ in 0..stop {
            block_on(first.step(&training, &validation)).unwrap();
        }
        let bytes = block_on(first.to_bytes("what the caller says")).unwrap();
        let (mut second, note) = Trainer::from_bytes(bytes, options(), &Device::flex()).unwrap();
        assert_eq!(note, "what the caller says");
        while second.end().is_none() {
            block_on(second.step(&training, &validation)).unwrap();
        }
        assert_eq!(second.epochs(), whole.epochs(), "stopped after {stop} batches");
        assert_eq!(weights_of(second), weights_of(whole.clone()), "stopped after {stop} batches");
    }
}

/// A training after so many batches, read from its bytes with other options.
fn resumed(options: TrainingOptions, batches: usize, then: TrainingOptions) -> Result<Trainer, Error> {
    let network =
        UNetConfig { width: 3, depth: 1, ..UNetConfig::default() }.init(5, &Device::flex()).unwrap();
    let mut trainer = Trainer::new(&network, options).unwrap();
    for _ in 0..batches {
        block_on(trainer.step(&pairs(8), &pairs(2))).unwrap();
    }
    let bytes = block_on(trainer.to_bytes("")).unwrap();
    Trainer::from_bytes(bytes, then, &Device::flex()).map(|(trainer, _)| trainer)
}

#[test]
fn pairs_of_another_size_or_number_are_refused_when_training_goes_on() {
    let wide = |count: usize| {
        let pad =
            |map: &Array2<f32>| Array2::from_shape_fn((8, 10), |at| map.get(at).copied().unwrap_or_default());
        let pairs = pairs(count);
        pairs.iter().map(|Pair { image, target }| Pair { image: pad(image), target: pad(target) }).collect()
    };
    let step = |training: Vec<Pair>, validation: Vec<Pair>| {
        let mut trainer = resumed(options(), 4, options()).unwrap();
        block_on(trainer.step(&training, &validation)).map(|batch| batch.number)
    };
    assert_eq!(step(pairs(8), pairs(2)).unwrap(), 2);
    let of_size = |result| matches!(result, Err(Error::Shape { expected: [8, 8], given: [8, 10] }));
    assert!(of_size(step(wide(8), pairs(2))));
    assert!(of_size(step(pairs(8), wide(2))));
    let few = step(pairs(7), pairs(2)).unwrap_err();
    assert!(matches!(few, Error::OtherPairs { expected: 8, given: 7 }), "{few}");

    // Nor are they amid a training.
    let mut trainer = resumed(options(), 4, options()).unwrap();
    block_on(trainer.step(&pairs(8), &pairs(2))).unwrap();
    assert!(of_size(block_on(trainer.step(&pairs(8), &wide(2))).map(|batch| batch.number)));
}

#[test]
fn more_epochs_give_what_a_training_of_so_many_gives_or_are_refused() {
    let with = |epochs, schedule| TrainingOptions { epochs, schedule, validate_every: 2, ..options() };
    let constant = |epochs| with(epochs, Schedule::Constant);
    let finish = |mut trainer: Trainer| {
        while trainer.end().is_none() {
            block_on(trainer.step(&pairs(8), &pairs(2))).unwrap();
        }
        trainer
    };
    // Three batches are an epoch; one of three epochs validates after the last because it is the last.
    let whole = finish(resumed(constant(5), 0, constant(5)).unwrap());
    for (planned, batches) in [(3, 9), (3, 5), (4, 12), (5, 7)] {
        let trainer = finish(resumed(constant(planned), batches, constant(5)).unwrap());
        assert_eq!(trainer.epochs(), whole.epochs(), "{planned} epochs, {batches} batches");
        assert_eq!((trainer.best_epoch(), trainer.tries), (whole.best_epoch(), whole.tries));
        assert_eq!(weights_of(trainer), weights_of(whole.clone()), "{planned} epochs, {batches} batches");
    }
    let refused = |options, batches, then| match resumed(options, batches, then).map(|_| ()) {
        Err(Error::OtherEpochs { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert!(refused(constant(5), 7, constant(2)).contains("done already"));
    let cosine = |epochs| with(epochs, Schedule::Cosine);
    assert!(refused(cosine(3), 4, cosine(5)).contains("cosine"));
    assert!(resumed(cosine(3), 2, cosine(5)).is_ok(), "the first epoch has the whole rate");
    assert!(resumed(cosine(3), 9, cosine(3)).is_ok());
}

#[test]
fn states_that_no_training_can_be_in_are_refused() {
    let refused = |trainer: &Trainer| {
        let bytes = block_on(trainer.to_bytes("")).unwrap();
        match Trainer::from_bytes(bytes, options(), &Device::flex()).map(|_| ()) {
            Err(Error::Foreign(reason)) => reason,
            other => panic!("{other:?}"),
        }
    };
    let trainer = resumed(options(), 4, options()).unwrap();
    assert!(matches!(refused(&Trainer { updates: 0, ..trainer.clone() }), ForeignBytes::Weights { .. }));
    let mut moments = block_on(trainer.optimiser.moments()).unwrap();
    moments.second[0].values[0] = -1.0;
    let optimiser = Adam::restore(4, moments, &Device::flex());
    assert!(matches!(refused(&Trainer { optimiser, ..trainer.clone() }), ForeignBytes::Value(_)));
    let mut endless = trainer.clone();
    endless.best.as_mut().unwrap().loss = f64::NAN;
    assert_eq!(refused(&endless), ForeignBytes::Entry { key: "best" });
}

#[test]
fn a_checkpoint_without_weights_does_not_make_a_large_network() {
    let config =
        UNetConfig { width: UNetConfig::MAX_WIDTH, depth: UNetConfig::MAX_DEPTH, ..UNetConfig::default() };
    let mut pack = Pack::default();
    store::write_size(config, &mut pack);
    let read = Trainer::from_bytes(pack.into_bytes(KIND).unwrap(), options(), &Device::flex()).map(|_| ());
    assert!(matches!(read, Err(Error::Foreign(_))), "{read:?}");
}

#[test]
fn foreign_and_damaged_bytes_are_refused() {
    let read = |bytes: Vec<u8>| Trainer::from_bytes(bytes, options(), &Device::flex()).map(|_| ());
    assert!(matches!(read(Vec::new()), Err(Error::Foreign(ForeignBytes::Format(_)))));
    let mut trainer = trainer();
    let network = block_on(trainer.network.to_bytes()).unwrap();
    assert!(matches!(read(network), Err(Error::Foreign(ForeignBytes::Kind { .. }))));
    block_on(trainer.step(&pairs(3), &[])).unwrap();
    let bytes = block_on(trainer.to_bytes("")).unwrap();
    assert!(read(bytes.clone()).is_ok());
    for length in (0..bytes.len()).step_by(89) {
        assert!(read(bytes[..length].to_vec()).is_err(), "{length}");
    }
}
