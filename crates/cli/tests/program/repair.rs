use imaging::{Compression, Geometry, SampleType, Samples, encode_nifti};
use ndarray::{Array3, array};

use crate::kit::{Folder, broken_ring, drawing, ring, sample};

#[test]
fn a_broken_ring_is_closed_and_cleared() {
    let folder = Folder::new();
    folder.png("ring.png", &(broken_ring() * 255));
    let arguments = ["repair", "ring.png", "--betti", "1,1", "-o", "out.png", "--format", "json"];
    let json = folder.run(&arguments).expect(0).json();
    assert_eq!(json["betti_before"], serde_json::json!([2, 0]));
    assert_eq!(json["betti_after"], serde_json::json!([1, 1]));
    assert_eq!((&json["reached"], &json["changed_pixels"]), (&true.into(), &2.into()));
    assert_eq!((&json["connectivity"], &json["output"]), (&"T".into(), &"out.png".into()));
    let edits = json["edits"].as_array().unwrap();
    let mut actions: Vec<_> =
        edits.iter().map(|edit| (edit["action"].as_str().unwrap(), edit["cost"].clone())).collect();
    actions.sort_by_key(|action| action.0);
    assert_eq!(actions, [("bridge", 1.into()), ("remove", 1.into())]);

    let out = folder.image("out.png");
    assert_eq!(out.sample_type(), SampleType::U8);
    assert_eq!(out.data().iter().filter(|&&value| value == 255.0).count(), 16);
    assert!(out.data().iter().all(|&value| value == 0.0 || value == 255.0));
    folder.run(&["check", "out.png", "--betti", "1,1"]).expect(0);
}

#[test]
fn the_table_lists_the_edits() {
    let folder = Folder::new();
    folder.png("ring.png", &broken_ring());
    let run = folder.run(&["repair", "ring.png", "--betti", "1,1", "-o", "out.png"]).expect(0);
    for part in [
        "T: foreground",
        "Betti numbers 2,0 before, 1,1 after; 2 pixels changed",
        "remove",
        "row 3, column 3",
    ] {
        assert!(run.text().contains(part), "{part}: {}", run.text());
    }
    assert!(run.text().ends_with("written to out.png\n"));
}

#[test]
fn the_input_is_not_written_over_unless_that_is_forced() {
    let folder = Folder::new();
    folder.png("ring.png", &broken_ring());
    let run = folder.run(&["repair", "ring.png", "--betti", "1,1", "-o", "./ring.png"]).expect(2);
    assert!(run.err.contains("--force"));
    folder.run(&["check", "ring.png", "--betti", "1,1"]).expect(1);
    folder.run(&["repair", "ring.png", "--betti", "1,1", "-o", "./ring.png", "--force"]).expect(0);
    folder.run(&["check", "ring.png", "--betti", "1,1"]).expect(0);
}

#[test]
fn what_cannot_be_reached_is_said_and_not_written() {
    let folder = Folder::new();
    folder.png("small.png", &drawing(&["#.", ".."]));
    let run =
        folder.run(&["repair", "small.png", "--betti", "9,0", "-o", "out.png", "--format", "json"]).expect(1);
    assert_eq!(run.json()["reached"], false);
    assert!(run.json()["output"].is_null());
    assert!(run.err.contains("the prior 9,0 is not reached"), "{}", run.err);
    assert!(!folder.path("out.png").exists());
}

#[test]
fn maps_keep_their_levels_but_for_the_pixels_that_change() {
    let folder = Folder::new();
    let sample = sample();
    let sample = sample.to_str().unwrap();
    for out in ["out.png", "out.tif", "out.npy", "out.nii", "out.nii.gz"] {
        folder.run(&["repair", sample, "--betti", "1,1", "-o", out]).expect(0);
        folder.run(&["check", out, "--betti", "1,1", "--normalise", "type"]).expect(0);
        assert_eq!(folder.image(out).sample_type(), SampleType::U8);
    }
    let arguments = ["repair", sample, "--betti", "1,1", "-o", "again.png", "--format", "json"];
    let changed = folder.run(&arguments).expect(0).json()["changed_pixels"].as_u64().unwrap();
    let before = imaging::decode(&std::fs::read(sample).unwrap(), &imaging::Limits::default()).unwrap().image;
    let after = folder.image("out.png");
    let differ = before.data().iter().zip(after.data()).filter(|(one, other)| one != other).count();
    assert_eq!(differ as u64, changed);
}

#[test]
fn a_float_map_keeps_its_values_and_becomes_16_bit_in_png() {
    let folder = Folder::new();
    folder.npy("map.npy", array![[0.9f32, 0.123_456_7, 0.6, 0.499_999_97]].view());
    folder.run(&["repair", "map.npy", "--betti", "1,0", "-o", "out.npy"]).expect(0);
    let out = folder.image("out.npy");
    assert_eq!(out.data(), array![[0.9f32, 0.123_456_7, 0.5f32.next_down(), 0.499_999_97]].into_dyn());
    folder.run(&["repair", "map.npy", "--betti", "1,0", "-o", "out.png"]).expect(0);
    assert_eq!(folder.image("out.png").sample_type(), SampleType::U16);
    folder.run(&["check", "out.png", "--betti", "1,0"]).expect(0);
}

#[test]
fn labels_stay_labels() {
    let folder = Folder::new();
    let labels = ndarray::array![[1u8, 1, 0, 2, 2, 0, 0, 0, 7]];
    folder.png("labels.png", &labels);
    folder.run(&["repair", "labels.png", "--betti", "1,0", "-o", "out.png"]).expect(0);
    let out = folder.image("out.png");
    let out: Vec<f32> = out.data().iter().copied().collect();
    assert_eq!(out[..2], [1.0, 1.0]);
    assert!(out[2] == 1.0 || out[2] == 2.0, "{out:?}");
    assert_eq!(out[3..], [2.0, 2.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn nifti_keeps_its_place_in_space() {
    let folder = Folder::new();
    let in_block = |z, y, x| (1..3).contains(&z) && (1..4).contains(&y) && (1..4).contains(&x);
    let block =
        Array3::from_shape_fn((4, 5, 6), |(z, y, x)| u8::from(in_block(z, y, x) || [z, y, x] == [0, 0, 5]));
    let affine = [[-2.0, 0.0, 0.0, 90.0], [0.0, 2.0, 0.0, -126.0], [0.0, 0.0, 3.0, -72.0]];
    let geometry = Geometry { spacing: vec![3.0, 2.0, 2.0], affine: Some(affine) };
    let file = encode_nifti(Samples::from(block.view()), Some(&geometry), Compression::Gzip).unwrap();
    folder.write("in.nii.gz", &file);
    folder.run(&["repair", "in.nii.gz", "--betti", "1,0,0", "-o", "out.nii.gz"]).expect(0);
    let out = folder.image("out.nii.gz");
    assert_eq!(out.geometry().unwrap().affine, Some(affine));
    assert_eq!(out.sample_type(), SampleType::U8);
    let run = folder.run(&["repair", "in.nii.gz", "--betti", "1,0,0", "-o", "out.png"]).expect(2);
    assert!(run.err.contains("a volume cannot be written as PNG"));
}

#[test]
fn the_strategy_decides_between_removing_and_bridging() {
    let folder = Folder::new();
    folder.png("two.png", &drawing(&["##...##", "##...#."]));
    let action = |strategy| {
        let arguments = [
            "repair",
            "two.png",
            "--betti",
            "1,0",
            "-o",
            "out.png",
            "--format",
            "json",
            "--strategy",
            strategy,
        ];
        folder.run(&arguments).expect(0).json()["edits"][0]["action"].clone()
    };
    assert_eq!(action("fill-or-remove"), "remove");
    assert_eq!(action("bridge-or-cut"), "bridge");
}

#[test]
fn a_wrong_ending_is_found_before_anything_is_computed() {
    let folder = Folder::new();
    folder.png("ring.png", &ring());
    let run = folder.run(&["repair", "ring.png", "--betti", "1,1", "-o", "out.jpg"]).expect(2);
    assert!(run.err.contains("out.jpg: the ending names no format that is written"), "{}", run.err);
}

#[test]
fn nrrd_and_meta_image_are_mended_with_every_byte_of_their_headers() {
    let folder = Folder::new();
    let nrrd = "NRRD0004\n# of a scanner\ntype: uchar\ndimension: 2\nspace dimension: 2\nsizes: 7 7\n\
                space directions: (0.5,0) (0,0.5)\nencoding: raw\nkey:=value\n\n";
    let meta = "ObjectType = Image\nNDims = 2\nDimSize = 7 7\nElementSpacing = 0.5 0.5\nElementType = MET_UCHAR\n\
                Comment = of a scanner\nElementDataFile = LOCAL\n";
    for (header, name, other) in [(nrrd, "a.nrrd", "b.mha"), (meta, "a.mha", "b.nrrd")] {
        let values = (broken_ring() * 3).iter().copied().collect::<Vec<u8>>();
        folder.write(name, &[header.as_bytes(), &values].concat());
        let output = format!("repaired-{name}");
        folder.run(&["repair", name, "--betti", "1,1", "-o", &output]).expect(0);
        let repaired = std::fs::read(folder.path(&output)).unwrap();
        assert_eq!(&repaired[..header.len()], header.as_bytes());
        assert_eq!(repaired.len(), header.len() + 49);
        folder.run(&["check", &output, "--betti", "1,1"]).expect(0);

        let says = folder.run(&["repair", name, "--betti", "1,1", "-o", other]).expect(2).err;
        assert!(says.contains("accepted for other files are"), "{says}");
        folder.run(&["repair", name, "--betti", "1,1", "-o", "repaired.nii"]).expect(0);
        folder.run(&["check", "repaired.nii", "--betti", "1,1"]).expect(0);
    }
}
