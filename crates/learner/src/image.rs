//! Between arrays and tensors.

use burn::tensor::{Device, Tensor, TensorData};
use ndarray::{Array2, Array3, Array4, ArrayView2, ArrayView3, Axis};

use crate::Error;

/// An error unless there is a pixel and every one is finite.
pub(crate) fn check_finite(image: ArrayView2<f32>) -> Result<(), Error> {
    let (rows, columns) = image.dim();
    if image.is_empty() {
        return Err(Error::EmptyImage { rows, columns });
    }
    match image.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), &value)) => Err(Error::NotFinite { row, column, value }),
        None => Ok(()),
    }
}

/// An error unless there is a pixel and every one is in [0, 1].
pub(crate) fn check_probabilities(map: ArrayView2<f32>) -> Result<(), Error> {
    check_finite(map)?;
    match map.indexed_iter().find(|(_, value)| !(0.0..=1.0).contains(*value)) {
        Some(((row, column), &value)) => Err(Error::NotAProbability { row, column, value }),
        None => Ok(()),
    }
}

/// An error unless there is a pixel and every one is the number of one of so many classes.
pub(crate) fn check_labels(labels: ArrayView2<f32>, classes: usize) -> Result<(), Error> {
    check_finite(labels)?;
    let is_class = |value: f32| value >= 0.0 && value.fract() == 0.0 && value < classes as f32;
    match labels.indexed_iter().find(|&(_, &value)| !is_class(value)) {
        Some(((row, column), &value)) => Err(Error::NotAClass { row, column, value, last: classes - 1 }),
        None => Ok(()),
    }
}

/// An error unless the array has the shape `expected`, which is that of the first array seen.
pub(crate) fn check_shape(array: &Array2<f32>, expected: &mut Option<[usize; 2]>) -> Result<(), Error> {
    let given = [array.nrows(), array.ncols()];
    let expected = *expected.get_or_insert(given);
    if given == expected { Ok(()) } else { Err(Error::Shape { expected, given }) }
}

/// Images of one size `[rows, columns]` as a tensor `[batch, 1, rows, columns]`.
pub(crate) fn batch(images: &[ArrayView2<f32>], device: &Device) -> Tensor<4> {
    let (rows, columns) = images.first().map_or((0, 0), |image| image.dim());
    let values = images.iter().flat_map(|image| image.iter().copied()).collect::<Vec<f32>>();
    Tensor::from_data(TensorData::new(values, [images.len(), 1, rows, columns]), device)
}

/// An array `[channels, rows, columns]` as a tensor `[1, channels, rows, columns]`.
pub(crate) fn one(array: ArrayView3<f32>, device: &Device) -> Tensor<4> {
    let (channels, rows, columns) = array.dim();
    let values = array.iter().copied().collect::<Vec<f32>>();
    Tensor::from_data(TensorData::new(values, [1, channels, rows, columns]), device)
}

/// A tensor `[batch, classes, rows, columns]` as an array of that shape.
pub(crate) async fn read_all(maps: Tensor<4>) -> Result<Array4<f32>, Error> {
    let shape = maps.dims();
    let data = maps.into_data_async().await.map_err(Error::device)?;
    let values = data.try_into_vec_as::<f32>().map_err(Error::device)?;
    Array4::from_shape_vec(shape, values).map_err(Error::device)
}

/// A tensor `[1, classes, rows, columns]` as an array `[classes, rows, columns]`.
pub(crate) async fn read(maps: Tensor<4>) -> Result<Array3<f32>, Error> {
    Ok(read_all(maps).await?.index_axis_move(Axis(0), 0))
}
