use imaging::{Samples, encode_nifti, encode_npy, encode_png16};
use ndarray::{Array3, array};

use crate::kit::{Folder, broken_ring, drawing, map, ring};

#[test]
fn json_has_a_row_per_file_in_the_order_of_the_arguments() {
    let folder = Folder::new();
    folder.png("z.png", &ring());
    folder.png("a.png", &(broken_ring() * 255));
    let json =
        folder.run(&["check", "z.png", "a.png", "--betti", "1,1", "--format", "json"]).expect(1).json();
    assert_eq!(
        json,
        serde_json::json!([
            {
                "file": "z.png", "label": null, "labels": [], "notes": [], "shape": [6, 7], "connectivity": "T", "kind": "mask", "threshold": null,
                "betti": [1, 1], "expected": "1,1", "verdict": "right", "surplus": [0, 0], "missing": [0, 0],
                "features": [], "error": null,
            },
            {
                "file": "a.png", "label": null, "labels": [], "notes": [], "shape": [7, 7], "connectivity": "T", "kind": "mask", "threshold": null,
                "betti": [2, 0], "expected": "1,1", "verdict": "wrong", "error": null,
                "surplus": [1, 0], "missing": [0, 1],
                "features": [
                    {"dimension": 0, "kind": "surplus", "name": "component", "size": 1, "centre": [3.0, 3.0]},
                ],
            },
        ])
    );
}

#[test]
fn the_exit_code_is_the_worst_that_was_met() {
    let folder = Folder::new();
    folder.png("right.png", &ring());
    folder.png("wrong.png", &broken_ring());
    folder.write("broken.png", b"\x89PNG\r\n\x1a\nnothing");
    let codes = |files: &[&str]| folder.run(&[&["check"][..], files, &["--betti", "1,1"]].concat()).code;
    assert_eq!(codes(&["right.png"]), 0);
    assert_eq!(codes(&["right.png", "wrong.png"]), 1);
    assert_eq!(codes(&["right.png", "broken.png", "wrong.png"]), 2);
    assert_eq!(codes(&["not-there.png"]), 2);
}

#[test]
fn a_file_that_cannot_be_read_does_not_hide_the_others() {
    let folder = Folder::new();
    folder.png("1.png", &ring());
    folder.write("2.png", b"\x89PNG\r\n\x1a\nnothing");
    folder.npy("3.npy", array![[0.0, f32::NAN]].view());
    folder.png("4.png", &broken_ring());
    let run = folder.run(&["check", "1.png", "2.png", "3.npy", "4.png", "5.png", "--betti", "1,1"]).expect(2);
    assert!(run.text().ends_with("1 right, 1 wrong, 3 unreadable\n"), "{}", run.text());
    assert!(run.text().contains("the pixel at [0, 1] is NaN"));
    assert!(run.text().contains("T: foreground 8-connected, background 4-connected; expected 1,1"));
    assert!(run.text().contains("surplus component, 1 pixel, at row 3, column 3"));
    assert!(run.text().lines().all(|line| line.len() <= 80), "{}", run.text());

    let run = folder.run(&["check", ".", "--betti", "1,1", "--format", "json"]).expect(2);
    let verdicts: Vec<_> = run.json().as_array().unwrap().iter().map(|row| row["verdict"].clone()).collect();
    assert_eq!(verdicts, ["right", "unreadable", "unreadable", "wrong"]);
    assert!(run.json()[1]["error"].as_str().unwrap().contains("PNG"));
    assert!(run.err.contains("2.png: PNG"));
}

#[test]
fn csv_has_a_line_per_file() {
    let folder = Folder::new();
    folder.png("a,b.png", &broken_ring());
    folder.npy("map.npy", map().view());
    let run = folder.run(&["check", "a,b.png", "map.npy", "--betti", "*,*", "--format", "csv"]).expect(0);
    let lines: Vec<&str> = run.text().lines().collect();
    assert!(
        lines[0].starts_with(
            "file,label,verdict,connectivity,kind,labels,threshold,shape,betti_0,betti_1,betti_2,"
        )
    );
    assert_eq!(lines[1], "\"a,b.png\",,right,T,mask,,,7 x 7,2,0,,\"*,*\",,,,");
    assert!(lines[2].starts_with("map.npy,,right,T,map,,0.5,9 x 11,"));
}

#[test]
fn folders_patterns_and_folders_in_folders() {
    let folder = Folder::new();
    folder.png("masks/b.png", &ring());
    folder.png("masks/a.png", &ring());
    folder.png("masks/deep/c.png", &ring());
    folder.write("masks/notes.txt", b"not an image");
    folder.write("masks/.hidden", b"\x89PNG\r\n\x1a\nnothing");
    let files = |arguments: &[&str]| {
        let run =
            folder.run(&[&["check", "--betti", "1,1", "--format", "json"][..], arguments].concat()).expect(0);
        let json = run.json();
        let names: Vec<String> = json
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["file"].as_str().unwrap().replace('\\', "/"))
            .collect();
        (names, run.err)
    };
    let (names, notes) = files(&["masks"]);
    assert_eq!(names, ["masks/a.png", "masks/b.png"]);
    assert!(notes.contains("notes.txt: left out: this looks like plain text"), "{notes}");
    assert_eq!(files(&["masks", "--recursive"]).0, ["masks/a.png", "masks/b.png", "masks/deep/c.png"]);
    assert_eq!(files(&["masks/*.png"]).0, ["masks/a.png", "masks/b.png"]);
    assert_eq!(files(&["masks/**/[ac].png"]).0, ["masks/a.png", "masks/deep/c.png"]);

    folder.png("masks/odd[1].png", &ring());
    assert_eq!(files(&["masks/odd[1].png"]).0, ["masks/odd[1].png"]);
}

#[test]
fn where_nothing_is_found_that_is_said() {
    let folder = Folder::new();
    folder.write("texts/notes.txt", b"not an image");
    let run = folder.run(&["check", "texts", "--betti", "1,1"]).expect(2);
    assert!(run.err.contains("no image was found in texts"));
    let run = folder.run(&["check", "*.png", "--betti", "1,1"]).expect(2);
    assert!(run.text().contains("no file matches this pattern"));
    let run = folder.run(&["check", "texts/notes.txt", "--betti", "1,1"]).expect(2);
    assert!(run.text().contains("plain text"), "a file that is named is not left out");
    let run = folder.run(&["check", "[", "--betti", "1,1"]).expect(2);
    assert!(run.text().contains("not a pattern"), "{}", run.text());
}

#[test]
fn masks_are_recognised_whatever_their_values_and_type() {
    let folder = Folder::new();
    let ring = ring();
    folder.png("one.png", &ring);
    folder.png("white.png", &(&ring * 255));
    folder.png(
        "labels.png",
        &ndarray::Array2::from_shape_fn(ring.dim(), |(y, x)| ring[[y, x]] * (1 + x as u8 % 3)),
    );
    folder.write("bits16.png", &encode_png16(ring.mapv(|value| u16::from(value) * 65535).view()).unwrap());
    folder.write("ones16.npy", &encode_npy(Samples::from(ring.mapv(u16::from).view())).unwrap());
    folder.npy("floats.npy", ring.mapv(f32::from).view());
    let json = folder.run(&["check", ".", "--betti", "1,1", "--format", "json"]).expect(0).json();
    let rows = json.as_array().unwrap();
    assert_eq!(rows.len(), 6);
    let kinds: Vec<&str> = rows.iter().filter_map(|row| row["kind"].as_str()).collect();
    assert_eq!(kinds, ["mask", "mask", "labels", "mask", "mask", "mask"]);
    assert!(rows.iter().all(|row| row["threshold"].is_null()), "{json}");
}

#[test]
fn maps_have_a_threshold_on_the_scale_of_their_type() {
    let folder = Folder::new();
    // A ring of 40 % with one pixel of 90 %.
    let map = ring().mapv(|value| f32::from(value) * 0.4);
    let mut map16 = map.mapv(|value| (value * 65535.0) as u16);
    map16[[1, 1]] = 60_000;
    map16[[0, 0]] = 300;
    folder.write("map.png", &encode_png16(map16.view()).unwrap());
    let betti = |threshold| {
        let arguments = ["check", "map.png", "--betti", "1,*", "--format", "json", "--threshold", threshold];
        folder.run(&arguments).expect(0).json()[0]["betti"].clone()
    };
    assert_eq!(betti("0.5"), serde_json::json!([1, 0]));
    assert_eq!(betti("0.3"), serde_json::json!([1, 1]));
    folder.run(&["check", "map.png", "--betti", "1,1", "--threshold", "128"]).expect(2);

    folder.png("few.png", &drawing(&["#.#", "...", "#.#"]));
    let as_map = ["check", "few.png", "--betti", "0,0", "--as", "map"];
    folder.run(&as_map).expect(0);
    folder.run(&["check", "few.png", "--betti", "4,0"]).expect(0);
}

#[test]
fn connectivity_decides_about_diagonals_and_is_stated() {
    let folder = Folder::new();
    folder.png("diagonal.png", &drawing(&["#.", ".#"]));
    folder.run(&["check", "diagonal.png", "--betti", "1,0"]).expect(0);
    let run = folder.run(&["check", "diagonal.png", "--betti", "1,0", "--connectivity", "V"]).expect(1);
    assert!(run.text().contains("V: foreground 4-connected, background 8-connected"));
}

#[test]
fn volumes_need_three_numbers_and_name_handles_and_cavities() {
    let folder = Folder::new();
    let shell = Array3::from_shape_fn((5, 5, 5), |(z, y, x)| {
        u8::from([z, y, x].iter().any(|&at| at == 0 || at == 4))
    });
    let nifti = encode_nifti(Samples::from(shell.view()), None, imaging::Compression::Gzip).unwrap();
    folder.write("shell.nii.gz", &nifti);
    folder.run(&["check", "shell.nii.gz", "--betti", "1,0,1"]).expect(0);
    let run = folder.run(&["check", "shell.nii.gz", "--betti", "1,1,0"]).expect(1);
    assert!(run.text().contains("surplus cavity, 27 voxels, at slice 2, row 2, column 2"), "{}", run.text());
    assert!(run.text().contains("missing handle"));
    let run = folder.run(&["check", "shell.nii.gz", "--betti", "1,1"]).expect(2);
    assert!(run.text().contains("volume"), "{}", run.text());
    folder.run(&["check", "shell.nii.gz", "--betti", "1,1", "--index", "2"]).expect(0);
}

#[test]
fn a_report_in_a_file_leaves_a_summary_on_standard_error() {
    let folder = Folder::new();
    folder.png("ring.png", &ring());
    let run =
        folder.run(&["check", "ring.png", "--betti", "1,1", "--format", "csv", "-o", "report.csv"]).expect(0);
    assert!(run.out.is_empty());
    assert!(run.err.contains("1 right, 0 wrong"));
    assert_eq!(std::fs::read_to_string(folder.path("report.csv")).unwrap().lines().count(), 2);
    let run = folder.run(&["check", "ring.png", "--betti", "1,1", "-o", "no/such/folder.txt"]).expect(2);
    assert!(run.err.contains("cannot be written"));
}

#[test]
fn what_is_missing_is_a_count_however_large() {
    let folder = Folder::new();
    folder.png("ring.png", &ring());
    for (most, missing) in [("18446744073709551615", u64::MAX - 1), ("1000000000000", 999_999_999_999)] {
        let betti = format!("{most},0");
        let run = folder.run(&["check", "ring.png", "--betti", &betti]).expect(1);
        assert!(
            run.text().contains(&format!("    {missing} missing components\n    surplus hole, ")),
            "{}",
            run.text()
        );
        let json = folder.run(&["check", "ring.png", "--betti", &betti, "--format", "json"]).expect(1).json();
        assert_eq!((&json[0]["missing"][0], &json[0]["surplus"][1]), (&missing.into(), &1.into()));
        assert_eq!(json[0]["features"].as_array().unwrap().len(), 1);
        let run = folder.run(&["check", "ring.png", "--betti", &betti, "--format", "csv"]).expect(1);
        assert!(run.text().contains(&format!("{missing} missing components; surplus hole, 6 pixels, at")));
        folder.run(&["repair", "ring.png", "--betti", &betti, "-o", "out.png"]).expect(1);
        assert!(!folder.path("out.png").exists());
        folder.run(&["loss", "ring.png", "--betti", &betti]).expect(0);
    }
}

#[test]
fn places_are_limited_and_counts_say_all() {
    let folder = Folder::new();
    folder.png(
        "dust.png",
        &ndarray::Array2::from_shape_fn((21, 30), |(y, x)| u8::from(y % 2 == 0 && x % 2 == 0)),
    );
    let check =
        |more: &[&str]| folder.run(&[&["check", "dust.png", "--betti", "1,0"], more].concat()).expect(1);
    let features = |more: &[&str]| {
        let row = &check(&[more, &["--format", "json"]].concat()).json()[0];
        assert_eq!((&row["betti"][0], &row["surplus"][0]), (&165.into(), &164.into()));
        row["features"].as_array().unwrap().len()
    };
    assert_eq!((features(&[]), features(&["--places", "7"]), features(&["--places", "0"])), (100, 7, 0));
    let table = check(&[]);
    assert_eq!(table.text().matches("surplus component, 1 pixel, at").count(), 5, "{}", table.text());
    assert!(table.text().contains("    and 159 more surplus components\n"), "{}", table.text());
    assert!(check(&["--places", "0"]).text().contains("    164 surplus components\n"));
    let csv = check(&["--places", "3", "--format", "csv"]);
    assert!(csv.text().contains("column 4; and 161 more surplus components\","), "{}", csv.text());
}

#[test]
fn handles_of_a_large_volume_are_counted_and_placed_if_places_are_asked_for() {
    let folder = Folder::new();
    // A frame that reaches from one end to the other of more than 2^24 voxels.
    let volume = Array3::from_shape_fn((2, 2900, 2900), |(_, y, x)| {
        u8::from(matches!(y, 0 | 2899) || matches!(x, 0 | 2899))
    });
    folder.write("frame.npy", &encode_npy(Samples::from(volume.view())).unwrap());
    let check = |more: &[&str]| {
        folder
            .run(&[&["check", "frame.npy", "--betti", "1,0,0", "--format", "json"], more].concat())
            .expect(1)
    };
    let run = check(&[]);
    let row = &run.json()[0];
    assert_eq!(
        (&row["betti"], &row["surplus"]),
        (&serde_json::json!([1, 1, 0]), &serde_json::json!([0, 1, 0]))
    );
    assert_eq!(row["features"], serde_json::json!([]));
    assert!(run.err.contains("frame.npy: the places of surplus handles are left out"), "{}", run.err);
    let run = check(&["--places", "1"]);
    assert_eq!(run.json()[0]["features"][0]["name"], "handle");
    assert!(!run.err.contains("left out"), "{}", run.err);
}

#[test]
fn so_many_files_at_a_time_make_no_difference() {
    let folder = Folder::new();
    let names: Vec<String> = (0..12).map(|number| format!("{number}.png")).collect();
    names.iter().for_each(|name| folder.png(name, &broken_ring()));
    let check = |more: &[&str]| {
        folder.run(&[&["check", ".", "--betti", "1,1", "--format", "json"], more].concat()).expect(1).json()
    };
    assert_eq!(check(&["--jobs", "1"]), check(&[]));
    assert_eq!(check(&["-j", "5"]), check(&[]));
    let run = folder.run(&["check", ".", "--betti", "1,1", "--jobs", "0"]).expect(2);
    assert!(run.err.contains("1..=1024"), "{}", run.err);
}

/// A cavity (20) in a muscle (40) that is open at one pixel, and a speck of a third label.
fn heart() -> ndarray::Array2<u8> {
    ndarray::Array2::from_shape_fn((9, 9), |(row, column): (usize, usize)| {
        match row.abs_diff(4).max(column.abs_diff(4)) {
            _ if (row, column) == (4, 6) => 0,
            _ if (row, column) == (0, 8) => 7,
            0 | 1 => 20,
            2 => 40,
            _ => 0,
        }
    })
}

#[test]
fn sets_of_labels_have_a_row_each() {
    let folder = Folder::new();
    folder.png("heart.png", &heart());
    let mut closed = heart().mapv(f32::from);
    closed[[4, 6]] = 40.0;
    folder.npy("closed.npy", closed.view());
    let prior = "20:1,0; 40:1,1; 20+40:1,0; 20+40+0:1,0";
    let json = folder
        .run(&["check", "heart.png", "closed.npy", "--betti", prior, "--format", "json"])
        .expect(1)
        .json();
    let rows = json.as_array().unwrap();
    let of = |file: &str| {
        let rows = rows.iter().filter(|row| row["file"] == file);
        rows.map(|row| {
            format!("{} {} {}", row["set"].as_str().unwrap(), row["betti"], row["verdict"].as_str().unwrap())
        })
        .collect::<Vec<String>>()
    };
    assert_eq!(
        of("heart.png"),
        ["20 [1,0] right", "40 [1,0] wrong", "20+40 [1,0] right", "0+20+40 [1,0] right"]
    );
    assert_eq!(
        of("closed.npy"),
        ["20 [1,0] right", "40 [1,1] right", "20+40 [1,0] right", "0+20+40 [1,0] right"]
    );
    let wrong = &rows[1];
    assert_eq!((&wrong["kind"], &wrong["labels"]), (&"labels".into(), &serde_json::json!([7, 20, 40])));
    assert_eq!((&wrong["expected"], &wrong["missing"]), (&"1,1".into(), &serde_json::json!([0, 1])));
    assert_eq!(rows[0]["notes"], serde_json::json!(["nothing is expected of the labels 7"]));
    assert_eq!(rows[1]["notes"], serde_json::json!([]), "once for a file");

    let run = folder.run(&["check", "heart.png", "--betti", prior]).expect(1);
    for part in [
        "expected 20:1,0; 40:1,1; 20+40:1,0; 0+20+40:1,0",
        "heart.png, 20+40\n",
        "missing hole",
        "3 right, 1 wrong",
    ] {
        assert!(run.text().contains(part), "{part}: {}", run.text());
    }
    let csv =
        folder.run(&["check", "heart.png", "--betti", prior, "--format", "csv"]).expect(1).text().to_owned();
    assert!(
        csv.lines().next().unwrap().ends_with(",error,set") && csv.contains("x 9,1,0,,\"1,0\",,,,20+40\n"),
        "{csv}"
    );
}

#[test]
fn what_cannot_be_said_of_sets_of_labels_is_refused() {
    let folder = Folder::new();
    folder.png("heart.png", &heart());
    folder.npy("map.npy", map().view());
    let refused = |options: &[&str]| {
        let common = ["check", "heart.png", "--betti", "20:1,0; 40:1,1"];
        folder.run(&[&common[..], options].concat()).expect(2).err
    };
    assert!(refused(&["--each-label"]).contains("this list is about sets of labels already"));
    assert!(refused(&["--label", "20"]).contains("leave one of them out"));
    for option in
        [&["--threshold", "0.4"][..], &["--as", "map"], &["--as", "mask"], &["--sigmoid"], &["--clamp"]]
    {
        assert!(refused(option).contains("make no sense beside it"), "{option:?}");
    }
    let run = folder.run(&["check", "map.npy", "--betti", "1:1,0; 2:1,0"]).expect(2);
    assert!(run.text().contains("is no label, which are whole numbers"), "{}", run.text());
    let says = folder.run(&["check", "heart.png", "--betti", "20:1,0; 20:1,1"]).expect(2).err;
    assert!(says.contains("two priors for 20"), "{says}");
    let says = folder.run(&["check", "heart.png", "--betti", "cavity:1,0"]).expect(2).err;
    assert!(says.contains("'cavity' is no class"), "{says}");
}
