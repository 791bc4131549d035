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

use super::slices::Convolution;

/// The convolution of a map by weights and bias on the CPU.
pub(super) fn convolve(map: Tensor<4>, weights: Tensor<4>, bias: Tensor<1>, stride: usize) -> Tensor<4> {
    let (map, weights, bias) = (map.into_dispatch(), weights.into_dispatch(), bias.into_dispatch());
    Tensor::from_dispatch(<Dispatch as Convolve>::convolve(map, weights, bias, stride))
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
    ) -> FloatTensor<Self>;
}

impl Convolve for Flex {
    fn convolve(
        map: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        stride: usize,
    ) -> FloatTensor<Self> {
        let (map, weights, bias) = (map.to_contiguous(), weights.to_contiguous(), bias.to_contiguous());
        let Batch { batch, convolution } = Batch::new(&map, &weights, stride);
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
    ) -> FloatTensor<Self> {
        let nodes = [map.node(), weights.node(), bias.node()];
        match Derivatives.prepare::<C>(nodes).compute_bound().stateful() {
            OpsKind::Tracked(node) => {
                let (map, weights) = (map.into_primitive(), weights.into_primitive());
                let output = Flex::convolve(map.clone(), weights.clone(), bias.into_primitive(), stride);
                node.finish((map, weights, stride), output)
            }
            OpsKind::UnTracked(node) => node.finish(Flex::convolve(
                map.into_primitive(),
                weights.into_primitive(),
                bias.into_primitive(),
                stride,
            )),
        }
    }
}

/// The derivatives by map, weights and bias.
#[derive(Debug)]
struct Derivatives;

impl Backward<Flex, 3> for Derivatives {
    /// The map, the weights and the stride.
    type State = (FloatTensor<Flex>, FloatTensor<Flex>, usize);

    fn backward(self, ops: Ops<Self::State, 3>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let [map_node, weights_node, bias_node] = ops.parents;
        let gradient = gradients.consume::<Flex>(&ops.node).to_contiguous();
        let (map, weights, stride) = ops.state;
        let (map, weights) = (map.to_contiguous(), weights.to_contiguous());
        let Batch { batch, convolution } = Batch::new(&map, &weights, stride);
        let [inputs, outputs] = convolution.channels;
        if let Some(node) = map_node {
            let by_map = convolution.by_input(gradient.storage(), weights.storage());
            let [rows, columns] = convolution.input;
            gradients.register::<Flex>(node.id, tensor(by_map, [batch, inputs, rows, columns]));
        }
        if let Some(node) = weights_node {
            let by_weights = convolution.by_weights(map.storage(), gradient.storage());
            let size = convolution.size;
            gradients.register::<Flex>(node.id, tensor(by_weights, [outputs, inputs, size, size]));
        }
        if let Some(node) = bias_node {
            let mut by_bias = vec![0.0; outputs];
            let channels =
                gradient.storage::<f32>().chunks_exact(gradient.storage::<f32>().len() / batch / outputs);
            for (number, channel) in channels.enumerate() {
                by_bias[number % outputs] += channel.iter().sum::<f32>();
            }
            gradients.register::<Flex>(node.id, tensor(by_bias, [outputs]));
        }
    }
}

/// How many maps there are, and what is done to each.
struct Batch {
    batch: usize,
    convolution: Convolution,
}

impl Batch {
    fn new(map: &FloatTensor<Flex>, weights: &FloatTensor<Flex>, stride: usize) -> Self {
        let [batch, _, rows, columns] = map.layout().shape().dims();
        let [outputs, inputs, size, _] = weights.layout().shape().dims();
        let convolution = Convolution { channels: [inputs, outputs], size, stride, input: [rows, columns] };
        Self { batch, convolution }
    }
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FloatTensor<Flex> {
    <FloatTensor<Flex>>::from_data(TensorData::new(values, shape))
}
