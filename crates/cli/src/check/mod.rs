//! `bettiscope check`: whether masks and maps have the topology that they should have, and where they do not.

mod arguments;
mod budget;
mod examine;
mod expected;
mod row;

use std::path::Path;

use burn::tensor::Device;
use imaging::Kind;
use rayon::prelude::*;

pub(crate) use self::arguments::Arguments;
use self::arguments::Format;
use self::budget::Budget;
use self::examine::{Examination, Outcome};
use self::expected::Expected;
use self::row::{CsvRow, Row, Verdict};
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::files::{self, Entry};
use crate::input::Input;
use crate::network::Network;
use crate::writer::{Writer, is_same_file};
use crate::{name, report};

/// Why nothing is checked.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    #[error("no image was found in {}; accepted are PNG, JPEG, WebP, TIFF, NPY, NPZ, NIfTI, NRRD and MetaImage", .searched.join(", "))]
    NothingFound { searched: Vec<String> },
    #[error(
        "--each-label asks for the prior of every label, as in --betti 1,0; this list is about sets of labels already"
    )]
    EachOfSets,
    #[error(
        "--label says what the foreground is, and the list of --betti says it for each row; leave one of them out"
    )]
    LabelOfSets,
    #[error(
        "a list is about labels, which have no threshold and are no map: --threshold, --as mask or map, --sigmoid and --clamp \
         make no sense beside it"
    )]
    MapOfSets,
    #[error("threads cannot be started: {0}")]
    Threads(String),
}

pub(crate) fn run(arguments: &Arguments, console: Console) -> Result<Ending, Failure> {
    let open = |model: &Path| Network::open(model, &Device::flex());
    let network = arguments.model.as_deref().map(open).transpose()?;
    let expected = Expected::parse(&arguments.betti, network.as_ref())?;
    if matches!(expected, Expected::Sets { .. }) {
        arguments.check_sets()?;
    }
    let entries = files::expand(&arguments.files, arguments.recursive);
    let output = arguments.output.output.as_deref();
    if let Some(path) = output {
        arguments.check_output(path, &entries, &expected)?;
    }
    let progress = console.progress(entries.len(), "files");
    let budget = Budget::new(if arguments.jobs.is_some() { u64::MAX } else { MEMORY });
    // As many threads as there are cores, if no number is given.
    let threads = rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs.unwrap_or(0).into()).build();
    let threads = threads.map_err(|error| CheckError::Threads(error.to_string()))?;
    let examination =
        Examination { arguments, expected: &expected, network: network.as_ref(), budget: &budget };
    let check = |entry| {
        let checked = examination.check(entry);
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
        Format::Table => row::table(&rows, &expected, arguments.connectivity.connectivity).into_bytes(),
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
    /// What makes no sense beside sets of labels.
    fn check_sets(&self) -> Result<(), CheckError> {
        match () {
            () if self.each_label => Err(CheckError::EachOfSets),
            () if self.map.names_labels() => Err(CheckError::LabelOfSets),
            () if self.threshold.is_some() || self.map.is_of_maps() => Err(CheckError::MapOfSets),
            () => Ok(()),
        }
    }

    /// The report may replace a file of a folder that is no image, as one of an earlier run.
    fn check_output(&self, output: &Path, entries: &[Entry], expected: &Expected) -> Result<(), Failure> {
        let is_read = |entry: &&Entry| {
            let is_output = is_same_file(&entry.path, output);
            let is_image = || Input::read(&entry.path, &self.map.input, Some(expected.axes())).is_ok();
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
