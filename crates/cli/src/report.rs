//! The machine-readable forms of a report, and where it goes.

use std::path::Path;

use serde::Serialize;

use crate::console::Console;
use crate::failure::Failure;
use crate::writer::Writer;

/// A report cannot be put into text.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written: {0}")]
pub(crate) struct ReportError(String);

/// JSON on one line.
pub(crate) fn json(report: &impl Serialize) -> Result<Vec<u8>, ReportError> {
    let mut text = serde_json::to_vec(report).map_err(|error| ReportError(error.to_string()))?;
    text.push(b'\n');
    Ok(text)
}

/// JSON for people too: a line for each entry.
pub(crate) fn json_in_lines(report: &impl Serialize) -> Result<Vec<u8>, ReportError> {
    let mut text = serde_json::to_vec_pretty(report).map_err(|error| ReportError(error.to_string()))?;
    text.push(b'\n');
    Ok(text)
}

/// CSV with a line of names; `names` are those of the fields of a row, for a report without rows.
pub(crate) fn csv<Row: Serialize>(
    names: &[&str],
    rows: impl IntoIterator<Item = Row>,
) -> Result<Vec<u8>, ReportError> {
    let failed = |error: csv::Error| ReportError(error.to_string());
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(names).map_err(failed)?;
    for row in rows {
        writer.serialize(row).map_err(failed)?;
    }
    writer.into_inner().map_err(|error| ReportError(error.to_string()))
}

/// Writes a report to a file, or to standard output where none is given.
pub(crate) fn deliver(
    report: &[u8],
    output: Option<&Path>,
    writer: &Writer,
    console: Console,
) -> Result<(), Failure> {
    match output {
        None => Ok(console.print(report)?),
        Some(path) => writer.write(path, report),
    }
}
