//! The learner: a U-Net on burn, its training on pairs, and the post-processing of one image under a topological
//! prior (Clough et al. 2020, "A Topological Loss Function for Deep-Learning based Image Segmentation using
//! Persistent Homology").
//!
//! - [`UNetConfig`] makes a [`UNet`], the network of the paper's figure 3, for images of any size;
//! - [`train`] fits it to [`Pair`]s of image and target, of one class or several, under a [`Loss`], and a [`Trainer`] does so
//!   step by step;
//! - [`train_semi`] goes on with images that nobody has labelled, under the [`topoloss::ClassPriors`] of their maps:
//!   equation 6; a [`SemiTrainer`] does so step by step;
//! - [`PostProcess`] changes a copy of it until its maps of one image have the topology of
//!   [`topoloss::ClassPriors`]: equation 5;
//! - [`UNet::to_bytes`] and [`UNet::from_bytes`] keep the network, [`PostProcess::to_bytes`] and
//!   [`PostProcess::from_bytes`] a run that is interrupted;
//! - a [`Classifier`] measures what has come of digits, as in the paper's section 4.1.
//!
//! The device is chosen at run time: `Device::flex()` is the CPU (feature `flex`, on by default), and with the feature
//! `wgpu` or `cuda` there are GPUs. What waits for a device is `async`, and nothing reads a device in any other way, because a browser cannot; natively
//! an executor as small as `pollster` will do.
//!
//! ```
//! use burn::tensor::Device;
//! use learner::{Pair, PostProcess, PostProcessOptions, TrainingOptions, UNetConfig, train};
//! use ndarray::Array2;
//! use std::ops::ControlFlow;
//!
//! # pollster::block_on(async {
//! // A ring, and a picture of it that has lost a part.
//! let ring = Array2::from_shape_fn((12, 12), |(row, column)| {
//!     let radius = (row as f32 - 5.5).hypot(column as f32 - 5.5);
//!     if (2.5..4.5).contains(&radius) { 1.0 } else { 0.0 }
//! });
//! let picture = Array2::from_shape_fn((12, 12), |at| if at.1 > 7 { 0.4 * ring[at] } else { ring[at] });
//!
//! let network = UNetConfig { width: 4, depth: 2, ..UNetConfig::default() }.init(0, &Device::flex())?;
//! let pairs = [Pair { image: picture.clone(), target: ring }];
//! let options = TrainingOptions { epochs: 3, ..TrainingOptions::default() };
//! let trained = train(&network, &pairs, &[], options, |_| ControlFlow::Continue(())).await?.network;
//!
//! let prior = "1,1".parse()?;
//! let mut run = PostProcess::new(&trained, picture.view(), prior, PostProcessOptions::default()).await?;
//! let step = run.step().await?;
//! assert_eq!(step.probabilities.dim(), (1, 12, 12));
//! assert_eq!(step.entries[0].topological.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod adam;
mod burnpack;
mod checkpoint;
mod classifier;
mod convolution;
mod error;
#[cfg(test)]
mod finite_differences;
mod image;
mod logistic;
mod losses;
mod options;
mod pairs;
mod post_process;
mod random;
mod semi;
mod state;
mod step;
mod store;
mod subject;
mod surrogate;
mod training;
mod training_options;
mod unet;
mod unlabelled;
mod validation;
mod weights;

pub use burnpack::ForeignBytes;
pub use classifier::{Classifier, ClassifierTraining};
pub use error::Error;
pub use losses::Loss;
pub use options::{PostProcessOptions, Stop, StopRules, Target};
pub use pairs::{Pair, PairError, Pairs};
pub use post_process::PostProcess;
pub use semi::{SemiBatch, SemiData, SemiOptions, SemiTrainer, train_semi};
pub use step::{Step, StepEntry};
pub use training::{Batch, End, Epoch, Progress, Trainer, Training, train};
pub use training_options::{Schedule, TrainingOptions};
pub use unet::{UNet, UNetConfig};
pub use unlabelled::{Unlabelled, UnlabelledImage};
