//! The oracle: cubical persistence as the textbook has it, and nothing done to make it fast.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::{HashMap, HashSet};

use ndarray::{ArrayD, ArrayViewD, Dimension};
use persistence::{Connectivity, Filtration, Options};

/// Dimension, birth pixel, death pixel of a bar of positive length.
pub(crate) type Pair = (u8, u32, Option<u32>);

/// All bars, by reducing the boundary matrix of the whole cubical complex over the field with two elements.
pub(crate) fn reduce_boundary_matrix(array: ArrayViewD<f32>, options: Options) -> Vec<Pair> {
    let complex = Complex::new(array.shape(), options.connectivity);
    let values: Vec<f32> = array.iter().copied().collect();
    let rank = entry_ranks(array, options.filtration);

    let pixel_of = |cell: &[usize]| {
        let pixels = complex.pixels(cell).into_iter();
        match options.connectivity {
            Connectivity::T => pixels.min_by_key(|&pixel| rank[pixel]).unwrap(),
            Connectivity::V => pixels.max_by_key(|&pixel| rank[pixel]).unwrap(),
        }
    };
    let mut cells: Vec<(usize, usize, Vec<usize>)> = complex
        .cells()
        .into_iter()
        .map(|cell| (rank[pixel_of(&cell)], Complex::dimension(&cell), cell))
        .collect();
    cells.sort();
    let position: HashMap<&Vec<usize>, usize> =
        cells.iter().enumerate().map(|(position, (_, _, cell))| (cell, position)).collect();

    let mut columns: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut death_of: HashMap<usize, usize> = HashMap::new();
    for (column, (_, _, cell)) in cells.iter().enumerate() {
        let mut boundary: Vec<usize> = complex.boundary(cell).iter().map(|face| position[face]).collect();
        boundary.sort_unstable();
        while let Some(&pivot) = boundary.last() {
            let Some(earlier) = death_of.get(&pivot) else { break };
            boundary = symmetric_difference(&boundary, &columns[earlier]);
        }
        if let Some(&pivot) = boundary.last() {
            death_of.insert(pivot, column);
            columns.insert(column, boundary);
        }
    }

    let deaths: HashSet<usize> = death_of.values().copied().collect();
    let mut pairs: Vec<Pair> = (0..cells.len())
        .filter(|position| !deaths.contains(position))
        .map(|position| {
            let pixel = |position: usize| pixel_of(&cells[position].2) as u32;
            (cells[position].1 as u8, pixel(position), death_of.get(&position).map(|&death| pixel(death)))
        })
        .filter(|&(_, birth, death)| {
            death.is_none_or(|death| values[birth as usize] != values[death as usize])
        })
        .collect();
    pairs.sort_unstable();
    pairs
}

/// When each pixel enters: by value; pixels of the first value by depth from the deepest on, to which outside is
/// of another value; pixels of the last value by depth; all others that are equal by index.
pub(crate) fn entry_ranks(array: ArrayViewD<f32>, filtration: Filtration) -> Vec<usize> {
    let values: Vec<f32> = array.iter().copied().collect();
    let positions: Vec<Vec<isize>> =
        array.indexed_iter().map(|(at, _)| at.slice().iter().map(|&c| c as isize).collect()).collect();
    let enters_before = |a: f32, b: f32| match filtration {
        Filtration::Superlevel => b.partial_cmp(&a).unwrap(),
        Filtration::Sublevel => a.partial_cmp(&b).unwrap(),
    };
    let first = values.iter().copied().min_by(|&a, &b| enters_before(a, b)).unwrap();
    let last = values.iter().copied().max_by(|&a, &b| enters_before(a, b)).unwrap();
    let city_block = |a: usize, b: usize| -> isize {
        positions[a].iter().zip(&positions[b]).map(|(a, b)| (a - b).abs()).sum()
    };
    let depth = |pixel: usize| {
        let others = (0..values.len()).filter(|&other| values[other] != values[pixel]);
        others.map(|other| city_block(pixel, other)).min().unwrap_or(0)
    };
    let to_outside = |pixel: usize| {
        let axes = positions[pixel].iter().zip(array.shape()).filter(|&(_, &length)| length > 1);
        axes.map(|(&at, &length)| (at + 1).min(length as isize - at)).min().unwrap_or(0)
    };
    let tie_break = |pixel: usize| match values[pixel] {
        _ if first == last => 0,
        value if value == first => -depth(pixel).min(to_outside(pixel)),
        value if value == last => depth(pixel),
        _ => 0,
    };
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| enters_before(values[a], values[b]).then_with(|| tie_break(a).cmp(&tie_break(b))));
    let mut rank = vec![0; values.len()];
    for (position, &pixel) in order.iter().enumerate() {
        rank[pixel] = position;
    }
    rank
}

/// What the engine says, in the oracle's form. Also checks that every index holds exactly its value.
pub(crate) fn pairs_of(array: &ArrayD<f32>, options: Options) -> Vec<Pair> {
    let barcode = persistence::barcode(array.view(), options).unwrap();
    let values: Vec<f32> = array.iter().copied().collect();
    for bar in barcode.bars() {
        assert_eq!(bar.birth, values[bar.birth_index as usize]);
        if let Some(death) = bar.death_index {
            assert_eq!(bar.death, values[death as usize]);
        }
    }
    let mut pairs: Vec<Pair> =
        barcode.bars().iter().map(|bar| (bar.dimension, bar.birth_index, bar.death_index)).collect();
    pairs.sort_unstable();
    pairs
}

pub(crate) const ALL_OPTIONS: [Options; 4] = [
    Options { connectivity: Connectivity::T, filtration: Filtration::Superlevel },
    Options { connectivity: Connectivity::V, filtration: Filtration::Superlevel },
    Options { connectivity: Connectivity::T, filtration: Filtration::Sublevel },
    Options { connectivity: Connectivity::V, filtration: Filtration::Sublevel },
];

/// The cells of a grid, in coordinates of half a pixel: an odd coordinate is an open interval, an even one a point.
pub(crate) struct Complex {
    shape: Vec<usize>,
    connectivity: Connectivity,
}

impl Complex {
    pub(crate) fn new(shape: &[usize], connectivity: Connectivity) -> Self {
        Self { shape: shape.to_vec(), connectivity }
    }

    pub(crate) fn dimension(cell: &[usize]) -> usize {
        cell.iter().filter(|&&coordinate| coordinate % 2 == 1).count()
    }

    pub(crate) fn cells(&self) -> Vec<Vec<usize>> {
        let extent = |length: usize| match self.connectivity {
            Connectivity::T => 2 * length + 1,
            Connectivity::V => 2 * length - 1,
        };
        product(&self.shape.iter().map(|&length| (0..extent(length)).collect()).collect::<Vec<_>>())
    }

    /// The pixels that a cell belongs to (T: whose closed square it is part of; V: which are its corners).
    pub(crate) fn pixels(&self, cell: &[usize]) -> Vec<usize> {
        let along = |coordinate: usize, length: usize| match (self.connectivity, coordinate % 2) {
            (Connectivity::T, 1) => vec![coordinate / 2],
            (Connectivity::T, _) => (coordinate / 2)
                .checked_sub(1)
                .into_iter()
                .chain([coordinate / 2])
                .filter(|&pixel| pixel < length)
                .collect(),
            (Connectivity::V, 0) => vec![coordinate / 2],
            (Connectivity::V, _) => vec![coordinate / 2, coordinate / 2 + 1],
        };
        let choices: Vec<Vec<usize>> =
            cell.iter().zip(&self.shape).map(|(&coordinate, &length)| along(coordinate, length)).collect();
        product(&choices)
            .into_iter()
            .map(|pixel| pixel.iter().zip(&self.shape).fold(0, |flat, (&at, &length)| flat * length + at))
            .collect()
    }

    pub(crate) fn boundary(&self, cell: &[usize]) -> Vec<Vec<usize>> {
        let mut faces = Vec::new();
        for axis in (0..cell.len()).filter(|&axis| cell[axis] % 2 == 1) {
            for end in [cell[axis] - 1, cell[axis] + 1] {
                let mut face = cell.to_vec();
                face[axis] = end;
                faces.push(face);
            }
        }
        faces
    }
}

fn product(choices: &[Vec<usize>]) -> Vec<Vec<usize>> {
    choices.iter().fold(vec![Vec::new()], |prefixes, choice| {
        prefixes
            .iter()
            .flat_map(|prefix| choice.iter().map(move |&last| [prefix.as_slice(), &[last]].concat()))
            .collect()
    })
}

fn symmetric_difference(a: &[usize], b: &[usize]) -> Vec<usize> {
    let mut all = [a, b].concat();
    all.sort_unstable();
    all.chunk_by(|x, y| x == y).filter(|run| run.len() % 2 == 1).map(|run| run[0]).collect()
}
