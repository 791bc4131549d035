//! Everything that can go wrong, in words that say what would be accepted.

use std::io;
use std::path::{Path, PathBuf};

use imaging::{DecodeError, EncodeError, ScaleError};

use crate::crop::Crop;
use crate::words;

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Something is wrong with a file that is read.
    #[error("{}: {problem}", .path.display())]
    File { path: PathBuf, problem: Problem },
    #[error("{}: cannot be written: {source}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{}: {source}", .path.display())]
    Encode { path: PathBuf, source: EncodeError },
    #[error("{}: {error}", .path.display())]
    Rewrite { path: PathBuf, error: imaging::RewriteError },
    #[error("{}: {error}; .npy and .nii keep all values of a file of the same format", .path.display())]
    NotHeld { path: PathBuf, error: imaging::NotHeld },
    #[error("{}: {error} (.npy, .tif and .nii hold any values)", .path.display())]
    Levels { path: PathBuf, error: imaging::NotUnitInterval },
    #[error("{}: the ending names no format that is written; accepted are {accepted}", .path.display())]
    UnknownEnding { path: PathBuf, accepted: &'static str },
    #[error(
        "{}: a volume cannot be written as PNG; accepted for volumes are .tif, .npy, .nii and .nii.gz",
        .path.display()
    )]
    VolumeAsPng { path: PathBuf },
    #[error("{}: this is a file that is read; {advice}", .path.display())]
    OverInput { path: PathBuf, advice: &'static str },
    #[error(
        "{}: this file is not from an earlier run of this command, and would be written over; give another place with \
         -o, or --force", .path.display()
    )]
    OverOther { path: PathBuf },
    #[error("{}: a training is kept in this file; --resume goes on with it, --force begins anew", .path.display())]
    KeptTraining { path: PathBuf },
    #[error("{}: this is to be written twice; give another name to one of the two", .path.display())]
    Twice { path: PathBuf },
    #[error("standard output: {0}")]
    StandardOutput(io::Error),
    #[error("a PNG is binary: write it to a file with -o FILE.png, or redirect the output")]
    BinaryToTerminal,
    #[error("no image was found in {}; accepted are PNG, JPEG, WebP, TIFF, NPY, NPZ and NIfTI", .searched.join(", "))]
    NothingFound { searched: Vec<String> },
    #[error(transparent)]
    Weights(#[from] topoloss::PriorError),
    #[error(transparent)]
    Experiment(#[from] experiments::Error),
    #[error("augmentation: {0}")]
    Augmentation(#[from] imaging::augment::AugmentError),
    #[error(transparent)]
    Resample(#[from] imaging::resample::ResampleError),
    #[error(transparent)]
    Preparation(#[from] imaging::preparation::PreparationError),
    #[error(transparent)]
    Learner(#[from] learner::Error),
    /// The best network until then was kept.
    #[error(
        "{source}; {} is the network of epoch {best_epoch}, the best until then", .path.display()
    )]
    Diverged { path: PathBuf, best_epoch: usize, source: learner::Error },
    #[error(
        "{}: the training that was kept had other settings; give them again, or another file. They were: {settings}; now \
         they are: {given}", .path.display()
    )]
    Checkpoint { path: PathBuf, settings: String, given: String },
    #[error(
        "--backend {backend}: this program was built without it; build it with `cargo build --release --features {backend}`, or leave the option out for the CPU"
    )]
    NotBuilt { backend: &'static str },
    #[cfg(any(feature = "wgpu", feature = "cuda"))]
    #[error("--backend {backend}: no device can be used: {message}")]
    Device { backend: &'static str, message: String },
    #[error("{}: the folder cannot be made: {source}", .path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("{}: this is the file that is read, and results of that name would be written over it; give another \
             folder", .path.display())]
    FolderOverInput { path: PathBuf },
    #[error(
        "{}: the model cannot be read: {source}; accepted are {built_in} and the paths of .bpk files", .path.display()
    )]
    NoModel { path: PathBuf, built_in: String, source: io::Error },
    #[error(
        "--target weights optimises the weights of a network, and there is none: name one with --model, or optimise \
         the map itself with --target pixels"
    )]
    NoNetwork,
    #[error(
        "no prior is given: --betti says how many components and holes there should be, as in --betti 1,1"
    )]
    NoPrior,
    #[error("threads cannot be started: {0}")]
    Threads(String),
    #[error("Ctrl-C cannot be watched for: {0}")]
    Interrupt(ctrlc::Error),
    #[error("the picture cannot be drawn: {0}")]
    Picture(String),
    #[error("the report cannot be written: {0}")]
    Report(String),
}

/// What is wrong with the content of a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("cannot be read: {0}")]
    Read(io::Error),
    #[error("this is a folder; only `check` takes folders")]
    Folder,
    #[error("the file has more than {limit} bytes, which is the limit")]
    TooLong { limit: u64 },
    #[error("no file matches this pattern")]
    NoMatch,
    #[error("not a pattern: {0}")]
    Pattern(globset::Error),
    #[error(
        "a pattern with *, ? or [ has to be text in UTF-8; names that are no text are matched by ? and *"
    )]
    PatternNotUtf8,
    #[error("this is {kind}, which is read only where it is named itself")]
    Special { kind: &'static str },
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Scale(#[from] ScaleError),
    #[error("--each-label: the value {value} is no label, which are whole numbers")]
    NoLabels { value: f32 },
    #[error("not a record of a network: {0}; it is a JSON object, as in {{\"size\": 28, \"lambda\": 0.02}}")]
    Record(serde_json::Error),
    #[error("the {field} of the record is {given}; accepted is {accepted}")]
    RecordField { field: &'static str, given: String, accepted: &'static str },
    #[error("the network takes images of {rows} x {columns} pixels; here they have {side} x {side}")]
    OtherSize { rows: usize, columns: usize, side: usize },
    #[error(
        "--crop {crop} does not lie in the image of {rows} rows and {columns} columns; it is X,Y,SIZE: the first \
             column, the first row, and the side of the square"
    )]
    Crop { crop: Crop, rows: usize, columns: usize },
    #[error("this is a volume of {}; one slice of it is an image, and --index N takes it", words::shape(.shape))]
    VolumeForImage { shape: Vec<usize> },
    #[error(
        "the image has {rows} x {columns} pixels and the model no size of its own; at most {most} are optimised: \
         --crop takes a part"
    )]
    TooManyPixels { rows: usize, columns: usize, most: usize },
    #[error(transparent)]
    Resample(imaging::resample::ResampleError),
    #[error(transparent)]
    Preparation(imaging::preparation::PreparationError),
    #[error(transparent)]
    Learner(#[from] learner::Error),
    #[error(transparent)]
    Array(#[from] persistence::Error),
    #[error(transparent)]
    Topology(#[from] topoloss::Error),
}

impl Problem {
    /// The failure of a command that needs this file.
    pub(crate) fn in_file(self, path: &Path) -> Failure {
        Failure::File { path: path.to_owned(), problem: self }
    }
}

impl From<imaging::preparation::PreparationError> for Problem {
    fn from(error: imaging::preparation::PreparationError) -> Self {
        use imaging::preparation::PreparationError::{Resample, Scale, Volume};
        match error {
            Volume { shape } => Self::VolumeForImage { shape },
            Scale(error) => error.into(),
            Resample(error) => Self::Resample(error),
            other => Self::Preparation(other),
        }
    }
}
