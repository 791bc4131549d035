//! The U-Net of figure 3 of Clough et al. 2020, for images.

use std::collections::BTreeMap;

use burn::{
    module::{Module, Param},
    nn::{
        Initializer, PaddingConfig2d,
        conv::{Conv2d, Conv2dConfig},
    },
    tensor::{
        Device, Tensor, TensorData,
        activation::{sigmoid, softmax},
        module::interpolate,
        ops::{InterpolateMode, InterpolateOptions, PadMode},
    },
};
use ndarray::{Array2, Array3, ArrayView2, Axis};

use crate::{
    Error,
    convolution::{Activation, convolve},
    image,
    random::Random,
};

/// The size of a [`UNet`]. The default is the network of figure 3.
///
/// Level k of the encoder has `width` * 2^k channels, for k from 0 to `depth`:
///
/// | level | encoder: channels | decoder: channels |
/// |---|---|---|
/// | 0 | 1 - w - w | (2w + w) - w - w - w |
/// | 0 < k < depth | 2^(k-1)w - 2^k w (stride 2) - 2^k w | (2^(k+1)w + 2^k w) - 2^k w - 2^k w - 2^k w |
/// | depth | stride 2 to 2^depth w, then 3 convolutions | |
///
/// Every convolution is 3x3 and followed by a ReLU; the decoder enlarges by repeating pixels 2x2 and joins the
/// encoder's map of the same level; a 1x1 convolution ends it, and the logistic function for one class, or the softmax for
/// several. There is no normalisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UNetConfig {
    /// How many channels the first level has. 16 by default, as in figure 3.
    pub width: usize,
    /// How often the resolution is halved. 2 by default, as in figure 3.
    pub depth: usize,
    /// How many maps the network gives: 1 by default, the probability of the foreground. Of several, which add up to 1 in
    /// each pixel, the first is that of the background.
    pub classes: usize,
}

impl Default for UNetConfig {
    fn default() -> Self {
        Self { width: 16, depth: 2, classes: 1 }
    }
}

impl UNetConfig {
    /// The greatest width.
    pub const MAX_WIDTH: usize = 256;
    /// The greatest depth.
    pub const MAX_DEPTH: usize = 6;
    /// The greatest number of classes.
    pub const MAX_CLASSES: usize = 256;
    /// The bias of the last convolution before training, but for that of the background among several classes, which is 0.
    const HEAD_BIAS: f32 = -2.0;

    /// A network on a device with random weights, which depend on nothing but the seed: they are the same on every
    /// device and platform.
    ///
    /// Weights are uniform in +-sqrt(6 / inputs) (He et al. 2015). Biases are 0 but for those of the foreground in the
    /// last convolution, which are -2: maps start near 0.12. From 0.5 the mean squared error of targets that are mostly background drives the whole
    /// map to 0, where the logistic function is flat, and training stays there.
    ///
    /// # Errors
    ///
    /// If the width, the depth or the number of classes is 0 or too great.
    pub fn init(&self, seed: u64, device: &Device) -> Result<UNet, Error> {
        self.check()?;
        let mut random = Random::new(seed);
        let mut block = |channels: &[[usize; 2]], stride: usize| {
            let strides = std::iter::once(stride).chain(std::iter::repeat(1));
            channels
                .iter()
                .zip(strides)
                .map(|(&channels, stride)| convolution(channels, 3, stride, &mut random, device))
                .collect::<Vec<Conv2d>>()
        };
        let [encoder, decoder] = self.channels();
        let strides = std::iter::once(1).chain(std::iter::repeat(2));
        let encoder = encoder.iter().zip(strides).map(|(channels, stride)| block(channels, stride)).collect();
        let decoder = decoder.iter().map(|channels| block(channels, 1)).collect();
        let mut head = convolution([self.width, self.classes], 1, 1, &mut random, device);
        let mut biases = vec![Self::HEAD_BIAS; self.classes];
        if self.classes > 1 {
            biases[0] = 0.0;
        }
        head.bias = Some(Param::from_data(TensorData::new(biases, [self.classes]), device));
        Ok(UNet { encoder, decoder, head, config: *self })
    }

    /// The shapes of all weights by their names, without making any.
    ///
    /// # Errors
    ///
    /// As [`UNetConfig::init`].
    pub(crate) fn shapes(&self) -> Result<BTreeMap<String, Vec<usize>>, Error> {
        self.check()?;
        let mut shapes = BTreeMap::new();
        let mut insert = |name: &str, [from, to]: [usize; 2], size: usize| {
            shapes.insert(format!("{name}.weight"), vec![to, from, size, size]);
            shapes.insert(format!("{name}.bias"), vec![to]);
        };
        for (part, blocks) in ["encoder", "decoder"].into_iter().zip(self.channels()) {
            for (level, block) in blocks.iter().enumerate() {
                for (place, &channels) in block.iter().enumerate() {
                    insert(&format!("{part}.{level}.{place}"), channels, 3);
                }
            }
        }
        insert("head", [self.width, self.classes], 1);
        Ok(shapes)
    }

    /// From how many channels to how many each convolution goes, block by block: of the encoder from the image down, of
    /// the decoder back up.
    fn channels(&self) -> [Vec<Vec<[usize; 2]>>; 2] {
        let Self { width, depth, .. } = *self;
        let encoder = (0..=depth).map(|level| {
            let channels = width << level;
            let more = if level == depth { 3 } else { 1 };
            let first = if level == 0 { 1 } else { channels / 2 };
            [vec![[first, channels]], vec![[channels; 2]; more]].concat()
        });
        let decoder = (0..depth).rev().map(|level| {
            let channels = width << level;
            vec![[3 * channels, channels], [channels; 2], [channels; 2]]
        });
        [encoder.collect(), decoder.collect()]
    }

    fn check(&self) -> Result<(), Error> {
        let Self { width, depth, classes } = *self;
        let fits = (1..=Self::MAX_WIDTH).contains(&width) && (1..=Self::MAX_DEPTH).contains(&depth);
        if fits && (1..=Self::MAX_CLASSES).contains(&classes) {
            return Ok(());
        }
        Err(Error::Network { width, depth, classes })
    }
}

/// A U-Net that turns an image into a probability map of the same size, or into one for each class.
///
/// Images may have any size. Inside, rows and columns are added at the bottom and on the right until both numbers
/// are multiples of 2^depth, by repeating the last ones, and the result is cropped again.
///
/// A clone shares nothing that changes: training or post-processing one leaves the other as it is.
#[derive(Module, Debug)]
pub struct UNet {
    /// One block of convolutions per level, from the image down.
    encoder: Vec<Vec<Conv2d>>,
    /// One block per level, from the one above the deepest up to that of the image.
    decoder: Vec<Vec<Conv2d>>,
    head: Conv2d,
    #[module(skip)]
    config: UNetConfig,
}

impl UNet {
    /// The size of the network.
    pub fn config(&self) -> UNetConfig {
        self.config
    }

    /// The device that the weights are on.
    pub fn device(&self) -> Device {
        self.head.weight.lazy_device()
    }

    /// The probability maps of a batch of images: the logistic function of [`UNet::logits`] for one class, the softmax over
    /// several.
    ///
    /// # Shapes
    ///
    /// - `images`: `[batch, 1, rows, columns]`
    /// - result: `[batch, classes, rows, columns]`, in [0, 1]
    ///
    /// # Panics
    ///
    /// As [`UNet::logits`].
    pub fn forward(&self, images: Tensor<4>) -> Tensor<4> {
        probabilities(self.logits(images))
    }

    /// The logits of the probability maps of a batch of images.
    ///
    /// # Shapes
    ///
    /// - `images`: `[batch, 1, rows, columns]`
    /// - result: `[batch, classes, rows, columns]`
    ///
    /// # Panics
    ///
    /// If an axis has length 0 or there is not exactly one channel, as with every tensor operation of burn.
    /// [`UNet::segment`] takes arrays and never does.
    pub fn logits(&self, images: Tensor<4>) -> Tensor<4> {
        let [_, _, rows, columns] = images.dims();
        let mut map = pad(images, 1 << self.config.depth);
        let mut skipped = Vec::with_capacity(self.config.depth);
        for (level, block) in self.encoder.iter().enumerate() {
            map = apply(block, map);
            if level < self.config.depth {
                skipped.push(map.clone());
            }
        }
        for (block, skip) in self.decoder.iter().zip(skipped.into_iter().rev()) {
            map = apply(block, Tensor::cat(vec![enlarge(map), skip], 1));
        }
        crop(convolve(&self.head, map, Activation::Identity), rows, columns)
    }

    /// The probability map of the foreground of one image `[rows, columns]`, by a network of one class: an array of the
    /// same shape, in [0, 1].
    ///
    /// # Errors
    ///
    /// If the image is empty or has a pixel that is not finite, the network has several classes, or the device fails.
    pub async fn segment(&self, image: ArrayView2<'_, f32>) -> Result<Array2<f32>, Error> {
        if self.config.classes > 1 {
            return Err(Error::SeveralClasses { classes: self.config.classes });
        }
        Ok(self.segment_classes(image).await?.index_axis_move(Axis(0), 0))
    }

    /// The probability maps of one image `[rows, columns]`, one for each class of the network: `[classes, rows, columns]`,
    /// in [0, 1].
    ///
    /// # Errors
    ///
    /// If the image is empty or has a pixel that is not finite, or the device fails.
    pub async fn segment_classes(&self, image: ArrayView2<'_, f32>) -> Result<Array3<f32>, Error> {
        image::check_finite(image)?;
        let input = image::batch(&[image], &self.device().inner());
        image::read(self.valid().forward(input)).await
    }
}

/// The probabilities of logits `[batch, classes, rows, columns]`.
pub(crate) fn probabilities(logits: Tensor<4>) -> Tensor<4> {
    match logits.dims()[1] {
        1 => sigmoid(logits),
        _ => softmax(logits, 1),
    }
}

// What follows is all that differs for volumes: the network above is made of it.

/// A square convolution that keeps the size of the map, or halves it if `stride` is 2. Weights are drawn row by row.
///
/// # Shapes
///
/// - input: `[batch, channels[0], rows, columns]`
/// - output: `[batch, channels[1], rows / stride, columns / stride]`
pub(crate) fn convolution(
    channels: [usize; 2],
    size: usize,
    stride: usize,
    random: &mut Random,
    device: &Device,
) -> Conv2d {
    let inputs = channels[0] * size * size;
    let reach = (6.0 / inputs as f32).sqrt();
    let weights = (0..channels[1] * inputs).map(|_| random.around_zero(reach)).collect::<Vec<f32>>();
    let margin = (size - 1) / 2;
    let mut convolution = Conv2dConfig::new(channels, [size, size])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(margin, margin, margin, margin))
        .with_initializer(Initializer::Zeros)
        .init(device);
    convolution.weight =
        Param::from_data(TensorData::new(weights, [channels[1], channels[0], size, size]), device);
    convolution
}

/// Convolutions one after the other, each followed by a ReLU.
fn apply(block: &[Conv2d], map: Tensor<4>) -> Tensor<4> {
    block.iter().fold(map, |map, layer| convolve(layer, map, Activation::Relu))
}

/// `[batch, channels, rows, columns]` to `[batch, channels, 2 rows, 2 columns]`, each pixel four times.
fn enlarge(map: Tensor<4>) -> Tensor<4> {
    let [_, _, rows, columns] = map.dims();
    interpolate(
        map,
        InterpolateOptions::new(InterpolateMode::Nearest)
            .with_align_corners(false)
            .with_output_size([2 * rows, 2 * columns]),
    )
}

/// Repeats the last row and the last column until their numbers are multiples of `multiple`.
fn pad(images: Tensor<4>, multiple: usize) -> Tensor<4> {
    let [_, _, rows, columns] = images.dims();
    let missing = |length: usize| length.next_multiple_of(multiple) - length;
    match (missing(rows), missing(columns)) {
        (0, 0) => images,
        (below, right) => images.pad([(0, below), (0, right)], PadMode::Edge),
    }
}

/// The first rows and columns.
fn crop(map: Tensor<4>, rows: usize, columns: usize) -> Tensor<4> {
    let [batch, channels, all_rows, all_columns] = map.dims();
    if (rows, columns) == (all_rows, all_columns) {
        return map;
    }
    map.slice([0..batch, 0..channels, 0..rows, 0..columns])
}

#[cfg(test)]
#[path = "unet_tests.rs"]
mod tests;
