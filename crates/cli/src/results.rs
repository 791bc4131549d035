//! The folder that a post-processing writes its results to.

use std::path::{Path, PathBuf};

use imaging::Samples;
use learner::PostProcessOptions;
use ndarray::Axis;
use persistence::{Bar, Filtration, Options};
use serde::Deserialize;
use serde::de::IgnoredAny;
use topoloss::{ClassPrior, ClassPriors};

use crate::failure::{Failure, InFile};
use crate::history::History;
use crate::picture::Picture;
use crate::writer::{Writer, is_same_file, make_folder, refuse_others};
use crate::{output, raster};

/// A result has the name of what is read.
#[derive(Debug, thiserror::Error)]
#[error(
    "this is the file that is read, and results of that name would be written over it; give another folder"
)]
struct FolderOverInput;

/// Files of an earlier run cannot be found or removed.
#[derive(Debug, thiserror::Error)]
#[error("results of an earlier run cannot be removed: {0}")]
struct FolderUnreadable(std::io::Error);

/// The report of all steps.
pub(crate) const STEPS: &str = "steps.json";

/// What tells such a report from other files of its name.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is enough that they are there")]
struct Steps {
    file: String,
    target: String,
    ended: String,
    steps: Vec<IgnoredAny>,
}

/// The folder that results go to.
pub(crate) struct Results<'a> {
    folder: &'a Path,
    /// Of all files.
    paths: Vec<PathBuf>,
    writer: Writer,
    /// Whether files of others may be written over.
    is_forced: bool,
}

impl<'a> Results<'a> {
    /// An error if one of the files that would be written is read.
    pub(crate) fn new(
        folder: &'a Path,
        inputs: Vec<PathBuf>,
        priors: &ClassPriors,
        classes: usize,
    ) -> Result<Self, Failure> {
        let mut names =
            ["before.npy", "after.npy", "before.png", "after.png", STEPS].map(str::to_owned).to_vec();
        for entry in priors.entries() {
            for when in TIMES {
                names.extend(["svg", "png"].map(|ending| barcode_name(when, entry, classes, ending)));
            }
        }
        let paths = names.iter().map(|name| folder.join(name)).collect::<Vec<PathBuf>>();
        match paths.iter().find(|path| inputs.iter().any(|input| is_same_file(input, path))) {
            Some(path) => Err(FolderOverInput).in_file(path),
            None => Ok(Self { folder, paths, writer: Writer::new(inputs), is_forced: false }),
        }
    }

    /// Whether files of others may be written over.
    pub(crate) fn forced(self, is_forced: bool) -> Self {
        Self { is_forced, ..self }
    }

    /// Makes the folder, unless files of others would be written over.
    pub(crate) fn make_folder(&self) -> Result<(), Failure> {
        let folder = self.folder;
        let is_ours = || {
            let steps = std::fs::read(folder.join(STEPS));
            steps.is_ok_and(|json| serde_json::from_slice::<Steps>(&json).is_ok())
        };
        if !self.is_forced {
            refuse_others(&self.paths, is_ours)?;
        }
        make_folder(folder)?;
        if is_ours() { self.remove_barcodes() } else { Ok(()) }
    }

    /// Barcodes of an earlier run, of sets of classes that this one does not have.
    fn remove_barcodes(&self) -> Result<(), Failure> {
        let entries = std::fs::read_dir(self.folder).map_err(FolderUnreadable).in_file(self.folder)?;
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let rest = TIMES.iter().find_map(|when| name.strip_prefix("barcode-")?.strip_prefix(when));
            let set = rest.and_then(|rest| rest.strip_suffix(".svg").or_else(|| rest.strip_suffix(".png")));
            let is_of_set = |set: &str| {
                set.strip_prefix('-')
                    .is_none_or(|set| set.bytes().all(|byte| byte == b'+' || byte.is_ascii_digit()))
                    && (set.is_empty() || set.starts_with('-'))
            };
            if set.is_some_and(is_of_set) && !self.paths.contains(&path) {
                std::fs::remove_file(&path).map_err(FolderUnreadable).in_file(&path)?;
            }
        }
        Ok(())
    }

    pub(crate) fn write_file(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        self.writer.write(&self.folder.join(name), bytes)
    }

    /// The maps and barcodes of the first and the last step.
    pub(crate) fn write(
        &self,
        history: &History,
        priors: &ClassPriors,
        options: PostProcessOptions,
    ) -> Result<(), Failure> {
        for (name, step) in TIMES.into_iter().zip([&history.first, &history.last]) {
            let classes = step.probabilities.dim().0;
            let write = |ending: &str, samples: Samples<'_>| {
                let path = self.folder.join(format!("{name}.{ending}"));
                self.writer.write(&path, &output::encode(&path, samples, None)?)
            };
            if classes == 1 {
                let map = step.probabilities.index_axis(Axis(0), 0);
                write("npy", Samples::from(map.into_dyn()))?;
                write("png", Samples::from(map.into_dyn()))?;
            } else {
                write("npy", Samples::from(step.probabilities.view().into_dyn()))?;
                let labels = topoloss::classes::arg_max(step.probabilities.view())?.mapv(|class| class as u8);
                write("png", Samples::from(labels.view().into_dyn()))?;
            }
            for (prior, entry) in priors.entries().iter().zip(&step.entries) {
                let bars = entry.terms.iter().map(|term| term.bar).collect::<Vec<Bar>>();
                let connectivity = options.connectivity;
                let set = if classes == 1 { String::new() } else { format!(", {}", prior.set()) };
                let svg = Picture {
                    name: format!("{name}{set}: step {}", step.number),
                    shape: entry.probabilities.shape(),
                    options: Options { connectivity, filtration: Filtration::Superlevel },
                    min_length: 0.0,
                    bars: &bars,
                }
                .svg();
                self.write_file(&barcode_name(name, prior, classes, "svg"), svg.as_bytes())?;
                self.write_file(&barcode_name(name, prior, classes, "png"), &raster::png(&svg)?)?;
            }
        }
        Ok(())
    }
}

const TIMES: [&str; 2] = ["before", "after"];

/// `barcode-after.svg`, and of several classes `barcode-after-1+2.svg`.
fn barcode_name(when: &str, entry: &ClassPrior, classes: usize, ending: &str) -> String {
    if classes == 1 {
        return format!("barcode-{when}.{ending}");
    }
    format!("barcode-{when}-{}.{ending}", entry.set())
}
