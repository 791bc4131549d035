//! Topological errors of a mask: whether its Betti numbers are right, and where they are wrong.

use std::collections::BTreeMap;

use ndarray::{ArrayView, Dimension};
use persistence::Connectivity;

use crate::{Error, MaskFeature, Prior, features::features_of, mask::Mask};

/// How an array becomes a mask, and which of its pixels are neighbours. The default is the paper's: 0.5 and `T`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaskOptions {
    /// Pixels of at least this value are foreground. Finite.
    pub threshold: f32,
    /// Which pixels are neighbours.
    pub connectivity: Connectivity,
}

impl Default for MaskOptions {
    fn default() -> Self {
        Self { threshold: 0.5, connectivity: Connectivity::T }
    }
}

/// Whether a feature is there that should not be, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DefectKind {
    /// The mask has the feature and should not.
    Surplus,
    /// The mask lacks the feature.
    Missing,
}

/// One feature too many or too few.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// 0 for a component, 1 for a hole (2D) or handle (3D), 2 for a cavity (3D).
    pub dimension: u8,
    /// Surplus or missing.
    pub kind: DefectKind,
    /// Where and how large it is: in the mask if it is surplus, in the reference if it is missing. A feature that a
    /// prior asks for and the mask does not have is nowhere: `None`.
    pub feature: Option<MaskFeature>,
}

/// What is topologically wrong with a mask.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The Betti numbers of the mask, one per dimension.
    pub betti: Vec<usize>,
    /// The Betti numbers of the reference, if the mask was compared with one.
    pub reference: Option<Vec<usize>>,
    /// The Betti error of each dimension: |betti - reference|, or how far the Betti number is from what the prior
    /// accepts.
    pub betti_error: Vec<usize>,
    /// Every surplus and missing feature, by dimension; in each the surplus ones first, the smallest first.
    pub defects: Vec<Defect>,
}

impl Verdict {
    /// Whether every Betti number is as it should be. Against a reference this says nothing about places: see
    /// [`Verdict::defects`], which is empty only if every feature also has its counterpart.
    pub fn is_correct(&self) -> bool {
        self.betti_error.iter().all(|&error| error == 0)
    }
}

/// What is wrong with a mask under a prior. `array` is a mask or map `[rows, columns]` or `[slices, rows, columns]`.
///
/// Where a dimension has more features than the prior allows, the smallest are the surplus ones: in a mask size is
/// what an annotator goes by, there being no lengths of bars. Of equal sizes, the first in row-major order. The size
/// of a handle is the length of its cycle.
///
/// # Errors
///
/// If the array is neither an image nor a volume, is empty, has a NaN, or does not fit the prior, or if the
/// threshold is not finite.
pub fn check<D: Dimension>(
    array: ArrayView<f32, D>,
    prior: &Prior,
    options: MaskOptions,
) -> Result<Verdict, Error> {
    prior.check_dimensions(array.ndim())?;
    let mask = Mask::new(array, options)?;
    let features = features_of(&mask)?;
    let betti = count(&features, mask.grid.dimensions());
    let mut defects = Vec::new();
    for (dimension, count) in (0..).zip(prior.counts()) {
        let surplus = count.surplus(betti[usize::from(dimension)]);
        let of_dimension = features.iter().filter(|feature| feature.dimension == dimension);
        defects.extend(of_dimension.take(surplus).cloned().map(Defect::surplus));
        let missing = Defect { dimension, kind: DefectKind::Missing, feature: None };
        defects.extend(std::iter::repeat_n(missing, count.missing(betti[usize::from(dimension)])));
    }
    Ok(Verdict { betti_error: prior.betti_error(&betti), betti, reference: None, defects })
}

/// What is wrong with a predicted mask, or map, in comparison with a reference of the same shape.
///
/// The features of the two are matched one to one, the pair with the largest overlap first; of equal overlaps the
/// pair of the earlier prediction and then of the earlier reference, in the order of [`features`](crate::features).
/// Components overlap in foreground pixels, holes and cavities in the background pixels that they enclose, handles
/// in the voxels of the prediction's cycle that are on the reference's or touch it. Features that overlap nothing
/// are not matched. What is left of the prediction is surplus, what is left of the reference is missing.
///
/// # Errors
///
/// If the shapes differ, if an array is neither an image nor a volume, is empty or has a NaN, or if the threshold is
/// not finite.
pub fn compare<D: Dimension, E: Dimension>(
    prediction: ArrayView<f32, D>,
    reference: ArrayView<f32, E>,
    options: MaskOptions,
) -> Result<Verdict, Error> {
    if prediction.shape() != reference.shape() {
        let (prediction, reference) = (prediction.shape().to_vec(), reference.shape().to_vec());
        return Err(Error::Shapes { prediction, reference });
    }
    let prediction = Mask::new(prediction, options)?;
    let reference = Mask::new(reference, options)?;
    let (found, wanted) = (features_of(&prediction)?, features_of(&reference)?);
    let mut found_matched = vec![false; found.len()];
    let mut wanted_matched = vec![false; wanted.len()];
    let mut overlaps = overlaps(&reference, &found, &wanted);
    overlaps.sort_by_key(|&(_, _, overlap)| std::cmp::Reverse(overlap));
    for (one, other, _) in overlaps {
        if !found_matched[one] && !wanted_matched[other] {
            (found_matched[one], wanted_matched[other]) = (true, true);
        }
    }
    let dimensions = prediction.grid.dimensions();
    let mut defects = Vec::new();
    for dimension in 0..dimensions as u8 {
        let left = |features: &[MaskFeature], matched: &[bool]| {
            let left = features
                .iter()
                .zip(matched)
                .filter(|(feature, matched)| feature.dimension == dimension && !**matched);
            left.map(|(feature, _)| feature.clone()).collect::<Vec<_>>()
        };
        defects.extend(left(&found, &found_matched).into_iter().map(Defect::surplus));
        defects.extend(left(&wanted, &wanted_matched).into_iter().map(Defect::missing));
    }
    let (betti, reference) = (count(&found, dimensions), count(&wanted, dimensions));
    let betti_error = betti.iter().zip(&reference).map(|(one, other)| one.abs_diff(*other)).collect();
    Ok(Verdict { betti, reference: Some(reference), betti_error, defects })
}

impl Defect {
    fn surplus(feature: MaskFeature) -> Self {
        Self { dimension: feature.dimension, kind: DefectKind::Surplus, feature: Some(feature) }
    }

    fn missing(feature: MaskFeature) -> Self {
        Self { dimension: feature.dimension, kind: DefectKind::Missing, feature: Some(feature) }
    }
}

fn count(features: &[MaskFeature], dimensions: usize) -> Vec<usize> {
    let of =
        |dimension| features.iter().filter(|feature| usize::from(feature.dimension) == dimension).count();
    (0..dimensions).map(of).collect()
}

/// Which features of one dimension overlap, by how many pixels: (found, wanted, overlap), in this order.
fn overlaps(mask: &Mask, found: &[MaskFeature], wanted: &[MaskFeature]) -> Vec<(usize, usize, usize)> {
    const NONE: usize = usize::MAX;
    let mut overlaps: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let grid = &mask.grid;
    let is_handle = |feature: &MaskFeature| feature.dimension == 1 && grid.dimensions() == 3;
    for dimension in 0..grid.dimensions() as u8 {
        let mut owner = vec![NONE; grid.pixels()];
        let of_dimension = |(_, feature): &(usize, &MaskFeature)| feature.dimension == dimension;
        for (place, feature) in wanted.iter().enumerate().filter(of_dimension).filter(|(_, f)| !is_handle(f))
        {
            feature.pixels.iter().for_each(|&index| owner[grid.pixel(index)] = place);
        }
        for (place, feature) in found.iter().enumerate().filter(of_dimension).filter(|(_, f)| !is_handle(f)) {
            for &index in &feature.pixels {
                let other = owner[grid.pixel(index)];
                if other != NONE {
                    *overlaps.entry((place, other)).or_default() += 1;
                }
            }
        }
    }
    // Cycles may share voxels, so that a voxel has no one owner.
    let block = grid.block();
    for (other, reference) in wanted.iter().enumerate().filter(|(_, feature)| is_handle(feature)) {
        let mut near = vec![false; grid.pixels()];
        for &index in &reference.pixels {
            block.iter().for_each(|&step| near[grid.pixel(index).wrapping_add_signed(step)] = true);
        }
        for (place, feature) in found.iter().enumerate().filter(|(_, feature)| is_handle(feature)) {
            let overlap = feature.pixels.iter().filter(|&&index| near[grid.pixel(index)]).count();
            if overlap > 0 {
                overlaps.insert((place, other), overlap);
            }
        }
    }
    overlaps.into_iter().map(|((one, other), overlap)| (one, other, overlap)).collect()
}
