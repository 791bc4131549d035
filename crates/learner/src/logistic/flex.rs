//! The logistic function as a node of burn's graph on the CPU.

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
        backend_extension,
        ops::ActivationOps,
        tensor::FloatTensor,
    },
    tensor::{Tensor, TensorData},
};

/// The probabilities of logits of the same shape.
pub(super) fn logistic(logits: Tensor<4>) -> Tensor<4> {
    Tensor::from_dispatch(<Dispatch as Logistic>::logistic(logits.into_dispatch()))
}

/// Backends with a logistic function of this crate.
#[backend_extension(Flex, Autodiff)]
trait Logistic: Backend {
    fn logistic(logits: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl Logistic for Flex {
    fn logistic(logits: FloatTensor<Self>) -> FloatTensor<Self> {
        let logits = logits.to_contiguous();
        let probabilities: Vec<f32> = logits.storage().iter().copied().map(probability).collect();
        let shape: [usize; 4] = logits.layout().shape().dims();
        <FloatTensor<Self>>::from_data(TensorData::new(probabilities, shape))
    }
}

impl<C: CheckpointStrategy> Logistic for Autodiff<Flex, C> {
    fn logistic(logits: FloatTensor<Self>) -> FloatTensor<Self> {
        let node = logits.node();
        let output = Flex::logistic(logits.into_primitive());
        match Derivative.prepare::<C>([node]).compute_bound().stateful() {
            OpsKind::Tracked(node) => node.finish(output.clone(), output),
            OpsKind::UnTracked(node) => node.finish(output),
        }
    }
}

#[derive(Debug)]
struct Derivative;

impl Backward<Flex, 1> for Derivative {
    /// The probabilities.
    type State = FloatTensor<Flex>;

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let gradient = gradients.consume::<Flex>(&ops.node);
        let [parent] = ops.parents;
        if let Some(node) = parent {
            gradients.register::<Flex>(node.id, Flex::sigmoid_backward(ops.state, gradient));
        }
    }
}

/// In a form that does not overflow.
fn probability(logit: f32) -> f32 {
    let tail = libm::expf(-logit.abs());
    if logit < 0.0 { tail / (1.0 + tail) } else { 1.0 / (1.0 + tail) }
}
