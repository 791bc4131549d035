#[cfg(unix)]
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use ndarray::Array2;

use crate::kit::Folder;

/// Squares on a dark ground.
fn data(folder: &Folder, count: usize) {
    for number in 0..count {
        let corner = [2 + number % 5, 3 + number % 4];
        let mask = Array2::from_shape_fn((16, 16), |(row, column)| {
            let inside = |at: usize, corner: usize| (corner..corner + 6).contains(&at);
            if inside(row, corner[0]) && inside(column, corner[1]) { 255 } else { 0 }
        });
        folder.png(&format!("data/masks/{number}.png"), &mask);
        folder.png(&format!("data/images/{number}.png"), &mask.mapv(|value| 20 + value / 2));
    }
}

const SMALL: [&str; 8] = ["--size", "16", "--width", "2", "--depth", "1", "--epochs", "3"];

#[test]
fn a_seed_is_one_network_and_its_record_tells_how_it_came_to_be() {
    let folder = Folder::new();
    data(&folder, 9);
    let train = |output: &str, seed: &str| {
        let common = ["-q", "train", "folder", "--data", "data", "-o", output, "--seed", seed];
        folder.run(&[&common[..], &SMALL].concat()).expect(0);
        let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
        (read(output), read(&output.replace("bpk", "json")))
    };
    let (first, again, other) = (train("a.bpk", "3"), train("b.bpk", "3"), train("c.bpk", "4"));
    assert_eq!(first, again);
    assert_ne!(first.0, other.0);

    let record: serde_json::Value = serde_json::from_slice(&first.1).unwrap();
    assert_eq!((&record["width"], &record["depth"], &record["size"]), (&2.into(), &1.into(), &16.into()));
    assert_eq!((&record["epochs"], &record["seed"]), (&3.into(), &3.into()));
    assert_eq!(record["figures"][0]["pairs"], 1);
    assert!(record.get("interrupted").is_none(), "{record}");
    assert_eq!(record["normalisation"], "percentile:1,99");
    assert_eq!(record["preparation"], "crop, resample, normalise");
    assert!(record["figures"][0]["dice"].as_f64().unwrap() >= 0.0);
    let command = record["command"].as_str().unwrap();
    assert!(command.starts_with("bettiscope train folder --data DIR --size 16 "), "{command}");

    // The command of the record does the same.
    let command = command.replace("DIR", "data").replace("folder.bpk", "d.bpk");
    folder.run(&command.split(' ').skip(1).collect::<Vec<_>>()).expect(0);
    assert_eq!(std::fs::read(folder.path("d.bpk")).unwrap(), first.0);
}

#[test]
fn shapes_need_no_data() {
    let folder = Folder::new();
    let small = ["--size", "32", "--count", "2", "--epochs", "1", "--width", "1", "--depth", "1"];
    let run = folder.run(&[&["train", "shapes", "-o", "shapes.bpk"][..], &small].concat()).expect(0);
    assert!(run.err.contains("synthetic rings: mean squared error"), "{}", run.err);
    assert!(folder.path("shapes.json").exists());
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_training_and_keeps_the_network() {
    let folder = Folder::new();
    data(&folder, 9);
    let options = ["--epochs", "1000000", "--validate-every", "1", "--patience", "1000000"];
    let small = ["--data", "data", "-o", "a.bpk", "--size", "16", "--width", "2", "--depth", "1"];
    let mut command = folder.command(&[&["train", "folder"][..], &small, &options].concat());
    let mut training = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(training.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("epoch 2:")));
    let killed = Command::new("kill").args(["-INT", &training.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(lines.any(|line| line.unwrap().contains("a.bpk: the network of epoch")));
    assert_eq!(training.wait().unwrap().code(), Some(130));
    assert!(folder.path("a.bpk").exists());
    let record: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path("a.json")).unwrap()).unwrap();
    assert_eq!(record["interrupted"], true);
}

#[test]
fn what_cannot_be_trained_is_refused_with_what_is_accepted() {
    let folder = Folder::new();
    data(&folder, 2);
    let refused = |arguments: &[&str]| folder.run(&[&["train"], arguments].concat()).expect(2).err;
    let says = refused(&["folder", "--data", "data", "-o", "a.bpk"]);
    assert!(says.contains("there are 2 pairs of image and mask; 3 or more are needed"), "{says}");
    let says = refused(&["heart", "--data", "data", "-o", "a.bpk"]);
    assert!(says.contains("index.csv"), "{says}");
    let says = refused(&["digits", "--data", "data", "-o", "a.bpk"]);
    assert!(says.contains("train-images-idx3-ubyte"), "{says}");
    let says = refused(&["shapes", "--size", "31", "-o", "a.bpk"]);
    assert!(says.contains("32 to 4096 are accepted"), "{says}");
    let says = refused(&["shapes", "--size", "32", "--rotation", "200", "-o", "a.bpk"]);
    assert!(says.contains("rotation is 200; 0 to 180 is accepted"), "{says}");
    let says = refused(&["shapes", "--size", "32", "--rate", "0", "-o", "a.bpk"]);
    assert!(says.contains("learning rate is 0"), "{says}");
}

#[test]
fn a_training_goes_on_from_its_checkpoint_as_if_it_had_never_stopped() {
    let folder = Folder::new();
    data(&folder, 9);
    let train = |output: &str, epochs: &str, more: &[&str]| {
        let common =
            ["-q", "train", "folder", "--data", "data", "--size", "16", "--width", "2", "--depth", "1"];
        folder.run(&[&common[..], &["-o", output, "--epochs", epochs], more].concat())
    };
    train("whole.bpk", "4", &[]).expect(0);
    train("a.bpk", "2", &["--checkpoint", "c", "--resume"]).expect(0);
    train("a.bpk", "4", &["--checkpoint", "c", "--resume"]).expect(0);
    let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert_eq!(read("a.bpk"), read("whole.bpk"));

    let says = train("a.bpk", "3", &["--checkpoint", "c", "--resume"]).expect(2).err;
    assert!(says.contains("cannot become one of 3: so many are done already"), "{says}");
    let cosine = ["--schedule", "cosine", "--checkpoint", "d", "--resume"];
    train("b.bpk", "2", &cosine).expect(0);
    let says = train("b.bpk", "4", &cosine).expect(2).err;
    assert!(says.contains("cosine schedule"), "{says}");
    train("b.bpk", "2", &cosine).expect(0);

    let says = train("a.bpk", "5", &["--checkpoint", "c", "--resume", "--seed", "1"]).expect(2).err;
    assert!(says.contains("other settings") && says.contains("--seed 0"), "{says}");
    std::fs::write(folder.path("c"), "no checkpoint").unwrap();
    let says = train("a.bpk", "5", &["--checkpoint", "c", "--resume"]).expect(2).err;
    assert!(says.contains("not a"), "{says}");
}
