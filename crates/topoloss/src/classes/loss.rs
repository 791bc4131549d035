//! The topological loss of a class map: equation 4 for every entry of a list of priors, summed by their weights.

use ndarray::{Array, ArrayView, ArrayViewD, ArrayViewMut, Axis, Dimension, IxDyn, RemoveAxis};

use super::{
    entry::{ClassPrior, FOREGROUND},
    priors::ClassPriors,
};
use crate::{
    BatchError, Error, Evaluator, Loss, LossOptions, OutOfRange,
    batch::{PerArray, evaluate_all},
    loss::add_gradient,
};

/// By how much a probability may be greater than 1 and count as 1: more than a softmax in half precision rounds.
const ROUNDING: f32 = 1e-3;

/// The loss of a class map, where it comes from, and its gradient.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassLoss {
    shape: Vec<usize>,
    total: f64,
    entries: Vec<Loss>,
    gradient: Vec<(u32, f32)>,
}

impl ClassLoss {
    /// The lengths of the axes of the map: `[classes, rows, columns]`, `[classes, slices, rows, columns]`, or without
    /// `classes` if the map was that of the foreground alone.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The sum of the entries' losses, each multiplied by the weight of its entry.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// The loss of each entry's map, which is `[rows, columns]` or `[slices, rows, columns]`, and its gradient by that
    /// map: as [`topoloss::loss`](crate::loss()) gives it, without the weight of the entry.
    pub fn entries(&self) -> &[Loss] {
        &self.entries
    }

    /// The gradient of the total with respect to the whole map: `(value, derivative)` wherever it is not zero, by ascending
    /// flat index in row-major (C) order. That of an entry goes to every class of its set.
    pub fn gradient(&self) -> &[(u32, f32)] {
        &self.gradient
    }

    /// Adds `factor` times the gradient to an array of the same shape and any strides.
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

/// The loss of a class map `[classes, rows, columns]` or `[classes, slices, rows, columns]` of any strides under a list
/// of priors; or of the map of class 1 alone, the foreground, without the first axis, if the list is about no other.
///
/// The map of an entry is the sum of the maps of its classes, pixel by pixel. That the probabilities of a pixel sum to 1 is
/// not checked, but a sum may be greater than 1 by no more than softmaxes are rounded (by 0.001), and then counts as 1.
///
/// # Errors
///
/// If a map has no barcode, the priors are for another number of dimensions or for classes that the map does not have, or
/// a value or a sum is outside [0, 1] and `options` do not ask for clamping. With clamping, values and sums that are not
/// probabilities get no gradient.
pub fn loss<D: Dimension>(
    map: ArrayView<f32, D>,
    priors: &ClassPriors,
    options: LossOptions,
) -> Result<ClassLoss, Error> {
    let mut evaluator = ClassEvaluator::new();
    evaluator.evaluate(map, priors, options)?;
    Ok(evaluator.into_loss())
}

/// The map of an entry of a list of priors, `[rows, columns]` or `[slices, rows, columns]`: the sum of the maps of its
/// classes, pixel by pixel, where more than 1 is 1. What [`loss`] takes the barcode of. Classes that the class map
/// `[classes, rows, columns]` or `[classes, slices, rows, columns]` does not have are zero in it.
pub fn sum<D: Dimension + RemoveAxis>(map: ArrayView<f32, D>, entry: &ClassPrior) -> Array<f32, D::Smaller> {
    let mut sum = Array::zeros(map.raw_dim().remove_axis(Axis(0)));
    for &class in entry.classes().iter().filter(|&&class| class < map.len_of(Axis(0))) {
        sum.zip_mut_with(&map.index_axis(Axis(0), class), |sum, &value| *sum += value.clamp(0.0, 1.0));
    }
    sum.mapv_inplace(|sum: f32| sum.min(1.0));
    sum
}

/// The losses of a batch of class maps, as [`loss`] takes them, in their order: under one list of priors for all
/// (`&priors`) or under one list for each (`&[ClassPriors]`). With the feature `rayon` on all cores.
///
/// # Errors
///
/// That of the first map that has one, with its place in the batch; or if there is not one list for each.
pub fn loss_batch<'a, 'p, D: Dimension>(
    maps: impl IntoIterator<Item = ArrayView<'a, f32, D>>,
    priors: impl Into<PerArray<'p, ClassPriors>>,
    options: LossOptions,
) -> Result<Vec<ClassLoss>, BatchError> {
    evaluate_all(maps, priors.into(), ClassEvaluator::new, |evaluator, map, priors| {
        evaluator.evaluate(map, priors, options).cloned()
    })
}

/// The memory of the loss of class maps, kept between calls: after the first map of a shape, nothing is allocated.
#[derive(Clone, Debug, Default)]
pub struct ClassEvaluator {
    evaluator: Evaluator,
    /// The map of an entry.
    sums: Vec<f32>,
    /// Derivatives by the values of the whole map, in no order.
    derivatives: Vec<(u32, f64)>,
    loss: ClassLoss,
}

impl ClassEvaluator {
    /// An empty evaluator. It grows to what the maps need and never shrinks.
    pub fn new() -> Self {
        Self::default()
    }

    /// The loss of a class map, as [`loss`] takes it.
    ///
    /// # Errors
    ///
    /// Those of [`loss`].
    pub fn evaluate<D: Dimension>(
        &mut self,
        map: ArrayView<f32, D>,
        priors: &ClassPriors,
        options: LossOptions,
    ) -> Result<&ClassLoss, Error> {
        let map = map.into_dyn();
        let has_classes = check_axes(map.shape(), priors)?;
        self.loss.shape.clear();
        self.loss.shape.extend_from_slice(map.shape());
        self.loss.total = 0.0;
        self.loss.entries.resize_with(priors.entries().len(), Loss::default);
        self.derivatives.clear();
        for (place, entry) in priors.entries().iter().enumerate() {
            // Each entry's loss is computed in its own memory.
            self.evaluator.swap_loss(&mut self.loss.entries[place]);
            if has_classes {
                self.sum_classes(map.view(), entry, options.out_of_range)?;
                let shape = IxDyn(&map.shape()[1..]);
                let sums = ArrayView::from_shape(shape, &self.sums)
                    .map_err(|_| persistence::Error::Empty { shape: map.shape().to_vec() })?;
                self.evaluator.evaluate(sums, entry.prior(), options)?;
            } else {
                self.evaluator.evaluate(map.view(), entry.prior(), options)?;
            }
            self.evaluator.swap_loss(&mut self.loss.entries[place]);
            self.loss.total += entry.weight() * self.loss.entries[place].total();
            if has_classes {
                self.derive_classes(map.view(), entry, place, options.out_of_range);
            } else {
                let gradient = self.loss.entries[place].gradient().iter();
                self.derivatives
                    .extend(gradient.map(|&(pixel, slope)| (pixel, entry.weight() * f64::from(slope))));
            }
        }
        self.sum_derivatives();
        Ok(&self.loss)
    }

    /// The last loss.
    pub fn into_loss(self) -> ClassLoss {
        self.loss
    }

    /// The map of an entry: the sum of its classes' maps.
    fn sum_classes(
        &mut self,
        map: ArrayViewD<f32>,
        entry: &ClassPrior,
        out_of_range: OutOfRange,
    ) -> Result<(), Error> {
        self.sums.clear();
        self.sums.resize(map.shape()[1..].iter().product(), 0.0);
        // Without a branch for each value: what is wrong is looked for where something is.
        for &class in entry.classes() {
            let mut are_probabilities = true;
            for (sum, &value) in self.sums.iter_mut().zip(map.index_axis(Axis(0), class)) {
                are_probabilities &= is_probability(value);
                *sum += value.clamp(0.0, 1.0);
            }
            if !are_probabilities {
                check_values(map.index_axis(Axis(0), class), class, out_of_range)?;
            }
        }
        let mut are_probabilities = true;
        for sum in &mut self.sums {
            are_probabilities &= is_probability(*sum);
            // A greater sum stays, so that it gets no gradient.
            *sum = if is_probability(*sum) { sum.min(1.0) } else { *sum };
        }
        if !are_probabilities && out_of_range == OutOfRange::Reject {
            let pixel = self.sums.iter().position(|&sum| !is_probability(sum)).unwrap_or_default();
            let position = persistence::coordinates(pixel, &map.shape()[1..]);
            return Err(Error::ClassSum { set: entry.set(), position, sum: self.sums[pixel] });
        }
        Ok(())
    }

    /// The gradient by an entry's map goes to each of its classes, but to values that were clamped.
    fn derive_classes(
        &mut self,
        map: ArrayViewD<f32>,
        entry: &ClassPrior,
        place: usize,
        out_of_range: OutOfRange,
    ) {
        let axes = map.ndim();
        let pixels = map.shape()[1..].iter().product::<usize>();
        let mut position = [0; 4];
        for &(pixel, slope) in self.loss.entries[place].gradient() {
            for &class in entry.classes() {
                let index = class * pixels + pixel as usize;
                let is_clamped = out_of_range == OutOfRange::Clamp && {
                    persistence::coordinates_into(index, map.shape(), &mut position[..axes]);
                    !is_probability(map[&position[..axes]])
                };
                if !is_clamped {
                    self.derivatives.push((index as u32, entry.weight() * f64::from(slope)));
                }
            }
        }
    }

    /// The gradient by the whole map: what all entries want of a value, summed.
    fn sum_derivatives(&mut self) {
        self.derivatives.sort_unstable_by_key(|&(index, _)| index);
        let same = self.derivatives.chunk_by(|one, other| one.0 == other.0);
        let sums = same.map(|same| (same[0].0, same.iter().map(|&(_, slope)| slope).sum::<f64>() as f32));
        self.loss.gradient.clear();
        self.loss.gradient.extend(sums.filter(|&(_, slope)| slope != 0.0));
    }
}

/// An error that names the first value of a class that is no probability, if that is one.
#[cold]
fn check_values(of_class: ArrayViewD<f32>, class: usize, out_of_range: OutOfRange) -> Result<(), Error> {
    for (pixel, &value) in of_class.iter().enumerate() {
        let position = || [vec![class], persistence::coordinates(pixel, of_class.shape())].concat();
        if value.is_nan() {
            return Err(persistence::Error::NotANumber { position: position() }.into());
        }
        if out_of_range == OutOfRange::Reject && !is_probability(value) {
            return Err(Error::OutOfRange { position: position(), value });
        }
    }
    Ok(())
}

fn is_probability(value: f32) -> bool {
    (0.0..=1.0 + ROUNDING).contains(&value)
}

/// Whether a map has an axis of classes; an error if it is no map for these priors.
fn check_axes(shape: &[usize], priors: &ClassPriors) -> Result<bool, Error> {
    if shape.len() == priors.dimensions() {
        return match priors.entries().iter().find(|entry| entry.classes() != [FOREGROUND]) {
            Some(entry) => Err(Error::NoClasses { set: entry.set(), shape: shape.to_vec() }),
            None => Ok(false),
        };
    }
    if shape.len() != priors.dimensions() + 1 {
        let (priors, dimensions) = (priors.to_string(), priors.dimensions());
        return Err(Error::ClassAxes { priors, dimensions, shape: shape.to_vec() });
    }
    priors.check_classes(shape[0])?;
    let values = shape.iter().try_fold(1usize, |product, &length| product.checked_mul(length));
    if values.is_none_or(|values| values > u32::MAX as usize) {
        return Err(persistence::Error::TooLarge { shape: shape.to_vec(), limit: u32::MAX as usize }.into());
    }
    Ok(true)
}
