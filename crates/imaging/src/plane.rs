//! One value per pixel of an image that may have several.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::{ArrayD, ArrayViewD, Axis, CowArray, IxDyn};

use crate::image::{Channels, SampleType, luma};
use crate::regions::Regions;
use crate::remark::Remark;

/// One value per pixel, or one index into a palette of colours.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane<'a> {
    pub(crate) values: CowArray<'a, f32, IxDyn>,
    /// The colours of the indices; empty where the values are no indices.
    pub(crate) palette: Vec<[u8; 3]>,
    /// Whether the file has colours, and the palette was made of them.
    pub(crate) are_classes: bool,
    pub(crate) remarks: Vec<Remark>,
}

impl<'a> Plane<'a> {
    fn of(values: CowArray<'a, f32, IxDyn>) -> Self {
        Self { values, palette: Vec::new(), are_classes: false, remarks: Vec::new() }
    }

    fn owned(values: ArrayD<f32>, remarks: Vec<Remark>) -> Self {
        Self { remarks, ..Self::of(values.into()) }
    }

    /// Of the samples of an image with channels side by side.
    pub(crate) fn new(
        samples: CowArray<'a, f32, IxDyn>,
        channels: Channels,
        palette: &[[u8; 3]],
        sample_type: SampleType,
        is_lossy: bool,
    ) -> Self {
        let last = Axis(samples.ndim().saturating_sub(1));
        match channels {
            Channels::Grey => Self::of(samples),
            Channels::Index if is_grey(palette) => {
                Self::owned(luma_of_indices(samples.view(), palette), Vec::new())
            }
            Channels::Index => Self { palette: palette.to_vec(), ..Self::of(samples) },
            Channels::GreyAlpha => {
                let (grey, alpha) = (samples.index_axis(last, 0), samples.index_axis(last, 1));
                match Alpha::of(&[grey.view()], alpha.view()) {
                    Alpha::All => Self::owned(alpha.to_owned(), vec![Remark::Alpha]),
                    alpha => Self::owned(grey.to_owned(), alpha.remarks()),
                }
            }
            Channels::Rgb | Channels::Rgba => {
                let [red, green, blue] = [0, 1, 2].map(|channel| samples.index_axis(last, channel));
                let mut remarks = Vec::new();
                if channels == Channels::Rgba {
                    let alpha = samples.index_axis(last, 3);
                    match Alpha::of(&[red.view(), green.view(), blue.view()], alpha.view()) {
                        Alpha::All => return Self::owned(alpha.to_owned(), vec![Remark::Alpha]),
                        alpha => remarks = alpha.remarks(),
                    }
                }
                if red == green && green == blue {
                    return Self::owned(red.to_owned(), remarks);
                }
                let classes = (sample_type == SampleType::U8 && !is_lossy).then(|| classes(samples.view()));
                if let Some((indices, palette)) = classes.flatten() {
                    return Self { palette, are_classes: true, ..Self::owned(indices, remarks) };
                }
                remarks.push(Remark::Luma);
                Self::owned(samples.map_axis(last, |pixel| luma(pixel[0], pixel[1], pixel[2])), remarks)
            }
        }
    }
}

/// What an alpha channel is for.
enum Alpha {
    /// It hides nothing that would be seen.
    Idle,
    /// It holds all there is.
    All,
    /// It hides pixels that have a colour.
    Ignored,
}

impl Alpha {
    fn of(colours: &[ArrayViewD<'_, f32>], alpha: ArrayViewD<'_, f32>) -> Self {
        let is_constant = |values: &ArrayViewD<'_, f32>| {
            let mut values = values.iter();
            let first = values.next();
            values.all(|value| Some(value) == first)
        };
        if is_constant(&alpha) {
            return Self::Idle;
        }
        if colours.iter().all(is_constant) {
            return Self::All;
        }
        let most = alpha.iter().copied().fold(0.0, f32::max);
        let hides = |colour: &ArrayViewD<'_, f32>| {
            colour.iter().zip(alpha.iter()).any(|(&value, &alpha)| alpha < most && value != 0.0)
        };
        if colours.iter().any(hides) { Self::Ignored } else { Self::Idle }
    }

    fn remarks(self) -> Vec<Remark> {
        match self {
            Self::Ignored => vec![Remark::AlphaIgnored],
            Self::Idle | Self::All => Vec::new(),
        }
    }
}

/// Whether a palette is a way to store greys, not labels.
fn is_grey(palette: &[[u8; 3]]) -> bool {
    palette.iter().all(|[red, green, blue]| red == green && green == blue)
}

/// The luma of the colours that indices stand for. An index beyond the palette is black, as viewers show it.
pub(crate) fn luma_of_indices(indices: ArrayViewD<'_, f32>, palette: &[[u8; 3]]) -> ArrayD<f32> {
    let luma: Vec<f32> = palette.iter().map(|&[r, g, b]| luma(r.into(), g.into(), b.into())).collect();
    indices.mapv(|index| luma.get(index as usize).copied().unwrap_or(0.0))
}

/// Indices of the colours of an image that has few, in regions, and the colours: black is 0, the others follow in the
/// order of red, green and blue.
fn classes(samples: ArrayViewD<'_, f32>) -> Option<(ArrayD<f32>, Vec<[u8; 3]>)> {
    /// More colours than a legend has.
    const MOST: usize = 255;
    let last = Axis(samples.ndim() - 1);
    let lanes =
        || samples.lanes(last).into_iter().map(|pixel| [pixel[0] as u8, pixel[1] as u8, pixel[2] as u8]);
    let mut colours = BTreeSet::from([[0; 3]]);
    let mut previous = [0; 3];
    for colour in lanes() {
        if colour != previous {
            previous = colour;
            colours.insert(colour);
            if colours.len() > MOST + 1 {
                return None;
            }
        }
    }
    let palette: Vec<[u8; 3]> = colours.into_iter().collect();
    let numbers: BTreeMap<[u8; 3], f32> =
        palette.iter().copied().zip((0..).map(|number: u16| f32::from(number))).collect();
    let shape = samples.shape()[..samples.ndim() - 1].to_vec();
    let indices = lanes().map(|colour| numbers.get(&colour).copied().unwrap_or_default()).collect();
    let indices = ArrayD::from_shape_vec(shape, indices).ok()?;
    Regions::of(indices.view()).are_labels().then_some((indices, palette))
}
