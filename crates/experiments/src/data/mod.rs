//! Data sets as they lie in folders.

pub mod folder;
mod lines;
pub mod mnist;
pub mod priors;
pub mod sunnybrook;

use std::io;
use std::path::{Path, PathBuf};

pub use lines::without_lines;

/// What is wrong with a data set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// Something is wrong with a file or folder.
    #[error("{}: {problem}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What.
        problem: Problem,
    },
    /// A mask is missing.
    #[error("{}: there is no mask of the same name in {}", .image.display(), .folder.display())]
    NoMask {
        /// The image without one.
        image: PathBuf,
        /// Where it should be.
        folder: PathBuf,
    },
    /// An image is missing.
    #[error("{}: there is no image of the same name in {}", .mask.display(), .folder.display())]
    NoImage {
        /// The mask without one.
        mask: PathBuf,
        /// Where it should be.
        folder: PathBuf,
    },
    /// Nothing is known of the topology of an image.
    #[error("the image {name} is not in the list of priors {}", .list.display())]
    NoPrior {
        /// Its name without ending.
        name: String,
        /// The list.
        list: PathBuf,
    },
    /// An image and its mask differ in shape.
    #[error(
        "{} has the shape {image_shape:?} and {} the shape {mask_shape:?}; they have to be the same",
        .image.display(), .mask.display()
    )]
    Shapes {
        /// The file of the image.
        image: PathBuf,
        /// Its rows and columns.
        image_shape: (usize, usize),
        /// The file of the mask.
        mask: PathBuf,
        /// Its rows and columns.
        mask_shape: (usize, usize),
    },
    /// Nothing is known of what a network has learned from.
    #[error(
        "the record of the network {model} does not say from which patients it has learned (\"split\"), so that none can \
         be said to be new to it; --patients all takes the slices of all"
    )]
    NoSplit {
        /// The network.
        model: String,
    },
    /// A network has learned from another data set.
    #[error(
        "the network {model} was trained on other patients: its record does not have {}; --patients all takes the slices \
         of all, whether the network has learned from them or not", .unknown.join(", ")
    )]
    OtherPatients {
        /// The network.
        model: String,
        /// Those that its record does not have.
        unknown: Vec<String>,
    },
    /// There are too few patients for three groups.
    #[error("there are slices of {given} patients; 3 or more are needed for a split by patient")]
    FewPatients {
        /// How many there are.
        given: usize,
    },
    /// The Betti numbers of a mask cannot be computed.
    #[error(transparent)]
    Array(persistence::Error),
    /// There is less than is needed.
    #[error("there are {given} {what}; {needed} or more are needed")]
    Few {
        /// How many there are.
        given: usize,
        /// Of what.
        what: &'static str,
        /// How many have to be.
        needed: usize,
    },
}

/// What is wrong with a file or folder of a data set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is not there, or may not be read.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// It is no image.
    #[error(transparent)]
    Decode(#[from] imaging::DecodeError),
    /// No image can be taken of it.
    #[error(transparent)]
    Scale(#[from] imaging::ScaleError),
    /// A mask has a value that is no class.
    #[error(
        "the value {value} is no class; with --classes masks have the numbers of classes, from 0 to {last}"
    )]
    NoClass {
        /// The first such value.
        value: i64,
        /// The last class.
        last: usize,
    },
    /// It is no image of rows and columns.
    #[error("an array of shape {shape:?}; accepted are images of rows and columns")]
    Axes {
        /// What it is.
        shape: Vec<usize>,
    },
    /// There is nothing in a mask.
    #[error("the mask is empty; a slice without myocardium has no middle to crop to")]
    EmptyMask,
    /// The list of slices is not what it should be.
    #[error("{0}; accepted is a CSV file with the columns `file` and `patient`")]
    Index(String),
    /// The list of priors is not what it should be.
    #[error("{0}; accepted is a CSV file with the columns `file` and `prior`, as in `a.png,\"1,1\"`")]
    Priors(String),
    /// There is nothing in a folder.
    #[error("there are no images")]
    NoImages,
    /// It is no file of MNIST.
    #[error(transparent)]
    Idx(#[from] imaging::idx::IdxError),
    /// Images and labels do not belong together.
    #[error("there are {labels} labels for {images} images; each image has one")]
    LabelCount {
        /// How many images there are.
        images: usize,
        /// How many labels.
        labels: usize,
    },
    /// A label is no digit.
    #[error("the label {label}; accepted are 0 to 9")]
    Label {
        /// Which.
        label: u8,
    },
    /// The digits have another size.
    #[error("the digits have {rows} x {columns} pixels; accepted are {size} x {size}")]
    DigitSize {
        /// Rows of a digit.
        rows: usize,
        /// Columns of a digit.
        columns: usize,
        /// Both as they should be.
        size: usize,
    },
}

impl Problem {
    /// The one place that adds the name of the file.
    fn of(self, path: &Path) -> DataError {
        DataError::File { path: path.to_owned(), problem: self }
    }
}
