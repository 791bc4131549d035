use ndarray::{Array, ArrayD, IxDyn, array};

use super::*;
use crate::encode::Samples;
use crate::image::{Channels, SampleType};
use crate::nrrd::data::packed;
use crate::nrrd::header::type_name;
use crate::rewrite::{Change, RewriteError};
use crate::samples::ByteOrder;

const ENCODINGS: [(Encoding, &str); 4] =
    [(Encoding::Raw, "raw"), (Encoding::Gzip, "gzip"), (Encoding::Bzip2, "bzip2"), (Encoding::Text, "ascii")];
const TYPES: [SampleType; 10] = [
    SampleType::I8,
    SampleType::U8,
    SampleType::I16,
    SampleType::U16,
    SampleType::I32,
    SampleType::U32,
    SampleType::I64,
    SampleType::U64,
    SampleType::F32,
    SampleType::F64,
];

/// A file with the fields of a segmentation, in which everything has its own way.
fn file(
    values: &[f32],
    sizes: &str,
    sample_type: SampleType,
    (encoding, name): (Encoding, &str),
    order: ByteOrder,
    more: &str,
) -> Vec<u8> {
    let endian = if order == ByteOrder::Big { "big" } else { "little" };
    let dimension = sizes.split(' ').count();
    let header = format!(
        "NRRD0005\r\n# made for a test\r\ntype:   {}\r\ndimension: {dimension}\r\nsizes: {sizes}\r\nmax: 9\r\n\
         encoding: {name}\r\nendian: {endian}\r\nmine: 3\r\n{more}key:=a value: with colons\r\n\r\n",
        type_name(sample_type)
    );
    let array = Array::from_vec(values.to_vec());
    let samples = Samples::typed(array.view().into_dyn(), sample_type).unwrap();
    let mut bytes = Vec::new();
    if encoding == Encoding::Text {
        samples.write_as(SampleType::F64, ByteOrder::Little, &mut bytes);
        bytes = crate::text_samples::text(&bytes, sample_type, Some(&2));
    } else {
        samples.write_as(sample_type, order, &mut bytes);
    }
    [header.into_bytes(), packed(bytes, encoding).unwrap()].concat()
}

fn read(file: &[u8]) -> Image {
    let (image, notes) = decode(file, &Limits::default()).unwrap();
    assert_eq!(notes, []);
    image
}

#[test]
fn every_type_in_every_encoding_and_byte_order_is_read_and_rewritten() {
    let values = [0.0, 1.0, 2.0, 3.0, 100.0, 127.0];
    for sample_type in TYPES {
        for encoding in ENCODINGS {
            for order in [ByteOrder::Little, ByteOrder::Big] {
                let old = file(&values, "3 2", sample_type, encoding, order, "");
                let image = read(&old);
                assert_eq!(image.data(), array![[0., 1., 2.], [3., 100., 127.]].into_dyn());
                assert_eq!(image.sample_type(), sample_type);
                let changes = [(0, Change::Copy(5)), (1, Change::AtLeast(6.0)), (5, Change::AtMost(2.0))];
                let new = rewrite(&old, &changes, &Limits::default()).unwrap();
                assert_eq!(read(&new).data(), array![[127., 6., 2.], [3., 100., 2.]].into_dyn());
                let length = Header::read(&old, &Limits::default()).unwrap().fields.end;
                assert_eq!(new[..length], old[..length], "every byte of the header stays");
                if encoding.0 == Encoding::Raw {
                    let differ = old.iter().zip(&new).filter(|(old, new)| old != new).count();
                    assert!(old.len() == new.len() && differ <= 3 * sample_type.bytes());
                }
            }
        }
    }
}

#[test]
fn other_values_change_the_type_and_drop_what_described_the_old_ones() {
    let floats = array![[0.25_f32, 0.5, 0.75], [1.0, 1.25, 1.5]];
    for encoding in ENCODINGS {
        let old = file(&[0.0; 6], "3 2", SampleType::U8, encoding, ByteOrder::Big, "");
        let new = with_values(&old, &floats.view().into(), &Limits::default()).unwrap();
        let image = read(&new);
        assert_eq!((image.sample_type(), image.data()), (SampleType::F32, floats.view().into_dyn()));
        let header = |file: &[u8]| {
            let end = Header::read(file, &Limits::default()).unwrap().fields.end;
            String::from_utf8(file[..end].to_vec()).unwrap()
        };
        let expected =
            header(&old).replace("type:   unsigned char", "type:   float").replace("max: 9\r\n", "");
        assert_eq!(header(&new), expected);
        let few = ArrayD::<f32>::zeros(IxDyn(&[5]));
        let error = with_values(&old, &few.view().into(), &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "NRRD: the file has 6 samples");
    }
}

#[test]
fn where_single_bytes_had_no_byte_order_longer_numbers_get_one() {
    let old = b"NRRD0004\ntype: uchar\ndimension: 1\nsizes: 2\nencoding: raw\n\n\x01\x02";
    let new = with_values(old, &array![0.5_f32, 1.5].view().into(), &Limits::default()).unwrap();
    let image = read(&new);
    assert_eq!(image.sample_type(), SampleType::F32);
    assert_eq!(image.data(), array![0.5, 1.5].into_dyn());
    assert!(new.starts_with(b"NRRD0004\ntype: float\nendian: little\ndimension: 1\n"));
}

#[test]
fn layers_of_segments_are_an_axis_in_front_and_go_back_where_they_were() {
    let more = "space: left-posterior-superior\r\nkinds: list domain domain domain\r\n\
                space directions: none (1,0,0) (0,2,0) (0,0,3)\r\nspace origin: (4,5,6)\r\n\
                Segment0_Name:=liver\r\nSegment0_LabelValue:=3\r\nSegment0_Layer:=1\r\nSegment0_Color:=1 0 0.5\r\n";
    let values: Vec<f32> = (0..48).map(|n| n as f32).collect();
    for encoding in ENCODINGS {
        let old = file(&values, "2 4 3 2", SampleType::U8, encoding, ByteOrder::Little, more);
        let image = read(&old);
        assert_eq!(image.shape(), [2, 2, 3, 4]);
        assert_eq!(image.data()[[1, 0, 0, 2]], 5.0);
        let axes: Vec<String> = image.axes().iter().map(ToString::to_string).collect();
        assert_eq!(axes, ["channels", "slices", "rows", "columns"]);
        let segment = &image.segments()[0];
        assert_eq!((segment.name.as_str(), segment.label, segment.layer), ("liver", 3, 1));
        assert_eq!(segment.colour, Some([255, 0, 128]));

        let layer = crate::Intensities::new(&image, &[Some(1)], None).unwrap();
        assert_eq!((layer.shape(), layer.values()[[0, 0, 2]]), (&[2, 3, 4][..], 5.0));
        let geometry = layer.geometry().expect("one layer is as large as the file");
        assert_eq!(
            (geometry.spacing.as_slice(), geometry.affine.unwrap()[0]),
            (&[3., 2., 1.][..], [-1., 0., 0., -4.])
        );

        // Pixel 24 is the first of the second layer.
        let new = rewrite(&old, &[(24, Change::Copy(26)), (0, Change::AtLeast(99.0))], &Limits::default());
        let changed = read(&new.unwrap());
        let differ: Vec<_> = changed
            .data()
            .iter()
            .zip(image.data())
            .filter(|(new, old)| new != old)
            .map(|(&n, &o)| (n, o))
            .collect();
        assert_eq!(differ, [(99.0, 0.0), (5.0, 1.0)]);
        let same = image.data().to_owned();
        let again =
            with_values(&old, &Samples::typed(same.view(), SampleType::U8).unwrap(), &Limits::default());
        assert_eq!(read(&again.unwrap()), image);
    }
}

#[test]
fn colours_are_channels_of_a_pixel() {
    let values: Vec<f32> = (0..12).map(|n| n as f32).collect();
    let more = "kinds: RGB-color domain domain\r\n";
    let old = file(&values, "3 2 2", SampleType::U8, ENCODINGS[1], ByteOrder::Little, more);
    let image = read(&old);
    assert_eq!((image.channels(), image.shape()), (Channels::Rgb, &[2, 2][..]));
    let new = read(&rewrite(&old, &[(0, Change::Copy(3))], &Limits::default()).unwrap());
    assert_eq!(new.data().iter().take(4).copied().collect::<Vec<_>>(), [9., 10., 11., 3.]);
    let error = with_values(&old, &array![[1_u8, 2], [3, 4]].view().into(), &Limits::default()).unwrap_err();
    assert!(matches!(error, RewriteError::Unfit { .. }), "{error}");
}

#[test]
fn what_is_skipped_is_kept() {
    let start = b"NRRD0004\ntype: uchar\ndimension: 1\nsizes: 3\nline skip: 2\n".to_vec();
    let skipped = b"one\ntwo\n".to_vec();
    let of = |fields: &str, data: Vec<u8>| {
        [start.clone(), fields.as_bytes().to_vec(), skipped.clone(), data].concat()
    };
    let gzip = packed(b"--123".to_vec(), Encoding::Gzip).unwrap();
    for (old, is_raw) in [
        (of("encoding: raw\nbyte skip: 2\n\n", b"--123".to_vec()), true),
        (of("encoding: raw\nbyte skip: -1\n\n", b"----123".to_vec()), true),
        (of("encoding: gzip\nbyte skip: 2\n\n", gzip), false),
    ] {
        assert_eq!(read(&old).data(), array![49., 50., 51.].into_dyn());
        let new = rewrite(&old, &[(1, Change::Copy(0))], &Limits::default()).unwrap();
        assert_eq!(read(&new).data(), array![49., 49., 51.].into_dyn());
        let again = with_values(&new, &array![49_u8, 50, 51].view().into(), &Limits::default()).unwrap();
        assert_eq!(read(&again).data(), array![49., 50., 51.].into_dyn());
        if is_raw {
            assert_eq!(rewrite(&new, &[(1, Change::AtLeast(50.0))], &Limits::default()).unwrap(), old);
        }
    }
}

#[test]
fn a_value_that_the_type_does_not_have_is_refused() {
    for encoding in ENCODINGS {
        let old = file(&[0.0, 1.0], "2", SampleType::U8, encoding, ByteOrder::Little, "");
        let error = rewrite(&old, &[(0, Change::AtLeast(300.0))], &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "NRRD: no uint8 of the file is at least 300");
        let error = rewrite(&old, &[(2, Change::Copy(0))], &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "NRRD: there is no such pixel");
    }
}
