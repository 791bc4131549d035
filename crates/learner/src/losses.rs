//! The losses of supervised training, on logits.
//!
//! A loss takes logits z and not probabilities S = 1 / (1 + exp(-z)), so that cross entropy stays finite, and has a
//! gradient, where S is 0 or 1 in single precision.

use burn::tensor::{
    Tensor,
    activation::{log_sigmoid, sigmoid},
};

/// What supervised training makes small.
///
/// # Shapes
///
/// Of every loss: `logits` and `target` are `[batch, 1, rows, columns]`, the target in [0, 1]; the result is `[1]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Loss {
    /// The mean over all pixels of (S - target)^2: the paper's experiment 1.
    #[default]
    MeanSquaredError,
    /// The mean over all pixels of -target ln S - (1 - target) ln(1 - S): the paper's experiment 3.
    CrossEntropy,
    /// The mean over the batch of 1 - (2 sum(S target) + 1) / (sum(S) + sum(target) + 1), where the sums are over
    /// the pixels of one image: the paper's experiments 2 and 4. Counting one pixel more on both sides makes the
    /// loss of an empty map for an empty target 0.
    ///
    /// Where the map of every image has become empty its gradient is almost 0, and training stays there. That happens
    /// in the first epochs, the more easily the larger the learning rate is and the more the images vary.
    SoftDice,
    /// The sum of [`Loss::SoftDice`] and [`Loss::CrossEntropy`] (Isensee et al. 2021): cross entropy leads back from
    /// empty maps, and Dice weighs a small foreground as much as a large one.
    DiceAndCrossEntropy,
}

impl Loss {
    /// The loss of a batch.
    ///
    /// # Panics
    ///
    /// If the shapes differ, as with every tensor operation of burn.
    pub fn forward(self, logits: Tensor<4>, target: Tensor<4>) -> Tensor<1> {
        match self {
            Self::MeanSquaredError => (sigmoid(logits) - target).square().mean(),
            Self::CrossEntropy => {
                let foreground = target.clone() * log_sigmoid(logits.clone());
                let background = (target.neg() + 1.0) * log_sigmoid(logits.neg());
                (foreground + background).mean().neg()
            }
            Self::SoftDice => {
                let map = sigmoid(logits);
                let per_image = |values: Tensor<4>| values.flatten::<2>(1, 3).sum_dim(1);
                let both = per_image(map.clone() * target.clone());
                let sum = per_image(map) + per_image(target);
                ((both * 2.0 + 1.0) / (sum + 1.0)).mean().neg() + 1.0
            }
            Self::DiceAndCrossEntropy => {
                Self::SoftDice.forward(logits.clone(), target.clone())
                    + Self::CrossEntropy.forward(logits, target)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Device, TensorData};
    use pollster::block_on;

    /// Two images of two pixels.
    fn tensor(values: [f32; 4], device: &Device) -> Tensor<4> {
        Tensor::from_data(TensorData::new(values.to_vec(), [2, 1, 1, 2]), device)
    }

    fn value(loss: Loss, logits: [f32; 4], target: [f32; 4]) -> f64 {
        let device = Device::flex();
        let loss = loss.forward(tensor(logits, &device), tensor(target, &device));
        assert_eq!(loss.dims(), [1]);
        f64::from(block_on(loss.try_into_scalar_async::<f32>()).unwrap())
    }

    // S = 1/2, 3/4, 1/4, 9/10.
    const LOGITS: [f32; 4] = [0.0, 1.098_612_3, -1.098_612_3, 2.197_224_6];
    const TARGET: [f32; 4] = [1.0, 0.0, 0.0, 1.0];

    #[test]
    fn the_losses_are_those_computed_by_hand() {
        let squares = (0.25 + 0.5625 + 0.0625 + 0.01) / 4.0;
        assert!((value(Loss::MeanSquaredError, LOGITS, TARGET) - squares).abs() < 1e-6);

        let entropy = -(0.5_f64.ln() + 0.25_f64.ln() + 0.75_f64.ln() + 0.9_f64.ln()) / 4.0;
        assert!((value(Loss::CrossEntropy, LOGITS, TARGET) - entropy).abs() < 1e-6);

        let dice = 1.0 - (2.0 / 3.25 + 2.8 / 3.15) / 2.0;
        assert!((value(Loss::SoftDice, LOGITS, TARGET) - dice).abs() < 1e-6);
        assert!((value(Loss::DiceAndCrossEntropy, LOGITS, TARGET) - dice - entropy).abs() < 1e-6);
    }

    #[test]
    fn saturated_logits_have_finite_losses_and_those_that_are_right_none() {
        let logits = [200.0, -200.0, -200.0, 200.0];
        for loss in [Loss::MeanSquaredError, Loss::CrossEntropy, Loss::SoftDice, Loss::DiceAndCrossEntropy] {
            assert!(value(loss, logits, TARGET).abs() < 1e-6, "{loss:?}");
            assert_eq!(value(loss, [-200.0; 4], [0.0; 4]), 0.0, "{loss:?} of nothing");
        }
        assert!((value(Loss::CrossEntropy, logits.map(|logit| -logit), TARGET) - 200.0).abs() < 1e-3);
    }

    #[test]
    fn the_gradient_of_cross_entropy_is_the_difference_even_where_the_map_is_saturated() {
        let device = Device::flex();
        let logits = tensor([-200.0, 1.098_612_3, 0.0, 200.0], &device).autodiff().require_grad();
        let loss = Loss::CrossEntropy.forward(logits.clone(), tensor([1.0, 0.0, 0.0, 1.0], &device));
        let gradient = logits.grad(&loss.backward()).unwrap();
        let gradient = block_on(gradient.into_data_async()).unwrap().try_into_vec_as::<f32>().unwrap();
        for (given, expected) in gradient.iter().zip([-0.25, 0.1875, 0.125, 0.0]) {
            assert!((given - expected).abs() < 1e-6, "{gradient:?}");
        }
    }
}
