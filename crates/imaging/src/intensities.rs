//! One value per pixel, and the one rule by which files become masks and probability maps.

use ndarray::{ArrayD, ArrayViewD, Axis, Dimension};

use crate::geometry::Geometry;
use crate::image::{Channels, Image, SampleType};
use crate::mask::{MaskKind, mask_kind};
use crate::normalise::{Normalisation, divided, normalise};
use crate::scale::{Beyond, MapOptions, Meaning, Scale, ScaleError, Scaling};

/// An image or volume with one value per pixel, as a file has them.
///
/// Colours are luma. Of a palette of greys it is the greys, of any other the indices, which are
/// labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Intensities {
    grey: Image,
    is_rescaled: bool,
    /// Whether integers are used as they come: NIfTI.
    keeps_scale: bool,
    geometry: Option<Geometry>,
}

/// An image or volume whose values have been brought to a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    /// `[rows, columns]` or `[slices, rows, columns]`.
    pub values: ArrayD<f32>,
    /// How they were made of those in the file.
    pub scale: Scale,
}

impl Intensities {
    /// Takes an image `[rows, columns]` or a volume `[slices, rows, columns]` of what was decoded.
    ///
    /// `index` chooses one entry of each of the first axes: a volume of a series, or a slice of a
    /// volume. Leading axes of length 1 go where there are more than three.
    ///
    /// # Errors
    /// [`ScaleError::Index`] and [`ScaleError::Axes`].
    pub fn new(image: &Image, index: &[usize]) -> Result<Self, ScaleError> {
        let values = if image.channels() == Channels::Index && !is_grey(image.palette()) {
            image.data().into_owned()
        } else {
            image.to_grey().into_owned()
        };
        let axes = values.ndim();
        let values = choose(values, index)?;
        // A time axis has no entry in the geometry, so that without it the geometry still fits.
        let fits = |geometry: &&Geometry| {
            geometry.spacing.len() == values.ndim() && index.len() <= axes.saturating_sub(3)
        };
        Ok(Self {
            geometry: image.geometry().filter(fits).cloned(),
            is_rescaled: image.is_rescaled(),
            keeps_scale: image.geometry().is_some(),
            grey: Image::from_grey(values, image.sample_type()),
        })
    }

    /// `[rows, columns]` or `[slices, rows, columns]`.
    pub fn shape(&self) -> &[usize] {
        self.grey.shape()
    }

    /// The type that the samples have in the file.
    pub fn sample_type(&self) -> SampleType {
        self.grey.sample_type()
    }

    /// The values of the file.
    pub fn values(&self) -> ArrayViewD<'_, f32> {
        self.grey.data()
    }

    /// Where the image or volume is in the world, if the file says so and all of it was taken.
    pub fn geometry(&self) -> Option<&Geometry> {
        self.geometry.as_ref()
    }

    /// Other values of the same kind, such as those of a part of the image.
    pub(crate) fn with_values(&self, values: ArrayD<f32>) -> Self {
        Self { grey: Image::from_grey(values, self.sample_type()), geometry: None, ..*self }
    }

    /// Values on the scale that is asked for, whatever they mean. If none is, masks of 8 and 16
    /// bit are 0 and 1, other such images are divided by the largest value of their type, and
    /// all others, and all of NIfTI, stay as they are.
    ///
    /// # Errors
    /// [`ScaleError::Range`] and [`ScaleError::Normalise`].
    pub fn scaled(&self, scaling: Option<Scaling>) -> Result<Scaled, ScaleError> {
        let is_mask = || matches!(mask_kind(&self.grey), MaskKind::Binary { .. });
        if scaling.is_none() && self.is_divided() && is_mask() {
            return Ok(self.mask(false));
        }
        let scaled = self.stretched(scaling)?;
        match scaling {
            Some(Scaling::To(_)) => self.within_unit_interval(scaled),
            None | Some(Scaling::AsInFile) => Ok(scaled),
        }
    }

    /// A mask of zeros and ones, or probabilities from 0 to 1.
    ///
    /// # Errors
    /// All but those of [`Intensities::new`]. Masks have none: whatever is not 0 is foreground.
    pub fn map(&self, options: &MapOptions) -> Result<Scaled, ScaleError> {
        let kind = match options.meaning {
            Meaning::Auto if options.scaling.is_some() => MaskKind::Continuous,
            Meaning::Map => MaskKind::Continuous,
            Meaning::Auto | Meaning::Mask => mask_kind(&self.grey),
        };
        if kind == MaskKind::Continuous {
            self.check_numbers()?;
        }
        if kind != MaskKind::Continuous || options.meaning == Meaning::Mask {
            return Ok(self.mask(matches!(kind, MaskKind::Labels { .. })));
        }
        let mut scaled = self.stretched(options.scaling)?;
        match options.beyond {
            Beyond::Refuse => self.within_unit_interval(scaled),
            Beyond::Clamp => {
                scaled.values.mapv_inplace(|value| value.clamp(0.0, 1.0));
                Ok(scaled)
            }
            Beyond::Keep => Ok(scaled),
        }
    }

    /// Whether values are divided by the largest of their type unless something else is asked for.
    fn is_divided(&self) -> bool {
        matches!(self.sample_type(), SampleType::Bool | SampleType::U8 | SampleType::U16) && !self.keeps_scale
    }

    /// Values that may still be beyond 0 and 1.
    fn stretched(&self, scaling: Option<Scaling>) -> Result<Scaled, ScaleError> {
        let normalisation = match scaling {
            Some(Scaling::To(normalisation)) => normalisation,
            None if self.is_divided() => Normalisation::TypeRange,
            None | Some(Scaling::AsInFile) => return Ok(self.as_in_file()),
        };
        let scale = match normalisation {
            Normalisation::TypeRange => {
                return Ok(match self.sample_type().max() {
                    Some(largest) if !self.is_rescaled => {
                        Scaled { values: divided(self.values(), largest), scale: Scale::Divided(largest) }
                    }
                    _ => self.as_in_file(),
                });
            }
            Normalisation::MinMax => Scale::MinMax,
            Normalisation::Percentile { low, high } => Scale::Percentile { low, high },
        };
        Ok(Scaled { values: normalise(&self.grey, normalisation)?, scale })
    }

    fn as_in_file(&self) -> Scaled {
        Scaled { values: self.values().into_owned(), scale: Scale::AsInFile }
    }

    fn within_unit_interval(&self, scaled: Scaled) -> Result<Scaled, ScaleError> {
        let range = scaled.values.iter().fold(None, |range, &value| match range {
            None => Some((value, value)),
            Some((low, high)) => Some((f32::min(low, value), f32::max(high, value))),
        });
        match range {
            Some((low, high)) if low < 0.0 || high > 1.0 => {
                Err(ScaleError::Range { sample_type: self.sample_type(), low, high })
            }
            _ => Ok(scaled),
        }
    }

    fn mask(&self, has_labels: bool) -> Scaled {
        let values = self.values().mapv(|value| if value == 0.0 { 0.0 } else { 1.0 });
        Scaled { values, scale: Scale::Mask { has_labels } }
    }

    fn check_numbers(&self) -> Result<(), ScaleError> {
        match self.values().indexed_iter().find(|(_, value)| value.is_nan()) {
            None => Ok(()),
            Some((at, _)) => Err(ScaleError::NotANumber { position: at.slice().to_vec() }),
        }
    }
}

/// Whether a palette is a way to store greys, not labels.
fn is_grey(palette: &[[u8; 3]]) -> bool {
    palette.iter().all(|[red, green, blue]| red == green && green == blue)
}

fn choose(mut values: ArrayD<f32>, index: &[usize]) -> Result<ArrayD<f32>, ScaleError> {
    let fits =
        index.len() + 2 <= values.ndim() && index.iter().zip(values.shape()).all(|(at, length)| at < length);
    if !index.is_empty() && !fits {
        return Err(ScaleError::Index { index: index.to_vec(), shape: values.shape().to_vec() });
    }
    for &at in index {
        values = values.index_axis_move(Axis(0), at);
    }
    while values.ndim() > 3 && values.len_of(Axis(0)) == 1 {
        values = values.index_axis_move(Axis(0), 0);
    }
    match values.ndim() {
        2 | 3 => Ok(values),
        _ => Err(ScaleError::Axes { shape: values.shape().to_vec() }),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, array};

    use super::*;

    fn of(values: &[f32], sample_type: SampleType) -> Intensities {
        let values = Array::from_shape_vec((1, values.len()), values.to_vec()).unwrap();
        Intensities::new(&Image::from_grey(values.into_dyn(), sample_type), &[]).unwrap()
    }

    fn flat(scaled: &Scaled) -> Vec<f32> {
        scaled.values.iter().copied().collect()
    }

    #[test]
    fn one_volume_of_a_series_and_one_slice_of_it_can_be_chosen() {
        let series = || Array::from_shape_fn((2, 3, 4, 5), |(t, z, _, _)| (10 * t + z) as f32).into_dyn();
        assert_eq!(choose(series(), &[1]).unwrap().shape(), [3, 4, 5]);
        let slice = choose(series(), &[1, 2]).unwrap();
        assert_eq!((slice.shape(), slice[[3, 4]]), (&[4, 5][..], 12.0));
        assert!(matches!(choose(series(), &[]), Err(ScaleError::Axes { .. })));
        for index in [&[2][..], &[0, 3], &[0, 0, 0]] {
            assert!(matches!(choose(series(), index), Err(ScaleError::Index { .. })), "{index:?}");
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
    fn masks_and_labels_become_zero_and_one_whatever_their_values() {
        let default = MapOptions::default();
        let mask = of(&[0.0, 255.0, 255.0], SampleType::U8).map(&default).unwrap();
        assert_eq!((flat(&mask), mask.scale), (vec![0.0, 1.0, 1.0], Scale::Mask { has_labels: false }));
        let labels = of(&[0.0, 3.0, 1.0], SampleType::I16).map(&default).unwrap();
        assert_eq!((flat(&labels), labels.scale), (vec![0.0, 1.0, 1.0], Scale::Mask { has_labels: true }));
        let map = of(&[0.0, 3.0, 1.0], SampleType::U8);
        let as_map = MapOptions { meaning: Meaning::Map, ..default };
        assert_eq!(map.map(&as_map).unwrap().scale, Scale::Divided(255.0));
        let stretched = MapOptions { scaling: Some(Scaling::To(Normalisation::MinMax)), ..default };
        assert_eq!(flat(&map.map(&stretched).unwrap()), [0.0, 1.0, 1.0 / 3.0]);
    }

    #[test]
    fn colours_of_a_palette_are_labels_and_its_greys_are_greys() {
        let image = |palette: Vec<[u8; 3]>| {
            let image = Image::interleaved(&[1, 3], Channels::Index, SampleType::U8, vec![0., 1., 2.]);
            Intensities::new(&image.unwrap().with_palette(palette), &[]).unwrap()
        };
        let greys = image(vec![[0; 3], [90; 3], [255; 3]]).map(&MapOptions::default()).unwrap();
        assert_eq!((flat(&greys)[2], greys.scale), (1.0, Scale::Divided(255.0)));
        let labels = image(vec![[0; 3], [90, 0, 0], [255; 3]]).map(&MapOptions::default()).unwrap();
        assert_eq!(labels.scale, Scale::Mask { has_labels: true });
    }

    #[test]
    fn volumes_of_nifti_keep_their_scale() {
        let slices = array![[[0_u8, 100, 200]]].into_dyn();
        let file = crate::encode_nifti(slices.view().into(), None, crate::Compression::None).unwrap();
        let image = crate::decode(&file, &crate::Limits::default()).unwrap().image;
        let volume = Intensities::new(&image, &[]).unwrap();
        assert_eq!(volume.scaled(None).unwrap().scale, Scale::AsInFile);
        assert!(volume.geometry().is_some());
        assert!(Intensities::new(&image, &[0]).unwrap().geometry().is_none());
    }

    #[test]
    fn values_beyond_the_interval_are_refused_or_clamped_or_kept_whatever_the_scaling() {
        for (scaling, sample_type) in
            [(None, SampleType::F32), (Some(Scaling::To(Normalisation::TypeRange)), SampleType::F32)]
        {
            let wild = of(&[-1.0, 0.5, 2.0], sample_type);
            let map = |beyond| wild.map(&MapOptions { scaling, beyond, meaning: Meaning::Auto });
            let expected = ScaleError::Range { sample_type, low: -1.0, high: 2.0 };
            assert_eq!(map(Beyond::Refuse), Err(expected));
            assert_eq!(flat(&map(Beyond::Clamp).unwrap()), [0.0, 0.5, 1.0]);
            assert_eq!(flat(&map(Beyond::Keep).unwrap()), [-1.0, 0.5, 2.0]);
        }
    }

    #[test]
    fn a_map_has_no_nan_but_a_mask_may() {
        let values = of(&[0.0, f32::NAN, 0.5], SampleType::F32);
        let error = values.map(&MapOptions::default()).unwrap_err();
        assert_eq!(error, ScaleError::NotANumber { position: vec![0, 1] });
    }
}
