//! The program `bettiscope`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bettiscope::run()
}
