//! One value per pixel, and how files become masks and probability maps.

use ndarray::{ArrayD, ArrayView, ArrayViewD, CowArray, Dimension, IxDyn};

use crate::geometry::Geometry;
use crate::image::{Channels, Image, SampleType};
use crate::meaning::{Kind, Meaning, Storage, Taken};
use crate::normalise::{Normalisation, divided, normalise};
use crate::plane::{Plane, luma_of_indices};
use crate::remark::Remark;
use crate::scale::{Beyond, Looks, MapOptions, Scale, ScaleError, Scaling};
use crate::selection::choose;

/// An image or volume with one value per pixel, as a file has them.
///
/// Colours are luma, or labels where there are few in regions; an alpha channel counts where all pixels have one colour.
/// Of a palette of greys it is the greys, of any other the indices, which are labels.
#[derive(Debug, Clone)]
pub struct Intensities<'a> {
    plane: Plane<'a>,
    storage: Storage,
    /// Whether integers are used as they come: NIfTI.
    keeps_scale: bool,
    geometry: Option<Geometry>,
}

/// An image or volume whose values have been brought to a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    /// `[rows, columns]` or `[slices, rows, columns]`.
    pub values: ArrayD<f32>,
    /// What the values of the file were taken for.
    pub kind: Kind,
    /// The labels that the file has, ascending, without 0; empty unless they were taken for labels.
    pub labels: Vec<i64>,
    /// How the values were made of those in the file.
    pub scale: Scale,
    /// What a user should know about it.
    pub remarks: Vec<Remark>,
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
    /// such images are divided by the largest value of their type, and all others, and all of NIfTI, stay as they are.
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
    pub fn into_map(mut self, options: &MapOptions) -> Result<Scaled, ScaleError> {
        let mut remarks = std::mem::take(&mut self.plane.remarks);
        remarks.extend(self.leave_out(options));
        check_numbers(self.values())?;
        let is_scaled = options.scaling.is_some();
        let mut taken = match options.meaning {
            _ if options.labels.is_some() => Taken::labels(self.values(), self.storage)?,
            Meaning::Map => Taken::map(Vec::new()),
            Meaning::Mask if self.storage.is_lossy => {
                return Err(ScaleError::Lossy { wanted: Meaning::Mask });
            }
            Meaning::Mask => Taken::mask(),
            Meaning::Labels => Taken::labels(self.values(), self.storage)?,
            Meaning::Auto if is_scaled => Taken::map(Vec::new()),
            Meaning::Auto => Taken::auto(self.values(), self.storage),
        };
        remarks.append(&mut taken.remarks);
        let mut scaled = match taken.kind {
            Kind::Map => self.into_intensities(options.scaling, options.beyond, taken)?,
            Kind::Mask | Kind::Labels => {
                let colours = if self.plane.are_classes { &self.plane.palette[1..] } else { &[] };
                match &options.labels {
                    None => taken.check_background(colours)?,
                    Some(wanted) => remarks.extend(taken.check_labels(wanted)?),
                }
                if !colours.is_empty() {
                    remarks.push(Remark::Colours { colours: colours.to_vec() });
                }
                if taken.labels.len() > 1 && options.labels.is_none() {
                    remarks.push(Remark::SeveralLabels { labels: taken.labels.clone() });
                }
                Scaled::foreground(self.plane.values.into_owned(), taken, options.labels.as_deref())
            }
        };
        remarks.append(&mut scaled.remarks);
        Ok(Scaled { remarks, ..scaled })
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

impl Scaled {
    fn foreground(mut values: ArrayD<f32>, taken: Taken, wanted: Option<&[i64]>) -> Self {
        values.mapv_inplace(|value| {
            let is_foreground = match wanted {
                None => value != 0.0,
                Some(wanted) => wanted.contains(&(value.round() as i64)),
            };
            f32::from(u8::from(is_foreground))
        });
        let scale = match taken.kind {
            Kind::Labels => Scale::Labels(wanted.map(<[i64]>::to_vec)),
            Kind::Mask | Kind::Map => Scale::Mask,
        };
        Self { values, kind: taken.kind, labels: taken.labels, scale, remarks: Vec::new() }
    }

    /// What becomes of values beyond 0 and 1, and what there is to say about the largest.
    fn limit(&mut self, beyond: Beyond, storage: Storage) -> Result<(), ScaleError> {
        let (low, high) = range(self.values.view());
        let rounding = if storage.sample_type == SampleType::F16 { 2e-3 } else { 1e-4 };
        let is_beyond = low < 0.0 || high > 1.0;
        let is_rounding = low >= -rounding && high <= 1.0 + rounding;
        match beyond {
            Beyond::Refuse if is_beyond && !is_rounding => {
                let looks = looks(self.values.view(), storage, low, high);
                return Err(ScaleError::Range { sample_type: storage.sample_type, low, high, looks });
            }
            Beyond::Refuse if is_beyond => self.remarks.push(Remark::Rounded { low, high }),
            _ => {}
        }
        if is_beyond && beyond != Beyond::Keep {
            self.values.mapv_inplace(|value| value.clamp(0.0, 1.0));
        }
        let full_scale = match self.scale {
            Scale::AsInFile => 1.0,
            Scale::Divided(by) => by,
            _ => return Ok(()),
        };
        if beyond != Beyond::Keep && high < 0.5 && high > 0.0 {
            let largest = (f64::from(high) * full_scale) as f32;
            let largest = if full_scale > 1.0 { largest.round() } else { largest };
            let may_be_scaled = full_scale > 1.0 && !storage.is_lossy;
            self.remarks.push(Remark::Faint { largest, full_scale, may_be_scaled });
        }
        Ok(())
    }
}

/// The smallest and the largest value, neither of which is NaN; 0 and 0 of none.
fn range(values: ArrayViewD<'_, f32>) -> (f32, f32) {
    let first = values.first().copied().unwrap_or_default();
    values.iter().fold((first, first), |(low, high), &value| (low.min(value), high.max(value)))
}

/// What values from `low` to `high`, some of which are beyond 0 and 1, look like.
fn looks(values: ArrayViewD<'_, f32>, storage: Storage, low: f32, high: f32) -> Looks {
    let mut outside = values.iter().copied().filter(|value| !(-1e-4..=1.0001).contains(value));
    let extreme = outside.next().unwrap_or(low);
    let stands_apart = !(-0.2..100.0).contains(&extreme);
    if stands_apart && outside.all(|value| value == extreme) {
        return Looks::NoData(extreme);
    }
    match () {
        () if is_near(low) && is_near(high) && high >= 0.5 => Looks::Overshoot,
        () if low >= 0.0 && storage.sample_type.max().is_some() && high > 10_000.0 => Looks::Intensities,
        () if low >= 0.0 => Looks::Multiple,
        () if storage.sample_type.max().is_some() => Looks::Intensities,
        () => Looks::Logits,
    }
}

/// As near to 0 or 1 as splines go beyond.
fn is_near(value: f32) -> bool {
    (-0.2..=1.2).contains(&value)
}

fn check_numbers(values: ArrayView<'_, f32, IxDyn>) -> Result<(), ScaleError> {
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
