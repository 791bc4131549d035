//! Where a bar is: the pixels of the feature that it stands for.

use std::collections::VecDeque;

use ndarray::{ArrayView, ArrayView3, Axis, Dimension, Ix3};

use crate::{Bar, Connectivity, Error, Options, frame};

/// What a bar looks like in the image: pixels as flat indices in row-major (C) order of the array.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// The pixels of the feature that `bar` stands for in B(`level`).
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
    let other_array = || FeatureError::OtherArray {
        dimension: bar.dimension,
        birth: bar.birth,
        birth_index: bar.birth_index,
    };
    let dimensions = array.ndim();
    let grid = Grid::new(array)?;
    let holds = |pixel: u32, value: f32| grid.value(pixel) == Some(value);
    if !holds(bar.birth_index, bar.birth) || !bar.death_index.is_none_or(|death| holds(death, bar.death)) {
        return Err(other_array());
    }
    let is_foreground = |value: f32| options.filtration.contains(value, level);
    if !bar.is_alive_at(level, options.filtration) {
        return Err(FeatureError::NotAlive { birth: bar.birth, death: bar.death, level });
    }
    match (bar.dimension, dimensions, bar.death_index) {
        (0, _, _) => Ok(Feature::Component(grid.flood(bar.birth_index, options.connectivity, is_foreground))),
        (1, 2, Some(death)) | (2, 3, Some(death)) => {
            let background = options.connectivity.of_background();
            Ok(Feature::Enclosed(grid.flood(death, background, |value| !is_foreground(value))))
        }
        (1, 3, Some(_)) => {
            let keys = frame::keys(grid.array, options.filtration)?;
            grid.cycle_through(bar.birth_index, options.connectivity, &keys)
                .map(Feature::Cycle)
                .ok_or_else(other_array)
        }
        _ => Err(other_array()),
    }
}

/// The array as `[slices, rows, columns]`; an image has one slice.
struct Grid<'a> {
    array: ArrayView3<'a, f32>,
    shape: [usize; 3],
}

impl<'a> Grid<'a> {
    fn new<D: Dimension>(array: ArrayView<'a, f32, D>) -> Result<Self, Error> {
        let array = match array.into_dyn() {
            image if image.ndim() == 2 => image.insert_axis(Axis(0)),
            other => other,
        };
        let dimensions = array.ndim();
        let array = array.into_dimensionality::<Ix3>().map_err(|_| Error::Dimensions { dimensions })?;
        Ok(Self { shape: array.dim().into(), array })
    }

    fn pixels(&self) -> usize {
        self.shape.iter().product()
    }

    fn position(&self, pixel: u32) -> [usize; 3] {
        let [_, rows, columns] = self.shape;
        let pixel = pixel as usize;
        [pixel / (rows * columns), pixel / columns % rows, pixel % columns]
    }

    fn value(&self, pixel: u32) -> Option<f32> {
        if pixel as usize >= self.pixels() { None } else { self.array.get(self.position(pixel)).copied() }
    }

    /// The pixel that lies at `offset` from another one, if there is one.
    fn shifted(&self, pixel: u32, offset: [isize; 3]) -> Option<u32> {
        let position = self.position(pixel);
        let mut shifted = 0;
        for axis in 0..3 {
            let coordinate = position[axis].checked_add_signed(offset[axis])?;
            if coordinate >= self.shape[axis] {
                return None;
            }
            shifted = shifted * self.shape[axis] + coordinate;
        }
        Some(shifted as u32)
    }

    fn neighbours(&self, pixel: u32, connectivity: Connectivity) -> impl Iterator<Item = u32> {
        offsets()
            .filter(move |&offset| reach(offset) <= most_steps(connectivity))
            .filter_map(move |offset| self.shifted(pixel, offset))
    }

    /// The connected pixels around `start` whose values belong, in ascending order.
    fn flood(&self, start: u32, connectivity: Connectivity, belongs: impl Fn(f32) -> bool) -> Vec<u32> {
        let mut seen = vec![false; self.pixels()];
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

    /// A shortest cycle that leaves `voxel` to one group of its older neighbours and comes back from another one,
    /// through older voxels only. `None` if there is no such cycle, and then `voxel` creates no handle.
    ///
    /// The groups are the parts in which the older voxels meet `voxel`, so that a cycle between two of them cannot
    /// be filled before `voxel` enters, nor when it does.
    fn cycle_through(&self, voxel: u32, connectivity: Connectivity, keys: &[i32]) -> Option<Vec<u32>> {
        const NONE: u32 = u32::MAX;
        let entry = |pixel: u32| (keys[pixel as usize], pixel);
        let is_older = |pixel: u32| entry(pixel) < entry(voxel);
        let mut group = vec![NONE; self.pixels()];
        let mut length = vec![0u32; self.pixels()];
        let mut towards = vec![NONE; self.pixels()];
        let mut queue = VecDeque::new();
        for (neighbour, of_group) in self.groups_around(voxel, connectivity, is_older) {
            group[neighbour as usize] = of_group;
            length[neighbour as usize] = 1;
            queue.push_back(neighbour);
        }
        let mut best: Option<(u32, u32, u32)> = None;
        while let Some(pixel) = queue.pop_front() {
            if best.is_some_and(|(shortest, ..)| 2 * length[pixel as usize] > shortest + 1) {
                break;
            }
            for neighbour in self.neighbours(pixel, connectivity) {
                let of_group = group[neighbour as usize];
                if of_group == NONE && is_older(neighbour) {
                    group[neighbour as usize] = group[pixel as usize];
                    length[neighbour as usize] = length[pixel as usize] + 1;
                    towards[neighbour as usize] = pixel;
                    queue.push_back(neighbour);
                } else if of_group != NONE && of_group != group[pixel as usize] {
                    let total = length[pixel as usize] + length[neighbour as usize];
                    if best.is_none_or(|(shortest, ..)| total < shortest) {
                        best = Some((total, pixel, neighbour));
                    }
                }
            }
        }
        let (_, one, other) = best?;
        let way_back = |from: u32| {
            std::iter::successors(Some(from), |&pixel| {
                Some(towards[pixel as usize]).filter(|&before| before != NONE)
            })
        };
        let mut cycle: Vec<u32> = way_back(one).chain([voxel]).collect();
        cycle.reverse();
        cycle.extend(way_back(other));
        Some(cycle)
    }

    /// The older neighbours of a voxel, each with the number of its group. Under `T` a group is connected by
    /// corners, edges and faces around the voxel; under `V` by faces, and not by way of the corners of the 3x3x3
    /// block, for a square of pixels lies between two of its faces and an edge.
    fn groups_around(
        &self,
        voxel: u32,
        connectivity: Connectivity,
        is_older: impl Fn(u32) -> bool,
    ) -> Vec<(u32, u32)> {
        let steps = most_steps(connectivity);
        let farthest = if steps == 1 { 2 } else { 3 };
        let mut block: Vec<([isize; 3], u32)> = offsets()
            .filter(|&offset| reach(offset) <= farthest)
            .filter_map(|offset| Some((offset, self.shifted(voxel, offset)?)))
            .filter(|&(_, pixel)| is_older(pixel))
            .collect();
        let mut grouped = Vec::new();
        let mut groups = 0;
        while let Some(first) = block.pop() {
            let mut stack = vec![first];
            while let Some((offset, pixel)) = stack.pop() {
                if reach(offset) <= steps {
                    grouped.push((pixel, groups));
                }
                stack.extend(block.extract_if(.., |(other, _)| are_neighbours(offset, *other, connectivity)));
            }
            groups += 1;
        }
        grouped.sort_unstable();
        grouped
    }
}

/// From a voxel to the 26 others of its 3x3x3 block.
fn offsets() -> impl Iterator<Item = [isize; 3]> {
    (0..27isize).map(|code| [code / 9 - 1, code / 3 % 3 - 1, code % 3 - 1]).filter(|&offset| offset != [0; 3])
}

/// Along how many axes an offset leads away: 1 to a face, 2 to an edge, 3 to a corner of the block.
fn reach(offset: [isize; 3]) -> usize {
    offset.iter().filter(|&&step| step != 0).count()
}

fn most_steps(connectivity: Connectivity) -> usize {
    match connectivity {
        Connectivity::T => 3,
        Connectivity::V => 1,
    }
}

fn are_neighbours(a: [isize; 3], b: [isize; 3], connectivity: Connectivity) -> bool {
    let difference = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    difference.iter().all(|step| step.abs() <= 1) && reach(difference) <= most_steps(connectivity)
}
