//! Why a command could not be carried out. What is wrong is said by the module that found it, in an error of its own; the
//! name of the file is added here and nowhere else.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong, and with which file.
#[derive(Debug)]
pub(crate) struct Failure {
    file: Option<PathBuf>,
    error: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{}: {}", file.display(), self.error),
            None => self.error.fmt(f),
        }
    }
}

/// Something that is wrong with no file, or with one that the error names itself.
impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self { file: None, error: Box::new(error) }
    }
}

/// Adds the name of the file in which something is wrong.
pub(crate) trait InFile<T> {
    fn in_file(self, path: &Path) -> Result<T, Failure>;
}

impl<T, E: Error + Send + Sync + 'static> InFile<T> for Result<T, E> {
    fn in_file(self, path: &Path) -> Result<T, Failure> {
        self.map_err(|error| Failure { file: Some(path.to_owned()), error: Box::new(error) })
    }
}
