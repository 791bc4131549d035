//! How an image becomes what a network sees: one rule for training, the command line and pages.
//!
//! A square of the image is cut out, resampled to the size that the network takes, and its values are brought to
//! \[0, 1\]. Whether the percentiles of the values are those of the whole image or those of what is left after the cut
//! makes another image of it, so that a network has to be used in the [`Order`] in which it was trained.

use std::fmt;
use std::str::FromStr;

use ndarray::{Array2, ArrayView2, ArrayViewD, Ix2};

use crate::image::{Image, SampleType};
use crate::intensities::Intensities;
use crate::normalise::Normalisation;
use crate::resample::{ResampleError, crop_square, resize};
use crate::scale::{Scale, ScaleError, Scaling};

/// Of which values the smallest, the largest and the percentiles are those that become 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// `normalise, crop, resample`: of all of the image. What is meant where a network's record does not say.
    #[default]
    NormaliseFirst,
    /// `crop, resample, normalise`: of what the network sees.
    NormaliseLast,
}

impl Order {
    const NAMES: [(Self, &'static str); 2] = [
        (Self::NormaliseFirst, "normalise, crop, resample"),
        (Self::NormaliseLast, "crop, resample, normalise"),
    ];
}

impl fmt::Display for Order {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::NAMES.iter().find(|(order, _)| order == self).map_or("", |(_, name)| name);
        out.write_str(name)
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::NAMES.iter().find(|(_, name)| *name == text).map(|(order, _)| *order);
        let [(_, first), (_, last)] = Self::NAMES;
        known.ok_or_else(|| format!("accepted are \"{last}\" and \"{first}\""))
    }
}

/// A square of an image, in pixels; it may reach beyond the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Square {
    /// Of its upper left pixel.
    pub row: isize,
    /// Likewise.
    pub column: isize,
    /// Of each of its sides, from 1.
    pub side: usize,
}

impl Square {
    /// The square around a pixel `[row, column]`: an even one reaches one pixel further up and left.
    pub fn around([row, column]: [isize; 2], side: usize) -> Self {
        let half = (side / 2) as isize;
        Self { row: row.saturating_sub(half), column: column.saturating_sub(half), side }
    }

    /// The largest square in an image of `[rows, columns]`, in the middle; where it cannot be, half a pixel up and left.
    pub fn largest([rows, columns]: [usize; 2]) -> Self {
        let side = rows.min(columns);
        Self { row: ((rows - side) / 2) as isize, column: ((columns - side) / 2) as isize, side }
    }

    fn centre(self) -> [isize; 2] {
        let half = (self.side / 2) as isize;
        [self.row.saturating_add(half), self.column.saturating_add(half)]
    }
}

/// Why an image cannot be prepared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PreparationError {
    /// A volume.
    #[error("a volume of shape {shape:?}; a slice of it is an image")]
    Volume {
        /// Of the volume.
        shape: Vec<usize>,
    },
    /// The values cannot be brought to \[0, 1\].
    #[error(transparent)]
    Scale(#[from] ScaleError),
    /// The square cannot be cut out, or the size not be made.
    #[error(transparent)]
    Resample(#[from] ResampleError),
}

/// How the images of a network are prepared.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Preparation {
    /// Which values are looked at for scaling.
    pub order: Order,
    /// The way to \[0, 1\], as in [`Intensities::scaled`].
    pub scaling: Option<Scaling>,
    /// `[rows, columns]` that the network takes; `None` if it takes any.
    pub shape: Option<[usize; 2]>,
}

/// What a network sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// `[rows, columns]`, in \[0, 1\] if the scaling leads there.
    pub image: Array2<f32>,
    /// The square that was cut out; `None` if all of the image was taken.
    pub square: Option<Square>,
    /// How the values were made of those of the image.
    pub scale: Scale,
}

impl Preparation {
    /// Prepares an image. Without a square the largest in the middle is taken where the network takes squares, and else
    /// all. What lies outside of the image is 0.
    ///
    /// # Errors
    /// See [`PreparationError`].
    pub fn prepare(
        &self,
        image: &Intensities<'_>,
        square: Option<Square>,
    ) -> Result<Prepared, PreparationError> {
        let of = flat(image.values())?.dim();
        let square = square.or_else(|| self.default_square([of.0, of.1]));
        let cut = |values: ArrayViewD<'_, f32>| Ok::<_, PreparationError>(self.cut(flat(values)?, square)?);
        let (image, scale) = if self.order == Order::NormaliseLast && self.looks_at_values() {
            let scaled = image.with_values(cut(image.values())?.into_dyn().into()).scaled(self.scaling)?;
            (flat(scaled.values.view())?.to_owned(), scaled.scale)
        } else {
            let scaled = image.scaled(self.scaling)?;
            (cut(scaled.values.view())?, scaled.scale)
        };
        Ok(Prepared { image, square, scale })
    }

    /// The values of a square of an image, or of all of it, at the size that the network takes. What lies outside of the
    /// image is 0.
    ///
    /// # Errors
    /// An image without pixels, or a square or a size that cannot be made.
    pub fn cut(
        &self,
        values: ArrayView2<'_, f32>,
        square: Option<Square>,
    ) -> Result<Array2<f32>, ResampleError> {
        let part = square.map(|square| crop_square(values, square.centre(), square.side, 0.0)).transpose()?;
        let part = part.as_ref().map_or(values, |part| part.view());
        let (rows, columns) = part.dim();
        resize(part, self.shape.unwrap_or([rows, columns]))
    }

    /// What a network is to find in the square of an image: [`Preparation::cut`] of its mask, 1 from 0.5 upwards.
    ///
    /// # Errors
    /// As [`Preparation::cut`].
    pub fn target(
        &self,
        mask: ArrayView2<'_, f32>,
        square: Option<Square>,
    ) -> Result<Array2<f32>, ResampleError> {
        let square = square.or_else(|| self.default_square([mask.nrows(), mask.ncols()]));
        Ok(self.cut(mask, square)?.mapv(|value| if value >= 0.5 { 1.0 } else { 0.0 }))
    }

    /// The last part of [`Order::NormaliseLast`]: brings the values of an image to \[0, 1\] that was cut and resampled
    /// already.
    ///
    /// # Errors
    /// As [`Intensities::scaled`].
    pub fn normalise(&self, image: Array2<f32>) -> Result<Array2<f32>, PreparationError> {
        let whole = Self { shape: None, ..*self };
        let grey = Intensities::owned(Image::from_grey(image.into_dyn(), SampleType::F32), &[], Some(2))?;
        Ok(whole.prepare(&grey, None)?.image)
    }

    fn default_square(&self, of: [usize; 2]) -> Option<Square> {
        let takes_squares = self.shape.is_some_and(|[rows, columns]| rows == columns);
        (takes_squares && of[0] != of[1]).then(|| Square::largest(of))
    }

    /// Whether what becomes 0 and 1 depends on the values. Where it does not, the order makes no difference, and the
    /// whole image, with its type, says more of what its values are.
    fn looks_at_values(&self) -> bool {
        use Normalisation::{MinMax, Percentile};
        matches!(self.scaling, Some(Scaling::To(MinMax | Percentile { .. })))
    }
}

fn flat(values: ArrayViewD<'_, f32>) -> Result<ArrayView2<'_, f32>, PreparationError> {
    let shape = values.shape().to_vec();
    values.into_dimensionality::<Ix2>().map_err(|_| PreparationError::Volume { shape })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    const BY_PERCENTILE: Option<Scaling> =
        Some(Scaling::To(Normalisation::Percentile { low: 0.0, high: 100.0 }));

    fn grey(values: Array2<f32>, sample_type: SampleType) -> Intensities<'static> {
        Intensities::owned(Image::from_grey(values.into_dyn(), sample_type), &[], None).unwrap()
    }

    /// A square in the middle, and something brighter at the side.
    fn wide() -> Array2<f32> {
        array![[100.0, 0.0, 10.0, 0.0, 200.0], [100.0, 20.0, 0.0, 5.0, 200.0], [0.0, 0.0, 0.0, 20.0, 0.0]]
    }

    #[test]
    fn the_order_decides_of_what_the_percentiles_are() {
        let image = grey(wide(), SampleType::U8);
        let prepared = |order| {
            let preparation = Preparation { order, scaling: BY_PERCENTILE, shape: Some([3, 3]) };
            preparation.prepare(&image, None).unwrap()
        };
        let last = prepared(Order::NormaliseLast);
        assert_eq!(last.image, array![[0.0, 0.5, 0.0], [1.0, 0.0, 0.25], [0.0, 0.0, 1.0]]);
        assert_eq!(last.square, Some(Square { row: 0, column: 1, side: 3 }));
        let first = prepared(Order::NormaliseFirst);
        assert_eq!(first.image, array![[0.0, 0.05, 0.0], [0.1, 0.0, 0.025], [0.0, 0.0, 0.1]]);
        assert_eq!((first.square, first.scale), (last.square, last.scale));
    }

    #[test]
    fn percentiles_are_those_after_resampling() {
        let image = grey(array![[0.0, 200.0, 40.0, 40.0], [0.0, 200.0, 40.0, 40.0]], SampleType::U8);
        let preparation =
            Preparation { order: Order::NormaliseLast, scaling: BY_PERCENTILE, shape: Some([1, 2]) };
        let small = resize(image.values().into_dimensionality().unwrap(), [1, 2]).unwrap();
        let prepared = preparation.prepare(&image, None).unwrap();
        assert!(small[[0, 0]] > small[[0, 1]], "{small}");
        assert_eq!(prepared.image, array![[1.0, 0.0]]);
        assert_eq!(prepared.square, None, "what is no square is taken whole");
    }

    #[test]
    fn a_scale_that_does_not_depend_on_the_values_is_that_of_the_type_in_either_order() {
        for order in [Order::NormaliseFirst, Order::NormaliseLast] {
            let scaling = Some(Scaling::To(Normalisation::TypeRange));
            let preparation = Preparation { order, scaling, shape: None };
            let square = Some(Square { row: 1, column: 1, side: 1 });
            let prepared = preparation.prepare(&grey(wide(), SampleType::U8), square).unwrap();
            assert_eq!((prepared.image, prepared.scale), (array![[20.0 / 255.0]], Scale::Divided(255.0)));
            let mask = grey(wide().mapv(|value| if value > 15.0 { 7.0 } else { 0.0 }), SampleType::U8);
            let prepared = Preparation { order, scaling: None, shape: Some([2, 2]) }.prepare(&mask, None);
            assert_eq!(prepared.unwrap().scale, Scale::Mask);
        }
    }

    #[test]
    fn a_square_may_reach_beyond_the_image_where_there_is_0() {
        let preparation = Preparation { order: Order::NormaliseLast, scaling: BY_PERCENTILE, shape: None };
        let square = Square::around([2, 3], 3);
        assert_eq!(square, Square { row: 1, column: 2, side: 3 });
        let prepared = preparation.prepare(&grey(wide(), SampleType::U8), Some(square)).unwrap();
        assert_eq!(prepared.image, array![[0.0, 0.025, 1.0], [0.0, 0.1, 0.0], [0.0, 0.0, 0.0]]);
        let far = Square { row: isize::MIN, column: isize::MAX, side: 2 };
        assert_eq!(preparation.cut(wide().view(), Some(far)).unwrap(), Array2::zeros((2, 2)));
        let none = Square { row: 0, column: 0, side: 0 };
        let error = preparation.prepare(&grey(wide(), SampleType::U8), Some(none)).unwrap_err();
        assert!(matches!(error, PreparationError::Resample(ResampleError::Shape { .. })));
    }

    #[test]
    fn the_parts_of_it_are_the_whole() {
        let preparation = Preparation {
            order: Order::NormaliseLast,
            scaling: Some(Scaling::To(Normalisation::Percentile { low: 5.0, high: 90.0 })),
            shape: Some([2, 2]),
        };
        let square = Some(Square { row: 0, column: 2, side: 3 });
        let whole = preparation.prepare(&grey(wide(), SampleType::U8), square).unwrap();
        let parts = preparation.normalise(preparation.cut(wide().view(), square).unwrap()).unwrap();
        assert_eq!(whole.image, parts);
        let mask = wide().mapv(|value| f32::from(u8::from(value > 0.0)));
        assert_eq!(preparation.target(mask.view(), square).unwrap().dim(), (2, 2));
        let middle = Preparation { shape: Some([3, 3]), ..preparation }.target(mask.view(), None).unwrap();
        assert_eq!(middle, array![[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.0, 1.0]], "as of the image");
    }

    #[test]
    fn volumes_and_values_that_do_not_fit_are_refused() {
        let volume = Image::from_grey(ndarray::ArrayD::zeros(vec![2, 3, 4]), SampleType::U8);
        let volume = Intensities::new(&volume, &[], None).unwrap();
        let error = Preparation::default().prepare(&volume, None).unwrap_err();
        assert_eq!(error, PreparationError::Volume { shape: vec![2, 3, 4] });
        let scaling = Some(Scaling::To(Normalisation::TypeRange));
        let floats = grey(wide(), SampleType::F32);
        let error = Preparation { scaling, ..Preparation::default() }.prepare(&floats, None).unwrap_err();
        assert!(matches!(error, PreparationError::Scale(ScaleError::Range { .. })));
    }

    #[test]
    fn what_records_say_is_read_as_it_is_written() {
        for order in [Order::NormaliseFirst, Order::NormaliseLast] {
            assert_eq!(order.to_string().parse(), Ok(order));
        }
        assert!("resample".parse::<Order>().unwrap_err().contains("crop, resample, normalise"));
        for text in ["none", "type", "minmax", "percentile:0.2,99.8"] {
            assert_eq!(text.parse::<Scaling>().unwrap().to_string(), text);
        }
        let percentile = |low, high| Ok(Scaling::To(Normalisation::Percentile { low, high }));
        assert_eq!("percentile".parse(), percentile(1.0, 99.0));
        assert_eq!("percentile:0.5,99.5".parse(), percentile(0.5, 99.5));
        for text in
            ["percentile:5", "percentile:9,1", "percentile:-1,5", "percentile:0,101", "Percentile", "x", ""]
        {
            assert!(text.parse::<Scaling>().is_err(), "{text}");
        }
    }
}
