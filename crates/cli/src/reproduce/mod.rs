//! `bettiscope reproduce`: experiments of the paper, and those after which the defaults were chosen.

mod host;
mod mnist;
mod options;
mod shapes;
mod sunnybrook;
mod table2;

use experiments::reproduce::{Finished, MaskRow, MaskTable};

use self::options::RunArguments;
use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::report;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum What {
    Mnist(mnist::Arguments),
    Sunnybrook(sunnybrook::Arguments),
    Shapes(shapes::Arguments),
    Table2(table2::Arguments),
}

pub(crate) fn run(what: &What, console: Console) -> Result<Ending, Failure> {
    match what {
        What::Mnist(arguments) => mnist::run(arguments, console),
        What::Sunnybrook(arguments) => sunnybrook::run(arguments, console),
        What::Shapes(arguments) => shapes::run(arguments, console),
        What::Table2(arguments) => table2::run(arguments, console),
    }
}

/// Writes and prints the table of an experiment on samples with masks.
fn end_of_masks(
    name: &str,
    finished: &Finished<MaskTable>,
    run: &RunArguments,
    console: Console,
) -> Result<Ending, Failure> {
    run.write(&format!("{name}.json"), &report::json(&finished.table)?)?;
    run.write(&format!("{name}.csv"), &report::csv(&MaskRow::NAMES, &finished.table.rows)?)?;
    end(finished, console)
}

/// Prints a table, and says so if there is more to do.
fn end<T>(finished: &Finished<T>, console: Console) -> Result<Ending, Failure> {
    let Finished { text, done, all, .. } = finished;
    console.print(text.as_bytes())?;
    if done == all {
        return Ok(Ending::Right);
    }
    console.note(format!("{done} of {all} runs are done; the same command goes on"));
    Ok(Ending::Interrupted)
}
