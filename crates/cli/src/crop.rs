//! The square of an image that a network sees.

use std::str::FromStr;

use imaging::resample::resize;
use ndarray::{Array2, ArrayView2, Axis, Slice};

use crate::failure::Problem;
use crate::words;

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
    /// The part that `crop` says; without it the largest square in the centre if a square is needed, and else all.
    /// It is resampled to `shape`.
    pub(crate) fn of(
        image: ArrayView2<'_, f32>,
        crop: Option<Crop>,
        shape: Option<[usize; 2]>,
    ) -> Result<Self, Problem> {
        let (rows, columns) = image.dim();
        let is_square = matches!(shape, Some([rows, columns]) if rows == columns);
        let (source, which) = match crop {
            Some(Crop { x, y, size }) => {
                let fits =
                    |start: usize, length: usize| start.checked_add(size).is_some_and(|end| end <= length);
                if !fits(x, columns) || !fits(y, rows) {
                    return Err(Problem::Crop { crop: Crop { x, y, size }, rows, columns });
                }
                ([x, y, size, size], "the part")
            }
            None if is_square && rows != columns => {
                let size = rows.min(columns);
                ([(columns - size) / 2, (rows - size) / 2, size, size], "the centre square")
            }
            None => ([0, 0, columns, rows], "all"),
        };
        let [x, y, width, height] = source;
        let mut part = image;
        part.slice_axis_inplace(Axis(0), Slice::from(y..y + height));
        part.slice_axis_inplace(Axis(1), Slice::from(x..x + width));
        let shape = shape.unwrap_or([height, width]);
        let (is_all, is_resampled) = (part.dim() == image.dim(), [height, width] != shape);
        let mut about = match is_all {
            true => "all of it".to_owned(),
            false => format!("{which} of {height} x {width} from row {y} and column {x}"),
        };
        if is_resampled {
            about += &format!(", resampled to {}", words::shape(&shape));
        }
        Ok(Self {
            image: resize(part, shape).map_err(Problem::Resample)?,
            source,
            about: (!is_all || is_resampled).then_some(about),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(rows: usize, columns: usize) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(row, column)| (10 * row + column) as f32)
    }

    #[test]
    fn an_image_of_the_right_size_is_taken_as_it_is() {
        let image = ramp(6, 6);
        for shape in [None, Some([6, 6])] {
            let part = Part::of(image.view(), None, shape).unwrap();
            assert_eq!((part.image, part.about), (image.clone(), None));
        }
        let part = Part::of(ramp(4, 6).view(), None, None).unwrap();
        assert_eq!((part.source, part.about), ([0, 0, 6, 4], None), "no size is asked for");
    }

    #[test]
    fn the_centre_square_is_what_suits_a_square() {
        let part = Part::of(ramp(4, 9).view(), None, Some([2, 2])).unwrap();
        assert_eq!(part.source, [2, 0, 4, 4]);
        let about = part.about.unwrap();
        assert_eq!(about, "the centre square of 4 x 4 from row 0 and column 2, resampled to 2 x 2");
        let part = Part::of(ramp(8, 8).view(), None, Some([4, 4])).unwrap();
        assert_eq!(part.about.unwrap(), "all of it, resampled to 4 x 4");
    }

    #[test]
    fn a_crop_is_columns_then_rows_and_must_lie_inside() {
        let crop = "2, 1,3".parse().unwrap();
        let part = Part::of(ramp(5, 6).view(), Some(crop), None).unwrap();
        assert_eq!(part.image, ndarray::array![[12.0, 13.0, 14.0], [22.0, 23.0, 24.0], [32.0, 33.0, 34.0]]);
        for text in ["4,0,3", "0,3,3", "0,0,99999999999999999999", "1,2", "1,2,0", "a,b,c", "-1,0,2"] {
            let fails =
                text.parse::<Crop>().map(|crop| Part::of(ramp(5, 6).view(), Some(crop), None).is_err());
            assert!(fails.unwrap_or(true), "{text}");
        }
    }
}
