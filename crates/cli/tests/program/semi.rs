//! `bettiscope train semi` and `bettiscope reproduce table2`: learning from images without labels.

use ndarray::Array2;
use serde_json::Value;

use crate::kit::{Folder, Run};

/// Rings on a dark ground, of which the first have masks.
fn data(folder: &Folder, count: usize, masks: usize) {
    for number in 0..count {
        let middle = [6.5 + (number % 3) as f64, 7.5 + (number % 2) as f64];
        let mask = Array2::from_shape_fn((16, 16), |(row, column)| {
            let radius = (row as f64 - middle[0]).hypot(column as f64 - middle[1]);
            if (2.5..4.5).contains(&radius) { 255 } else { 0 }
        });
        folder.png(&format!("data/images/{number}.png"), &mask.mapv(|value| 20 + value / 2));
        if number < masks {
            folder.png(&format!("data/masks/{number}.png"), &mask);
        }
    }
}

const SMALL: [&str; 10] =
    ["--size", "16", "--width", "2", "--depth", "1", "--epochs", "2", "--validate-every", "1"];

fn train(folder: &Folder, output: &str, more: &[&str]) -> Run {
    let common = ["-q", "train", "semi", "--data", "data", "-o", output, "--semi-validate-every", "1"];
    folder.run(&[&common[..], &SMALL, more].concat())
}

fn json(folder: &Folder, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.path(name)).unwrap()).unwrap()
}

#[test]
fn a_network_learns_from_masks_and_goes_on_with_images_that_have_none() {
    let folder = Folder::new();
    data(&folder, 9, 4);
    let options = ["--betti", "1,1", "--semi-epochs", "2"];
    train(&folder, "a.bpk", &options).expect(0);
    let record = json(&folder, "a.json");
    assert_eq!((&record["name"], &record["prior"]), (&"semi".into(), &"1,1".into()));
    let known = "4 pairs of image and mask, 1 of them for validation and 1 for the figures, and 5 images without masks, all \
                 with the prior 1,1";
    assert_eq!(record["data"], known);
    let of = |place: usize| record["figures"][place]["of"].as_str().unwrap().to_owned();
    assert!(of(0).ends_with("before the images without masks") && of(1) == "pairs that were not trained on");

    // The command of the record does the same.
    let command = record["command"].as_str().unwrap().replace("DIR", "data").replace("semi.bpk", "b.bpk");
    folder.run(&command.split(' ').skip(1).collect::<Vec<_>>()).expect(0);
    let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert_eq!(read("a.bpk"), read("b.bpk"));

    // What was made is a network as any other.
    folder.run(&[
        "postprocess",
        "data/images/8.png",
        "--model",
        "a.bpk",
        "--betti",
        "1,1",
        "-o",
        "c.png",
        "--steps",
        "1",
    ]);
    assert!(folder.path("c.png").exists());
    let check = ["check", "data/images", "--betti", "1,1", "--model", "a.bpk", "--format", "json"];
    let rows: Value = serde_json::from_str(folder.run(&check).text()).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 9);
    assert_eq!((&rows[0]["kind"], &rows[0]["threshold"]), (&"map".into(), &0.5.into()));
    assert_eq!(rows[0]["notes"][0], "the map of the network a.bpk");

    // Every image with a prior of its own, which is the same.
    let list = (0..9).map(|number| format!("{number}.png,\"1,1\"\n")).collect::<String>();
    folder.write("priors.csv", format!("file,prior\n{list}").as_bytes());
    train(&folder, "d.bpk", &["--priors", "priors.csv", "--semi-epochs", "2"]).expect(0);
    assert_eq!(read("d.bpk"), read("a.bpk"));
}

#[test]
fn a_network_of_several_classes_learns_from_label_maps_and_from_images_that_have_none() {
    let folder = Folder::new();
    data(&folder, 9, 0);
    for number in 0..5 {
        let image = folder.image(&format!("data/images/{number}.png")).to_grey().into_owned();
        let image = image.into_dimensionality::<ndarray::Ix2>().unwrap();
        let filled =
            imaging::morphology::fill_holes(image.mapv(|value| if value > 20.0 { 1.0 } else { 0.0 }).view());
        let label = |(&value, &is): (&f32, &f32)| if value > 20.0 { 2 } else { is as u8 };
        let labels = image.iter().zip(&filled).map(label).collect::<Vec<u8>>();
        folder.png(&format!("data/masks/{number}.png"), &Array2::from_shape_vec((16, 16), labels).unwrap());
    }
    let priors = "cavity:1,0; muscle:1,1; cavity+muscle:1,0";
    let options = ["--classes", "cavity,muscle", "--betti", priors, "--semi-epochs", "2"];
    train(&folder, "a.bpk", &options).expect(0);
    let record = json(&folder, "a.json");
    assert_eq!(record["classes"], serde_json::json!(["background", "cavity", "muscle"]));
    assert_eq!(record["prior"], priors);
    assert_eq!(record["figures"][1]["dice_by_class"].as_array().unwrap().len(), 2);

    // The command of the record does the same, and what was made is a network as any other.
    let command = record["command"].as_str().unwrap().replace("DIR", "data").replace("semi.bpk", "b.bpk");
    let (before, rest) = command.split_once(" '").unwrap();
    let (quoted, after) = rest.split_once("' ").unwrap();
    let words = before.split(' ').skip(1).chain([quoted]).chain(after.split(' '));
    folder.run(&words.collect::<Vec<&str>>()).expect(0);
    let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert_eq!(read("a.bpk"), read("b.bpk"));
    let run =
        folder.run(&["postprocess", "data/images/8.png", "--model", "a.bpk", "-o", "out", "--steps", "1"]);
    assert!(run.text().contains(priors), "{}", run.text());

    // Masks alone do as well.
    std::fs::create_dir(folder.path("whole")).unwrap();
    for kind in ["images", "masks"] {
        std::fs::create_dir(folder.path(&format!("whole/{kind}"))).unwrap();
        for number in 0..5 {
            let name = format!("{kind}/{number}.png");
            std::fs::copy(folder.path(&format!("data/{name}")), folder.path(&format!("whole/{name}")))
                .unwrap();
        }
    }
    let options = ["--data", "whole", "--classes", "cavity,muscle", "-o", "c.bpk"];
    folder.run(&[&["-q", "train", "folder"], &options[..], &SMALL].concat()).expect(0);
    let record = json(&folder, "c.json");
    assert!(record["command"].as_str().unwrap().contains("--classes cavity,muscle"));
    assert_eq!(record["figures"][0]["dice_by_class"].as_array().unwrap().len(), 2);
}

#[test]
fn a_training_goes_on_in_either_part_as_if_it_had_never_stopped() {
    let folder = Folder::new();
    data(&folder, 8, 5);
    let with = |output, epochs, more: &[&str]| {
        let options = ["--betti", "1,1", "--semi-epochs", "3", "--semi-rate", "0.01", "--epochs", epochs];
        let common = ["-q", "train", "semi", "--data", "data", "-o", output, "--semi-validate-every", "1"];
        folder.run(&[&common[..], &SMALL[..6], &options, more].concat()).expect(0)
    };
    with("whole.bpk", "2", &[]);
    with("a.bpk", "2", &["--checkpoint", "c", "--resume"]);
    // What is kept is the end of the second part: nothing is left to do.
    with("b.bpk", "2", &["--checkpoint", "c", "--resume"]);
    let options = ["--betti", "1,1", "--semi-epochs", "3", "--semi-rate", "0.01", "--epochs", "9"];
    let common = ["-q", "train", "semi", "--data", "data", "-o", "a.bpk", "--semi-validate-every", "1"];
    let other = [&common[..], &SMALL[..6], &options, &["--checkpoint", "c", "--resume"]].concat();
    let says = folder.run(&other).expect(2).err;
    assert!(says.contains("other settings") && says.contains("--epochs 2"), "{says}");
    let read = |name: &str| std::fs::read(folder.path(name)).unwrap();
    assert_eq!((read("a.bpk"), json(&folder, "a.json")), (read("whole.bpk"), json(&folder, "whole.json")));
    assert_eq!((read("b.bpk"), json(&folder, "b.json")), (read("whole.bpk"), json(&folder, "whole.json")));
}

#[test]
fn what_cannot_be_learned_from_is_refused_with_what_is_accepted() {
    let folder = Folder::new();
    data(&folder, 4, 3);
    let refused = |options: &[&str]| train(&folder, "a.bpk", options).expect(2).err;
    let says = refused(&[]);
    assert!(says.contains("--betti <PRIOR>|--priors <FILE>"), "{says}");
    let says = refused(&["--betti", "1,0,0"]);
    assert!(says.contains("1,0,0 is not one of an image, which has 2 numbers"), "{says}");
    let says = refused(&["--betti", "1:1,0; 2:1,1"]);
    assert!(says.contains("several classes; --classes names them"), "{says}");
    let says = refused(&["--betti", "ring:1,1", "--classes", "ring,2"]);
    assert!(says.contains("names that are no numbers"), "{says}");
    for classes in ["ring,ring", "background,ring"] {
        let says = refused(&["--betti", "ring:1,1", "--classes", classes]);
        assert!(says.contains("priors tell classes by their names"), "{says}");
    }
    let says = refused(&["--betti", "1,1", "--classes", "ring"]);
    assert!(says.contains("as in ring:1,1"), "{says}");
    let says = refused(&["--betti", "ring:1,1", "--classes", "ring"]);
    assert!(says.contains("the value 255 is no class") && says.contains("from 0 to 1"), "{says}");
    folder.write("priors.csv", b"file,prior\n0.png,\"1,1\"\n");
    let says = refused(&["--priors", "priors.csv"]);
    assert!(says.contains("is not in the list of priors priors.csv"), "{says}");
    let says = refused(&["--betti", "1,1", "--lambda=-1"]);
    assert!(says.contains("lambda is -1; accepted is"), "{says}");
    folder.png("data/masks/3.png", &Array2::zeros((16, 16)));
    let says = refused(&["--betti", "1,1"]);
    assert!(says.contains("there are 0 images without a mask; 1 or more are needed"), "{says}");
}

#[test]
fn table_2_of_phantoms_is_made_method_by_method_and_goes_on_where_it_ended() {
    let folder = Folder::new();
    let reproduce = |more: &[&str]| {
        let common =
            ["reproduce", "table2", "--phantoms", "12", "--labelled", "2", "--width", "2", "--depth", "1"];
        let learning = ["--epochs", "2", "--further-epochs", "1", "--validate-every", "1", "-o", "out"];
        folder.run(&[&common[..], &learning, more].concat())
    };
    let run = reproduce(&["--m", "20", "--repeats", "1"]).expect(0);
    for part in ["m = 20, 2 labelled", "   1, 3 ", "ours (equation 6)", "Wilcoxon"] {
        assert!(run.text().contains(part), "{part}: {}", run.text());
    }
    let table = json(&folder, "out/table2.json");
    let methods = |table: &Value| {
        let rows = table["rows"].as_array().unwrap().iter();
        rows.map(|row| row["method"].as_str().unwrap().to_owned()).collect::<Vec<String>>()
    };
    let all =
        ["supervised", "closing", "crf", "self-training", "augmentation", "ours", "longer", "augmented-ours"];
    assert_eq!(methods(&table), all);
    let csv = std::fs::read_to_string(folder.path("out/table2.csv")).unwrap();
    assert!(csv.starts_with("m,labelled,method,repeats,images,dice,") && csv.lines().count() == 9, "{csv}");
    let svg = std::fs::read_to_string(folder.path("out/table2.svg")).unwrap();
    assert!(svg.contains(">corrupted<") && svg.contains(">with unlabelled images<"));
    assert!(folder.image("out/table2.png").shape()[0] > 300);

    // What is there is not done again; a line that is missing is.
    let journal = std::fs::read_to_string(folder.path("out/table2.jsonl")).unwrap();
    let without_last: String = journal.lines().take(7).map(|line| format!("{line}\n")).collect();
    folder.write("out/table2.jsonl", without_last.as_bytes());
    let run = reproduce(&["--m", "20", "--repeats", "1"]).expect(0);
    assert!(run.err.contains("6 of 8 methods are done already"), "{}", run.err);
    let again = json(&folder, "out/table2.json");
    for (row, other) in table["rows"].as_array().unwrap().iter().zip(again["rows"].as_array().unwrap()) {
        assert_eq!((&row["dice"], &row["right"]), (&other["dice"], &other["right"]));
    }
    let run =
        reproduce(&["--m", "20", "--repeats", "2", "--methods", "ours,supervised", "--jobs", "1"]).expect(0);
    assert!(run.err.contains("2 of 4 methods are done already"), "{}", run.err);
    assert_eq!(methods(&json(&folder, "out/table2.json")), ["supervised", "ours"]);

    let run = reproduce(&["--m", "20", "--lambda", "1"]).expect(2);
    assert!(run.err.contains("table2.jsonl: these are results of other settings"), "{}", run.err);
    let run = reproduce(&["--methods", "longer"]).expect(2);
    assert!(run.err.contains("as ours, which is not among the methods"), "{}", run.err);
    let run = reproduce(&["--unlabelled-batch", "0"]).expect(2);
    assert!(run.err.contains("the batch size of unlabelled images is 0"), "{}", run.err);
    reproduce(&["--m", "20,20", "--repeats", "1", "--methods", "supervised,supervised"]).expect(0);
    let run = reproduce(&["--methods", "best"]).expect(2);
    assert!(run.err.contains("accepted are supervised, closing, crf"), "{}", run.err);
}
