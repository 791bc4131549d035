//! The report of `bettiscope check`: one row per file, as JSON, CSV and a table have it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use persistence::Connectivity;
use serde::{Serialize, Serializer};
use topoloss::{Defect, DefectKind, Prior};

use crate::{name, words};

/// One file's row of the report.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    #[serde(serialize_with = "lossy")]
    pub(crate) file: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file_bytes: Option<String>,
    pub(crate) shape: Option<Vec<usize>>,
    pub(crate) connectivity: &'static str,
    pub(crate) kind: Option<Kind>,
    pub(crate) threshold: Option<f32>,
    pub(crate) betti: Option<Vec<usize>>,
    pub(crate) expected: String,
    pub(crate) verdict: Verdict,
    pub(crate) features: Vec<Feature>,
    pub(crate) error: Option<String>,
}

fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&name::text(path))
}

/// How a file was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Mask,
    Map,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Right,
    Wrong,
    Unreadable,
}

#[derive(Debug, Serialize)]
pub(crate) struct Feature {
    dimension: u8,
    kind: &'static str,
    name: &'static str,
    size: Option<usize>,
    centre: Option<Vec<f64>>,
}

/// The rows for people.
pub(crate) fn table(rows: &[Row], prior: &Prior, connectivity: Connectivity) -> String {
    let axes = prior.dimensions();
    let connectivity = words::connectivity_explained(connectivity, axes);
    let mut table = format!("{connectivity}; expected {}\n\nverdict     ", prior);
    (0..axes).for_each(|dimension| table += &format!("{:>10}  ", words::features(dimension, axes)));
    table += "file\n";
    for row in rows {
        table += &format!("{:<12}", row.verdict.word());
        for dimension in 0..axes {
            let number = row.betti.as_ref().and_then(|betti| betti.get(dimension));
            let number = number.map_or_else(|| "-".to_owned(), usize::to_string);
            table += &format!("{number:>10}  ");
        }
        table += &format!("{}\n", name::shown(&row.file));
        row.describe_into(&mut table);
    }
    table + &format!("\n{}\n", summary(rows))
}

impl Row {
    /// The lines below the row of a file that is not right.
    fn describe_into(&self, table: &mut String) {
        /// So many features are enough to see what is the matter.
        const MOST: usize = 5;
        let axes = self.shape.as_ref().map_or(2, Vec::len);
        for feature in self.features.iter().take(MOST) {
            *table += &format!("    {}\n", feature.sentence(axes));
        }
        if self.features.len() > MOST {
            *table += &format!("    and {} more (json and csv have all)\n", self.features.len() - MOST);
        }
        if let Some(error) = &self.error {
            *table += &format!("{}\n", words::indented(error));
        }
    }
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Feature {
    pub(crate) fn new(defect: Defect, axes: usize) -> Self {
        Self {
            dimension: defect.dimension,
            kind: match defect.kind {
                DefectKind::Surplus => "surplus",
                DefectKind::Missing => "missing",
            },
            name: words::feature(defect.dimension.into(), axes),
            size: defect.feature.as_ref().map(topoloss::MaskFeature::size),
            centre: defect.feature.map(|feature| feature.centre),
        }
    }

    /// `surplus hole, 12 pixels, at row 3, column 4.5`.
    fn sentence(&self, axes: usize) -> String {
        let mut sentence = format!("{} {}", self.kind, self.name);
        if let (Some(size), Some(centre)) = (self.size, &self.centre) {
            sentence += &format!(", {}, at {}", words::pixels(size, axes), words::place(centre));
        }
        sentence
    }
}

/// A row as CSV has it: shape and features are one field each.
#[derive(Serialize)]
pub(crate) struct CsvRow<'a> {
    file: Cow<'a, str>,
    verdict: &'static str,
    connectivity: &'static str,
    kind: Option<Kind>,
    threshold: Option<f32>,
    shape: Option<String>,
    betti_0: Option<usize>,
    betti_1: Option<usize>,
    betti_2: Option<usize>,
    expected: &'a str,
    features: String,
    error: Option<&'a str>,
}

impl CsvRow<'_> {
    pub(crate) const NAMES: [&'static str; 12] = [
        "file",
        "verdict",
        "connectivity",
        "kind",
        "threshold",
        "shape",
        "betti_0",
        "betti_1",
        "betti_2",
        "expected",
        "features",
        "error",
    ];
}

impl<'a> From<&'a Row> for CsvRow<'a> {
    fn from(row: &'a Row) -> Self {
        let axes = row.shape.as_ref().map_or(2, Vec::len);
        let betti = |dimension: usize| row.betti.as_ref().and_then(|betti| betti.get(dimension).copied());
        let features: Vec<String> = row.features.iter().map(|feature| feature.sentence(axes)).collect();
        Self {
            file: name::field(&row.file),
            verdict: row.verdict.word(),
            connectivity: row.connectivity,
            kind: row.kind,
            threshold: row.threshold,
            shape: row.shape.as_ref().map(|shape| words::shape(shape)),
            betti_0: betti(0),
            betti_1: betti(1),
            betti_2: betti(2),
            expected: &row.expected,
            features: features.join("; "),
            error: row.error.as_deref(),
        }
    }
}

/// `37 right, 3 wrong, 1 unreadable`.
pub(crate) fn summary(rows: &[Row]) -> String {
    let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let (right, wrong) = (count(Verdict::Right), count(Verdict::Wrong));
    let mut summary = format!("{right} right, {wrong} wrong");
    match count(Verdict::Unreadable) {
        0 => {}
        unreadable => summary += &format!(", {unreadable} unreadable"),
    }
    summary
}
