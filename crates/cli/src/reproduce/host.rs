//! What experiments need of the program.

use std::path::Path;

use experiments::reproduce::{Host, HostError};
use indicatif::ProgressBar;

use crate::console::Console;
use crate::interrupt;
use crate::writer::Writer;

impl Host for Console {
    fn note(&self, note: &str) {
        Self::note(*self, note);
    }

    fn progress(&self, steps: usize, unit: &str) -> ProgressBar {
        Self::progress(*self, steps, unit)
    }

    fn is_ended(&self) -> bool {
        interrupt::is_asked()
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), HostError> {
        Writer::default().write(path, bytes).map_err(|failure| failure.to_string().into())
    }
}
