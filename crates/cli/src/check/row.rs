//! The report of `bettiscope check`: one row per file, as JSON, CSV and a table have it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use imaging::Kind;
use persistence::Connectivity;
use serde::{Serialize, Serializer};
use topoloss::Defect;

use super::expected::Expected;
use crate::{name, words};

/// One file's row of the report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    #[serde(serialize_with = "lossy")]
    pub(crate) file: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file_bytes: Option<String>,
    /// The only label that counts.
    pub(crate) label: Option<i64>,
    /// The labels, or the classes, that count together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) set: Option<String>,
    pub(crate) shape: Option<Vec<usize>>,
    pub(crate) connectivity: &'static str,
    #[serde(serialize_with = "by_name")]
    pub(crate) kind: Option<Kind>,
    /// Those that the file has.
    pub(crate) labels: Vec<i64>,
    pub(crate) threshold: Option<f32>,
    pub(crate) betti: Option<Vec<usize>>,
    pub(crate) expected: String,
    pub(crate) verdict: Verdict,
    pub(crate) surplus: Option<Vec<usize>>,
    pub(crate) missing: Option<Vec<usize>>,
    pub(crate) features: Vec<Feature>,
    pub(crate) notes: Vec<String>,
    pub(crate) error: Option<String>,
}

fn lossy<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&name::text(path))
}

fn by_name<S: Serializer>(kind: &Option<Kind>, serializer: S) -> Result<S::Ok, S::Error> {
    kind.map(|kind| kind.to_string()).serialize(serializer)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Right,
    Wrong,
    Unreadable,
}

/// A surplus feature and its place.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Feature {
    dimension: u8,
    kind: &'static str,
    name: &'static str,
    size: usize,
    centre: Vec<f64>,
}

/// Whether there are surplus handles, and their places were not searched though places are asked for.
pub(crate) fn lacks_handles(verdict: &topoloss::Verdict, places: usize) -> bool {
    let has_handles = verdict.surplus.len() == 3 && verdict.surplus[1] > 0;
    has_handles && places > 0 && verdict.defects.iter().all(|defect| defect.dimension != 1)
}

/// The rows for people.
pub(crate) fn table(rows: &[Row], expected: &Expected, connectivity: Connectivity) -> String {
    let axes = expected.axes();
    let connectivity = words::connectivity_explained(connectivity, axes);
    let mut table = format!("{connectivity}; expected {expected}\n\nverdict     ");
    (0..axes).for_each(|dimension| table += &format!("{:>10}  ", words::features(dimension, axes)));
    table += "taken as  file\n";
    for row in rows {
        table += &format!("{:<12}", row.verdict.word());
        for dimension in 0..axes {
            let number = row.betti.as_ref().and_then(|betti| betti.get(dimension));
            let number = number.map_or_else(|| "-".to_owned(), usize::to_string);
            table += &format!("{number:>10}  ");
        }
        let kind = row.kind.map_or_else(|| "-".to_owned(), |kind| kind.to_string());
        table += &format!("{kind:<10}{}\n", row.name());
        row.describe_into(&mut table);
    }
    table + &format!("\n{}\n", summary(rows))
}

impl Row {
    /// The file, and the label or the set of labels if it is about one.
    pub(crate) fn name(&self) -> String {
        let file = name::shown(&self.file);
        match (self.label, &self.set) {
            (Some(label), _) => format!("{file}, label {label}"),
            (None, Some(set)) => format!("{file}, {set}"),
            (None, None) => file,
        }
    }

    /// The lines below the row of a file that is not right, or of which something had to be guessed.
    fn describe_into(&self, table: &mut String) {
        /// So many places are enough to see what is the matter.
        const MOST: usize = 5;
        self.defects(MOST).iter().for_each(|defect| *table += &format!("    {defect}\n"));
        self.notes
            .iter()
            .for_each(|note| *table += &format!("{}\n", words::indented(&format!("note: {note}"))));
        if let Some(error) = &self.error {
            *table += &format!("{}\n", words::indented(error));
        }
    }

    /// What is surplus, with at most so many places, and what is missing: `surplus hole, 12 pixels, at row 3, column
    /// 4.5`, `and 7 more surplus holes`, `2 missing holes`.
    fn defects(&self, most: usize) -> Vec<String> {
        let axes = self.shape.as_ref().map_or(2, Vec::len);
        let number = |numbers: &Option<Vec<usize>>, dimension: usize| {
            numbers.as_ref().and_then(|numbers| numbers.get(dimension)).copied().unwrap_or(0)
        };
        let mut defects = Vec::new();
        let mut room = most;
        for dimension in 0..axes {
            let features = self.features.iter().filter(|feature| usize::from(feature.dimension) == dimension);
            let before = defects.len();
            defects.extend(features.take(room).map(|feature| feature.sentence(axes)));
            let placed = defects.len() - before;
            room -= placed;
            let name = |number: usize| {
                if number == 1 { words::feature(dimension, axes) } else { words::features(dimension, axes) }
            };
            match number(&self.surplus, dimension) - placed {
                0 => {}
                rest if placed > 0 => defects.push(format!("and {rest} more surplus {}", name(rest))),
                rest => defects.push(format!("{rest} surplus {}", name(rest))),
            }
            match number(&self.missing, dimension) {
                0 => {}
                1 => defects.push(format!("missing {}", name(1))),
                missing => defects.push(format!("{missing} missing {}", name(missing))),
            }
        }
        defects
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
            kind: "surplus",
            name: words::feature(defect.dimension.into(), axes),
            size: defect.feature.size(),
            centre: defect.feature.centre,
        }
    }

    /// From its place in a part of the file, which begins at `origin`, to its place in all of it.
    pub(crate) fn shift(&mut self, origin: &[usize]) {
        let size = self.size as f64;
        for (at, &start) in self.centre.iter_mut().zip(origin) {
            // By the sum of whole numbers that it is the mean of, so that no rounding tells the part from all.
            *at = ((*at * size).round() + start as f64 * size) / size;
        }
    }

    /// `surplus hole, 12 pixels, at row 3, column 4.5`.
    fn sentence(&self, axes: usize) -> String {
        let (size, place) = (words::pixels(self.size, axes), words::place(&self.centre));
        format!("{} {}, {size}, at {place}", self.kind, self.name)
    }
}

/// A row as CSV has it: shape and features are one field each.
#[derive(Serialize)]
pub(crate) struct CsvRow<'a> {
    file: Cow<'a, str>,
    label: Option<i64>,
    verdict: &'static str,
    connectivity: &'static str,
    kind: Option<String>,
    labels: String,
    threshold: Option<f32>,
    shape: Option<String>,
    betti_0: Option<usize>,
    betti_1: Option<usize>,
    betti_2: Option<usize>,
    expected: &'a str,
    features: String,
    notes: String,
    error: Option<&'a str>,
    set: Option<&'a str>,
}

impl CsvRow<'_> {
    pub(crate) const NAMES: [&'static str; 16] = [
        "file",
        "label",
        "verdict",
        "connectivity",
        "kind",
        "labels",
        "threshold",
        "shape",
        "betti_0",
        "betti_1",
        "betti_2",
        "expected",
        "features",
        "notes",
        "error",
        "set",
    ];
}

impl<'a> From<&'a Row> for CsvRow<'a> {
    fn from(row: &'a Row) -> Self {
        let betti = |dimension: usize| row.betti.as_ref().and_then(|betti| betti.get(dimension).copied());
        Self {
            file: name::field(&row.file),
            label: row.label,
            verdict: row.verdict.word(),
            connectivity: row.connectivity,
            kind: row.kind.map(|kind| kind.to_string()),
            labels: row.labels.iter().map(i64::to_string).collect::<Vec<_>>().join(" "),
            threshold: row.threshold,
            shape: row.shape.as_ref().map(|shape| words::shape(shape)),
            betti_0: betti(0),
            betti_1: betti(1),
            betti_2: betti(2),
            expected: &row.expected,
            features: row.defects(usize::MAX).join("; "),
            notes: row.notes.join("; "),
            error: row.error.as_deref(),
            set: row.set.as_deref(),
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
