//! Damaged files are refused, never a reason to panic or to allocate what a header claims.

mod corpus;

use imaging::Limits;
use proptest::prelude::*;

const LIMITS: Limits = Limits { max_pixels: 1 << 16, max_bytes: 1 << 20 };

fn decode_and_use(bytes: &[u8]) {
    let Ok(decoded) = imaging::decode(bytes, &LIMITS) else { return };
    let image = &decoded.image;
    let pixels: usize = image.shape().iter().product();
    assert_eq!(image.data().len(), pixels * image.channels().count());
    assert!(pixels >= 1 && pixels as u64 <= LIMITS.max_pixels);
    assert_eq!(image.to_grey().shape(), image.shape());
    assert!(image.axes().is_empty() || image.axes().len() == image.shape().len());
    for note in &decoded.notes {
        assert!(!note.to_string().contains('\n'), "{note}");
    }
    if let Ok(intensities) = imaging::Intensities::new(image, &[], None) {
        let _ = intensities.map(&imaging::MapOptions::default());
    }
}

fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let files: Vec<Vec<u8>> =
        corpus::files().into_iter().map(|file| file.bytes).filter(|bytes| bytes.len() < 1 << 16).collect();
    proptest::sample::select(files)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20_000) })]

    #[test]
    fn changed_bytes_never_panic(
        mut file in any_file(),
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..8),
    ) {
        for (at, value) in changes {
            // Most of what a decoder believes stands at the beginning.
            let reach = file.len().min(if at % 2 == 0 { 512 } else { usize::MAX });
            if let Some(byte) = file.get_mut((at / 2) % reach.max(1)) {
                *byte = value;
            }
        }
        decode_and_use(&file);
    }

    #[test]
    fn cut_files_never_panic(file in any_file(), keep in 0.0..1.0) {
        decode_and_use(&file[..(file.len() as f64 * keep) as usize]);
    }

    #[test]
    fn two_files_spliced_never_panic(a in any_file(), b in any_file(), at in 0.0..1.0) {
        let cut = |file: &[u8]| (file.len() as f64 * at) as usize;
        decode_and_use(&[&a[..cut(&a)], &b[cut(&b)..]].concat());
    }
}

#[test]
fn limits_hold_for_every_sound_file() {
    let none = Limits { max_pixels: 0, max_bytes: 0 };
    let mut sound = 0;
    for file in corpus::files() {
        if imaging::decode(&file.bytes, &Limits::default()).is_ok() {
            let error = imaging::decode(&file.bytes, &none).expect_err(file.name);
            assert!(matches!(error, imaging::DecodeError::TooLarge { .. }), "{}: {error}", file.name);
            sound += 1;
        }
    }
    assert!(sound >= 40);
}
