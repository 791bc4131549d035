//! The features of a mask, with size and place.

use ndarray::{ArrayD, ArrayView, Dimension, IxDyn};
use persistence::{Locator, Options, barcode};

use crate::{
    Error, MaskOptions,
    mask::{Mask, Side},
};

/// A component, hole, handle or cavity of a mask.
#[derive(Clone, Debug, PartialEq)]
pub struct MaskFeature {
    /// 0 for a component, 1 for a hole (2D) or handle (3D), 2 for a cavity (3D).
    pub dimension: u8,
    /// The pixels of a component, the background pixels that a hole or cavity encloses, or the voxels of a cycle
    /// through a handle: flat indices in row-major (C) order, ascending except along a cycle.
    pub pixels: Vec<u32>,
    /// The mean position of the pixels, one coordinate per axis: `[row, column]` or `[slice, row, column]`.
    pub centre: Vec<f64>,
}

impl MaskFeature {
    /// How many pixels it has: for a handle, the length of its cycle.
    pub fn size(&self) -> usize {
        self.pixels.len()
    }
}

/// All features of a mask or map `[rows, columns]` or `[slices, rows, columns]`: by dimension, in each the smallest
/// first, equal sizes by their first pixel. There are as many of each dimension as the Betti number says.
///
/// # Errors
///
/// If the array is neither an image nor a volume, is empty or has a NaN, or if the threshold is not finite.
pub fn features<D: Dimension>(
    array: ArrayView<f32, D>,
    options: MaskOptions,
) -> Result<Vec<MaskFeature>, Error> {
    features_of(&Mask::new(array, options)?)
}

pub(crate) fn features_of(mask: &Mask) -> Result<Vec<MaskFeature>, Error> {
    let grid = &mask.grid;
    let named = |dimension: usize, pixels: Vec<u32>| MaskFeature {
        dimension: dimension as u8,
        centre: grid.centre(&pixels),
        pixels,
    };
    let mut features = Vec::new();
    for (side, dimension, first) in [(Side::Foreground, 0, 0), (Side::Background, grid.dimensions() - 1, 1)] {
        let regions = mask.regions(side);
        for region in first..regions.count() {
            let pixels = regions.pixels(region).iter().map(|&pixel| grid.index(pixel as usize));
            let mut pixels: Vec<u32> = pixels.collect();
            pixels.sort_unstable();
            features.push(named(dimension, pixels));
        }
    }
    if grid.dimensions() == 3 {
        let values = grid.inside().map(|pixel| f32::from(mask.is(pixel, Side::Foreground)));
        let cycles = cycles(grid.shape(), values.collect(), mask.connectivity(Side::Foreground))?;
        features.extend(cycles.into_iter().map(|cycle| named(1, cycle)));
    }
    features.sort_by(|a, b| (a.dimension, a.size(), &a.pixels).cmp(&(b.dimension, b.size(), &b.pixels)));
    Ok(features)
}

/// A cycle of voxels of value 1 through each handle of a volume of zeros and ones.
pub(crate) fn cycles(
    shape: &[usize],
    values: Vec<f32>,
    connectivity: persistence::Connectivity,
) -> Result<Vec<Vec<u32>>, Error> {
    let empty = || persistence::Error::Empty { shape: shape.to_vec() };
    let volume = ArrayD::from_shape_vec(IxDyn(shape), values).map_err(|_| empty())?;
    let options = Options { connectivity, ..Options::default() };
    let barcode = barcode(volume.view(), options)?;
    let mut locator = Locator::new(volume.view(), options)?;
    let handles = barcode.alive_at(0.5).filter(|bar| bar.dimension == 1);
    // A bar of the volume's own barcode that is alive has a place.
    Ok(handles
        .filter_map(|bar| locator.feature(bar, 0.5).ok())
        .map(|feature| feature.pixels().to_vec())
        .collect())
}
