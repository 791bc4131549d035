//! Data sets as they lie in folders.

pub(crate) mod folder;
mod lines;
pub(crate) mod mnist;
mod seeds;
pub(crate) mod sunnybrook;

use std::io;
use std::path::PathBuf;

pub(crate) use lines::without_lines;
pub(crate) use seeds::{seed_of, shuffled};

/// What is wrong with a data set.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataError {
    #[error("{}: cannot be read: {source}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}: {problem}", .path.display())]
    Image { path: PathBuf, problem: String },
    #[error("{}: an array of shape {shape:?}; accepted are images of rows and columns", .path.display())]
    Axes { path: PathBuf, shape: Vec<usize> },
    #[error("{}: there is no mask of the same name in {}", .image.display(), .folder.display())]
    NoMask { image: PathBuf, folder: PathBuf },
    #[error(
        "{} has the shape {image_shape:?} and {} the shape {mask_shape:?}; they have to be the same",
        .image.display(), .mask.display()
    )]
    Shapes { image: PathBuf, image_shape: (usize, usize), mask: PathBuf, mask_shape: (usize, usize) },
    #[error("{}: the mask is empty; a slice without myocardium has no middle to crop to", .path.display())]
    EmptyMask { path: PathBuf },
    #[error("{}: {problem}; accepted is a CSV file with the columns `file` and `patient`", .path.display())]
    Index { path: PathBuf, problem: String },
    #[error("{}: there are no images", .folder.display())]
    Nothing { folder: PathBuf },
    #[error(
        "the record of the network {model} does not say from which patients it has learned (\"split\"), so that none can \
         be said to be new to it; --patients all takes the slices of all"
    )]
    NoSplit { model: String },
    #[error(
        "the network {model} was trained on other patients: its record does not have {}; --patients all takes the slices \
         of all, whether the network has learned from them or not", .unknown.join(", ")
    )]
    OtherPatients { model: String, unknown: Vec<String> },
    #[error("there are slices of {given} patients; 3 or more are needed for a split by patient")]
    FewPatients { given: usize },
    #[error(transparent)]
    Array(persistence::Error),
    #[error("there are {given} {what}; {needed} or more are needed")]
    Few { given: usize, what: &'static str, needed: usize },
}
