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

use burn::{nn::conv::Conv2d, tensor::Tensor};

/// The convolution of a map by a layer whose padding is half its kernel.
///
/// # Shapes
///
/// - `map`: `[batch, channels_in, rows, columns]`
/// - result: `[batch, channels_out, rows / stride, columns / stride]`, rounded up
pub(crate) fn convolve(layer: &Conv2d, map: Tensor<4>) -> Tensor<4> {
    match &layer.bias {
        #[cfg(feature = "flex")]
        Some(bias) if map.device() == burn::tensor::Device::flex() => {
            flex::convolve(map, layer.weight.val(), bias.val(), layer.stride[0])
        }
        _ => layer.forward(map),
    }
}

#[cfg(test)]
#[path = "convolution_tests.rs"]
mod tests;
