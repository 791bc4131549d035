//! What an experiment needs of the program that runs it.

use std::path::Path;

use indicatif::ProgressBar;

/// Why the program could not do what it was asked for.
pub type HostError = Box<dyn std::error::Error + Send + Sync>;

/// The program that runs an experiment: it talks to the user and writes files.
pub trait Host: Sync {
    /// Says something that the user may want to know.
    fn note(&self, note: &str);

    /// Shows how many of so many steps of this unit are done.
    fn progress(&self, steps: usize, unit: &str) -> ProgressBar;

    /// Whether the user wants the experiment to end.
    fn is_ended(&self) -> bool;

    /// Writes all of a file, or leaves what was there.
    ///
    /// # Errors
    ///
    /// If it cannot be written; the error names the file.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError>;
}
