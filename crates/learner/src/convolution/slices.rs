//! Convolutions of a batch on slices, forwards and backwards.
//!
//! A *tap* is one place of the kernel in one input channel. A convolution and its two derivatives are sums over taps:
//!
//! - output\[c\]\[p\] = bias\[c\] + sum over taps t of weight\[c\]\[t\] input\[p moved by t\]
//! - d/d weight\[c\]\[t\] = sum over pixels p of gradient\[c\]\[p\] input\[p moved by t\]
//! - d/d input\[q\] = sum over c and t of weight\[c\]\[t\] gradient\[c\]\[q moved back by t\]
//!
//! Maps are first laid out so that a move by t is one offset in memory for all pixels at once: as planes with a margin
//! of zeros, whose rows are longer than the output's by one margin, so that the end of a row is the margin of the next. A
//! stride s makes s * s planes of a channel, one for every phase (row mod s, column mod s). What is computed for the
//! last columns of such rows means nothing and is dropped. The loops inside then have no borders, run over whole
//! vectors, and copy nothing (im2col copies a map nine times).
//!
//! What is added to what, and in which order, does not depend on the number of cores; it does on the processor, whose
//! vectors are wider or narrower and whose products are rounded before they are added or not.

use std::borrow::Cow;

use super::{
    Activation,
    sums::{self, BEYOND, LANES, ROWS, TAPS},
};

/// A convolution of maps of one size by a square kernel of odd size. The output has the size of the input divided by
/// `stride`, rounded up: the margin is half the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Convolution {
    /// How many input and output channels there are.
    pub(super) channels: [usize; 2],
    /// How many rows and columns the kernel has.
    pub(super) size: usize,
    pub(super) stride: usize,
    /// How many rows and columns the input has.
    pub(super) input: [usize; 2],
    /// What becomes of an output.
    pub(super) activation: Activation,
}

/// One place of the kernel: which phase of the input it reads, and where the planes of the input and of the gradient
/// begin if it is moved there and back.
#[derive(Clone, Copy)]
struct Place {
    phase: usize,
    there: usize,
    back: usize,
}

impl Convolution {
    /// How many rows and columns the output has.
    pub(super) fn output(&self) -> [usize; 2] {
        self.input.map(|length| length.div_ceil(self.stride))
    }

    /// The outputs of a batch. All are row-major: the inputs `[batch, channels[0], rows, columns]`, the weights
    /// `[channels[1], channels[0], size, size]`, the bias `[channels[1]]`.
    pub(super) fn forward(&self, inputs: &[f32], weights: &[f32], bias: &[f32]) -> Vec<f32> {
        let planes = self.spread(inputs);
        let offsets = self.taps();
        let weights =
            packed(self.channels[1], offsets.len(), |channel, tap| weights[channel * offsets.len() + tap]);
        let [rows, columns] = self.output();
        let mut outputs = vec![0.0; inputs.len() / self.input_len() * self.channels[1] * rows * columns];
        for_each_group(&mut outputs, self.channels[1], rows * columns, |item, group, outputs, sums| {
            self.sums(&weights[group], &offsets, &planes[item], sums);
            for ((map, sums), channel) in
                outputs.chunks_exact_mut(rows * columns).zip(sums).zip(group * ROWS..)
            {
                let (bias, least) = (bias[channel], self.activation.least());
                for (row, sums) in map.chunks_exact_mut(columns).zip(sums.chunks(self.pitch())) {
                    row.iter_mut().zip(sums).for_each(|(value, sum)| *value = at_least(least, sum + bias));
                }
            }
        });
        outputs
    }

    /// The derivatives by the outputs before the activation, from those after it, where `outputs` came of it.
    pub(super) fn before_activation<'a>(&self, gradients: &'a [f32], outputs: &[f32]) -> Cow<'a, [f32]> {
        match self.activation {
            Activation::Identity => Cow::Borrowed(gradients),
            Activation::Relu => {
                let through = |(&gradient, &output): (&f32, &f32)| if output <= 0.0 { 0.0 } else { gradient };
                Cow::Owned(gradients.iter().zip(outputs).map(through).collect())
            }
        }
    }

    /// The derivatives by the bias, from those by the outputs `[batch, channels[1], rows, columns]`.
    pub(super) fn by_bias(&self, gradients: &[f32]) -> Vec<f32> {
        let [rows, columns] = self.output();
        let mut result = vec![0.0; self.channels[1]];
        for (number, gradients) in gradients.chunks_exact(rows * columns).enumerate() {
            result[number % self.channels[1]] += sum(gradients);
        }
        result
    }

    /// The derivatives by the inputs, from those by the outputs `[batch, channels[1], rows, columns]`.
    pub(super) fn by_input(&self, gradients: &[f32], weights: &[f32]) -> Vec<f32> {
        let planes = self.of_gradient().spread(gradients);
        let places = self.places();
        let phases: Vec<_> = (0..self.phases())
            .map(|phase| {
                let of_phase = || places.iter().enumerate().filter(|(_, place)| place.phase == phase);
                let terms = (0..self.channels[1])
                    .flat_map(|channel| of_phase().map(move |(number, place)| (channel, number, place.back)))
                    .collect::<Vec<_>>();
                let offsets =
                    terms.iter().map(|(channel, _, back)| channel * self.plane() + back).collect::<Vec<_>>();
                let weights = packed(self.channels[0], terms.len(), |to, term| {
                    let (channel, number, _) = terms[term];
                    weights[(channel * self.channels[0] + to) * places.len() + number]
                });
                (weights, offsets)
            })
            .collect();
        let [rows, columns] = self.input;
        let mut result = vec![0.0; planes.len() * self.channels[0] * rows * columns];
        for_each_group(&mut result, self.channels[0], rows * columns, |item, group, result, sums| {
            for (phase, (weights, offsets)) in phases.iter().enumerate() {
                let (first_row, first_column) = (phase / self.stride, phase % self.stride);
                self.sums(&weights[group], offsets, &planes[item], sums);
                for (map, sums) in result.chunks_exact_mut(rows * columns).zip(&*sums) {
                    let map = map.chunks_exact_mut(columns).skip(first_row).step_by(self.stride);
                    for (row, sums) in map.zip(sums.chunks(self.pitch())) {
                        let places = row.iter_mut().skip(first_column).step_by(self.stride);
                        places.zip(sums).for_each(|(value, sum)| *value = *sum);
                    }
                }
            }
        });
        result
    }

    /// The derivatives by the weights, from inputs and gradients of a batch.
    pub(super) fn by_weights(&self, inputs: &[f32], gradients: &[f32]) -> Vec<f32> {
        let planes = self.spread(inputs);
        let offsets = self.taps();
        let [rows, columns] = self.output();
        let length = (rows * self.pitch()).next_multiple_of(LANES);
        // Rows as long as those of the planes, and zeros where these have what means nothing.
        let gradients: Vec<Vec<f32>> = gradients
            .chunks_exact(rows * columns)
            .map(|gradient| {
                let mut padded = vec![0.0; length];
                for (to, row) in padded.chunks_mut(self.pitch()).zip(gradient.chunks_exact(columns)) {
                    to[..columns].copy_from_slice(row);
                }
                padded
            })
            .collect();
        let mut result = vec![0.0; self.channels[1] * offsets.len()];
        for_each_group(&mut result, self.channels[1], offsets.len(), |_, group, result, _| {
            let channels = result.len() / offsets.len();
            for (planes, gradients) in planes.iter().zip(gradients.chunks_exact(self.channels[1])) {
                // The last group and the last taps may be short: their first stands in for those that are missing.
                let gradients: [&[f32]; ROWS] = std::array::from_fn(|row| {
                    gradients[group * ROWS + if row < channels { row } else { 0 }].as_slice()
                });
                for (number, some) in offsets.chunks(TAPS).enumerate() {
                    let maps = std::array::from_fn(|tap| {
                        &planes[some.get(tap).copied().unwrap_or(some[0])..][..length]
                    });
                    let sums = sums::correlate(gradients, maps);
                    for (result, sums) in result.chunks_exact_mut(offsets.len()).zip(&sums) {
                        let result = &mut result[number * TAPS..][..some.len()];
                        result.iter_mut().zip(sums).for_each(|(result, sum)| *result += sum);
                    }
                }
            }
        });
        result
    }

    /// By how much a tap moves at most.
    fn margin(&self) -> usize {
        self.size / 2
    }

    /// How many values there are from one row to the next.
    fn pitch(&self) -> usize {
        self.output()[1] + self.margin()
    }

    /// How many values a plane has, with its margins above and below.
    fn plane(&self) -> usize {
        (self.output()[0] + 2 * self.margin()) * self.pitch()
    }

    fn phases(&self) -> usize {
        self.stride * self.stride
    }

    fn places(&self) -> Vec<Place> {
        let margin = self.margin() as isize;
        let split = |place: usize| {
            let moved = place as isize - margin;
            (moved.rem_euclid(self.stride as isize) as usize, moved.div_euclid(self.stride as isize))
        };
        let at =
            |row: isize, column: isize| (row + margin) as usize * self.pitch() + (column + margin) as usize;
        (0..self.size * self.size)
            .map(|place| {
                let ((row_phase, row), (column_phase, column)) =
                    (split(place / self.size), split(place % self.size));
                let phase = row_phase * self.stride + column_phase;
                Place { phase, there: at(row, column), back: at(-row, -column) }
            })
            .collect()
    }

    /// Where the planes of the input begin for each tap, in the order of the weights of an output channel.
    fn taps(&self) -> Vec<usize> {
        let places = self.places();
        (0..self.channels[0])
            .flat_map(|channel| {
                places
                    .iter()
                    .map(move |place| (channel * self.phases() + place.phase) * self.plane() + place.there)
            })
            .collect()
    }

    fn input_len(&self) -> usize {
        self.channels[0] * self.input[0] * self.input[1]
    }

    /// The convolution that lays out gradients `[channels[1], rows, columns]` as planes of the same size.
    fn of_gradient(&self) -> Self {
        Self { channels: [self.channels[1]; 2], stride: 1, input: self.output(), ..*self }
    }

    /// Maps `[batch, channels[0], rows, columns]` as planes: of each `[channels[0], phases, plane]`, and zeros after the
    /// last for reads of whole vectors.
    fn spread(&self, maps: &[f32]) -> Vec<Vec<f32>> {
        map_each(maps.chunks_exact(self.input_len()).collect(), |_, map| self.spread_one(map))
    }

    fn spread_one(&self, map: &[f32]) -> Vec<f32> {
        let ([rows, columns], stride, margin) = (self.input, self.stride, self.margin());
        let mut planes = vec![0.0; self.channels[0] * self.phases() * self.plane() + 2 * margin + BEYOND];
        for (number, row) in map.chunks_exact(columns).enumerate() {
            let (channel, number) = (number / rows, number % rows);
            for column_phase in 0..stride.min(columns) {
                let phase = channel * self.phases() + number % stride * stride + column_phase;
                let to =
                    &mut planes[phase * self.plane() + (number / stride + margin) * self.pitch() + margin..];
                if stride == 1 {
                    to[..columns].copy_from_slice(row);
                } else {
                    let values = row[column_phase..].iter().step_by(stride);
                    to.iter_mut().zip(values).for_each(|(to, value)| *to = *value);
                }
            }
        }
        planes
    }

    /// The sums over terms of weight times `planes` from its offset on, of a group of channels, as rows of
    /// [`Self::pitch`] values.
    fn sums(&self, weights: &[[f32; ROWS]], offsets: &[usize], planes: &[f32], sums: &mut Sums) {
        let length = self.output()[0] * self.pitch();
        // All of them are written.
        sums.iter_mut().for_each(|sums| sums.resize(length + BEYOND, 0.0));
        sums::add_up(weights, offsets, planes, length, sums);
    }
}

/// The sums of a group of channels, whose memory is used again for the next.
type Sums = [Vec<f32>; ROWS];

impl Activation {
    /// The least value that comes of it.
    fn least(self) -> f32 {
        match self {
            Self::Identity => f32::NEG_INFINITY,
            Self::Relu => 0.0,
        }
    }
}

/// The greater of two values, but a NaN stays one: it tells that a training has diverged.
fn at_least(least: f32, value: f32) -> f32 {
    if value < least { least } else { value }
}

/// The sum of values, in as many parts as fit into the widest vectors.
fn sum(values: &[f32]) -> f32 {
    let (vectors, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for vector in vectors {
        sums.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
    }
    sums.iter().chain(rest).sum()
}

/// Weights of groups of [`ROWS`] channels, side by side for each term; those of channels that are not there are 0.
fn packed(channels: usize, terms: usize, weight: impl Fn(usize, usize) -> f32) -> Vec<Vec<[f32; ROWS]>> {
    let of = |channel, term| if channel < channels { weight(channel, term) } else { 0.0 };
    (0..channels)
        .step_by(ROWS)
        .map(|first| (0..terms).map(|term| std::array::from_fn(|row| of(first + row, term))).collect())
        .collect()
}

/// Does something with each group of [`ROWS`] channels of each item, on all cores.
fn for_each_group(
    values: &mut [f32],
    channels: usize,
    length: usize,
    work: impl Fn(usize, usize, &mut [f32], &mut Sums) + Sync,
) {
    let items = values.chunks_mut(channels * length).enumerate();
    let groups: Vec<_> = items
        .flat_map(|(item, values)| {
            let groups = values.chunks_mut(ROWS * length).enumerate();
            groups.map(move |(group, values)| (item, group, values))
        })
        .collect();
    map_each(groups, |sums, (item, group, values)| work(item, group, values, sums));
}

/// On all cores, unless they have work of the same kind already: of several images that are computed at once each has one.
#[cfg(feature = "rayon")]
fn map_each<T: Send, R: Send>(items: Vec<T>, work: impl Fn(&mut Sums, T) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    if items.len() == 1 || rayon::current_thread_index().is_some() {
        return map_in_turn(items, work);
    }
    items.into_par_iter().map_init(Sums::default, work).collect()
}

#[cfg(not(feature = "rayon"))]
fn map_each<T, R>(items: Vec<T>, work: impl Fn(&mut Sums, T) -> R) -> Vec<R> {
    map_in_turn(items, work)
}

fn map_in_turn<T, R>(items: Vec<T>, work: impl Fn(&mut Sums, T) -> R) -> Vec<R> {
    let mut sums = Sums::default();
    items.into_iter().map(|item| work(&mut sums, item)).collect()
}
