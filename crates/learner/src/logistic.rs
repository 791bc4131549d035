//! The logistic function and its inverse for a map that is optimised by its pixels.
//!
//! `exp` and `ln` of the standard library are those of the platform, whose last bits differ, and a long run makes much
//! of a last bit. Those of `libm` are the same natively and in WebAssembly, and so are the runs. Other devices than the
//! CPU have a logistic function of their own.

#[cfg(feature = "flex")]
mod flex;

use burn::tensor::{Tensor, activation::sigmoid};

/// The probabilities, in [0, 1], of logits of the same shape.
pub(crate) fn logistic(logits: Tensor<4>) -> Tensor<4> {
    match () {
        #[cfg(feature = "flex")]
        () if logits.device() == burn::tensor::Device::flex() => flex::logistic(logits),
        () => sigmoid(logits),
    }
}

/// The logit of a probability, which is neither 0 nor 1.
pub(crate) fn logit(probability: f32) -> f32 {
    libm::logf(probability / (1.0 - probability))
}

#[cfg(all(test, feature = "flex"))]
mod tests {
    use burn::tensor::{Device, TensorData};
    use pollster::block_on;

    use super::*;

    fn values(tensor: Tensor<4>) -> Vec<f32> {
        block_on(tensor.into_data_async()).unwrap().try_into_vec_as().unwrap()
    }

    /// `function` of these logits, and the derivative of its sum with weights 1, 2, 3 ...
    fn with_derivative(logits: &[f32], function: fn(Tensor<4>) -> Tensor<4>) -> [Vec<f32>; 2] {
        let tensor = |values: Vec<f32>, device: &Device| {
            let shape = [1, 1, 1, values.len()];
            Tensor::<4>::from_data(TensorData::new(values, shape), device)
        };
        let device = Device::flex().autodiff();
        let logits = tensor(logits.to_vec(), &device).require_grad();
        let weights = tensor((1..).take(logits.dims()[3]).map(|at: u16| f32::from(at)).collect(), &device);
        let map = function(logits.clone());
        let gradients = (map.clone() * weights).sum().backward();
        [values(map.inner()), values(logits.grad(&gradients).unwrap())]
    }

    #[test]
    fn bits_are_the_same_on_every_platform() {
        // Where the C library of Linux has another last bit.
        for (probability, bits) in [(0.464, 0xbe13_b630), (0.52, 0x3da3_ed65), (0.959, 0x4049_bf98)] {
            assert_eq!(logit(probability).to_bits(), bits, "{probability}");
        }
        let [map, _] = with_derivative(&[0.009, 0.1065, -0.049, -0.104], logistic);
        let bits: Vec<u32> = map.iter().map(|value| value.to_bits()).collect();
        assert_eq!(bits, [0x3f00_9375, 0x3f06_cf40, 0x3ef9_bab0, 0x3ef2_b333]);
    }

    #[test]
    fn it_is_the_function_of_burn_but_for_rounding() {
        let logits = [-120.0, -88.5, -6.9, -1.0, -1e-6, 0.0, 0.3, 2.0, 17.5, 200.0];
        let (ours, burns) = (with_derivative(&logits, logistic), with_derivative(&logits, sigmoid));
        for (ours, burns) in ours.iter().flatten().zip(burns.iter().flatten()) {
            assert!((ours - burns).abs() <= 4.0 * f32::EPSILON * burns.abs(), "{ours} {burns}");
        }
    }

    #[test]
    fn logits_lead_back() {
        for probability in [0.001, 0.25, 0.5, 0.9, 0.999] {
            let [map, _] = with_derivative(&[logit(probability)], logistic);
            assert!((map[0] - probability).abs() < 1e-6, "{probability}");
        }
    }
}
