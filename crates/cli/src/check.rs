//! `bettiscope check`: whether masks and maps have the topology that they should have, and where they do not.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use imaging::DecodeError;
use rayon::prelude::*;
use topoloss::MaskOptions;

use crate::arguments::{ConnectivityArguments, MapArguments, OutputArguments, PriorArguments, threshold};
use crate::console::Console;
use crate::failure::{Failure, Problem};
use crate::files::{self, Entry, Origin};
use crate::input::Input;
use crate::row::{CsvRow, Feature, Kind, Row, Verdict};
use crate::writer::{Writer, is_same_file};
use crate::{Ending, name, report, row, words};

const EXAMPLES: &str = "\
Examples:
  bettiscope check masks/ --betti 1,1
  bettiscope check 'maps/*.png' --betti 1,0-2 --threshold 0.4 --connectivity v
  bettiscope check labels/*.nii.gz --betti 1,0,0 --format csv -o report.csv
  bettiscope check masks/ --betti '1,*' --format json | jq '.[] | select(.verdict != \"right\")'

Of a folder, those files are checked whose content or ending is that of an image; an image that is empty, damaged, or of a \
format that is not read, is unreadable. All other files are left out. Pipes and devices are read only where they are \
named themselves, as in /dev/stdin.

JSON: [{file, shape, connectivity, kind, threshold, betti, expected, verdict, features: [{dimension, kind, name, size, \
centre}], error}]. The verdict is right, wrong or unreadable. A feature is surplus or missing; one that is missing is \
nowhere: its size and centre are null. Where there are too many, the smallest are the surplus ones. Centres are \
[row, column] or [slice, row, column]. Where the name of a file is no text in UTF-8, file_bytes is its percent-encoding; in CSV \
such bytes are written as \\xe9.

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
    /// The least value of the foreground of a map; without this option 0.5. A mask has no threshold
    #[arg(long, value_name = "VALUE", value_parser = threshold, allow_negative_numbers = true)]
    threshold: Option<f32>,
    #[command(flatten)]
    connectivity: ConnectivityArguments,
    /// Also the folders in folders
    #[arg(short, long)]
    recursive: bool,
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
    let output = arguments.output.output.as_deref();
    if let Some(path) = output {
        arguments.check_output(path, &entries)?;
    }
    let progress = console.progress(entries.len(), "files");
    let checked: Vec<Checked> = entries
        .into_par_iter()
        .map(|entry| {
            let checked = arguments.check(entry);
            progress.inc(1);
            checked
        })
        .collect();
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
    arguments.note_threshold(&rows, console);
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
    let writer = Writer::new(rows.iter().map(|row| &row.file));
    report::deliver(&report, output, &writer, console)?;
    if arguments.format != Format::Table || output.is_some() {
        for row in &rows {
            row.error.iter().for_each(|error| console.error(format!("{}: {error}", name::shown(&row.file))));
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
    /// The report may replace a file of a folder that is no image, as one of an earlier run.
    fn check_output(&self, output: &Path, entries: &[Entry]) -> Result<(), Failure> {
        let is_read = |entry: &&Entry| {
            let may_be_left_out = entry.origin == Origin::Folder && !entry.has_image_ending();
            let is_output = is_same_file(&entry.path, output);
            is_output && !(may_be_left_out && Input::read(&entry.path, &self.map.input).is_err())
        };
        Writer::new(entries.iter().filter(is_read).map(|entry| &entry.path)).check(output)
    }

    /// A threshold that was given for nothing.
    fn note_threshold(&self, rows: &[Row], console: Console) {
        let mut masks = rows.iter().filter(|row| matches!(row.kind, Some(Kind::Mask)));
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

    fn check(&self, entry: Entry) -> Checked {
        let may_be_left_out = entry.origin == Origin::Folder && !entry.has_image_ending();
        let Entry { path, problem, .. } = entry;
        let mut notes = Vec::new();
        let checked = match problem {
            Some(problem) => Err(problem),
            None => self.check_file(&path, &mut notes),
        };
        let outcome = match checked {
            Ok(row) => Outcome::Row(Box::new(row)),
            Err(
                problem @ (Problem::Decode(DecodeError::Unrecognised { .. })
                | Problem::Special { .. }
                | Problem::Read(_)
                | Problem::TooLong { .. }),
            ) if may_be_left_out => Outcome::NoImage(format!("{}: left out: {problem}", name::shown(&path))),
            Err(problem) => Outcome::Row(Box::new(Row {
                file_bytes: name::bytes(&path),
                file: path,
                shape: None,
                connectivity: words::connectivity(self.connectivity.connectivity),
                kind: None,
                threshold: None,
                betti: None,
                expected: self.prior.betti.to_string(),
                verdict: Verdict::Unreadable,
                features: Vec::new(),
                error: Some(name::printable(&problem.to_string()).into_owned()),
            })),
        };
        Checked { outcome, notes }
    }

    fn check_file(&self, path: &Path, notes: &mut Vec<String>) -> Result<Row, Problem> {
        let Input { intensities, notes: about } = Input::read(path, &self.map.input)?;
        notes.extend(about.iter().map(|note| format!("{}: {note}", name::shown(path))));
        let scaled = intensities.map(&self.map.options())?;
        let is_mask = scaled.scale.is_mask();
        let threshold = if is_mask { 0.5 } else { self.threshold.unwrap_or(0.5) };
        let connectivity = self.connectivity.connectivity;
        let options = MaskOptions { threshold, connectivity };
        let verdict = topoloss::check(scaled.values.view(), &self.prior.betti, options)?;
        let axes = scaled.values.ndim();
        Ok(Row {
            file: path.to_owned(),
            file_bytes: name::bytes(path),
            shape: Some(intensities.shape().to_vec()),
            connectivity: words::connectivity(connectivity),
            kind: Some(if is_mask { Kind::Mask } else { Kind::Map }),
            threshold: (!is_mask).then_some(threshold),
            verdict: if verdict.is_correct() { Verdict::Right } else { Verdict::Wrong },
            betti: Some(verdict.betti),
            expected: self.prior.betti.to_string(),
            features: verdict.defects.into_iter().map(|defect| Feature::new(defect, axes)).collect(),
            error: None,
        })
    }
}

fn note_skipped(skipped: &[String], console: Console) {
    const MOST: usize = 5;
    skipped.iter().take(MOST).for_each(|note| console.note(note));
    if skipped.len() > MOST {
        console.note(format!("{} more files of folders are no images", skipped.len() - MOST));
    }
}
