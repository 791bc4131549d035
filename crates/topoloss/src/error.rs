//! Everything that can be wrong with an input.

/// Why a prior cannot be held against an array.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The array has no barcode: it is empty, too large, has a NaN, or is neither an image nor a volume.
    #[error(transparent)]
    Array(#[from] persistence::Error),
    /// The prior speaks of another number of dimensions than the array has.
    #[error(
        "the prior {prior} has {given} numbers and the array {array} axes; a prior has 2 numbers for an image \
         (components, holes) and 3 for a volume (components, handles, cavities)"
    )]
    Dimensions {
        /// The prior, as it is written.
        prior: String,
        /// How many dimensions the prior has.
        given: usize,
        /// How many axes the array has.
        array: usize,
    },
    /// A pixel is not a probability.
    #[error(
        "the pixel at {position:?} is {value}; the loss is defined on probabilities from 0 to 1 \
         (rescale the array, or ask for clamping)"
    )]
    OutOfRange {
        /// The first such pixel in row-major order, one coordinate per axis.
        position: Vec<usize>,
        /// Its value.
        value: f32,
    },
    /// The threshold cannot divide pixels into foreground and background.
    #[error("the threshold is {threshold}; accepted are numbers, and for masks only finite ones")]
    Threshold {
        /// The threshold that was given.
        threshold: f32,
    },
    /// The probabilities of a set of classes are those of no softmax.
    #[error(
        "the probabilities of the classes {set} sum to {sum} at the pixel {position:?}; accepted are sums up to 1 (give the \
         map after the softmax, or ask for clamping)"
    )]
    ClassSum {
        /// The set, as it is written.
        set: String,
        /// The first such pixel in row-major order, one coordinate per axis of the image.
        position: Vec<usize>,
        /// The sum.
        sum: f32,
    },
    /// The priors are about a class that there is not.
    #[error("there is no class {class} of {set}: the map has {classes} classes, numbered from 0")]
    NoSuchClass {
        /// The set that has the class in it, as it is written.
        set: String,
        /// The class.
        class: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// The map has one image and the priors are about more than the foreground.
    #[error(
        "a map of shape {shape:?} is that of class 1, the foreground, and a prior is about {set}; it needs a map of all \
         classes, with an axis of classes before the others"
    )]
    NoClasses {
        /// The first set that is not class 1.
        set: String,
        /// The lengths of the axes of the map.
        shape: Vec<usize>,
    },
    /// The map has another number of axes than the priors ask for.
    #[error(
        "the priors {priors} are for maps with {dimensions} axes and one of classes before them; the map has the shape \
         {shape:?}"
    )]
    ClassAxes {
        /// The priors, as they are written.
        priors: String,
        /// How many dimensions they have.
        dimensions: usize,
        /// The lengths of the axes of the map.
        shape: Vec<usize>,
    },
    /// There is no entry of that number.
    #[error("there is no entry {entry}: the list has {entries}, numbered from 0")]
    NoSuchEntry {
        /// The number that was given.
        entry: usize,
        /// How many entries there are.
        entries: usize,
    },
    /// The labels cannot be this class.
    #[error("class {class} does not fit into the type of the labels, {labels}")]
    LabelRange {
        /// The class.
        class: usize,
        /// The name of the type.
        labels: &'static str,
    },
    /// There is not one prior for each array of a batch.
    #[error("there are {priors} priors for {arrays} arrays; give one prior, or one for each")]
    PriorCount {
        /// How many priors were given.
        priors: usize,
        /// How many arrays.
        arrays: usize,
    },
    /// The values to write would not be on the sides of the threshold that they stand for.
    #[error(
        "the values to write are {foreground} for foreground and {background} for background; the first must be at \
         least the threshold {threshold}, the second below it, and neither NaN"
    )]
    Written {
        /// The value for foreground that was given.
        foreground: f32,
        /// The value for background that was given.
        background: f32,
        /// The threshold.
        threshold: f32,
    },
    /// The gradient cannot be added to an array of another shape.
    #[error(
        "the gradient has shape {gradient:?} and the array that it is added to {target:?}; they must be equal"
    )]
    GradientShape {
        /// The lengths of the axes of the gradient.
        gradient: Vec<usize>,
        /// The lengths of the axes of the array that was given.
        target: Vec<usize>,
    },
    /// Two masks that are compared do not cover the same pixels.
    #[error("the prediction has shape {prediction:?} and the reference {reference:?}; they must be equal")]
    Shapes {
        /// The lengths of the axes of the prediction.
        prediction: Vec<usize>,
        /// The lengths of the axes of the reference.
        reference: Vec<usize>,
    },
}

/// Which array of a batch was wrong, and why.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("array {index} of the batch: {source}")]
pub struct BatchError {
    /// The array's place in the batch, counted from 0.
    pub index: usize,
    /// What is wrong with it.
    pub source: Error,
}

/// Why something is not a prior.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PriorError {
    /// One part of the text is not a number of features.
    #[error(
        "'{part}' in '{text}' is not a number of features; write one per dimension, separated by commas: \
         1 (exactly one), 0-2 (none to two), * (any), as in 1,1 for an image or 1,0-2,* for a volume"
    )]
    Part {
        /// The part that was not understood.
        part: String,
        /// The whole text.
        text: String,
    },
    /// A range that contains nothing.
    #[error("the range {least}-{most} is empty: its first number must not be greater than its second")]
    EmptyRange {
        /// The lower end.
        least: usize,
        /// The upper end.
        most: usize,
    },
    /// Neither 2 nor 3 numbers.
    #[error(
        "the prior has {given} numbers; an image needs 2 (components, holes) and a volume 3 (components, \
         handles, cavities)"
    )]
    Dimensions {
        /// How many numbers were given.
        given: usize,
    },
    /// Another number of weights than of dimensions.
    #[error("{weights} weights were given for the {dimensions} dimensions of the prior; each needs one")]
    WeightCount {
        /// How many weights were given.
        weights: usize,
        /// How many dimensions the prior has.
        dimensions: usize,
    },
    /// A weight that would make the loss meaningless.
    #[error("the weight of dimension {dimension} is {weight}; accepted are finite numbers from 0 upwards")]
    Weight {
        /// The dimension of the weight.
        dimension: usize,
        /// The weight.
        weight: f64,
    },
}
