//! Ctrl-C as a wish to end early and keep what there is.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;

static ASKED: AtomicBool = AtomicBool::new(false);

/// The exit code of a program that Ctrl-C has ended, as shells know it: 128 and the number of the signal.
pub(crate) const CODE: u8 = 130;

/// From now on the first Ctrl-C is a wish that [`is_asked`] tells of, and the second ends the program at once.
pub(crate) fn watch() -> Result<(), Failure> {
    let on_signal = || {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(CODE.into());
        }
    };
    ctrlc::set_handler(on_signal).map_err(Failure::Interrupt)
}

/// Whether the user wants the command to end.
pub(crate) fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
