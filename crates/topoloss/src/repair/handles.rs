//! Candidate edits where a volume has too many handles: slices through the handle, or through its opening.

use std::collections::{HashMap, HashSet};

use ndarray::ArrayD;
use persistence::Connectivity;

use super::{
    draft::Draft,
    edit::{Action, Candidate, Target},
    options::Strategy,
};
use crate::{
    Error,
    bits::Bits,
    features::cycles,
    labels::{Labels, OUTSIDE},
    mask::{Mask, Side},
};

/// How many of the smallest slices through a handle are looked at more closely.
const SLICES: usize = 64;
/// How many slices of each kind are looked at together with the pieces that they cut off.
const MOST_WITH_PIECES: usize = 32;
/// At how many places along a cycle it is bisected.
const PLACES: usize = 8;

/// How slices are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slicing {
    /// Perpendicular to an axis: quick, and enough for most handles.
    Planes,
    /// Half way between the two halves of a cycle, whatever shape the handle has.
    Bisectors,
    /// Either, with the pieces that they cut off or the cavities that they close. Each takes a look at the whole mask.
    WithPieces,
}

/// Slices through each handle of a volume, which cut it, and through each handle of the background, which are discs
/// that fill an opening.
pub(crate) fn slice_handles(
    draft: &mut Draft,
    strategy: Strategy,
    slicing: Slicing,
    candidates: &mut Vec<Candidate>,
) -> Result<(), Error> {
    let mut is_seen = vec![false; draft.mask.grid.pixels()];
    let mut halves = Halves::new(draft.mask.grid.pixels());
    let mut number = 0;
    for side in [Side::Foreground, Side::Background] {
        let (action, unwanted) = match side {
            Side::Foreground => (Action::Cut, Strategy::FillOrRemove),
            Side::Background => (Action::Fill, Strategy::BridgeOrCut),
        };
        if strategy == unwanted {
            continue;
        }
        let cycles = cycles_of(&draft.mask, side)?;
        let mut cycles_at: HashMap<usize, Vec<u32>> = HashMap::new();
        for (cycle, number) in cycles.iter().zip(number..) {
            cycle.iter().for_each(|&pixel| cycles_at.entry(pixel).or_default().push(number));
        }
        let few = MOST_WITH_PIECES.div_ceil(cycles.len().max(1));
        let mut found = HashSet::new();
        for cycle in cycles {
            let slices = match slicing {
                Slicing::Planes => planes(&draft.mask, side, &cycle, &mut is_seen),
                Slicing::Bisectors => halves.bisectors(&draft.mask, side, &cycle),
                Slicing::WithPieces => {
                    let planes = planes(&draft.mask, side, &cycle, &mut is_seen).into_iter().take(few);
                    let bisectors = halves.bisectors(&draft.mask, side, &cycle).into_iter().take(few);
                    planes.chain(bisectors).collect()
                }
            };
            for mut pixels in slices {
                // With a handle less, the Euler characteristic is greater. The slice may be that of another cycle too.
                if !found.insert(pixels.clone()) || draft.mask.euler_change(&pixels) <= 0 {
                    continue;
                }
                let mut cuts: Vec<u32> =
                    pixels.iter().filter_map(|pixel| cycles_at.get(pixel)).flatten().copied().collect();
                cuts.sort_unstable();
                cuts.dedup();
                draft.mask.thin(&mut pixels);
                if slicing == Slicing::WithPieces {
                    let pieces = pieces(&mut draft.mask, side, &pixels);
                    pixels.extend(pieces);
                }
                let target = Target::Handle { cycle: number, cuts };
                candidates.push(Candidate { action, dimension: 1, side: side.other(), pixels, target });
            }
            number += 1;
        }
    }
    Ok(())
}

/// What a slice through `side` cuts off: of the regions that touch it afterwards all but the largest, or but the outside.
fn pieces(mask: &mut Mask, side: Side, slice: &[usize]) -> Vec<usize> {
    slice.iter().for_each(|&pixel| mask.flip(pixel));
    let bits = Bits::from(&*mask);
    let grid = &mask.grid;
    let mut labels = Labels::new(&bits, side, mask.connectivity(side));
    labels.number();
    let mut sizes = Vec::new();
    labels.sizes_into(&bits, side, &mut sizes);
    let mut touching: Vec<u32> = slice
        .iter()
        .flat_map(|&pixel| mask.neighbours(pixel, side))
        .filter(|&pixel| mask.is(pixel, side))
        .filter_map(|pixel| match mask.is_outside(pixel) {
            true => Some(OUTSIDE),
            false => {
                let [slice, row, column] = grid.position(pixel);
                labels.at(&bits, side, slice * grid.lengths()[1] + row, column as u32)
            }
        })
        .collect();
    touching.sort_unstable();
    touching.dedup();
    touching.sort_by_key(|&region| match (side, region) {
        (Side::Background, OUTSIDE) => u32::MAX,
        _ => sizes[region as usize],
    });
    touching.pop();
    let mut pieces = vec![Vec::new(); touching.len()];
    if !touching.is_empty() {
        for (row, region, (start, end)) in labels.runs_of(&bits, side) {
            if let Some(piece) = touching.iter().position(|&other| other == region) {
                let first = grid.pixel((row * grid.lengths()[2]) as u32);
                pieces[piece].extend(first + start as usize..first + end as usize);
            }
        }
    }
    slice.iter().for_each(|&pixel| mask.flip(pixel));
    pieces.concat()
}

/// A cycle through each handle of one side. The outside belongs to the background.
fn cycles_of(mask: &Mask, side: Side) -> Result<Vec<Vec<usize>>, Error> {
    let grid = &mask.grid;
    let shape: Vec<usize> = grid.shape().iter().map(|length| length + 2).collect();
    let pixels: Vec<usize> = grid.walkable().collect();
    let mut walkable = pixels.iter();
    // There are as many pixels in the shape as can be walked through.
    let volume = ArrayD::from_shape_simple_fn(shape, || {
        walkable.next().map_or(0.0, |&pixel| f32::from(mask.is(pixel, side)))
    });
    let cycles = cycles(&volume, mask.connectivity(side))?;
    Ok(cycles
        .into_iter()
        .map(|cycle| cycle.into_iter().map(|index| pixels[index as usize]).collect())
        .collect())
}

/// The smallest connected slices, perpendicular to an axis, through the voxels of a cycle. `is_seen` is all false, by
/// pixel, and is so again afterwards.
fn planes(mask: &Mask, side: Side, cycle: &[usize], is_seen: &mut [bool]) -> Vec<Vec<usize>> {
    let mut slices: Vec<Vec<usize>> = Vec::new();
    for axis in 0..3 {
        let steps = steps_in_plane(mask, mask.connectivity(side), axis);
        let mut is_new = |pixel: usize| {
            mask.is(pixel, side) && !mask.is_outside(pixel) && !std::mem::replace(&mut is_seen[pixel], true)
        };
        let first = slices.len();
        for &start in cycle {
            if !is_new(start) {
                continue;
            }
            let mut slice = vec![start];
            let mut next = 0;
            while let Some(&pixel) = slice.get(next) {
                next += 1;
                let neighbours = steps.iter().map(|&step| pixel.wrapping_add_signed(step));
                slice.extend(neighbours.filter(|&neighbour| is_new(neighbour)));
            }
            slices.push(slice);
        }
        for slice in &mut slices[first..] {
            slice.iter().for_each(|&pixel| is_seen[pixel] = false);
            slice.sort_unstable();
        }
    }
    slices.sort_by_key(Vec::len);
    slices.truncate(SLICES);
    slices
}

/// From a voxel to its neighbours in the plane perpendicular to an axis.
pub(crate) fn steps_in_plane(mask: &Mask, connectivity: Connectivity, axis: usize) -> Vec<isize> {
    let strides = mask.grid.strides().map(|stride| stride as isize);
    let [one, other] = [strides[(axis + 1) % 3], strides[(axis + 2) % 3]];
    match connectivity {
        Connectivity::T => {
            vec![one, -one, other, -other, one + other, one - other, other - one, -one - other]
        }
        Connectivity::V => vec![one, -one, other, -other],
    }
}

/// Which pixels are nearer to the one half of a cycle and which to the other. The memory is that of the whole mask, and
/// is kept from one cycle to the next.
struct Halves {
    /// By pixel: 0, 1 or `NEITHER`.
    half: Vec<u8>,
    /// The pixels that are not `NEITHER`.
    nearer: Vec<usize>,
}

const NEITHER: u8 = 2;

impl Halves {
    fn new(pixels: usize) -> Self {
        Self { half: vec![NEITHER; pixels], nearer: Vec::new() }
    }

    /// Slices half way between the two halves of a cycle. Everything is divided into what is nearer to the one and what
    /// is nearer to the other half. They meet at both ends of the halves; the part of their border at one end is a
    /// slice.
    fn bisectors(&mut self, mask: &Mask, side: Side, cycle: &[usize]) -> Vec<Vec<usize>> {
        let places = PLACES.min(cycle.len());
        let places = (0..places).map(|place| place * cycle.len() / places);
        let mut slices: Vec<Vec<usize>> = places.map(|at| self.bisector(mask, side, cycle, at)).collect();
        slices.sort_by_key(Vec::len);
        slices
    }

    fn bisector(&mut self, mask: &Mask, side: Side, cycle: &[usize], place: usize) -> Vec<usize> {
        self.divide(mask, side, cycle, place);
        let half = &self.half;
        let touches_other = |pixel: usize| {
            !mask.is_outside(pixel)
                && half[pixel] == 0
                && mask.neighbours(pixel, side).any(|neighbour| half[neighbour] == 1)
        };
        let block = mask.grid.block();
        let mut slice = vec![cycle[place]];
        let mut seen = HashSet::from([cycle[place]]);
        let mut next = 0;
        while let Some(&pixel) = slice.get(next) {
            next += 1;
            for neighbour in block.iter().map(|&step| pixel.wrapping_add_signed(step)) {
                if half[neighbour] == 0 && touches_other(neighbour) && seen.insert(neighbour) {
                    slice.push(neighbour);
                }
            }
        }
        slice.retain(|&pixel| !mask.is_outside(pixel));
        slice
    }

    /// Divides what is connected with a cycle between its two halves, of which the first starts at `place`.
    fn divide(&mut self, mask: &Mask, side: Side, cycle: &[usize], place: usize) {
        let Self { half, nearer } = self;
        nearer.drain(..).for_each(|pixel| half[pixel] = NEITHER);
        for step in 0..cycle.len() {
            let pixel = cycle[(place + step) % cycle.len()];
            half[pixel] = u8::from(2 * step >= cycle.len());
            nearer.push(pixel);
        }
        let mut next = 0;
        while let Some(&pixel) = nearer.get(next) {
            next += 1;
            for neighbour in mask.neighbours(pixel, side) {
                if half[neighbour] == NEITHER && mask.is(neighbour, side) {
                    half[neighbour] = half[pixel];
                    nearer.push(neighbour);
                }
            }
        }
    }
}
