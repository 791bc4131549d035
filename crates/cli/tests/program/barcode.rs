use ndarray::{Array3, array};
use persistence::{Connectivity, Filtration, Options, barcode};

use crate::kit::{Folder, broken_ring, map, sample};

#[path = "../../examples/broken_ring.rs"]
#[allow(dead_code, reason = "only the program itself calls main")]
mod example;

#[test]
fn json_has_every_bar_with_the_very_values_of_the_map() {
    let folder = Folder::new();
    let map = map() * 7.0 - 3.0;
    folder.npy("map.npy", map.view());
    for (connectivity, name) in [(Connectivity::T, "T"), (Connectivity::V, "V")] {
        for (filtration, way) in [(Filtration::Superlevel, "superlevel"), (Filtration::Sublevel, "sublevel")]
        {
            let arguments =
                ["barcode", "map.npy", "--format", "json", "--connectivity", name, "--filtration", way];
            let json = folder.run(&arguments).expect(0).json();
            assert_eq!(json["shape"], serde_json::json!([9, 11]));
            assert_eq!((&json["connectivity"], &json["filtration"]), (&name.into(), &way.into()));
            let expected = barcode(map.view(), Options { connectivity, filtration }).unwrap();
            let bars = json["bars"].as_array().unwrap();
            assert_eq!(bars.len(), expected.bars().len());
            for (bar, expected) in bars.iter().zip(expected.bars()) {
                let number = |key: &str| bar[key].to_string().parse::<f32>().ok();
                assert_eq!(bar["dimension"], expected.dimension);
                assert_eq!(number("birth"), Some(expected.birth));
                assert_eq!(number("death"), Some(expected.death).filter(|death| death.is_finite()));
                assert_eq!(bar["birth_index"], expected.birth_index);
                assert_eq!(bar["death_index"].as_u64(), expected.death_index.map(u64::from));
            }
        }
    }
}

#[test]
fn csv_has_a_line_per_bar_and_spells_infinity() {
    let folder = Folder::new();
    folder.npy("map.npy", array![[0.1f32, 0.9, 0.2, 0.7]].view());
    let arguments = ["barcode", "map.npy", "--format", "csv", "--filtration", "sublevel"];
    let run = folder.run(&arguments).expect(0);
    assert_eq!(
        run.text(),
        "dimension,birth,death,length,birth_index,death_index,connectivity,filtration\n\
         0,0.1,inf,inf,0,,T,sublevel\n\
         0,0.2,0.9,0.7,2,1,T,sublevel\n"
    );
}

#[test]
fn short_bars_can_be_left_out_and_the_essential_one_never_is() {
    let folder = Folder::new();
    folder.npy("map.npy", array![[0.5f32, 0.1, 0.4, 0.3, 0.35]].view());
    let count = |length| {
        let arguments = ["barcode", "map.npy", "--format", "json", "--min-length", length];
        folder.run(&arguments).expect(0).json()["bars"].as_array().unwrap().len()
    };
    assert_eq!((count("0"), count("0.06"), count("0.3"), count("2")), (3, 2, 2, 1));
    assert!(folder.run(&["barcode", "map.npy", "--min-length", "-1"]).expect(2).err.contains("0 upwards"));
}

#[test]
fn the_table_says_what_was_read_and_how() {
    let folder = Folder::new();
    folder.png("ring.png", &broken_ring());
    let run = folder.run(&["barcode", "ring.png"]).expect(0);
    assert!(run.text().contains("7 x 7, mask"));
    assert!(run.text().contains("T: foreground 8-connected, background 4-connected; superlevel"));
    assert!(run.text().contains("2 components (dimension 0)"));
    assert!(run.text().contains("never (essential)"));
    assert!(run.text().lines().all(|line| line.len() <= 80));
}

#[test]
fn svg_is_chosen_by_the_ending_and_has_a_line_per_bar() {
    let folder = Folder::new();
    folder.npy("map.npy", map().view());
    folder.run(&["barcode", "map.npy", "-o", "map.svg"]).expect(0);
    let svg = std::fs::read_to_string(folder.path("map.svg")).unwrap();
    let bars = barcode(map().view(), Options::default()).unwrap();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"));
    assert_eq!(svg.matches("<title>birth").count(), bars.bars().len());
    for part in ["#D55E00", "#009E73", "9 x 11", "T: foreground", "threshold, falling", "map.npy"] {
        assert!(svg.contains(part), "{part}");
    }
}

#[test]
fn the_picture_of_a_volume_has_three_groups() {
    let folder = Folder::new();
    let shell = Array3::from_shape_fn((5, 5, 5), |(z, y, x)| {
        if [z, y, x].iter().any(|&at| at == 0 || at == 4) { 1.0f32 } else { 0.0 }
    });
    folder.npy("shell.npy", shell.view());
    let run = folder.run(&["barcode", "shell.npy", "--format", "svg"]).expect(0);
    for part in ["1 component (", "0 handles (", "1 cavity (", "#0072B2", "foreground 26-connected"] {
        assert!(run.text().contains(part), "{part}");
    }
}

#[test]
fn png_is_a_picture_with_all_colours() {
    let folder = Folder::new();
    folder.npy("map.npy", map().view());
    let run = folder.run(&["barcode", "map.npy", "--format", "png"]).expect(0);
    let picture = imaging::decode(&run.out, &imaging::Limits::default()).unwrap().image;
    assert_eq!(picture.shape()[1], 2 * 760);
    let has = |colour: [f32; 3]| {
        picture.data().rows().into_iter().any(|pixel| pixel.iter().take(3).eq(colour.iter()))
    };
    assert!(has([213.0, 94.0, 0.0]) && has([0.0, 158.0, 115.0]) && has([255.0; 3]));
}

#[test]
fn infinite_values_are_legal_and_nan_is_named() {
    let folder = Folder::new();
    folder.npy("inf.npy", array![[f32::INFINITY, 0.0, f32::NEG_INFINITY]].view());
    let json = folder.run(&["barcode", "inf.npy", "--format", "json"]).expect(0).json();
    assert_eq!(json["bars"][0]["birth"], serde_json::Value::Null);
    for format in ["table", "csv", "svg", "png"] {
        folder.run(&["barcode", "inf.npy", "--format", format]).expect(0);
    }
    folder.npy("nan.npy", array![[0.0, 1.0], [f32::NAN, 0.0]].view());
    let run = folder.run(&["barcode", "nan.npy"]).expect(2);
    assert!(run.err.contains("nan.npy: the pixel at [1, 0] is NaN"), "{}", run.err);
    assert!(run.out.is_empty());
}

#[test]
fn the_sample_is_what_the_example_makes() {
    let bytes = std::fs::read(sample()).unwrap();
    let image = imaging::decode(&bytes, &imaging::Limits::default()).unwrap().image;
    assert_eq!(image.data(), example::broken_ring().mapv(f32::from).into_dyn());
    assert!(bytes.len() < 5000);
}

#[test]
fn the_sample_has_a_long_bar_for_the_hole_that_it_lacks() {
    let folder = Folder::new();
    let sample = sample();
    let json = folder.run(&["barcode", sample.to_str().unwrap(), "--format", "json"]).expect(0).json();
    let bars = json["bars"].as_array().unwrap();
    let of = |dimension: u64| bars.iter().filter(move |bar| bar["dimension"] == dimension);
    let alive = |bar: &&serde_json::Value| {
        bar["birth"].as_f64().unwrap() >= 0.5 && bar["death"].as_f64().unwrap() < 0.5
    };
    assert_eq!((of(0).filter(alive).count(), of(1).filter(alive).count()), (4, 0));
    let hole = of(1).next().unwrap();
    assert!(hole["birth"].as_f64().unwrap() - hole["death"].as_f64().unwrap() > 0.3);
}
