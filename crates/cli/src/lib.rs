//! The program `bettiscope`: barcodes, losses, checks and repairs of image files.
//!
//! [`run`] reads the command line. Each command is a module with its arguments and its report; `input` turns a file
//! into the values that all of them work on, and `output` turns values into a file.

mod arguments;
mod barcode;
mod bench;
mod budget;
mod check;
mod console;
mod crop;
mod data;
mod device;
mod examine;
mod failure;
mod files;
mod history;
mod input;
mod interrupt;
mod loss;
mod name;
mod network;
mod output;
mod picture;
mod postprocess;
mod raster;
mod repair;
mod report;
mod reproduce;
mod restored;
mod results;
mod row;
mod significance;
mod source;
mod term;
mod train;
mod words;
mod writer;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::arguments::{Arguments, Command};
use crate::console::Console;
use crate::failure::Failure;

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// All is as it should be.
    Right,
    /// The result says that something is wrong: exit code 1.
    Wrong,
    /// The result says that something could not be read: exit code 2.
    Unreadable,
    /// The user has ended it: exit code 130.
    Interrupted,
}

/// Does what the command line says. The exit code is 0 if all is well, 1 if a result says that something is wrong,
/// 2 if the command could not be carried out, and 130 if Ctrl-C has ended it early.
pub fn run() -> ExitCode {
    let Arguments { quiet, command } = Arguments::parse();
    let console = Console::new(quiet);
    let ending = match command {
        Command::Barcode(arguments) => barcode::run(&arguments, console),
        Command::Loss(arguments) => loss::run(&arguments, console),
        Command::Check(arguments) => check::run(&arguments, console),
        Command::Repair(arguments) => repair::run(&arguments, console),
        Command::Train { what } => train::run(&what, console),
        Command::Postprocess(arguments) => postprocess::run(&arguments, console),
        Command::Reproduce { what } => reproduce::run(&what, console),
        Command::Bench { what } => bench::run(&what, console),
        Command::Completions { shell } => completions(shell, console),
    };
    match ending {
        Ok(Ending::Right) => ExitCode::SUCCESS,
        Ok(Ending::Wrong) => ExitCode::from(1),
        Ok(Ending::Unreadable) => ExitCode::from(2),
        Ok(Ending::Interrupted) => ExitCode::from(interrupt::CODE),
        Err(failure) => {
            console.error(&failure);
            ExitCode::from(2)
        }
    }
}

fn completions(shell: clap_complete::Shell, console: Console) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "bettiscope", &mut script);
    console.print(&script)?;
    Ok(Ending::Right)
}
