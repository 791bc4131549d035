//! The program as a member of a shell.

use std::process::Stdio;

use ndarray::Array2;

use crate::kit::{Folder, ring};

#[test]
fn help_has_examples_and_fits_a_terminal() {
    let folder = Folder::new();
    for command in ["barcode", "loss", "check", "repair"] {
        let run = folder.run(&[command, "--help"]).expect(0);
        assert!(run.text().contains(&format!("Examples:\n  bettiscope {command} ")), "{}", run.text());
        assert!(run.text().contains("JSON: "));
    }
    assert!(folder.run(&["--help"]).expect(0).text().contains("Exit codes: 0"));
    assert!(folder.run(&["--version"]).expect(0).text().starts_with("bettiscope 0."));
    folder.run(&["barcode"]).expect(2);
    folder.run(&["draw"]).expect(2);
}

#[test]
fn completions_are_scripts_that_know_the_commands() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = folder.run(&["completions", shell]).expect(0);
        assert!(run.text().contains("repair") && run.text().contains("betti"), "{shell}");
    }
}

#[test]
fn quiet_leaves_results_and_errors() {
    let folder = Folder::new();
    folder.png("masks/ring.png", &ring());
    folder.write("masks/notes.txt", b"not an image");
    let arguments = ["check", "masks", "--betti", "1,1", "--format", "json"];
    assert!(folder.run(&arguments).expect(0).err.contains("notes.txt"));
    let run = folder.run(&[&arguments[..], &["--quiet"]].concat()).expect(0);
    assert_eq!(run.err, "");
    assert_eq!(run.json()[0]["verdict"], "right");
    assert!(folder.run(&["-q", "barcode", "nothing.png"]).expect(2).err.contains("nothing.png"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = Folder::new();
    // More than any pipe holds.
    let map = Array2::from_shape_fn((400, 400), |(y, x)| ((y * 7919 + x * 104_729) % 10_007) as f32);
    folder.npy("map.npy", map.view());
    let mut command = folder.command(&["barcode", "map.npy", "--format", "csv"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
