//! A cycle of voxels through a handle of a volume.

use crate::{Connectivity, Error, Options, frame, neighbourhood::BLOCK, pixels::Pixels};

/// Searches cycles in the order in which the voxels of one volume enter. Its buffers are as large as the volume and are
/// kept from one search to the next, which only touches them where it leads.
#[derive(Clone, Debug, Default)]
pub(crate) struct CycleSearch {
    connectivity: Connectivity,
    /// By voxel; equal keys enter by index.
    keys: Vec<i32>,
    /// The group of older neighbours of the voxel in question from which each voxel was reached, or `NONE`; by how
    /// many steps; and the next voxel on the way back, or `NONE`.
    group: Vec<u32>,
    length: Vec<u32>,
    towards: Vec<u32>,
    /// All voxels that were reached, the nearest first.
    reached: Vec<u32>,
    around: Around,
}

/// The older voxels around one, as offsets and indices.
#[derive(Clone, Debug, Default)]
struct Around {
    /// Those that are in no group yet, and those of a group whose neighbours have not been looked at.
    block: Vec<([isize; 3], u32)>,
    stack: Vec<([isize; 3], u32)>,
    /// The neighbours, each with the number of its group in the lower half: whole numbers are sorted by code that is
    /// there already.
    grouped: Vec<u64>,
}

const NONE: u32 = u32::MAX;

impl CycleSearch {
    pub(crate) fn new(pixels: &Pixels, options: Options) -> Result<Self, Error> {
        let mut search = Self::default();
        search.prepare(pixels, options)?;
        Ok(search)
    }

    /// Turns to another volume.
    pub(crate) fn prepare(&mut self, pixels: &Pixels, options: Options) -> Result<(), Error> {
        frame::write_keys(pixels.array(), options.filtration, &mut self.keys)?;
        self.connectivity = options.connectivity;
        for buffer in [&mut self.group, &mut self.length, &mut self.towards] {
            buffer.clear();
            buffer.resize(self.keys.len(), NONE);
        }
        self.reached.clear();
        Ok(())
    }

    /// How many voxels the cycle has that [`CycleSearch::shortest_through`] gives.
    pub(crate) fn shortest_length(&mut self, pixels: &Pixels, voxel: u32) -> Option<u32> {
        let meeting = self.meeting(pixels, voxel, usize::MAX);
        self.forget();
        // The voxel is one of the cycle.
        meeting.map(|(length, _)| length + 1)
    }

    /// A shortest cycle that leaves `voxel` to one group of its older neighbours and comes back from another one,
    /// through older voxels only. `None` if there is none of at most `longest` voxels; if there is none at all, `voxel`
    /// creates no handle.
    ///
    /// The groups are the parts in which the older voxels meet `voxel`, so that a cycle between two of them cannot
    /// be filled before `voxel` enters, nor when it does.
    pub(crate) fn shortest_through(
        &mut self,
        pixels: &Pixels,
        voxel: u32,
        longest: usize,
    ) -> Option<Vec<u32>> {
        let meeting = self.meeting(pixels, voxel, longest);
        let way_back = |from: u32| {
            std::iter::successors(Some(from), |&pixel| {
                Some(self.towards[pixel as usize]).filter(|&before| before != NONE)
            })
        };
        let cycle = meeting.map(|(_, [one, other])| {
            let mut cycle: Vec<u32> = way_back(one).chain([voxel]).collect();
            cycle.reverse();
            cycle.extend(way_back(other));
            cycle
        });
        self.forget();
        cycle
    }

    /// Makes the buffers ready for the next search.
    fn forget(&mut self) {
        for pixel in self.reached.drain(..) {
            self.group[pixel as usize] = NONE;
            self.towards[pixel as usize] = NONE;
        }
    }

    /// The length of the shortest ways from two groups that meet, and the neighbours at which they do, if the ways and
    /// the voxel are no more than `longest`. All groups grow at the same speed.
    fn meeting(&mut self, pixels: &Pixels, voxel: u32, longest: usize) -> Option<(u32, [u32; 2])> {
        // The voxel is one of the cycle.
        let longest = u32::try_from(longest.saturating_sub(1)).unwrap_or(u32::MAX);
        self.find_groups_around(pixels, voxel);
        for &both in &self.around.grouped {
            let (neighbour, group) = ((both >> 32) as u32, both as u32);
            self.group[neighbour as usize] = group;
            self.length[neighbour as usize] = 1;
            self.reached.push(neighbour);
        }
        let mut best: Option<(u32, [u32; 2])> = None;
        let mut next = 0;
        while let Some(&pixel) = self.reached.get(next) {
            next += 1;
            let (group, length) = (self.group[pixel as usize], self.length[pixel as usize]);
            // Ways that meet from here on have a length of at least 2 * length - 1.
            let shortest = best.map_or(longest, |(shortest, _)| shortest);
            if 2 * u64::from(length) > u64::from(shortest) + 1 {
                break;
            }
            for neighbour in pixels.neighbours(pixel, self.connectivity) {
                let of_neighbour = self.group[neighbour as usize];
                if of_neighbour == NONE && self.is_older(neighbour, voxel) {
                    self.group[neighbour as usize] = group;
                    self.length[neighbour as usize] = length + 1;
                    self.towards[neighbour as usize] = pixel;
                    self.reached.push(neighbour);
                } else if of_neighbour != NONE && of_neighbour != group {
                    let total = length + self.length[neighbour as usize];
                    if best.is_none_or(|(shortest, _)| total < shortest) {
                        best = Some((total, [pixel, neighbour]));
                    }
                }
            }
        }
        best.filter(|&(shortest, _)| shortest <= longest)
    }

    fn is_older(&self, pixel: u32, voxel: u32) -> bool {
        (self.keys[pixel as usize], pixel) < (self.keys[voxel as usize], voxel)
    }

    /// Finds the older neighbours of a voxel, each with the number of its group. Under `T` a group is connected by
    /// corners, edges and faces around the voxel; under `V` by faces, and not by way of the corners of the 3x3x3
    /// block, for a square of pixels lies between two of its faces and an edge.
    fn find_groups_around(&mut self, pixels: &Pixels, voxel: u32) {
        let mut around = std::mem::take(&mut self.around);
        let Around { block, stack, grouped } = &mut around;
        let connectivity = self.connectivity;
        // Along how many axes it is to the farthest of the block that may connect: to an edge, or to a corner.
        let farthest = if connectivity == Connectivity::V { 2 } else { 3 };
        let axes = |offset: [isize; 3]| offset.iter().filter(|&&step| step != 0).count();
        block.clear();
        block.extend(
            BLOCK
                .into_iter()
                .filter(|&offset| (1..=farthest).contains(&axes(offset)))
                .filter_map(|offset| Some((offset, pixels.shifted(voxel, offset)?)))
                .filter(|&(_, pixel)| self.is_older(pixel, voxel)),
        );
        grouped.clear();
        let mut groups = 0_u32;
        while let Some(first) = block.pop() {
            stack.push(first);
            while let Some((offset, pixel)) = stack.pop() {
                if connectivity.connects(offset) {
                    grouped.push(u64::from(pixel) << 32 | u64::from(groups));
                }
                let is_near = |&mut (other, _): &mut ([isize; 3], u32)| {
                    connectivity.connects([0, 1, 2].map(|axis| offset[axis] - other[axis]))
                };
                stack.extend(block.extract_if(.., is_near));
            }
            groups += 1;
        }
        grouped.sort_unstable();
        self.around = around;
    }
}
