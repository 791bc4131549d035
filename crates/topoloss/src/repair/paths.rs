//! The shortest paths between the regions of one side of a mask: bridges and cuts.

use std::collections::BTreeMap;

use super::draft::Draft;
use crate::{mask::Side, regions::Regions};

/// How many paths between two regions are looked at: the shortest one may close a loop or touch a third.
const PER_PAIR: usize = 12;

/// A path of pixels of the other side that connects two regions.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) regions: [u32; 2],
    pub(crate) pixels: Vec<usize>,
}

/// How each pixel between the regions is reached from the nearest one.
struct Reach {
    /// The nearest region.
    region: Vec<u32>,
    /// How many pixels lead to it, this one included; 0 if none does.
    length: Vec<u32>,
    /// How far these pixels' values are from the threshold, summed.
    distance: Vec<f64>,
    /// The next pixel towards the region; itself if it touches the region.
    towards: Vec<u32>,
}

/// Where what was reached from two regions meets: the two pixels on both sides, or one that touches both.
#[derive(Clone, Copy, PartialEq)]
struct Meeting {
    length: u32,
    distance: f64,
    ends: [usize; 2],
}

/// For every two regions that have a common border half way between them, their shortest paths: the fewest
/// pixels, and of as many pixels those whose values are closest to the threshold.
pub(crate) fn paths(draft: &Draft, side: Side, regions: &Regions) -> Vec<Path> {
    let reach = reach(draft, side, regions);
    let mask = &draft.mask;
    let mut best: BTreeMap<[u32; 2], Vec<Meeting>> = BTreeMap::new();
    for pixel in mask.grid.inside().filter(|&pixel| reach.length[pixel] > 0) {
        for other in mask.neighbours(pixel, side) {
            let is_touched = mask.is(other, side);
            let region = if is_touched { regions.of[other] } else { reach.region[other] };
            // Two pixels that meet are looked at from the first.
            if region == Regions::NONE || region == reach.region[pixel] || (!is_touched && other < pixel) {
                continue;
            }
            let meeting = Meeting {
                length: reach.length[pixel] + reach.length[other],
                distance: reach.distance[pixel] + reach.distance[other],
                ends: [pixel, if is_touched { pixel } else { other }],
            };
            let pair = [region.min(reach.region[pixel]), region.max(reach.region[pixel])];
            let of_pair = best.entry(pair).or_default();
            let place = of_pair.partition_point(|found| {
                (found.length, found.distance) <= (meeting.length, meeting.distance)
            });
            // A pixel that touches a region in several places is one meeting.
            if place < PER_PAIR && !of_pair.contains(&meeting) {
                of_pair.truncate(PER_PAIR - 1);
                of_pair.insert(place, meeting);
            }
        }
    }
    best.into_iter()
        .flat_map(|(regions, meetings)| meetings.into_iter().map(move |meeting| (regions, meeting)))
        .map(|(regions, meeting)| Path { regions, pixels: reach.path(meeting) })
        .collect()
}

impl Reach {
    /// The pixels that lead from the one region to the other.
    fn path(&self, meeting: Meeting) -> Vec<usize> {
        let way_back = |end: usize| {
            std::iter::successors(Some(end), |&pixel| {
                Some(self.towards[pixel] as usize).filter(|&before| before != pixel)
            })
        };
        let [one, other] = meeting.ends;
        way_back(one).chain(way_back(other).filter(|_| one != other)).collect()
    }
}

/// Grows all regions at the same speed until the pixels between them are used up.
fn reach(draft: &Draft, side: Side, regions: &Regions) -> Reach {
    let mask = &draft.mask;
    let pixels = mask.grid.pixels();
    let mut reach = Reach {
        region: vec![Regions::NONE; pixels],
        length: vec![0; pixels],
        distance: vec![0.0; pixels],
        towards: vec![0; pixels],
    };
    let mut front = Vec::new();
    for pixel in mask.grid.inside().filter(|&pixel| mask.can_become(pixel, side)) {
        if let Some(touched) = mask.neighbours(pixel, side).find(|&neighbour| mask.is(neighbour, side)) {
            reach.region[pixel] = regions.of[touched];
            reach.length[pixel] = 1;
            reach.distance[pixel] = draft.distance_to_threshold(pixel);
            reach.towards[pixel] = pixel as u32;
            front.push(pixel);
        }
    }
    let mut length = 1;
    while !front.is_empty() {
        length += 1;
        let mut next = Vec::new();
        for &pixel in &front {
            for neighbour in mask.neighbours(pixel, side) {
                if !mask.can_become(neighbour, side) {
                    continue;
                }
                let distance = reach.distance[pixel] + draft.distance_to_threshold(neighbour);
                let is_new = reach.length[neighbour] == 0;
                if is_new || (reach.length[neighbour] == length && distance < reach.distance[neighbour]) {
                    reach.region[neighbour] = reach.region[pixel];
                    reach.length[neighbour] = length;
                    reach.distance[neighbour] = distance;
                    reach.towards[neighbour] = pixel as u32;
                }
                if is_new {
                    next.push(neighbour);
                }
            }
        }
        front = next;
    }
    reach
}
