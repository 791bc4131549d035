//! Computing barcodes: once, many times without allocating, or of a whole batch.

use ndarray::{ArrayView, Dimension};

use crate::{Bar, Barcode, Error, Options, frame::Frame, plane::Plane, volume::Volume};

/// The memory of the computation, kept between calls.
///
/// An optimisation computes hundreds of barcodes of arrays of one shape: with one workspace and one [`Barcode`] to
/// write to, nothing is allocated after the first.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    keys: Vec<i32>,
    plane: Plane,
    volume: Volume,
    found: Vec<Bar>,
    order: Vec<u64>,
    scratch: Vec<u64>,
}

impl Workspace {
    /// An empty workspace. It grows to what the arrays need and never shrinks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Computes the barcode of an image `[rows, columns]` or a volume `[slices, rows, columns]` and writes it over
    /// `barcode`, which is left empty if there is an error.
    ///
    /// # Errors
    ///
    /// If the array has another number of dimensions, an axis of length zero, a NaN, or too many pixels.
    pub fn compute<D: Dimension>(
        &mut self,
        array: ArrayView<f32, D>,
        options: Options,
        barcode: &mut Barcode,
    ) -> Result<(), Error> {
        barcode.clear(array.shape(), options);
        let mut frame = Frame::new(array.shape(), options)?;
        frame.fill(array, &mut self.keys)?;
        let keys = &self.keys;
        let found = &mut self.found;
        found.clear();
        let mut report = |dimension, creator, destroyer| {
            found.extend(frame.bar(dimension, creator, destroyer));
        };
        if frame.is_flat() {
            self.plane.pairs(keys, frame.extent[2], &mut report);
        } else {
            self.volume.pairs(keys, frame.extent, &mut report);
        }
        barcode.arrange(&self.found, &mut self.order, &mut self.scratch);
        Ok(())
    }
}

/// The barcode of an image `[rows, columns]` or a volume `[slices, rows, columns]`, of any strides.
///
/// # Errors
///
/// If the array has another number of dimensions, an axis of length zero, a NaN, or too many pixels.
pub fn barcode<D: Dimension>(array: ArrayView<f32, D>, options: Options) -> Result<Barcode, Error> {
    let mut barcode = Barcode::default();
    Workspace::new().compute(array, options, &mut barcode)?;
    Ok(barcode)
}

/// The barcodes of many images or volumes, in their order. With the feature `rayon` on all cores, else one after the
/// other with one workspace.
///
/// # Errors
///
/// As [`barcode`], for the first array that has an error.
pub fn barcodes<D: Dimension>(arrays: &[ArrayView<f32, D>], options: Options) -> Result<Vec<Barcode>, Error> {
    let one = |workspace: &mut Workspace, array: &ArrayView<f32, D>| {
        let mut barcode = Barcode::default();
        workspace.compute(array.view(), options, &mut barcode)?;
        Ok(barcode)
    };
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        arrays.par_iter().map_init(Workspace::new, one).collect()
    }
    #[cfg(not(feature = "rayon"))]
    {
        let mut workspace = Workspace::new();
        arrays.iter().map(|array| one(&mut workspace, array)).collect()
    }
}
