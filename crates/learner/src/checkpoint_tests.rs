//! Tests that a training that stops anywhere goes on as if it had not.

use ndarray::Array2;
use pollster::block_on;

use super::*;
use crate::Pair;

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
    let network = UNetConfig { width: 3, depth: 1 }.init(5, &Device::flex()).unwrap();
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
