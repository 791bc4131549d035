//! One value per pixel, and how files become masks and probability maps.

use ndarray::{ArrayD, ArrayViewD, CowArray, Dimension, IxDyn};

use crate::geometry::Geometry;
use crate::image::{Channels, Image, SampleType};
use crate::meaning::{Kind, Meaning, Storage, Taken};
use crate::normalise::{Normalisation, divided, normalise};
use crate::plane::{Plane, luma_of_indices};
use crate::remark::Remark;
use crate::scale::{Beyond, MapOptions, Scale, ScaleError, Scaling};
use crate::scaled::Scaled;
use crate::selection::choose;

/// An image or volume with one value per pixel, as a file has them.
///
/// Colours are luma, or labels where there are few in regions; an alpha channel counts where all pixels have one colour.
/// Of a palette of greys it is the greys, of any other the indices, which are labels.
#[derive(Debug, Clone)]
pub struct Intensities<'a> {
    plane: Plane<'a>,
    storage: Storage,
    /// Whether integers are used as they come: NIfTI, NRRD and MetaImage.
    keeps_scale: bool,
    geometry: Option<Geometry>,
}

impl<'a> Intensities<'a> {
    /// Takes an image `[rows, columns]` or a volume `[slices, rows, columns]` of what was decoded.
    ///
    /// `index` chooses one entry of some axes, the first axis first; `None` keeps an axis. `needed` is the number of axes
    /// of the result, where it must be an image (2) or a volume (3). Axes of length 1 in front or behind go where there
    /// would be too many.
    ///
    /// # Errors
    /// [`ScaleError::Index`] and [`ScaleError::Axes`].
    pub fn new(image: &'a Image, index: &[Option<usize>], needed: Option<usize>) -> Result<Self, ScaleError> {
        let about = About::of(image);
        Self::take(image.data().into(), about, index, needed)
    }

    /// The same, of an image that nobody else needs: its values are not copied.
    ///
    /// # Errors
    /// [`ScaleError::Index`] and [`ScaleError::Axes`].
    pub fn owned(
        image: Image,
        index: &[Option<usize>],
        needed: Option<usize>,
    ) -> Result<Intensities<'static>, ScaleError> {
        let about = About::of(&image);
        Intensities::take(image.into_data().into(), about, index, needed)
    }

    fn take(
        samples: CowArray<'a, f32, IxDyn>,
        about: About,
        index: &[Option<usize>],
        needed: Option<usize>,
    ) -> Result<Self, ScaleError> {
        let channels = usize::from(about.channels.count() > 1);
        let shape = samples.shape()[..samples.ndim() - channels].to_vec();
        let samples = choose(samples, channels, index, needed)?;
        let taken = samples.shape()[..samples.ndim() - channels].to_vec();
        let Storage { sample_type, is_lossy, .. } = about.storage;
        let mut plane = Plane::new(samples, about.channels, &about.palette, sample_type, is_lossy);
        if index.is_empty() && taken != shape {
            plane.remarks.insert(0, Remark::AxesDropped { shape: shape.clone(), taken: taken.clone() });
        }
        // A time axis has no entry in the geometry: where only that went, it still fits.
        let fits = |geometry: &Geometry| geometry.spacing.len() == taken.len() && shape.ends_with(&taken);
        let is_whole = index.iter().skip(shape.len().saturating_sub(3)).all(Option::is_none);
        Ok(Self {
            plane,
            storage: about.storage,
            keeps_scale: about.geometry.is_some(),
            geometry: about.geometry.filter(|geometry| is_whole && fits(geometry)),
        })
    }

    /// `[rows, columns]` or `[slices, rows, columns]`.
    pub fn shape(&self) -> &[usize] {
        self.plane.values.shape()
    }

    /// The type that the samples have in the file.
    pub fn sample_type(&self) -> SampleType {
        self.storage.sample_type
    }

    /// The values of the file: where there are few colours, the labels that stand for them.
    pub fn values(&self) -> ArrayViewD<'_, f32> {
        self.plane.values.view()
    }

    /// Where the image or volume is in the world, if the file says so and all of it was taken.
    pub fn geometry(&self) -> Option<&Geometry> {
        self.geometry.as_ref()
    }

    /// Other values of the same kind, such as those of a part of the image.
    pub(crate) fn with_values<'b>(&self, values: CowArray<'b, f32, IxDyn>) -> Intensities<'b> {
        Intensities {
            plane: Plane { values, palette: self.plane.palette.clone(), remarks: Vec::new(), ..self.plane },
            storage: self.storage,
            keeps_scale: self.keeps_scale,
            geometry: None,
        }
    }

    /// The intensities of an image, on the scale that is asked for. If none is, masks of 8 and 16 bit are 0 and 1, other
    /// such images are divided by the largest value of their type, and all others, and all of NIfTI, NRRD and MetaImage,
    /// stay as they are.
    ///
    /// # Errors
    /// [`ScaleError::Range`], [`ScaleError::NotANumber`] and [`ScaleError::Normalise`].
    pub fn scaled(&self, scaling: Option<Scaling>) -> Result<Scaled, ScaleError> {
        check_numbers(self.values())?;
        if scaling.is_none() && self.is_divided() && !self.storage.is_lossy {
            let taken = Taken::auto(self.values(), self.storage);
            if taken.kind == Kind::Mask {
                return Ok(Scaled::foreground(self.values().to_owned(), taken, None));
            }
        }
        let beyond = if matches!(scaling, Some(Scaling::To(_))) { Beyond::Refuse } else { Beyond::Keep };
        self.view().into_intensities(scaling, beyond, Taken::map(Vec::new()))
    }

    /// A mask of zeros and ones, or probabilities from 0 to 1.
    ///
    /// # Errors
    /// All but those of [`Intensities::new`].
    pub fn map(&self, options: &MapOptions) -> Result<Scaled, ScaleError> {
        self.view().into_map(options)
    }

    /// The same, of values that nobody else needs: they are not copied.
    ///
    /// # Errors
    /// As [`map`](Self::map).
    pub fn into_map(self, options: &MapOptions) -> Result<Scaled, ScaleError> {
        let (intensities, taken, mut remarks) = self.taken(options)?;
        let mut scaled = match taken.kind {
            Kind::Map => intensities.into_intensities(options.scaling, options.beyond, taken)?,
            Kind::Mask | Kind::Labels => {
                match &options.labels {
                    None => taken.check_background(intensities.colours())?,
                    Some(wanted) => remarks.extend(taken.check_labels(wanted)?),
                }
                remarks.extend(intensities.colours_remark());
                if taken.labels.len() > 1 && options.labels.is_none() {
                    remarks.push(Remark::SeveralLabels { labels: taken.labels.clone() });
                }
                let values = intensities.into_values().into_owned();
                Scaled::foreground(values, taken, options.labels.as_deref())
            }
        };
        remarks.append(&mut scaled.remarks);
        Ok(Scaled { remarks, ..scaled })
    }

    /// The values without what is to be left out, what they are taken for, and what there is to say about both.
    pub(crate) fn taken(mut self, options: &MapOptions) -> Result<(Self, Taken, Vec<Remark>), ScaleError> {
        let mut remarks = std::mem::take(&mut self.plane.remarks);
        remarks.extend(self.leave_out(options));
        check_numbers(self.values())?;
        let mut taken = match options.meaning {
            _ if options.labels.is_some() => Taken::labels(self.values(), self.storage)?,
            Meaning::Map => Taken::map(Vec::new()),
            Meaning::Mask if self.storage.is_lossy => {
                return Err(ScaleError::Lossy { wanted: Meaning::Mask });
            }
            Meaning::Mask => Taken::mask(),
            Meaning::Labels => Taken::labels(self.values(), self.storage)?,
            Meaning::Auto if options.scaling.is_some() => Taken::map(Vec::new()),
            Meaning::Auto => Taken::auto(self.values(), self.storage),
        };
        remarks.append(&mut taken.remarks);
        Ok((self, taken, remarks))
    }

    /// The colours that the labels 1, 2, 3 ... stand for; empty where the file has no colours that were numbered.
    pub fn colours(&self) -> &[[u8; 3]] {
        if self.plane.are_classes { &self.plane.palette[1..] } else { &[] }
    }

    pub(crate) fn colours_remark(&self) -> Option<Remark> {
        let colours = self.colours();
        (!colours.is_empty()).then(|| Remark::Colours { colours: colours.to_vec() })
    }

    pub(crate) fn into_values(self) -> CowArray<'a, f32, IxDyn> {
        self.plane.values
    }

    /// The same values, borrowed.
    pub fn view(&self) -> Intensities<'_> {
        Intensities {
            plane: Plane {
                values: self.plane.values.view().into(),
                palette: self.plane.palette.clone(),
                remarks: self.plane.remarks.clone(),
                ..self.plane
            },
            storage: self.storage,
            keeps_scale: self.keeps_scale,
            geometry: None,
        }
    }

    /// Makes background of what has no value.
    fn leave_out(&mut self, options: &MapOptions) -> Vec<Remark> {
        let mut remarks = Vec::new();
        let mut clear = |is_out: &dyn Fn(f32) -> bool, remark: fn(usize) -> Remark| {
            let pixels = self.plane.values.iter().filter(|&&value| is_out(value)).count();
            if pixels > 0 {
                let mut values =
                    std::mem::replace(&mut self.plane.values, ArrayD::zeros(IxDyn(&[0])).into()).into_owned();
                values.mapv_inplace(|value| if is_out(value) { 0.0 } else { value });
                self.plane.values = values.into();
                remarks.push(remark(pixels));
            }
        };
        if options.nan_is_background {
            clear(&f32::is_nan, |pixels| Remark::NanBackground { pixels });
        }
        let storage = self.storage;
        clear(
            &|value| {
                options
                    .ignore
                    .iter()
                    .any(|&ignored| value == ignored || storage.whole(value) == Some(ignored))
            },
            |pixels| Remark::Ignored { pixels },
        );
        remarks
    }

    /// Whether values are divided by the largest of their type unless something else is asked for.
    fn is_divided(&self) -> bool {
        matches!(self.sample_type(), SampleType::Bool | SampleType::U8 | SampleType::U16) && !self.keeps_scale
    }

    fn into_intensities(
        self,
        scaling: Option<Scaling>,
        beyond: Beyond,
        taken: Taken,
    ) -> Result<Scaled, ScaleError> {
        let full_scale = self.sample_type().max().filter(|_| !self.storage.is_rescaled);
        let is_divided = self.is_divided();
        let Self { plane, storage, .. } = self;
        let values = match plane.palette.is_empty() {
            true => plane.values.into_owned(),
            false => luma_of_indices(plane.values.view(), &plane.palette),
        };
        let scale = match (scaling, full_scale) {
            (Some(Scaling::To(Normalisation::TypeRange)), Some(largest)) => Scale::Divided(largest),
            (None, Some(largest)) if is_divided => Scale::Divided(largest),
            (None | Some(Scaling::AsInFile | Scaling::To(Normalisation::TypeRange)), _) => Scale::AsInFile,
            (Some(Scaling::Sigmoid), _) => Scale::Sigmoid,
            (Some(Scaling::To(Normalisation::MinMax)), _) => Scale::MinMax,
            (Some(Scaling::To(Normalisation::Percentile { low, high })), _) => {
                Scale::Percentile { low, high }
            }
            (Some(Scaling::To(Normalisation::Divide { by })), _) => Scale::Divided(by.into()),
        };
        let values = match (&scale, scaling) {
            (Scale::Divided(largest), _) => divided(values.view(), *largest),
            (Scale::Sigmoid, _) => values.mapv_into(|value| 1.0 / (1.0 + (-value).exp())),
            (_, Some(Scaling::To(normalisation))) if scale != Scale::AsInFile => {
                normalise(&Image::from_grey(values, storage.sample_type), normalisation)?
            }
            _ => values,
        };
        let mut scaled = Scaled { values, kind: taken.kind, labels: Vec::new(), scale, remarks: Vec::new() };
        scaled.limit(beyond, storage)?;
        Ok(scaled)
    }
}

/// What is needed of an image besides its samples.
struct About {
    channels: Channels,
    palette: Vec<[u8; 3]>,
    geometry: Option<Geometry>,
    storage: Storage,
}

impl About {
    fn of(image: &Image) -> Self {
        Self {
            channels: image.channels(),
            palette: image.palette().to_vec(),
            geometry: image.geometry().cloned(),
            storage: Storage {
                sample_type: image.sample_type(),
                is_rescaled: image.is_rescaled(),
                is_lossy: image.is_lossy(),
            },
        }
    }
}

fn check_numbers(values: ArrayViewD<'_, f32>) -> Result<(), ScaleError> {
    let mut missing = values.indexed_iter().filter(|(_, value)| value.is_nan());
    match missing.next() {
        None => Ok(()),
        Some((at, _)) => Err(ScaleError::NotANumber {
            position: at.slice().to_vec(),
            pixels: 1 + missing.count(),
            total: values.len(),
        }),
    }
}

#[cfg(test)]
#[path = "intensities_tests.rs"]
mod tests;
