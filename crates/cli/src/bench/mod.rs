//! `bettiscope bench`: how much time and memory a computation takes.

mod persistence;
mod step;

use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum What {
    Persistence(persistence::Arguments),
    Step(step::Arguments),
}

pub(crate) fn run(what: &What, console: Console) -> Result<Ending, Failure> {
    match what {
        What::Persistence(arguments) => persistence::run(arguments, console),
        What::Step(arguments) => step::run(arguments, console),
    }
}
