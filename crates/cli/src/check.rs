//! `bettiscope check`: whether masks and maps have the topology that they should have, and where they do not.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use imaging::Kind;
use rayon::prelude::*;

use crate::arguments::{ConnectivityArguments, MapArguments, OutputArguments, PriorArguments, threshold};
use crate::budget::Budget;
use crate::console::Console;
use crate::ending::Ending;
use crate::examine::Outcome;
use crate::failure::Failure;
use crate::files::{self, Entry};
use crate::input::Input;
use crate::row::{CsvRow, Row, Verdict};
use crate::writer::{Writer, is_same_file};
use crate::{name, report, row};

const EXAMPLES: &str = "\
Examples:
  bettiscope check masks/ --betti 1,1
  bettiscope check 'maps/*.png' --betti 1,0-2 --threshold 0.4 --connectivity v
  bettiscope check labels/*.nii.gz --betti 1,0,0 --format csv -o report.csv
  bettiscope check labels.nii.gz --betti 1,0,0 --each-label
  bettiscope check heart.png --betti 1,1 --label 2 --ignore 255
  bettiscope check masks/ --betti '1,*' --format json | jq '.[] | select(.verdict != \"right\")'

Of a folder, those files are checked whose content or ending is that of an image; an image that is empty, damaged, or of a \
format that is not read, is unreadable. All other files are left out. Pipes and devices are read only where they are \
named themselves, as in /dev/stdin.

JSON: [{file, label, shape, connectivity, kind, labels, threshold, betti, expected, verdict, surplus, missing, features: \
[{dimension, kind, name, size, centre}], notes, error}]. kind says what the values were taken for: mask, labels or map; labels \
are those that the file has, label the one that the row is about with --each-label. The verdict is right, wrong or \
unreadable. surplus and missing say how many features of each dimension are too many or missing. features has the places \
of surplus ones, at most --places of each dimension; what is missing is nowhere. Where there are too many, the smallest are \
the surplus ones. Centres are [row, column] or [slice, row, column]. notes say what was guessed. Where the name of a file is \
no text in UTF-8, file_bytes is its percent-encoding; in CSV such bytes are written as \\xe9.

Memory: up to 12 bytes for each pixel, and up to 50 more for each voxel of the box of the foreground where places of \
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
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) prior: PriorArguments,
    /// The least value of the foreground of a map; without this option 0.5. A mask has no threshold
    #[arg(long, value_name = "VALUE", value_parser = threshold, allow_negative_numbers = true)]
    pub(crate) threshold: Option<f32>,
    #[command(flatten)]
    pub(crate) connectivity: ConnectivityArguments,
    /// Also the folders in folders
    #[arg(short, long)]
    pub(crate) recursive: bool,
    /// Of how many surplus features of each dimension the place is searched: of the smallest [default: 100]
    ///
    /// The counts are always those of all. Without this option the places of surplus handles are searched only where
    /// the foreground of a volume lies in a box of at most 2^24 voxels. A table shows five places of a file.
    #[arg(long, value_name = "N")]
    pub(crate) places: Option<usize>,
    /// How many files are worked on at one time, whatever memory they take
    ///
    /// Without this option as many as there are cores and as fit, by an estimate, into 2 GiB together; one always does.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// What to write
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    output: OutputArguments,
    /// A row for each label by itself
    #[arg(long, conflicts_with = "labels")]
    pub(crate) each_label: bool,
    #[command(flatten)]
    pub(crate) map: MapArguments,
}

/// Why nothing is checked.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    #[error("no image was found in {}; accepted are PNG, JPEG, WebP, TIFF, NPY, NPZ and NIfTI", .searched.join(", "))]
    NothingFound { searched: Vec<String> },
    #[error("threads cannot be started: {0}")]
    Threads(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// A list with one object per file
    Json,
    /// One line per file
    Csv,
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let entries = files::expand(&arguments.files, arguments.recursive);
    let output = arguments.output.output.as_deref();
    if let Some(path) = output {
        arguments.check_output(path, &entries)?;
    }
    let progress = console.progress(entries.len(), "files");
    let budget = Budget::new(if arguments.jobs.is_some() { u64::MAX } else { MEMORY });
    // As many threads as there are cores, if no number is given.
    let threads = rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs.unwrap_or(0).into()).build();
    let threads = threads.map_err(|error| CheckError::Threads(error.to_string()))?;
    let check = |entry| {
        let checked = arguments.check(entry, &budget);
        progress.inc(1);
        checked
    };
    let checked: Vec<Outcome> = threads.install(|| entries.into_par_iter().map(check).collect());
    progress.finish_and_clear();

    let mut rows = Vec::new();
    let mut skipped = Vec::new();
    for outcome in checked {
        match outcome {
            Outcome::Rows(found) => rows.extend(found),
            Outcome::NoImage(note) => skipped.push(note),
        }
    }
    note_skipped(&skipped, console);
    arguments.note_threshold(&rows, console);
    if rows.is_empty() {
        let searched = arguments.files.iter().map(|path| path.display().to_string()).collect();
        return Err(CheckError::NothingFound { searched }.into());
    }
    let report = match arguments.format {
        Format::Table => {
            row::table(&rows, &arguments.prior.betti, arguments.connectivity.connectivity).into_bytes()
        }
        Format::Json => report::json(&rows)?,
        Format::Csv => report::csv(&CsvRow::NAMES, rows.iter().map(CsvRow::from))?,
    };
    let writer = Writer::new(rows.iter().map(|row| &row.file));
    report::deliver(&report, output, &writer, console)?;
    if arguments.format != Format::Table || output.is_some() {
        for row in &rows {
            row.notes.iter().for_each(|note| console.note(format!("{}: {note}", row.name())));
            row.error.iter().for_each(|error| console.error(format!("{}: {error}", row.name())));
        }
        console.note(row::summary(&rows));
    }
    let has = |verdict| rows.iter().any(|row| row.verdict == verdict);
    Ok(match () {
        () if has(Verdict::Unreadable) => Ending::Unreadable,
        () if has(Verdict::Wrong) => Ending::Wrong,
        () => Ending::Right,
    })
}

/// How many bytes files may take together that are worked on at one time, unless their number is given.
const MEMORY: u64 = 1 << 31;

impl Arguments {
    /// The report may replace a file of a folder that is no image, as one of an earlier run.
    fn check_output(&self, output: &Path, entries: &[Entry]) -> Result<(), Failure> {
        let is_read = |entry: &&Entry| {
            let is_output = is_same_file(&entry.path, output);
            let is_image = || Input::read(&entry.path, &self.map.input, self.axes()).is_ok();
            is_output && (!entry.may_be_left_out() || is_image())
        };
        Writer::new(entries.iter().filter(is_read).map(|entry| &entry.path)).check(output)
    }

    /// A threshold that was given for nothing.
    fn note_threshold(&self, rows: &[Row], console: Console) {
        let mut masks = rows.iter().filter(|row| matches!(row.kind, Some(Kind::Mask | Kind::Labels)));
        if let (Some(threshold), Some(first)) = (self.threshold, masks.next()) {
            let others = match masks.count() {
                0 => String::new(),
                count => format!(" and {count} more"),
            };
            let file = name::shown(&first.file);
            console.note(format!(
                "{file}{others}: a mask has no threshold, and --threshold {threshold} is not used; --as map makes it a map"
            ));
        }
    }
}

fn note_skipped(skipped: &[String], console: Console) {
    const MOST: usize = 5;
    skipped.iter().take(MOST).for_each(|note| console.note(note));
    if skipped.len() > MOST {
        console.note(format!("{} more files of folders are no images", skipped.len() - MOST));
    }
}
