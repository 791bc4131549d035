//! The decoded image: samples, what they mean, and where they are in space.

use std::fmt;

use ndarray::{ArrayD, ArrayViewD, Axis, CowArray, IxDyn};

use crate::axis;
use crate::geometry::Geometry;
use crate::segment::Segment;

/// What the samples of one pixel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channels {
    /// One intensity.
    Grey,
    /// Intensity, then alpha.
    GreyAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    Rgba,
    /// One index into [`Image::palette`]; label maps are often stored so.
    Index,
}

impl Channels {
    /// Samples per pixel.
    pub fn count(self) -> usize {
        match self {
            Self::Grey | Self::Index => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// The type that the samples have in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it all")]
pub enum SampleType {
    Bool,
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
    F16,
    F32,
    F64,
}

impl SampleType {
    /// Every type.
    pub const ALL: [Self; 12] = [
        Self::Bool,
        Self::U8,
        Self::U16,
        Self::U32,
        Self::U64,
        Self::I8,
        Self::I16,
        Self::I32,
        Self::I64,
        Self::F16,
        Self::F32,
        Self::F64,
    ];

    /// Bytes per sample in a file that stores whole bytes.
    pub fn bytes(self) -> usize {
        match self {
            Self::Bool | Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 | Self::F16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
        }
    }

    /// The largest value of an integer type (1 for `Bool`), `None` for the float types.
    pub fn max(self) -> Option<f64> {
        Some(match self {
            Self::Bool => 1.0,
            Self::U8 => f64::from(u8::MAX),
            Self::U16 => f64::from(u16::MAX),
            Self::U32 => f64::from(u32::MAX),
            Self::U64 => u64::MAX as f64,
            Self::I8 => f64::from(i8::MAX),
            Self::I16 => f64::from(i16::MAX),
            Self::I32 => f64::from(i32::MAX),
            Self::I64 => i64::MAX as f64,
            Self::F16 | Self::F32 | Self::F64 => return None,
        })
    }
}

impl fmt::Display for SampleType {
    /// The name NumPy has for it: `bool`, `uint8`, `float32` ...
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Bool => "bool",
            Self::U8 => "uint8",
            Self::U16 => "uint16",
            Self::U32 => "uint32",
            Self::U64 => "uint64",
            Self::I8 => "int8",
            Self::I16 => "int16",
            Self::I32 => "int32",
            Self::I64 => "int64",
            Self::F16 => "float16",
            Self::F32 => "float32",
            Self::F64 => "float64",
        })
    }
}

/// A decoded image, volume or array.
///
/// The samples keep the values of the file (0 to 255 for 8 bit, and so on) as `f32`, in C order,
/// so that integers are exact up to 2^24. [`normalise`](crate::normalise) brings them to \[0, 1\].
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    data: ArrayD<f32>,
    channels: Channels,
    sample_type: SampleType,
    rescaled: bool,
    lossy: bool,
    palette: Vec<[u8; 3]>,
    geometry: Option<Geometry>,
    axes: Vec<axis::Axis>,
    segments: Vec<Segment>,
}

impl Image {
    /// An image of one intensity per pixel; every axis of `data` is spatial (or time).
    ///
    /// `sample_type` is what [`Normalisation::TypeRange`](crate::Normalisation::TypeRange) goes by.
    pub fn from_grey(data: ArrayD<f32>, sample_type: SampleType) -> Self {
        // Most arrays are in that order already, and a copy would take as much memory again.
        let data = if data.is_standard_layout() { data } else { data.as_standard_layout().into_owned() };
        Self {
            data,
            channels: Channels::Grey,
            sample_type,
            rescaled: false,
            lossy: false,
            palette: Vec::new(),
            geometry: None,
            axes: Vec::new(),
            segments: Vec::new(),
        }
    }

    /// `samples` are in C order with the channels of a pixel side by side, and there are exactly
    /// as many of them as `shape` and `channels` say, which every decoder has checked.
    pub(crate) fn interleaved(
        shape: &[usize],
        channels: Channels,
        sample_type: SampleType,
        samples: Vec<f32>,
    ) -> Result<Self, ndarray::ShapeError> {
        let mut axes = shape.to_vec();
        if channels.count() > 1 {
            axes.push(channels.count());
        }
        Ok(Self {
            data: ArrayD::from_shape_vec(IxDyn(&axes), samples)?,
            channels,
            sample_type,
            rescaled: false,
            lossy: false,
            palette: Vec::new(),
            geometry: None,
            axes: Vec::new(),
            segments: Vec::new(),
        })
    }

    pub(crate) fn with_palette(mut self, palette: Vec<[u8; 3]>) -> Self {
        self.palette = palette;
        self
    }

    pub(crate) fn compressed_with_loss(mut self) -> Self {
        self.lossy = true;
        self
    }

    pub(crate) fn with_geometry(mut self, geometry: Geometry, rescaled: bool) -> Self {
        self.geometry = Some(geometry);
        self.rescaled = rescaled;
        self
    }

    pub(crate) fn with_axes(mut self, axes: Vec<axis::Axis>) -> Self {
        self.axes = axes;
        self
    }

    #[cfg(feature = "nrrd")]
    pub(crate) fn with_segments(mut self, segments: Vec<Segment>) -> Self {
        self.segments = segments;
        self
    }

    pub(crate) fn map_data(mut self, change: impl FnOnce(ArrayD<f32>) -> ArrayD<f32>) -> Self {
        self.data = change(self.data);
        self
    }

    /// The samples as stored: axes `[rows, columns]` for a picture, `[slices, rows, columns]` for
    /// a volume or a multi-page TIFF (one whose file describes it, as ImageJ does, has those of
    /// `[pages, time, channels, slices, rows, columns]` that are not of length 1), `[z, y, x]` and
    /// `[t, z, y, x]` for NIfTI, likewise for NRRD and MetaImage, whose axes of layers, channels and time come first
    /// wherever the file has them, the array's own axes for NPY; then, where [`Channels::count`] is
    /// above 1, one axis of channels.
    pub fn data(&self) -> ArrayViewD<'_, f32> {
        self.data.view()
    }

    /// Lengths of the spatial (and time) axes, without the axis of channels.
    pub fn shape(&self) -> &[usize] {
        let shape = self.data.shape();
        match self.channels.count() {
            1 => shape,
            _ => shape.get(..shape.len() - 1).unwrap_or(shape),
        }
    }

    /// What the axes of [`shape`](Self::shape) mean, one for each; empty where the format does not
    /// tell. Known for TIFF, NRRD and MetaImage.
    pub fn axes(&self) -> &[axis::Axis] {
        &self.axes
    }

    /// What the samples of one pixel are.
    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// The type that the samples have in the file.
    pub fn sample_type(&self) -> SampleType {
        self.sample_type
    }

    /// Whether the file's own slope and intercept (NIfTI `scl_slope`, `scl_inter`) were applied,
    /// after which the values no longer fill the range of [`sample_type`](Self::sample_type).
    pub fn is_rescaled(&self) -> bool {
        self.rescaled
    }

    /// Whether the compression of the file loses what is small: JPEG, and WebP unless it is lossless.
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// The samples, for those who change them.
    pub(crate) fn into_data(self) -> ArrayD<f32> {
        self.data
    }

    /// The colours of a [`Channels::Index`] image (red, green, blue), empty for all others.
    pub fn palette(&self) -> &[[u8; 3]] {
        &self.palette
    }

    /// What the labels of the file are called, in the order of the file; empty where it does not say. Known for the
    /// segmentations of 3D Slicer (`.seg.nrrd`).
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Spacing, affine and orientation, where the format has them (NIfTI, NRRD, MetaImage).
    pub fn geometry(&self) -> Option<&Geometry> {
        self.geometry.as_ref()
    }

    /// Smallest and largest finite sample over all channels, `None` if no sample is finite.
    pub fn range(&self) -> Option<(f32, f32)> {
        finite_range(self.data.view())
    }

    /// Number of samples that are NaN or infinite.
    pub fn non_finite(&self) -> usize {
        self.data.iter().filter(|value| !value.is_finite()).count()
    }

    /// One intensity per pixel, with the axes of [`shape`](Self::shape) and the values of the file.
    ///
    /// Colours become luma by Rec. 601: 0.299 R + 0.587 G + 0.114 B, and exactly R where R = G = B.
    /// Alpha is ignored: values are neither premultiplied nor blended. An index becomes the luma of
    /// its palette colour (0 to 255); the indices themselves are [`data`](Self::data).
    pub fn to_grey(&self) -> CowArray<'_, f32, IxDyn> {
        let last = Axis(self.data.ndim().saturating_sub(1));
        match self.channels {
            Channels::Grey => self.data.view().into(),
            Channels::GreyAlpha => self.data.index_axis(last, 0).into(),
            Channels::Rgb | Channels::Rgba => {
                self.data.map_axis(last, |pixel| luma(pixel[0], pixel[1], pixel[2])).into()
            }
            Channels::Index => {
                let greys: Vec<f32> =
                    self.palette.iter().map(|&[r, g, b]| luma(r.into(), g.into(), b.into())).collect();
                // An index beyond the palette is black, as viewers show it.
                self.data.mapv(|index| greys.get(index as usize).copied().unwrap_or(0.0)).into()
            }
        }
    }
}

/// Smallest and largest finite value, `None` if there is none.
pub(crate) fn finite_range(values: ArrayViewD<'_, f32>) -> Option<(f32, f32)> {
    values.iter().filter(|value| value.is_finite()).fold(None, |range, &value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// Rec. 601 luma.
pub(crate) fn luma(red: f32, green: f32, blue: f32) -> f32 {
    if red == green && green == blue {
        return red; // The weights sum to 1 only up to rounding.
    }
    (0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(channels: Channels, samples: Vec<f32>) -> Image {
        let pixels = samples.len() / channels.count();
        Image::interleaved(&[1, pixels], channels, SampleType::U8, samples).unwrap()
    }

    #[test]
    fn grey_of_a_colour_is_rec_601_luma_and_exact_for_equal_channels() {
        let colours = image(Channels::Rgb, vec![255., 0., 0., 0., 255., 0., 77., 77., 77.]);
        let grey = colours.to_grey();
        assert_eq!(grey.shape(), [1, 3]);
        assert!((grey[[0, 0]] - 76.245).abs() < 1e-4);
        assert!((grey[[0, 1]] - 149.685).abs() < 1e-4);
        assert_eq!(grey[[0, 2]], 77.0);
    }

    #[test]
    fn alpha_does_not_change_the_grey_value() {
        let grey_alpha = image(Channels::GreyAlpha, vec![200., 0., 10., 128.]);
        assert_eq!(grey_alpha.to_grey().iter().copied().collect::<Vec<_>>(), [200., 10.]);
        let rgba = image(Channels::Rgba, vec![9., 9., 9., 0.]);
        assert_eq!(rgba.to_grey()[[0, 0]], 9.0);
    }

    #[test]
    fn an_index_has_its_label_and_its_colour() {
        let map = image(Channels::Index, vec![0., 1., 7.]);
        let map = map.with_palette(vec![[0, 0, 0], [40, 40, 40]]);
        assert_eq!(map.data()[[0, 2]], 7.0);
        assert_eq!(map.to_grey().iter().copied().collect::<Vec<_>>(), [0., 40., 0.]);
    }

    #[test]
    fn range_leaves_out_what_is_not_finite() {
        let values = image(Channels::Grey, vec![f32::NAN, 2., -1., f32::INFINITY]);
        assert_eq!(values.range(), Some((-1., 2.)));
        assert_eq!(values.non_finite(), 2);
        assert_eq!(image(Channels::Grey, vec![f32::NAN]).range(), None);
    }
}
