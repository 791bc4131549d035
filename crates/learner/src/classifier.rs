//! A network that tells digits apart: not a part of the method, but how section 4.1 of the paper measures it.

use std::ops::ControlFlow;

use burn::{
    module::{Module, Param},
    nn::{Initializer, Linear, LinearConfig, conv::Conv2d, loss::CrossEntropyLossConfig},
    optim::{AdamConfig, GradientsParams},
    tensor::{Device, Int, Tensor, TensorData, activation::relu, module::max_pool2d, ops::MaxPoolOptions},
};
use ndarray::{Array2, ArrayView2, ArrayView3, Axis};

use crate::{
    Error,
    burnpack::{Kind, Pack, Unpacked},
    image,
    random::Random,
    store, unet, weights,
};

const KIND: Kind = ("network", "bettiscope digit classifier");

/// A network that gives each image of 28 x 28 one of ten classes.
///
/// Two convolutions of 3x3, to 16 and to 32 channels, each followed by a ReLU and the maximum of 2x2; then 64 hidden
/// units with a ReLU, and ten logits.
#[derive(Module, Debug)]
pub struct Classifier {
    first: Conv2d,
    second: Conv2d,
    hidden: Linear,
    output: Linear,
}

/// How a [`Classifier`] is trained: by Adam on the cross entropy, every image moved by up to one pixel along each axis
/// each time that it is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassifierTraining {
    /// How often every image is seen: 12 by default.
    pub epochs: usize,
    /// The learning rate of Adam in the first epoch, 1e-3 by default; it falls by an equal amount in each, and would
    /// reach 0 in the one after the last.
    pub learning_rate: f64,
    /// How many images there are between two updates, at most: 50 by default.
    pub batch_size: usize,
    /// The seed of the weights, of the order of the images and of how they are moved.
    pub seed: u64,
}

impl Default for ClassifierTraining {
    fn default() -> Self {
        Self { epochs: 12, learning_rate: 1e-3, batch_size: 50, seed: 0 }
    }
}

impl Classifier {
    /// The rows and the columns of its images.
    pub const SIZE: usize = 28;
    /// How many classes there are.
    pub const CLASSES: usize = 10;
    const CHANNELS: [usize; 2] = [16, 32];
    const HIDDEN: usize = 64;

    /// A classifier with random weights, which depend on nothing but the seed.
    pub fn init(seed: u64, device: &Device) -> Self {
        let mut random = Random::new(seed);
        let [few, many] = Self::CHANNELS;
        Self {
            first: unet::convolution([1, few], 3, 1, &mut random, device),
            second: unet::convolution([few, many], 3, 1, &mut random, device),
            hidden: linear(many * (Self::SIZE / 4).pow(2), Self::HIDDEN, &mut random, device),
            output: linear(Self::HIDDEN, Self::CLASSES, &mut random, device),
        }
    }

    /// A classifier trained on images `[count, 28, 28]`, usually in [0, 1], and their classes from 0 to 9.
    ///
    /// `on_epoch` is told the number of each epoch, from 1, and its mean loss; if it breaks, training ends there and
    /// gives what it has.
    ///
    /// # Errors
    ///
    /// If there is no image, there are not as many classes as images, a class is above 9, an image has another size
    /// or a pixel that is not finite; if the loss becomes NaN or infinite; or if the device fails.
    pub async fn train(
        images: ArrayView3<'_, f32>,
        classes: &[u8],
        options: ClassifierTraining,
        device: &Device,
        mut on_epoch: impl FnMut(usize, f64) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        check(images, classes)?;
        let mut classifier = Self::init(options.seed, device).train();
        let mut optimiser = AdamConfig::new().with_epsilon(1e-8).init();
        let cross_entropy = CrossEntropyLossConfig::new().init(device);
        let mut random = Random::new(options.seed.wrapping_add(1));
        let mut order = (0..classes.len()).collect::<Vec<usize>>();
        for epoch in 1..=options.epochs {
            random.shuffle(&mut order);
            let rate = options.learning_rate * (1.0 - (epoch - 1) as f64 / options.epochs as f64);
            let mut sum = 0.0;
            for batch in order.chunks(options.batch_size.max(1)) {
                let moved = batch.iter().map(|&at| moved(images.index_axis(Axis(0), at), &mut random));
                let moved = moved.collect::<Vec<Array2<f32>>>();
                let views = moved.iter().map(|image| image.view()).collect::<Vec<ArrayView2<f32>>>();
                let targets = batch.iter().map(|&at| i64::from(classes[at])).collect::<Vec<i64>>();
                let targets = Tensor::<1, Int>::from_data(TensorData::new(targets, [batch.len()]), device);
                let loss = cross_entropy.forward(classifier.logits(image::batch(&views, device)), targets);
                let value =
                    loss.clone().inner().try_into_scalar_async::<f32>().await.map_err(Error::device)?;
                if !value.is_finite() {
                    return Err(Error::Diverged { epoch, loss: value.into(), rate });
                }
                let gradients = GradientsParams::from_grads(loss.backward(), &classifier);
                classifier = optimiser.step(rate, classifier, gradients);
                sum += f64::from(value) * batch.len() as f64;
            }
            if on_epoch(epoch, sum / classes.len() as f64).is_break() {
                break;
            }
        }
        Ok(classifier.valid())
    }

    /// The class of each image.
    ///
    /// # Errors
    ///
    /// If an image has another size than 28 x 28 or a pixel that is not finite, or the device fails.
    pub async fn classify(&self, images: &[ArrayView2<'_, f32>]) -> Result<Vec<u8>, Error> {
        for image in images {
            check_image(*image)?;
        }
        let device = self.first.weight.lazy_device().inner();
        let mut classes = Vec::with_capacity(images.len());
        for images in images.chunks(200) {
            let logits = self.valid().logits(image::batch(images, &device));
            let values = logits.into_data_async().await.map_err(Error::device)?;
            let values = values.try_into_vec_as::<f32>().map_err(Error::device)?;
            classes.extend(values.chunks_exact(Self::CLASSES).map(greatest));
        }
        Ok(classes)
    }

    /// The classifier as bytes, in the format of [`UNet::to_bytes`](crate::UNet::to_bytes).
    ///
    /// # Errors
    ///
    /// If a weight is not finite, or the device fails.
    pub async fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut pack = Pack::default();
        pack.arrays(weights::read(self).await?);
        pack.into_bytes(KIND)
    }

    /// The classifier that [`Classifier::to_bytes`] wrote, on a device.
    ///
    /// # Errors
    ///
    /// If the bytes are anything else.
    pub fn from_bytes(bytes: Vec<u8>, device: &Device) -> Result<Self, Error> {
        let weights = Unpacked::read(bytes, KIND)?.into_arrays();
        Ok(store::fit(Self::init(0, device), weights)?)
    }

    /// `[batch, 1, 28, 28]` to `[batch, 10]`.
    fn logits(&self, images: Tensor<4>) -> Tensor<2> {
        let halves = |map: Tensor<4>| max_pool2d(relu(map), MaxPoolOptions::new([2, 2]));
        let map = halves(self.first.forward(images));
        let map = halves(self.second.forward(map));
        self.output.forward(relu(self.hidden.forward(map.flatten(1, 3))))
    }
}

/// The place of the greatest value, of equal ones the first.
fn greatest(values: &[f32]) -> u8 {
    let mut greatest = 0;
    for (at, value) in values.iter().enumerate() {
        if *value > values[greatest] {
            greatest = at;
        }
    }
    greatest as u8
}

/// The image moved by up to one pixel along each axis, with 0 where nothing comes from.
fn moved(image: ArrayView2<f32>, random: &mut Random) -> Array2<f32> {
    // From [-1.5, 1.5) to -1, 0 or 1.
    let mut shift = || random.around_zero(1.5).round().clamp(-1.0, 1.0) as isize;
    let (down, right) = (shift(), shift());
    Array2::from_shape_fn(image.raw_dim(), |(row, column)| {
        let from = |at: usize, shift: isize| usize::try_from(at as isize - shift).ok();
        from(row, down).zip(from(column, right)).and_then(|at| image.get(at).copied()).unwrap_or(0.0)
    })
}

/// `[batch, inputs]` to `[batch, outputs]`, with weights as those of convolutions.
fn linear(inputs: usize, outputs: usize, random: &mut Random, device: &Device) -> Linear {
    let reach = (6.0 / inputs as f32).sqrt();
    let weights = (0..inputs * outputs).map(|_| random.around_zero(reach)).collect::<Vec<f32>>();
    let mut linear = LinearConfig::new(inputs, outputs).with_initializer(Initializer::Zeros).init(device);
    linear.weight = Param::from_data(TensorData::new(weights, [inputs, outputs]), device);
    linear
}

fn check(images: ArrayView3<f32>, classes: &[u8]) -> Result<(), Error> {
    if classes.is_empty() {
        return Err(Error::NoPairs);
    }
    if images.dim().0 != classes.len() {
        return Err(Error::Classes { images: images.dim().0, classes: classes.len() });
    }
    if let Some(&class) = classes.iter().find(|&&class| usize::from(class) >= Classifier::CLASSES) {
        let accepted = "a whole number from 0 to 9";
        return Err(Error::Option { option: "a class", given: class.into(), accepted });
    }
    images.outer_iter().try_for_each(check_image)
}

fn check_image(image: ArrayView2<f32>) -> Result<(), Error> {
    image::check_finite(image)?;
    let (expected, given) = ([Classifier::SIZE; 2], [image.nrows(), image.ncols()]);
    if given == expected { Ok(()) } else { Err(Error::Shape { expected, given }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array3, ArrayViewMut2, Slice};
    use pollster::block_on;

    /// Bars: class 0 lies, class 1 stands, at places and with noise that the seed gives.
    fn bars(count: usize, seed: u64) -> (Array3<f32>, Vec<u8>) {
        let mut random = Random::new(seed);
        let classes = (0..count).map(|at| (at % 2) as u8).collect::<Vec<u8>>();
        let mut images = Array3::zeros((count, 28, 28));
        for (class, mut image) in classes.iter().zip(images.outer_iter_mut()) {
            let at = (14.0 + random.around_zero(8.0)) as usize;
            image.mapv_inplace(|_: f32| 0.2 + random.around_zero(0.2));
            match class {
                0 => set(&mut image, |row, column| (at..at + 2).contains(&row) && (5..23).contains(&column)),
                _ => set(&mut image, |row, column| (5..23).contains(&row) && (at..at + 2).contains(&column)),
            }
        }
        (images, classes)
    }

    fn set(image: &mut ArrayViewMut2<f32>, inside: impl Fn(usize, usize) -> bool) {
        for ((row, column), value) in image.indexed_iter_mut() {
            if inside(row, column) {
                *value = 0.9;
            }
        }
    }

    fn classify(classifier: &Classifier, images: &Array3<f32>) -> Vec<u8> {
        block_on(classifier.classify(&images.outer_iter().collect::<Vec<_>>())).unwrap()
    }

    #[test]
    fn it_learns_to_tell_lying_from_standing_bars_and_the_same_seed_gives_the_same() {
        let (images, classes) = bars(60, 0);
        let options = ClassifierTraining { epochs: 12, batch_size: 10, ..ClassifierTraining::default() };
        let train = |options| {
            let mut losses = Vec::new();
            let on_epoch = |_, loss| {
                losses.push(loss);
                ControlFlow::Continue(())
            };
            let device = Device::flex();
            let trained = Classifier::train(images.view(), &classes, options, &device, on_epoch);
            (block_on(trained).unwrap(), losses)
        };
        let (classifier, losses) = train(options);
        let (others, expected) = bars(40, 1);
        assert_eq!(classify(&classifier, &others), expected);
        assert!(losses.len() == 12 && losses[11] < losses[0], "{losses:?}");
        assert_eq!(train(options).1, losses);

        let bytes = block_on(classifier.to_bytes()).unwrap();
        let again = Classifier::from_bytes(bytes.clone(), &Device::flex()).unwrap();
        assert_eq!(classify(&again, &others), expected);
        assert_eq!(block_on(again.to_bytes()).unwrap(), bytes);
        let error = crate::UNet::from_bytes(bytes, &Device::flex()).unwrap_err().to_string();
        assert!(error.contains("a \"bettiscope digit classifier\""), "{error}");
    }

    #[test]
    fn what_cannot_be_classified_is_refused() {
        let (images, classes) = bars(4, 0);
        let refused = |images: ArrayView3<f32>, classes: &[u8]| {
            let on_epoch = |_, _| ControlFlow::Continue(());
            let options = ClassifierTraining::default();
            block_on(Classifier::train(images, classes, options, &Device::flex(), on_epoch)).unwrap_err()
        };
        assert!(matches!(refused(images.slice_axis(Axis(0), Slice::from(..0)), &[]), Error::NoPairs));
        assert!(matches!(refused(images.view(), &classes[..3]), Error::Classes { images: 4, classes: 3 }));
        assert!(matches!(refused(images.view(), &[0, 1, 10, 1]), Error::Option { given: 10.0, .. }));
        let small = images.slice_axis(Axis(1), Slice::from(..20));
        assert!(matches!(refused(small, &classes), Error::Shape { given: [20, 28], .. }));
        let classifier = Classifier::init(0, &Device::flex());
        assert!(block_on(classifier.classify(&[small.index_axis(Axis(0), 0)])).is_err());
        assert!(block_on(classifier.classify(&[])).unwrap().is_empty());
    }
}
