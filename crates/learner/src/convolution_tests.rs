//! Tests of the convolution against burn's own.

use burn::{
    module::{Module, Param},
    nn::{PaddingConfig2d, conv::Conv2dConfig},
    tensor::{Device, TensorData},
};
use pollster::block_on;

use super::*;
use crate::random::Random;

fn random<const D: usize>(shape: [usize; D], seed: u64, device: &Device) -> Tensor<D> {
    let mut random = Random::new(seed);
    let values = (0..shape.iter().product()).map(|_| random.around_zero(1.0)).collect::<Vec<f32>>();
    Tensor::from_data(TensorData::new(values, shape), device)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    block_on(tensor.into_data_async()).unwrap().try_into_vec_as().unwrap()
}

/// Output and the derivatives by map, weights and bias of a sum of the output with fixed weights.
fn all(layer: &Conv2d, map: &Tensor<4>, forward: impl Fn(&Conv2d, Tensor<4>) -> Tensor<4>) -> [Vec<f32>; 4] {
    let map = map.clone().require_grad();
    let output = forward(layer, map.clone());
    let pull = random(output.dims(), 9, &Device::flex());
    let gradients = (output.clone() * pull).sum().backward();
    [
        values(output.inner()),
        values(map.grad(&gradients).unwrap()),
        values(layer.weight.val().grad(&gradients).unwrap()),
        values(layer.bias.as_ref().unwrap().val().grad(&gradients).unwrap()),
    ]
}

fn layer(channels: [usize; 2], size: usize, stride: usize) -> Conv2d {
    let device = Device::flex().autodiff();
    let margin = size / 2;
    let mut layer = Conv2dConfig::new(channels, [size, size])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(margin, margin, margin, margin))
        .init(&device);
    layer.weight = Param::from_tensor(random([channels[1], channels[0], size, size], 1, &device)).train();
    layer.bias = Some(Param::from_tensor(random([channels[1]], 2, &device)).train());
    layer
}

#[test]
fn output_and_derivatives_are_those_of_burns_convolution() {
    for (channels, size, stride, [batch, rows, columns]) in [
        // The layers of a network of width 8 at 28x28.
        ([1, 8], 3, 1, [1, 28, 28]),
        ([8, 16], 3, 2, [1, 28, 28]),
        ([16, 32], 3, 2, [1, 14, 14]),
        ([32, 32], 3, 1, [1, 7, 7]),
        ([48, 16], 3, 1, [1, 14, 14]),
        ([8, 1], 1, 1, [1, 28, 28]),
        // Numbers of channels, rows and columns that fill no vector, and more maps than one.
        ([3, 5], 3, 1, [2, 9, 13]),
        ([5, 3], 3, 2, [3, 9, 12]),
        ([2, 9], 3, 2, [2, 10, 7]),
        ([7, 2], 1, 1, [3, 5, 3]),
        ([2, 3], 5, 1, [2, 6, 11]),
        ([1, 1], 3, 1, [1, 1, 1]),
        ([2, 2], 3, 2, [2, 1, 1]),
        ([2, 2], 3, 2, [1, 2, 1]),
        ([3, 4], 3, 1, [1, 1, 40]),
        ([3, 4], 3, 2, [1, 40, 1]),
        ([4, 4], 3, 1, [1, 80, 80]),
    ] {
        let layer = layer(channels, size, stride);
        let map = random([batch, channels[0], rows, columns], 3, &Device::flex().autodiff());
        let shape = format!("{channels:?} {size} {stride} {batch} {rows} {columns}");
        let given = |activation| all(&layer, &map, |layer, map| convolve(layer, map, activation));
        assert_close(&given(Activation::Identity), &all(&layer, &map, Conv2d::forward), &shape);
        let rectified = all(&layer, &map, |layer, map| relu(layer.forward(map)));
        assert_close(&given(Activation::Relu), &rectified, &shape);
    }
}

#[track_caller]
fn assert_close(given: &[Vec<f32>; 4], expected: &[Vec<f32>; 4], shape: &str) {
    for (name, (given, expected)) in
        ["output", "map", "weights", "bias"].iter().zip(given.iter().zip(expected))
    {
        assert_eq!(given.len(), expected.len());
        let scale = expected.iter().fold(1.0_f32, |greatest, value| greatest.max(value.abs()));
        for (given, expected) in given.iter().zip(expected) {
            assert!((given - expected).abs() <= 1e-5 * scale, "{name}: {given} for {expected}; {shape}");
        }
    }
}

#[test]
fn what_is_no_number_stays_so() {
    let mut image = vec![0.5; 20];
    image[7] = f32::NAN;
    let map = Tensor::from_data(TensorData::new(image, [1, 1, 4, 5]), &Device::flex());
    for activation in [Activation::Identity, Activation::Relu] {
        let output = values(convolve(&layer([1, 1], 1, 1).valid(), map.clone(), activation));
        assert_eq!(output.iter().filter(|value| value.is_nan()).count(), 1, "{activation:?}");
    }
}

#[test]
fn a_layer_that_does_not_learn_gives_the_same_output_and_has_no_graph() {
    let map = random([1, 3, 6, 5], 3, &Device::flex());
    let layer = layer([3, 4], 3, 1);
    let learned = convolve(&layer, map.clone(), Activation::Relu);
    let output = convolve(&layer.valid(), map, Activation::Relu);
    assert!(!output.device().is_autodiff());
    assert_eq!(values(output), values(learned.inner()));
}
