//! The four files of MNIST.

use std::path::Path;

use imaging::{Limits, idx};
use ndarray::Array3;

use super::{DataError, Problem};

/// Rows, and columns, of a digit.
const SIZE: usize = 28;

/// Which half of the data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// 60 000 digits.
    Training,
    /// 10 000 others.
    Test,
}

/// Digits and what they are.
#[derive(Debug)]
pub struct Mnist {
    /// `[count, 28, 28]`, in [0, 1].
    pub images: Array3<f32>,
    /// From 0 to 9, one for each image.
    pub labels: Vec<u8>,
}

impl Mnist {
    /// Reads one half of a folder with the files of MNIST, gzipped or not.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or images and labels do not belong together.
    pub fn open(folder: &Path, part: Part) -> Result<Self, DataError> {
        let name = match part {
            Part::Training => "train",
            Part::Test => "t10k",
        };
        let file = |kind: &str| {
            let plain = folder.join(format!("{name}-{kind}-ubyte"));
            let zipped = folder.join(format!("{name}-{kind}-ubyte.gz"));
            let path = if plain.exists() { plain } else { zipped };
            let bytes = std::fs::read(&path).map_err(|error| Problem::Read(error).of(&path))?;
            Ok::<_, DataError>((path, bytes))
        };
        let (path, bytes) = file("images-idx3")?;
        let images = idx::read_images(&bytes, &Limits::default());
        let images = images.map_err(|error| Problem::Idx(error).of(&path))?;
        let (count, rows, columns) = images.dim();
        if [rows, columns] != [SIZE, SIZE] {
            return Err(Problem::DigitSize { rows, columns, size: SIZE }.of(&path));
        }
        let (path, bytes) = file("labels-idx1")?;
        let labels = idx::read_labels(&bytes, &Limits::default());
        let labels = labels.map_err(|error| Problem::Idx(error).of(&path))?.to_vec();
        if count != labels.len() {
            return Err(Problem::LabelCount { images: count, labels: labels.len() }.of(&path));
        }
        if let Some(label) = labels.iter().copied().find(|&label| label > 9) {
            return Err(Problem::Label { label }.of(&path));
        }
        Ok(Self { images: images.mapv(|value| f32::from(value) / 255.0), labels })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with so many images of 28 rows and some columns, and these labels.
    fn open(count: u32, columns: u32, labels: &[u8]) -> Result<Mnist, String> {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, lengths: &[u32], values: &[u8]| {
            let mut bytes = vec![0, 0, 8, lengths.len() as u8];
            lengths.iter().for_each(|length| bytes.extend(length.to_be_bytes()));
            bytes.extend(values);
            std::fs::write(folder.path().join(name), bytes).unwrap();
        };
        let values = vec![51; (count * 28 * columns) as usize];
        write("t10k-images-idx3-ubyte", &[count, 28, columns], &values);
        write("t10k-labels-idx1-ubyte", &[labels.len() as u32], labels);
        Mnist::open(folder.path(), Part::Test).map_err(|error| error.to_string())
    }

    #[test]
    fn digits_are_read_with_their_labels() {
        let digits = open(2, 28, &[3, 9]).unwrap();
        assert_eq!((digits.images.dim(), &digits.labels[..]), ((2, 28, 28), &[3, 9][..]));
        assert_eq!(digits.images[[1, 27, 27]], 0.2);
    }

    #[test]
    fn images_and_labels_that_do_not_belong_together_are_refused() {
        for (count, columns, labels, says) in [
            (2, 28, &[3][..], "labels-idx1-ubyte: there are 1 labels for 2 images"),
            (1, 28, &[3, 4, 5], "labels-idx1-ubyte: there are 3 labels for 1 images"),
            (0, 28, &[1], "labels-idx1-ubyte: there are 1 labels for 0 images"),
            (1, 28, &[10], "labels-idx1-ubyte: the label 10; accepted are 0 to 9"),
            (1, 27, &[3], "images-idx3-ubyte: the digits have 28 x 27 pixels; accepted are 28 x 28"),
        ] {
            let error = open(count, columns, labels).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
