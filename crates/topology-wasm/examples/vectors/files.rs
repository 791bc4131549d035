//! Files that are written, and what they are read as.

use imaging::{Compression, Limits, Normalisation};
use ndarray::{ArrayD, IxDyn};
use serde_json::{Value, json};

use crate::{
    Failure,
    arrays::Random,
    json::{floats, hex},
};

/// Files of one image and one volume in every format that is written, with what they decode to.
pub(crate) fn written() -> Result<Vec<Value>, Failure> {
    let mut random = Random::new(7);
    let mut array = |shape: &[usize]| ArrayD::from_shape_simple_fn(IxDyn(shape), || random.unit());
    let (image, volume) = (array(&[9, 14]), array(&[4, 5, 6]));
    let bytes = imaging::quantise8(image.view())?;
    let words = imaging::quantise16(image.view())?;
    let geometry = imaging::Geometry { spacing: vec![2.5, 0.5, 0.75], affine: None };
    let words_2d = words.view().into_dimensionality()?;
    let bytes_2d = bytes.view().into_dimensionality()?;
    let encoded = [
        (&image, json!({ "format": "png", "sampleType": "uint8" }), imaging::encode_png8(bytes_2d)?),
        (&image, json!({ "format": "png" }), imaging::encode_png16(words_2d)?),
        (
            &image,
            json!({ "format": "tiff", "sampleType": "uint16" }),
            imaging::encode_tiff(words.view().into())?,
        ),
        (&volume, json!({ "format": "tiff" }), imaging::encode_tiff(volume.view().into())?),
        (&volume, json!({ "format": "npy" }), imaging::encode_npy(volume.view().into())?),
        (
            &volume,
            json!({ "format": "nifti", "compression": "gzip", "geometry": { "spacing": geometry.spacing } }),
            imaging::encode_nifti(volume.view().into(), Some(&geometry), Compression::Gzip)?,
        ),
        (
            &volume,
            json!({ "format": "nifti", "compression": "none" }),
            imaging::encode_nifti(volume.view().into(), None, Compression::None)?,
        ),
    ];
    encoded.into_iter().map(|(array, options, file)| file_value(array, &options, &file)).collect()
}

fn file_value(array: &ArrayD<f32>, options: &Value, file: &[u8]) -> Result<Value, Failure> {
    let image = imaging::decode(file, &Limits::default())?.image;
    let normalised = |normalisation| -> Result<String, Failure> {
        let unit = imaging::normalise(&image, normalisation)?;
        Ok(floats(&unit))
    };
    Ok(json!({
        "shape": array.shape(),
        "values": floats(array),
        "options": options,
        "file": hex(file.iter().copied()),
        "decodedShape": image.shape(),
        "sampleType": image.sample_type().to_string(),
        "samples": hex(image.data().iter().flat_map(|value| value.to_le_bytes())),
        "spacing": image.geometry().map(|geometry| geometry.spacing.clone()),
        "typeRange": normalised(Normalisation::TypeRange)?,
        "minmax": normalised(Normalisation::MinMax)?,
        "percentile": normalised(Normalisation::Percentile { low: 1.0, high: 99.0 })?,
    }))
}
