//! What `bettiscope check` finds out about one file.

use std::path::Path;

use imaging::{DecodeError, Intensities, Kind, MapOptions, ScaleError};
use topoloss::{CheckOptions, MaskOptions};

use crate::budget::Budget;
use crate::check::Arguments;
use crate::failure::Problem;
use crate::files::Entry;
use crate::input::{Input, sentences};
use crate::row::{self, Feature, Row, Verdict};
use crate::{name, words};

/// What came of one file.
pub(crate) enum Outcome {
    Rows(Vec<Row>),
    /// A file of a folder that is no image.
    NoImage(String),
}

/// How many bytes a pixel takes from reading to counting; before the file is read, a byte of it counts as one.
const PER_PIXEL: u64 = 12;
/// How many bytes a voxel takes where handles are searched.
const PER_VOXEL_OF_HANDLES: u64 = 50;

impl Arguments {
    pub(crate) fn check(&self, entry: Entry, budget: &Budget) -> Outcome {
        let may_be_left_out = entry.may_be_left_out();
        let Entry { path, problem, .. } = entry;
        let rows = problem.map_or_else(|| self.rows(&path, budget), Err);
        match rows {
            Ok(rows) => Outcome::Rows(rows),
            Err(
                problem @ (Problem::Decode(DecodeError::Unrecognised { .. })
                | Problem::Special { .. }
                | Problem::Read(_)
                | Problem::TooLong { .. }),
            ) if may_be_left_out => Outcome::NoImage(format!("{}: left out: {problem}", name::shown(&path))),
            Err(problem) => Outcome::Rows(vec![Row {
                error: Some(name::printable(&problem.to_string()).into_owned()),
                ..self.row(&path)
            }]),
        }
    }

    /// The rows of a file that can be read: one, or one for each label.
    fn rows(&self, path: &Path, budget: &Budget) -> Result<Vec<Row>, Problem> {
        let length = path.metadata().map_or(0, |metadata| metadata.len());
        let mut share = budget.share(PER_PIXEL.saturating_mul(length));
        let Input { intensities, notes } = Input::read(path, &self.map.input, self.axes())?;
        share.resize(self.memory(intensities.shape()));
        let options = self.map.options();
        let row = Row { notes, ..self.row(path) };
        if !self.each_label {
            return Ok(vec![self.examine(row, intensities, &options)?]);
        }
        let of = |labels: Vec<i64>| MapOptions { labels: Some(labels), ..options.clone() };
        let labels = intensities.map(&of(Vec::new()))?.labels;
        if labels.is_empty() {
            return Ok(vec![self.examine(row, intensities, &options)?]);
        }
        let row_of = |label| {
            let row = Row { label: Some(label), ..row.clone() };
            self.examine(row, intensities.view(), &of(vec![label]))
        };
        labels.into_iter().map(row_of).collect()
    }

    fn examine(
        &self,
        mut row: Row,
        intensities: Intensities<'_>,
        options: &MapOptions,
    ) -> Result<Row, Problem> {
        let scaled = intensities.into_map(options).map_err(|error| match error {
            ScaleError::NotWhole { value } if self.each_label => Problem::NoLabels { value },
            other => other.into(),
        })?;
        row.notes.extend(sentences(&scaled.remarks));
        let threshold = if scaled.kind == Kind::Map { self.threshold.unwrap_or(0.5) } else { 0.5 };
        let mask = MaskOptions { threshold, connectivity: self.connectivity.connectivity };
        let options = self.options(mask);
        let verdict = topoloss::check(scaled.values.view(), &self.prior.betti, options)?;
        let axes = scaled.values.ndim();
        if row::lacks_handles(&verdict, options.places) {
            row.notes.push(format!(
                "the places of surplus handles are left out, for the foreground lies in a box of more than {} voxels; \
                 --places N searches them all the same",
                options.handle_box
            ));
        }
        Ok(Row {
            shape: Some(scaled.values.shape().to_vec()),
            kind: Some(scaled.kind),
            labels: scaled.labels,
            threshold: (scaled.kind == Kind::Map).then_some(threshold),
            verdict: if verdict.is_correct() { Verdict::Right } else { Verdict::Wrong },
            betti: Some(verdict.betti),
            surplus: Some(verdict.surplus),
            missing: Some(verdict.missing),
            features: verdict.defects.into_iter().map(|defect| Feature::new(defect, axes)).collect(),
            ..row
        })
    }

    /// The row of a file of which nothing is known yet.
    fn row(&self, path: &Path) -> Row {
        Row {
            file: path.to_owned(),
            file_bytes: name::bytes(path),
            label: None,
            shape: None,
            connectivity: words::connectivity(self.connectivity.connectivity),
            kind: None,
            labels: Vec::new(),
            threshold: None,
            betti: None,
            expected: self.prior.betti.to_string(),
            verdict: Verdict::Unreadable,
            surplus: None,
            missing: None,
            features: Vec::new(),
            notes: Vec::new(),
            error: None,
        }
    }

    /// The number of axes that the prior is for.
    pub(crate) fn axes(&self) -> Option<usize> {
        Some(self.prior.betti.dimensions())
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
