//! What `bettiscope check` finds out about one file.

use std::path::Path;

use imaging::{DecodeError, EachLabel, Intensities, Kind, LabelMask, MapOptions, ScaleError};
use ndarray::ArrayViewD;
use topoloss::{CheckOptions, MaskOptions};

use super::arguments::Arguments;
use super::budget::Budget;
use super::row::{self, Feature, Row, Verdict};
use crate::crop::{CropError, Part};
use crate::files::{Entry, FilesError};
use crate::input::{Input, InputError, sentences};
use crate::network::Network;
use crate::{name, words};

/// What came of one file.
pub(crate) enum Outcome {
    Rows(Vec<Row>),
    /// A file of a folder that is no image.
    NoImage(String),
}

/// Why a file has no verdict.
#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Scale(#[from] ScaleError),
    #[error("--each-label: the value {value} is no label, which are whole numbers")]
    NoLabels { value: f32 },
    #[error(transparent)]
    Topology(#[from] topoloss::Error),
    #[error(transparent)]
    Crop(#[from] CropError),
    #[error(transparent)]
    Learner(#[from] learner::Error),
}

/// How many bytes a pixel takes from reading to counting; before the file is read, a byte of it counts as one.
const PER_PIXEL: u64 = 12;
/// How many bytes a voxel takes where handles are searched.
const PER_VOXEL_OF_HANDLES: u64 = 50;

impl Arguments {
    pub(crate) fn check(&self, entry: Entry, network: Option<&Network>, budget: &Budget) -> Outcome {
        let may_be_left_out = entry.may_be_left_out();
        let Entry { path, problem, .. } = entry;
        let rows = problem.map_or_else(|| self.rows(&path, network, budget), |problem| Err(problem.into()));
        match rows {
            Ok(rows) => Outcome::Rows(rows),
            Err(
                problem @ (Problem::Files(FilesError::Special { .. } | FilesError::Read(_))
                | Problem::Input(
                    InputError::Decode(DecodeError::Unrecognised { .. })
                    | InputError::Read(_)
                    | InputError::TooLong { .. },
                )),
            ) if may_be_left_out => Outcome::NoImage(format!("{}: left out: {problem}", name::shown(&path))),
            Err(problem) => Outcome::Rows(vec![Row {
                error: Some(name::printable(&problem.to_string()).into_owned()),
                ..self.row(&path)
            }]),
        }
    }

    /// The rows of a file that can be read: one, or one for each label.
    fn rows(&self, path: &Path, network: Option<&Network>, budget: &Budget) -> Result<Vec<Row>, Problem> {
        let length = path.metadata().map_or(0, |metadata| metadata.len());
        let mut share = budget.share(PER_PIXEL.saturating_mul(length));
        let Input { intensities, notes } = Input::read(path, &self.map.input, self.axes())?;
        share.resize(self.memory(intensities.shape()));
        let options = self.map.options();
        let row = Row { notes, ..self.row(path) };
        if let Some(network) = network {
            share.resize(Self::memory_of_network(network, intensities.shape()));
            return Ok(vec![self.examine_map_of(network, row, &intensities)?]);
        }
        if self.each_label {
            let each = intensities.each_label(&options).map_err(|error| match error {
                ScaleError::NotWhole { value } => Problem::NoLabels { value },
                other => other.into(),
            })?;
            if !each.labels().is_empty() {
                return self.row_of_each(&row, &each);
            }
        }
        Ok(vec![self.examine(row, intensities, &options)?])
    }

    fn row_of_each(&self, row: &Row, each: &EachLabel<'_>) -> Result<Vec<Row>, Problem> {
        let labels = each.labels();
        let rows = each.masks().map(|LabelMask { label, origin, mask }| {
            let mut row = Row {
                label: Some(label),
                shape: Some(each.shape().to_vec()),
                kind: Some(Kind::Labels),
                labels: labels.clone(),
                ..row.clone()
            };
            row.notes.extend(sentences(&each.remarks));
            // Nothing depends on what is around the foreground.
            let mut row = self.judge(row, mask.view(), 0.5)?;
            row.features.iter_mut().for_each(|feature| feature.shift(&origin));
            Ok(row)
        });
        rows.collect()
    }

    fn examine(
        &self,
        mut row: Row,
        intensities: Intensities<'_>,
        options: &MapOptions,
    ) -> Result<Row, Problem> {
        let scaled = intensities.into_map(options)?;
        row.notes.extend(sentences(&scaled.remarks));
        let is_map = scaled.kind == Kind::Map;
        let threshold = if is_map { self.threshold.unwrap_or(0.5) } else { 0.5 };
        let row = Row {
            shape: Some(scaled.values.shape().to_vec()),
            kind: Some(scaled.kind),
            labels: scaled.labels,
            threshold: is_map.then_some(threshold),
            ..row
        };
        self.judge(row, scaled.values.view(), threshold)
    }

    /// The row with the verdict on what a network finds in an image.
    fn examine_map_of(
        &self,
        network: &Network,
        mut row: Row,
        image: &Intensities<'_>,
    ) -> Result<Row, Problem> {
        let preparation = network.record.preparation(self.map.scaling());
        let (part, _) = Part::prepared(image, None, &preparation)?;
        let map = pollster::block_on(network.network.segment(part.image.view()))?;
        let of = part.about.map_or_else(String::new, |about| format!(" of {about}"));
        row.notes.push(format!("the map of the network {}{of}", network.name));
        let threshold = self.threshold.unwrap_or(0.5);
        let shape = map.shape().to_vec();
        let row = Row { shape: Some(shape), kind: Some(Kind::Map), threshold: Some(threshold), ..row };
        self.judge(row, map.view().into_dyn(), threshold)
    }

    /// The row with the verdict on a mask or map.
    fn judge(&self, mut row: Row, values: ArrayViewD<'_, f32>, threshold: f32) -> Result<Row, Problem> {
        let mask = MaskOptions { threshold, connectivity: self.connectivity.connectivity };
        let options = self.options(mask);
        let axes = values.ndim();
        let verdict = topoloss::check(values, &self.prior.betti, options)?;
        if row::lacks_handles(&verdict, options.places) {
            row.notes.push(format!(
                "the places of surplus handles are left out, for the foreground lies in a box of more than {} voxels; \
                 --places N searches them all the same",
                options.handle_box
            ));
        }
        Ok(Row {
            verdict: if verdict.is_correct() { Verdict::Right } else { Verdict::Wrong },
            betti: Some(verdict.betti),
            surplus: Some(verdict.surplus),
            missing: Some(verdict.missing),
            features: verdict.defects.into_iter().map(|defect| Feature::new(defect, axes)).collect(),
            ..row
        })
    }

    /// An estimate of the bytes that a network takes for an image of this shape: half a dozen maps of each channel of its
    /// first level.
    fn memory_of_network(network: &Network, shape: &[usize]) -> u64 {
        let pixels = match network.record.shape() {
            Some([rows, columns]) => rows as u64 * columns as u64,
            None => shape.iter().map(|&length| length as u64).product(),
        };
        (PER_PIXEL + 24 * network.network.config().width as u64).saturating_mul(pixels)
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
