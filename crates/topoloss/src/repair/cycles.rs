//! Cycles that are almost closed: loops through a pixel, and shells around a cavity.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::relief::Relief;
use crate::mask::{Mask, Side};

/// The cheapest pixels that close a loop of `side` through `pixel`, which creates a loop in the relief.
///
/// As in [`persistence::feature`], the loop leaves the pixel to one part of the neighbours that come before it and
/// returns from another one, through pixels that come before it. Those that are on the side already cost nothing.
pub(crate) fn loop_through(mask: &Mask, relief: &Relief, side: Side, pixel: usize) -> Option<Vec<usize>> {
    const NONE: usize = usize::MAX;
    let comes_before = |other: usize| {
        (mask.is(other, side) || mask.can_become(other, side)) && relief.is_before(mask, other, pixel, side)
    };
    // The distance from the level, as the bits of a positive float, decides between paths of one length.
    let price = |other: usize| {
        let is_free = mask.is(other, side);
        let distance = if is_free { 0.0 } else { (relief.value(other) - relief.level).abs() };
        (u32::from(!is_free), f64::from(distance))
    };
    let pixels = mask.grid.pixels();
    let mut part = vec![NONE; pixels];
    let mut settled = vec![false; pixels];
    let mut costs = vec![(u32::MAX, f64::INFINITY); pixels];
    let mut towards = vec![NONE; pixels];
    let mut queue = BinaryHeap::new();
    let parts = mask.parts_around(pixel, mask.connectivity(side), comes_before);
    for (number, neighbours) in parts.enumerate() {
        for neighbour in neighbours {
            part[neighbour] = number;
            costs[neighbour] = price(neighbour);
            queue.push(Reverse((costs[neighbour].0, costs[neighbour].1.to_bits(), neighbour)));
        }
    }
    let mut best: Option<((u32, f64), usize, usize)> = None;
    while let Some(Reverse((length, _, here))) = queue.pop() {
        if std::mem::replace(&mut settled[here], true) {
            continue;
        }
        if best.is_some_and(|((shortest, _), ..)| length > shortest) {
            break;
        }
        for neighbour in mask.neighbours(here, side) {
            if settled[neighbour] {
                if part[neighbour] != part[here] {
                    let total = sum(costs[here], costs[neighbour]);
                    if best.is_none_or(|(cost, ..)| total < cost) {
                        best = Some((total, here, neighbour));
                    }
                }
                continue;
            }
            if neighbour == pixel || !comes_before(neighbour) {
                continue;
            }
            let cost = sum(costs[here], price(neighbour));
            if cost < costs[neighbour] {
                (costs[neighbour], towards[neighbour], part[neighbour]) = (cost, here, part[here]);
                queue.push(Reverse((cost.0, cost.1.to_bits(), neighbour)));
            }
        }
    }
    let (_, one, other) = best?;
    let mut path = vec![pixel];
    for end in [one, other] {
        path.extend(std::iter::successors(Some(end), |&here| {
            Some(towards[here]).filter(|&before| before != NONE)
        }));
    }
    path.retain(|&pixel| mask.can_become(pixel, side));
    Some(path)
}

fn sum(one: (u32, f64), other: (u32, f64)) -> (u32, f64) {
    (one.0 + other.0, one.1 + other.1)
}

/// The pixels that close a shell of `side` when `pixel`, which creates a cavity in the relief, comes last: all that
/// come before it and are connected with it, without those that change nothing.
pub(crate) fn shell_through(mask: &mut Mask, relief: &Relief, side: Side, pixel: usize) -> Vec<usize> {
    let mut shell = vec![pixel];
    let mut seen = vec![false; mask.grid.pixels()];
    seen[pixel] = true;
    let mut next = 0;
    while let Some(&here) = shell.get(next) {
        next += 1;
        for neighbour in mask.neighbours(here, side) {
            if !seen[neighbour]
                && mask.can_become(neighbour, side)
                && relief.is_before(mask, neighbour, pixel, side)
            {
                seen[neighbour] = true;
                shell.push(neighbour);
            }
        }
    }
    // The last to come are the first to go.
    shell.sort_unstable_by(|&one, &other| {
        if relief.is_before(mask, one, other, side) {
            std::cmp::Ordering::Greater
        } else if one == other {
            std::cmp::Ordering::Equal
        } else {
            std::cmp::Ordering::Less
        }
    });
    mask.thin(&mut shell);
    shell
}
