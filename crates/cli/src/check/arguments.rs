//! What `bettiscope check` can be told.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::arguments::{ConnectivityArguments, MapArguments, OutputArguments, threshold};

const EXAMPLES: &str = "\
Examples:
  bettiscope check masks/ --betti 1,1
  bettiscope check 'maps/*.png' --betti 1,0-2 --threshold 0.4 --connectivity v
  bettiscope check labels/*.nii.gz --betti 1,0,0 --format csv -o report.csv
  bettiscope check labels.nii.gz --betti 1,0,0 --each-label
  bettiscope check heart.png --betti 1,1 --label 2 --ignore 255
  bettiscope check hearts/ --betti '1:1,0; 2:1,1; 1+2:1,0'
  bettiscope check slices/ --betti 1,1 --model heart
  bettiscope check masks/ --betti '1,*' --format json | jq '.[] | select(.verdict != \"right\")'

Of a folder, those files are checked whose content or ending is that of an image; an image that is empty, damaged, or of a \
format that is not read, is unreadable. All other files are left out. Pipes and devices are read only where they are \
named themselves, as in /dev/stdin.

JSON: [{file, label, set, shape, connectivity, kind, labels, threshold, betti, expected, verdict, surplus, missing, features: \
[{dimension, kind, name, size, centre}], notes, error}]. kind says what the values were taken for: mask, labels or map; labels \
are those that the file has, label the one that the row is about with --each-label, \
set (as in 1+2) those of a list of priors, and only there. The verdict is right, wrong or \
unreadable. surplus and missing say how many features of each dimension are too many or missing. features has the places \
of surplus ones, at most --places of each dimension; what is missing is nowhere. Where there are too many, the smallest are \
the surplus ones. Centres are [row, column] or [slice, row, column]. notes say what was guessed. Where the name of a file is \
no text in UTF-8, file_bytes is its percent-encoding; in CSV such bytes are written as \\xe9.

Memory: up to 12 bytes for each pixel, 20 with a list of priors, and up to 50 more for each voxel of the box of the foreground where places of \
surplus handles are searched.

Exit codes: 0 all are right, 1 some are wrong, 2 some could not be read (the others are reported all the same).";

/// Whether masks and maps have the right topology
///
/// One row per file: its Betti numbers, whether they are what they should be, and which features are too many or
/// missing. Masks, labels and maps are told apart by their values (see --as), and every row says what was taken: of a
/// mask and of labels everything but 0 is foreground, of a map what is at least the threshold.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files, folders (their images) and patterns such as 'masks/*.png'
    #[arg(required = true, value_name = "FILES")]
    pub(super) files: Vec<PathBuf>,
    /// How many features of each dimension there should be: 1 (exactly one), 0-2 (none to two) or * (any)
    ///
    /// Components and holes for an image, components, handles and cavities for a volume: 1,1 or 1,0-2,*. A list is about
    /// labels, and sets of labels together: "1:1,0; 2:1,1; 1+2:1,0" has a row for each; with --model of its classes, by
    /// their numbers or names.
    #[arg(long, value_name = "COUNTS")]
    pub(super) betti: String,
    /// The least value of the foreground of a map; without this option 0.5. A mask has no threshold
    #[arg(long, value_name = "VALUE", value_parser = threshold, allow_negative_numbers = true)]
    pub(super) threshold: Option<f32>,
    #[command(flatten)]
    pub(super) connectivity: ConnectivityArguments,
    /// Also the folders in folders
    #[arg(short, long)]
    pub(super) recursive: bool,
    /// Of how many surplus features of each dimension the place is searched: of the smallest [default: 100]
    ///
    /// The counts are always those of all. Without this option the places of surplus handles are searched only where
    /// the foreground of a volume lies in a box of at most 2^24 voxels. A table shows five places of a file.
    #[arg(long, value_name = "N")]
    pub(super) places: Option<usize>,
    /// How many files are worked on at one time, whatever memory they take
    ///
    /// Without this option as many as there are cores and as fit, by an estimate, into 2 GiB together; one always does.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: Option<u16>,
    /// What to write
    #[arg(long, default_value = "table")]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    /// A row for each label by itself
    #[arg(long, conflicts_with = "labels")]
    pub(super) each_label: bool,
    /// Files are images, and what is checked is what this network finds in them: a name or a .bpk file
    ///
    /// Images are prepared as those that it was trained on: usually the largest square in the middle is cut out and
    /// resampled. Sizes and places are those of the map, and the report says of what it is.
    #[arg(long, value_name = "NAME|FILE", conflicts_with_all = ["each_label", "labels", "ignore", "meaning", "nan", "sigmoid", "clamp"])]
    pub(super) model: Option<PathBuf>,
    #[command(flatten)]
    pub(super) map: MapArguments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Table,
    /// A list with one object per file
    Json,
    /// One line per file
    Csv,
}
