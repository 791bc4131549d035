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
mod tests {
    use ndarray::{Array, Array2, array};

    use super::*;
    use crate::remark::Remedy;

    fn of(values: &[f32], sample_type: SampleType) -> Intensities<'static> {
        let values = Array::from_shape_vec((1, values.len()), values.to_vec()).unwrap();
        Intensities::owned(Image::from_grey(values.into_dyn(), sample_type), &[], None).unwrap()
    }

    /// A disc of the value `inner` in a square of the value `outer`, on 0; 24 x 24 pixels.
    fn disc_in_square(inner: f32, outer: f32) -> Array2<f32> {
        Array2::from_shape_fn((24, 24), |(row, column)| {
            let (row, column) = (row as f32 - 11.5, column as f32 - 11.5);
            match row.abs().max(column.abs()) < 9.0 {
                true if row.hypot(column) < 6.0 => inner,
                true => outer,
                false => 0.0,
            }
        })
    }

    fn image(values: Array2<f32>, sample_type: SampleType) -> Intensities<'static> {
        Intensities::owned(Image::from_grey(values.into_dyn(), sample_type), &[], None).unwrap()
    }

    fn flat(scaled: &Scaled) -> Vec<f32> {
        scaled.values.iter().copied().collect()
    }

    fn auto(intensities: &Intensities<'_>) -> Result<Scaled, ScaleError> {
        intensities.map(&MapOptions::default())
    }

    #[test]
    fn zero_and_one_other_value_are_a_mask_but_for_floats_below_one() {
        for (value, sample_type, kind) in [
            (1.0, SampleType::Bool, Kind::Mask),
            (255.0, SampleType::U8, Kind::Mask),
            (3.0, SampleType::U8, Kind::Mask),
            (1.0, SampleType::F32, Kind::Mask),
            (10.92, SampleType::F32, Kind::Mask),
            (0.99999994, SampleType::F32, Kind::Mask),
            (0.4, SampleType::F32, Kind::Map),
        ] {
            let scaled = auto(&of(&[0.0, value, value], sample_type)).unwrap();
            assert_eq!(
                (scaled.kind, scaled.remarks.is_empty()),
                (kind, kind == Kind::Mask),
                "{value} {sample_type}"
            );
        }
        let scaled = auto(&of(&[0.0, 0.4, 0.4], SampleType::F32)).unwrap();
        assert_eq!(scaled.remarks[0], Remark::TwoValues { value: 0.4 });
    }

    #[test]
    fn images_of_one_value_are_masks_only_if_empty_or_full() {
        let kind = |value, sample_type| auto(&of(&[value; 3], sample_type)).unwrap().kind;
        assert_eq!(kind(0.0, SampleType::U8), Kind::Mask);
        assert_eq!(kind(255.0, SampleType::U8), Kind::Mask);
        assert_eq!(kind(1.0, SampleType::F32), Kind::Mask);
        assert_eq!(kind(128.0, SampleType::U8), Kind::Map);
        assert_eq!(kind(0.5, SampleType::F32), Kind::Map);
        let scaled = auto(&of(&[128.0; 3], SampleType::U8)).unwrap();
        assert_eq!(scaled.remarks[0], Remark::Constant { value: 128.0 });
    }

    #[test]
    fn whole_numbers_in_regions_are_labels_whatever_their_values_and_type() {
        for (sample_type, inner, outer) in [
            (SampleType::U8, 1.0, 64.0),
            (SampleType::U16, 200.0, 40_000.0),
            (SampleType::I32, 1012.0, 2035.0),
            (SampleType::F32, 2.0, 3.0),
        ] {
            let scaled = auto(&image(disc_in_square(inner, outer), sample_type)).unwrap();
            let labels = vec![inner as i64, outer as i64];
            assert_eq!((scaled.kind, &scaled.labels), (Kind::Labels, &labels));
            assert_eq!(scaled.remarks, [Remark::SeveralLabels { labels }]);
            assert_eq!(scaled.values.sum(), 18.0 * 18.0);
        }
    }

    #[test]
    fn labels_that_a_slope_has_moved_are_labels() {
        let rescaled = |value: f32| Intensities {
            storage: Storage { sample_type: SampleType::I16, is_rescaled: true, is_lossy: false },
            ..image(disc_in_square(value, 1.999_999_9), SampleType::I16)
        };
        let scaled = auto(&rescaled(1.000_015_3)).unwrap();
        assert_eq!((scaled.kind, scaled.labels), (Kind::Labels, vec![1, 2]));
        assert_eq!(
            auto(&rescaled(1.2)).unwrap_err().to_string().split(';').next(),
            Some("the int16 values range from 0 to 1.9999999")
        );
    }

    #[test]
    fn labels_are_chosen_and_those_that_are_absent_are_named() {
        let labels = image(disc_in_square(1.0, 2.0), SampleType::U8);
        let choose = |labels_wanted: &[i64]| {
            labels.map(&MapOptions { labels: Some(labels_wanted.to_vec()), ..MapOptions::default() }).unwrap()
        };
        assert_eq!(choose(&[1]).values.sum() + choose(&[2]).values.sum(), 18.0 * 18.0);
        assert_eq!(choose(&[1, 2]).values.sum(), 18.0 * 18.0);
        assert_eq!(choose(&[0]).values.sum(), 24.0 * 24.0 - 18.0 * 18.0, "the background");
        let absent = choose(&[7]);
        assert_eq!(absent.remarks, [Remark::AbsentLabels { absent: vec![7], labels: vec![1, 2] }]);
        assert_eq!(absent.scale.to_string(), "label 7: 1 where the file has it");
        let map = of(&[0.0, 0.3, 0.6], SampleType::F32);
        let error = map.map(&MapOptions { labels: Some(vec![1]), ..MapOptions::default() }).unwrap_err();
        assert_eq!(error, ScaleError::NotWhole { value: 0.3 });
    }

    #[test]
    fn labels_without_background_or_below_it_are_refused() {
        let all = image(
            disc_in_square(1.0, 2.0).mapv(|value| if value == 0.0 { 1.0 } else { value }),
            SampleType::U8,
        );
        let error = auto(&all).unwrap_err();
        assert!(matches!(&error, ScaleError::NoBackground { labels, .. } if labels == &[1, 2]));
        assert!(error.to_string().contains("--labels 2 takes label 2 alone"), "{error}");
        let below = image(disc_in_square(1.0, -1.0), SampleType::I16);
        let error = auto(&below).unwrap_err();
        assert!(error.to_string().contains("--ignore -1"), "{error}");
        let ignored = below.map(&MapOptions { ignore: vec![-1.0], ..MapOptions::default() }).unwrap();
        assert_eq!(ignored.kind, Kind::Mask);
        assert!(matches!(ignored.remarks[..], [Remark::Ignored { .. }]), "{:?}", ignored.remarks);
    }

    #[test]
    fn slopes_are_maps_and_faint_ones_say_so() {
        let slope = |highest: f32| {
            Array2::from_shape_fn((64, 64), |(row, column)| {
                (highest * (1.0 - ((row as f32 - 30.0).hypot(column as f32 - 33.0) / 40.0).min(1.0))).round()
            })
        };
        let scaled = auto(&image(slope(59.0), SampleType::U8)).unwrap();
        assert_eq!((scaled.kind, scaled.scale), (Kind::Map, Scale::Divided(255.0)));
        assert_eq!(scaled.remarks, [Remark::Faint { largest: 59.0, full_scale: 255.0, may_be_scaled: true }]);
        let bright = auto(&image(slope(255.0), SampleType::U8)).unwrap();
        assert_eq!((bright.kind, bright.remarks), (Kind::Map, vec![]));
        let twelve_bit = auto(&image(slope(4095.0), SampleType::U16)).unwrap();
        let by = Remedy::Normalise(Normalisation::Divide { by: 4095.0 });
        assert_eq!(twelve_bit.remarks[0].remedies()[0], by);
        let options = MapOptions { scaling: Some("divide:4095".parse().unwrap()), ..MapOptions::default() };
        assert_eq!(range(image(slope(4095.0), SampleType::U16).map(&options).unwrap().values.view()).1, 1.0);
    }

    #[test]
    fn what_is_compressed_with_loss_is_a_map() {
        let picture =
            Image::from_grey(disc_in_square(20.0, 40.0).into_dyn(), SampleType::U8).compressed_with_loss();
        let picture = Intensities::new(&picture, &[], None).unwrap();
        let scaled = auto(&picture).unwrap();
        assert_eq!((scaled.kind, &scaled.remarks[0]), (Kind::Map, &Remark::Lossy));
        assert_eq!(
            scaled.remarks[1].remedies(),
            [],
            "stretched, the fainter of two labels would be background"
        );
        for meaning in [Meaning::Mask, Meaning::Labels] {
            let error = picture.map(&MapOptions { meaning, ..MapOptions::default() }).unwrap_err();
            assert_eq!(error, ScaleError::Lossy { wanted: meaning });
        }
    }

    #[test]
    fn what_the_user_says_counts() {
        let values = of(&[0.0, 3.0, 1.0], SampleType::U8);
        let kind = |meaning| {
            let scaled = values.map(&MapOptions { meaning, ..MapOptions::default() }).unwrap();
            (scaled.kind, scaled.scale)
        };
        assert_eq!(kind(Meaning::Map), (Kind::Map, Scale::Divided(255.0)));
        assert_eq!(kind(Meaning::Mask), (Kind::Mask, Scale::Mask));
        assert_eq!(kind(Meaning::Labels), (Kind::Labels, Scale::Labels(None)));
        let stretched =
            MapOptions { scaling: Some(Scaling::To(Normalisation::MinMax)), ..MapOptions::default() };
        assert_eq!(flat(&values.map(&stretched).unwrap()), [0.0, 1.0, 1.0 / 3.0]);
    }

    #[test]
    fn colours_of_a_palette_are_labels_and_its_greys_are_greys() {
        let image = |palette: Vec<[u8; 3]>| {
            let indices = vec![0., 0., 1., 1., 2., 2.];
            let image = Image::interleaved(&[1, 6], Channels::Index, SampleType::U8, indices).unwrap();
            Intensities::owned(image.with_palette(palette), &[], None).unwrap()
        };
        let greys = image(vec![[0; 3], [90; 3], [255; 3]]);
        assert_eq!(greys.values().iter().copied().collect::<Vec<_>>(), [0., 0., 90., 90., 255., 255.]);
        let colours = image(vec![[0; 3], [90, 0, 0], [255; 3]]);
        assert_eq!(auto(&colours).unwrap().labels, [1, 2]);
        let as_map = MapOptions { meaning: Meaning::Map, ..MapOptions::default() };
        assert_eq!(flat(&colours.map(&as_map).unwrap())[4], 1.0, "luma");
    }

    #[test]
    fn few_colours_in_regions_are_labels() {
        let colour = |class: f32| match class as u8 {
            1 => [48., 112., 32.],
            2 => [176., 112., 32.],
            _ => [0.; 3],
        };
        let samples: Vec<f32> = disc_in_square(1.0, 2.0).iter().flat_map(|&class| colour(class)).collect();
        let image = Image::interleaved(&[24, 24], Channels::Rgb, SampleType::U8, samples).unwrap();
        let scaled = auto(&Intensities::new(&image, &[], None).unwrap()).unwrap();
        assert_eq!(
            (scaled.kind, scaled.labels, scaled.values.sum()),
            (Kind::Labels, vec![1, 2], 18.0 * 18.0)
        );
        assert_eq!(
            scaled.remarks[0].to_string(),
            "the colours are taken for labels: #307020 is 1, #b07020 is 2"
        );
    }

    #[test]
    fn a_mask_in_the_alpha_channel_is_found() {
        let mask = disc_in_square(255.0, 255.0);
        let samples: Vec<f32> = mask.iter().flat_map(|&alpha| [0., 0., 0., alpha]).collect();
        let image = Image::interleaved(&[24, 24], Channels::Rgba, SampleType::U8, samples).unwrap();
        let scaled = auto(&Intensities::new(&image, &[], None).unwrap()).unwrap();
        assert_eq!(
            (scaled.kind, scaled.values.sum(), scaled.remarks),
            (Kind::Mask, 18.0 * 18.0, vec![Remark::Alpha])
        );
        let samples: Vec<f32> = mask.iter().flat_map(|&value| [value, 255. - value]).collect();
        let image = Image::interleaved(&[24, 24], Channels::GreyAlpha, SampleType::U8, samples).unwrap();
        let scaled = auto(&Intensities::new(&image, &[], None).unwrap()).unwrap();
        assert_eq!(scaled.remarks, vec![Remark::AlphaIgnored]);
    }

    #[test]
    fn volumes_of_nifti_keep_their_scale() {
        let slices = array![[[0_u8, 100, 200]]].into_dyn();
        let file = crate::encode_nifti(slices.view().into(), None, crate::Compression::None).unwrap();
        let image = crate::decode(&file, &crate::Limits::default()).unwrap().image;
        let volume = Intensities::new(&image, &[], None).unwrap();
        assert_eq!(volume.scaled(None).unwrap().scale, Scale::AsInFile);
        assert!(volume.geometry().is_some());
        assert!(Intensities::new(&image, &[Some(0)], None).unwrap().geometry().is_none());
        assert_eq!(Intensities::new(&image, &[], Some(2)).unwrap().shape(), [1, 3]);
    }

    #[test]
    fn values_beyond_the_interval_are_refused_or_clamped_or_kept_whatever_the_scaling() {
        for (scaling, sample_type) in
            [(None, SampleType::F32), (Some(Scaling::To(Normalisation::TypeRange)), SampleType::F32)]
        {
            let wild = of(&[-1.0, 0.5, 2.0], sample_type);
            let map = |beyond| wild.map(&MapOptions { scaling, beyond, ..MapOptions::default() });
            let expected = ScaleError::Range { sample_type, low: -1.0, high: 2.0, looks: Looks::Logits };
            assert_eq!(map(Beyond::Refuse), Err(expected));
            assert_eq!(flat(&map(Beyond::Clamp).unwrap()), [0.0, 0.5, 1.0]);
            assert_eq!(flat(&map(Beyond::Keep).unwrap()), [-1.0, 0.5, 2.0]);
        }
    }

    #[test]
    fn values_beyond_by_rounding_are_cut_off_and_that_is_said() {
        let scaled = auto(&of(&[-1e-6, 0.5, 1.000_01], SampleType::F32)).unwrap();
        assert_eq!(flat(&scaled), [0.0, 0.5, 1.0]);
        assert!(matches!(scaled.remarks[..], [Remark::Rounded { .. }]));
    }

    #[test]
    fn the_message_about_the_range_names_what_fits_the_values() {
        for (values, sample_type, option) in [
            (&[-0.05, 0.5, 1.02][..], SampleType::F32, "--clamp "),
            (&[-43.6, 0.2, 6.1], SampleType::F32, "--sigmoid "),
            (&[-9999.0, -9999.0, 0.25, 1.0], SampleType::F32, "--ignore -9999 "),
            (&[0.25, 1.0, 0.5, 255.0], SampleType::F32, "--ignore 255 "),
            (&[0.0, 37.5, 99.25], SampleType::F32, "--normalise divide:100 "),
            (&[-1024.0, 30.0, 1900.0], SampleType::I16, "--normalise minmax "),
        ] {
            let message = auto(&of(values, sample_type)).unwrap_err().to_string();
            assert!(message.contains(&format!("needed: {option}")), "{message}");
        }
        let logits = MapOptions { scaling: Some(Scaling::Sigmoid), ..MapOptions::default() };
        assert_eq!(
            flat(&of(&[0.0, -200.0, f32::INFINITY], SampleType::F32).map(&logits).unwrap()),
            [0.5, 0.0, 1.0]
        );
    }

    #[test]
    fn nan_is_refused_unless_it_is_background() {
        let values = of(&[0.0, f32::NAN, 0.5, 0.7], SampleType::F32);
        let error = auto(&values).unwrap_err();
        assert_eq!(error, ScaleError::NotANumber { position: vec![0, 1], pixels: 1, total: 4 });
        assert!(error.to_string().contains("--nan background"));
        let options = MapOptions { nan_is_background: true, ..MapOptions::default() };
        let scaled = values.map(&options).unwrap();
        assert_eq!(
            (flat(&scaled), &scaled.remarks[..]),
            (vec![0.0, 0.0, 0.5, 0.7], &[Remark::NanBackground { pixels: 1 }][..])
        );
    }
}
