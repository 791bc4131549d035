//! A folder of images and their masks: `images/NAME` and `masks/NAME`, whatever their endings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use imaging::{Image, Intensities, Limits, MapOptions};
use ndarray::{Array2, Ix2};

use super::{DataError, Problem};

/// An image and its mask.
#[derive(Clone, Debug)]
pub struct Labelled {
    /// The name of both files without their endings.
    pub name: String,
    /// `[rows, columns]`, with the values of the file.
    pub image: Intensities<'static>,
    /// Of the same shape: 1 where the file is not 0, or the number of a class.
    pub mask: Array2<f32>,
}

/// An image without a mask.
#[derive(Clone, Debug)]
pub struct Bare {
    /// The name of the file without its ending.
    pub name: String,
    /// `[rows, columns]`, with the values of the file.
    pub image: Intensities<'static>,
}

/// All pairs of a folder, by ascending name. With more than one class, values of masks are numbers of classes, and 0 that of
/// the background.
///
/// # Errors
///
/// If a file cannot be read, a mask is missing, has another shape or a value that is no class, or there is nothing.
pub fn read(folder: &Path, classes: usize) -> Result<Vec<Labelled>, DataError> {
    let (labelled, without) = sorted(folder)?;
    if let Some((_, image)) = without.into_iter().next() {
        return Err(DataError::NoMask { image, folder: folder.join("masks") });
    }
    if labelled.is_empty() {
        return Err(Problem::NoImages.of(&folder.join("images")));
    }
    labelled.into_iter().map(|pairing| read_pair(pairing, classes)).collect()
}

/// All pairs of a folder, as [`read`] has them, and all images without a mask, each by ascending name.
///
/// # Errors
///
/// If a file cannot be read, a mask has no image, another shape than it or a value that is no class, or there is nothing of
/// a kind.
pub fn read_partly(folder: &Path, classes: usize) -> Result<(Vec<Labelled>, Vec<Bare>), DataError> {
    let (labelled, without) = sorted(folder)?;
    for (given, what) in [(labelled.len(), "images with a mask"), (without.len(), "images without a mask")] {
        if given == 0 {
            return Err(DataError::Few { given, what, needed: 1 });
        }
    }
    let bare = |(name, path): Single| Ok(Bare { name, image: intensities(&path)? });
    let labelled = labelled.into_iter().map(|pairing| read_pair(pairing, classes));
    let labelled = labelled.collect::<Result<_, _>>()?;
    Ok((labelled, without.into_iter().map(bare).collect::<Result<_, _>>()?))
}

/// The files of an image and of its mask, by their name.
type Pairing = (String, [PathBuf; 2]);
/// The file of an image that has none.
type Single = (String, PathBuf);

/// The images that have masks, and those that have none.
fn sorted(folder: &Path) -> Result<(Vec<Pairing>, Vec<Single>), DataError> {
    let mut masks = files(&folder.join("masks"))?;
    let (mut labelled, mut without) = (Vec::new(), Vec::new());
    for (name, image) in files(&folder.join("images"))? {
        match masks.remove(&name) {
            Some(mask) => labelled.push((name, [image, mask])),
            None => without.push((name, image)),
        }
    }
    match masks.into_values().next() {
        Some(mask) => Err(DataError::NoImage { mask, folder: folder.join("images") }),
        None => Ok((labelled, without)),
    }
}

fn read_pair((name, [image_path, mask_path]): Pairing, classes: usize) -> Result<Labelled, DataError> {
    let image = intensities(&image_path)?;
    let mask = if classes == 1 { mask(&mask_path)? } else { labels(&mask_path, classes)? };
    if image.shape() != mask.shape() {
        let (image_shape, mask_shape) = ((image.shape()[0], image.shape()[1]), mask.dim());
        return Err(DataError::Shapes { image: image_path, image_shape, mask: mask_path, mask_shape });
    }
    Ok(Labelled { name, image, mask })
}

/// The image of a file.
pub(super) fn intensities(path: &Path) -> Result<Intensities<'static>, DataError> {
    let image =
        Intensities::owned(decode(path)?, &[], None).map_err(|error| Problem::Scale(error).of(path))?;
    match image.shape() {
        [_, _] => Ok(image),
        shape => Err(Problem::Axes { shape: shape.to_vec() }.of(path)),
    }
}

/// 1 where the file is not 0.
pub(super) fn mask(path: &Path) -> Result<Array2<f32>, DataError> {
    let values = decode(path)?.to_grey().into_owned();
    let shape = values.shape().to_vec();
    let grey = values.into_dimensionality::<Ix2>().map_err(|_| Problem::Axes { shape }.of(path))?;
    Ok(grey.mapv(|value| if value == 0.0 { 0.0 } else { 1.0 }))
}

/// The numbers of classes.
fn labels(path: &Path, classes: usize) -> Result<Array2<f32>, DataError> {
    let failed = |error| Problem::Scale(error).of(path);
    let labels = intensities(path)?.each_label(&MapOptions::default()).map_err(failed)?.label_map();
    let shape = labels.shape().to_vec();
    match labels.iter().find(|&&label| !(0..classes as i64).contains(&label)) {
        Some(&value) => Err(Problem::NoClass { value, last: classes - 1 }.of(path)),
        None => {
            let labels = labels.mapv(|label| label as f32).into_dimensionality::<Ix2>();
            labels.map_err(|_| Problem::Axes { shape }.of(path))
        }
    }
}

fn decode(path: &Path) -> Result<Image, DataError> {
    let bytes = std::fs::read(path).map_err(|error| Problem::Read(error).of(path))?;
    Ok(imaging::decode(&bytes, &Limits::default()).map_err(|error| Problem::Decode(error).of(path))?.image)
}

/// The files of a folder by their names without endings. Hidden files are left out.
fn files(folder: &Path) -> Result<BTreeMap<String, PathBuf>, DataError> {
    let failed = |error| Problem::Read(error).of(folder);
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') && path.is_file() {
            files.insert(name, path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging::encode_png8;
    use ndarray::array;

    fn folder(files: &[(&str, Array2<u8>)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, image) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, encode_png8(image.view()).unwrap()).unwrap();
        }
        folder
    }

    #[test]
    fn images_and_masks_are_paired_by_name() {
        let (image, mask) = (array![[10, 20], [30, 40]], array![[0, 255], [0, 7]]);
        let folder = folder(&[
            ("images/b.png", image.clone()),
            ("masks/b.png", array![[1, 1], [1, 1]]),
            ("images/a.png", image),
            ("masks/a.png", mask),
        ]);
        let error = read(folder.path(), 7).unwrap_err().to_string();
        assert!(error.contains("a.png: the value 255 is no class; with --classes"), "{error}");
        assert!(error.contains("from 0 to 6"), "{error}");
        assert_eq!(read(folder.path(), 256).unwrap()[0].mask, array![[0.0, 255.0], [0.0, 7.0]]);
        let all = read(folder.path(), 1).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].mask, array![[0.0, 1.0], [0.0, 1.0]]);
        assert_eq!(all[1].mask, array![[1.0, 1.0], [1.0, 1.0]]);
        assert_eq!(all[0].image.values(), array![[10.0_f32, 20.0], [30.0, 40.0]].into_dyn());
    }

    #[test]
    fn what_is_missing_or_does_not_fit_is_named() {
        let image = array![[10, 20], [30, 40]];
        let alone = folder(&[("images/a.png", image.clone()), ("masks/b.png", image.clone())]);
        assert!(matches!(read(alone.path(), 1), Err(DataError::NoImage { .. })));
        let some = [("images/a.png", image.clone()), ("images/b.png", image.clone())];
        let some = folder(&[&some[..], &[("masks/b.png", image.clone())]].concat());
        assert!(matches!(read(some.path(), 1), Err(DataError::NoMask { .. })));
        let (labelled, without) = read_partly(some.path(), 1).unwrap();
        assert_eq!((labelled[0].name.as_str(), without[0].name.as_str()), ("b", "a"));
        std::fs::remove_file(some.path().join("images/a.png")).unwrap();
        assert!(matches!(read_partly(some.path(), 1), Err(DataError::Few { needed: 1, .. })));
        let uneven = folder(&[("images/a.png", image.clone()), ("masks/a.png", array![[1, 2, 3]])]);
        assert!(matches!(read(uneven.path(), 1), Err(DataError::Shapes { .. })));
        let without = folder(&[("images/a.png", image)]);
        assert!(matches!(read(without.path(), 1), Err(DataError::File { problem: Problem::Read(_), .. })));
        let foreign = folder(&[]);
        for name in ["images", "masks"] {
            std::fs::create_dir_all(foreign.path().join(name)).unwrap();
        }
        assert!(matches!(read(foreign.path(), 1), Err(DataError::File { problem: Problem::NoImages, .. })));
        std::fs::write(foreign.path().join("images/a.txt"), "no image").unwrap();
        std::fs::write(foreign.path().join("masks/a.png"), "no image").unwrap();
        let error = read(foreign.path(), 1).unwrap_err().to_string();
        assert!(error.contains("a.txt") && error.contains("accepted are"), "{error}");
    }
}
