//! What a network learns from: pairs of image and target, kept or made as they are needed.

use std::borrow::Cow;
use std::fmt::Display;

use ndarray::Array2;

use crate::{Error, image};

/// An image and what the network should find in it, both `[rows, columns]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The image: any finite values.
    pub image: Array2<f32>,
    /// For a network of one class the map that it should give, in [0, 1]; for one of several the number of each pixel's
    /// class.
    pub target: Array2<f32>,
}

/// Pairs to train on. Whatever is a slice of [`Pair`]s is this; a type of its own can vary or make them anew in
/// every epoch.
///
/// ```
/// use learner::{Pair, PairError, Pairs};
/// use ndarray::Array2;
/// use std::borrow::Cow;
///
/// /// Squares whose place changes from epoch to epoch.
/// struct Squares;
///
/// impl Pairs for Squares {
///     fn count(&self) -> usize {
///         8
///     }
///
///     fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError> {
///         let corner = (index + epoch) % 5;
///         let inside = |at: usize| (corner..corner + 3).contains(&at);
///         let target = Array2::from_shape_fn((8, 8), |(row, column)| f32::from(inside(row) && inside(column)));
///         Ok(Cow::Owned(Pair { image: target.mapv(|value| 0.2 + 0.5 * value), target }))
///     }
/// }
/// ```
pub trait Pairs {
    /// How many pairs an epoch has: always the same.
    fn count(&self) -> usize;

    /// The pair `index` of [0, count) in `epoch`, from 1. For training to be reproducible, it depends on nothing
    /// else.
    ///
    /// # Errors
    ///
    /// If it cannot be read or made; training ends with it.
    fn pair(&self, index: usize, epoch: usize) -> Result<Cow<'_, Pair>, PairError>;
}

/// Why a pair cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PairError(String);

impl PairError {
    /// The reason, in words.
    pub fn new(reason: impl Display) -> Self {
        Self(reason.to_string())
    }
}

impl<T: AsRef<[Pair]> + ?Sized> Pairs for T {
    fn count(&self) -> usize {
        self.as_ref().len()
    }

    fn pair(&self, index: usize, _: usize) -> Result<Cow<'_, Pair>, PairError> {
        let pairs = self.as_ref();
        let missing = || PairError::new(format!("there is no pair {index} of {}", pairs.len()));
        pairs.get(index).map(Cow::Borrowed).ok_or_else(missing)
    }
}

/// An error unless the pair can be learned by a network of so many classes and all its arrays have the shape `expected`,
/// which is that of the first array seen.
pub(crate) fn check(pair: &Pair, classes: usize, expected: &mut Option<[usize; 2]>) -> Result<(), Error> {
    image::check_finite(pair.image.view())?;
    match classes {
        1 => image::check_probabilities(pair.target.view())?,
        _ => image::check_labels(pair.target.view(), classes)?,
    }
    image::check_shape(&pair.image, expected)?;
    image::check_shape(&pair.target, expected)
}
