//! The folder that a post-processing writes its results to.

use std::path::{Path, PathBuf};

use imaging::Samples;
use learner::PostProcessOptions;
use persistence::{Bar, Filtration, Options};
use serde::Deserialize;
use serde::de::IgnoredAny;

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
    writer: Writer,
    /// Whether files of others may be written over.
    is_forced: bool,
}

impl<'a> Results<'a> {
    const NAMES: [&'static str; 9] = [
        "before.npy",
        "after.npy",
        "before.png",
        "after.png",
        STEPS,
        "barcode-before.svg",
        "barcode-before.png",
        "barcode-after.svg",
        "barcode-after.png",
    ];

    /// An error if one of the files that would be written is read.
    pub(crate) fn new(folder: &'a Path, inputs: Vec<PathBuf>) -> Result<Self, Failure> {
        let paths = Self::NAMES.map(|name| folder.join(name));
        let over = paths.iter().find(|path| inputs.iter().any(|input| is_same_file(input, path)));
        match over {
            Some(path) => Err(FolderOverInput).in_file(path),
            None => Ok(Self { folder, writer: Writer::new(inputs), is_forced: false }),
        }
    }

    /// Whether files of others may be written over.
    pub(crate) fn forced(self, is_forced: bool) -> Self {
        Self { is_forced, ..self }
    }

    /// Makes the folder, unless files of others would be written over.
    pub(crate) fn make_folder(&self) -> Result<(), Failure> {
        let folder = self.folder;
        if !self.is_forced {
            refuse_others(&Self::NAMES.map(|name| folder.join(name)), || {
                let steps = std::fs::read(folder.join(STEPS));
                steps.is_ok_and(|json| serde_json::from_slice::<Steps>(&json).is_ok())
            })?;
        }
        make_folder(folder)
    }

    pub(crate) fn write_file(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        self.writer.write(&self.folder.join(name), bytes)
    }

    /// The maps and barcodes of the first and the last step.
    pub(crate) fn write(&self, history: &History, options: PostProcessOptions) -> Result<(), Failure> {
        for (name, step) in [("before", &history.first), ("after", &history.last)] {
            for ending in ["npy", "png"] {
                let path = self.folder.join(format!("{name}.{ending}"));
                let map = Samples::from(step.probabilities.view().into_dyn());
                self.writer.write(&path, &output::encode(&path, map, None)?)?;
            }
            let bars = step.terms.iter().map(|term| term.bar).collect::<Vec<Bar>>();
            let connectivity = options.connectivity;
            let svg = Picture {
                name: format!("{name}: step {}", step.number),
                shape: step.probabilities.shape(),
                options: Options { connectivity, filtration: Filtration::Superlevel },
                min_length: 0.0,
                bars: &bars,
            }
            .svg();
            self.write_file(&format!("barcode-{name}.svg"), svg.as_bytes())?;
            self.write_file(&format!("barcode-{name}.png"), &raster::png(&svg)?)?;
        }
        Ok(())
    }
}
