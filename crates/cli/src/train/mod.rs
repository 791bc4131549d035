//! `bettiscope train`: networks from data.

mod arguments;
mod checkpoint;
mod date;
mod digits;
mod folder;
mod heart;
mod semi;
mod session;
mod shapes;
mod stages;

use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  bettiscope train digits --data mnist -o digits.bpk
  bettiscope train heart --data sunnybrook -o heart.bpk --checkpoint heart.checkpoint
  bettiscope train shapes -o shapes.bpk
  bettiscope train folder --data cells -o cells.bpk --size 96 --loss cross-entropy --flips both
  bettiscope train semi --data cells --betti 1,1 -o cells.bpk

MODEL.json is written beside MODEL.bpk: how images have to be prepared, the data, the command that makes this network of \
them, and figures on data that were not trained on. If training diverges, the best network until then is written all the \
same, with exit code 2. Ctrl-C ends training early and keeps the best network so far; with --checkpoint the same command \
goes on later with --resume, as if it had never stopped.";

#[derive(Debug, clap::Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum What {
    Digits(digits::Arguments),
    Heart(heart::Arguments),
    Shapes(shapes::Arguments),
    Folder(folder::Arguments),
    Semi(semi::Arguments),
}

pub(crate) fn run(what: &What, console: Console) -> Result<Ending, Failure> {
    let (course, arguments) = match what {
        What::Digits(arguments) => (arguments.course()?, &arguments.training),
        What::Heart(arguments) => (arguments.course()?, &arguments.training),
        What::Shapes(arguments) => (arguments.course()?, &arguments.training),
        What::Folder(arguments) => (arguments.course()?, &arguments.training),
        What::Semi(arguments) => (arguments.course()?, &arguments.training),
    };
    session::run(course, arguments, console)
}
