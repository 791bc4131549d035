//! Why an experiment cannot be made.

use std::io;
use std::path::PathBuf;

use crate::data::DataError;
use crate::reproduce::HostError;

/// Why an experiment cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something is wrong with a data set.
    #[error(transparent)]
    Data(#[from] DataError),
    /// There are too few digits.
    #[error("the {part} set has {given} digits for this, and {needed} are needed")]
    FewDigits {
        /// How many there are.
        given: usize,
        /// How many there have to be.
        needed: usize,
        /// Of which set.
        part: &'static str,
    },
    /// There is no digit for figure 6.
    #[error("the test set has no digit 3, which figure 6 is of")]
    NoThree,
    /// A synthetic sample cannot be made.
    #[error(transparent)]
    Sample(#[from] imaging::synthetic::SampleError),
    /// An image cannot be corrupted.
    #[error(transparent)]
    Corruption(#[from] imaging::kspace::CorruptionError),
    /// An image cannot be prepared for a network.
    #[error(transparent)]
    Preparation(#[from] imaging::preparation::PreparationError),
    /// A map cannot be held against a mask.
    #[error(transparent)]
    Overlap(#[from] imaging::overlap::OverlapError),
    /// A map cannot be closed.
    #[error(transparent)]
    Morphology(imaging::morphology::MorphologyError),
    /// A table of methods that need another one.
    #[error("the method {method} goes on for as many updates as {needs}, which is not among the methods")]
    Needs {
        /// The method.
        method: &'static str,
        /// What it needs.
        needs: &'static str,
    },
    /// There is no such prior.
    #[error(transparent)]
    Prior(#[from] topoloss::PriorError),
    /// There are no such priors of classes.
    #[error(transparent)]
    ClassPriors(#[from] topoloss::ClassPriorsError),
    /// A map cannot be held against priors.
    #[error(transparent)]
    Topology(#[from] topoloss::Error),
    /// Something cannot be trained, segmented or post-processed.
    #[error(transparent)]
    Learner(#[from] learner::Error),
    /// A network that was kept cannot be read.
    #[error("{}: cannot be read: {source}", .path.display())]
    Read {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is no network.
    #[error("{}: {source}", .path.display())]
    Network {
        /// Which.
        path: PathBuf,
        /// Why.
        source: learner::Error,
    },
    /// Earlier results cannot be read.
    #[error("{}: the results of an earlier run cannot be read: {source}", .path.display())]
    Journal {
        /// Their file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Earlier results are of something else.
    #[error(
        "{}: these are results of other settings (other samples, another seed, model, greatest number of steps, stop \
         rule or connectivity, or networks that learn in another way); give another folder with -o, or the settings of that run", .path.display()
    )]
    OtherSettings {
        /// Their file.
        path: PathBuf,
    },
    /// Results cannot be written.
    #[error("{}: cannot be written: {source}", .path.display())]
    Write {
        /// Their file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A result cannot be put into words.
    #[error("the report cannot be written: {0}")]
    Report(serde_json::Error),
    /// Threads cannot be started.
    #[error("threads cannot be started: {0}")]
    Threads(String),
    /// The program cannot do what it was asked for.
    #[error(transparent)]
    Host(#[from] HostError),
}
