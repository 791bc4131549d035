//! The labels of a file one by one.

use std::collections::BTreeMap;
use std::ops::Range;

use ndarray::{ArrayD, Axis, CowArray, IxDyn, Slice};

use crate::intensities::Intensities;
use crate::remark::Remark;
use crate::scale::{MapOptions, ScaleError};

/// All labels of an image or volume, each to be foreground by itself.
#[derive(Debug, Clone)]
pub struct EachLabel<'a> {
    values: CowArray<'a, f32, IxDyn>,
    /// What a user should know about how the values were taken.
    pub remarks: Vec<Remark>,
    /// For each label but 0 the indices along each axis between which its pixels lie.
    boxes: BTreeMap<i64, Vec<Range<usize>>>,
}

/// One label as a mask of the part of the file that it lies in.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelMask {
    /// Not 0.
    pub label: i64,
    /// Where the first pixel of the mask is in the file, one index for each axis.
    pub origin: Vec<usize>,
    /// 1 for the pixels of the label, 0 for others. No larger than it has to be.
    pub mask: ArrayD<f32>,
}

impl Intensities<'_> {
    /// The values as labels, whatever they look like; `meaning`, `scaling` and `labels` of the options are not used.
    ///
    /// # Errors
    /// As [`map`](Self::map) where some labels are asked for.
    pub fn each_label(&self, options: &MapOptions) -> Result<EachLabel<'_>, ScaleError> {
        let options = MapOptions { labels: Some(Vec::new()), ..options.clone() };
        let (intensities, taken, mut remarks) = self.view().taken(&options)?;
        remarks.extend(taken.check_labels(&[])?);
        remarks.extend(intensities.colours_remark());
        let values = intensities.into_values();
        let boxes = boxes(&values);
        Ok(EachLabel { values, remarks, boxes })
    }
}

impl EachLabel<'_> {
    /// Those that occur, ascending, without 0.
    pub fn labels(&self) -> Vec<i64> {
        self.boxes.keys().copied().collect()
    }

    /// `[rows, columns]` or `[slices, rows, columns]` of the file.
    pub fn shape(&self) -> &[usize] {
        self.values.shape()
    }

    /// The label of every pixel, in the shape of the file.
    pub fn label_map(&self) -> ArrayD<i64> {
        self.values.mapv(number)
    }

    /// The masks of the labels, ascending, each made when it is asked for.
    pub fn masks(&self) -> impl Iterator<Item = LabelMask> {
        self.boxes.iter().map(|(&label, ranges)| {
            let part = self.values.slice_each_axis(|axis| Slice::from(ranges[axis.axis.index()].clone()));
            LabelMask {
                label,
                origin: ranges.iter().map(|range| range.start).collect(),
                mask: part.mapv(|value| f32::from(u8::from(number(value) == label))),
            }
        })
    }
}

/// The label that a value stands for, which a slope in the file may have taken from it by rounding.
fn number(value: f32) -> i64 {
    value.round() as i64
}

/// Where the labels lie, in one pass.
fn boxes(values: &CowArray<'_, f32, IxDyn>) -> BTreeMap<i64, Vec<Range<usize>>> {
    let mut boxes: BTreeMap<i64, Vec<Range<usize>>> = BTreeMap::new();
    let Some(last) = values.ndim().checked_sub(1) else { return boxes };
    let lanes = values.lanes(Axis(last));
    let places = ndarray::indices(IxDyn(&values.shape()[..last])).into_iter();
    for (place, lane) in places.zip(lanes) {
        let place = ndarray::Dimension::slice(&place);
        let mut columns = lane.iter().map(|&value| number(value)).enumerate().peekable();
        while let Some((start, label)) = columns.next() {
            let mut end = start + 1;
            while columns.next_if(|&(_, next)| next == label).is_some() {
                end += 1;
            }
            if label == 0 {
                continue;
            }
            let run = || place.iter().map(|&at| at..at + 1).chain(std::iter::once(start..end));
            let known = boxes.entry(label).or_insert_with(|| run().collect());
            for (range, here) in known.iter_mut().zip(run()) {
                *range = range.start.min(here.start)..range.end.max(here.end);
            }
        }
    }
    boxes
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3, array};

    use super::*;
    use crate::image::{Image, SampleType};

    fn image(values: ArrayD<f32>) -> Image {
        Image::from_grey(values, SampleType::I16)
    }

    #[test]
    fn every_mask_is_that_of_the_label_where_it_is_and_no_larger() {
        let volume = Array3::from_shape_fn((5, 6, 7), |(slice, row, column)| {
            let label = (slice * 31 + row * row * 7 + column * 3) % 11;
            if label > 6 { 0.0 } else { label as f32 - 2.0 }
        });
        let image = image(volume.clone().into_dyn());
        let intensities = Intensities::new(&image, &[], None).unwrap();
        let options = MapOptions { ignore: vec![3.0], ..MapOptions::default() };
        let each = intensities.each_label(&options).unwrap();
        assert_eq!(each.labels(), [-2, -1, 1, 2, 4]);
        let expected = volume.mapv(|value| if value == 3.0 { 0 } else { value as i64 }).into_dyn();
        assert_eq!(each.label_map(), expected);
        let pixels = volume.iter().filter(|&&value| value == 3.0).count();
        assert_eq!(each.remarks, [Remark::Ignored { pixels }]);
        for LabelMask { label, origin, mask } in each.masks() {
            let of_label = MapOptions { labels: Some(vec![label]), ..options.clone() };
            let mut left = intensities.map(&of_label).unwrap().values;
            let place = |axis: usize| Slice::from(origin[axis]..origin[axis] + mask.shape()[axis]);
            let mut part = left.slice_each_axis_mut(|axis| place(axis.axis.index()));
            assert_eq!(part, mask, "{label}");
            part.fill(0.0);
            assert!(left.iter().all(|&value| value == 0.0), "{label} is nowhere else");
            for axis in 0..3 {
                for end in [0, mask.shape()[axis] - 1] {
                    assert!(mask.index_axis(Axis(axis), end).iter().any(|&value| value == 1.0), "{label}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_label_is_refused() {
        let image = image(array![[0.0, 1.5]].into_dyn());
        let intensities = Intensities::new(&image, &[], None).unwrap();
        let error = intensities.each_label(&MapOptions::default()).unwrap_err();
        assert_eq!(error, ScaleError::NotWhole { value: 1.5 });
    }

    #[test]
    fn an_empty_file_has_no_labels() {
        let image = image(Array2::zeros((3, 4)).into_dyn());
        let intensities = Intensities::new(&image, &[], None).unwrap();
        let each = intensities.each_label(&MapOptions::default()).unwrap();
        assert_eq!((each.labels(), each.shape(), each.masks().count()), (Vec::new(), &[3, 4][..], 0));
    }
}
