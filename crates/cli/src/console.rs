//! What the program says: results on standard output, everything else on standard error.

use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::name::printable;

/// A result cannot be printed.
#[derive(Debug, thiserror::Error)]
#[error("standard output: {0}")]
pub(crate) struct PrintError(std::io::Error);

/// The two streams, and whether the user wants to hear of more than results and errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    quiet: bool,
}

impl Console {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Writes a result. That nobody reads on, as in `bettiscope ... | head`, is no failure.
    pub(crate) fn print(self, result: &[u8]) -> Result<(), PrintError> {
        let mut out = stdout().lock();
        match out.write_all(result).and_then(|()| out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(PrintError(error)),
            _ => Ok(()),
        }
    }

    /// Whether results go to a terminal, which cannot show binary ones.
    pub(crate) fn prints_to_terminal(self) -> bool {
        stdout().is_terminal()
    }

    /// Says something that the user may want to know.
    pub(crate) fn note(self, note: impl Display) {
        if !self.quiet {
            // Where standard error is closed there is nobody to tell.
            let _ = writeln!(stderr(), "bettiscope: {}", printable(&note.to_string()));
        }
    }

    pub(crate) fn error(self, error: impl Display) {
        let _ = writeln!(stderr(), "bettiscope: error: {}", printable(&error.to_string()));
    }

    /// What turns while something is done of which nobody knows how long it takes; it is hidden as a bar is. The number
    /// of things to do is set when it is known.
    pub(crate) fn working(self, unit: &str) -> ProgressBar {
        if self.quiet || !stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template(&format!(
            "{{spinner}} {{pos}} of {{len}} {unit}, {{elapsed}}{{msg}}"
        ));
        let bar = ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(Duration::from_millis(200));
        bar
    }

    /// A progress bar of so many files, steps or whatever the unit is; an invisible one where there is no terminal
    /// or the user wants none. Its message stands behind it.
    pub(crate) fn progress(self, steps: usize, unit: &str) -> ProgressBar {
        if self.quiet || steps < 2 || !stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template(&format!(
            "{{bar:40}} {{pos}} of {{len}} {unit}, {{eta}} left{{msg}}"
        ));
        ProgressBar::new(steps as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }
}
