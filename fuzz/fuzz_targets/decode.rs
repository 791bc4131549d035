//! Any bytes are decoded or refused: no panic, no allocation beyond the limits; what is decoded
//! holds together and survives being written and read again.

#![no_main]

use imaging::{Change, Compression, Format, Image, Limits, Normalisation, Samples};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits { max_pixels: 1 << 16, max_bytes: 1 << 20 };

fuzz_target!(|data: &[u8]| {
    let Ok(decoded) = imaging::decode(data, &LIMITS) else { return };
    let image = &decoded.image;

    let pixels: usize = image.shape().iter().product();
    assert!(pixels >= 1 && pixels as u64 <= LIMITS.max_pixels);
    assert_eq!(image.data().len(), pixels * image.channels().count());
    assert!(image.data().is_standard_layout());
    assert_eq!(image.to_grey().shape(), image.shape());
    assert!(image.axes().is_empty() || image.axes().len() == image.shape().len());
    for note in &decoded.notes {
        assert!(!note.to_string().contains('\n'));
    }
    match image.range() {
        Some((low, high)) => assert!(low <= high && low.is_finite() && high.is_finite()),
        None => assert_eq!(image.non_finite(), image.data().len()),
    }
    if let Some(geometry) = image.geometry() {
        assert!(geometry.spacing.iter().all(|size| size.is_finite() && *size > 0.0));
        geometry.orientation();
    }
    for name in &decoded.members {
        let _ = imaging::decode_member(data, name, &LIMITS);
    }
    if let Ok(intensities) = imaging::Intensities::new(image, &[], None) {
        let _ = intensities.map(&imaging::MapOptions::default());
    }
    for normalisation in
        [Normalisation::TypeRange, Normalisation::MinMax, Normalisation::Percentile { low: 1.0, high: 99.0 }]
    {
        if let Ok(unit) = imaging::normalise(image, normalisation) {
            assert_eq!(unit.shape(), image.shape());
            assert!(unit.iter().all(|value| (0.0..=1.0).contains(value)));
        }
    }
    survives_writing(image);
    if matches!(decoded.format, Format::Nrrd | Format::MetaImage) {
        survives_rewriting(data, image);
    }
});

/// A file whose header is kept is read alike with the same values, and with one changed, which it then has.
fn survives_rewriting(file: &[u8], image: &Image) {
    let same = |file: &[u8]| {
        let again = imaging::decode(file, &LIMITS).expect("what was rewritten can be read").image;
        let all = |image: &Image| image.data().iter().map(|&value| bits(value)).collect::<Vec<_>>();
        assert_eq!(again.shape(), image.shape());
        assert_eq!(again.sample_type(), image.sample_type());
        (all(&again), all(image))
    };
    let rewritten =
        |changes: &[(usize, Change)]| imaging::rewrite(file, None, changes, Compression::None, &LIMITS);
    let (again, old) = same(&rewritten(&[]).expect("nothing changes"));
    assert_eq!(again, old);
    let channels = image.channels().count();
    let last = old.len() / channels - 1;
    let (changed, _) =
        same(&rewritten(&[(0, Change::Copy(last))]).expect("a value of the file fits the file"));
    assert_eq!(changed[..channels], old[last * channels..]);
    assert_eq!(changed[channels..], old[channels..]);
    if let Ok(samples) = Samples::typed(image.data(), image.sample_type())
        && let Ok(file) = imaging::with_values(file, samples, Compression::None, &LIMITS)
    {
        let (again, old) = same(&file);
        assert_eq!(again, old);
    }
}

/// NaN is NaN, whichever it is.
fn bits(value: f32) -> u32 {
    if value.is_nan() { f32::NAN.to_bits() } else { value.to_bits() }
}

/// The grey values come back, bit for bit, from every format that can hold the array.
fn survives_writing(image: &Image) {
    let grey = image.to_grey();
    let samples = Samples::F32(grey.view());
    let written = [
        imaging::encode_npy(samples.clone()),
        imaging::encode_tiff(samples.clone()),
        imaging::encode_nifti(samples, image.geometry(), Compression::None),
    ];
    for file in written.into_iter().flatten() {
        let again = imaging::decode(&file, &LIMITS).expect("what was written can be read");
        let same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        assert_eq!(again.image.data().len(), grey.len());
        assert!(again.image.data().iter().zip(&grey).all(same));
    }
}
