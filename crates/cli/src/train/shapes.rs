//! `bettiscope train shapes`: a foreground of any kind, learned from synthetic shapes only.

use std::borrow::Cow;

use imaging::Scaling;
use imaging::augment::{Augmentation, augment};
use imaging::preparation::{Order, Preparation};
use imaging::synthetic::{SHAPE_NORMALISATION, Sample, SampleError, ShapeKind, shape};
use learner::{Loss, Pair, PairError, Pairs, Schedule, TrainingOptions, UNetConfig};

use super::arguments::TrainingArguments;
use super::course::{Course, HeldOut};
use super::record::PostProcessing;
use crate::data::seed_of;
use crate::failure::Failure;

const DEFAULTS: &str = "\
Without options: --width 8 --depth 2 --loss cross-entropy --epochs 60 --batch 8 --rate 0.002 --schedule cosine --validate-every 5 \
--patience 12 --intensity 0.2 --noise 0.05, and no other augmentation.

Every epoch has new shapes: blobs, rings, trees and cells by turns. 60 others validate, and figures are of 60 of each \
kind.";

/// A network that finds a foreground, from synthetic shapes
#[derive(Debug, clap::Args)]
#[command(after_help = DEFAULTS)]
pub(crate) struct Arguments {
    /// How many shapes an epoch has
    #[arg(long, value_name = "N", default_value_t = 240, value_parser = at_least_1())]
    count: u64,
    /// Rows, and columns, of the images
    #[arg(long, value_name = "PIXELS", default_value_t = 80)]
    size: usize,
    #[command(flatten)]
    pub(crate) training: TrainingArguments,
}

fn at_least_1() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(1..=1_000_000)
}

const VALIDATING: u64 = 1 << 32;
const TESTING: u64 = 2 << 32;
const EACH: u64 = 60;

pub(crate) fn course(arguments: &Arguments) -> Result<Course, Failure> {
    let (seed, size) = (arguments.training.seed(), arguments.size);
    let sample = |kind, purpose: u64, number: u64| shape(kind, size, seed_of(&[seed, purpose, number]));
    let pair = |sample: Sample| Pair { image: sample.image, target: sample.mask };
    let validation = (0..EACH).map(|number| {
        let kind = ShapeKind::ALL[number as usize % ShapeKind::ALL.len()];
        Ok(pair(sample(kind, VALIDATING, number)?))
    });
    let validation = validation.collect::<Result<Vec<Pair>, SampleError>>()?;
    let mut held_out = Vec::new();
    for kind in ShapeKind::ALL {
        let samples = (0..EACH).map(|number| sample(kind, TESTING, number));
        let samples = samples.collect::<Result<Vec<Sample>, _>>()?;
        held_out.push(HeldOut {
            name: format!("synthetic {}", name(kind)),
            betti: samples.iter().map(|sample| sample.betti).collect(),
            pairs: samples.into_iter().map(pair).collect(),
        });
    }
    let options = arguments.training.options(TrainingOptions {
        loss: Loss::CrossEntropy,
        learning_rate: 0.002,
        schedule: Schedule::Cosine,
        batch_size: 8,
        epochs: 60,
        validate_every: 5,
        patience: 12,
        ..TrainingOptions::default()
    });
    let augmentation =
        arguments.training.augmentation(Augmentation { intensity: 0.2, noise: 0.05, ..Augmentation::NONE });
    Ok(Course {
        name: "shapes",
        title: "Blobs, rings, trees and cells: a foreground of any kind",
        preparation: Preparation {
            order: Order::NormaliseLast,
            scaling: Some(Scaling::To(SHAPE_NORMALISATION)),
            shape: Some([size, size]),
        },
        split: None,
        data: format!(
            "synthetic shapes only, {} new ones in every epoch; {EACH} others for validation, figures of {EACH} of \
             each kind",
            arguments.count
        ),
        own_options: format!("--count {} --size {size}", arguments.count),
        network: arguments.training.network(UNetConfig { width: 8, depth: 2 }),
        options,
        augmentation,
        training: Box::new(Shapes { count: arguments.count as usize, size, augmentation, seed }),
        validation,
        held_out,
        post_processing: PostProcessing {
            prior: None,
            lambda: 0.01,
            learning_rate: 3e-4,
            steps: 100,
            until_prior_holds: Some(5),
        },
    })
}

fn name(kind: ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Blobs => "blobs",
        ShapeKind::Rings => "rings",
        ShapeKind::Tree => "trees",
        ShapeKind::Cells => "cells",
    }
}

/// Shapes that are new in every epoch.
struct Shapes {
    count: usize,
    size: usize,
    augmentation: Augmentation,
    seed: u64,
}

impl Pairs for Shapes {
    fn count(&self) -> usize {
        self.count
    }

    fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError> {
        let seed = seed_of(&[self.seed, index as u64, epoch as u64]);
        let kind = ShapeKind::ALL[index % ShapeKind::ALL.len()];
        let Sample { image, mask, .. } = shape(kind, self.size, seed).map_err(PairError::new)?;
        let (image, target) =
            augment(image.view(), mask.view(), &self.augmentation, seed).map_err(PairError::new)?;
        Ok(Cow::Owned(Pair { image, target }))
    }
}
