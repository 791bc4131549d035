//! From a file to the values that the commands work on.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use imaging::{Channels, Decoded, Format, Geometry, Image, Limits, MaskKind, Normalisation, NormaliseError};
use imaging::{SampleType, mask_kind, normalise};
use ndarray::{ArrayD, Axis};

use crate::arguments::{InputArguments, MapArguments, Meaning, Normalise};
use crate::failure::Problem;

/// An image or volume as it is in its file: one value per pixel.
#[derive(Debug)]
pub(crate) struct Input {
    /// Grey values, or the indices of a palette of colours. Two or three axes.
    grey: Image,
    /// Whether the values have a scale of their own: NIfTI.
    keeps_scale: bool,
    /// Where a volume or image is in the world, if all axes of the file were taken.
    pub(crate) geometry: Option<Geometry>,
    /// What the user should know about how the file was read.
    pub(crate) notes: Vec<String>,
}

/// Values on a scale.
#[derive(Debug)]
pub(crate) struct Scaled {
    pub(crate) values: ArrayD<f32>,
    /// How they were made of those in the file.
    pub(crate) scale: Scale,
}

/// How values were made of those in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    AsInFile,
    /// A mask: 1 where the file does not have 0.
    Mask {
        /// Whether the file tells several labels apart.
        has_labels: bool,
    },
    Divided(f64),
    MinMax,
    Percentile(f32, f32),
}

impl std::fmt::Display for Scale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AsInFile => f.write_str("values as in the file"),
            Self::Mask { has_labels: false } => f.write_str("mask: 1 where the file is not 0"),
            Self::Mask { has_labels: true } => f.write_str("labels: 1 where the file is not 0"),
            Self::Divided(by) => write!(f, "values divided by {by}"),
            Self::MinMax => f.write_str("values stretched from minimum to maximum"),
            Self::Percentile(low, high) => write!(f, "values stretched from percentile {low} to {high}"),
        }
    }
}

impl Scale {
    pub(crate) fn is_mask(self) -> bool {
        matches!(self, Self::Mask { .. })
    }
}

impl Input {
    /// Reads a file; `-` is standard input.
    pub(crate) fn read(path: &Path, arguments: &InputArguments) -> Result<Self, Problem> {
        let limits = Limits::default();
        let bytes = bytes(path, limits.max_bytes)?;
        let decoded = match &arguments.member {
            Some(name) => imaging::decode_member(&bytes, name, &limits)?,
            None => imaging::decode(&bytes, &limits)?,
        };
        drop(bytes);
        Self::new(&decoded, arguments)
    }

    fn new(decoded: &Decoded, arguments: &InputArguments) -> Result<Self, Problem> {
        let image = &decoded.image;
        let mut notes = Vec::new();
        if let ([_, _, ..], None, Some(taken)) = (&decoded.members[..], &arguments.member, &decoded.member) {
            let names = decoded.members.join(", ");
            notes.push(format!("the archive holds {names}; {taken} is taken, --member NAME takes another"));
        }
        let values = if image.channels() == Channels::Index && !is_grey(image.palette()) {
            image.data().into_owned()
        } else {
            image.to_grey().into_owned()
        };
        if matches!(image.channels(), Channels::Rgb | Channels::Rgba) {
            notes.push("the colours are read as luma".to_owned());
        }
        let axes = values.ndim();
        let values = choose(values, &arguments.index)?;
        // A time axis has no entry in the geometry, so that without it the geometry still fits.
        let fits = |geometry: &&Geometry| {
            geometry.spacing.len() == values.ndim() && arguments.index.len() <= axes.saturating_sub(3)
        };
        let geometry = image.geometry().filter(fits).cloned();
        Ok(Self {
            grey: Image::from_grey(values, image.sample_type()),
            keeps_scale: decoded.format == Format::Nifti || image.is_rescaled(),
            geometry,
            notes,
        })
    }

    pub(crate) fn shape(&self) -> &[usize] {
        self.grey.shape()
    }

    pub(crate) fn sample_type(&self) -> SampleType {
        self.grey.sample_type()
    }

    /// The values of the file.
    pub(crate) fn values(&self) -> ndarray::ArrayViewD<'_, f32> {
        self.grey.data()
    }

    /// Values on the scale that is asked for. If none is, masks of 8 and 16 bit are 0 and 1, other such images are
    /// divided by the largest value of their type, and all others stay as they are.
    pub(crate) fn scaled(&self, how: Option<Normalise>) -> Result<Scaled, Problem> {
        let is_mask = || matches!(mask_kind(&self.grey), MaskKind::Binary { .. });
        if how.is_none() && self.is_divided() && is_mask() {
            Ok(self.mask(false))
        } else {
            self.stretched(how)
        }
    }

    /// Zeros and ones, or probabilities from 0 to 1.
    pub(crate) fn map(&self, arguments: &MapArguments) -> Result<Scaled, Problem> {
        let mut scaled = self.map_before_clamping(arguments)?;
        if arguments.clamp {
            scaled.values.mapv_inplace(|value| value.clamp(0.0, 1.0));
        }
        Ok(scaled)
    }

    /// The same, but that values beyond 0 and 1 are still there if they are to be clamped.
    pub(crate) fn map_before_clamping(&self, arguments: &MapArguments) -> Result<Scaled, Problem> {
        let normalise = arguments.input.normalise;
        let kind = match arguments.meaning {
            Meaning::Auto if normalise.is_some() => MaskKind::Continuous,
            Meaning::Map => MaskKind::Continuous,
            Meaning::Auto | Meaning::Mask => mask_kind(&self.grey),
        };
        if kind == MaskKind::Continuous {
            self.check_numbers()?;
        }
        if kind != MaskKind::Continuous || arguments.meaning == Meaning::Mask {
            return Ok(self.mask(matches!(kind, MaskKind::Labels { .. })));
        }
        let scaled = self.stretched(normalise)?;
        let range = scaled.values.iter().fold(None, |range, &value| match range {
            None => Some((value, value)),
            Some((low, high)) => Some((f32::min(low, value), f32::max(high, value))),
        });
        match range {
            Some((low, high)) if !arguments.clamp && (low < 0.0 || high > 1.0) => {
                Err(Problem::Range { sample_type: self.sample_type(), low, high })
            }
            _ => Ok(scaled),
        }
    }

    /// Whether values are divided by the largest of their type unless something else is asked for.
    fn is_divided(&self) -> bool {
        matches!(self.sample_type(), SampleType::Bool | SampleType::U8 | SampleType::U16) && !self.keeps_scale
    }

    fn stretched(&self, how: Option<Normalise>) -> Result<Scaled, Problem> {
        let normalisation = match how {
            Some(Normalise::To(normalisation)) => normalisation,
            None if self.is_divided() => Normalisation::TypeRange,
            None | Some(Normalise::None) => {
                return Ok(Scaled { values: self.values().into_owned(), scale: Scale::AsInFile });
            }
        };
        let values = normalise(&self.grey, normalisation).map_err(|error| match error {
            NormaliseError::OutsideUnitInterval { sample_type, low, high } => {
                Problem::Range { sample_type, low, high }
            }
            other => Problem::Normalise(other),
        })?;
        let scale = match normalisation {
            Normalisation::TypeRange => self.sample_type().max().map_or(Scale::AsInFile, Scale::Divided),
            Normalisation::MinMax => Scale::MinMax,
            Normalisation::Percentile { low, high } => Scale::Percentile(low, high),
        };
        Ok(Scaled { values, scale })
    }

    fn mask(&self, has_labels: bool) -> Scaled {
        let values = self.values().mapv(|value| if value == 0.0 { 0.0 } else { 1.0 });
        Scaled { values, scale: Scale::Mask { has_labels } }
    }

    fn check_numbers(&self) -> Result<(), Problem> {
        match self.values().indexed_iter().find(|(_, value)| value.is_nan()) {
            None => Ok(()),
            Some((at, _)) => Err(Problem::NotANumber { position: ndarray::Dimension::slice(&at).to_vec() }),
        }
    }
}

/// At most `limit` bytes of a file.
fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        stdin().lock().take(limit + 1).read_to_end(&mut bytes)
    } else if path.is_dir() {
        return Err(Problem::Folder);
    } else {
        let file = File::open(path).map_err(Problem::Read)?;
        // Only a hint: where the memory is not there, reading says so.
        let _ = bytes.try_reserve_exact(file.metadata().map_or(0, |data| data.len().min(limit) as usize));
        file.take(limit + 1).read_to_end(&mut bytes)
    };
    match read {
        Err(error) => Err(Problem::Read(error)),
        Ok(length) if length as u64 > limit => Err(Problem::TooLong { limit }),
        Ok(_) => Ok(bytes),
    }
}

/// Whether a palette is a way to store greys, not labels.
fn is_grey(palette: &[[u8; 3]]) -> bool {
    palette.iter().all(|[red, green, blue]| red == green && green == blue)
}

/// Takes one entry along each of the first axes; then leading axes of length 1 go where there are more than three.
fn choose(mut values: ArrayD<f32>, index: &[usize]) -> Result<ArrayD<f32>, Problem> {
    let fits =
        index.len() + 2 <= values.ndim() && index.iter().zip(values.shape()).all(|(at, length)| at < length);
    if !index.is_empty() && !fits {
        return Err(Problem::Index { index: index.to_vec(), shape: values.shape().to_vec() });
    }
    for &at in index {
        values = values.index_axis_move(Axis(0), at);
    }
    while values.ndim() > 3 && values.len_of(Axis(0)) == 1 {
        values = values.index_axis_move(Axis(0), 0);
    }
    match values.ndim() {
        2 | 3 => Ok(values),
        _ => Err(Problem::Axes { shape: values.shape().to_vec() }),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array;

    use super::*;

    #[test]
    fn one_volume_of_a_series_and_one_slice_of_it_can_be_chosen() {
        let series = || Array::from_shape_fn((2, 3, 4, 5), |(t, z, _, _)| (10 * t + z) as f32).into_dyn();
        assert_eq!(choose(series(), &[1]).unwrap().shape(), [3, 4, 5]);
        let slice = choose(series(), &[1, 2]).unwrap();
        assert_eq!((slice.shape(), slice[[3, 4]]), (&[4, 5][..], 12.0));
        assert!(matches!(choose(series(), &[]), Err(Problem::Axes { .. })));
        for index in [&[2][..], &[0, 3], &[0, 0, 0]] {
            assert!(matches!(choose(series(), index), Err(Problem::Index { .. })), "{index:?}");
        }
    }

    #[test]
    fn a_time_axis_of_length_one_is_left_out() {
        let series = Array::<f32, _>::zeros((1, 3, 4, 5)).into_dyn();
        assert_eq!(choose(series, &[]).unwrap().shape(), [3, 4, 5]);
        let volume = Array::<f32, _>::zeros((1, 4, 5)).into_dyn();
        assert_eq!(choose(volume, &[]).unwrap().shape(), [1, 4, 5]);
    }

    #[test]
    fn the_advice_for_too_many_axes_is_an_index_that_works() {
        let problem = choose(Array::<f32, _>::zeros((2, 3, 4, 5)).into_dyn(), &[]).unwrap_err();
        assert!(problem.to_string().ends_with("as in --index 0"), "{problem}");
    }
}
