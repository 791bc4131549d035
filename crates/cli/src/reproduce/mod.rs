//! `bettiscope reproduce`: experiments of the paper.

mod digits;
mod figure6;
mod journal;
mod mnist;
mod networks;
mod rings;
mod sunnybrook;
mod table1;
mod trial;

use crate::Ending;
use crate::console::Console;
use crate::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum What {
    Mnist(mnist::Arguments),
    Sunnybrook(sunnybrook::Arguments),
}

pub(crate) fn run(what: &What, console: Console) -> Result<Ending, Failure> {
    match what {
        What::Mnist(arguments) => mnist::run(arguments, console),
        What::Sunnybrook(arguments) => sunnybrook::run(arguments, console),
    }
}

/// The threads that work on different images: so many, or as many as there are cores.
fn threads(count: Option<u16>) -> Result<rayon::ThreadPool, Failure> {
    let count = count.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
    pool.map_err(|error| Failure::Threads(error.to_string()))
}
