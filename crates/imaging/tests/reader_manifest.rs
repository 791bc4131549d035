//! Every file of a manifest comes out as the manifest says.
//!
//! `BETTISCOPE_READERS` names a folder with files and a `manifest.json`: for each file what is to
//! happen (`expect`: "load ..." or "fail ..."), and what is to come out (`shape`, `dtype`, `min`,
//! `max`, `sum_finite`, `n_nonfinite`, `first_row`; shapes of NIfTI as nibabel gives them, x
//! first; `tolerance`: of the sum, relative; `notes`: for each note a piece of it; `axes`: as they are counted; `message`: a piece of
//! the error). Without it, a small corpus of the same kinds is made here and checked likewise.

mod corpus;

use std::collections::BTreeMap;
use std::path::Path;

use imaging::{Channels, Decoded, Format, Limits};
use serde_json::{Map, Value};

#[test]
fn every_file_comes_out_as_the_manifest_says() {
    let (manifest, files) = match std::env::var_os("BETTISCOPE_READERS") {
        Some(folder) => from_folder(Path::new(&folder)),
        None => generated(),
    };
    assert!(manifest.len() >= 40, "only {} entries", manifest.len());
    let mut wrong = Vec::new();
    for (name, entry) in &manifest {
        let outcome = imaging::decode(&files[name], &Limits::default());
        match &outcome {
            Ok(decoded) => println!("{name}: {} {}", decoded.format, describe(decoded)),
            Err(error) => println!("{name}: {error}"),
        }
        if let Err(problem) = check(entry, outcome) {
            wrong.push(format!("{name}: {problem}"));
        }
    }
    println!("{} entries, {} wrong", manifest.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

type Manifest = Map<String, Value>;
type Files = BTreeMap<String, Vec<u8>>;

fn from_folder(folder: &Path) -> (Manifest, Files) {
    let text = std::fs::read(folder.join("manifest.json")).expect("manifest.json in the folder");
    let manifest: Manifest = serde_json::from_slice(&text).expect("manifest.json is an object");
    let files = manifest.keys().map(|name| {
        let bytes = std::fs::read(folder.join(name)).expect(name);
        (name.clone(), bytes)
    });
    let files = files.collect();
    (manifest, files)
}

fn generated() -> (Manifest, Files) {
    let mut manifest = Manifest::new();
    let mut files = Files::new();
    for file in corpus::files() {
        manifest.insert(file.name.to_string(), file.expectation);
        files.insert(file.name.to_string(), file.bytes);
    }
    (manifest, files)
}

fn check(entry: &Value, outcome: Result<Decoded, imaging::DecodeError>) -> Result<(), String> {
    let expect = entry["expect"].as_str().ok_or("no expectation")?;
    let must_load = expect.starts_with("load");
    let decoded = match outcome {
        Err(error) if !must_load => {
            let piece = entry["message"].as_str().unwrap_or_default();
            let said = error.to_string().contains(piece);
            return if said { Ok(()) } else { Err(format!("{error:?} does not say {piece:?}")) };
        }
        Err(error) => return Err(format!("must load ({expect}), but: {error}")),
        Ok(_) if !must_load => return Err(format!("loaded, but: {expect}")),
        Ok(decoded) => decoded,
    };
    let image = &decoded.image;

    if let Some(shape) = entry["shape"].as_array() {
        let stored: Vec<u64> = shape.iter().filter_map(Value::as_u64).collect();
        let mut expected = stored;
        if let Some([rows, columns]) = displayed(expect) {
            expected[..2].copy_from_slice(&[rows, columns]);
        }
        let found: Vec<u64> = match decoded.format {
            Format::Nifti => image.shape().iter().rev().map(|&n| n as u64).collect(),
            _ => image.data().shape().iter().map(|&n| n as u64).collect(),
        };
        same("shape", &found, &expected)?;
    }
    if let Some(dtype) = entry["dtype"].as_str() {
        let found = match (decoded.format, image.channels()) {
            (_, Channels::Index) => format!("{} index", image.sample_type()),
            (Format::Nifti, Channels::Rgb) => "RGB24".to_string(),
            _ => image.sample_type().to_string(),
        };
        same("dtype", &found.as_str(), &dtype)?;
    }
    let range = image.range().ok_or("no finite value")?;
    for (key, found) in [("min", range.0), ("max", range.1)] {
        if let Some(expected) = entry[key].as_f64() {
            same(key, &found, &(expected as f32))?;
        }
    }
    if let Some(expected) = entry["sum_finite"].as_f64() {
        let finite = image
            .data()
            .iter()
            .filter(|value| value.is_finite())
            .fold(0.0, |sum, &value| sum + f64::from(value));
        let tolerance = entry["tolerance"].as_f64().unwrap_or(1e-6) * expected.abs().max(1.0);
        if (finite - expected).abs() > tolerance {
            return Err(format!("sum {finite}, expected {expected}"));
        }
    }
    if let Some(expected) = entry["n_nonfinite"].as_u64() {
        same("not finite", &(image.non_finite() as u64), &expected)?;
    }
    if let Some(row) = entry["first_row"].as_array() {
        let expected: Vec<f32> = row.iter().filter_map(|v| Some(v.as_f64()? as f32)).collect();
        let found: Vec<f32> = image.data().iter().copied().take(expected.len()).collect();
        same("first row", &found, &expected)?;
    }
    if let Some(members) = entry["members"].as_array() {
        let expected: Vec<&str> = members.iter().filter_map(Value::as_str).collect();
        same("members", &decoded.members, &expected.iter().map(|s| s.to_string()).collect())?;
    }
    if let Some(pieces) = entry["notes"].as_array() {
        let notes: Vec<String> = decoded.notes.iter().map(ToString::to_string).collect();
        let pieces: Vec<&str> = pieces.iter().filter_map(Value::as_str).collect();
        let said = notes.iter().zip(&pieces).all(|(note, piece)| note.contains(piece));
        if !said || notes.len() != pieces.len() {
            return Err(format!("the notes are {notes:?}, expected {pieces:?}"));
        }
    }
    if let Some(axes) = entry["axes"].as_array() {
        let expected: Vec<&str> = axes.iter().filter_map(Value::as_str).collect();
        let found: Vec<String> = image.axes().iter().map(ToString::to_string).collect();
        same("axes", &found, &expected.iter().map(|s| s.to_string()).collect())?;
    }
    Ok(())
}

/// Rows and columns where the expectation ends in "displayed WIDTHxHEIGHT ...": the `shape` of such
/// an entry is the stored one, before the EXIF orientation is applied.
fn displayed(expect: &str) -> Option<[u64; 2]> {
    let (_, size) = expect.split_once("displayed ")?;
    let size = size.split([';', ' ']).next()?;
    let (width, height) = size.split_once('x')?;
    Some([height.parse().ok()?, width.parse().ok()?])
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what} is {found:?}, expected {expected:?}"))
}

fn describe(decoded: &Decoded) -> String {
    let image = &decoded.image;
    format!(
        "{:?} {:?} {} {:?}{}{}",
        image.shape(),
        image.channels(),
        image.sample_type(),
        image.range(),
        image.geometry().map_or(String::new(), |geometry| format!(
            " {:?} mm {}",
            geometry.spacing,
            geometry.orientation().unwrap_or_default()
        )),
        if decoded.members.is_empty() { String::new() } else { format!(" of {:?}", decoded.members) },
    )
}
