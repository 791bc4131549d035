//! A cycle of voxels through a handle of a volume.

use crate::{
    Connectivity, Error, Options, frame,
    pixels::{Pixels, most_steps, offsets, reach},
};

/// Searches cycles in the order in which the voxels of one volume enter. Its buffers are as large as the volume and are
/// kept from one search to the next, which only touches them where it leads.
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
}

const NONE: u32 = u32::MAX;

impl CycleSearch {
    pub(crate) fn new(pixels: &Pixels, options: Options) -> Result<Self, Error> {
        let keys = frame::keys(pixels.array(), options.filtration)?;
        Ok(Self {
            connectivity: options.connectivity,
            group: vec![NONE; keys.len()],
            length: vec![0; keys.len()],
            towards: vec![NONE; keys.len()],
            reached: Vec::new(),
            keys,
        })
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
        let ends = self.meeting(pixels, voxel, longest);
        let way_back = |from: u32| {
            std::iter::successors(Some(from), |&pixel| {
                Some(self.towards[pixel as usize]).filter(|&before| before != NONE)
            })
        };
        let cycle = ends.map(|[one, other]| {
            let mut cycle: Vec<u32> = way_back(one).chain([voxel]).collect();
            cycle.reverse();
            cycle.extend(way_back(other));
            cycle
        });
        for pixel in self.reached.drain(..) {
            self.group[pixel as usize] = NONE;
            self.towards[pixel as usize] = NONE;
        }
        cycle
    }

    /// The neighbours at which the shortest ways from two groups meet, if the ways and the voxel are no more than
    /// `longest`. All groups grow at the same speed.
    fn meeting(&mut self, pixels: &Pixels, voxel: u32, longest: usize) -> Option<[u32; 2]> {
        // The voxel is one of the cycle.
        let longest = u32::try_from(longest.saturating_sub(1)).unwrap_or(u32::MAX);
        for (neighbour, group) in self.groups_around(pixels, voxel) {
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
        best.filter(|&(shortest, _)| shortest <= longest).map(|(_, ends)| ends)
    }

    fn is_older(&self, pixel: u32, voxel: u32) -> bool {
        (self.keys[pixel as usize], pixel) < (self.keys[voxel as usize], voxel)
    }

    /// The older neighbours of a voxel, each with the number of its group. Under `T` a group is connected by
    /// corners, edges and faces around the voxel; under `V` by faces, and not by way of the corners of the 3x3x3
    /// block, for a square of pixels lies between two of its faces and an edge.
    fn groups_around(&self, pixels: &Pixels, voxel: u32) -> Vec<(u32, u32)> {
        let steps = most_steps(self.connectivity);
        let farthest = if steps == 1 { 2 } else { 3 };
        let mut block: Vec<([isize; 3], u32)> = offsets()
            .filter(|&offset| reach(offset) <= farthest)
            .filter_map(|offset| Some((offset, pixels.shifted(voxel, offset)?)))
            .filter(|&(_, pixel)| self.is_older(pixel, voxel))
            .collect();
        let mut grouped = Vec::new();
        let mut groups = 0;
        while let Some(first) = block.pop() {
            let mut stack = vec![first];
            while let Some((offset, pixel)) = stack.pop() {
                if reach(offset) <= steps {
                    grouped.push((pixel, groups));
                }
                let is_near = |&mut (other, _): &mut ([isize; 3], u32)| {
                    are_neighbours(offset, other, self.connectivity)
                };
                stack.extend(block.extract_if(.., is_near));
            }
            groups += 1;
        }
        grouped.sort_unstable();
        grouped
    }
}

fn are_neighbours(a: [isize; 3], b: [isize; 3], connectivity: Connectivity) -> bool {
    let difference = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    difference.iter().all(|step| step.abs() <= 1) && reach(difference) <= most_steps(connectivity)
}
