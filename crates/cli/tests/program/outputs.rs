//! What is written: never over what is read, never a part of a file, never over files of others.

use std::process::{Command, Stdio};

use ndarray::Array2;

use crate::kit::{Folder, broken_ring, map, ring};

fn bytes(folder: &Folder, name: &str) -> Vec<u8> {
    std::fs::read(folder.path(name)).unwrap()
}

fn names(folder: &Folder) -> Vec<String> {
    let found = std::fs::read_dir(folder.path(".")).unwrap();
    let mut names: Vec<String> =
        found.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn no_command_writes_over_a_file_that_it_reads() {
    let folder = Folder::new();
    folder.npy("map.npy", map().view());
    folder.png("masks/ring.png", &ring());
    std::fs::hard_link(folder.path("map.npy"), folder.path("hard.npy")).unwrap();
    std::fs::hard_link(folder.path("masks/ring.png"), folder.path("hard.png")).unwrap();
    let mut links = vec!["map.npy", "hard.npy"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("map.npy", folder.path("link.npy")).unwrap();
        links.push("link.npy");
    }
    let old = (bytes(&folder, "map.npy"), bytes(&folder, "masks/ring.png"));
    let refused = |arguments: &[&str]| {
        let run = folder.run(arguments).expect(2);
        assert!(
            run.err.contains("this is a file that is read; give another name"),
            "{arguments:?}: {}",
            run.err
        );
        assert!(run.out.is_empty());
        assert_eq!((bytes(&folder, "map.npy"), bytes(&folder, "masks/ring.png")), old, "{arguments:?}");
    };
    for link in links {
        refused(&["barcode", "map.npy", "-o", link]);
        refused(&["loss", "map.npy", "--betti", "1,1", "-o", link]);
        refused(&["loss", "map.npy", "--betti", "1,1", "--gradient", link]);
        refused(&["check", "map.npy", "--betti", "1,1", "-o", link]);
        refused(&["repair", "map.npy", "--betti", "1,0", "-o", link]);
    }
    for output in ["masks/ring.png", "hard.png"] {
        refused(&["check", "masks", "--betti", "1,1", "-o", output]);
        refused(&["check", "masks/*", "--betti", "1,1", "-o", output]);
    }
    let twice = ["loss", "map.npy", "--betti", "1,1", "-o", "both.npy", "--gradient", "both.npy"];
    assert!(folder.run(&twice).expect(2).err.contains("both.npy: this is to be written twice"));
}

#[cfg(unix)]
#[test]
fn standard_input_is_a_file_that_is_read() {
    let folder = Folder::new();
    folder.png("ring.png", &ring());
    let old = bytes(&folder, "ring.png");
    let mut command = folder.command(&["barcode", "-", "-o", "ring.png"]);
    let input = std::fs::File::open(folder.path("ring.png")).unwrap();
    let output = command.stdin(Stdio::from(input)).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("a file that is read"));
    assert_eq!(bytes(&folder, "ring.png"), old);
}

#[test]
fn a_report_of_an_earlier_run_is_replaced_also_where_it_is_searched_for_images() {
    let folder = Folder::new();
    folder.png("ring.png", &ring());
    for _ in 0..2 {
        folder.run(&["check", ".", "--betti", "1,1", "--format", "csv", "-o", "report.csv"]).expect(0);
        folder.run(&["check", ".", "--betti", "1,1", "-o", "report"]).expect(0);
    }
    assert_eq!(names(&folder), ["report", "report.csv", "ring.png"]);
}

/// The program where no file may be longer than some hundred bytes, as on a disk that is full.
#[cfg(unix)]
fn on_a_full_disk(folder: &Folder, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new("sh");
    command.current_dir(folder.path(".")).args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""]);
    command.arg(env!("CARGO_BIN_EXE_bettiscope")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_the_old_file_and_nothing_else() {
    let folder = Folder::new();
    // Noise, so that nothing makes a small file of it.
    let mut state = 1_u32;
    let mut image = Array2::from_shape_simple_fn((64, 64), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    image[[0, 0]] = 255;
    folder.png("map.png", &image);
    folder.write("report.json", b"old");
    let old = bytes(&folder, "map.png");
    for arguments in [
        &["repair", "map.png", "--betti", "*,0", "-o", "map.png", "--force"][..],
        &["barcode", "map.png", "--format", "json", "-o", "report.json"],
        &["loss", "map.png", "--betti", "1,1", "--gradient", "new.npy"],
    ] {
        let output = on_a_full_disk(&folder, arguments);
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {err}");
        assert!(err.contains("cannot be written"), "{err}");
        assert_eq!(
            (bytes(&folder, "map.png"), bytes(&folder, "report.json")),
            (old.clone(), b"old".to_vec())
        );
        assert_eq!(names(&folder), ["map.png", "report.json"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_while_checking_ends_at_once_and_leaves_the_old_report() {
    use std::os::unix::process::ExitStatusExt;
    let folder = Folder::new();
    folder.png("ring.png", &ring());
    folder.write("report.csv", b"old");
    assert!(Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap().success());
    // What a shell runs in the background ignores Ctrl-C, and so would what it runs.
    let mut command = Command::new("env");
    command.current_dir(folder.path(".")).args(["--default-signal=INT", env!("CARGO_BIN_EXE_bettiscope")]);
    command.args(["check", "ring.png", "pipe", "--betti", "1,1", "-o", "report.csv"]);
    let mut child = command.spawn().unwrap();
    // It can be opened once the program reads it, and the program waits for as long as it is.
    let pipe = std::fs::File::options().write(true).open(folder.path("pipe")).unwrap();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().signal(), Some(2), "as shells expect of it");
    drop(pipe);
    assert_eq!(bytes(&folder, "report.csv"), b"old");
    assert_eq!(names(&folder), ["pipe", "report.csv", "ring.png"]);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_and_pipes_can_be_written_to() {
    let folder = Folder::new();
    folder.png("ring.png", &ring());
    let check = ["check", "ring.png", "--betti", "1,1", "--format", "json", "-o"];
    let run = folder.run(&[&check[..], &["/dev/stdout"]].concat()).expect(0);
    assert_eq!(run.json()[0]["verdict"], "right");
    folder.run(&[&check[..], &["/dev/null"]].concat()).expect(0);

    folder.write("log", b"line\n");
    let log = std::fs::File::options().append(true).open(folder.path("log")).unwrap();
    let mut command = folder.command(&[&check[..], &["/dev/stdout"]].concat());
    assert!(command.stdout(Stdio::from(log)).status().unwrap().success());
    assert!(bytes(&folder, "log").starts_with(b"line\n[{"), "what the log had before is still there");
}

#[test]
fn a_folder_of_results_keeps_the_files_of_others() {
    let folder = Folder::new();
    folder.npy("map.npy", map().view());
    folder.write("out/before.png", b"a photograph");
    let arguments = ["postprocess", "map.npy", "--betti", "1,1", "--steps", "1", "-o", "out"];
    let run = folder.run(&arguments).expect(2);
    assert!(run.err.contains("before.png: this file is not from an earlier run"), "{}", run.err);
    assert!(run.err.contains("--force"));
    assert_eq!(bytes(&folder, "out/before.png"), b"a photograph");
    folder.write("out/steps.json", b"{\"steps\": [1, 2]}");
    folder.run(&arguments).expect(2);
    folder.run(&[&arguments[..], &["--force"]].concat()).expect(1);
    assert_ne!(bytes(&folder, "out/before.png"), b"a photograph");
    folder.run(&arguments).expect(1);
}

#[test]
fn training_keeps_the_files_of_others_and_the_training_that_is_kept() {
    let folder = Folder::new();
    let small = ["--size", "32", "--count", "2", "--epochs", "1", "--width", "1", "--depth", "1"];
    let shapes = [&["-q", "train", "shapes", "-o", "net.bpk", "--checkpoint", "kept"][..], &small].concat();
    folder.write("net.json", b"{\"annotations\": []}");
    assert!(folder.run(&shapes).expect(2).err.contains("net.json: this file is not from an earlier run"));
    assert_eq!(names(&folder), ["net.json"]);
    std::fs::remove_file(folder.path("net.json")).unwrap();
    folder.run(&shapes).expect(0);
    let run = folder.run(&shapes).expect(2);
    assert!(run.err.contains("kept: a training is kept in this file; --resume"), "{}", run.err);
    folder.run(&[&shapes[..], &["--force"]].concat()).expect(0);
    folder.run(&[&shapes[..], &["--resume"]].concat()).expect(0);
    folder.png("image.png", &broken_ring());
    for (option, name) in [("-o", "image.png"), ("--checkpoint", "image.png")] {
        let arguments: Vec<&str> = shapes
            .iter()
            .enumerate()
            .map(|(at, argument)| if at > 0 && shapes[at - 1] == option { name } else { argument })
            .collect();
        let run = folder.run(&arguments).expect(2);
        assert!(run.err.contains("image.png: this file is not"), "{}", run.err);
    }
    assert_eq!(names(&folder), ["image.png", "kept", "net.bpk", "net.json"]);
}

#[test]
fn a_folder_of_an_experiment_keeps_the_files_of_others() {
    let folder = Folder::new();
    let arguments = ["-q", "reproduce", "shapes", "--count", "1", "--steps", "1", "-o", "out"];
    folder.write("out/shapes.csv", b"square,4\n");
    let run = folder.run(&arguments).expect(2);
    assert!(run.err.contains("shapes.csv: this file is not from an earlier run"), "{}", run.err);
    assert_eq!(bytes(&folder, "out/shapes.csv"), b"square,4\n");
    folder.run(&[&arguments[..], &["--force"]].concat()).expect(0);
    folder.run(&arguments).expect(0);
}
