//! The program `bettiscope`: barcodes, losses, checks and repairs of image files.
//!
//! `command` knows the commands, and nothing knows it but [`run`]. Each command is a module with its arguments and its
//! report; `input` turns a file into the values that all of them work on, and `output` turns values into a file.

mod arguments;
mod barcode;
mod bench;
mod check;
mod command;
mod console;
mod crop;
mod device;
mod ending;
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
mod source;
mod term;
mod train;
mod words;
mod writer;

pub use crate::command::run;
