//! The root of the command line: which commands there are.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::console::Console;
use crate::ending::Ending;
use crate::failure::Failure;
use crate::{barcode, bench, check, interrupt, loss, postprocess, repair, reproduce, train};

const EXAMPLES: &str = "\
Examples:
  bettiscope barcode map.png
  bettiscope barcode map.png -o barcode.svg
  bettiscope loss map.npy --betti 1,1
  bettiscope check masks/ --betti 1,1
  bettiscope repair mask.png --betti 1,1 -o repaired.png
  bettiscope postprocess map.npy --betti 1,1 -o out

Files are PNG, JPEG, WebP, TIFF, NPY, NPZ, NIfTI, NRRD or MetaImage, told by their content; - is standard input. Colour becomes luma. \
An image has rows and columns, a volume slices, rows and columns; pages of a TIFF are slices, or time points, channels and slices where ImageJ, OME-XML, tifffile or Zeiss say so.

Exit codes: 0 all is well, 1 a result says that something is wrong, 2 something could not be done.";

/// Topology of images: barcodes, topological losses, checks and repairs
///
/// Bettiscope computes the cubical persistent homology of images and volumes: their components, their holes (in
/// volumes handles and cavities), and the thresholds between which each of them exists.
#[derive(Debug, Parser)]
#[command(name = "bettiscope", version, after_help = EXAMPLES, max_term_width = 110)]
struct Arguments {
    /// Print nothing but results and errors
    #[arg(short, long, global = true, display_order = 900)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Barcode(barcode::Arguments),
    Loss(loss::Arguments),
    Check(check::Arguments),
    Repair(repair::Arguments),
    /// Train networks
    Train {
        #[command(subcommand)]
        what: train::What,
    },
    Postprocess(postprocess::Arguments),
    /// Repeat experiments: the paper's, and those that settings were chosen by
    Reproduce {
        #[command(subcommand)]
        what: reproduce::What,
    },
    /// Measure how long computations take
    Bench {
        #[command(subcommand)]
        what: bench::What,
    },
    /// Print a script that completes commands and options in a shell
    ///
    /// Example for bash: bettiscope completions bash > ~/.local/share/bash-completion/completions/bettiscope
    Completions {
        /// The shell
        shell: Shell,
    },
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

fn completions(shell: Shell, console: Console) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "bettiscope", &mut script);
    console.print(&script)?;
    Ok(Ending::Right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
