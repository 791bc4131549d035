//! A repaired image in the file that it comes from: the pixels that were repaired change, and all else stays as it is.
//! In a file of another format, as much of it stays as that has room for.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use imaging::{
    Change, Channels, Format, Intensities, Limits, NotHeld, Remark, RewriteError, SampleType, Samples, Scale,
    rewrite, with_values,
};
use ndarray::{ArrayD, ArrayViewD, IxDyn};

use crate::failure::{Failure, InFile};
use crate::output::{self, OutputFormat};
use crate::source::Source;

/// The type of the file has no room for a value.
#[derive(Debug, thiserror::Error)]
#[error("{0}; .npy and .nii keep all values of a file of the same format")]
struct RestoreError(NotHeld);

/// An image before and after its repair.
pub(crate) struct Restored<'a> {
    pub(crate) source: &'a Source,
    pub(crate) input: &'a Intensities<'static>,
    /// What its values were brought to.
    pub(crate) scale: &'a Scale,
    pub(crate) before: ArrayViewD<'a, f32>,
    pub(crate) after: ArrayViewD<'a, f32>,
    /// The least value of the foreground, above 0.
    pub(crate) threshold: f32,
}

/// A file, and what of the old one it does not keep.
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    pub(crate) notes: Vec<String>,
}

impl Restored<'_> {
    /// The file in the format that its name says.
    ///
    /// A mask keeps its values: what becomes background gets 0, what becomes foreground the value of the nearest pixel
    /// of the foreground. A map keeps its values but for those that change sides, and no rounding takes them back.
    pub(crate) fn encode(&self, path: &Path) -> Result<Written, Failure> {
        let format = OutputFormat::of(path)?;
        let mut notes = Vec::new();
        if self.is_same_format(format)
            && let Some(changes) = self.changes()
        {
            let Source { bytes, member, .. } = self.source;
            match rewrite(bytes, member.as_deref(), &changes, format.compression(), &Limits::default()) {
                Ok(bytes) => return Ok(Written { bytes, notes }),
                Err(RewriteError::Unfit { problem, .. }) => {
                    notes.push(format!("not kept as it is: {problem}"))
                }
                Err(error) => return Err(error).in_file(path),
            }
        }
        let (values, sample_type) = self.values(format);
        notes.extend(self.losses(format, sample_type));
        let held = Samples::typed(values.view(), sample_type);
        let samples = held.map_err(RestoreError).in_file(path)?;
        let keeps = !matches!(format, OutputFormat::Png | OutputFormat::Npy);
        if self.is_same_format(format) && keeps {
            match with_values(&self.source.bytes, samples.clone(), format.compression(), &Limits::default()) {
                Ok(bytes) => return Ok(Written { bytes, notes }),
                Err(error) => notes.push(format!("of the file only the values are kept: {error}")),
            }
        }
        Ok(Written { bytes: output::encode(path, samples, self.input.geometry())?, notes })
    }

    /// Whether all of the file was taken and is written in the format that it has.
    fn is_same_format(&self, format: OutputFormat) -> bool {
        let is_same = matches!(
            (self.source.format, format),
            (Format::Png, OutputFormat::Png)
                | (Format::Tiff, OutputFormat::Tiff)
                | (Format::Npy | Format::Npz, OutputFormat::Npy)
                | (Format::Nifti, OutputFormat::Nifti(_))
                | (Format::Nrrd, OutputFormat::Nrrd)
                | (Format::MetaImage, OutputFormat::MetaImage)
        );
        is_same && self.is_whole()
    }

    fn is_whole(&self) -> bool {
        self.source.pixels == self.before.len()
    }

    /// What changes in the file; nothing if all of its values do, because they were normalised.
    fn changes(&self) -> Option<Vec<(usize, Change)>> {
        if self.scale.is_mask() {
            return Some(mask_changes(&self.input.values(), &self.before, &self.after));
        }
        let levels = self.levels();
        let is_as_in_file = *self.scale == Scale::AsInFile && self.before == self.input.values();
        if levels.is_none() && !is_as_in_file {
            return None;
        }
        let value = |after: f32| levels.map_or(after, |largest| level(after, largest, self.threshold));
        let change = |(pixel, (&before, &after)): (usize, (&f32, &f32))| {
            let is_foreground = after >= self.threshold;
            let change = if is_foreground { Change::AtLeast } else { Change::AtMost };
            (is_foreground != (before >= self.threshold)).then(|| (pixel, change(value(after))))
        };
        Some(self.before.iter().zip(&self.after).enumerate().filter_map(change).collect())
    }

    /// What the whole numbers of a map were divided by.
    fn levels(&self) -> Option<f64> {
        match self.scale {
            Scale::Divided(by) if self.source.sample_type().max().is_some() => Some(*by),
            _ => None,
        }
    }

    /// All values as they are written, and their type.
    fn values(&self, format: OutputFormat) -> (ArrayD<f32>, SampleType) {
        let is_png = format == OutputFormat::Png;
        let sample_type = self.source.sample_type();
        if self.scale.is_mask() {
            return self.mask_values(format);
        }
        match self.levels() {
            Some(largest) if matches!(sample_type, SampleType::U8 | SampleType::U16) => {
                (self.after.mapv(|value| level(value, largest, self.threshold)), sample_type)
            }
            _ if is_png => (self.after.mapv(|value| level(value, 65535.0, self.threshold)), SampleType::U16),
            _ if *self.scale == Scale::AsInFile && sample_type == SampleType::F64 => {
                (self.after.to_owned(), sample_type)
            }
            _ => (self.after.to_owned(), SampleType::F32),
        }
    }

    fn mask_values(&self, format: OutputFormat) -> (ArrayD<f32>, SampleType) {
        let sample_type = self.source.sample_type();
        let old = self.input.values();
        let flat: Vec<f32> = old.iter().copied().collect();
        let mut new = flat.clone();
        for (pixel, change) in mask_changes(&old, &self.before, &self.after) {
            new[pixel] = match change {
                Change::Copy(source) => flat[source],
                Change::AtLeast(value) | Change::AtMost(value) => value,
            };
        }
        let fits =
            |largest: f32| new.iter().all(|&value| value.fract() == 0.0 && (0.0..=largest).contains(&value));
        let first = new.iter().copied().find(|&value| value != 0.0);
        let is_binary = first.is_none_or(|first| new.iter().all(|&value| value == 0.0 || value == first));
        let is_picture = matches!(format, OutputFormat::Png | OutputFormat::Tiff);
        let (is_png, is_bit) = (format == OutputFormat::Png, sample_type == SampleType::Bool);
        let is_float = sample_type.max().is_none();
        let is_black_and_white =
            is_binary && (is_picture && is_bit || is_png && (is_float || !fits(65535.0)));
        let sample_type = match sample_type {
            _ if is_black_and_white => SampleType::U8,
            SampleType::U8 | SampleType::U16 => sample_type,
            _ if is_png && fits(255.0) => SampleType::U8,
            _ if is_png => SampleType::U16,
            SampleType::F16 if format != OutputFormat::Npy => SampleType::F32,
            other => other,
        };
        if is_black_and_white {
            new.iter_mut().for_each(|value| *value = if *value == 0.0 { 0.0 } else { 255.0 });
        }
        (array(old.shape(), new), sample_type)
    }

    /// What the file that is written has no room for.
    fn losses(&self, format: OutputFormat, sample_type: SampleType) -> Vec<String> {
        let mut losses = Vec::new();
        let old = self.source.sample_type();
        // NIfTI has no bits; bytes of 0 and 1 are what everybody stores instead.
        let is_usual = old == SampleType::Bool && sample_type == SampleType::U8;
        if sample_type != old && !is_usual {
            losses.push(format!("{old} is written as {sample_type}"));
        }
        match self.source.channels {
            Channels::Grey => {}
            Channels::Index => losses.push("the palette is not kept: written in grey".to_owned()),
            _ if self.scale.is_mask() && !self.input.colours().is_empty() => {
                let numbers = Remark::Colours { colours: self.input.colours().to_vec() };
                losses.push(format!(
                    "the colours are not kept, the numbers of the labels are written ({numbers}); the format of the \
                     file that is read keeps its colours"
                ));
            }
            _ => losses.push("the colours are not kept: written in grey".to_owned()),
        }
        let has_place = !matches!(format, OutputFormat::Png | OutputFormat::Npy | OutputFormat::Tiff);
        if self.source.has_geometry && !has_place {
            losses.push("the place in space is not kept: .nii and .nii.gz have one".to_owned());
        } else if self.source.has_geometry && !self.is_whole() && self.input.geometry().is_none() {
            losses.push("of the file a part was taken: its place in space is not kept".to_owned());
        }
        losses
    }
}

/// The whole number for a value from 0 to 1 that is nearest and on the value's side of the threshold, which is above
/// 0; 1 becomes `largest`.
fn level(value: f32, largest: f64, threshold: f32) -> f32 {
    let is_foreground = |level: f64| (level / largest) as f32 >= threshold;
    let near = (f64::from(threshold) * largest).round();
    let candidates = [near - 1.0, near, near + 1.0];
    let least = candidates.into_iter().find(|&level| level >= 1.0 && is_foreground(level));
    let least = least.unwrap_or(largest).min(largest);
    let level = (f64::from(value) * largest).round();
    (if value >= threshold { level.max(least) } else { level.min(least - 1.0) }) as f32
}

/// What changes in a mask, whose values in the file are `values`. Pixels that are new in the foreground become as the
/// nearest old one, going from neighbour to neighbour through new ones; those that none can be reached from, as one of
/// the most frequent value. Pixels of the background become 0.
fn mask_changes(
    values: &ArrayViewD<'_, f32>,
    before: &ArrayViewD<'_, f32>,
    after: &ArrayViewD<'_, f32>,
) -> Vec<(usize, Change)> {
    let sides = |values: &ArrayViewD<'_, f32>| values.iter().map(|&value| value > 0.0).collect::<Vec<bool>>();
    let (was, is) = (sides(before), sides(after));
    let values: Vec<f32> = values.iter().copied().collect();
    let changed: Vec<usize> = (0..was.len()).filter(|&pixel| was[pixel] != is[pixel]).collect();
    if changed.is_empty() {
        return Vec::new();
    }

    let shape = before.shape();
    // From a new pixel to the old one that it copies.
    let mut origin: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::new();
    let is_new = |pixel: usize| is[pixel] && !was[pixel];
    for &pixel in changed.iter().filter(|&&pixel| is_new(pixel)) {
        let old = neighbours(pixel, shape).find(|&next| is[next] && was[next]);
        if let Some(old) = old {
            origin.insert(pixel, old);
            queue.push_back(pixel);
        }
    }
    while let Some(pixel) = queue.pop_front() {
        let old = origin[&pixel];
        for next in neighbours(pixel, shape).filter(|&next| is_new(next)) {
            if let Entry::Vacant(place) = origin.entry(next) {
                place.insert(old);
                queue.push_back(next);
            }
        }
    }
    let usual = most_frequent(&values, &was);
    let background = (0..was.len()).filter(|&pixel| !was[pixel]);
    let zero = background.clone().find(|&pixel| values[pixel] == 0.0).or_else(|| background.clone().next());
    let change = |pixel: usize| match is[pixel] {
        true => origin.get(&pixel).copied().or(usual).map_or(Change::AtLeast(1.0), Change::Copy),
        false => zero.map_or(Change::AtMost(0.0), Change::Copy),
    };
    changed.into_iter().map(|pixel| (pixel, change(pixel))).collect()
}

/// A pixel of the foreground with the value that most of it has; of values that are as frequent the least.
fn most_frequent(values: &[f32], is_foreground: &[bool]) -> Option<usize> {
    let mut counts: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for pixel in (0..values.len()).filter(|&pixel| is_foreground[pixel]) {
        let (count, _) = counts.entry(values[pixel].to_bits()).or_insert((0, pixel));
        *count += 1;
    }
    let most = counts.into_iter().max_by_key(|&(value, (count, _))| (count, std::cmp::Reverse(value)));
    most.map(|(_, (_, pixel))| pixel)
}

fn array(shape: &[usize], values: Vec<f32>) -> ArrayD<f32> {
    let mut values = values.into_iter();
    // There are as many values as pixels.
    ArrayD::from_shape_simple_fn(IxDyn(shape), || values.next().unwrap_or_default())
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
        let values = [0.0, threshold.next_down(), threshold, 1.0, 0.25];
        assert_eq!(values.map(|value| level(value, 255.0, threshold)), [0.0, 127.0, 128.0, 255.0, 64.0]);
        for threshold in [f32::MIN_POSITIVE, 0.001, 0.1, 1.0 / 3.0, 0.502, 0.999, 1.0] {
            for largest in [1.0, 100.0, 255.0, 65535.0] {
                let written = |value: f32| (f64::from(level(value, largest, threshold)) / largest) as f32;
                let (below, at) = (written(threshold.next_down()), written(threshold));
                assert!(below < threshold && at >= threshold, "{threshold} {largest}");
            }
        }
    }

    #[test]
    fn eight_bit_levels_that_nothing_changed_are_what_they_were() {
        for in_file in 0..=255_u8 {
            let value = (f64::from(in_file) / 255.0) as f32;
            assert_eq!(level(value, 255.0, 0.5), f32::from(in_file));
        }
    }

    fn changes(
        values: ndarray::Array2<f32>,
        before: ndarray::Array2<f32>,
        after: ndarray::Array2<f32>,
    ) -> Vec<(usize, Change)> {
        mask_changes(&values.view().into_dyn(), &before.view().into_dyn(), &after.view().into_dyn())
    }

    #[test]
    fn new_pixels_become_as_the_nearest_old_one() {
        let values = array![[2.0, 0.0, 0.0, 0.0, 7.0, 7.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]];
        let before = values.mapv(|value| f32::from(u8::from(value > 0.0)));
        let after = array![[1.0, 1.0, 0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0, 0.0]];
        let expected =
            [(1, Change::Copy(0)), (3, Change::Copy(4)), (5, Change::Copy(1)), (7, Change::Copy(0))];
        assert_eq!(changes(values, before, after), expected);
    }

    #[test]
    fn where_no_pixel_is_near_the_most_frequent_value_is_taken() {
        let values = array![[3.0, 0.0, 5.0, 5.0, 0.0, 0.0, 0.0]];
        let before = values.mapv(|value| f32::from(u8::from(value > 0.0)));
        let after = array![[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]];
        assert_eq!(changes(values, before, after)[3], (6, Change::Copy(2)));
        let empty = array![[0.0, 0.0]];
        assert_eq!(changes(empty.clone(), empty, array![[0.0, 1.0]]), [(1, Change::AtLeast(1.0))]);
        let full = array![[4.0, 4.0]];
        let ones = array![[1.0, 1.0]];
        assert_eq!(changes(full, ones, array![[1.0, 0.0]]), [(1, Change::AtMost(0.0))]);
    }

    #[test]
    fn one_label_of_several_leaves_the_others_alone() {
        // Label 2 is the foreground; 9 is to be ignored, and 1 is another label.
        let values = array![[1.0, 2.0, 9.0, 2.0, 1.0, 2.0, 0.0]];
        let before = array![[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]];
        let after = array![[0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0]];
        assert_eq!(changes(values, before, after), [(2, Change::Copy(1)), (5, Change::Copy(6))]);
    }
}
