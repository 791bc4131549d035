//! The array as the engines see it: keys in row-major order with a margin, and the way back to its indices.
//!
//! The engines compute one thing: the persistence of a filtration in which pixels are vertices (connectivity `V`)
//! and enter in ascending order of (key, index). Connectivity `T` is reduced to it by duality: the bars of f under
//! `T` in dimension k are those of the reverse order under `V` in dimension d - 1 - k with birth and death
//! exchanged, if a shell of pixels that enter first is laid around the array (Garin et al. 2020). Turning the array
//! by 180 degrees reverses the order of the indices too, so that ties are broken alike under both connectivities.

use ndarray::{ArrayView, Dimension};

use crate::{Bar, Connectivity, Error, Filtration, Options, flat_zone, key};

/// How the array lies in the buffer of keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    options: Options,
    /// `[slices, rows, columns]` of the array; an image has one slice, and a volume of one slice is an image.
    shape: [usize; 3],
    /// Pixels around the array on each side. The outermost never enter; under `T` those inside enter first.
    margin: [usize; 3],
    /// The lengths of the axes with their margins.
    pub(crate) extent: [usize; 3],
    /// The first and the last key that stand for values.
    range: (i32, i32),
}

impl Frame {
    /// The most pixels that are accepted, counting the margin: an index and the number of a square fit into 32 bits.
    pub(crate) const LIMIT: usize = 1 << 28;

    pub(crate) fn new(shape: &[usize], options: Options) -> Result<Self, Error> {
        let lengths = match *shape {
            [rows, columns] => [1, rows, columns],
            [slices, rows, columns] => [slices, rows, columns],
            _ => return Err(Error::Dimensions { dimensions: shape.len() }),
        };
        if shape.contains(&0) {
            return Err(Error::Empty { shape: shape.to_vec() });
        }
        let width = match options.connectivity {
            Connectivity::T => 2,
            Connectivity::V => 1,
        };
        let margin = if lengths[0] == 1 { [0, width, width] } else { [width; 3] };
        let mut extent = [0usize; 3];
        for axis in 0..3 {
            extent[axis] = lengths[axis].saturating_add(2 * margin[axis]);
        }
        match extent.iter().try_fold(1usize, |product, &length| product.checked_mul(length)) {
            Some(pixels) if pixels <= Self::LIMIT => {
                Ok(Self { options, shape: lengths, margin, extent, range: (key::NEVER, key::FIRST) })
            }
            _ => Err(Error::TooLarge { shape: shape.to_vec(), limit: Self::LIMIT }),
        }
    }

    /// Whether the engine for images will do.
    pub(crate) fn is_flat(&self) -> bool {
        self.margin[0] == 0
    }

    pub(crate) fn pixels(&self) -> usize {
        self.extent.iter().product()
    }

    /// From a pixel to the next slice, row and column.
    pub(crate) fn strides(&self) -> [usize; 3] {
        [self.extent[1] * self.extent[2], self.extent[2], 1]
    }

    /// Writes the keys of the array and its margin.
    pub(crate) fn fill<D: Dimension>(
        &mut self,
        array: ArrayView<f32, D>,
        keys: &mut Vec<i32>,
    ) -> Result<(), Error> {
        keys.clear();
        keys.resize(self.pixels(), key::NEVER);
        let filtration = self.filtration_of_keys();
        let [slice, row, _] = self.strides();
        if self.is_dual() {
            let shell = |axis: usize| self.margin[axis].min(1)..self.extent[axis] - self.margin[axis].min(1);
            for z in shell(0) {
                for y in shell(1) {
                    let start = z * slice + y * row;
                    keys[start + 1..start + row - 1].fill(key::FIRST);
                }
            }
        }
        let [_, rows, columns] = self.shape;
        let mut any_nan = false;
        for (line, values) in array.rows().into_iter().enumerate() {
            let line = if self.is_dual() { self.shape[0] * rows - 1 - line } else { line };
            let start = (line / rows + self.margin[0]) * slice
                + (line % rows + self.margin[1]) * row
                + self.margin[2];
            let target = &mut keys[start..start + columns];
            let mut put = |target: &mut i32, &value: &f32| {
                any_nan |= value.is_nan();
                *target = key::of_value(value, filtration);
            };
            match (values.as_slice(), self.is_dual()) {
                (Some(values), false) => target.iter_mut().zip(values).for_each(|(t, v)| put(t, v)),
                (Some(values), true) => target.iter_mut().rev().zip(values).for_each(|(t, v)| put(t, v)),
                (None, false) => target.iter_mut().zip(values).for_each(|(t, v)| put(t, v)),
                (None, true) => target.iter_mut().rev().zip(values).for_each(|(t, v)| put(t, v)),
            }
        }
        if any_nan {
            return Err(not_a_number(array));
        }
        // Along an axis of one pixel nothing is near or far: another axis may as well stand for it.
        let any = (0..3).find(|&axis| self.shape[axis] > 1).unwrap_or(2);
        let [slice, row, column] =
            [0, 1, 2].map(|axis| self.strides()[if self.shape[axis] > 1 { axis } else { any }]);
        self.range = if self.is_flat() {
            flat_zone::order_by_depth(keys, [row, column])
        } else {
            flat_zone::order_by_depth(keys, [slice, row, column])
        };
        Ok(())
    }

    /// The bar of a pair of cells of the engine's filtration, each given by the entry of the pixel that brings it;
    /// `None` if its length is zero. Without a destroyer it is the bar of the first component, which only `V`
    /// reports: under `T` that is the shell's.
    pub(crate) fn bar(&self, dimension: u8, creator: u64, destroyer: Option<u64>) -> Option<Bar> {
        let (dimension, birth, death) = match destroyer {
            Some(destroyer) if self.level(creator) == self.level(destroyer) => return None,
            _ if !self.is_dual() => (dimension, creator, destroyer),
            Some(destroyer) => {
                let highest = if self.is_flat() { 1 } else { 2 };
                (highest - dimension, destroyer, (!self.is_shell(creator)).then_some(creator))
            }
            None => return None,
        };
        Some(Bar {
            dimension,
            birth: self.value(birth),
            death: death.map_or_else(|| self.essential_death(), |entry| self.value(entry)),
            birth_index: self.index(birth),
            death_index: death.map(|entry| self.index(entry)),
        })
    }

    /// The key of the value of a pixel that entered, or of the shell.
    fn level(&self, entry: u64) -> i32 {
        let (first, last) = self.range;
        if self.is_shell(entry) { key::FIRST } else { key::of_entry(entry).clamp(first, last) }
    }

    fn value(&self, entry: u64) -> f32 {
        key::to_value(self.level(entry), self.filtration_of_keys())
    }

    fn is_shell(&self, entry: u64) -> bool {
        key::of_entry(entry) == key::FIRST
    }

    /// Where the essential bar is cut off: see [`Bar::death`].
    fn essential_death(&self) -> f32 {
        match self.options.filtration {
            Filtration::Sublevel => f32::INFINITY,
            Filtration::Superlevel => {
                let (first, last) = self.range;
                let lowest = if self.is_dual() { first } else { last };
                key::to_value(lowest, self.filtration_of_keys()).min(0.0)
            }
        }
    }

    /// The array's own flat index of a pixel that entered.
    fn index(&self, entry: u64) -> u32 {
        let pixel = key::number(entry);
        let [slice, row, _] = self.strides();
        // In 32 bits, in which division is much faster.
        let (slice, row) = (slice as u32, row as u32);
        let at = [pixel / slice, pixel % slice / row, pixel % row];
        let index =
            (0..3).fold(0, |index, axis| index * self.shape[axis] + (at[axis] as usize - self.margin[axis]));
        let last = self.shape.iter().product::<usize>() - 1;
        (if self.is_dual() { last - index } else { index }) as u32
    }

    fn is_dual(&self) -> bool {
        self.options.connectivity == Connectivity::T
    }

    fn filtration_of_keys(&self) -> Filtration {
        match (self.options.filtration, self.is_dual()) {
            (filtration, false) => filtration,
            (Filtration::Superlevel, true) => Filtration::Sublevel,
            (Filtration::Sublevel, true) => Filtration::Superlevel,
        }
    }
}

/// Writes the keys of all pixels in row-major order: the order in which they enter, equal keys by index.
pub(crate) fn write_keys<D: Dimension>(
    array: ArrayView<f32, D>,
    filtration: Filtration,
    keys: &mut Vec<i32>,
) -> Result<(), Error> {
    let mut frame = Frame::new(array.shape(), Options { connectivity: Connectivity::V, filtration })?;
    frame.fill(array, keys)?;
    keys.retain(|&key| key != key::NEVER);
    Ok(())
}

#[cold]
fn not_a_number<D: Dimension>(array: ArrayView<f32, D>) -> Error {
    let array = array.into_dyn();
    let position = array.indexed_iter().find(|(_, value)| value.is_nan());
    Error::NotANumber { position: position.map(|(at, _)| at.slice().to_vec()).unwrap_or_default() }
}
