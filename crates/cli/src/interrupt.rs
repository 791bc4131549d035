//! Ctrl-C: it ends a command at once, or it is a wish to end early and keep what there is. A file that is being written
//! is written first.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

static IS_WATCHED: AtomicBool = AtomicBool::new(false);
static ASKED: AtomicBool = AtomicBool::new(false);
static WRITING: Mutex<()> = Mutex::new(());

/// The system does not tell of Ctrl-C.
#[derive(Debug, thiserror::Error)]
#[error("Ctrl-C cannot be watched for: {0}")]
pub(crate) struct InterruptError(ctrlc::Error);

/// The exit code of a program that Ctrl-C has ended, as shells know it: 128 and the number of the signal.
pub(crate) const CODE: u8 = 130;

/// From now on the first Ctrl-C is a wish that [`is_asked`] tells of, and the second ends the program.
pub(crate) fn watch() -> Result<(), InterruptError> {
    if IS_WATCHED.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    let on_signal = || {
        if ASKED.swap(true, Ordering::Relaxed) {
            end();
        }
    };
    ctrlc::set_handler(on_signal).map_err(InterruptError)
}

/// Whether the user wants the command to end.
pub(crate) fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Puts Ctrl-C off for as long as this is held. What is not watched ends at once before, as any program does, and after.
pub(crate) fn hold() -> MutexGuard<'static, ()> {
    if !IS_WATCHED.swap(true, Ordering::Relaxed) {
        // Where it cannot be watched for, all that may be left is an unfinished file beside the old one.
        let _ = ctrlc::set_handler(end);
    }
    writing()
}

fn writing() -> MutexGuard<'static, ()> {
    // There is nothing in it that a thread that panicked could have spoilt.
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn end() {
    let _written = writing();
    std::process::exit(CODE.into());
}
