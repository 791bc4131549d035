//! The four files of MNIST.

use std::path::Path;

use imaging::{Limits, idx};
use ndarray::Array3;

use crate::failure::{Failure, Problem};

/// The Betti numbers of a digit, as in the paper: one component; 0, 6 and 9 have one hole, 8 two, the others none.
pub(crate) fn betti(digit: u8) -> [usize; 2] {
    let holes = match digit {
        0 | 6 | 9 => 1,
        8 => 2,
        _ => 0,
    };
    [1, holes]
}

/// Which half of the data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Training,
    Test,
}

/// Digits and what they are.
#[derive(Debug)]
pub(crate) struct Mnist {
    /// `[count, 28, 28]`, in [0, 1].
    pub(crate) images: Array3<f32>,
    pub(crate) labels: Vec<u8>,
}

impl Mnist {
    /// Reads one half of a folder with the files of MNIST, gzipped or not.
    pub(crate) fn open(folder: &Path, part: Part) -> Result<Self, Failure> {
        let name = match part {
            Part::Training => "train",
            Part::Test => "t10k",
        };
        let file = |kind: &str| {
            let plain = folder.join(format!("{name}-{kind}-ubyte"));
            let zipped = folder.join(format!("{name}-{kind}-ubyte.gz"));
            let path = if plain.exists() { plain } else { zipped };
            let bytes = std::fs::read(&path).map_err(|error| Problem::Read(error).in_file(&path))?;
            Ok::<_, Failure>((path, bytes))
        };
        let (path, bytes) = file("images-idx3")?;
        let images = idx::read_images(&bytes, &Limits::default());
        let images = images.map_err(|error| Problem::Idx(error).in_file(&path))?;
        let (path, bytes) = file("labels-idx1")?;
        let labels = idx::read_labels(&bytes, &Limits::default());
        let labels = labels.map_err(|error| Problem::Idx(error).in_file(&path))?.to_vec();
        Ok(Self { images: images.mapv(|value| f32::from(value) / 255.0), labels })
    }
}
