//! Where a bar is: the pixels of the feature that it stands for.

use ndarray::{ArrayView, Dimension};

use crate::{Bar, Error, Options, cycle::CycleSearch, pixels::Pixels};

/// What a bar looks like in the image: pixels as flat indices in row-major (C) order of the array.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "kind", content = "pixels", rename_all = "camelCase")
)]
pub enum Feature {
    /// Dimension 0: the pixels of the component in B(level), in ascending order.
    Component(Vec<u32>),
    /// A hole of an image or a cavity of a volume: the background pixels that it encloses in B(level), in ascending
    /// order. Components that lie inside the hole are not part of it.
    Enclosed(Vec<u32>),
    /// A handle of a volume (dimension 1): a closed cycle of voxels, each a neighbour of the next and the last one
    /// of the first. It starts at the birth voxel and has no voxel twice.
    Cycle(Vec<u32>),
}

impl Feature {
    /// The pixels, whatever they are.
    pub fn pixels(&self) -> &[u32] {
        match self {
            Self::Component(pixels) | Self::Enclosed(pixels) | Self::Cycle(pixels) => pixels,
        }
    }
}

/// Why a bar has no place in an array.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FeatureError {
    /// The array is neither an image nor a volume.
    #[error(transparent)]
    Array(#[from] Error),
    /// The feature does not exist at the level that was asked for.
    #[error(
        "the bar from {birth} to {death} is not alive at level {level}: it has pixels only between its ends"
    )]
    NotAlive {
        /// The bar's birth.
        birth: f32,
        /// The bar's death.
        death: f32,
        /// The level that was given.
        level: f32,
    },
    /// The bar was computed from another array or with other options.
    #[error(
        "the bar does not belong to this array: its birth pixel {birth_index} does not create a feature of \
         dimension {dimension} at {birth}"
    )]
    OtherArray {
        /// The bar's dimension.
        dimension: u8,
        /// The bar's birth.
        birth: f32,
        /// The bar's birth pixel.
        birth_index: u32,
    },
}

/// The pixels of the feature that `bar` stands for in B(`level`). For many bars of one array see [`Locator`].
///
/// `array` and `options` are those that the bar was computed from. A component is flooded from its birth pixel with
/// the foreground's connectivity; a hole or cavity from its death pixel with the background's, which is the other
/// one. A handle is a shortest cycle through its birth voxel among the voxels that entered before it: B(`level`)
/// contains it at every level at which the bar is alive. Two handles that are born at one voxel get the same cycle.
///
/// # Errors
///
/// If the bar is not alive at `level`, or is not one of this array.
pub fn feature<D: Dimension>(
    array: ArrayView<f32, D>,
    options: Options,
    bar: &Bar,
    level: f32,
) -> Result<Feature, FeatureError> {
    Locator::new(array, options)?.feature(bar, level)
}

/// Finds the features of many bars of one array: what it needs of the whole array it computes once.
pub struct Locator<'a> {
    pixels: Pixels<'a>,
    options: Options,
    /// Only handles need it.
    cycles: Option<CycleSearch>,
}

impl<'a> Locator<'a> {
    /// For bars that were computed from this array with these options.
    ///
    /// # Errors
    ///
    /// If the array is neither an image nor a volume.
    pub fn new<D: Dimension>(array: ArrayView<'a, f32, D>, options: Options) -> Result<Self, Error> {
        Ok(Self { pixels: Pixels::new(array)?, options, cycles: None })
    }

    /// The pixels of the feature that `bar` stands for in B(`level`), as [`feature`] gives them.
    ///
    /// # Errors
    ///
    /// If the bar is not alive at `level`, or is not one of this array.
    pub fn feature(&mut self, bar: &Bar, level: f32) -> Result<Feature, FeatureError> {
        let Options { connectivity, filtration } = self.options;
        self.check(bar, level)?;
        let is_foreground = |value: f32| filtration.contains(value, level);
        match (bar.dimension, self.pixels.dimensions(), bar.death_index) {
            (0, _, _) => {
                let pixels = self.pixels.flood(bar.birth_index, connectivity, is_foreground);
                Ok(Feature::Component(pixels))
            }
            (1, 2, Some(death)) | (2, 3, Some(death)) => {
                let background = connectivity.of_background();
                let pixels = self.pixels.flood(death, background, |value| !is_foreground(value));
                Ok(Feature::Enclosed(pixels))
            }
            (1, 3, Some(_)) => {
                self.cycle_through(bar, usize::MAX)?.map(Feature::Cycle).ok_or_else(|| other_array(bar))
            }
            _ => Err(other_array(bar)),
        }
    }

    /// The cycle of a handle, as [`feature`] gives it, if it has at most `longest` voxels; else `None`. The search ends
    /// where it would become longer, so that the few shortest of many cycles are found soon.
    ///
    /// # Errors
    ///
    /// If the bar is not that of a handle, is not alive at `level`, or is not one of this array.
    pub fn cycle(&mut self, bar: &Bar, level: f32, longest: usize) -> Result<Option<Vec<u32>>, FeatureError> {
        self.check(bar, level)?;
        match (bar.dimension, self.pixels.dimensions(), bar.death_index) {
            (1, 3, Some(_)) => self.cycle_through(bar, longest),
            _ => Err(other_array(bar)),
        }
    }

    /// An error unless the bar can be one of this array and is alive.
    fn check(&self, bar: &Bar, level: f32) -> Result<(), FeatureError> {
        let holds = |pixel: u32, value: f32| self.pixels.value(pixel) == Some(value);
        if !holds(bar.birth_index, bar.birth) || !bar.death_index.is_none_or(|death| holds(death, bar.death))
        {
            return Err(other_array(bar));
        }
        if !bar.is_alive_at(level, self.options.filtration) {
            return Err(FeatureError::NotAlive { birth: bar.birth, death: bar.death, level });
        }
        Ok(())
    }

    fn cycle_through(&mut self, bar: &Bar, longest: usize) -> Result<Option<Vec<u32>>, FeatureError> {
        let cycles = match &mut self.cycles {
            Some(cycles) => cycles,
            none => none.insert(CycleSearch::new(&self.pixels, self.options)?),
        };
        Ok(cycles.shortest_through(&self.pixels, bar.birth_index, longest))
    }
}

/// How long the cycles of handles are, in memory that is kept from one volume to the next.
#[derive(Clone, Debug, Default)]
pub struct CycleLengths {
    cycles: CycleSearch,
}

impl CycleLengths {
    /// Writes for each bar how many voxels its cycle has, as [`feature`] gives it, over `lengths`; 0 if the bar is not
    /// that of a handle of this array.
    ///
    /// # Errors
    ///
    /// If the array is neither an image nor a volume, is empty or too large, or has a NaN.
    pub fn measure<D: Dimension>(
        &mut self,
        array: ArrayView<f32, D>,
        options: Options,
        bars: &[Bar],
        lengths: &mut Vec<u32>,
    ) -> Result<(), Error> {
        let pixels = Pixels::new(array)?;
        self.cycles.prepare(&pixels, options)?;
        lengths.clear();
        lengths.extend(bars.iter().map(|bar| {
            let is_handle = (bar.dimension, pixels.dimensions()) == (1, 3)
                && pixels.value(bar.birth_index) == Some(bar.birth);
            let length = is_handle.then(|| self.cycles.shortest_length(&pixels, bar.birth_index));
            length.flatten().unwrap_or(0)
        }));
        Ok(())
    }
}

fn other_array(bar: &Bar) -> FeatureError {
    let Bar { dimension, birth, birth_index, .. } = *bar;
    FeatureError::OtherArray { dimension, birth, birth_index }
}
