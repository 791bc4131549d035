//! Computing the loss, once or many times without allocating.

use ndarray::{ArrayView, Dimension, IxDyn};
use persistence::{Barcode, Filtration, Options, Workspace, coordinates};

use crate::{
    Error, Loss, LossOptions, OutOfRange, Prior, Role, Term, loss::DimensionLoss, pooling::Blocks,
    roles::Roles,
};

/// The loss of a probability map, an image `[rows, columns]` or a volume `[slices, rows, columns]` of any strides.
///
/// For many arrays of one shape keep an [`Evaluator`], which allocates nothing after the first.
///
/// # Errors
///
/// If the array has no barcode, the prior is one for another number of dimensions, or a value is outside [0, 1] and
/// `options` do not ask for clamping.
pub fn loss<D: Dimension>(
    array: ArrayView<f32, D>,
    prior: &Prior,
    options: LossOptions,
) -> Result<Loss, Error> {
    let mut evaluator = Evaluator::new();
    evaluator.evaluate(array, prior, options)?;
    Ok(evaluator.into_loss())
}

/// The memory of the loss, kept between calls.
///
/// An optimisation evaluates the loss of hundreds of arrays of one shape: after the first, nothing is allocated.
///
/// ```
/// use ndarray::array;
/// use topoloss::{Evaluator, LossOptions, Prior};
///
/// let prior = Prior::exactly(&[1, 0])?;
/// let mut map = array![[0.9f32, 0.1, 0.6]];
/// let mut evaluator = Evaluator::new();
/// for _ in 0..100 {
///     let loss = evaluator.evaluate(map.view(), &prior, LossOptions::default())?;
///     loss.add_gradient_to(map.view_mut(), -0.1)?;
///     map.mapv_inplace(|value| value.clamp(0.0, 1.0));
/// }
/// assert!(map[[0, 0]] > 0.99 && (map[[0, 1]] - map[[0, 2]]).abs() < 0.01, "one component is left");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Evaluator {
    workspace: Workspace,
    barcode: Barcode,
    /// The array in row-major order, clamped if asked for.
    values: Vec<f32>,
    /// The coarser copy, if asked for.
    coarse: Vec<f32>,
    roles: Roles,
    /// Derivatives with respect to the pixels that the barcode was computed from, in no order.
    derivatives: Vec<(u32, f64)>,
    /// The gradient while it is sorted: each pixel above the bits of its value.
    in_order: Vec<u64>,
    /// Pixels whose values were clamped, ascending.
    clamped: Vec<u32>,
    loss: Loss,
}

impl Evaluator {
    /// An empty evaluator. It grows to what the arrays need and never shrinks.
    pub fn new() -> Self {
        Self::default()
    }

    /// The loss of an image `[rows, columns]` or a volume `[slices, rows, columns]` of any strides.
    ///
    /// # Errors
    ///
    /// If the array has no barcode, the prior is one for another number of dimensions, or a value is outside [0, 1]
    /// and `options` do not ask for clamping.
    pub fn evaluate<D: Dimension>(
        &mut self,
        array: ArrayView<f32, D>,
        prior: &Prior,
        options: LossOptions,
    ) -> Result<&Loss, Error> {
        prior.check_dimensions(array.ndim())?;
        let fine = match *array.shape() {
            [rows, columns] => [1, rows, columns],
            [slices, rows, columns] => [slices, rows, columns],
            _ => return Err(persistence::Error::Dimensions { dimensions: array.ndim() }.into()),
        };
        if array.len() > u32::MAX as usize {
            let shape = array.shape().to_vec();
            return Err(persistence::Error::TooLarge { shape, limit: u32::MAX as usize }.into());
        }
        self.copy_probabilities(array.view(), options.out_of_range)?;
        let blocks = options.pooling.map(|pooling| Blocks::new(fine, pooling));
        let shape = blocks.map_or(fine, |blocks| blocks.coarse_shape());
        let values = match blocks {
            Some(blocks) => {
                blocks.pool(&self.values, &mut self.coarse);
                &self.coarse
            }
            None => &self.values,
        };

        let axes = array.ndim();
        self.loss.shape.clear();
        self.loss.shape.extend_from_slice(array.shape());
        self.loss.bar_shape.clear();
        self.loss.bar_shape.extend_from_slice(&shape[3 - axes..]);
        let view = ArrayView::from_shape(IxDyn(&shape[3 - axes..]), values)
            .map_err(|_| persistence::Error::Empty { shape: shape[3 - axes..].to_vec() })?;
        let superlevel = Options { connectivity: options.connectivity, filtration: Filtration::Superlevel };
        self.workspace.compute(view.view(), superlevel, &mut self.barcode)?;
        self.roles.assign(view, &self.barcode, prior)?;
        self.sum_terms(prior);
        self.carry_gradient(blocks);
        Ok(&self.loss)
    }

    /// The barcode of the last array: that of the coarser copy if there is pooling.
    pub fn barcode(&self) -> &Barcode {
        &self.barcode
    }

    /// Exchanges the last loss for another one, whose memory serves for the next.
    pub(crate) fn swap_loss(&mut self, other: &mut Loss) {
        std::mem::swap(&mut self.loss, other);
    }

    /// The last loss.
    pub fn into_loss(self) -> Loss {
        self.loss
    }

    fn copy_probabilities<D: Dimension>(
        &mut self,
        array: ArrayView<f32, D>,
        out_of_range: OutOfRange,
    ) -> Result<(), Error> {
        self.values.clear();
        self.clamped.clear();
        for (pixel, &value) in array.iter().enumerate() {
            if !(0.0..=1.0).contains(&value) {
                let position = || coordinates(pixel, array.shape());
                if value.is_nan() {
                    return Err(persistence::Error::NotANumber { position: position() }.into());
                }
                match out_of_range {
                    OutOfRange::Reject => return Err(Error::OutOfRange { position: position(), value }),
                    OutOfRange::Clamp => self.clamped.push(pixel as u32),
                }
            }
            self.values.push(value.clamp(0.0, 1.0));
        }
        Ok(())
    }

    /// Equations 3 and 4.
    fn sum_terms(&mut self, prior: &Prior) {
        self.loss.total = 0.0;
        self.loss.dimensions.clear();
        self.loss.terms.clear();
        self.derivatives.clear();
        for (dimension, (count, &weight)) in prior.counts().iter().zip(prior.weights()).enumerate() {
            let bars = self.barcode.in_dimension(dimension);
            let missing = count.missing(bars.len());
            let mut sum = weight * missing as f64;
            let roles = &self.roles.all()[self.loss.terms.len()..];
            for (&bar, &role) in bars.iter().zip(roles) {
                let length = f64::from(bar.birth) - f64::from(bar.death);
                // The term and its derivative by the birth; that by the death is the opposite.
                let (term, derivative) = match role {
                    Role::Wanted => ((1.0 - length).powi(2), -2.0 * (1.0 - length)),
                    Role::Free => (0.0, 0.0),
                    Role::Unwanted => (length.powi(2), 2.0 * length),
                };
                self.derivatives.push((bar.birth_index, weight * derivative));
                self.derivatives.extend(bar.death_index.map(|death| (death, -weight * derivative)));
                self.loss.terms.push(Term { bar, role, value: weight * term });
                sum += weight * term;
            }
            self.loss.dimensions.push(DimensionLoss { weight, value: sum, missing });
            self.loss.total += sum;
        }
    }

    /// From derivatives by the pixels of the barcode's array to the gradient by those of the whole array.
    fn carry_gradient(&mut self, blocks: Option<Blocks>) {
        let gradient = &mut self.loss.gradient;
        gradient.clear();
        self.derivatives.sort_unstable_by_key(|&(pixel, _)| pixel);
        let clamped = &self.clamped;
        let mut add = |pixel: usize, value: f64| {
            let (pixel, value) = (pixel as u32, value as f32);
            if value != 0.0 && clamped.binary_search(&pixel).is_err() {
                gradient.push((pixel, value));
            }
        };
        for same in self.derivatives.chunk_by(|a, b| a.0 == b.0) {
            let pixel = same[0].0;
            let sum = same.iter().map(|&(_, value)| value).sum();
            match blocks {
                Some(blocks) => blocks.carry_back(pixel, sum, &self.values, &mut add),
                None => add(pixel as usize, sum),
            }
        }
        if blocks.is_some() {
            // Blocks have rows: their pixels are not yet in order. Whole numbers are sorted by code that is there already.
            self.in_order.clear();
            let both = |&(pixel, value): &(u32, f32)| u64::from(pixel) << 32 | u64::from(value.to_bits());
            self.in_order.extend(gradient.iter().map(both));
            self.in_order.sort_unstable();
            let apart = |&both: &u64| ((both >> 32) as u32, f32::from_bits(both as u32));
            gradient.clear();
            gradient.extend(self.in_order.iter().map(apart));
        }
    }
}
