//! Rings of myocardium in corrupted slices, before and after; after section 4.2 of the paper.

use std::collections::BTreeSet;
use std::path::Path;

use imaging::preparation::Preparation;
use learner::UNet;
use serde::{Deserialize, Serialize};

use super::host::Host;
use super::masks::{Experiment, MaskTable, Sample};
use super::options::{Common, RunOptions};
use super::trials::Finished;
use crate::Error;
use crate::courses::heart::{CLASSES, Finds};
use crate::data::DataError;
use crate::data::sunnybrook::{self, PREPARATION, Slice, Split};

/// The groups that training makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Patients {
    /// Those that nothing was chosen on: for results.
    Test,
    /// Those that chose the epoch: to choose settings.
    Validation,
    /// Those that the network has learned from.
    Training,
    /// All that there are: for networks that have learned from none of them.
    All,
}

/// A network that finds the myocardium, and what is known of it.
#[derive(Debug)]
pub struct Model {
    /// What it is called.
    pub name: String,
    /// The network.
    pub network: UNet,
    /// How its images are prepared; without a scaling as in [`PREPARATION`].
    pub preparation: Preparation,
    /// Which patients it has learned from, and which not.
    pub split: Option<Split>,
    /// Where that is not written down: the seed by which patients were split.
    pub split_seed: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Settings {
    model: String,
    /// How many the model has. Journals that do not say it are of one.
    #[serde(default = "one")]
    classes: usize,
    patients: Patients,
    #[serde(flatten)]
    common: Common,
}

fn one() -> usize {
    1
}

/// Of a folder of the Sunnybrook data the slices of these patients whose mask is one ring: so many of them, evenly spaced,
/// or all.
///
/// # Errors
///
/// If a file cannot be read, it is not known what the network has learned from, or there are too few slices.
pub fn chosen(
    data: &Path,
    patients: Patients,
    count: Option<usize>,
    model: &Model,
    host: &dyn Host,
) -> Result<Vec<Slice>, Error> {
    let all = sunnybrook::read(data)?;
    let known: BTreeSet<String> = all.iter().map(|slice| slice.patient.clone()).collect();
    let meant = match patients {
        Patients::Test => split(model, &all)?.test,
        Patients::Validation => split(model, &all)?.validation,
        Patients::Training => split(model, &all)?.training,
        Patients::All => known.clone(),
    };
    let missing = meant.difference(&known).cloned().collect::<Vec<String>>();
    if !missing.is_empty() {
        host.note(&format!("of these patients there are no slices: {}", missing.join(", ")));
    }
    let is_meant = |slice: &Slice| meant.contains(&slice.patient) && slice.is_ring();
    let rings = all.into_iter().filter(is_meant).collect::<Vec<Slice>>();
    let count = count.unwrap_or(rings.len());
    if count == 0 || count > rings.len() {
        let what = "slices of these patients whose mask is one ring";
        return Err(DataError::Few { given: rings.len(), what, needed: count.max(1) }.into());
    }
    let of = rings.len();
    let chosen = (0..count).map(|number| number * of / count).collect::<BTreeSet<usize>>();
    Ok(rings.into_iter().enumerate().filter(|(at, _)| chosen.contains(at)).map(|(_, slice)| slice).collect())
}

/// Post-processes slices of these patients without each of `m` numbers of lines.
///
/// # Errors
///
/// If a slice cannot be prepared or corrupted, a file read or written, or something post-processed.
pub fn run(
    model: &Model,
    slices: &[Slice],
    patients: Patients,
    m: &[usize],
    options: &RunOptions,
    host: &dyn Host,
) -> Result<Finished<MaskTable>, Error> {
    let (finds, names): (_, &[&str]) = match model.network.config().classes {
        1 => (Finds::Muscle, &[]),
        3 => (Finds::CavityAndMuscle, &CLASSES),
        classes => return Err(learner::Error::SeveralClasses { classes }.into()),
    };
    let of = match patients {
        Patients::Test => "test",
        Patients::Validation => "validation",
        Patients::Training => "training",
        Patients::All => "all",
    };
    let priors = finds.priors()?;
    let experiment = Experiment {
        options,
        name: "sunnybrook",
        samples: format!("slices of {of} patients, prior {}", priors.named(names)),
        common: Settings {
            model: model.name.clone(),
            classes: finds.classes(),
            patients,
            common: options.common(),
        },
        model: &model.name,
        network: &model.network,
    };
    let scaling = model.preparation.scaling.or(PREPARATION.scaling);
    let preparation = Preparation { scaling, ..model.preparation };
    let samples = slices.iter().map(|slice| {
        let (image, target) = slice.found(finds, &preparation)?;
        Ok(Sample { name: slice.file.clone(), image, target, priors: priors.clone() })
    });
    experiment.run(m, &samples.collect::<Result<Vec<Sample>, Error>>()?, host)
}

/// Which patients of the data the network has learned from, and which not.
fn split(model: &Model, slices: &[Slice]) -> Result<Split, DataError> {
    let split = match (&model.split, model.split_seed) {
        (Some(split), _) => split.clone(),
        (None, Some(seed)) => return sunnybrook::split(slices, seed),
        (None, None) => return Err(DataError::NoSplit { model: model.name.clone() }),
    };
    let is_unknown = |patient: &&String| {
        ![&split.training, &split.validation, &split.test].into_iter().any(|group| group.contains(*patient))
    };
    let patients = slices.iter().map(|slice| &slice.patient).collect::<BTreeSet<&String>>();
    let unknown = patients.into_iter().filter(is_unknown).cloned().collect::<Vec<String>>();
    if unknown.is_empty() {
        Ok(split)
    } else {
        Err(DataError::OtherPatients { model: model.name.clone(), unknown })
    }
}
