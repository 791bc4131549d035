//! What a network learns from without labels: images of which it is known what topology their maps should have.

use std::borrow::Cow;

use ndarray::Array2;
use topoloss::ClassPriors;

use crate::PairError;

/// An image that nobody has labelled, and what its map should be like.
#[derive(Clone, Debug, PartialEq)]
pub struct UnlabelledImage {
    /// `[rows, columns]`: any finite values.
    pub image: Array2<f32>,
    /// The priors of its map: those of class 1, the foreground, for a network of one class.
    pub priors: ClassPriors,
}

/// Images to train on without labels. Whatever is a slice of [`UnlabelledImage`]s is this; a type of its own can vary or
/// make them anew in every epoch, as with [`Pairs`](crate::Pairs).
pub trait Unlabelled {
    /// How many images there are: always the same.
    fn count(&self) -> usize;

    /// The image `index` of [0, count), `[rows, columns]`, when it is seen for the `epoch`-th time, from 1. For training to
    /// be reproducible, it depends on nothing else.
    ///
    /// # Errors
    ///
    /// If it cannot be read or made; training ends with it.
    fn image(&self, index: usize, epoch: usize) -> Result<Cow<'_, Array2<f32>>, PairError>;

    /// What the map of the image `index` of [0, count) should be like.
    ///
    /// # Errors
    ///
    /// If that is not known; training ends with it.
    fn priors(&self, index: usize) -> Result<&ClassPriors, PairError>;
}

impl<T: AsRef<[UnlabelledImage]> + ?Sized> Unlabelled for T {
    fn count(&self) -> usize {
        self.as_ref().len()
    }

    fn image(&self, index: usize, _: usize) -> Result<Cow<'_, Array2<f32>>, PairError> {
        Ok(Cow::Borrowed(&get(self.as_ref(), index)?.image))
    }

    fn priors(&self, index: usize) -> Result<&ClassPriors, PairError> {
        Ok(&get(self.as_ref(), index)?.priors)
    }
}

fn get(images: &[UnlabelledImage], index: usize) -> Result<&UnlabelledImage, PairError> {
    let missing = || PairError::new(format!("there is no image {index} of {}", images.len()));
    images.get(index).ok_or_else(missing)
}
