//! A foreground of any kind, learned from synthetic shapes only.

use std::borrow::Cow;

use imaging::Scaling;
use imaging::augment::{Augmentation, augment};
use imaging::preparation::{Order, Preparation};
use imaging::synthetic::{SHAPE_NORMALISATION, Sample, SampleError, ShapeKind, shape};
use learner::{Loss, Pair, PairError, Pairs, Schedule, TrainingOptions, UNetConfig};
use topoloss::{Prior, PriorError};

use super::{Course, HeldOut, PostProcessing, Settings};
use crate::Error;
use crate::seeds::{self, seed_of};

const EACH: u64 = 60;

/// What suits this course.
pub fn settings() -> Settings {
    Settings {
        network: UNetConfig { width: 8, depth: 2, ..UNetConfig::default() },
        options: TrainingOptions {
            loss: Loss::CrossEntropy,
            learning_rate: 0.002,
            schedule: Schedule::Cosine,
            batch_size: 8,
            epochs: 60,
            validate_every: 5,
            patience: 12,
            ..TrainingOptions::default()
        },
        augmentation: Augmentation { intensity: 0.2, noise: 0.05, ..Augmentation::NONE },
    }
}

/// The course of `count` shapes an epoch of `size` x `size` pixels.
///
/// # Errors
///
/// If shapes cannot be made at this size.
pub fn course(count: usize, size: usize, settings: Settings) -> Result<Course, Error> {
    let (seed, augmentation) = (settings.options.seed, settings.augmentation);
    let sample = |kind, purpose: u64, number: u64| shape(kind, size, seed_of(&[seed, purpose, number]));
    let pair = |sample: Sample| Pair { image: sample.image, target: sample.mask };
    let validation = (0..EACH).map(|number| {
        let kind = ShapeKind::ALL[number as usize % ShapeKind::ALL.len()];
        Ok(pair(sample(kind, seeds::VALIDATION, number)?))
    });
    let validation = validation.collect::<Result<Vec<Pair>, SampleError>>()?;
    let mut held_out = Vec::new();
    let prior = |sample: &Sample| Ok(Prior::exactly(&sample.betti)?.into());
    for kind in ShapeKind::ALL {
        let samples = (0..EACH).map(|number| sample(kind, seeds::TEST, number));
        let samples = samples.collect::<Result<Vec<Sample>, _>>()?;
        held_out.push(HeldOut {
            name: format!("synthetic {}", name(kind)),
            priors: samples.iter().map(prior).collect::<Result<_, PriorError>>()?,
            pairs: samples.into_iter().map(pair).collect(),
        });
    }
    Ok(Course {
        name: "shapes",
        command: "shapes",
        title: "Blobs, rings, trees and cells: a foreground of any kind",
        classes: Vec::new(),
        preparation: Preparation {
            order: Order::NormaliseLast,
            scaling: Some(Scaling::To(SHAPE_NORMALISATION)),
            shape: Some([size, size]),
        },
        split: None,
        data: format!(
            "synthetic shapes only, {} new ones in every epoch; {EACH} others for validation, figures of {EACH} of \
             each kind",
            count
        ),
        own_options: format!("--count {} --size {size}", count),
        settings,
        training: Box::new(Shapes { count, size, augmentation, seed }),
        validation,
        semi: None,
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
