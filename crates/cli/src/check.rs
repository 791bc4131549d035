//! `bettiscope check`: whether masks and maps have the topology that they should have, and where they do not.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use imaging::DecodeError;
use rayon::prelude::*;
use topoloss::{CheckOptions, MaskOptions};

use crate::arguments::{ConnectivityArguments, MapArguments, OutputArguments, PriorArguments, threshold};
use crate::budget::Budget;
use crate::console::Console;
use crate::failure::{Failure, Problem};
use crate::files::{self, Entry};
use crate::input::Input;
use crate::row::{CsvRow, Feature, Kind, Row, Verdict};
use crate::{Ending, report, row, words};

const EXAMPLES: &str = "\
Examples:
  bettiscope check masks/ --betti 1,1
  bettiscope check 'maps/*.png' --betti 1,0-2 --threshold 0.4 --connectivity v
  bettiscope check labels/*.nii.gz --betti 1,0,0 --format csv -o report.csv
  bettiscope check masks/ --betti '1,*' --format json | jq '.[] | select(.verdict != \"right\")'

JSON: [{file, shape, connectivity, kind, threshold, betti, expected, verdict, surplus, missing, features: [{dimension, \
kind, name, size, centre}], error}]. The verdict is right, wrong or unreadable. surplus and missing say how many features \
of each dimension are too many or missing. features has the places of surplus ones, at most --places of each dimension; \
what is missing is nowhere. Where there are too many, the smallest are the surplus ones. Centres are [row, column] or \
[slice, row, column].

Memory: up to 12 bytes for each pixel, and up to 50 more for each voxel of the box of the foreground where places of \
surplus handles are searched.

Exit codes: 0 all are right, 1 some are wrong, 2 some could not be read (the others are reported all the same).";

/// Whether masks and maps have the right topology
///
/// One row per file: its Betti numbers, whether they are what they should be, and which features are too many or
/// missing. A mask is recognised by its values: two of them, one being 0, or labels from 0 to 63; everything but 0
/// is foreground. Other images are maps, whose foreground is at least the threshold.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files, folders (their images) and patterns such as 'masks/*.png'
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    prior: PriorArguments,
    /// The least value of the foreground of a map
    #[arg(long, value_name = "VALUE", default_value = "0.5", value_parser = threshold, allow_negative_numbers = true)]
    threshold: f32,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// Also the folders in folders
    #[arg(short, long)]
    recursive: bool,
    /// Of how many surplus features of each dimension the place is searched: of the smallest [default: 100]
    ///
    /// The counts are always those of all. Without this option the places of surplus handles are searched only where
    /// the foreground of a volume lies in a box of at most 2^24 voxels. A table shows five places of a file.
    #[arg(long, value_name = "N")]
    places: Option<usize>,
    /// How many files are worked on at one time, whatever memory they take
    ///
    /// Without this option as many as there are cores and as fit, by an estimate, into 2 GiB together; one always does.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// What to write
    #[arg(long, default_value = "table")]
    format: Format,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    map: MapArguments,
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
    let progress = console.progress(entries.len(), "files");
    let budget = Budget::new(if arguments.jobs.is_some() { u64::MAX } else { MEMORY });
    // As many threads as there are cores, if no number is given.
    let threads = rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs.unwrap_or(0).into()).build();
    let threads = threads.map_err(|error| Failure::Threads(error.to_string()))?;
    let check = |entry| {
        let checked = arguments.check(entry, &budget);
        progress.inc(1);
        checked
    };
    let checked: Vec<Checked> = threads.install(|| entries.into_par_iter().map(check).collect());
    progress.finish_and_clear();

    let mut rows = Vec::new();
    let mut skipped = Vec::new();
    for checked in checked {
        checked.notes.iter().for_each(|note| console.note(note));
        match checked.outcome {
            Outcome::Row(row) => rows.push(*row),
            Outcome::NoImage(note) => skipped.push(note),
        }
    }
    note_skipped(&skipped, console);
    if rows.is_empty() {
        let searched = arguments.files.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::NothingFound { searched });
    }
    let report = match arguments.format {
        Format::Table => {
            row::table(&rows, &arguments.prior.betti, arguments.connectivity.connectivity).into_bytes()
        }
        Format::Json => report::json(&rows)?,
        Format::Csv => report::csv(&CsvRow::NAMES, rows.iter().map(CsvRow::from))?,
    };
    report::deliver(&report, arguments.output.output.as_deref(), console)?;
    if arguments.format != Format::Table || arguments.output.output.is_some() {
        for row in &rows {
            row.error.iter().for_each(|error| console.error(format!("{}: {error}", row.file)));
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
/// How many bytes a pixel takes from reading to counting; before the file is read, a byte of it counts as one.
const PER_PIXEL: u64 = 12;
/// How many bytes a voxel takes where handles are searched.
const PER_VOXEL_OF_HANDLES: u64 = 50;

/// What came of one file.
struct Checked {
    outcome: Outcome,
    notes: Vec<String>,
}

enum Outcome {
    Row(Box<Row>),
    /// A file of a folder that is no image.
    NoImage(String),
}

impl Arguments {
    fn check(&self, entry: Entry, budget: &Budget) -> Checked {
        let Entry { path, is_named, problem } = entry;
        let mut notes = Vec::new();
        let checked = match problem {
            Some(problem) => Err(problem),
            None => self.check_file(&path, budget, &mut notes),
        };
        let outcome = match checked {
            Ok(row) => Outcome::Row(Box::new(row)),
            Err(Problem::Decode(error @ DecodeError::Unrecognised { .. })) if !is_named => {
                Outcome::NoImage(format!("{}: left out: {error}", path.display()))
            }
            Err(problem) => Outcome::Row(Box::new(Row {
                file: path.display().to_string(),
                shape: None,
                connectivity: words::connectivity(self.connectivity.connectivity),
                kind: None,
                threshold: None,
                betti: None,
                expected: self.prior.betti.to_string(),
                verdict: Verdict::Unreadable,
                surplus: None,
                missing: None,
                features: Vec::new(),
                error: Some(problem.to_string()),
            })),
        };
        Checked { outcome, notes }
    }

    fn check_file(&self, path: &Path, budget: &Budget, notes: &mut Vec<String>) -> Result<Row, Problem> {
        let length = path.metadata().map_or(0, |metadata| metadata.len());
        let mut share = budget.share(PER_PIXEL.saturating_mul(length));
        let Input { intensities, notes: about } = Input::read(path, &self.map.input)?;
        notes.extend(about.iter().map(|note| format!("{}: {note}", path.display())));
        share.resize(self.memory(intensities.shape()));
        let scaled = intensities.map(&self.map.options())?;
        let shape = intensities.shape().to_vec();
        // The values of the file are not needed any more, and take as much memory as all that follows.
        drop(intensities);
        let is_mask = scaled.scale.is_mask();
        let threshold = if is_mask { 0.5 } else { self.threshold };
        let connectivity = self.connectivity.connectivity;
        let options = self.options(MaskOptions { threshold, connectivity });
        let verdict = topoloss::check(scaled.values.view(), &self.prior.betti, options)?;
        let axes = shape.len();
        if row::lacks_handles(&verdict, options.places) {
            notes.push(format!(
                "{}: the places of surplus handles are left out, for the foreground lies in a box of more than {} \
                 voxels; --places N searches them all the same",
                path.display(),
                options.handle_box
            ));
        }
        Ok(Row {
            file: path.display().to_string(),
            shape: Some(shape),
            connectivity: words::connectivity(connectivity),
            kind: Some(if is_mask { Kind::Mask } else { Kind::Map }),
            threshold: (!is_mask).then_some(threshold),
            verdict: if verdict.is_correct() { Verdict::Right } else { Verdict::Wrong },
            betti: Some(verdict.betti),
            expected: self.prior.betti.to_string(),
            surplus: Some(verdict.surplus),
            missing: Some(verdict.missing),
            features: verdict.defects.into_iter().map(|defect| Feature::new(defect, axes)).collect(),
            error: None,
        })
    }

    fn options(&self, mask: MaskOptions) -> CheckOptions {
        let default = CheckOptions::from(mask);
        match self.places {
            None => default,
            Some(places) => CheckOptions { places, handle_box: usize::MAX, ..default },
        }
    }

    /// An estimate of the bytes that an array of this shape takes.
    fn memory(&self, shape: &[usize]) -> u64 {
        let pixels: u64 = shape.iter().map(|&length| length as u64).product();
        let handle_box = self.options(MaskOptions::default()).handle_box as u64;
        let handles = if shape.len() == 3 { PER_VOXEL_OF_HANDLES * pixels.min(handle_box) } else { 0 };
        PER_PIXEL * pixels + handles
    }
}

fn note_skipped(skipped: &[String], console: Console) {
    const MOST: usize = 5;
    skipped.iter().take(MOST).for_each(|note| console.note(note));
    if skipped.len() > MOST {
        console.note(format!("{} more files of folders are no images", skipped.len() - MOST));
    }
}
