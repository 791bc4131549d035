//! Barcodes as records of parallel typed arrays.

use js_sys::{Float32Array, Int32Array, Uint8Array, Uint32Array};
use persistence::Bar;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::preserve;
use tsify::Tsify;

use crate::{arguments::whole_number, connectivity::Connectivity, failure::Failure};

/// The direction in which the threshold p moves.
///
/// `"superlevel"` (the default, the paper's): p falls, B(p) = {pixels with value >= p}, birth > death.
/// `"sublevel"`: p rises, B(p) = {pixels with value <= p}, birth < death.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum Filtration {
    /// The threshold falls.
    #[default]
    Superlevel,
    /// The threshold rises.
    Sublevel,
}

impl From<Filtration> for persistence::Filtration {
    fn from(filtration: Filtration) -> Self {
        match filtration {
            Filtration::Superlevel => Self::Superlevel,
            Filtration::Sublevel => Self::Sublevel,
        }
    }
}

impl From<persistence::Filtration> for Filtration {
    fn from(filtration: persistence::Filtration) -> Self {
        match filtration {
            persistence::Filtration::Superlevel => Self::Superlevel,
            persistence::Filtration::Sublevel => Self::Sublevel,
        }
    }
}

/// What barcode to compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct BarcodeOptions {
    /// Which pixels are neighbours. Default: `"T"`.
    pub connectivity: Connectivity,
    /// The direction of the threshold. Default: `"superlevel"`.
    pub filtration: Filtration,
    /// Leave out bars that are shorter; the essential bar stays. Default: 0, which leaves out none.
    pub min_length: f32,
}

#[cfg(feature = "barcodes")]
impl BarcodeOptions {
    pub(crate) fn engine(self) -> persistence::Options {
        persistence::Options { connectivity: self.connectivity.into(), filtration: self.filtration.into() }
    }
}

/// All bars of positive length of one image or volume, as parallel arrays: bar i is `dimension[i]`, `birth[i]`,
/// `death[i]`, `birthIndex[i]`, `deathIndex[i]`.
///
/// Those of dimension 0 come first; in each dimension the essential bar first, then the longest first, equal lengths
/// by birth pixel and then by death pixel.
#[derive(Clone, Debug, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Barcode {
    /// The lengths of the axes of the array: `[rows, columns]` or `[slices, rows, columns]`.
    pub shape: Vec<u32>,
    /// The connectivity that the barcode was computed with.
    pub connectivity: Connectivity,
    /// The filtration that the barcode was computed with.
    pub filtration: Filtration,
    /// Where the bars of each dimension start: those of dimension k are `starts[k]` up to, and without,
    /// `starts[k + 1]`. One entry more than there are dimensions.
    pub starts: Vec<u32>,
    /// 0 for a component, 1 for a loop (2D: a hole; 3D: a handle), 2 for a cavity (3D only).
    #[serde(with = "preserve")]
    #[tsify(type = "Uint8Array<ArrayBuffer>")]
    pub dimension: Uint8Array,
    /// The threshold at which the feature appears: the value of its birth pixel.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub birth: Float32Array,
    /// The threshold at which the feature disappears: the value of its death pixel. For the essential bar, where it
    /// is cut off: under superlevel filtration 0 or the least value if that is below 0; under sublevel `Infinity`.
    #[serde(with = "preserve")]
    #[tsify(type = "Float32Array<ArrayBuffer>")]
    pub death: Float32Array,
    /// The pixel that creates the feature: a flat index in row-major order.
    #[serde(with = "preserve")]
    #[tsify(type = "Uint32Array<ArrayBuffer>")]
    pub birth_index: Uint32Array,
    /// The pixel that ends the feature, or -1: nothing ends the essential bar, and only it has -1.
    #[serde(with = "preserve")]
    #[tsify(type = "Int32Array<ArrayBuffer>")]
    pub death_index: Int32Array,
}

/// What stands for no pixel in `deathIndex`. The memory of the module has no room for 2^31 pixels.
const NO_PIXEL: i32 = -1;

impl Barcode {
    /// The record of bars that are sorted by dimension.
    pub fn new(bars: &[Bar], shape: &[usize], options: persistence::Options) -> Self {
        let death_index = |bar: &Bar| bar.death_index.map_or(NO_PIXEL, |pixel| pixel as i32);
        let starts = (0..=shape.len())
            .map(|dimension| bars.partition_point(|bar| usize::from(bar.dimension) < dimension) as u32);
        Self {
            shape: shape.iter().map(|&length| length as u32).collect(),
            connectivity: options.connectivity.into(),
            filtration: options.filtration.into(),
            starts: starts.collect(),
            dimension: Uint8Array::from(&*column(bars, |bar| bar.dimension)),
            birth: Float32Array::from(&*column(bars, |bar| bar.birth)),
            death: Float32Array::from(&*column(bars, |bar| bar.death)),
            birth_index: Uint32Array::from(&*column(bars, |bar| bar.birth_index)),
            death_index: Int32Array::from(&*column(bars, death_index)),
        }
    }

    /// The options that the barcode was computed with.
    pub fn options(&self) -> persistence::Options {
        persistence::Options { connectivity: self.connectivity.into(), filtration: self.filtration.into() }
    }

    /// The bar with this number.
    ///
    /// # Errors
    ///
    /// If there is none, or the arrays have different lengths.
    pub fn bar(&self, number: f64) -> Result<Bar, Failure> {
        let bars = self.length()?;
        let number = whole_number(number).and_then(|number| u32::try_from(number).ok());
        let Some(number) = number.filter(|&number| number < bars) else {
            let message = format!(
                "the number of a bar must be a whole number from 0 to below {bars}, how many there are"
            );
            return Err(Failure::bad_argument(message));
        };
        Ok(Bar {
            dimension: self.dimension.get_index(number),
            birth: self.birth.get_index(number),
            death: self.death.get_index(number),
            birth_index: self.birth_index.get_index(number),
            death_index: u32::try_from(self.death_index.get_index(number)).ok(),
        })
    }

    /// The barcode that this is the record of.
    ///
    /// # Errors
    ///
    /// If the arrays have different lengths, or there are bars that an array of this shape cannot have.
    pub fn engine(&self) -> Result<persistence::Barcode, Failure> {
        self.length()?;
        let ends = self.birth.to_vec().into_iter().zip(self.death.to_vec());
        let pixels = self.birth_index.to_vec().into_iter().zip(self.death_index.to_vec());
        let bars = self.dimension.to_vec().into_iter().zip(ends).zip(pixels);
        let bars: Vec<Bar> = bars
            .map(|((dimension, (birth, death)), (birth_index, death_index))| Bar {
                dimension,
                birth,
                death,
                birth_index,
                death_index: u32::try_from(death_index).ok(),
            })
            .collect();
        let shape: Vec<usize> = self.shape.iter().map(|&length| length as usize).collect();
        Ok(persistence::Barcode::from_bars(&shape, self.options(), &bars)?)
    }

    /// How many bars there are.
    fn length(&self) -> Result<u32, Failure> {
        let bars = self.dimension.length();
        let others =
            [self.birth.length(), self.death.length(), self.birth_index.length(), self.death_index.length()];
        if others != [bars; 4] {
            return Err(Failure::bad_argument("the barcode: its arrays have different lengths"));
        }
        Ok(bars)
    }
}

fn column<T>(bars: &[Bar], value: impl Fn(&Bar) -> T) -> Vec<T> {
    bars.iter().map(value).collect()
}
