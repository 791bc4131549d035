//! `bindgen IN.wasm OUT_FOLDER NAME`: makes the module, JavaScript and TypeScript files of a crate that uses
//! wasm-bindgen.
//!
//! It is the library behind the program `wasm-bindgen`, whose version must be exactly that of the crate
//! `wasm-bindgen`: here Cargo.lock keeps the two together, and nothing has to be installed.

use std::{env, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [input, folder, name] = arguments.as_slice() else {
        eprintln!("usage: bindgen IN.wasm OUT_FOLDER NAME");
        return ExitCode::FAILURE;
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name(name).typescript(true);
    // So that the module finds its own file, relative to its JavaScript.
    bindgen.omit_default_module_path(false);
    bindgen.remove_name_section(true).remove_producers_section(true);
    match bindgen.web(true).and_then(|bindgen| bindgen.generate(folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{input}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
