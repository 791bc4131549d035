//! Synthetic shapes of all kinds with lost lines of k-space, before and after.

use imaging::synthetic::{ShapeKind, shape};
use learner::UNet;
use serde::{Deserialize, Serialize};
use topoloss::Prior;

use super::host::Host;
use super::masks::{Experiment, MaskTable, Sample};
use super::options::{Common, RunOptions};
use super::trials::Finished;
use crate::Error;
use crate::seeds::{self, seed_of};

/// Rows, and columns.
pub const SIZE: usize = 80;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    model: String,
    #[serde(flatten)]
    common: Common,
}

/// Post-processes `count` shapes without each of `m` numbers of lines on a network and its name.
///
/// # Errors
///
/// If a file cannot be read or written, an image corrupted, or something post-processed.
pub fn run(
    (model, network): (&str, &UNet),
    m: &[usize],
    count: u32,
    options: &RunOptions,
    host: &dyn Host,
) -> Result<Finished<MaskTable>, Error> {
    let experiment = Experiment {
        options,
        name: "shapes",
        samples: "synthetic blobs, rings, trees and cells".to_owned(),
        common: Settings { model: model.to_owned(), common: options.common() },
        model,
        network,
    };
    let samples = (0..count).map(|number| sample(number, options.seed));
    experiment.run(m, &samples.collect::<Result<Vec<Sample>, Error>>()?, host)
}

fn sample(number: u32, seed: u64) -> Result<Sample, Error> {
    let kind = ShapeKind::ALL[number as usize % ShapeKind::ALL.len()];
    let shape = shape(kind, SIZE, seed_of(&[seed, seeds::EXPERIMENT, number.into()]))?;
    Ok(Sample {
        name: number.to_string(),
        image: shape.image,
        target: shape.mask,
        priors: Prior::exactly(&shape.betti)?.into(),
    })
}
