//! Prints files and what they are read as, as JSON: the built module must read them alike, bit for bit.
//!
//! `corpus [FILES]`: without arguments the files are those of the tests. Bytes are written as hexadecimal digits; numbers
//! are bytes too, little-endian. Formats that the module is built without are left out.

#[path = "../tests/corpus/mod.rs"]
mod corpus;

use imaging::{DecodeError, Decoded, Format, Geometry, Limits, sniff};
use serde_json::{Value, json};

/// The defaults of the module, whose memory is smaller.
const LIMITS: Limits = Limits { max_pixels: 1 << 27, max_bytes: 1 << 29 };

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        files.push((path, bytes));
    }
    if files.is_empty() {
        let is_read = |bytes: &[u8]| !matches!(sniff(bytes), Some(Format::Nrrd | Format::MetaImage));
        let of_tests = corpus::files().into_iter().filter(|file| is_read(&file.bytes));
        files.extend(of_tests.map(|file| (file.name.to_owned(), file.bytes)));
    }
    let files = files.iter().map(|(name, bytes)| {
        let outcome = match imaging::decode(bytes, &LIMITS) {
            Ok(decoded) => json!({ "image": image(&decoded) }),
            Err(error) => json!({ "code": code(&error), "message": as_the_module_says(&error) }),
        };
        json!({ "name": name, "bytes": hex(bytes.iter().copied()), "outcome": outcome })
    });
    println!("{}", Value::from_iter(files));
    Ok(())
}

fn image(decoded: &Decoded) -> Value {
    let image = &decoded.image;
    json!({
        "format": format!("{:?}", decoded.format).to_lowercase(),
        "shape": image.shape(),
        "channels": format!("{:?}", image.channels()).to_lowercase(),
        "sampleType": image.sample_type().to_string(),
        "isRescaled": image.is_rescaled(),
        "palette": hex(image.palette().as_flattened().iter().copied()),
        "spacing": image.geometry().map(|geometry| &geometry.spacing),
        "orientation": image.geometry().and_then(Geometry::orientation),
        "nonFinite": image.non_finite(),
        "member": decoded.member,
        "members": decoded.members,
        "samples": hex(image.data().iter().flat_map(|value| value.to_le_bytes())),
        "grey": hex(image.to_grey().iter().flat_map(|value| value.to_le_bytes())),
    })
}

/// The list of the formats that are read is shorter there.
fn as_the_module_says(error: &DecodeError) -> String {
    error
        .to_string()
        .replace("NPZ, NIfTI (.nii, .nii.gz), NRRD and MetaImage (.mha)", "NPZ and NIfTI (.nii, .nii.gz)")
}

/// The code that the error has in JavaScript.
fn code(error: &DecodeError) -> &'static str {
    match error {
        DecodeError::Unrecognised { .. } => "unsupported-format",
        DecodeError::Malformed { .. } => "malformed",
        DecodeError::Truncated { .. } => "truncated",
        DecodeError::Unsupported { .. } => "unsupported-feature",
        DecodeError::TooLarge { .. } => "too-large",
        _ => "other",
    }
}

fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}
