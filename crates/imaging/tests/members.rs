//! Choosing an array of an NPZ archive.

mod corpus;

use imaging::{DecodeError, Limits, decode, decode_member};

fn file(name: &str) -> Vec<u8> {
    let found = corpus::files().into_iter().find(|file| file.name == name);
    found.expect(name).bytes
}

#[test]
fn the_first_array_is_the_default_and_all_are_listed() {
    let decoded = decode(&file("two.npz"), &Limits::default()).unwrap();
    assert_eq!(decoded.member.as_deref(), Some("image"));
    assert_eq!(decoded.members, ["image", "mask"]);
}

#[test]
fn an_array_is_found_by_its_name() {
    let decoded = decode_member(&file("two.npz"), "mask", &Limits::default()).unwrap();
    assert_eq!(decoded.image.shape(), [2, 1]);
    assert_eq!(decoded.image.sample_type(), imaging::SampleType::Bool);
}

#[test]
fn an_unknown_name_is_answered_with_the_names_there_are() {
    let error = decode_member(&file("two.npz"), "labels", &Limits::default()).unwrap_err();
    assert!(matches!(error, DecodeError::NoSuchMember { .. }));
    assert_eq!(error.to_string(), "NPZ: there is no array \"labels\"; the archive holds image, mask");
    let error = decode_member(&file("grey8.png"), "labels", &Limits::default()).unwrap_err();
    assert!(matches!(error, DecodeError::Unsupported { .. }), "{error}");
}
