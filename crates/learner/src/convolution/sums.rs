//! The two sums of products that all the time of a convolution goes into, on the widest vectors that the processor has.

use pulp::{Arch, Simd, WithSimd};

/// How many output channels, or rows of a gradient, are computed at once.
pub(super) const ROWS: usize = 4;
/// How many vectors side by side. With what they are made of they fit into 16 registers.
const COLUMNS: usize = 3;
/// How many taps are computed at once.
pub(super) const TAPS: usize = 3;
/// How many values beyond the end are read, at most: those of the widest vectors.
pub(super) const BEYOND: usize = 16 * COLUMNS;

/// sums\[r\]\[p\] = sum over t of weights\[t\]\[r\] planes\[offsets\[t\] + p\], for all p below `length`. What is read
/// beyond is at most [`BEYOND`] values.
pub(super) fn add_up(
    weights: &[[f32; ROWS]],
    offsets: &[usize],
    planes: &[f32],
    length: usize,
    sums: &mut [Vec<f32>; ROWS],
) {
    Arch::new().dispatch(AddUp { weights, offsets, planes, length, sums });
}

struct AddUp<'a> {
    weights: &'a [[f32; ROWS]],
    offsets: &'a [usize],
    planes: &'a [f32],
    length: usize,
    sums: &'a mut [Vec<f32>; ROWS],
}

impl WithSimd for AddUp<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { weights, offsets, planes, length, sums } = self;
        let step = COLUMNS * S::F32_LANES;
        for start in (0..length).step_by(step) {
            let mut block = [[simd.splat_f32s(0.0); COLUMNS]; ROWS];
            let planes = &planes[start..];
            for (&offset, weights) in offsets.iter().zip(weights) {
                let (vectors, _) = S::as_simd_f32s(&planes[offset..][..step]);
                let vectors: [S::f32s; COLUMNS] = [vectors[0], vectors[1], vectors[2]];
                for (block, &weight) in block.iter_mut().zip(weights) {
                    let weight = simd.splat_f32s(weight);
                    for (sum, vector) in block.iter_mut().zip(vectors) {
                        *sum = simd.mul_add_e_f32s(weight, vector, *sum);
                    }
                }
            }
            for (sums, block) in sums.iter_mut().zip(block) {
                let (to, _) = S::as_mut_simd_f32s(&mut sums[start..][..step]);
                for (to, vector) in to.iter_mut().zip(block) {
                    *to = vector;
                }
            }
        }
    }
}

/// result\[r\]\[t\] = sum over p of gradients\[r\]\[p\] maps\[t\]\[p\]. All are of one length, which is a multiple of
/// [`LANES`].
pub(super) fn correlate(gradients: [&[f32]; ROWS], maps: [&[f32]; TAPS]) -> [[f32; TAPS]; ROWS] {
    Arch::new().dispatch(Correlate { gradients, maps })
}

/// Of so many values lengths are multiples: of those of the widest vectors.
pub(super) const LANES: usize = 16;

struct Correlate<'a> {
    gradients: [&'a [f32]; ROWS],
    maps: [&'a [f32]; TAPS],
}

impl WithSimd for Correlate<'_> {
    type Output = [[f32; TAPS]; ROWS];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let length = self.gradients[0].len() / S::F32_LANES;
        let gradients = self.gradients.map(|gradient| &S::as_simd_f32s(gradient).0[..length]);
        let maps = self.maps.map(|map| &S::as_simd_f32s(map).0[..length]);
        let mut block = [[simd.splat_f32s(0.0); TAPS]; ROWS];
        for place in 0..length {
            let maps = maps.map(|map| map[place]);
            for (sums, gradient) in block.iter_mut().zip(gradients) {
                let gradient = gradient[place];
                for (sum, map) in sums.iter_mut().zip(maps) {
                    *sum = simd.mul_add_e_f32s(gradient, map, *sum);
                }
            }
        }
        // In loops: a closure would be a function of its own, without the instructions of this one.
        let mut result = [[0.0; TAPS]; ROWS];
        for (result, sums) in result.iter_mut().zip(block) {
            for (result, sum) in result.iter_mut().zip(sums) {
                *result = simd.reduce_sum_f32s(sum);
            }
        }
        result
    }
}
