use ndarray::{Array3, Axis};
use persistence::{Options, barcode};
use serde_json::Value;

use crate::kit::Folder;

#[test]
fn the_last_line_is_what_the_comparison_with_other_packages_reads() {
    let folder = Folder::new();
    let volume = Array3::from_shape_fn((6, 7, 8), |(z, y, x)| ((z * 31 + y * 17 + x * 7) % 23) as f32 / 23.0);
    folder.npy("volume.npy", volume.view());
    let finite = |barcode: &persistence::Barcode, dimension: usize| {
        let bars: Vec<_> =
            barcode.in_dimension(dimension).iter().filter(|bar| !bar.is_essential()).copied().collect();
        (bars.len(), bars.iter().map(|bar| f64::from(bar.birth) - f64::from(bar.death)).sum::<f64>())
    };

    let json = folder.run(&["bench", "persistence", "--connectivity", "t", "volume.npy"]).expect(0).json();
    let expected = barcode(volume.view(), Options::default()).unwrap();
    for dimension in 0..3 {
        let (bars, sum) = finite(&expected, dimension);
        assert_eq!(json["bars"][dimension], bars);
        assert!((json["sum"][dimension].as_f64().unwrap() - sum).abs() < 1e-9);
    }
    assert!(json["cpu_s"].as_f64().unwrap() >= 0.0);
    assert!(json["peak_mb"].is_null() || json["peak_mb"].as_f64().unwrap() >= 0.0);

    let json = folder.run(&["bench", "persistence", "--batch", "volume.npy"]).expect(0).json();
    let images = volume.axis_iter(Axis(0)).map(|image| barcode(image, Options::default()).unwrap());
    let expected: usize = images.map(|barcode| finite(&barcode, 1).0).sum();
    assert_eq!(json["bars"][1], expected);
    assert_eq!(json["bars"][2], 0);
}

#[test]
fn steps_are_timed_by_width_and_size() {
    let folder = Folder::new();
    let arguments = ["bench", "step", "--width", "2,4", "--size", "12", "--steps", "2"];
    let json = folder.run(&[&arguments[..], &["--format", "json"]].concat()).expect(0);
    let rows: Value = serde_json::from_str(json.text()).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    for (row, width) in rows.as_array().unwrap().iter().zip([2, 4]) {
        assert_eq!(
            (&row["backend"], &row["width"], &row["size"]),
            (&"flex".into(), &width.into(), &12.into())
        );
        let [least, median, topology] =
            ["least_ms", "median_ms", "topology_ms"].map(|name| row[name].as_f64().unwrap());
        assert!(0.0 < topology && 0.0 < least && least <= median, "{row}");
    }
    let training = [&arguments[..], &["--batch", "3", "--format", "json"]].concat();
    let rows: Value = serde_json::from_str(folder.run(&training).expect(0).text()).unwrap();
    assert_eq!((&rows[0]["batch"], &rows[0]["topology_ms"]), (&3.into(), &Value::Null));
    assert_eq!((&rows[0]["unlabelled"], &rows[1]["unlabelled"]), (&Value::Null, &3.into()));
    assert!(rows[0]["least_ms"].as_f64().unwrap() > 0.0 && rows[1]["least_ms"].as_f64().unwrap() > 0.0);
    let table = folder.run(&arguments).expect(0);
    assert_eq!(table.text().lines().count(), 4, "{}", table.text());
    let says = folder.run(&["bench", "step", "--size", "0"]).expect(2).err;
    assert!(says.contains("1..=4096"), "{says}");
}

#[cfg(not(feature = "wgpu"))]
#[test]
fn a_backend_that_was_not_built_says_how_to_build_it() {
    let folder = Folder::new();
    let says = folder.run(&["bench", "step", "--backend", "wgpu"]).expect(2).err;
    assert!(says.contains("--features wgpu"), "{says}");
}
