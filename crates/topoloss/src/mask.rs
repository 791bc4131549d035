//! A binary mask, and which of its pixels can change sides without a change of topology.

use ndarray::{ArrayView, Dimension};
use persistence::{BLOCK, Connectivity, coordinates};

use crate::{Error, grid::Grid};

/// How an array becomes a mask, and which of its pixels are neighbours. The default is the paper's: 0.5 and `T`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, rename_all = "camelCase")
)]
pub struct MaskOptions {
    /// Pixels of at least this value are foreground. Finite.
    pub threshold: f32,
    /// Which pixels are neighbours.
    pub connectivity: Connectivity,
}

impl Default for MaskOptions {
    fn default() -> Self {
        Self { threshold: 0.5, connectivity: Connectivity::T }
    }
}

/// What is at a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Cell {
    /// Beyond the outside: nothing ever enters.
    Guard,
    /// Around the array. Always background.
    Outside,
    Background,
    Foreground,
}

/// One of the two that divide the pixels. What can be said of the one can be said of the other with the
/// connectivities exchanged: a hole is to the background what a component is to the foreground.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Side {
    /// Pixels of at least the threshold.
    Foreground,
    /// All others. Around the array everything is background.
    Background,
}

persistence::names!(Side, "side": Foreground "foreground", Background "background");

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Foreground => Self::Background,
            Self::Background => Self::Foreground,
        }
    }
}

/// A thresholded array.
#[derive(Clone, Debug)]
pub(crate) struct Mask {
    pub(crate) grid: Grid,
    connectivity: Connectivity,
    pub(crate) cells: Vec<Cell>,
    block: [isize; BLOCK.len()],
    /// From a pixel to its neighbours, for the foreground and the background.
    steps: [Vec<isize>; 2],
}

impl Mask {
    /// Pixels of at least the threshold are foreground.
    pub(crate) fn new<D: Dimension>(array: ArrayView<f32, D>, options: MaskOptions) -> Result<Self, Error> {
        let MaskOptions { threshold, connectivity } = options;
        if !threshold.is_finite() {
            return Err(Error::Threshold { threshold });
        }
        let grid = Grid::new(array.shape())?;
        if let Some(index) = array.iter().position(|value| value.is_nan()) {
            let position = coordinates(index, array.shape());
            return Err(persistence::Error::NotANumber { position }.into());
        }
        Ok(Self::of(grid, connectivity, array.iter().map(|&value| value >= threshold)))
    }

    /// The pixels of a grid that are foreground, in the order of their indices.
    pub(crate) fn of(grid: Grid, connectivity: Connectivity, belongs: impl Iterator<Item = bool>) -> Self {
        let mut cells = vec![Cell::Guard; grid.pixels()];
        grid.walkable().for_each(|pixel| cells[pixel] = Cell::Outside);
        for (pixel, belongs) in grid.inside().zip(belongs) {
            cells[pixel] = if belongs { Cell::Foreground } else { Cell::Background };
        }
        let block = grid.block();
        let steps =
            |connectivity| bits(grid.neighbour_bits(connectivity)).map(|number| block[number]).collect();
        let steps = [steps(connectivity), steps(connectivity.of_background())];
        Self { grid, connectivity, cells, block, steps }
    }

    pub(crate) fn connectivity(&self, side: Side) -> Connectivity {
        match side {
            Side::Foreground => self.connectivity,
            Side::Background => self.connectivity.of_background(),
        }
    }

    pub(crate) fn is(&self, pixel: usize, side: Side) -> bool {
        match side {
            Side::Foreground => self.cells[pixel] == Cell::Foreground,
            Side::Background => matches!(self.cells[pixel], Cell::Background | Cell::Outside),
        }
    }

    /// Whether a pixel is of the other side and can be changed to `side`.
    pub(crate) fn can_become(&self, pixel: usize, side: Side) -> bool {
        match side {
            Side::Foreground => self.cells[pixel] == Cell::Background,
            Side::Background => self.cells[pixel] == Cell::Foreground,
        }
    }

    /// Whether a pixel lies around the array, not in it.
    pub(crate) fn is_outside(&self, pixel: usize) -> bool {
        self.cells[pixel] == Cell::Outside
    }

    /// Changes a pixel of the array to the other side.
    pub(crate) fn flip(&mut self, pixel: usize) {
        self.cells[pixel] = match self.cells[pixel] {
            Cell::Background => Cell::Foreground,
            Cell::Foreground => Cell::Background,
            margin => margin,
        };
    }

    /// From a pixel to its neighbours.
    pub(crate) fn steps(&self, side: Side) -> &[isize] {
        &self.steps[side as usize]
    }

    /// From a pixel to all with which it has a corner, an edge or a face in common.
    pub(crate) fn steps_around(&self) -> &[isize] {
        match self.connectivity {
            Connectivity::T => self.steps(Side::Foreground),
            Connectivity::V => self.steps(Side::Background),
        }
    }

    pub(crate) fn neighbours(&self, pixel: usize, side: Side) -> impl Iterator<Item = usize> {
        self.steps(side).iter().map(move |&step| pixel.wrapping_add_signed(step))
    }

    /// The neighbours of a pixel that belong, divided into the parts in which they meet it.
    pub(crate) fn parts_around(
        &self,
        pixel: usize,
        connectivity: Connectivity,
        belongs: impl Fn(usize) -> bool,
    ) -> impl Iterator<Item = impl Iterator<Item = usize>> {
        let mut set = 0;
        for number in bits(self.grid.neighbour_bits(Connectivity::T)) {
            set |= u32::from(belongs(pixel.wrapping_add_signed(self.block[number]))) << number;
        }
        self.grid
            .parts(set, connectivity)
            .map(move |part| bits(part).map(move |number| pixel.wrapping_add_signed(self.block[number])))
    }

    /// Whether the pixel can change sides without a change of topology.
    pub(crate) fn is_simple(&self, pixel: usize) -> bool {
        [Side::Foreground, Side::Background].into_iter().all(|side| {
            self.parts_around(pixel, self.connectivity(side), |neighbour| self.is(neighbour, side)).count()
                == 1
        })
    }

    /// Leaves out of an edit the pixels that change nothing: flips all, and flips back those that are simple. The mask
    /// is as before afterwards.
    pub(crate) fn thin(&mut self, pixels: &mut Vec<usize>) {
        pixels.iter().for_each(|&pixel| self.flip(pixel));
        loop {
            let before = pixels.len();
            pixels.retain(|&pixel| {
                let is_simple = self.is_simple(pixel);
                if is_simple {
                    self.flip(pixel);
                }
                !is_simple
            });
            if pixels.len() == before {
                break;
            }
        }
        pixels.iter().for_each(|&pixel| self.flip(pixel));
    }
}

/// The positions of the bits that are set, ascending.
fn bits(mut set: u32) -> impl Iterator<Item = usize> + Clone {
    std::iter::from_fn(move || {
        let lowest = set.checked_ilog2().map(|_| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(lowest)
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use ndarray::{Array2, ArrayD};
    use proptest::prelude::*;

    use super::*;

    pub(crate) const CONNECTIVITIES: [Connectivity; 2] = [Connectivity::T, Connectivity::V];

    pub(crate) fn masks() -> impl Strategy<Value = ArrayD<f32>> {
        let shape = prop_oneof![
            (1usize..9, 1usize..9).prop_map(|(a, b)| vec![a, b]),
            (1usize..6, 1usize..6, 1usize..6).prop_map(|(a, b, c)| vec![a, b, c]),
        ];
        masks_of(shape)
    }

    /// Of every density, from nothing but background to nothing but foreground.
    pub(crate) fn masks_of(shape: impl Strategy<Value = Vec<usize>>) -> impl Strategy<Value = ArrayD<f32>> {
        (shape, 0u8..11).prop_flat_map(|(shape, density)| {
            prop::collection::vec(0u8..10, shape.iter().product::<usize>()).prop_map(move |values| {
                let values = values.iter().map(|&value| f32::from(value < density)).collect();
                ArrayD::from_shape_vec(shape.clone(), values).unwrap()
            })
        })
    }

    pub(crate) fn mask(array: &ArrayD<f32>, connectivity: Connectivity) -> Mask {
        Mask::new(array.view(), MaskOptions { connectivity, ..MaskOptions::default() }).unwrap()
    }

    proptest! {
        #[test]
        fn a_simple_pixel_changes_no_betti_number(array in masks()) {
            for connectivity in CONNECTIVITIES {
                let mut mask = mask(&array, connectivity);
                let before = mask.betti_numbers();
                let pixels: Vec<usize> = mask.grid.inside().collect();
                for pixel in pixels {
                    let is_simple = mask.is_simple(pixel);
                    mask.flip(pixel);
                    prop_assert_eq!(is_simple, mask.is_simple(pixel));
                    if is_simple {
                        prop_assert_eq!(mask.betti_numbers(), before.clone());
                    }
                    mask.flip(pixel);
                }
            }
        }

        #[test]
        fn indices_and_pixels_are_two_names_of_one_place(array in masks()) {
            let grid = mask(&array, Connectivity::T).grid;
            for (index, pixel) in grid.inside().enumerate() {
                prop_assert_eq!(grid.index(pixel) as usize, index);
                prop_assert_eq!(grid.pixel(index as u32), pixel);
            }
        }
    }

    #[test]
    fn in_an_image_a_pixel_is_simple_exactly_if_it_changes_nothing_around_it() {
        for code in 0..512u32 {
            let array = Array2::from_shape_fn((3, 3), |(y, x)| (code >> (3 * y + x) & 1) as f32);
            for connectivity in CONNECTIVITIES {
                let mut mask = mask(&array.clone().into_dyn(), connectivity);
                let before = mask.betti_numbers();
                let is_simple = mask.is_simple(mask.grid.pixel(4));
                mask.flip(mask.grid.pixel(4));
                // In so small an image nothing is connected but through the block of the pixel in its middle.
                assert_eq!(is_simple, before == mask.betti_numbers(), "{code:09b} {connectivity:?}");
            }
        }
    }
}
