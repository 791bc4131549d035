//! Convolutions of one map on slices, forwards and backwards.
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
//! last columns of such rows means nothing and is dropped. The loops inside then have no borders, run over arrays of
//! fixed length that a compiler turns into vector instructions, and copy nothing (im2col copies a map nine times).
//!
//! Products and sums are rounded one by one, never fused, and added in the same order on every platform.

/// How many values are computed side by side: two vectors of 128 bits.
const LANES: usize = 8;
/// How many sums of such vectors are computed at once, of output channels or of taps. With what they are made of they fit
/// into the 16 registers that there are on x86-64.
const ROWS: usize = 4;
/// After how many terms the sums of derivatives by weights are added to the whole, which keeps the rounding errors of
/// long sums small.
const STRETCH: usize = 512;

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

    /// The output of one input map. All are row-major: the input `[channels[0], rows, columns]`, the weights
    /// `[channels[1], channels[0], size, size]`, the bias `[channels[1]]`.
    pub(super) fn forward(&self, input: &[f32], weights: &[f32], bias: &[f32]) -> Vec<f32> {
        let planes = self.spread(input);
        let offsets = self.taps();
        let [rows, columns] = self.output();
        let mut output = vec![0.0; self.channels[1] * rows * columns];
        let weight = |channel: usize, tap: usize| weights[channel * offsets.len() + tap];
        self.multiply(self.channels[1], &offsets, weight, &planes, |channel, sums| {
            let map = output[channel * rows * columns..].chunks_exact_mut(columns).take(rows);
            for (row, sums) in map.zip(sums.chunks(self.pitch())) {
                row.iter_mut().zip(sums).for_each(|(value, sum)| *value = sum + bias[channel]);
            }
        });
        output
    }

    /// The derivatives by the input, from those by the output `[channels[1], rows, columns]`.
    pub(super) fn by_input(&self, gradient: &[f32], weights: &[f32]) -> Vec<f32> {
        let planes = self.spread_gradient(gradient);
        let places = self.places();
        let [rows, columns] = self.input;
        let mut result = vec![0.0; self.channels[0] * rows * columns];
        for phase in 0..self.phases() {
            let (first_row, first_column) = (phase / self.stride, phase % self.stride);
            let of_phase = || places.iter().enumerate().filter(|(_, place)| place.phase == phase);
            let terms = (0..self.channels[1])
                .flat_map(|channel| of_phase().map(move |(number, place)| (channel, number, place.back)))
                .collect::<Vec<_>>();
            let offsets =
                terms.iter().map(|(channel, _, back)| channel * self.plane() + back).collect::<Vec<_>>();
            let weight = |to: usize, term: usize| {
                let (channel, number, _) = terms[term];
                weights[(channel * self.channels[0] + to) * places.len() + number]
            };
            self.multiply(self.channels[0], &offsets, weight, &planes, |channel, sums| {
                let map = result[channel * rows * columns..].chunks_exact_mut(columns).take(rows);
                for (row, sums) in map.skip(first_row).step_by(self.stride).zip(sums.chunks(self.pitch())) {
                    let places = row.iter_mut().skip(first_column).step_by(self.stride);
                    places.zip(sums).for_each(|(value, sum)| *value = *sum);
                }
            });
        }
        result
    }

    /// Adds the derivatives by the weights of one map to `result`, from its input and its gradient.
    pub(super) fn add_by_weights(&self, input: &[f32], gradient: &[f32], result: &mut [f32]) {
        let planes = self.spread(input);
        let gradient = self.spread_gradient(gradient);
        let offsets = self.taps();
        let pixels = self.output()[0] * self.pitch();
        let first = self.margin() * (self.pitch() + 1);
        for channel in (0..self.channels[1]).step_by(LANES) {
            let channels = LANES.min(self.channels[1] - channel);
            let mut turned = vec![[0.0; LANES]; pixels];
            for lane in 0..channels {
                let plane = &gradient[(channel + lane) * self.plane() + first..];
                turned.iter_mut().zip(plane).for_each(|(lanes, value)| lanes[lane] = *value);
            }
            for (number, some) in offsets.chunks(ROWS).enumerate() {
                // The last chunk may be short: its first tap stands in for those that are missing.
                let maps =
                    std::array::from_fn(|tap| &planes[some.get(tap).copied().unwrap_or(some[0])..][..pixels]);
                let sums = correlate(&turned, maps);
                for (tap, sums) in (number * ROWS..).zip(&sums).take(some.len()) {
                    for (lane, sum) in sums.iter().enumerate().take(channels) {
                        result[(channel + lane) * offsets.len() + tap] += sum;
                    }
                }
            }
        }
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

    /// A map `[channels[0], rows, columns]` as planes: `[channels[0], phases, plane]`, and zeros after the last for
    /// reads of whole arrays.
    fn spread(&self, map: &[f32]) -> Vec<f32> {
        let ([rows, columns], stride, margin) = (self.input, self.stride, self.margin());
        let mut planes = vec![0.0; self.channels[0] * self.phases() * self.plane() + 2 * margin + LANES];
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

    /// The gradient `[channels[1], rows, columns]` as planes of the same size.
    fn spread_gradient(&self, gradient: &[f32]) -> Vec<f32> {
        let channels = [self.channels[1]; 2];
        Self { channels, size: self.size, stride: 1, input: self.output() }.spread(gradient)
    }

    /// For every channel: the sum over terms t of `weight(channel, t)` times `planes` from `offsets[t]` on, handed to
    /// `take` as rows of [`Self::pitch`] values.
    fn multiply(
        &self,
        channels: usize,
        offsets: &[usize],
        weight: impl Fn(usize, usize) -> f32,
        planes: &[f32],
        mut take: impl FnMut(usize, &[f32]),
    ) {
        let length = (self.output()[0] * self.pitch()).next_multiple_of(LANES);
        let mut sums = vec![0.0; ROWS * length];
        for first in (0..channels).step_by(ROWS) {
            let weights: [Vec<f32>; ROWS] = std::array::from_fn(|row| match first + row {
                channel if channel < channels => (0..offsets.len()).map(|t| weight(channel, t)).collect(),
                _ => vec![0.0; offsets.len()],
            });
            let weights = weights.each_ref().map(Vec::as_slice);
            add_up(weights, offsets, planes, &mut sums);
            for (channel, sums) in (first..channels).zip(sums.chunks_exact(length)) {
                take(channel, sums);
            }
        }
    }
}

/// sums\[c\]\[p\] = sum over t of weights\[c\]\[t\] planes\[offsets\[t\] + p\].
fn add_up(weights: [&[f32]; ROWS], offsets: &[usize], planes: &[f32], sums: &mut [f32]) {
    let length = sums.len() / ROWS;
    for start in (0..length).step_by(LANES) {
        let planes = &planes[start..];
        let block = block(weights, offsets.iter().filter_map(|&offset| planes[offset..].first_chunk()));
        for (sums, block) in sums.chunks_exact_mut(length).zip(&block) {
            sums[start..][..LANES].copy_from_slice(block);
        }
    }
}

/// result\[t\]\[c\] = sum over p of maps\[t\]\[p\] gradient\[p\]\[c\].
fn correlate(gradient: &[[f32; LANES]], maps: [&[f32]; ROWS]) -> [[f32; LANES]; ROWS] {
    let mut result = [[0.0; LANES]; ROWS];
    for (number, stretch) in gradient.chunks(STRETCH).enumerate() {
        let block = block(maps.map(|map| &map[number * STRETCH..][..stretch.len()]), stretch.iter());
        for (result, block) in result.iter_mut().zip(&block) {
            result.iter_mut().zip(block).for_each(|(result, sum)| *result += sum);
        }
    }
    result
}

/// result\[r\]\[l\] = sum over k of factors\[r\]\[k\] vectors\[k\]\[l\].
///
/// What all the time is spent in. The factors come from different slices on purpose: side by side, a compiler tries
/// to make vectors of them instead of the lanes.
#[inline(always)]
fn block<'a>(
    factors: [&[f32]; ROWS],
    vectors: impl Iterator<Item = &'a [f32; LANES]>,
) -> [[f32; LANES]; ROWS] {
    let mut block = [[0.0; LANES]; ROWS];
    for (place, vector) in vectors.enumerate() {
        for (sums, factors) in block.iter_mut().zip(&factors) {
            let factor = factors[place];
            sums.iter_mut().zip(vector).for_each(|(sum, value)| *sum += factor * value);
        }
    }
    block
}
