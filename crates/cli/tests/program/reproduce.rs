use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use imaging::overlap::dice;
use imaging::resample::{crop_square, resize};
use imaging::synthetic::{digit, heart};
use ndarray::{Array2, Ix2};
use serde_json::Value;

use crate::kit::{Folder, Run};

/// The four files of MNIST with digits that are made here.
fn mnist(folder: &Folder, training: usize, test: usize) {
    for (name, count, seed) in [("train", training, 0), ("t10k", test, 1_000)] {
        let digits = (0..count).map(|number| ((number % 10) as u8, seed + number as u64));
        let (mut images, mut labels) = (vec![0, 0, 8, 3], vec![0, 0, 8, 1]);
        for length in [count, 28, 28] {
            images.extend((length as u32).to_be_bytes());
        }
        labels.extend((count as u32).to_be_bytes());
        for (label, seed) in digits {
            let image: Array2<f32> = digit(label, seed).unwrap().image;
            images.extend(image.iter().map(|value| (255.0 * value).round() as u8));
            labels.push(label);
        }
        folder.write(&format!("mnist/{name}-images-idx3-ubyte"), &images);
        folder.write(&format!("mnist/{name}-labels-idx1-ubyte"), &labels);
    }
}

fn reproduce(folder: &Folder, arguments: &[&str]) -> Run {
    let fixed = ["reproduce", "mnist", "--data", "mnist", "--width", "2", "-o", "out"];
    folder.run(&[&fixed[..], arguments].concat())
}

fn table(folder: &Folder) -> Value {
    serde_json::from_slice(&std::fs::read(folder.path("out/table1.json")).unwrap()).unwrap()
}

#[test]
fn table_1_is_computed_from_the_files_of_mnist_and_goes_on_where_it_ended() {
    let folder = Folder::new();
    mnist(&folder, 130, 20);
    let few = ["--m", "2", "--test", "3", "--steps", "1,3", "--rate", "1e-3"];
    let run = reproduce(&folder, &few).expect(0);
    for part in ["paper 1000   95.7  96.2", "lambda 0.02, rate 0.001, at most 3 updates", "Wilcoxon"] {
        assert!(run.text().contains(part), "{part}: {}", run.text());
    }
    assert!(run.err.contains("a network of width 2 from 100 pairs"), "{}", run.err);
    let first = table(&folder);
    let rows = first["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["steps"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 3]);
    assert_eq!((&rows[0]["digits"], &rows[0]["mse_before"]), (&3.into(), &rows[1]["mse_before"]));
    assert_ne!(rows[0]["mse_after"], rows[1]["mse_after"]);
    let csv = std::fs::read_to_string(folder.path("out/table1.csv")).unwrap();
    assert!(
        csv.starts_with("m,lambda,learning_rate,steps,until_prior_holds,digits,") && csv.lines().count() == 3,
        "{csv}"
    );

    // The same digits are not computed again, and the result is the same: the networks were kept.
    let run = reproduce(&folder, &few).expect(0);
    assert!(run.err.contains("3 of 3 runs are done already"), "{}", run.err);
    assert_eq!(table(&folder), first);
    let more = ["--m", "2", "--test", "6", "--steps", "1,3", "--rate", "1e-3"];
    let run = reproduce(&folder, &more).expect(0);
    assert!(run.err.contains("3 of 6 runs are done already"), "{}", run.err);
    assert_eq!(table(&folder)["rows"][0]["digits"], 6);

    let run = reproduce(&folder, &["--m", "2", "--test", "3", "--steps", "7"]).expect(2);
    assert!(run.err.contains("digits.jsonl: these are results of other settings"), "{}", run.err);
}

#[test]
fn figure_6_is_one_digit_under_three_priors() {
    let folder = Folder::new();
    mnist(&folder, 120, 5);
    let run = reproduce(&folder, &["--figure", "6", "--m", "4", "--steps", "2"]);
    assert!(matches!(run.code, 0 | 1), "{}", run.err);
    let svg = std::fs::read_to_string(folder.path("out/figure6.svg")).unwrap();
    for part in [">corrupted<", ">restored<", ">prior 1,0<", ">prior 1,1<", ">prior 1,2<"] {
        assert!(svg.contains(part), "{part}");
    }
    assert!(folder.image("out/figure6.png").shape()[0] > 300);
}

#[test]
fn too_few_digits_and_missing_files_are_explained() {
    let folder = Folder::new();
    let run = reproduce(&folder, &["--m", "2"]).expect(2);
    assert!(run.err.contains("train-images-idx3-ubyte"), "{}", run.err);
    mnist(&folder, 120, 5);
    let run = reproduce(&folder, &["--m", "2", "--test", "6"]).expect(2);
    assert!(run.err.contains("the test set has 5 digits for this, and 6 are needed"), "{}", run.err);
    mnist(&folder, 40, 5);
    let run = reproduce(&folder, &["--m", "2", "--test", "5", "--steps", "1"]).expect(2);
    assert!(run.err.contains("the training set has 40 digits for this, and 120 are needed"), "{}", run.err);
    let run = reproduce(&folder, &["--m", "28", "--test", "5"]).expect(2);
    assert!(run.err.contains("0 to 27 can be removed") || run.err.contains("training set"), "{}", run.err);
}

/// A folder as that of Sunnybrook, with two slices of each of six phantoms.
fn sunnybrook(folder: &Folder) {
    let mut index = "file,patient\n".to_owned();
    for number in 0..12 {
        let (file, patient) = (format!("slice-{number}.png"), number / 2);
        let phantom = heart(number);
        let grey = |image: &Array2<f32>| {
            resize(image.view(), [128, 128]).unwrap().mapv(|value| (255.0 * value).round() as u8)
        };
        folder.png(&format!("hearts/images/{file}"), &grey(&phantom.image));
        let mask = grey(&phantom.mask).mapv(|value| if value >= 128 { 255 } else { 0 });
        folder.png(&format!("hearts/myo/{file}"), &mask);
        index += &format!("{file},{patient}\n");
    }
    folder.write("hearts/index.csv", index.as_bytes());
}

/// The network of hearts as a file, with the patients that it has learned from, that chose its epoch and that gave its
/// figures.
fn heart_of(folder: &Folder, split: Option<[&[&str]; 3]>) {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    folder.write("heart.bpk", &std::fs::read(models.join("heart.bpk")).unwrap());
    let record = std::fs::read(models.join("heart.json")).unwrap();
    let mut record: Value = serde_json::from_slice(&record).unwrap();
    let fields = record.as_object_mut().unwrap();
    fields.remove("split");
    fields.remove("seed");
    if let Some([training, validation, test]) = split {
        let split = serde_json::json!({"training": training, "validation": validation, "test": test});
        fields.insert("split".to_owned(), split);
    }
    folder.write("heart.json", &serde_json::to_vec(&record).unwrap());
}

/// The slices of the results.
fn slices(folder: &Folder, name: &str) -> BTreeSet<String> {
    let journal = std::fs::read_to_string(folder.path(&format!("{name}/sunnybrook.jsonl"))).unwrap();
    let trials = journal.lines().skip(1).map(|line| serde_json::from_str::<Value>(line).unwrap());
    trials.map(|trial| trial["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn no_patient_that_a_network_has_learned_from_is_tested_whatever_the_seed() {
    let folder = Folder::new();
    sunnybrook(&folder);
    let run = |out: &str, more: &[&str]| {
        let fixed = ["reproduce", "sunnybrook", "--data", "hearts", "--model", "heart.bpk", "--m", "0"];
        folder.run(&[&fixed[..], &["--steps", "0", "-o", out], more].concat())
    };
    let of = |numbers: &[usize]| {
        numbers.iter().map(|number| format!("slice-{number}.png")).collect::<BTreeSet<String>>()
    };
    heart_of(&folder, Some([&["0", "2"], &["1", "4"], &["3", "5"]]));
    for seed in ["0", "1", "2"] {
        let out = format!("out-{seed}");
        run(&out, &["--seed", seed]).expect(0);
        assert!(slices(&folder, &out).is_subset(&of(&[6, 7, 10, 11])), "seed {seed}");
        assert!(!slices(&folder, &out).is_empty());
    }
    run("validation", &["--patients", "validation"]).expect(0);
    assert!(slices(&folder, "validation").is_subset(&of(&[2, 3, 8, 9])));

    heart_of(&folder, Some([&["0", "2"], &["1", "4"], &["3", "5", "6"]]));
    assert!(run("out-0", &[]).expect(0).err.contains("there are no slices: 6"));
    heart_of(&folder, Some([&["0", "2"], &["1"], &["3", "5"]]));
    let says = run("out", &[]).expect(2).err;
    assert!(says.contains("its record does not have 4") && says.contains("--patients all"), "{says}");
    heart_of(&folder, None);
    let says = run("out", &[]).expect(2).err;
    assert!(says.contains("does not say from which patients") && says.contains("--patients all"), "{says}");
    let says = folder.run(&["reproduce", "sunnybrook", "--data", "hearts", "-o", "out"]).expect(2).err;
    assert!(says.contains("heart was trained on other patients"), "{says}");
    assert!(!folder.path("out").exists());
    run("all", &["--patients", "all"]).expect(0);
    assert!(slices(&folder, "all").len() > 4);
}

#[test]
fn reproduction_and_post_processing_prepare_a_slice_alike() {
    let folder = Folder::new();
    // A phantom in the corner of a slice, which is brighter everywhere else.
    let (top, left) = (10, 30);
    let phantom = heart(3);
    let wide = |image: &Array2<f32>, around: f32| {
        let small = resize(image.view(), [128, 128]).unwrap();
        Array2::from_shape_fn((160, 190), |(row, column)| {
            let inside = |at: usize, start: usize| at.checked_sub(start).filter(|&at| at < 128);
            let inside = inside(row, top).zip(inside(column, left));
            (255.0 * inside.map_or(around, |at| 0.6 * small[at])).round() as u8
        })
    };
    let mask = wide(&phantom.mask, 0.0).mapv(|value| if value >= 77 { 255 } else { 0 });
    let (image, count) = (wide(&phantom.image, 1.0), mask.iter().filter(|&&value| value > 0).count());
    let mean = |place: fn((usize, usize)) -> usize| {
        let inside = mask.indexed_iter().filter(|(_, value)| **value > 0);
        (inside.map(|(at, _)| place(at)).sum::<usize>() as f64 / count as f64).round() as usize
    };
    let middle = [mean(|at| at.0), mean(|at| at.1)];
    let crop = format!("{},{},128", middle[1] - 64, middle[0] - 64);
    let mut index = "file,patient\n".to_owned();
    for patient in ["A", "B", "C"] {
        folder.png(&format!("hearts/images/{patient}.png"), &image);
        folder.png(&format!("hearts/myo/{patient}.png"), &mask);
        index += &format!("{patient}.png,{patient}\n");
    }
    folder.write("hearts/index.csv", index.as_bytes());

    heart_of(&folder, Some([&["A"], &["B"], &["C"]]));
    let model = ["--model", "heart.bpk", "--steps", "0"];
    let data = ["reproduce", "sunnybrook", "--data", "hearts", "--m", "0", "-o", "out"];
    folder.run(&[&data[..], &model].concat()).expect(0);
    let slice = ["postprocess", "hearts/images/C.png", "--crop", crop.as_str(), "-o", "post"];
    let run = folder.run(&[&slice[..], &model].concat());
    assert!(run.code < 2, "{}", run.err);

    let map = folder.image("post/before.npy").to_grey().into_owned().into_dimensionality::<Ix2>().unwrap();
    let truth = mask.mapv(|value| f32::from(u8::from(value > 0)));
    let truth = crop_square(truth.view(), middle.map(|at| at as isize), 128, 0.0).unwrap();
    let at_half = |map: &Array2<f32>| map.mapv(|value| if value >= 0.5 { 1.0 } else { 0.0 });
    let truth = at_half(&resize(truth.view(), [80, 80]).unwrap());
    let dice = dice(at_half(&map).view(), truth.view()).unwrap();
    let json: Value =
        serde_json::from_slice(&std::fs::read(folder.path("out/sunnybrook.json")).unwrap()).unwrap();
    let reproduced = json["rows"][0]["dice_before"].as_f64().unwrap();
    assert!((0.01..0.99).contains(&dice), "a map of everything or nothing says little: {dice}");
    assert!((reproduced - dice).abs() < 1e-9, "{reproduced} reproduced, {dice} post-processed");
}

#[test]
fn the_record_of_a_trained_heart_says_how_and_of_whom() {
    let folder = Folder::new();
    sunnybrook(&folder);
    let small = ["--epochs", "1", "--width", "1", "--depth", "1", "--phantoms", "0", "-o", "mine.bpk"];
    folder.run(&[&["-q", "train", "heart", "--data", "hearts"][..], &small].concat()).expect(0);
    let record = std::fs::read(folder.path("mine.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    assert_eq!(
        (&record["normalisation"], &record["preparation"]),
        (&"percentile:1,99".into(), &"crop, resample, normalise".into())
    );
    let patients = |group: &str| record["split"][group].as_array().unwrap().len();
    assert_eq!((patients("training"), patients("validation"), patients("test")), (4, 1, 1));
    let reproduce = ["reproduce", "sunnybrook", "--data", "hearts", "--model", "mine.bpk", "--seed", "5"];
    folder.run(&[&reproduce[..], &["--m", "0", "--steps", "0", "-o", "out"]].concat()).expect(0);
    let tested = record["split"]["test"][0].as_str().unwrap().parse::<usize>().unwrap();
    let of_patient = [2 * tested, 2 * tested + 1].map(|number| format!("slice-{number}.png"));
    assert!(slices(&folder, "out").iter().all(|slice| of_patient.contains(slice)));
}

#[test]
fn networks_for_images_of_another_size_are_refused() {
    let folder = Folder::new();
    mnist(&folder, 120, 5);
    for (arguments, says) in [
        (&["mnist", "--data", "mnist", "--model", "heart"][..], "80 x 80 pixels; here they have 28 x 28"),
        (&["shapes", "--model", "digits"], "28 x 28 pixels; here they have 80 x 80"),
    ] {
        let run = folder.run(&[&["reproduce"], arguments, &["-o", "out"]].concat()).expect(2);
        assert!(run.err.contains(says), "{}", run.err);
    }
}

#[test]
fn rings_in_slices_are_counted_before_and_after() {
    let folder = Folder::new();
    sunnybrook(&folder);
    heart_of(&folder, Some([&["0", "2"], &["1", "4"], &["3", "5"]]));
    let sunnybrook = |arguments: &[&str]| {
        let fixed = ["reproduce", "sunnybrook", "--data", "hearts", "--model", "heart.bpk", "-o", "out"];
        folder.run(&[&fixed[..], arguments].concat())
    };
    let run = sunnybrook(&["--m", "0,60", "--steps", "1,2"]).expect(0);
    assert!(run.text().contains("slices of test patients"), "{}", run.text());
    let json = std::fs::read(folder.path("out/sunnybrook.json")).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    let rows = json["rows"].as_array().unwrap();
    let settings = rows.iter().map(|row| (row["m"].as_u64().unwrap(), row["steps"].as_u64().unwrap()));
    assert_eq!(settings.collect::<Vec<_>>(), [(0, 1), (0, 2), (60, 1), (60, 2)]);
    assert!(rows[0]["samples"].as_u64().unwrap() >= 1, "{json}");
    assert_ne!(rows[0]["dice_before"], rows[2]["dice_before"]);

    let run = sunnybrook(&["--m", "0,60", "--steps", "1,2"]).expect(0);
    assert!(run.err.contains("runs are done already"), "{}", run.err);
    let run = sunnybrook(&["--patients", "validation", "--steps", "2"]).expect(2);
    assert!(run.err.contains("results of other settings"), "{}", run.err);
    let run = sunnybrook(&["--slices", "100", "--steps", "2"]).expect(2);
    assert!(run.err.contains("100 or more are needed"), "{}", run.err);
}

#[test]
fn shapes_are_counted_before_and_after_and_another_seed_makes_others() {
    let folder = Folder::new();
    let shapes = |arguments: &[&str]| {
        let fixed = ["reproduce", "shapes", "--count", "8", "--steps", "0,4", "--rate", "1e-3"];
        folder.run(&[&fixed[..], arguments].concat())
    };
    let run = shapes(&["--m", "0,60", "--lambda", "0.01,0.1", "-o", "a"]).expect(0);
    assert!(run.text().contains("shapes: synthetic blobs, rings, trees and cells, seed 0"), "{}", run.text());
    let read = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap();
    let json: Value = serde_json::from_str(&read("a/shapes.json")).unwrap();
    let rows = json["rows"].as_array().unwrap();
    let of = |row: &Value| {
        (row["m"].as_u64().unwrap(), row["lambda"].as_f64().unwrap(), row["steps"].as_u64().unwrap())
    };
    let all = [(0, 0.01, 0), (0, 0.01, 4), (0, 0.1, 0), (0, 0.1, 4)];
    assert_eq!(rows[..4].iter().map(of).collect::<Vec<_>>(), all);
    assert_eq!((rows.len(), read("a/shapes.csv").lines().count()), (8, 9));
    // Nothing has changed before the first update, and less is found where more of k-space is lost.
    for row in rows.iter().filter(|row| row["steps"] == 0) {
        assert_eq!((&row["dice_after"], &row["right_after"]), (&row["dice_before"], &row["right_before"]));
    }
    assert!(rows[0]["dice_before"].as_f64() > rows[4]["dice_before"].as_f64(), "{json}");
    shapes(&["--m", "0", "--seed", "1", "-o", "b"]).expect(0);
    let other: Value = serde_json::from_str(&read("b/shapes.json")).unwrap();
    assert_ne!(other["rows"][0]["dice_before"], rows[0]["dice_before"]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_results_there_are_and_the_same_command_goes_on() {
    let folder = Folder::new();
    let arguments = |count| ["reproduce", "shapes", "--count", count, "--steps", "3", "-o", "out"];
    let running =
        folder.command(&arguments("2000")).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let journal = folder.path("out/shapes.jsonl");
    while std::fs::read_to_string(&journal).unwrap_or_default().lines().count() < 3 {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
    let output = running.wait_with_output().unwrap();
    let (text, says) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(130), "{says}");
    assert!(
        text.contains("synthetic blobs") && says.contains("of 2000 runs are done; the same command goes on"),
        "{says}"
    );
    let run = folder.run(&arguments("8")).expect(0);
    assert!(run.err.contains("runs are done already"), "{}", run.err);
}
