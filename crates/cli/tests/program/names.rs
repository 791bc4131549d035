//! Which files of a folder are meant, and what they are called.

#[cfg(unix)]
use std::io::Write;

use crate::kit::{Folder, ring};

#[test]
fn an_image_that_is_empty_zeroed_or_damaged_is_not_left_out() {
    let folder = Folder::new();
    folder.png("masks/a.png", &ring());
    folder.write("masks/b.png", b"");
    folder.write("masks/c.PNG", &[0; 4000]);
    folder.write("masks/d.nii.gz", b"version https://git-lfs.github.com/spec/v1\n");
    folder.write("masks/e.gif", b"GIF89a");
    folder.write("masks/f", b"\x89PNG\r\n\x1a\nnothing");
    for (name, content) in
        [("notes.txt", "a.png is fine"), ("a.json", "{}"), ("Thumbs.db", "\0"), (".DS_Store", "\0")]
    {
        folder.write(&format!("masks/{name}"), content.as_bytes());
    }
    let check = ["check", "masks", "--betti", "1,1"];
    let run = folder.run(&check).expect(2);
    assert!(run.text().ends_with("1 right, 0 wrong, 5 unreadable\n"), "{}", run.text());
    assert!(run.text().contains("masks/b.png\n    the file is empty"), "{}", run.text());
    for name in ["notes.txt", "a.json", "Thumbs.db"] {
        assert!(run.err.contains(&format!("{name}: left out: ")), "{}", run.err);
    }
    assert!(!run.err.contains("DS_Store"));

    let json = folder.run(&[&check[..], &["--format", "json"]].concat()).expect(2).json();
    let verdicts: Vec<_> =
        json.as_array().unwrap().iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["right", "unreadable", "unreadable", "unreadable", "unreadable", "unreadable"]);
    let quiet = folder.run(&[&check[..], &["--format", "csv", "-q"]].concat()).expect(2);
    assert_eq!(quiet.text().lines().filter(|line| line.contains(",unreadable,")).count(), 5);
}

#[test]
fn a_threshold_for_a_mask_is_for_nothing_and_that_is_said() {
    let folder = Folder::new();
    folder.png("masks/a.png", &ring());
    folder.png("masks/b.png", &ring());
    let run = folder.run(&["check", "masks", "--betti", "1,1", "--threshold", "0.9"]).expect(0);
    assert!(
        run.err.contains("a.png and 1 more: a mask has no threshold, and --threshold 0.9 is not used"),
        "{}",
        run.err
    );
    assert!(!folder.run(&["check", "masks", "--betti", "1,1"]).expect(0).err.contains("threshold"));
    let as_map = ["check", "masks", "--betti", "1,1", "--threshold", "0.001", "--as", "map"];
    assert!(!folder.run(&as_map).expect(0).err.contains("threshold"));
    let repair = ["repair", "masks/a.png", "--betti", "1,1", "-o", "out.png", "--threshold", "0.9"];
    assert!(folder.run(&repair).expect(0).err.contains("a mask has no threshold"));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_text_do_no_harm_and_lose_nothing() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    folder.png("g/a.png", &ring());
    let name = |bytes: &'static [u8]| folder.path("g").join(OsStr::from_bytes(bytes));
    std::fs::copy(folder.path("g/a.png"), name(b"caf\xe9.png")).unwrap();
    std::fs::write(name(b"caf\xe9.txt"), "x").unwrap();
    for files in ["g/*.png", "g"] {
        let json = folder.run(&["check", files, "--betti", "1,1", "--format", "json"]).expect(0).json();
        assert_eq!(json[0]["file"], "g/a.png");
        assert!(json[0].get("file_bytes").is_none());
        assert_eq!(
            (&json[1]["file"], &json[1]["file_bytes"]),
            (&"g/caf\u{fffd}.png".into(), &"g/caf%E9.png".into())
        );
    }
    let csv = folder.run(&["check", "g", "--betti", "1,1", "--format", "csv"]).expect(0);
    assert!(csv.text().contains("g/caf\\xe9.png,,right,"), "{}", csv.text());
    assert!(csv.err.contains("g/caf\\xe9.txt: left out"), "{}", csv.err);
    let mut command = folder.command(&["barcode", "--format", "json"]);
    let output = command.arg(name(b"caf\xe9.png")).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(json["file_bytes"].as_str().unwrap().ends_with("g/caf%E9.png"), "{json}");
    // A pattern of other bytes than text cannot be: it says so.
    let mut command = folder.command(&["check", "--betti", "1,1"]);
    let output = command.arg(OsStr::from_bytes(b"g/caf\xe9*")).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("a pattern with *, ? or ["));
}

#[cfg(unix)]
#[test]
fn names_do_not_command_the_terminal() {
    let folder = Folder::new();
    let names = ["m/\x1b[2J\x1b[31mred.png", "m/\u{202e}gnp.png", "m/\x07bell.txt"];
    folder.png(names[0], &ring());
    folder.png(names[1], &ring());
    folder.write(names[2], b"text");
    folder.write("m/\x1bc.png", b"");
    let commands = |text: &str| text.contains(['\x1b', '\x07', '\u{202e}']);
    let run = folder.run(&["check", "m", "--betti", "1,1"]).expect(2);
    assert!(!commands(run.text()) && !commands(&run.err), "{} {}", run.text(), run.err);
    assert!(
        run.text().contains(r"m/\x1b[2J\x1b[31mred.png") && run.err.contains(r"m/\x07bell.txt: left out")
    );
    let run = folder.run(&["check", "m", "--betti", "1,1", "--format", "json"]).expect(2);
    assert!(!commands(&run.err), "{}", run.err);
    assert_eq!(run.json()[0]["file"], names[0], "JSON has its own escapes");
    for command in [
        &["barcode", names[0]][..],
        &["loss", names[0], "--betti", "1,1"],
        &["repair", names[0], "--betti", "1,1", "-o", "m/\x1bout.png"],
        &["postprocess", names[0], "--betti", "1,1", "--steps", "0", "-o", "m/\x1bout"],
        &["barcode", names[2]],
    ] {
        let run = folder.run(command);
        assert!(!commands(run.text()) && !commands(&run.err), "{} {}", run.text(), run.err);
    }
    folder.run(&["barcode", names[0], "-o", "out.png"]).expect(0);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_is_not_waited_for_and_a_named_one_is_read() {
    let folder = Folder::new();
    folder.png("d/a.png", &ring());
    for name in ["d/p.png", "d/pipe"] {
        assert!(std::process::Command::new("mkfifo").arg(folder.path(name)).status().unwrap().success());
    }
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("d/s.png")).unwrap();
    for files in ["d", "d/*.png"] {
        let run = folder.run(&["check", files, "--betti", "1,1"]).expect(2);
        assert!(
            run.text().contains("d/p.png\n    this is a named pipe, which is read only where"),
            "{}",
            run.text()
        );
        assert!(
            run.text().contains("this is a socket") && run.text().contains("1 right, 0 wrong, 2 unreadable")
        );
        assert_eq!(run.err.contains("d/pipe: left out: this is a named pipe"), files == "d", "{}", run.err);
    }

    let child =
        folder.command(&["check", "d/pipe", "--betti", "1,1"]).stdout(std::process::Stdio::piped()).spawn();
    let mut pipe = std::fs::File::options().write(true).open(folder.path("d/pipe")).unwrap();
    pipe.write_all(&std::fs::read(folder.path("d/a.png")).unwrap()).unwrap();
    drop(pipe);
    let output = child.unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}
