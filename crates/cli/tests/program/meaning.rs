//! What the values of a file are taken for, and the options that decide.

use imaging::{Samples, encode_png16};
use ndarray::{Array2, Array3};
use serde_json::{Value, json};

use crate::kit::Folder;

/// A disc of one label in a ring of another, and an island of a third; 30 x 30 pixels.
fn heart(inner: u16, ring: u16, island: u16) -> Array2<u16> {
    Array2::from_shape_fn((30, 30), |(row, column)| {
        let distance = (row as f32 - 12.0).hypot(column as f32 - 12.0);
        match (row, column) {
            _ if distance < 5.0 => inner,
            _ if distance < 9.0 => ring,
            (24..28, 24..28) => island,
            _ => 0,
        }
    })
}

fn check(folder: &Folder, arguments: &[&str]) -> Vec<Value> {
    let run = folder.run(&[&["check", "--format", "json"][..], arguments].concat());
    run.json().as_array().unwrap().clone()
}

fn notes(row: &Value) -> String {
    row["notes"].as_array().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

#[test]
fn labels_are_merged_with_a_note_or_chosen_or_taken_one_by_one() {
    let folder = Folder::new();
    folder.write("heart.png", &encode_png16(heart(1, 200, 3000).view()).unwrap());
    let all = &check(&folder, &["heart.png", "--betti", "2,0"])[0];
    assert_eq!(
        (&all["kind"], &all["labels"], &all["verdict"]),
        (&json!("labels"), &json!([1, 200, 3000]), &json!("right"))
    );
    assert!(notes(all).contains("--each-label"), "{all}");
    let ring = &check(&folder, &["heart.png", "--betti", "1,1", "--label", "200"])[0];
    assert_eq!((&ring["verdict"], notes(ring)), (&json!("right"), String::new()));
    let two = &check(&folder, &["heart.png", "--betti", "1,0", "--labels", "1,200"])[0];
    assert_eq!(two["verdict"], "right");
    let none = &check(&folder, &["heart.png", "--betti", "0,0", "--label", "7"])[0];
    assert!(notes(none).contains("label 7 is not there"), "{none}");
    let each = check(&folder, &["heart.png", "--betti", "1,0", "--each-label"]);
    let found: Vec<_> = each.iter().map(|row| (row["label"].as_i64(), row["betti"].clone())).collect();
    assert_eq!(found, [(Some(1), json!([1, 0])), (Some(200), json!([1, 1])), (Some(3000), json!([1, 0]))]);
    // What is surplus is where it is in the file, as where the label is the only one that is asked for.
    for row in check(&folder, &["heart.png", "--betti", "0,0", "--each-label"]) {
        let label = row["label"].to_string();
        let alone = &check(&folder, &["heart.png", "--betti", "0,0", "--label", &label])[0];
        assert_eq!((&row["features"], &row["shape"]), (&alone["features"], &alone["shape"]), "{label}");
        assert!(row["features"].as_array().is_some_and(|features| !features.is_empty()));
    }
    let table = folder.run(&["check", "heart.png", "--betti", "1,0", "--each-label"]).expect(1);
    assert!(table.text().contains("labels    heart.png, label 200"), "{}", table.text());
}

#[test]
fn values_that_are_no_labels_have_no_row_each() {
    let folder = Folder::new();
    let map = ndarray::array![[0.0_f32, 0.25]].into_dyn();
    folder.write("map.npy", &imaging::encode_npy(Samples::from(map.view())).unwrap());
    let row = &check(&folder, &["map.npy", "--betti", "1,0", "--each-label"])[0];
    assert!(row["error"].as_str().unwrap().contains("--each-label: the value 0.25 is no label"), "{row}");
}

#[test]
fn what_looks_like_an_ignore_label_is_said_and_left_out_on_demand() {
    let folder = Folder::new();
    folder.write("ignore.png", &encode_png16(heart(0, 1, 255).view()).unwrap());
    let row = &check(&folder, &["ignore.png", "--betti", "1,1"])[0];
    assert!(notes(row).contains("255 looks like an ignore label: --ignore 255"), "{row}");
    let row = &check(&folder, &["ignore.png", "--betti", "1,1", "--ignore", "255"])[0];
    assert_eq!((&row["verdict"], &row["kind"]), (&json!("right"), &json!("mask")));
    let signed = heart(0, 1, 2).mapv(|label| if label == 2 { -1.0 } else { f32::from(label) });
    let signed = Samples::typed(signed.view().into_dyn(), imaging::SampleType::I8).unwrap();
    folder.write("signed.npy", &imaging::encode_npy(signed).unwrap());
    let row = &check(&folder, &["signed.npy", "--betti", "1,1"])[0];
    assert!(row["error"].as_str().unwrap().contains("--ignore -1"), "{row}");
    assert_eq!(check(&folder, &["signed.npy", "--betti", "1,1", "--ignore", "-1"])[0]["verdict"], "right");
}

#[test]
fn labels_without_a_background_are_refused_in_words_that_help() {
    let folder = Folder::new();
    let shifted = heart(0, 1, 0) + 1;
    folder.write("ilastik.png", &encode_png16(shifted.view()).unwrap());
    let row = &check(&folder, &["ilastik.png", "--betti", "1,1"])[0];
    assert_eq!(row["verdict"], "unreadable");
    assert!(row["error"].as_str().unwrap().contains("--labels 2 takes label 2 alone"), "{row}");
    assert_eq!(check(&folder, &["ilastik.png", "--betti", "1,1", "--label", "2"])[0]["verdict"], "right");
}

#[test]
fn maps_on_other_scales_are_noted_and_can_be_brought_to_theirs() {
    let folder = Folder::new();
    let slope = Array2::from_shape_fn((40, 40), |(row, column)| {
        let distance = (row as f32 - 20.0).hypot(column as f32 - 20.0);
        (4000.0 * (1.0 - distance / 15.0).max(0.0)) as u16
    });
    folder.write("twelve.png", &encode_png16(slope.view()).unwrap());
    let row = &check(&folder, &["twelve.png", "--betti", "1,0"])[0];
    assert_eq!((&row["kind"], &row["betti"]), (&json!("map"), &json!([0, 0])));
    assert!(notes(row).contains("--normalise divide:4095"), "{row}");
    assert_eq!(
        check(&folder, &["twelve.png", "--betti", "1,0", "--normalise", "divide:4095"])[0]["verdict"],
        "right"
    );
    folder.npy(
        "gap.npy",
        slope.mapv(|value| if value == 0 { f32::NAN } else { f32::from(value) / 4000.0 }).view(),
    );
    let row = &check(&folder, &["gap.npy", "--betti", "1,0"])[0];
    assert!(row["error"].as_str().unwrap().contains("--nan background"), "{row}");
    assert_eq!(check(&folder, &["gap.npy", "--betti", "1,0", "--nan", "background"])[0]["verdict"], "right");
}

#[test]
fn axes_of_length_one_go_and_every_axis_can_be_chosen() {
    let folder = Folder::new();
    let ring = heart(0, 1, 0).mapv(f32::from);
    folder.npy("keras.npy", ring.clone().insert_axis(ndarray::Axis(2)).view());
    let row = &check(&folder, &["keras.npy", "--betti", "1,1"])[0];
    assert_eq!((&row["verdict"], &row["shape"]), (&json!("right"), &json!([30, 30])));
    let channels = Array3::from_shape_fn(
        (30, 30, 2),
        |(row, column, channel)| if channel == 1 { ring[[row, column]] } else { 0.0 },
    );
    folder.npy("channels.npy", channels.view());
    let row = &check(&folder, &["channels.npy", "--betti", "1,1"])[0];
    assert!(row["error"].as_str().unwrap().contains("--index :,:,0"), "{row}");
    assert_eq!(
        check(&folder, &["channels.npy", "--betti", "1,1", "--index", ":,:,1"])[0]["verdict"],
        "right"
    );
}
