//! What is common to all commands that read a file.

use std::io::Write;
use std::process::Stdio;

use imaging::{Samples, encode_npy};
use ndarray::{Array, Array3};

use crate::kit::{Folder, map, ring};

fn values_of(folder: &Folder, arguments: &[&str]) -> (String, Option<f64>) {
    let json = folder.run(&[&["barcode", "--format", "json"][..], arguments].concat()).expect(0).json();
    (json["values"].as_str().unwrap().to_owned(), json["bars"][0]["birth"].as_f64())
}

#[test]
fn pictures_are_scaled_by_their_type_and_floats_keep_their_values() {
    let folder = Folder::new();
    folder.png("eight.png", &ndarray::array![[51, 102, 0, 7]]);
    let sixteen = ndarray::array![[13107u16, 6000, 0]];
    folder.write("sixteen.png", &imaging::encode_png16(sixteen.view()).unwrap());
    folder.npy("float.npy", ndarray::array![[-3.0f32, 8.0, 1.5]].view());
    let close = |one: Option<f64>, other: f64| (one.unwrap() - other).abs() < 1e-6;
    let (values, birth) = values_of(&folder, &["eight.png"]);
    assert!(values == "values divided by 255" && close(birth, 0.4), "{values} {birth:?}");
    let (values, birth) = values_of(&folder, &["sixteen.png"]);
    assert!(values == "values divided by 65535" && close(birth, 0.2), "{values} {birth:?}");
    assert_eq!(values_of(&folder, &["float.npy"]), ("values as in the file".to_owned(), Some(8.0)));
    assert_eq!(values_of(&folder, &["eight.png", "--normalise", "none"]).1, Some(102.0));
    assert_eq!(values_of(&folder, &["eight.png", "--normalise", "minmax"]).1, Some(1.0));
    assert_eq!(values_of(&folder, &["float.npy", "--normalize", "percentile"]).1, Some(1.0));
    let run = folder.run(&["barcode", "eight.png", "--normalise", "log"]).expect(2);
    assert!(run.err.contains("minmax"), "{}", run.err);
}

#[test]
fn of_a_series_a_volume_or_a_slice_is_chosen() {
    let folder = Folder::new();
    let series = Array::from_shape_fn((2, 3, 4, 5), |(t, z, y, x)| (t * 60 + z * 20 + y * 5 + x) as f32);
    folder.npy("series.npy", series.view());
    let run = folder.run(&["barcode", "series.npy"]).expect(2);
    assert!(run.err.contains("2 x 3 x 4 x 5") && run.err.contains("--index 0"), "{}", run.err);
    assert_eq!(values_of(&folder, &["series.npy", "--index", "0"]).1, Some(59.0));
    assert_eq!(values_of(&folder, &["series.npy", "--index", "1,0"]).1, Some(79.0));
    let run = folder.run(&["barcode", "series.npy", "--index", "2"]).expect(2);
    assert!(run.err.contains("--index 2 does not fit"), "{}", run.err);
    folder.npy("line.npy", ndarray::array![1.0f32, 2.0].view());
    let run = folder.run(&["barcode", "line.npy"]).expect(2);
    assert!(run.err.contains("1 axis, 2;"), "{}", run.err);
}

#[test]
fn standard_input_is_a_file() {
    let folder = Folder::new();
    let bytes = encode_npy(Samples::from(map().view())).unwrap();
    let mut command = folder.command(&["barcode", "-", "--format", "json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["shape"], serde_json::json!([9, 11]));
}

#[test]
fn what_cannot_be_read_is_named_and_explained() {
    let folder = Folder::new();
    folder.write("empty.png", b"");
    folder.write("text.txt", b"hello");
    folder.write("folder/file", b"");
    folder.png("ring.png", &ring());
    let cases: [(&[&str], &str); 5] = [
        (&["nothing.png"], "nothing.png: cannot be read"),
        (&["empty.png"], "empty.png: the file is empty; accepted are PNG"),
        (&["text.txt"], "text.txt: this looks like plain text"),
        (&["folder"], "folder: this is a folder; only `check` takes folders"),
        (&["ring.png", "--member", "x"], "ring.png: PNG: file: choosing an array by name"),
    ];
    for (arguments, says) in cases {
        let run = folder.run(&[&["barcode"][..], arguments].concat()).expect(2);
        assert!(run.err.contains(says), "{}", run.err);
        assert!(run.out.is_empty());
    }
}

#[test]
fn empty_arrays_are_an_error_everywhere() {
    let folder = Folder::new();
    folder.npy("empty.npy", Array3::<f32>::zeros((0, 4, 4)).view());
    for arguments in [
        &["barcode", "empty.npy"][..],
        &["loss", "empty.npy", "--betti", "1,0,0"],
        &["check", "empty.npy", "--betti", "1,0,0"],
        &["repair", "empty.npy", "--betti", "1,0,0", "-o", "out.npy"],
        &["bench", "persistence", "empty.npy"],
    ] {
        let run = folder.run(arguments).expect(2);
        assert!((run.text().to_owned() + &run.err).contains("empty"), "{}", run.err);
    }
}
