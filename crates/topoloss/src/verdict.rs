//! Topological errors of a mask: whether its Betti numbers are right, and where they are wrong.

use ndarray::{ArrayView, Dimension};

use crate::{
    Error, MaskFeature, MaskOptions, Prior,
    bits::Bits,
    features::{features_of, smallest_features},
    overlap::overlaps,
};

/// How a mask is checked. The default is that of [`MaskOptions`] and the places of at most 100 features of a dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, rename_all = "camelCase")
)]
pub struct CheckOptions {
    /// Threshold and connectivity.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub mask: MaskOptions,
    /// Of so many surplus features of each dimension the place is searched: of the smallest. Counts are always those of
    /// all. Default: 100.
    pub places: usize,
    /// The places of surplus handles are searched only where the foreground lies in a box of at most so many voxels, for
    /// it takes up to 50 bytes for each of these, and counting takes less than 1. Default: 2^24.
    pub handle_box: usize,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { mask: MaskOptions::default(), places: 100, handle_box: 1 << 24 }
    }
}

impl From<MaskOptions> for CheckOptions {
    fn from(mask: MaskOptions) -> Self {
        Self { mask, ..Self::default() }
    }
}

/// Whether a feature is there that should not be, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum DefectKind {
    /// The mask has the feature and should not.
    Surplus,
    /// The mask lacks the feature, which the reference has.
    Missing,
}

persistence::names!(DefectKind, "kind of defect": Surplus "surplus", Missing "missing");

/// One feature too many or too few, and where it is.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Defect {
    /// 0 for a component, 1 for a hole (2D) or handle (3D), 2 for a cavity (3D).
    pub dimension: u8,
    /// Surplus or missing.
    pub kind: DefectKind,
    /// Where and how large it is: in the mask if it is surplus, in the reference if it is missing.
    pub feature: MaskFeature,
}

/// What is topologically wrong with a mask.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Verdict {
    /// The Betti numbers of the mask, one per dimension.
    pub betti: Vec<usize>,
    /// The Betti numbers of the reference, if the mask was compared with one.
    pub reference: Option<Vec<usize>>,
    /// The Betti error of each dimension: |betti - reference|, or how far the Betti number is from what the prior
    /// accepts.
    pub betti_error: Vec<usize>,
    /// How many features of each dimension the mask has and should not.
    pub surplus: Vec<usize>,
    /// How many features of each dimension the mask lacks.
    pub missing: Vec<usize>,
    /// Those of the surplus and missing features that have a place, by dimension; in each the surplus ones first, the
    /// smallest first. A feature that a prior asks for and the mask does not have is nowhere; of surplus features
    /// [`CheckOptions`] may leave some out.
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
/// Features are counted without looking at each, in time that is linear in the number of pixels and with less than one
/// byte for each; places are searched only for those that `options` ask for.
///
/// # Errors
///
/// If the array is neither an image nor a volume, is empty, has a NaN, or does not fit the prior, or if the
/// threshold is not finite.
pub fn check<D: Dimension>(
    array: ArrayView<f32, D>,
    prior: &Prior,
    options: CheckOptions,
) -> Result<Verdict, Error> {
    prior.check_dimensions(array.ndim())?;
    check_bits(&Bits::new(array, options.mask)?, prior, options)
}

/// [`check`] of a mask that has as many dimensions as the prior.
pub(crate) fn check_bits(bits: &Bits, prior: &Prior, options: CheckOptions) -> Result<Verdict, Error> {
    let connectivity = options.mask.connectivity;
    let betti = bits.betti_numbers(connectivity);
    let counts = || prior.counts().iter().zip(&betti);
    let surplus: Vec<usize> = counts().map(|(count, &betti)| count.surplus(betti)).collect();
    let missing = counts().map(|(count, &betti)| count.missing(betti)).collect();
    let mut defects = Vec::new();
    for (dimension, surplus) in surplus.iter().enumerate() {
        let most = options.places.min(*surplus);
        if most > 0 && (!bits.grid.is_of_handles(dimension) || bits.box_size() <= options.handle_box) {
            let features = smallest_features(bits, connectivity, dimension, most)?;
            defects.extend(features.into_iter().map(Defect::surplus));
        }
    }
    Ok(Verdict { betti_error: prior.betti_error(&betti), betti, reference: None, surplus, missing, defects })
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
    let prediction = Bits::new(prediction, options)?;
    let reference = Bits::new(reference, options)?;
    let found = features_of(&prediction, options.connectivity)?;
    let wanted = features_of(&reference, options.connectivity)?;
    let mut found_matched = vec![false; found.len()];
    let mut wanted_matched = vec![false; wanted.len()];
    let mut overlaps = overlaps(&prediction.grid, &found, &wanted);
    overlaps.sort_by_key(|&(_, _, overlap)| std::cmp::Reverse(overlap));
    for (one, other, _) in overlaps {
        if !found_matched[one] && !wanted_matched[other] {
            (found_matched[one], wanted_matched[other]) = (true, true);
        }
    }
    let dimensions = prediction.grid.dimensions();
    let (betti, reference) = (count(&found, dimensions), count(&wanted, dimensions));
    let betti_error = betti.iter().zip(&reference).map(|(one, other)| one.abs_diff(*other)).collect();
    let surplus = left(found, &found_matched);
    let missing = left(wanted, &wanted_matched);
    let (surpluses, missings) = (count(&surplus, dimensions), count(&missing, dimensions));
    let mut defects: Vec<Defect> = surplus.into_iter().map(Defect::surplus).collect();
    defects.extend(missing.into_iter().map(Defect::missing));
    // Stable: in each dimension the surplus ones stay first, and the smallest.
    defects.sort_by_key(|defect| defect.dimension);
    Ok(Verdict {
        betti,
        reference: Some(reference),
        betti_error,
        surplus: surpluses,
        missing: missings,
        defects,
    })
}

impl Defect {
    fn surplus(feature: MaskFeature) -> Self {
        Self { dimension: feature.dimension, kind: DefectKind::Surplus, feature }
    }

    fn missing(feature: MaskFeature) -> Self {
        Self { dimension: feature.dimension, kind: DefectKind::Missing, feature }
    }
}

/// The features that have no counterpart.
fn left(features: Vec<MaskFeature>, matched: &[bool]) -> Vec<MaskFeature> {
    features.into_iter().zip(matched).filter(|(_, matched)| !**matched).map(|(feature, _)| feature).collect()
}

fn count(features: &[MaskFeature], dimensions: usize) -> Vec<usize> {
    let of =
        |dimension| features.iter().filter(|feature| usize::from(feature.dimension) == dimension).count();
    (0..dimensions).map(of).collect()
}
