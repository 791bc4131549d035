//! The convolution as a node of burn's graph on the CPU.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
        backend_extension,
        tensor::FloatTensor,
    },
    tensor::{Tensor, TensorData},
};

use super::{Activation, slices::Convolution};

/// The convolution of a map by weights and bias on the CPU, and what becomes of it.
pub(super) fn convolve(
    map: Tensor<4>,
    weights: Tensor<4>,
    bias: Tensor<1>,
    stride: usize,
    activation: Activation,
) -> Tensor<4> {
    let (map, weights, bias) = (map.into_dispatch(), weights.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(<Dispatch as Convolve>::convolve(map, weights, bias, stride, activation))
}

/// Backends with a convolution of this crate.
#[backend_extension(Flex, Autodiff)]
trait Convolve: Backend {
    /// The map is `[batch, channels_in, rows, columns]`, the weights are `[channels_out, channels_in, size, size]`,
    /// the bias is `[channels_out]`; the padding is half of `size`.
    fn convolve(
        map: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
        activation: Activation,
    ) -> FloatTensor<Self>;
}

impl Convolve for Flex {
    fn convolve(
        map: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let (map, weights, bias) = (map.to_contiguous(), weights.to_contiguous(), bias.to_contiguous());
        let Batch { batch, convolution } = Batch::new(&map, &weights, stride, activation);
        let output = convolution.forward(map.storage(), weights.storage(), bias.storage());
        let [rows, columns] = convolution.output();
        tensor(output, [batch, convolution.channels[1], rows, columns])
    }
}

impl<C: CheckpointStrategy> Convolve for Autodiff<Flex, C> {
    fn convolve(
        map: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
        activation: Activation,
    ) -> FloatTensor<Self> {
        let nodes = [map.node(), weights.node(), bias.node()];
        match Derivatives.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(node) => {
                let (map, weights) = (map.into_primitive(), weights.into_primitive());
                let (bias, stay) = (bias.into_primitive(), (map.clone(), weights.clone()));
                let output = Flex::convolve(map, weights, bias, stride, activation);
                let state =
                    State { map: stay.0, weights: stay.1, output: output.clone(), stride, activation };
                node.finish(state, output)
            }
            OpsKind::UnTracked(node) => node.finish(Flex::convolve(
                map.into_primitive(),
                weights.into_primitive(),
                bias.into_primitive(),
                stride,
                activation,
            )),
        }
    }
}

/// What the derivatives are made of.
#[derive(Clone, Debug)]
struct State {
    map: FloatTensor<Flex>,
    weights: FloatTensor<Flex>,
    /// Where it is 0, the activation has no slope.
    output: FloatTensor<Flex>,
    stride: usize,
    activation: Activation,
}

/// The derivatives by map, weights and bias.
#[derive(Debug)]
struct Derivatives;

impl Backward<Flex, 3> for Derivatives {
    type State = State;

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let [map_node, weights_node, bias_node] = ops.parents;
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let State { map, weights, output, stride, activation } = ops.state;
        let (map, weights, output) = (map.to_contiguous(), weights.to_contiguous(), output.to_contiguous());
        let Batch { batch, convolution } = Batch::new(&map, &weights, stride, activation);
        let [inputs, outputs] = convolution.channels;
        let gradient = convolution.before_activation(gradient.storage(), output.storage());
        if let Some(node) = map_node {
            let by_map = convolution.by_input(&gradient, weights.storage());
            let [rows, columns] = convolution.input;
            gradients.register::<Flex>(node.id, tensor(by_map, [batch, inputs, rows, columns]));
        }
        if let Some(node) = weights_node {
            let by_weights = convolution.by_weights(map.storage(), &gradient);
            let size = convolution.size;
            gradients.register::<Flex>(node.id, tensor(by_weights, [outputs, inputs, size, size]));
        }
        if let Some(node) = bias_node {
            gradients.register::<Flex>(node.id, tensor(convolution.by_bias(&gradient), [outputs]));
        }
    }
}

/// How many maps there are, and what is done to each.
struct Batch {
    batch: usize,
    convolution: Convolution,
}

impl Batch {
    fn new(
        map: &FloatTensor<Flex>,
        weights: &FloatTensor<Flex>,
        stride: usize,
        activation: Activation,
    ) -> Self {
        let [batch, _, rows, columns] = map.layout().shape().dims();
        let [outputs, inputs, size, _] = weights.layout().shape().dims();
        let (channels, input) = ([inputs, outputs], [rows, columns]);
        let convolution = Convolution { channels, size, stride, input, activation };
        Self { batch, convolution }
    }
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FloatTensor<Flex> {
    <FloatTensor<Flex>>::from_data(TensorData::new(values, shape))
}
