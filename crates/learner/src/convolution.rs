//! Convolutions, with kernels of this crate on the CPU.
//!
//! burn's CPU backend computes the derivatives by the weights of a convolution as a convolution of one channel whose
//! kernel is the whole map, in which most of the time of a step went. The operation here gives the same numbers but for
//! rounding, and is a node of burn's graph as any other. Other devices have burn's own convolution.

#[cfg(feature = "flex")]
mod flex;
#[cfg(feature = "flex")]
mod slices;
#[cfg(feature = "flex")]
mod sums;

use burn::{
    nn::conv::Conv2d,
    tensor::{Tensor, activation::relu},
};

/// What becomes of an output of a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    /// It stays.
    Identity,
    /// It becomes 0 where it is negative.
    Relu,
}

/// The convolution of a map by a layer whose padding is half its kernel, and what becomes of it.
///
/// # Shapes
///
/// - `map`: `[batch, channels_in, rows, columns]`
/// - result: `[batch, channels_out, rows / stride, columns / stride]`, rounded up
pub(crate) fn convolve(layer: &Conv2d, map: Tensor<4>, activation: Activation) -> Tensor<4> {
    match (&layer.bias, activation) {
        #[cfg(feature = "flex")]
        (Some(bias), _) if map.device() == burn::tensor::Device::flex() => {
            flex::convolve(map, layer.weight.val(), bias.val(), layer.stride[0], activation)
        }
        (_, Activation::Identity) => layer.forward(map),
        (_, Activation::Relu) => relu(layer.forward(map)),
    }
}

#[cfg(test)]
#[path = "convolution_tests.rs"]
mod tests;
