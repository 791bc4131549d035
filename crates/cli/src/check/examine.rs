//! What `bettiscope check` finds out about one file.

use std::collections::BTreeSet;
use std::path::Path;

use imaging::{DecodeError, EachLabel, Intensities, Kind, LabelMask, MapOptions, ScaleError};
use ndarray::{ArrayView, ArrayViewD, Dimension};
use topoloss::{CheckOptions, ClassPriors, MaskOptions, Prior, classes};

use super::arguments::Arguments;
use super::budget::Budget;
use super::expected::Expected;
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
    #[error("{asked}: the value {value} is no label, which are whole numbers")]
    NoLabels {
        value: f32,
        /// What asks for labels.
        asked: &'static str,
    },
    #[error(transparent)]
    Topology(#[from] topoloss::Error),
    #[error(transparent)]
    Crop(#[from] CropError),
    #[error(transparent)]
    Learner(#[from] learner::Error),
}

/// How many bytes a pixel takes from reading to counting; before the file is read, a byte of it counts as one.
const PER_PIXEL: u64 = 12;
/// How many more it takes where it has a label.
const PER_LABEL: u64 = 8;
/// How many bytes a voxel takes where handles are searched.
const PER_VOXEL_OF_HANDLES: u64 = 50;

/// How files are examined.
pub(crate) struct Examination<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) expected: &'a Expected,
    pub(crate) network: Option<&'a Network>,
    pub(crate) budget: &'a Budget,
}

impl Examination<'_> {
    pub(crate) fn check(&self, entry: Entry) -> Outcome {
        let may_be_left_out = entry.may_be_left_out();
        let Entry { path, problem, .. } = entry;
        let rows = problem.map_or_else(|| self.rows(&path), |problem| Err(problem.into()));
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

    /// The rows of a file that can be read: one, or one for each label or set of labels.
    fn rows(&self, path: &Path) -> Result<Vec<Row>, Problem> {
        let Self { arguments, expected, network, budget } = *self;
        let length = path.metadata().map_or(0, |metadata| metadata.len());
        let mut share = budget.share(PER_PIXEL.saturating_mul(length));
        let Input { intensities, notes } = Input::read(path, &arguments.map.input, Some(expected.axes()))?;
        share.resize(self.memory(intensities.shape()));
        let options = arguments.map.options();
        let row = Row { notes, ..self.row(path) };
        if let Some(network) = network {
            share.resize(memory_of_network(network, intensities.shape()));
            return self.rows_of_network(network, row, &intensities);
        }
        let each = || {
            intensities.each_label(&options).map_err(|error| match error {
                ScaleError::NotWhole { value } => {
                    let asked = if arguments.each_label { "--each-label" } else { "a list of priors" };
                    Problem::NoLabels { value, asked }
                }
                other => other.into(),
            })
        };
        match expected {
            Expected::Sets { priors, names } => {
                let each = each()?;
                let row = Row { kind: Some(Kind::Labels), ..self.row_of_labels(row, &each) };
                self.rows_of_sets(row, each.label_map().view(), priors, names)
            }
            Expected::Foreground(prior) if arguments.each_label => {
                let each = each()?;
                if each.labels().is_empty() {
                    return Ok(vec![self.examine(row, intensities, &options, prior)?]);
                }
                self.row_of_each(row, &each, prior)
            }
            Expected::Foreground(prior) => Ok(vec![self.examine(row, intensities, &options, prior)?]),
        }
    }

    /// What the rows of a file have in common that was taken for labels.
    fn row_of_labels(&self, mut row: Row, each: &EachLabel<'_>) -> Row {
        row.notes.extend(sentences(&each.remarks));
        Row { shape: Some(each.shape().to_vec()), kind: Some(Kind::Labels), labels: each.labels(), ..row }
    }

    /// A row for each entry of a list of priors.
    fn rows_of_sets<T: Copy + TryInto<usize>, D: Dimension>(
        &self,
        row: Row,
        labels: ArrayView<'_, T, D>,
        priors: &ClassPriors,
        names: &[String],
    ) -> Result<Vec<Row>, Problem> {
        let connectivity = self.arguments.connectivity.connectivity;
        let options = self.options(MaskOptions { connectivity, ..MaskOptions::default() });
        let verdicts = classes::check(labels, priors, options)?;
        let is_named = |&&label: &&i64| {
            usize::try_from(label).is_ok_and(|label| priors.entries().iter().any(|of| of.contains(label)))
        };
        let others = row.labels.iter().filter(|label| !is_named(label)).map(i64::to_string);
        let others = others.collect::<Vec<String>>().join(", ");
        let rows = priors.entries().iter().zip(verdicts).enumerate().map(|(place, (entry, verdict))| {
            let mut row =
                Row { set: Some(entry.named_set(names)), expected: entry.prior().to_string(), ..row.clone() };
            if place == 0 && !others.is_empty() {
                row.notes.push(format!("nothing is expected of the labels {others}"));
            }
            self.judged(row, verdict)
        });
        Ok(rows.collect())
    }

    fn row_of_each(&self, row: Row, each: &EachLabel<'_>, prior: &Prior) -> Result<Vec<Row>, Problem> {
        let row = self.row_of_labels(row, each);
        let rows = each.masks().map(|LabelMask { label, origin, mask }| {
            let row = Row { label: Some(label), ..row.clone() };
            // Nothing depends on what is around the foreground.
            let mut row = self.judge(row, mask.view(), 0.5, prior)?;
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
        prior: &Prior,
    ) -> Result<Row, Problem> {
        let scaled = intensities.into_map(options)?;
        row.notes.extend(sentences(&scaled.remarks));
        let is_map = scaled.kind == Kind::Map;
        let threshold = if is_map { self.arguments.threshold.unwrap_or(0.5) } else { 0.5 };
        let row = Row {
            shape: Some(scaled.values.shape().to_vec()),
            kind: Some(scaled.kind),
            labels: scaled.labels,
            threshold: is_map.then_some(threshold),
            ..row
        };
        self.judge(row, scaled.values.view(), threshold, prior)
    }

    /// The rows with the verdict on what a network finds in an image.
    fn rows_of_network(
        &self,
        network: &Network,
        mut row: Row,
        image: &Intensities<'_>,
    ) -> Result<Vec<Row>, Problem> {
        let preparation = network.record.preparation(self.arguments.map.scaling());
        let (part, _) = Part::prepared(image, None, &preparation)?;
        let of = part.about.map_or_else(String::new, |about| format!(" of {about}"));
        row.notes.push(format!("the map of the network {}{of}", network.name));
        let row = Row { shape: Some(part.image.shape().to_vec()), ..row };
        match self.expected {
            Expected::Foreground(prior) => {
                let map = pollster::block_on(network.network.segment(part.image.view()))?;
                let threshold = self.arguments.threshold.unwrap_or(0.5);
                let row = Row { kind: Some(Kind::Map), threshold: Some(threshold), ..row };
                Ok(vec![self.judge(row, map.view().into_dyn(), threshold, prior)?])
            }
            Expected::Sets { priors, names } => {
                let maps = pollster::block_on(network.network.segment_classes(part.image.view()))?;
                let labels = classes::arg_max(maps.view())?;
                let found = labels.iter().filter(|&&label| label > 0).map(|&label| i64::from(label));
                let found = found.collect::<BTreeSet<i64>>().into_iter().collect();
                let row = Row { kind: Some(Kind::Labels), labels: found, ..row };
                self.rows_of_sets(row, labels.view(), priors, names)
            }
        }
    }

    /// The row with the verdict on a mask or map.
    fn judge(
        &self,
        row: Row,
        values: ArrayViewD<'_, f32>,
        threshold: f32,
        prior: &Prior,
    ) -> Result<Row, Problem> {
        let mask = MaskOptions { threshold, connectivity: self.arguments.connectivity.connectivity };
        Ok(self.judged(row, topoloss::check(values, prior, self.options(mask))?))
    }

    fn judged(&self, mut row: Row, verdict: topoloss::Verdict) -> Row {
        let options = self.options(MaskOptions::default());
        let axes = verdict.betti.len();
        if row::lacks_handles(&verdict, options.places) {
            row.notes.push(format!(
                "the places of surplus handles are left out, for the foreground lies in a box of more than {} voxels; \
                 --places N searches them all the same",
                options.handle_box
            ));
        }
        Row {
            verdict: if verdict.is_correct() { Verdict::Right } else { Verdict::Wrong },
            betti: Some(verdict.betti),
            surplus: Some(verdict.surplus),
            missing: Some(verdict.missing),
            features: verdict.defects.into_iter().map(|defect| Feature::new(defect, axes)).collect(),
            ..row
        }
    }

    /// The row of a file of which nothing is known yet.
    fn row(&self, path: &Path) -> Row {
        Row {
            file: path.to_owned(),
            file_bytes: name::bytes(path),
            label: None,
            set: None,
            shape: None,
            connectivity: words::connectivity(self.arguments.connectivity.connectivity),
            kind: None,
            labels: Vec::new(),
            threshold: None,
            betti: None,
            expected: self.expected.to_string(),
            verdict: Verdict::Unreadable,
            surplus: None,
            missing: None,
            features: Vec::new(),
            notes: Vec::new(),
            error: None,
        }
    }

    fn options(&self, mask: MaskOptions) -> CheckOptions {
        let default = CheckOptions::from(mask);
        match self.arguments.places {
            None => default,
            Some(places) => CheckOptions { places, handle_box: usize::MAX, ..default },
        }
    }

    /// An estimate of the bytes that an array of this shape takes.
    fn memory(&self, shape: &[usize]) -> u64 {
        let pixels: u64 = shape.iter().map(|&length| length as u64).product();
        let handle_box = self.options(MaskOptions::default()).handle_box as u64;
        let handles = if shape.len() == 3 { PER_VOXEL_OF_HANDLES * pixels.min(handle_box) } else { 0 };
        let labels = if matches!(self.expected, Expected::Sets { .. }) { PER_LABEL * pixels } else { 0 };
        PER_PIXEL * pixels + handles + labels
    }
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
