use burn::tensor::Device;
use imaging::preparation::{Order, Preparation, Square};
use imaging::{Image, Intensities, Normalisation, SampleType, Scaling};
use learner::{PostProcess, PostProcessOptions, UNet, UNetConfig};
use ndarray::{Array2, Axis, Ix2, Slice};
use pollster::block_on;
use serde_json::Value;

use crate::kit::Folder;

/// A ring of 0.9 on 0.1 whose one pixel is 0.3, in the middle of an image of other proportions.
fn broken_ring(rows: usize, columns: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, columns), |(row, column)| {
        let (y, x) = (row.abs_diff(rows / 2), column.abs_diff(columns / 2));
        match y.max(x) {
            2 if (y, x) == (0, 2) && column > columns / 2 => 0.3,
            2 => 0.9,
            _ => 0.1,
        }
    })
}

/// A tiny network and its record.
fn model(folder: &Folder, record: &str) -> UNet {
    let network =
        UNetConfig { width: 2, depth: 1, ..UNetConfig::default() }.init(3, &Device::flex()).unwrap();
    folder.write("tiny.bpk", &block_on(network.to_bytes()).unwrap());
    folder.write("tiny.json", record.as_bytes());
    network
}

fn steps(folder: &Folder, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.path(name)).unwrap()).unwrap()
}

fn map(folder: &Folder, name: &str) -> Array2<f32> {
    folder.image(name).to_grey().into_owned().into_dimensionality::<Ix2>().unwrap()
}

#[test]
fn the_pixels_of_a_map_are_mended_without_a_model() {
    let folder = Folder::new();
    folder.npy("map.npy", broken_ring(9, 11).view());
    let run = folder.run(&["postprocess", "map.npy", "--betti", "1,1", "--stop", "prior:2", "-o", "out"]);
    let table = run.expect(0).text().to_owned();
    for part in ["pixels optimised", "prior 1,1", "holds at 0.5 since step", "it has held for long enough"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    let json = steps(&folder, "out/steps.json");
    assert_eq!((&json["target"], &json["ended"]), (&"pixels".into(), &"prior-holds".into()));
    let all = json["steps"].as_array().unwrap();
    assert_eq!((&all[0]["number"], &all[0]["betti"]), (&0.into(), &serde_json::json!([1, 0])));
    assert_eq!(all.last().unwrap()["betti"], serde_json::json!([1, 1]));
    assert_eq!(all[0]["similarity"], 0.0);
    let hole = all[0]["bars"].as_array().unwrap().iter().find(|bar| bar["dimension"] == 1).unwrap();
    assert_eq!((&hole["role"], &hole["birth_index"]), (&"wanted".into(), &(4 * 11 + 7).into()));

    let (before, after) = (map(&folder, "out/before.npy"), map(&folder, "out/after.npy"));
    assert_eq!(before.dim(), (9, 11));
    assert!(after[[4, 7]] > before[[4, 7]] + 0.1 && (after[[0, 0]] - before[[0, 0]]).abs() < 0.1);
    let png = map(&folder, "out/after.png");
    assert!(png.iter().zip(&after).all(|(level, value)| (level / 65535.0 - value).abs() < 1e-5));
    for name in ["before", "after"] {
        let svg = std::fs::read_to_string(folder.path(&format!("out/barcode-{name}.svg"))).unwrap();
        assert!(svg.contains("1 component (dimension 0)"));
        assert!(folder.image(&format!("out/barcode-{name}.png")).shape()[1] > 1000);
    }
}

#[test]
fn the_weights_of_a_model_are_optimised_as_the_library_does() {
    let folder = Folder::new();
    let record = r#"{"size": 12, "prior": "1,1", "lambda": 0.1, "learning_rate": 0.01, "steps": 4}"#;
    let network = model(&folder, record);
    let image = broken_ring(12, 20);
    folder.npy("image.npy", image.view());
    let run = folder.run(&["postprocess", "image.npy", "--model", "tiny.bpk", "-o", "out"]);
    assert!(matches!(run.code, 0 | 1), "{}", run.err);
    let centre = "the centre square of 12 x 12 from row 0 and column 4";
    assert!(run.err.contains(centre) && run.text().contains("U-Net of width 2 and depth 1"), "{}", run.err);

    let json = steps(&folder, "out/steps.json");
    assert_eq!((&json["prior"], &json["ended"]), (&"1,1".into(), &"updates".into()));
    assert_eq!((&json["lambda"], &json["learning_rate"]), (&0.1.into(), &0.01.into()));
    assert_eq!(json["part"], serde_json::json!([4, 0, 12, 12]));
    assert_eq!(json["steps"].as_array().unwrap().len(), 5);
    let options = PostProcessOptions { lambda: 0.1, learning_rate: 0.01, ..PostProcessOptions::default() };
    let part = image.slice_axis(Axis(1), Slice::from(4..16));
    let mut process = block_on(PostProcess::new(&network, part, "1,1".parse().unwrap(), options)).unwrap();
    let before = block_on(process.step()).unwrap().entries.remove(0);
    assert_eq!(map(&folder, "out/before.npy"), before.probabilities);
    let last = (0..4).map(|_| block_on(process.step()).unwrap()).last().unwrap();
    assert_eq!(map(&folder, "out/after.npy"), last.entries[0].probabilities);

    let resampled = ["postprocess", "image.npy", "--model", "tiny.bpk", "--crop", "2,1,10", "-o", "out"];
    let run = folder.run(&[&resampled[..], &["--target", "pixels", "--steps", "1"]].concat());
    assert!(
        run.err.contains("the part of 10 x 10 from row 1 and column 2, resampled to 12 x 12"),
        "{}",
        run.err
    );
    let json = steps(&folder, "out/steps.json");
    assert_eq!((&json["target"], &json["learning_rate"]), (&"pixels".into(), &0.1.into()));
}

#[test]
fn a_network_sees_an_image_as_it_was_prepared_in_training() {
    let folder = Folder::new();
    // What is bright beside the middle changes the percentiles of the whole.
    let image = Array2::from_shape_fn((24, 40), |(row, column)| {
        let bright = if column < 6 { 150 } else { 0 };
        (bright + (row * 7 + column * 5) % 60) as u8
    });
    folder.png("image.png", &image);
    let scaling = Scaling::To(Normalisation::Percentile { low: 2.0, high: 95.0 });
    let grey = Image::from_grey(image.mapv(f32::from).into_dyn(), SampleType::U8);
    let grey = Intensities::new(&grey, &[], None).unwrap();
    let mut maps = Vec::new();
    for (order, line) in [
        (Order::NormaliseLast, r#", "preparation": "crop, resample, normalise""#),
        (Order::NormaliseFirst, r#", "preparation": "normalise, crop, resample""#),
        (Order::NormaliseFirst, ""),
    ] {
        let network = model(&folder, &format!(r#"{{"size": 12, "normalisation": "percentile:2,95"{line}}}"#));
        let arguments = ["postprocess", "image.png", "--model", "tiny.bpk", "--betti", "1,1", "--steps", "0"];
        let run = folder.run(&[&arguments[..], &["--crop", "9,2,20", "-o", "out"]].concat());
        assert!(run.text().contains("stretched from percentile 2 to 95"), "{}{}", run.text(), run.err);
        let preparation = Preparation { order, scaling: Some(scaling), shape: Some([12, 12]) };
        let square = Square { row: 2, column: 9, side: 20 };
        let prepared = preparation.prepare(&grey, Some(square)).unwrap().image;
        let found = map(&folder, "out/before.npy");
        assert_eq!(found, block_on(network.segment(prepared.view())).unwrap(), "{order}");
        maps.push(found);
    }
    assert_ne!(maps[0], maps[1]);
    assert_eq!(maps[1], maps[2], "a record that does not say");
}

#[test]
fn the_weights_of_equation_4_count() {
    let folder = Folder::new();
    folder.npy("map.npy", broken_ring(9, 11).view());
    let topological = |weights: &str| {
        let weights = ["--weights", weights, "--steps", "0", "-o", "out"];
        folder.run(&[&["postprocess", "map.npy", "--betti", "1,1"], &weights[..]].concat()).expect(1);
        let json = steps(&folder, "out/steps.json");
        let of = |dimension: usize| json["steps"][0]["topological"][dimension].as_f64().unwrap();
        (of(0), of(1), json["weights"].clone())
    };
    let (components, loops, weights) = topological("1,1");
    assert!(components > 0.0 && loops > 0.0);
    assert_eq!(weights, serde_json::json!([1.0, 1.0]));
    let (half, twice, weights) = topological("0.5,2");
    let is_near = |value: f64, expected: f64| (value - expected).abs() < 1e-12;
    assert!(is_near(half, 0.5 * components) && is_near(twice, 2.0 * loops), "{half} {twice}");
    assert_eq!(weights, serde_json::json!([0.5, 2.0]));
    let arguments = ["postprocess", "map.npy", "--betti", "1,1", "--weights", "1", "-o", "out"];
    let run = folder.run(&arguments).expect(2);
    assert!(run.err.contains("1 weights were given for the 2 dimensions"), "{}", run.err);
}

#[test]
fn stop_never_makes_all_steps_whatever_the_record_says() {
    let folder = Folder::new();
    folder.npy("map.npy", broken_ring(8, 8).view());
    model(&folder, r#"{"size": 8, "prior": "*,*", "until_prior_holds": 1, "steps": 3}"#);
    let updates = |stop: &[&str]| {
        let arguments = ["postprocess", "map.npy", "--model", "tiny.bpk", "-o", "out"];
        folder.run(&[&arguments, stop].concat()).expect(0);
        steps(&folder, "out/steps.json")["steps"].as_array().unwrap().len() - 1
    };
    assert_eq!(updates(&[]), 0);
    assert_eq!(updates(&["--stop", "never"]), 3);
}

#[test]
fn a_prior_that_does_not_hold_in_the_end_is_exit_code_1() {
    let folder = Folder::new();
    folder.npy("map.npy", broken_ring(9, 9).view());
    let run = folder.run(&["postprocess", "map.npy", "--betti", "1,1", "--steps", "0", "-o", "out"]);
    assert!(run.expect(1).text().contains("the prior 1,1 does not hold at 0.5; more --steps"));
    assert_eq!(map(&folder, "out/before.npy"), map(&folder, "out/after.npy"));
}

#[test]
fn what_cannot_be_done_says_what_can() {
    let folder = Folder::new();
    folder.npy("map.npy", broken_ring(9, 9).view());
    folder.npy("out/before.npy", broken_ring(9, 9).view());
    folder.npy("volume.npy", ndarray::Array3::<f32>::zeros((3, 4, 5)).view());
    folder.write("text.bpk", b"not a network");
    model(&folder, r#"{"size": -3}"#);
    for (arguments, says) in [
        (&["map.npy"][..], "--betti 1,1"),
        (&["map.npy", "--betti", "1,1", "--model", "nothing"], "the paths of .bpk files"),
        (&["map.npy", "--betti", "1,1", "--model", "text.bpk"], "text.bpk: these bytes are not a network"),
        (&["map.npy", "--betti", "1,1", "--model", "tiny.bpk"], "tiny.json: not a record"),
        (&["map.npy", "--betti", "1,1", "--target", "weights"], "--target pixels"),
        (&["map.npy", "--betti", "1,1", "--crop", "5,5,5"], "9 rows and 9 columns"),
        (&["map.npy", "--betti", "1,1", "--crop", "5,5"], "X,Y,SIZE"),
        (&["map.npy", "--betti", "1,1", "--stop", "soon"], "prior:K"),
        (&["map.npy", "--betti", "1,1", "--rate", "-1"], "learning rate is -1"),
        (&["map.npy", "--betti", "1,0,0"], "has 3 numbers"),
        (&["volume.npy", "--betti", "1,1"], "--index"),
        (&["out/before.npy", "--betti", "1,1"], "written over it"),
    ] {
        let run = folder.run(&[&["postprocess"], arguments, &["-o", "out"]].concat()).expect(2);
        assert!(run.err.contains(says), "{says}: {}", run.err);
    }
    let run = folder.run(&["postprocess", "map.npy", "--betti", "1,1", "-o", "map.npy"]).expect(2);
    assert!(run.err.contains("map.npy: the folder cannot be made"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_there_is() {
    let folder = Folder::new();
    folder.npy("map.npy", broken_ring(64, 64).view());
    let arguments = ["postprocess", "map.npy", "--betti", "5,5", "--steps", "100000000", "-o", "out"];
    let mut command = folder.command(&arguments);
    let child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    // The folder is made before the first step; what is sent sooner than it is watched for ends the program at once.
    while !folder.path("out").exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("ended by Ctrl-C after step"));
    let json = steps(&folder, "out/steps.json");
    assert_eq!(json["ended"], "interrupted");
    assert!(!json["steps"].as_array().unwrap().is_empty());
    assert!(folder.path("out/after.npy").exists());
}

/// A tiny network of three classes and its record.
fn model_of_classes(folder: &Folder) -> UNet {
    let network = UNetConfig { width: 2, depth: 1, classes: 3 }.init(3, &Device::flex()).unwrap();
    folder.write("heart.bpk", &block_on(network.to_bytes()).unwrap());
    let record = r#"{"size": 12, "classes": ["background", "cavity", "muscle"], "lambda": 0.1, "learning_rate": 0.01,
        "prior": "cavity:1,0; muscle:1,1; cavity+muscle:1,0", "steps": 3}"#;
    folder.write("heart.json", record.as_bytes());
    network
}

#[test]
fn classes_are_optimised_at_once_as_the_library_does() {
    let folder = Folder::new();
    let network = model_of_classes(&folder);
    let image = broken_ring(12, 12);
    folder.npy("image.npy", image.view());
    let run = folder.run(&["postprocess", "image.npy", "--model", "heart.bpk", "-o", "out"]);
    assert!(matches!(run.code, 0 | 1), "{}", run.err);
    for part in ["for 3 classes", "prior cavity:1,0; muscle:1,1; cavity+muscle:1,0", "loss  cavity+muscle"] {
        assert!(run.text().contains(part), "{part}: {}", run.text());
    }

    let options = PostProcessOptions { lambda: 0.1, learning_rate: 0.01, ..PostProcessOptions::default() };
    let priors = "1:1,0; 2:1,1; 1+2:1,0".parse().unwrap();
    let mut process = block_on(PostProcess::new(&network, image.view(), priors, options)).unwrap();
    let expected = (0..4).map(|_| block_on(process.step()).unwrap()).collect::<Vec<_>>();
    let json = steps(&folder, "out/steps.json");
    assert_eq!(
        (&json["prior"], &json["weights"]),
        (&"1:1,0; 2:1,1; 1+2:1,0".into(), &serde_json::json!([1.0, 1.0]))
    );
    for (given, step) in json["steps"].as_array().unwrap().iter().zip(&expected) {
        let sets = given["entries"].as_array().unwrap();
        assert_eq!(sets.iter().map(|of| of["set"].as_str().unwrap()).collect::<Vec<_>>(), ["1", "2", "1+2"]);
        for (given, entry) in sets.iter().zip(&step.entries) {
            assert_eq!(given["betti"], serde_json::json!(entry.betti));
            assert_eq!(given["prior_holds"], entry.prior_holds);
            assert_eq!(given["bars"].as_array().unwrap().len(), entry.terms.len());
        }
    }
    let last = expected.last().unwrap();
    let labels = topoloss::classes::arg_max(last.probabilities.view()).unwrap();
    assert_eq!(
        map(&folder, "out/after.png"),
        labels.mapv(|label| label as f32),
        "the numbers of the classes"
    );
    assert_eq!(folder.image("out/after.npy").shape(), [3, 12, 12]);
    for set in ["1", "2", "1+2"] {
        assert!(folder.path(&format!("out/barcode-before-{set}.svg")).exists(), "{set}");
    }

    // What an earlier run has written of other sets goes, and nothing else.
    folder.write("out/barcode-notes.svg", b"mine");
    folder.write("out/barcode-after.svg", b"of a run of one class");
    let betti = ["--betti", "1:1,0", "--steps", "1"];
    let run = folder
        .run(&[&["postprocess", "image.npy", "--model", "heart.bpk", "-o", "out"][..], &betti].concat());
    assert!(matches!(run.code, 0 | 1), "{}", run.err);
    let is_there = |name: &str| folder.path(&format!("out/{name}")).exists();
    let kept = ["barcode-notes.svg", "barcode-after-1.svg", "barcode-before-1.png", "after.npy"];
    assert!(kept.iter().all(|name| is_there(name)));
    let gone = ["barcode-after.svg", "barcode-after-2.svg", "barcode-before-1+2.png"];
    assert!(!gone.iter().any(|name| is_there(name)));

    // `check` says the same of what the network finds.
    let priors = "cavity:1,0; muscle:1,1; cavity+muscle:1,0";
    let check = ["check", "image.npy", "--model", "heart.bpk", "--betti", priors, "--format", "json"];
    let rows = folder.run(&check).json();
    for (row, (entry, set)) in rows.as_array().unwrap().iter().zip(expected[0].entries.iter().zip([
        "cavity",
        "muscle",
        "cavity+muscle",
    ])) {
        assert_eq!((&row["set"], &row["betti"]), (&set.into(), &serde_json::json!(entry.betti)));
    }

    // Numbers and names are one; weights are those of every set.
    let weights = ["--weights", "1,0.5", "--steps", "0", "-o", "weighted"];
    let betti = ["--betti", "muscle:1,1; 1:1,0"];
    let run =
        folder.run(&[&["postprocess", "image.npy", "--model", "heart.bpk"], &betti[..], &weights].concat());
    assert!(run.text().contains("does not hold for") || run.code == 0, "{}", run.text());
    let json = steps(&folder, "weighted/steps.json");
    assert_eq!((&json["prior"], &json["weights"]), (&"2:1,1; 1:1,0".into(), &serde_json::json!([1.0, 0.5])));
}

#[test]
fn classes_that_are_not_there_are_named() {
    let folder = Folder::new();
    model_of_classes(&folder);
    model(&folder, r#"{"size": 12}"#);
    folder.npy("image.npy", broken_ring(12, 12).view());
    let refused = |model: &str, betti: &str| {
        let run = folder.run(&["postprocess", "image.npy", "--model", model, "--betti", betti, "-o", "out"]);
        run.expect(2).err.clone()
    };
    assert!(refused("heart.bpk", "lung:1,0").contains("background, cavity, muscle"));
    assert!(refused("heart.bpk", "3:1,0").contains("there is no class 3"));
    assert!(refused("heart.bpk", "1:1,0; 2:1,0; 1+2:3,0").contains("at least 3 components"));
    assert!(refused("tiny.bpk", "1:1,0; 2:1,1").contains("the foreground alone"));
    assert!(refused("tiny.bpk", "1,x").contains("'x'"));
    assert!(
        refused("heart.bpk", "1,1").contains("each has its own, and unions of them may, as in cavity:1,1")
    );
    let check =
        |model: &str, betti: &str| folder.run(&["check", "image.npy", "--model", model, "--betti", betti]);
    assert!(check("heart.bpk", "1,1").expect(2).err.contains("maps of 3 classes"));
    assert!(check("heart.bpk", "3:1,1").expect(2).err.contains("there is no class 3"));
    assert!(check("tiny.bpk", "2:1,1").expect(2).err.contains("the foreground alone"));
    assert!([0, 1].contains(&check("tiny.bpk", "1:1,1").code), "class 1 is the foreground");
    folder.write("heart.json", br#"{"size": 12, "classes": ["background", "heart"]}"#);
    assert!(refused("heart.bpk", "1:1,0").contains("a list of 2; accepted is a name for each class"));
}
