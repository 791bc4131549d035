//! The images of one cell of Table 2: who has labels, who has not, and who is new.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use imaging::augment::{Augmentation, Flips, augment};
use imaging::synthetic;
use learner::{Pair, PairError, Pairs, Unlabelled};
use ndarray::Array2;
use topoloss::{ClassPriors, Prior};

use crate::Error;
use crate::data::sunnybrook::{self, PREPARATION};
use crate::data::{DataError, without_lines};
use crate::seeds::{self, seed_of, shuffled};

/// An image of 80 x 80 as it was taken, and its mask.
#[derive(Clone, Debug)]
pub(super) struct Case {
    patient: String,
    pub(super) image: Array2<f32>,
    pub(super) mask: Array2<f32>,
}

/// All images of an experiment.
pub(super) struct Cases {
    cases: Vec<Case>,
    /// Further images without labels.
    phantoms: Vec<Array2<f32>>,
}

/// Which cell it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub(super) m: usize,
    pub(super) labelled: usize,
    pub(super) repeat: usize,
}

/// The images of a cell, each corrupted once.
pub(super) struct CellData {
    pub(super) labelled: Vec<Pair>,
    pub(super) unlabelled: Vec<Array2<f32>>,
    pub(super) validation: Vec<Pair>,
    pub(super) test: Vec<Pair>,
    /// What is new to every network, before it was corrupted.
    pub(super) clean: Vec<Array2<f32>>,
}

/// What every mask is like: one ring.
pub(super) fn ring() -> Result<ClassPriors, Error> {
    Ok(Prior::exactly(&[1, 1])?.into())
}

impl Cases {
    /// The slices of a folder of the Sunnybrook data whose myocardium is a ring, and so many phantoms without labels.
    pub(super) fn of_patients(folder: &Path, phantoms: usize, seed: u64) -> Result<Self, Error> {
        let slices = sunnybrook::read(folder)?;
        let rings = slices.iter().filter(|slice| slice.is_ring());
        let cases = rings.map(|slice| {
            let (image, mask) = slice.sample(&PREPARATION)?;
            Ok(Case { patient: slice.patient.clone(), image, mask })
        });
        let phantom = |number| synthetic::heart(seed_of(&[seed, seeds::EXPERIMENT, number as u64])).image;
        Ok(Self {
            cases: cases.collect::<Result<_, Error>>()?,
            phantoms: (0..phantoms).map(phantom).collect(),
        })
    }

    /// So many phantoms, each a patient of its own.
    pub(super) fn of_phantoms(count: usize, seed: u64) -> Self {
        let case = |number| {
            let sample = synthetic::heart(seed_of(&[seed, seeds::EXPERIMENT, number as u64]));
            Case { patient: format!("{number:06}"), image: sample.image, mask: sample.mask }
        };
        Self { cases: (0..count).map(case).collect(), phantoms: Vec::new() }
    }

    /// A number that tells these images and masks from others.
    pub(super) fn fingerprint(&self) -> u64 {
        let of_values = |values: &Array2<f32>| {
            let bits = values.iter().map(|value| u64::from(value.to_bits())).collect::<Vec<u64>>();
            seed_of(&bits)
        };
        let cases = self.cases.iter().flat_map(|case| [of_values(&case.image), of_values(&case.mask)]);
        seed_of(&cases.chain(self.phantoms.iter().map(of_values)).collect::<Vec<u64>>())
    }

    /// The images of a cell. Of the patients, in an order that the repeat draws, nine of 29 are new to every network, and
    /// five validate. The images of the others are in an order of their own, of which the first have labels: so those
    /// of a cell with fewer are among those of one with more.
    pub(super) fn of(&self, cell: Cell, seed: u64) -> Result<CellData, Error> {
        let repeat = seed_of(&[seed, cell.repeat as u64]);
        let patients: BTreeSet<&str> = self.cases.iter().map(|case| case.patient.as_str()).collect();
        let count = patients.len();
        if count < 3 {
            return Err(DataError::FewPatients { given: count }.into());
        }
        let mut patients = shuffled(patients.into_iter().collect(), repeat);
        let test = patients.split_off(count - (9 * count / 29).max(1));
        let validation = patients.split_off(patients.len() - (5 * count / 29).max(1));
        let of = |patients: &[&str]| {
            let cases = self.cases.iter().enumerate();
            cases.filter(|(_, case)| patients.contains(&case.patient.as_str())).collect::<Vec<_>>()
        };
        let corrupted = |number: usize, image: &Array2<f32>| {
            let seed = seed_of(&[repeat, cell.m as u64, number as u64]);
            Ok::<_, Error>(without_lines(image, cell.m, seed)?)
        };
        let pairs = |cases: &[(usize, &Case)]| {
            let pair = |&(number, case): &(usize, &Case)| {
                Ok(Pair { image: corrupted(number, &case.image)?, target: case.mask.clone() })
            };
            cases.iter().map(pair).collect::<Result<Vec<Pair>, Error>>()
        };
        let training = shuffled(of(&patients), seed_of(&[repeat, 1]));
        if training.len() <= cell.labelled {
            let what = "images of the patients to train on, of which some are labelled and some not";
            return Err(DataError::Few { given: training.len(), what, needed: cell.labelled + 1 }.into());
        }
        let (labelled, rest) = training.split_at(cell.labelled);
        let rest = rest.iter().map(|&(number, case)| (number, &case.image));
        let phantoms = self.phantoms.iter().enumerate();
        let phantoms = phantoms.map(|(number, image)| (self.cases.len() + number, image));
        let unlabelled = rest.chain(phantoms).map(|(number, image)| corrupted(number, image));
        let test = of(&test);
        Ok(CellData {
            labelled: pairs(labelled)?,
            unlabelled: unlabelled.collect::<Result<_, Error>>()?,
            validation: pairs(&of(&validation))?,
            clean: test.iter().map(|(_, case)| case.image.clone()).collect(),
            test: pairs(&test)?,
        })
    }
}

/// Turned over at random: what every method has.
pub(super) const FLIPS: Augmentation = Augmentation { flips: Flips::Both, ..Augmentation::NONE };

/// The control that later papers ask for.
pub(super) const STRONG: Augmentation = Augmentation {
    rotation: 180.0,
    scale: 0.25,
    shift: 0.08,
    flips: Flips::Both,
    elastic: 0.03,
    intensity: 0.4,
    noise: 0.05,
};

/// Images with masks, varied anew in every epoch.
pub(super) struct Labelled<'a> {
    pub(super) pairs: Vec<Cow<'a, Pair>>,
    pub(super) augmentation: Augmentation,
    pub(super) seed: u64,
}

impl Pairs for Labelled<'_> {
    fn count(&self) -> usize {
        self.pairs.len()
    }

    fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError> {
        let Pair { image, target } = &*self.pairs[index];
        let seed = seed_of(&[self.seed, index as u64, epoch as u64]);
        let (image, target) =
            augment(image.view(), target.view(), &self.augmentation, seed).map_err(PairError::new)?;
        Ok(Cow::Owned(Pair { image, target }))
    }
}

/// Images without masks, turned over at random.
pub(super) struct Bare<'a> {
    pub(super) images: &'a [Array2<f32>],
    pub(super) priors: &'a ClassPriors,
    pub(super) seed: u64,
}

impl Unlabelled for Bare<'_> {
    fn count(&self) -> usize {
        self.images.len()
    }

    fn image(&self, index: usize, epoch: usize) -> Result<Cow<'_, Array2<f32>>, PairError> {
        let image = &self.images[index];
        let seed = seed_of(&[self.seed, index as u64, epoch as u64, 1]);
        let (image, _) = augment(image.view(), image.view(), &FLIPS, seed).map_err(PairError::new)?;
        Ok(Cow::Owned(image))
    }

    fn priors(&self, _: usize) -> Result<&ClassPriors, PairError> {
        Ok(self.priors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(labelled: usize, repeat: usize) -> CellData {
        Cases::of_phantoms(29, 0).of(Cell { m: 20, labelled, repeat }, 3).unwrap()
    }

    #[test]
    fn every_image_is_in_one_group() {
        let data = cell(4, 0);
        let counts = [&data.labelled, &data.validation, &data.test].map(Vec::len);
        assert_eq!((counts, data.unlabelled.len(), data.clean.len()), ([4, 5, 9], 11, 9));
        let all: Vec<&Array2<f32>> = [&data.labelled, &data.validation, &data.test]
            .into_iter()
            .flatten()
            .map(|pair| &pair.image)
            .chain(&data.unlabelled)
            .collect();
        let is_twice = |(place, image): (usize, &&Array2<f32>)| all[..place].contains(image);
        assert!(!all.iter().enumerate().any(is_twice));
    }

    #[test]
    fn fewer_labels_are_among_more_and_another_repeat_has_others() {
        let (few, more, other) = (cell(4, 0), cell(8, 0), cell(4, 1));
        assert_eq!(few.labelled, more.labelled[..4]);
        assert_eq!(few.test, more.test);
        assert_ne!(few.test, other.test);
    }

    #[test]
    fn too_few_images_are_an_error_that_says_how_many_there_are() {
        let error = Cases::of_phantoms(29, 0).of(Cell { m: 0, labelled: 15, repeat: 0 }, 3).err().unwrap();
        assert!(error.to_string().starts_with("there are 15 images of the patients to train on"), "{error}");
        assert!(Cases::of_phantoms(2, 0).of(Cell { m: 0, labelled: 1, repeat: 0 }, 3).is_err());
    }
}
