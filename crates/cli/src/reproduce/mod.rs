//! `bettiscope reproduce`: experiments of the paper, and those after which the defaults were chosen.

mod comparison;
mod digits;
mod figure6;
mod journal;
mod masks;
mod mnist;
mod networks;
mod options;
mod shapes;
mod sunnybrook;
mod table1;
mod trials;

use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Failure;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum What {
    Mnist(mnist::Arguments),
    Sunnybrook(sunnybrook::Arguments),
    Shapes(shapes::Arguments),
}

pub(crate) fn run(what: &What, console: Console) -> Result<Ending, Failure> {
    match what {
        What::Mnist(arguments) => mnist::run(arguments, console),
        What::Sunnybrook(arguments) => sunnybrook::run(arguments, console),
        What::Shapes(arguments) => shapes::run(arguments, console),
    }
}
