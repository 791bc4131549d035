//! Prints what files are read as, one line of JSON for each, and writes them again: `FILE.changed` has the last pixel in
//! place of the first, `FILE.reversed` all values in reverse. `scripts/compare-formats.py` has others read the same.

use imaging::{Change, Compression, Image, Limits, Samples, decode, rewrite, with_values};
use ndarray::ArrayD;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let line = match decode(&bytes, &Limits::default()) {
            Err(error) => json!({ "error": error.to_string() }),
            Ok(decoded) => {
                let mut line = describe(&decoded.image);
                line["format"] = json!(decoded.format.to_string());
                line["notes"] = decoded.notes.iter().map(ToString::to_string).collect();
                write(&path, &bytes, &decoded.image)?;
                line
            }
        };
        println!("{line}");
    }
    Ok(())
}

fn write(path: &str, bytes: &[u8], image: &Image) -> Result<(), Box<dyn std::error::Error>> {
    let (limits, compression) = (Limits::default(), Compression::Gzip);
    let last = image.shape().iter().product::<usize>() - 1;
    let changed = rewrite(bytes, None, &[(0, Change::Copy(last))], compression, &limits)?;
    std::fs::write(format!("{path}.changed"), changed)?;
    if image.channels().count() == 1 {
        let mut reversed: Vec<f32> = image.data().iter().copied().collect();
        reversed.reverse();
        let reversed = ArrayD::from_shape_vec(image.shape(), reversed)?;
        let samples = Samples::typed(reversed.view(), image.sample_type())?;
        std::fs::write(format!("{path}.reversed"), with_values(bytes, samples, compression, &limits)?)?;
    }
    Ok(())
}

fn describe(image: &Image) -> Value {
    let segments = image.segments().iter().map(|segment| {
        json!({ "name": segment.name, "label": segment.label, "layer": segment.layer, "colour": segment.colour })
    });
    json!({
        "shape": image.data().shape(),
        "channels": image.channels().count(),
        "type": image.sample_type().to_string(),
        "values": image.data().iter().collect::<Vec<_>>(),
        "spacing": image.geometry().map(|geometry| &geometry.spacing),
        "affine": image.geometry().and_then(|geometry| geometry.affine),
        "segments": segments.collect::<Vec<_>>(),
    })
}
