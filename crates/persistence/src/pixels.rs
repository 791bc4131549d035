//! The pixels of an array by their flat indices, and their neighbours.

use ndarray::{ArrayView, ArrayView3, Axis, Dimension, Ix3};

use crate::{
    Connectivity, Error,
    coordinates::{coordinates_into, flat_index},
    neighbourhood::BLOCK,
};

/// The array as `[slices, rows, columns]`; an image has one slice.
pub(crate) struct Pixels<'a> {
    array: ArrayView3<'a, f32>,
    shape: [usize; 3],
    dimensions: usize,
}

impl<'a> Pixels<'a> {
    pub(crate) fn new<D: Dimension>(array: ArrayView<'a, f32, D>) -> Result<Self, Error> {
        let dimensions = array.ndim();
        let array = match array.into_dyn() {
            image if image.ndim() == 2 => image.insert_axis(Axis(0)),
            other => other,
        };
        let array = array.into_dimensionality::<Ix3>().map_err(|_| Error::Dimensions { dimensions })?;
        Ok(Self { shape: array.dim().into(), array, dimensions })
    }

    pub(crate) fn array(&self) -> ArrayView3<'a, f32> {
        self.array
    }

    /// 2 for an image, 3 for a volume.
    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    pub(crate) fn count(&self) -> usize {
        self.shape.iter().product()
    }

    fn position(&self, pixel: u32) -> [usize; 3] {
        let mut position = [0; 3];
        coordinates_into(pixel as usize, &self.shape, &mut position);
        position
    }

    pub(crate) fn value(&self, pixel: u32) -> Option<f32> {
        if pixel as usize >= self.count() { None } else { self.array.get(self.position(pixel)).copied() }
    }

    /// The pixel that lies at `offset` from another one, if there is one.
    pub(crate) fn shifted(&self, pixel: u32, offset: [isize; 3]) -> Option<u32> {
        let mut position = self.position(pixel);
        for axis in 0..3 {
            position[axis] = position[axis].checked_add_signed(offset[axis])?;
            if position[axis] >= self.shape[axis] {
                return None;
            }
        }
        Some(flat_index(&position, &self.shape) as u32)
    }

    pub(crate) fn neighbours(&self, pixel: u32, connectivity: Connectivity) -> impl Iterator<Item = u32> {
        BLOCK
            .into_iter()
            .filter(move |&offset| connectivity.connects(offset))
            .filter_map(move |offset| self.shifted(pixel, offset))
    }

    /// The connected pixels around `start` whose values belong, in ascending order.
    pub(crate) fn flood(
        &self,
        start: u32,
        connectivity: Connectivity,
        belongs: impl Fn(f32) -> bool,
    ) -> Vec<u32> {
        let mut seen = vec![false; self.count()];
        seen[start as usize] = true;
        let mut pixels = vec![start];
        let mut next = 0;
        while let Some(&pixel) = pixels.get(next) {
            next += 1;
            for neighbour in self.neighbours(pixel, connectivity) {
                if !seen[neighbour as usize] && belongs(self.array[self.position(neighbour)]) {
                    seen[neighbour as usize] = true;
                    pixels.push(neighbour);
                }
            }
        }
        pixels.sort_unstable();
        pixels
    }
}
