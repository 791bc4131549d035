//! The square of an image that a network sees.

use std::str::FromStr;

use imaging::preparation::{Preparation, PreparationError, Prepared, Square};
use imaging::resample::ResampleError;
use imaging::{Intensities, Scale, ScaleError};
use ndarray::{Array2, ArrayView2};

use crate::words;

/// Why there is nothing that a network could see.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CropError {
    #[error(
        "--crop {crop} does not lie in the image of {rows} rows and {columns} columns; it is X,Y,SIZE: the first \
             column, the first row, and the side of the square"
    )]
    Crop { crop: Crop, rows: usize, columns: usize },
    #[error("this is a volume of {}; one slice of it is an image, and --index N takes it", words::shape(.shape))]
    VolumeForImage { shape: Vec<usize> },
    #[error(transparent)]
    Resample(ResampleError),
    #[error(transparent)]
    Scale(ScaleError),
    #[error(transparent)]
    Preparation(PreparationError),
}

impl From<PreparationError> for CropError {
    fn from(error: PreparationError) -> Self {
        match error {
            PreparationError::Volume { shape } => Self::VolumeForImage { shape },
            PreparationError::Scale(error) => Self::Scale(error),
            PreparationError::Resample(error) => Self::Resample(error),
            other => Self::Preparation(other),
        }
    }
}

/// A square by its upper left corner and the length of its sides, in pixels: `X,Y,SIZE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crop {
    /// The first column.
    x: usize,
    /// The first row.
    y: usize,
    size: usize,
}

impl FromStr for Crop {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<Vec<usize>>>();
        match numbers.as_deref() {
            Some(&[x, y, size]) if size > 0 => Ok(Self { x, y, size }),
            _ => Err("accepted are three whole numbers X,Y,SIZE: the first column and the first row, counted from \
                      0, and the side of the square in pixels, as in 60,40,128"
                .to_owned()),
        }
    }
}

impl std::fmt::Display for Crop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{},{},{}", self.x, self.y, self.size)
    }
}

impl Crop {
    /// The square, which lies in an image of so many rows and columns.
    fn within(self, rows: usize, columns: usize) -> Result<Square, CropError> {
        let Self { x, y, size } = self;
        let fits = |start: usize, length: usize| start.checked_add(size).is_some_and(|end| end <= length);
        if !fits(x, columns) || !fits(y, rows) {
            return Err(CropError::Crop { crop: self, rows, columns });
        }
        Ok(Square { row: y as isize, column: x as isize, side: size })
    }
}

/// A part of an image, at the size at which it is processed.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) image: Array2<f32>,
    /// The part: its first column, first row, columns and rows.
    pub(crate) source: [usize; 4],
    /// What was done, in words; `None` if the image was taken as it is.
    pub(crate) about: Option<String>,
}

impl Part {
    /// What a network sees of an image that is prepared for it: the part that `crop` says, without it the largest square
    /// in the centre if the network takes squares, and else all. Also how its values were made.
    pub(crate) fn prepared(
        image: &Intensities<'_>,
        crop: Option<Crop>,
        preparation: &Preparation,
    ) -> Result<(Self, Scale), CropError> {
        let &[rows, columns] = image.shape() else {
            return Err(CropError::VolumeForImage { shape: image.shape().to_vec() });
        };
        let square = crop.map(|crop| crop.within(rows, columns)).transpose()?;
        let Prepared { image, square, scale } = preparation.prepare(image, square)?;
        let which = if crop.is_some() { "the part" } else { "the centre square" };
        Ok((Self::new(image, [rows, columns], square.map(|square| (square, which))), scale))
    }

    /// The part of a map that `crop` says; without it all.
    pub(crate) fn of_map(map: ArrayView2<'_, f32>, crop: Option<Crop>) -> Result<Self, CropError> {
        let (rows, columns) = map.dim();
        let square = crop.map(|crop| crop.within(rows, columns)).transpose()?;
        let image = Preparation::default().cut(map, square).map_err(CropError::Resample)?;
        Ok(Self::new(image, [rows, columns], square.map(|square| (square, "the part"))))
    }

    /// The part of an image of `[rows, columns]` that a square is, and what it is called.
    fn new(image: Array2<f32>, of: [usize; 2], square: Option<(Square, &str)>) -> Self {
        let (source, which) = match square {
            Some((Square { row, column, side }, which)) => {
                ([column as usize, row as usize, side, side], which)
            }
            None => ([0, 0, of[1], of[0]], "all"),
        };
        let [x, y, width, height] = source;
        let is_all = [height, width] == of;
        let shape = [image.nrows(), image.ncols()];
        let is_resampled = [height, width] != shape;
        let mut about = match is_all {
            true => "all of it".to_owned(),
            false => format!("{which} of {height} x {width} from row {y} and column {x}"),
        };
        if is_resampled {
            about += &format!(", resampled to {}", words::shape(&shape));
        }
        Self { image, source, about: (!is_all || is_resampled).then_some(about) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging::{Image, SampleType, Scaling};

    fn ramp(rows: usize, columns: usize) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(row, column)| (10 * row + column) as f32)
    }

    /// What a network of some size sees of values that stay as they are.
    fn prepared(
        image: Array2<f32>,
        crop: Option<Crop>,
        shape: Option<[usize; 2]>,
    ) -> Result<Part, CropError> {
        let image = Image::from_grey(image.into_dyn(), SampleType::F32);
        let image = Intensities::new(&image, &[], None).unwrap();
        let scaling = Some(Scaling::AsInFile);
        Part::prepared(&image, crop, &Preparation { scaling, shape, ..Preparation::default() })
            .map(|(part, _)| part)
    }

    #[test]
    fn an_image_of_the_right_size_is_taken_as_it_is() {
        for shape in [None, Some([6, 6])] {
            let part = prepared(ramp(6, 6), None, shape).unwrap();
            assert_eq!((part.image, part.about), (ramp(6, 6), None));
        }
        let part = prepared(ramp(4, 6), None, None).unwrap();
        assert_eq!((part.source, part.about), ([0, 0, 6, 4], None), "no size is asked for");
        let map = Part::of_map(ramp(4, 6).view(), None).unwrap();
        assert_eq!((map.image, map.source, map.about), (part.image, part.source, None));
    }

    #[test]
    fn the_centre_square_is_what_suits_a_square() {
        let part = prepared(ramp(4, 9), None, Some([2, 2])).unwrap();
        assert_eq!(part.source, [2, 0, 4, 4]);
        let about = part.about.unwrap();
        assert_eq!(about, "the centre square of 4 x 4 from row 0 and column 2, resampled to 2 x 2");
        let part = prepared(ramp(8, 8), None, Some([4, 4])).unwrap();
        assert_eq!(part.about.unwrap(), "all of it, resampled to 4 x 4");
    }

    #[test]
    fn a_crop_is_columns_then_rows_and_must_lie_inside() {
        let crop = "2, 1,3".parse().unwrap();
        let part = Part::of_map(ramp(5, 6).view(), Some(crop)).unwrap();
        assert_eq!(prepared(ramp(5, 6), Some(crop), None).unwrap().image, part.image);
        assert_eq!(part.image, ndarray::array![[12.0, 13.0, 14.0], [22.0, 23.0, 24.0], [32.0, 33.0, 34.0]]);
        for text in ["4,0,3", "0,3,3", "0,0,99999999999999999999", "1,2", "1,2,0", "a,b,c", "-1,0,2"] {
            let fails = text.parse::<Crop>().map(|crop| {
                let map = Part::of_map(ramp(5, 6).view(), Some(crop));
                map.is_err() && prepared(ramp(5, 6), Some(crop), None).is_err()
            });
            assert!(fails.unwrap_or(true), "{text}");
        }
    }
}
