//! Repaired values in the type of the file that they come from.

use std::collections::{BTreeMap, VecDeque};

use imaging::{Intensities, SampleType, Samples, Scale};
use ndarray::{ArrayD, ArrayViewD};

use crate::output::OutputFormat;

/// Values as they are written.
#[derive(Debug, PartialEq)]
pub(crate) enum Restored {
    U8(ArrayD<u8>),
    U16(ArrayD<u16>),
    F32(ArrayD<f32>),
}

impl Restored {
    /// The repaired values of `input`, which had been brought to `scale`.
    ///
    /// A mask keeps its values: what becomes background gets 0, what becomes foreground the mask's own value, or,
    /// where there are several labels, that of the nearest pixel. In pictures bits, and in PNG floats, become 0 and 255. A map of 8 or 16 bit keeps its levels. Others are
    /// floats, in PNG 16 bit. No rounding takes a pixel to the other side of the threshold.
    pub(crate) fn new(
        input: &Intensities,
        scale: Scale,
        repaired: ArrayD<f32>,
        threshold: f32,
        format: OutputFormat,
    ) -> Self {
        match (scale, input.sample_type()) {
            (Scale::Mask { has_labels }, _) => Self::mask(input, &repaired, has_labels, format),
            (Scale::Divided(_), SampleType::U8) => {
                Self::U8(levels(repaired, 255.0, threshold).mapv(|level| level as u8))
            }
            (Scale::Divided(_), SampleType::U16) => Self::U16(levels16(repaired, threshold)),
            _ if format == OutputFormat::Png => Self::U16(levels16(repaired, threshold)),
            _ => Self::F32(repaired),
        }
    }

    pub(crate) fn samples(&self) -> Samples<'_> {
        match self {
            Self::U8(array) => array.view().into(),
            Self::U16(array) => array.view().into(),
            Self::F32(array) => array.view().into(),
        }
    }

    fn mask(input: &Intensities, repaired: &ArrayD<f32>, has_labels: bool, format: OutputFormat) -> Self {
        let labels = labels(input.values(), repaired);
        let are =
            |largest: f32| labels.iter().all(|label| label.fract() == 0.0 && (0.0..=largest).contains(label));
        let is_float = input.sample_type().max().is_none();
        let is_bit = input.sample_type() == SampleType::Bool;
        let is_black_and_white = match format {
            OutputFormat::Png => is_bit || is_float || !are(65535.0),
            OutputFormat::Tiff => is_bit,
            OutputFormat::Npy | OutputFormat::Nifti(_) => false,
        };
        if is_black_and_white && !has_labels {
            return Self::U8(labels.mapv(|label| if label == 0.0 { 0 } else { 255 }));
        }
        let is_whole = !is_float || format == OutputFormat::Png;
        if is_whole && input.sample_type() != SampleType::U16 && are(255.0) {
            Self::U8(labels.mapv(|label| label as u8))
        } else if is_whole && are(65535.0) {
            Self::U16(labels.mapv(|label| label as u16))
        } else {
            Self::F32(labels)
        }
    }
}

fn levels16(values: ArrayD<f32>, threshold: f32) -> ArrayD<u16> {
    levels(values, 65535.0, threshold).mapv(|level| level as u16)
}

/// Values from 0 to 1 as whole numbers up to `largest`, each on its value's side of the threshold, which is above 0.
fn levels(mut values: ArrayD<f32>, largest: f64, threshold: f32) -> ArrayD<f32> {
    let is_foreground = |level: f64| (level / largest) as f32 >= threshold;
    let near = (f64::from(threshold) * largest).round();
    let candidates = [near - 1.0, near, near + 1.0];
    let least = candidates.into_iter().find(|&level| level >= 1.0 && is_foreground(level));
    let least = least.unwrap_or(largest).min(largest);
    values.mapv_inplace(|value| {
        let level = (f64::from(value) * largest).round();
        (if value >= threshold { level.max(least) } else { level.min(least - 1.0) }) as f32
    });
    values
}

/// The values of a mask after its repair. Pixels that are new in the foreground get the value of the nearest old one,
/// going from neighbour to neighbour through new ones; those that none can be reached from, the most frequent value.
fn labels(before: ArrayViewD<'_, f32>, repaired: &ArrayD<f32>) -> ArrayD<f32> {
    let shape = before.shape().to_vec();
    let is_foreground: Vec<bool> = repaired.iter().map(|&value| value > 0.0).collect();
    let mut labels: Vec<f32> = before.iter().copied().collect();
    let mut frequent: BTreeMap<u32, usize> = BTreeMap::new();
    let mut queue = VecDeque::new();
    let is_new = |labels: &[f32], pixel: usize| is_foreground[pixel] && labels[pixel] == 0.0;
    for pixel in 0..labels.len() {
        if labels[pixel] > 0.0 {
            *frequent.entry(labels[pixel].to_bits()).or_default() += 1;
        }
        if !is_foreground[pixel] {
            labels[pixel] = 0.0;
        } else if labels[pixel] != 0.0 && neighbours(pixel, &shape).any(|next| is_new(&labels, next)) {
            queue.push_back(pixel);
        }
    }
    while let Some(pixel) = queue.pop_front() {
        for next in neighbours(pixel, &shape) {
            if is_new(&labels, next) {
                labels[next] = labels[pixel];
                queue.push_back(next);
            }
        }
    }
    let most = frequent.into_iter().max_by_key(|&(label, count)| (count, std::cmp::Reverse(label)));
    let most = most.map_or(1.0, |(label, _)| f32::from_bits(label));
    for pixel in 0..labels.len() {
        if is_new(&labels, pixel) {
            labels[pixel] = most;
        }
    }
    let mut labels = labels.into_iter();
    // There are as many labels as pixels.
    ArrayD::from_shape_simple_fn(shape, || labels.next().unwrap_or_default())
}

/// The up to 8 or 26 pixels around one.
fn neighbours(pixel: usize, shape: &[usize]) -> impl Iterator<Item = usize> {
    let lengths = match *shape {
        [slices, rows, columns] => [slices, rows, columns],
        [rows, columns] => [1, rows, columns],
        _ => [1, 1, shape.iter().product()],
    };
    let at = [pixel / (lengths[1] * lengths[2]), pixel / lengths[2] % lengths[1], pixel % lengths[2]];
    (0..27).filter(|&code| code != 13).filter_map(move |code: usize| {
        let mut index = 0;
        for (axis, step) in [code / 9, code / 3 % 3, code % 3].into_iter().enumerate() {
            let coordinate = (at[axis] + step).checked_sub(1).filter(|&to| to < lengths[axis])?;
            index = index * lengths[axis] + coordinate;
        }
        Some(index)
    })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn levels_stay_on_their_side_of_the_threshold() {
        let threshold = 0.5f32;
        let values = array![[0.0, threshold.next_down(), threshold, 1.0, 0.25]].into_dyn();
        assert_eq!(
            levels(values.clone(), 255.0, threshold),
            array![[0.0, 127.0, 128.0, 255.0, 64.0]].into_dyn()
        );
        for threshold in [f32::MIN_POSITIVE, 0.001, 0.1, 1.0 / 3.0, 0.502, 0.999, 1.0] {
            for largest in [255.0, 65535.0] {
                let values = array![[threshold.next_down(), threshold]].into_dyn();
                let levels =
                    levels(values, largest, threshold).mapv(|level| (f64::from(level) / largest) as f32);
                assert!(levels[[0, 0]] < threshold && levels[[0, 1]] >= threshold, "{threshold} {largest}");
            }
        }
    }

    #[test]
    fn eight_bit_levels_that_nothing_changed_are_what_they_were() {
        let file = ArrayD::from_shape_fn(vec![16, 16], |at| (at[0] * 16 + at[1]) as f32);
        let values = file.mapv(|level| (f64::from(level) / 255.0) as f32);
        assert_eq!(levels(values, 255.0, 0.5), file);
    }

    #[test]
    fn new_pixels_get_the_label_of_the_nearest_old_one() {
        let before = array![[2.0, 0.0, 0.0, 0.0, 7.0, 7.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]].into_dyn();
        let repaired = array![[1.0, 1.0, 0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]].into_dyn();
        let expected = array![[2.0, 2.0, 0.0, 7.0, 7.0, 0.0], [0.0, 2.0, 0.0, 0.0, 0.0, 0.0]].into_dyn();
        assert_eq!(labels(before.view(), &repaired), expected);
        let empty = array![[0.0, 0.0, 0.0]].into_dyn();
        let added = array![[0.0, 0.0, 1.0]].into_dyn();
        assert_eq!(labels(empty.view(), &added), added);
    }
}
