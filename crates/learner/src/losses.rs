//! The losses of supervised training, on logits.
//!
//! A loss takes logits z and not probabilities S = 1 / (1 + exp(-z)), or exp(z) over their sum for several classes, so that cross entropy stays finite, and has a
//! gradient, where S is 0 or 1 in single precision.

use burn::tensor::{
    Tensor,
    activation::{log_sigmoid, log_softmax},
};

use crate::unet::probabilities;

/// What supervised training makes small.
///
/// For one class the target has the probabilities of the foreground, in [0, 1]. For several it has the number of each
/// pixel's class, and t below is 1 for that class and 0 for the others.
///
/// # Shapes
///
/// Of every loss: `logits` are `[batch, classes, rows, columns]`, `target` is `[batch, 1, rows, columns]`; the result is
/// `[1]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Loss {
    /// The mean over all pixels, and classes, of (S - t)^2: the paper's experiment 1.
    #[default]
    MeanSquaredError,
    /// The mean over all pixels of -t ln S - (1 - t) ln(1 - S), or for several classes of -ln S of the right one: the
    /// paper's experiment 3.
    CrossEntropy,
    /// The mean over the batch, and over the classes but the background, of 1 - (2 sum(S t) + 1) / (sum(S) + sum(t) + 1),
    /// where the sums are over the pixels of one image: the paper's experiments 2 and 4. Counting one pixel more on both
    /// sides makes the loss of an empty map for an empty target 0.
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
        let classes = logits.dims()[1];
        match self {
            Self::MeanSquaredError => (probabilities(logits) - of_classes(target, classes)).square().mean(),
            Self::CrossEntropy if classes == 1 => {
                let foreground = target.clone() * log_sigmoid(logits.clone());
                let background = (target.neg() + 1.0) * log_sigmoid(logits.neg());
                (foreground + background).mean().neg()
            }
            Self::CrossEntropy => {
                // The mean over the classes, too, of which one in each pixel is not 0.
                (of_classes(target, classes) * log_softmax(logits, 1)).mean().neg() * classes as f32
            }
            Self::SoftDice => {
                let mut map = probabilities(logits);
                let mut target = of_classes(target, classes);
                if classes > 1 {
                    // Without the background.
                    map = map.narrow(1, 1, classes - 1);
                    target = target.narrow(1, 1, classes - 1);
                }
                let per_map = |values: Tensor<4>| values.flatten::<3>(2, 3).sum_dim(2);
                let both = per_map(map.clone() * target.clone());
                let sum = per_map(map) + per_map(target);
                ((both * 2.0 + 1.0) / (sum + 1.0)).mean().neg() + 1.0
            }
            Self::DiceAndCrossEntropy => {
                Self::SoftDice.forward(logits.clone(), target.clone())
                    + Self::CrossEntropy.forward(logits, target)
            }
        }
    }
}

/// What a perfect map would be, `[batch, classes, rows, columns]`, of a target `[batch, 1, rows, columns]`.
fn of_classes(target: Tensor<4>, classes: usize) -> Tensor<4> {
    match classes {
        1 => target,
        _ => {
            let of_class = |class: usize| target.clone().equal_elem(class as f32).float();
            Tensor::cat((0..classes).map(of_class).collect(), 1)
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

    /// One image of two pixels and three classes: S = (1/2, 1/4, 1/4) and (1/10, 8/10, 1/10).
    fn of_three(loss: Loss, logits: [f32; 6], target: [f32; 2]) -> f64 {
        let device = Device::flex();
        let logits = Tensor::<4>::from_data(TensorData::new(logits.to_vec(), [1, 3, 1, 2]), &device);
        let target = Tensor::<4>::from_data(TensorData::new(target.to_vec(), [1, 1, 1, 2]), &device);
        f64::from(block_on(loss.forward(logits, target).try_into_scalar_async::<f32>()).unwrap())
    }

    #[test]
    fn the_losses_of_several_classes_are_those_computed_by_hand() {
        let maps: [[f32; 2]; 3] = [[0.5, 0.1], [0.25, 0.8], [0.25, 0.1]];
        let mut logits = [0.0; 6];
        maps.iter().flatten().zip(&mut logits).for_each(|(s, z)| *z = s.ln() + 3.0);
        let target = [2.0, 1.0];
        let squares = (0.25 + 0.0625 + 0.5625 + 0.01 + 0.04 + 0.01) / 6.0;
        assert!((of_three(Loss::MeanSquaredError, logits, target) - squares).abs() < 1e-6);
        let entropy = -(0.25_f64.ln() + 0.8_f64.ln()) / 2.0;
        assert!((of_three(Loss::CrossEntropy, logits, target) - entropy).abs() < 1e-6);
        // Class 1 has the sum 1.05 and its one pixel 0.8; class 2 has 0.35 and 0.25.
        let dice = 1.0 - (2.6 / 3.05 + 1.5 / 2.35) / 2.0;
        assert!((of_three(Loss::SoftDice, logits, target) - dice).abs() < 1e-6);
        assert!((of_three(Loss::DiceAndCrossEntropy, logits, target) - dice - entropy).abs() < 1e-6);
        let sure = [-90.0, -90.0, -90.0, 90.0, 90.0, -90.0];
        for loss in [Loss::MeanSquaredError, Loss::CrossEntropy, Loss::SoftDice] {
            assert!(of_three(loss, sure, target).abs() < 1e-6, "{loss:?}");
        }
        assert!((of_three(Loss::CrossEntropy, sure, [0.0, 2.0]) - 180.0).abs() < 1e-3);
    }
}
