//! The cheapest connections between the regions of one side of a mask: bridges and cuts.

use std::collections::BTreeMap;

use crate::{
    edit::Draft,
    mask::{Regions, Side},
};

/// How many connections between two regions are looked at: the cheapest one may close a loop or touch a third.
const PER_PAIR: usize = 4;

/// A path of pixels of the other side that connects two regions.
#[derive(Clone, Debug)]
pub(crate) struct Join {
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

/// For every two regions that have a common border half way between them, their cheapest connections: the fewest
/// pixels, and of as many pixels those whose values are closest to the threshold.
pub(crate) fn joins(draft: &Draft, side: Side, regions: &Regions) -> Vec<Join> {
    let reach = reach(draft, side, regions);
    let mask = &draft.mask;
    let mut best: BTreeMap<[u32; 2], Vec<(u32, f64, usize, usize)>> = BTreeMap::new();
    for pixel in mask.grid.inside().filter(|&pixel| reach.length[pixel] > 0) {
        for other in mask.neighbours(pixel, side) {
            let region = if mask.is(other, side) { regions.of[other] } else { reach.region[other] };
            if region == Regions::NONE || region == reach.region[pixel] {
                continue;
            }
            // Between two pixels of the path it is enough to look from the first.
            if reach.length[other] > 0 && other < pixel {
                continue;
            }
            let length = reach.length[pixel] + reach.length[other];
            let distance = reach.distance[pixel] + reach.distance[other];
            let pair = [region.min(reach.region[pixel]), region.max(reach.region[pixel])];
            let of_pair = best.entry(pair).or_default();
            // A path that touches a region in several places is one path.
            let other = if reach.length[other] > 0 { other } else { pixel };
            if of_pair.iter().any(|found| (found.2, found.3) == (pixel, other)) {
                continue;
            }
            let place = of_pair
                .partition_point(|found| found.0 < length || (found.0 == length && found.1 <= distance));
            if place < PER_PAIR {
                of_pair.truncate(PER_PAIR - 1);
                of_pair.insert(place, (length, distance, pixel, other));
            }
        }
    }
    let path = |(_, _, one, other): (u32, f64, usize, usize)| {
        let mut pixels = Vec::new();
        for mut pixel in [Some(one), Some(other).filter(|&other| other != one)].into_iter().flatten() {
            pixels.push(pixel);
            while reach.towards[pixel] as usize != pixel {
                pixel = reach.towards[pixel] as usize;
                pixels.push(pixel);
            }
        }
        pixels
    };
    best.into_iter()
        .flat_map(|(regions, of_pair)| of_pair.into_iter().map(move |found| (regions, found)))
        .map(|(regions, found)| Join { regions, pixels: path(found) })
        .collect()
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
