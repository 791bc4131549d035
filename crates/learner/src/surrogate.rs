//! The topological loss of maps that are on a device, as a number that the device can differentiate.

use burn::tensor::{Tensor, TensorData};
use ndarray::Axis;
use persistence::Connectivity;
use topoloss::{
    ClassPriors, LossOptions, OutOfRange, PerArray,
    classes::{ClassLoss, loss_batch},
};

use crate::{Error, image};

/// sum(S g) over all maps S of a batch, where g is `factor` times the gradient of each map's topological loss by that map
/// and constant. Its derivatives by whatever the maps depend on are those of `factor` times the sum of the losses; its value
/// means nothing.
///
/// # Shapes
///
/// - `maps`: `[batch, classes, rows, columns]`
/// - `gradients`: of each map, `(value, derivative)` by flat indices
/// - result: `[1]`
pub(crate) fn surrogate<'a>(
    maps: Tensor<4>,
    gradients: impl IntoIterator<Item = &'a [(u32, f32)]>,
    factor: f64,
) -> Tensor<1> {
    let shape = maps.dims();
    let mut pull = vec![0.0; shape.iter().product()];
    let of_map = shape[1..].iter().product::<usize>().max(1);
    for (pull, gradient) in pull.chunks_exact_mut(of_map).zip(gradients) {
        for &(value, derivative) in gradient {
            pull[value as usize] += factor as f32 * derivative;
        }
    }
    let pull = Tensor::from_data(TensorData::new(pull, shape), &maps.device().inner());
    (maps * pull).sum()
}

/// How the maps of networks are evaluated: what is rounded beyond a probability is one.
pub(crate) fn options(connectivity: Connectivity) -> LossOptions {
    LossOptions { connectivity, out_of_range: OutOfRange::Clamp, ..LossOptions::default() }
}

/// Whether losses could not be computed because a map has a NaN: the network has diverged.
pub(crate) fn is_no_number(losses: &Result<Vec<ClassLoss>, Error>) -> bool {
    use persistence::Error::NotANumber;
    matches!(losses, Err(Error::Topology(topoloss::Error::Array(NotANumber { .. }))))
}

/// The topological losses of a batch of maps `[batch, classes, rows, columns]`, which nothing is differentiated through,
/// under their priors: in one read of the device. One class is class 1, the foreground.
///
/// # Errors
///
/// If the device fails, or a map has a NaN or does not fit its priors.
pub(crate) async fn losses(
    maps: Tensor<4>,
    priors: PerArray<'_, ClassPriors>,
    options: LossOptions,
) -> Result<Vec<ClassLoss>, Error> {
    let maps = image::read_all(maps).await?;
    let of_one_class = maps.shape()[1] == 1;
    let maps = maps.axis_iter(Axis(0)).map(|maps| match of_one_class {
        true => maps.index_axis_move(Axis(0), 0).into_dyn(),
        false => maps.into_dyn(),
    });
    loss_batch(maps, priors, options).map_err(|error| Error::Topology(error.source))
}
