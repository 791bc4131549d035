//! Everything that can be wrong with an input, and what a device can report.

/// Why something could not be learned, segmented, post-processed, written or read.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The network would be of a size that is not supported.
    #[error(
        "a U-Net of width {width} and depth {depth} for {classes} classes; accepted are widths from 1 to {max_width}, depths \
         from 1 to {max_depth}, and 1 to {max_classes} classes",
        max_width = crate::UNetConfig::MAX_WIDTH,
        max_depth = crate::UNetConfig::MAX_DEPTH,
        max_classes = crate::UNetConfig::MAX_CLASSES
    )]
    Network {
        /// The width that was given.
        width: usize,
        /// The depth that was given.
        depth: usize,
        /// The number of classes that was given.
        classes: usize,
    },
    /// A network of several classes where one with a single map is needed.
    #[error("the network gives maps of {classes} classes; here it has to give that of the foreground alone")]
    SeveralClasses {
        /// How many.
        classes: usize,
    },
    /// Priors for several classes where there is one.
    #[error(
        "the priors {priors} are about several classes, and the network gives the map of the foreground alone; a prior for it \
         has no number of a class, as in 1,1"
    )]
    OneClass {
        /// The priors, as they are written.
        priors: String,
    },
    /// A target that is no class of the network.
    #[error(
        "the pixel in row {row} and column {column} of a target is {value}; accepted are the numbers of the classes, from 0 \
         to {last}"
    )]
    NotAClass {
        /// The row of the first such pixel.
        row: usize,
        /// Its column.
        column: usize,
        /// Its value.
        value: f32,
        /// The greatest number of a class.
        last: usize,
    },
    /// An image without a pixel.
    #[error("the image has {rows} rows and {columns} columns; it must have at least one of each")]
    EmptyImage {
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        columns: usize,
    },
    /// A pixel of an image that is NaN or infinite.
    #[error("the pixel in row {row} and column {column} is {value}; every pixel must be finite")]
    NotFinite {
        /// The row of the first such pixel.
        row: usize,
        /// Its column.
        column: usize,
        /// Its value.
        value: f32,
    },
    /// An image and its target, or two pairs of one data set, that differ in size.
    #[error(
        "an array of shape {given:?} where all others have shape {expected:?}; resample or crop to one size"
    )]
    Shape {
        /// `[rows, columns]` of the first array.
        expected: [usize; 2],
        /// `[rows, columns]` of the one that differs.
        given: [usize; 2],
    },
    /// A target or a map with a value that is not a probability.
    #[error("the pixel in row {row} and column {column} is {value}; accepted are probabilities from 0 to 1")]
    NotAProbability {
        /// The row of the first such pixel.
        row: usize,
        /// Its column.
        column: usize,
        /// Its value.
        value: f32,
    },
    /// Nothing to train on.
    #[error("there is no pair to train on")]
    NoPairs,
    /// Another number of pairs than training began with.
    #[error(
        "there are {given} pairs to train on; the training began with {expected}, and goes on with them only"
    )]
    OtherPairs {
        /// How many there were.
        expected: usize,
        /// How many there are.
        given: usize,
    },
    /// More or fewer epochs, with which those that are done would have been others.
    #[error(
        "a training of {planned} epochs, {done} of which are done, cannot become one of {given}: {reason}"
    )]
    OtherEpochs {
        /// For how many epochs it was begun.
        planned: usize,
        /// How many of them are done.
        done: usize,
        /// How many are asked for now.
        given: usize,
        /// Why.
        reason: &'static str,
    },
    /// Something has become NaN or infinite that was to be written; it could not be read again.
    #[error("{name} is not finite any more, and is not written: the learning rate may be too high")]
    Overflow {
        /// The name of the weights or of their moments.
        name: String,
    },
    /// A pair that could not be read or made.
    #[error("pair {index} to train on: {source}")]
    Pair {
        /// Which, from 0.
        index: usize,
        /// Why.
        source: crate::PairError,
    },
    /// No image to train on without labels.
    #[error("there is no unlabelled image to train on; without one, training is supervised")]
    NoUnlabelled,
    /// Another number of unlabelled images than training began with.
    #[error(
        "there are {given} unlabelled images to train on; the training began with {expected}, and goes on with them only"
    )]
    OtherImages {
        /// How many there were.
        expected: usize,
        /// How many there are.
        given: usize,
    },
    /// An unlabelled image, or its prior, that could not be read or made.
    #[error("unlabelled image {index} to train on: {source}")]
    Unlabelled {
        /// Which, from 0.
        index: usize,
        /// Why.
        source: crate::PairError,
    },
    /// Another number of classes than of images.
    #[error("there are {classes} classes for {images} images; each image has one")]
    Classes {
        /// How many images there are.
        images: usize,
        /// How many classes.
        classes: usize,
    },
    /// A number of the options that makes no sense.
    #[error("{option} is {given}; accepted is {accepted}")]
    Option {
        /// The name of the option.
        option: &'static str,
        /// What was given.
        given: f64,
        /// What is accepted.
        accepted: &'static str,
    },
    /// A prior for volumes.
    #[error("the prior {prior} has {given} numbers; a prior for an image has 2 (components, holes)")]
    Prior {
        /// The prior, as it is written.
        prior: String,
        /// How many numbers it has.
        given: usize,
    },
    /// The loss became NaN or infinite.
    #[error(
        "the loss is {loss} in epoch {epoch}: training has diverged; try a lower learning rate than {rate}"
    )]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
        /// The loss.
        loss: f64,
        /// The learning rate.
        rate: f64,
    },
    /// The prediction cannot be held against the prior.
    #[error(transparent)]
    Topology(#[from] topoloss::Error),
    /// The bytes are not a network that was written by this crate.
    #[error("these bytes are not a network: {0}")]
    Foreign(#[from] crate::ForeignBytes),
    /// The bytes are not a run that was written by this crate.
    #[error("these bytes are not the state of a run: {0}")]
    ForeignRun(crate::ForeignBytes),
    /// The device failed, or was lost, before a result could be read.
    #[error("the device failed: {message}")]
    Device {
        /// What the device reported.
        message: String,
    },
}

impl Error {
    /// What a device or its driver reported.
    pub(crate) fn device(error: impl std::fmt::Display) -> Self {
        Self::Device { message: error.to_string() }
    }
}
