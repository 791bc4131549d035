use ndarray::array;
use topoloss::{LossOptions, Prior, loss};

use crate::kit::{Folder, map};

#[test]
fn json_has_the_total_the_dimensions_and_every_bar() {
    let folder = Folder::new();
    folder.npy("map.npy", map().view());
    let arguments = ["loss", "map.npy", "--betti", "1,0-2", "--weights", "1,0.5", "--format", "json"];
    let json = folder.run(&arguments).expect(0).json();
    let prior: Prior = "1,0-2".parse().unwrap();
    let expected =
        loss(map().view(), &prior.with_weights(&[1.0, 0.5]).unwrap(), LossOptions::default()).unwrap();
    assert_eq!(json["total"], expected.total());
    assert_eq!((&json["prior"], &json["connectivity"]), (&"1,0-2".into(), &"T".into()));
    assert_eq!(json["dimensions"][1]["weight"], 0.5);
    assert_eq!(json["dimensions"][1]["value"], expected.dimensions()[1].value);
    let bars = json["bars"].as_array().unwrap();
    assert_eq!(bars.len(), expected.terms().len());
    assert_eq!(bars[0]["role"], "wanted");
    let sum: f64 = bars.iter().map(|bar| bar["value"].as_f64().unwrap()).sum();
    assert!((sum - expected.total()).abs() < 1e-9);
}

#[test]
fn the_gradient_is_an_array_of_the_shape_of_the_map() {
    let folder = Folder::new();
    folder.npy("map.npy", map().view());
    folder.run(&["loss", "map.npy", "--betti", "1,1", "--gradient", "gradient.npy"]).expect(0);
    let gradient = folder.image("gradient.npy");
    let expected = loss(map().view(), &"1,1".parse().unwrap(), LossOptions::default()).unwrap();
    assert_eq!(gradient.shape(), [9, 11]);
    let not_zero = gradient.data().iter().filter(|&&value| value != 0.0).count();
    assert_eq!(not_zero, expected.gradient().len());
    let &(pixel, value) = &expected.gradient()[0];
    assert_eq!(gradient.data()[[pixel as usize / 11, pixel as usize % 11]], value);
    let run = folder.run(&["loss", "map.npy", "--betti", "1,1", "--gradient", "gradient.xyz"]).expect(2);
    assert!(run.err.contains(".npy"));
}

#[test]
fn a_pooled_loss_says_so() {
    let folder = Folder::new();
    folder.npy("map.npy", map().view());
    let arguments = ["loss", "map.npy", "--betti", "1,1", "--pool", "2", "--format", "json"];
    let json = folder.run(&arguments).expect(0).json();
    assert_eq!(json["bar_shape"], serde_json::json!([5, 6]));
    folder.run(&["loss", "map.npy", "--betti", "1,1", "--pool", "0"]).expect(2);
}

#[test]
fn values_that_are_no_probabilities_are_refused_with_a_way_out() {
    let folder = Folder::new();
    folder.npy("logits.npy", array![[-2.5f32, 0.5, 4.0]].view());
    let run = folder.run(&["loss", "logits.npy", "--betti", "1,0"]).expect(2);
    assert!(
        run.err.contains("range from -2.5 to 4") && run.err.contains("--sigmoid if they are logits"),
        "{}",
        run.err
    );
    for way_out in [&["--normalise", "minmax"][..], &["--clamp"], &["--sigmoid"]] {
        let arguments = [&["loss", "logits.npy", "--betti", "1,0"][..], way_out].concat();
        folder.run(&arguments).expect(0);
    }
}

#[test]
fn a_prior_or_weights_that_do_not_fit_are_explained() {
    let folder = Folder::new();
    folder.npy("map.npy", map().view());
    for (betti, weights, says) in [
        ("1,x", "1,1", "0-2 (none to two)"),
        ("1,0,0", "1,1,1", "2 axes, 9 x 11; a volume with 3 is needed"),
        ("1,0", "1", "1 weights were given for the 2 dimensions"),
        ("1,0", "1,-1", "from 0 upwards"),
    ] {
        let run = folder.run(&["loss", "map.npy", "--betti", betti, "--weights", weights]).expect(2);
        assert!(run.err.contains(says), "{}", run.err);
    }
}

#[test]
fn table_and_csv_say_the_same() {
    let folder = Folder::new();
    folder.npy("map.npy", array![[0.9f32, 0.1, 0.6]].view());
    let table = folder.run(&["loss", "map.npy", "--betti", "1,1"]).expect(0);
    for part in ["T: foreground 8-connected", "prior 1,1", "loss 1.26", "1 missing", "wanted", "unwanted"] {
        assert!(table.text().contains(part), "{part}: {}", table.text());
    }
    let csv = folder.run(&["loss", "map.npy", "--betti", "1,1", "--format", "csv"]).expect(0);
    assert_eq!(csv.text().lines().count(), 3);
    assert!(
        csv.text()
            .starts_with("dimension,birth,death,birth_index,death_index,role,value\n0,0.9,0.0,0,,wanted,")
    );
}

#[test]
fn of_equal_bars_the_larger_feature_is_wanted_and_shown_first() {
    let folder = Folder::new();
    // 50 specks of one pixel, and at the end a square of three by three.
    let mask = ndarray::Array2::from_shape_fn((14, 19), |(y, x)| match y {
        0..=8 => u8::from(y % 2 == 0 && x % 2 == 0),
        _ => u8::from((10..13).contains(&y) && (10..13).contains(&x)),
    });
    folder.png("mask.png", &mask);
    let table = folder.run(&["loss", "mask.png", "--betti", "1,0"]).expect(0);
    let roles: Vec<&str> = table.text().lines().filter(|line| line.ends_with("wanted")).collect();
    assert!(roles[0].ends_with("  wanted") && roles[1].ends_with("  unwanted"), "{}", table.text());
    let json = folder.run(&["loss", "mask.png", "--betti", "1,0", "--format", "json"]).expect(0).json();
    let wanted: Vec<_> =
        json["bars"].as_array().unwrap().iter().filter(|bar| bar["role"] == "wanted").collect();
    assert_eq!(wanted.len(), 1);
    assert_eq!(wanted[0]["birth_index"], 11 * 19 + 11);
}
