//! Runs the program on files that the tests make.

mod barcode;
mod bench;
mod check;
mod input;
mod kept;
mod kit;
mod loss;
mod meaning;
mod names;
mod outputs;
mod postprocess;
mod repair;
mod reproduce;
mod semi;
mod shell;
mod train;
