//! Features of masks, and topological errors.

use js_sys::Uint32Array;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::preserve;
use tsify::Tsify;

use crate::connectivity::Connectivity;

/// How an array becomes a mask, and which of its pixels are neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct MaskOptions {
    /// Pixels of at least this value are foreground. Finite. Default: 0.5.
    pub threshold: f32,
    /// Which pixels are neighbours. Default: `"T"`.
    pub connectivity: Connectivity,
}

impl Default for MaskOptions {
    fn default() -> Self {
        let topoloss::MaskOptions { threshold, connectivity } = topoloss::MaskOptions::default();
        Self { threshold, connectivity: connectivity.into() }
    }
}

impl From<MaskOptions> for topoloss::MaskOptions {
    fn from(options: MaskOptions) -> Self {
        Self { threshold: options.threshold, connectivity: options.connectivity.into() }
    }
}

/// How a mask is checked.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Tsify)]
#[serde(default, rename_all = "camelCase")]
pub struct CheckOptions {
    /// Pixels of at least this value are foreground. Finite. Default: 0.5.
    pub threshold: f32,
    /// Which pixels are neighbours. Default: `"T"`.
    pub connectivity: Connectivity,
    /// Of so many surplus features of each dimension the place is searched: of the smallest. Counts are always those of
    /// all. Default: 100.
    pub places: u32,
    /// The places of surplus handles are searched only where the foreground lies in a box of at most so many voxels, for
    /// it takes up to 50 bytes for each of these. Default: 2^24.
    pub handle_box: u32,
}

impl Default for CheckOptions {
    fn default() -> Self {
        let topoloss::CheckOptions { mask, places, handle_box } = topoloss::CheckOptions::default();
        Self {
            threshold: mask.threshold,
            connectivity: mask.connectivity.into(),
            places: places as u32,
            handle_box: handle_box as u32,
        }
    }
}

impl From<CheckOptions> for topoloss::CheckOptions {
    fn from(options: CheckOptions) -> Self {
        let CheckOptions { threshold, connectivity, places, handle_box } = options;
        Self {
            mask: topoloss::MaskOptions { threshold, connectivity: connectivity.into() },
            places: places as usize,
            handle_box: handle_box as usize,
        }
    }
}

/// A component, hole, handle or cavity of a mask.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct MaskFeature {
    /// 0 for a component, 1 for a hole (2D) or handle (3D), 2 for a cavity (3D).
    pub dimension: u8,
    /// The pixels of a component, the background pixels that a hole or cavity encloses, or the voxels of a cycle
    /// through a handle: flat indices in row-major order, ascending except along a cycle. Their number is the size.
    #[serde(with = "preserve")]
    #[tsify(type = "Uint32Array<ArrayBuffer>")]
    pub pixels: Uint32Array,
    /// The mean position of the pixels: `[row, column]` or `[slice, row, column]`.
    pub centre: Vec<f64>,
}

impl From<&topoloss::MaskFeature> for MaskFeature {
    fn from(feature: &topoloss::MaskFeature) -> Self {
        Self {
            dimension: feature.dimension,
            pixels: Uint32Array::from(&*feature.pixels),
            centre: feature.centre.clone(),
        }
    }
}

/// Whether a feature is there that should not be, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub enum DefectKind {
    /// The mask has the feature and should not.
    Surplus,
    /// The mask lacks the feature, which the reference has.
    Missing,
}

/// One feature too many or too few, and where it is.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Defect {
    /// 0 for a component, 1 for a hole (2D) or handle (3D), 2 for a cavity (3D).
    pub dimension: u8,
    /// `"surplus"`: the mask has the feature and should not; `"missing"`: it lacks it.
    pub kind: DefectKind,
    /// Where and how large it is: in the mask if it is surplus, in the reference if it is missing.
    pub feature: MaskFeature,
}

/// What is topologically wrong with a mask.
#[derive(Clone, Debug, Serialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Whether every Betti number is as it should be. Against a reference this says nothing about places: `defects`
    /// is empty only if every feature also has its counterpart.
    pub correct: bool,
    /// The Betti numbers of the mask, one per dimension.
    pub betti: Vec<u32>,
    /// The Betti numbers of the reference, if the mask was compared with one.
    #[tsify(optional)]
    pub reference: Option<Vec<u32>>,
    /// The Betti error of each dimension: how far the Betti number is from what it should be.
    pub betti_error: Vec<u32>,
    /// How many features of each dimension the mask has and should not.
    pub surplus: Vec<u32>,
    /// How many features of each dimension the mask lacks.
    pub missing: Vec<u32>,
    /// Those of the surplus and missing features that have a place, by dimension; in each the surplus ones first, the
    /// smallest first. A feature that a prior asks for and the mask does not have is nowhere; of surplus features
    /// `CheckOptions` may leave some out.
    pub defects: Vec<Defect>,
}

impl From<topoloss::Verdict> for Verdict {
    fn from(verdict: topoloss::Verdict) -> Self {
        let defect = |defect: &topoloss::Defect| Defect {
            dimension: defect.dimension,
            kind: match defect.kind {
                topoloss::DefectKind::Surplus => DefectKind::Surplus,
                topoloss::DefectKind::Missing => DefectKind::Missing,
            },
            feature: MaskFeature::from(&defect.feature),
        };
        Self {
            correct: verdict.is_correct(),
            betti: counts(&verdict.betti),
            reference: verdict.reference.as_deref().map(counts),
            betti_error: counts(&verdict.betti_error),
            surplus: counts(&verdict.surplus),
            missing: counts(&verdict.missing),
            defects: verdict.defects.iter().map(defect).collect(),
        }
    }
}

/// Numbers of features, of which the memory of the module has no room for 2^32.
pub(crate) fn counts(counts: &[usize]) -> Vec<u32> {
    counts.iter().map(|&count| count as u32).collect()
}
