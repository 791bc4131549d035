//! End-diastolic short-axis slices of the Sunnybrook Cardiac Data with masks of the myocardium.
//!
//! A folder holds `index.csv` with at least the columns `file` and `patient`, the slices as `images/FILE`, and the
//! masks of the myocardium as `myo/FILE`.

use std::collections::BTreeSet;
use std::path::Path;

use imaging::morphology::fill_holes;
use imaging::preparation::{Order, Preparation, PreparationError, Square};
use imaging::{Intensities, Normalisation, Scaling};
use ndarray::Array2;
use persistence::{Options, barcode};
use serde::{Deserialize, Serialize};

use super::{DataError, Problem, folder};
use crate::seeds::shuffled;

/// The side of the square of a slice, in pixels, that becomes an image of [`SIZE`]. The spacing of the slices is not
/// known; the largest heart among them is 80 pixels wide.
pub const FIELD: usize = 128;

/// Rows, and columns, of what a network sees.
pub const SIZE: usize = 80;

/// How slices are prepared for a network that is trained here.
pub const PREPARATION: Preparation = Preparation {
    order: Order::NormaliseLast,
    scaling: Some(Scaling::To(Normalisation::PERCENTILES)),
    shape: Some([SIZE, SIZE]),
};

/// One slice.
#[derive(Clone, Debug)]
pub struct Slice {
    /// Its name.
    pub file: String,
    /// Whose heart it is.
    pub patient: String,
    /// `[rows, columns]`, with the values of the file.
    pub image: Intensities<'static>,
    /// Of the same shape: 1 in the myocardium.
    pub mask: Array2<f32>,
}

/// The patients of a data set in three groups without a patient in common, each ascending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Is learned from.
    pub training: BTreeSet<String>,
    /// Chooses the epoch.
    pub validation: BTreeSet<String>,
    /// Gives the figures.
    pub test: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Row {
    file: String,
    patient: String,
}

/// All slices of a folder, in the order of its index.
///
/// # Errors
///
/// If a file cannot be read, a mask is empty or has another shape than its image, or there is nothing.
pub fn read(folder: &Path) -> Result<Vec<Slice>, DataError> {
    let index = folder.join("index.csv");
    let bytes = std::fs::read(&index).map_err(|error| Problem::Read(error).of(&index))?;
    let failed = |error: csv::Error| Problem::Index(error.to_string()).of(&index);
    let mut slices = Vec::new();
    for row in csv::Reader::from_reader(&bytes[..]).deserialize() {
        let Row { file, patient } = row.map_err(failed)?;
        // A name and nothing else: an index does not reach out of its folder.
        if Path::new(&file).file_name().is_none_or(|name| name != file.as_str()) {
            return Err(Problem::Index(format!("{file:?} is not the name of a file")).of(&index));
        }
        let (image, mask) = (folder.join("images").join(&file), folder.join("myo").join(&file));
        let (values, labels) = (folder::intensities(&image)?, folder::mask(&mask)?);
        if values.shape() != labels.shape() {
            let (image_shape, mask_shape) = ((values.shape()[0], values.shape()[1]), labels.dim());
            return Err(DataError::Shapes { image, image_shape, mask, mask_shape });
        }
        if labels.sum() == 0.0 {
            return Err(Problem::EmptyMask.of(&mask));
        }
        slices.push(Slice { file, patient, image: values, mask: labels });
    }
    if slices.is_empty() {
        return Err(Problem::NoImages.of(folder));
    }
    Ok(slices)
}

/// Splits by patient, never by slice: of the patients in an order that the seed chooses, the first sixth (at least
/// one) are for testing, the next sixth for validation, all others for training.
///
/// # Errors
///
/// If there are fewer than three patients.
pub fn split(slices: &[Slice], seed: u64) -> Result<Split, DataError> {
    let patients: BTreeSet<String> = slices.iter().map(|slice| slice.patient.clone()).collect();
    if patients.len() < 3 {
        return Err(DataError::FewPatients { given: patients.len() });
    }
    let each = (patients.len() / 6).max(1);
    let mut patients = shuffled(patients.into_iter().collect(), seed);
    let training = patients.split_off(2 * each);
    let validation = patients.split_off(each);
    let set = |patients: Vec<String>| patients.into_iter().collect();
    Ok(Split { training: set(training), validation: set(validation), test: set(patients) })
}

impl Slice {
    /// The surroundings of the ventricle as an image and a mask of `size` x `size` pixels, on the scale on which
    /// [`FIELD`] pixels of the slice become [`SIZE`]: the middle is that of the myocardium. The image keeps the
    /// values of the file.
    ///
    /// # Errors
    ///
    /// If `size` is 0.
    pub fn surroundings(&self, size: usize) -> Result<(Array2<f32>, Array2<f32>), PreparationError> {
        let (scaling, shape) = (Some(Scaling::AsInFile), Some([size, size]));
        self.of_square(&Preparation { scaling, shape, ..PREPARATION }, size)
    }

    /// What a network sees, [`SIZE`] x [`SIZE`], prepared as it was trained, and the mask.
    ///
    /// # Errors
    ///
    /// If the values of the image cannot be prepared so.
    pub fn sample(&self, preparation: &Preparation) -> Result<(Array2<f32>, Array2<f32>), PreparationError> {
        self.of_square(&Preparation { shape: Some([SIZE, SIZE]), ..*preparation }, SIZE)
    }

    /// The myocardium with what it encloses, in the same `size` x `size` pixels as [`Slice::surroundings`] and
    /// [`Slice::sample`].
    ///
    /// # Errors
    ///
    /// If `size` is 0.
    pub fn filled(&self, size: usize) -> Result<Array2<f32>, PreparationError> {
        let preparation = Preparation { shape: Some([size, size]), ..PREPARATION };
        Ok(preparation.target(fill_holes(self.mask.view()).view(), Some(self.square(size)))?)
    }

    /// Whether the myocardium is one ring on the scale of the network.
    pub fn is_ring(&self) -> bool {
        let mask = PREPARATION.target(self.mask.view(), Some(self.square(SIZE)));
        let barcode = mask.map(|mask| barcode(mask.view(), Options::default()));
        barcode.is_ok_and(|barcode| barcode.is_ok_and(|barcode| barcode.betti_numbers(0.5) == [1, 1]))
    }

    /// The image and the mask of what becomes `size` x `size` pixels.
    fn of_square(
        &self,
        preparation: &Preparation,
        size: usize,
    ) -> Result<(Array2<f32>, Array2<f32>), PreparationError> {
        let square = Some(self.square(size));
        let image = preparation.prepare(&self.image, square)?.image;
        Ok((image, preparation.target(self.mask.view(), square)?))
    }

    /// What becomes `size` x `size` pixels.
    fn square(&self, size: usize) -> Square {
        Square::around(self.centre(), (size * FIELD).div_ceil(SIZE))
    }

    /// The middle of the myocardium, `[row, column]`.
    fn centre(&self) -> [isize; 2] {
        let total = f64::from(self.mask.sum());
        let mean = |place: fn((usize, usize)) -> usize| {
            let sum: f64 =
                self.mask.indexed_iter().map(|(at, &value)| place(at) as f64 * f64::from(value)).sum();
            (sum / total).round() as isize
        };
        [mean(|at| at.0), mean(|at| at.1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging::encode_png8;

    /// A folder with one slice of each patient, whose heart lies off the middle.
    fn data(patients: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["images", "myo"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let radius = |(row, column): (usize, usize)| (row as f64 - 120.0).hypot(column as f64 - 140.0);
        let mask =
            Array2::from_shape_fn((256, 256), |at| if (15.0..24.0).contains(&radius(at)) { 255 } else { 0 });
        let image =
            Array2::from_shape_fn(
                (256, 256),
                |at| {
                    if radius(at) < 15.0 { 120 } else { (radius(at) as u8) / 8 }
                },
            );
        let mut index = "file,patient,ring_ok\n".to_owned();
        for patient in patients {
            index += &format!("{patient}-1.png,{patient},1\n");
            for (name, values) in [("images", &image), ("myo", &mask)] {
                let path = folder.path().join(name).join(format!("{patient}-1.png"));
                std::fs::write(path, encode_png8(values.view()).unwrap()).unwrap();
            }
        }
        std::fs::write(folder.path().join("index.csv"), index).unwrap();
        folder
    }

    #[test]
    fn a_sample_is_centred_on_the_ventricle_and_in_the_unit_interval() {
        let slices = read(data(&["A", "B", "C"]).path()).unwrap();
        assert_eq!(slices.iter().map(|slice| slice.patient.as_str()).collect::<Vec<_>>(), ["A", "B", "C"]);
        let (image, mask) = slices[0].sample(&PREPARATION).unwrap();
        assert_eq!((image.dim(), mask.dim()), ((80, 80), (80, 80)));
        assert!(image.iter().all(|value| (0.0..=1.0).contains(value)));
        assert_eq!(
            (mask[[40, 40]], mask[[40, 40 + 12]], mask[[40 - 12, 40]], mask[[40, 60]]),
            (0.0, 1.0, 1.0, 0.0)
        );
        assert_eq!(image[[40, 40]], 1.0);
        let (wide, _) = slices[0].surroundings(110).unwrap();
        let (narrow, _) = slices[0].surroundings(80).unwrap();
        assert!((wide[[55, 55]] - narrow[[40, 40]]).abs() < 1.0);
        assert_eq!(PREPARATION.normalise(narrow).unwrap(), image, "step by step it is the same");
        let first = Preparation { order: Order::NormaliseFirst, ..PREPARATION };
        assert_ne!(slices[0].sample(&first).unwrap().0, image, "the order of the network counts");
    }

    #[test]
    fn no_patient_is_in_two_groups_and_none_is_lost() {
        let names = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M"];
        let slices = read(data(&names).path()).unwrap();
        for seed in 0..20 {
            let Split { training, validation, test } = split(&slices, seed).unwrap();
            assert_eq!((training.len(), validation.len(), test.len()), (9, 2, 2));
            let all: BTreeSet<_> = training.iter().chain(&validation).chain(&test).collect();
            assert_eq!(all.len(), names.len());
        }
        assert_ne!(split(&slices, 0).unwrap(), split(&slices, 1).unwrap());
    }

    #[test]
    fn what_is_wrong_with_a_folder_is_named() {
        let two = data(&["A", "B"]);
        let error = split(&read(two.path()).unwrap(), 0).unwrap_err();
        assert_eq!(
            error.to_string(),
            "there are slices of 2 patients; 3 or more are needed for a split by patient"
        );
        std::fs::remove_file(two.path().join("myo/B-1.png")).unwrap();
        assert!(matches!(read(two.path()), Err(DataError::File { problem: Problem::Read(_), .. })));
        for (index, says) in [
            ("file,name\nA-1.png,A\n", "patient"),
            ("file,patient\n../A-1.png,A\n", "not the name of a file"),
        ] {
            std::fs::write(two.path().join("index.csv"), index).unwrap();
            let error = read(two.path()).unwrap_err().to_string();
            assert!(error.contains("index.csv") && error.contains(says), "{error}");
        }
        std::fs::write(two.path().join("index.csv"), "file,patient\n").unwrap();
        assert!(matches!(read(two.path()), Err(DataError::File { problem: Problem::NoImages, .. })));
    }
}
