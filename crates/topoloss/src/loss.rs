//! The topological loss of an array under a prior: equations 3 and 4 of Clough et al. 2020.

use ndarray::{ArrayViewMut, Dimension};
use persistence::{Bar, Connectivity, Filtration, coordinates_into};

use crate::{Error, Pooling};

/// What to do with values that are not probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum OutOfRange {
    /// A value outside [0, 1] is an error that names the pixel.
    #[default]
    Reject,
    /// A value below 0 counts as 0 and one above 1 as 1, infinities too. The gradient at such a pixel is zero.
    Clamp,
}

persistence::names!(OutOfRange, "way of treating values outside [0, 1]": Reject "reject", Clamp "clamp");

/// How the loss is computed. The default is the paper's: connectivity `T`, the array as it is, and probabilities
/// only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, rename_all = "camelCase")
)]
pub struct LossOptions {
    /// Which pixels are neighbours.
    pub connectivity: Connectivity,
    /// What to do with values outside [0, 1].
    pub out_of_range: OutOfRange,
    /// Compute the loss of a coarser copy, and carry its gradient back. `None`: of the array itself.
    pub pooling: Option<Pooling>,
}

/// What the loss wants of a bar, in the order in which the first bars of a dimension, the next and the others get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum Role {
    /// One of the longest bars, as many as the prior asks for: it should have length 1.
    ///
    /// Where not all of several equally long bars are wanted, as in a mask, in which all have length 1, those of the
    /// larger features are: of components with the more pixels just above their death, of holes and cavities with the
    /// more pixels at their birth, of handles with the longer cycle ([`persistence::feature`] gives them). Of equal sizes
    /// it is the bar that comes first in the barcode: the essential one, then that with the smaller birth and death pixel.
    Wanted,
    /// The prior allows the bar and does not ask for it: it is in neither sum. Ties are decided likewise.
    Free,
    /// The prior has no place for the bar: it should have length 0.
    Unwanted,
}

persistence::names!(Role, "role": Wanted "wanted", Free "free", Unwanted "unwanted");

/// One bar's part in the loss.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct Term {
    /// The bar. Its pixels are those of the array that the barcode was computed from: see [`Loss::bar_shape`].
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub bar: Bar,
    /// What the loss wants of the bar.
    pub role: Role,
    /// The bar's term of equation 3, multiplied by the weight of its dimension.
    pub value: f64,
}

/// One dimension's part in the loss: a term of equation 4.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct DimensionLoss {
    /// The weight of the dimension.
    pub weight: f64,
    /// Equation 3, multiplied by the weight: the terms of all bars, and `weight` for each missing one.
    pub value: f64,
    /// How many bars the prior asks for that do not exist. Each counts as a bar of length 0, so (1 - 0)^2 = 1, and
    /// has no gradient, for there is nothing to lengthen.
    pub missing: usize,
}

/// The loss, where it comes from, and its gradient.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loss {
    pub(crate) shape: Vec<usize>,
    pub(crate) bar_shape: Vec<usize>,
    pub(crate) total: f64,
    pub(crate) dimensions: Vec<DimensionLoss>,
    pub(crate) terms: Vec<Term>,
    pub(crate) gradient: Vec<(u32, f32)>,
}

impl Loss {
    /// The lengths of the axes of the array: `[rows, columns]` or `[slices, rows, columns]`.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The lengths of the axes of the array that the bars' pixels belong to: the coarser copy if there is pooling,
    /// the array itself otherwise.
    pub fn bar_shape(&self) -> &[usize] {
        &self.bar_shape
    }

    /// Equation 4: the sum over the dimensions. 0 exactly if the barcode is ideal, except in dimensions of weight 0.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// The terms of equation 4, one per dimension.
    pub fn dimensions(&self) -> &[DimensionLoss] {
        &self.dimensions
    }

    /// The terms of equation 3, one for every bar, in the order of [`persistence::Barcode::bars`].
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The Betti numbers of the array at a threshold, one per dimension: how many bars are alive there.
    pub fn betti_numbers(&self, threshold: f32) -> Vec<usize> {
        let mut betti = vec![0; self.dimensions.len()];
        let bars = self.terms.iter().map(|term| term.bar);
        for bar in bars.filter(|bar| bar.is_alive_at(threshold, Filtration::Superlevel)) {
            betti[usize::from(bar.dimension)] += 1;
        }
        betti
    }

    /// The gradient of the total with respect to the array: `(pixel, derivative)` wherever it is not zero, by
    /// ascending flat index in row-major (C) order. These are the critical pixels.
    pub fn gradient(&self) -> &[(u32, f32)] {
        &self.gradient
    }

    /// Adds `factor` times the gradient to an array of the same shape and any strides. `factor` is the lambda of
    /// equation 5.
    ///
    /// # Errors
    ///
    /// If `target` has another shape.
    pub fn add_gradient_to<D: Dimension>(
        &self,
        target: ArrayViewMut<f32, D>,
        factor: f32,
    ) -> Result<(), Error> {
        add_gradient(&self.shape, &self.gradient, target, factor)
    }
}

/// Adds `factor` times a gradient, by flat indices, to an array of this shape, which has at most four axes.
pub(crate) fn add_gradient<D: Dimension>(
    shape: &[usize],
    gradient: &[(u32, f32)],
    target: ArrayViewMut<f32, D>,
    factor: f32,
) -> Result<(), Error> {
    if target.shape() != shape {
        return Err(Error::GradientShape { gradient: shape.to_vec(), target: target.shape().to_vec() });
    }
    let mut target = target.into_dyn();
    let axes = shape.len();
    let mut position = [0; 4];
    for &(index, value) in gradient {
        coordinates_into(index as usize, shape, &mut position[..axes]);
        target[&position[..axes]] += factor * value;
    }
    Ok(())
}
