use ndarray::{Array, ArrayD, IxDyn, array};

use super::*;
use crate::encode::Samples;
use crate::image::{Channels, SampleType};
use crate::meta_image::header::type_name;
use crate::rewrite::{Change, RewriteError};
use crate::samples::ByteOrder;

const ENCODINGS: [Encoding; 3] = [Encoding::Raw, Encoding::Compressed, Encoding::Text];
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

/// A file with fields of others, in which everything has its own way. Its size when compressed is said.
fn file(
    values: &[f32],
    dims: &str,
    sample_type: SampleType,
    encoding: Encoding,
    order: ByteOrder,
    more: &str,
) -> Vec<u8> {
    let array = Array::from_vec(values.to_vec());
    let samples = Samples::typed(array.view().into_dyn(), sample_type).unwrap();
    let mut bytes = Vec::new();
    if encoding == Encoding::Text {
        samples.write_as(SampleType::F64, ByteOrder::Little, &mut bytes);
        bytes = crate::text_samples::text(&bytes, sample_type, Some(&2));
    } else {
        samples.write_as(sample_type, order, &mut bytes);
    }
    if encoding == Encoding::Compressed {
        bytes = zlib(&bytes);
    }
    let name = |is: bool| if is { "True" } else { "False" };
    let header = format!(
        "ObjectType = Image\r\nNDims =  {}\r\nMine = = 3\r\nBinaryData = {}\r\nBinaryDataByteOrderMSB = {}\r\n\
         CompressedData = {}\r\nCompressedDataSize = {}\r\nCompressionLevel = 2\r\nElementMax = 9\r\n{more}\
         DimSize = {dims}\r\nElementType = {}\r\nElementDataFile = LOCAL\r\n",
        dims.split(' ').count(),
        name(encoding != Encoding::Text),
        name(order == ByteOrder::Big),
        name(encoding == Encoding::Compressed),
        bytes.len(),
        type_name(sample_type),
    );
    [header.into_bytes(), bytes].concat()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::none());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn read(file: &[u8]) -> Image {
    let (image, notes) = decode(file, &Limits::default()).unwrap();
    assert_eq!(notes, []);
    image
}

/// The header without the size of what is compressed.
fn header(file: &[u8]) -> String {
    let end = Header::read(file, &Limits::default()).unwrap().fields.end;
    let text = String::from_utf8(file[..end].to_vec()).unwrap();
    let lines = text.split_inclusive('\n').filter(|line| !line.starts_with("CompressedDataSize"));
    lines.collect()
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
                assert_eq!(header(&new), header(&old));
                if encoding == Encoding::Raw {
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
        let expected = header(&old).replace("MET_UCHAR", "MET_FLOAT").replace("ElementMax = 9\r\n", "");
        assert_eq!(header(&new), expected);
        let few = ArrayD::<f32>::zeros(IxDyn(&[5]));
        let error = with_values(&old, &few.view().into(), &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "MetaImage: the file has 6 samples");
    }
}

#[test]
fn numbers_of_a_pixel_are_an_axis_in_front_and_go_back_where_they_were() {
    let values: Vec<f32> = (0..48).map(|n| n as f32).collect();
    for encoding in ENCODINGS {
        let more = "ElementNumberOfChannels = 2\r\nElementSpacing = 1 2 3\r\nOffset = 4 5 6\r\n";
        let old = file(&values, "4 3 2", SampleType::U8, encoding, ByteOrder::Little, more);
        let image = read(&old);
        assert_eq!((image.shape(), image.data()[[1, 0, 0, 2]]), (&[2, 2, 3, 4][..], 5.0));
        let channel = crate::Intensities::new(&image, &[Some(1)], None).unwrap();
        let geometry = channel.geometry().expect("one channel is as large as the file");
        assert_eq!(
            (geometry.spacing.as_slice(), geometry.affine.unwrap()[0]),
            (&[3., 2., 1.][..], [-1., 0., 0., -4.])
        );
        let new = read(&rewrite(&old, &[(24, Change::Copy(26))], &Limits::default()).unwrap());
        let differ = new.data().iter().zip(image.data()).filter(|(new, old)| new != old).count();
        assert_eq!((new.data()[[1, 0, 0, 0]], differ), (5.0, 1));
        let same = image.data().to_owned();
        let again =
            with_values(&old, &Samples::typed(same.view(), SampleType::U8).unwrap(), &Limits::default());
        assert_eq!(read(&again.unwrap()), image);
    }
}

#[test]
fn three_bytes_of_a_pixel_are_taken_for_colours_which_is_said() {
    let values: Vec<f32> = (0..12).map(|n| n as f32).collect();
    let more = "ElementNumberOfChannels = 3\r\n";
    let old = file(&values, "2 2", SampleType::U8, Encoding::Compressed, ByteOrder::Little, more);
    let (image, notes) = decode(&old, &Limits::default()).unwrap();
    assert_eq!((image.channels(), image.shape()), (Channels::Rgb, &[2, 2][..]));
    assert_eq!(notes, [Note::TakenForColours { count: 3 }]);
    let new = rewrite(&old, &[(0, Change::Copy(3))], &Limits::default()).unwrap();
    let (new, _) = decode(&new, &Limits::default()).unwrap();
    assert_eq!(new.data().iter().take(4).copied().collect::<Vec<_>>(), [9., 10., 11., 3.]);
    let error = with_values(&old, &array![[1_u8, 2], [3, 4]].view().into(), &Limits::default()).unwrap_err();
    assert!(matches!(error, RewriteError::Unfit { .. }), "{error}");
}

#[test]
fn samples_at_the_end_of_the_file_and_in_a_gzip_stream_are_found() {
    let plain =
        file(&[1.0, 2.0], "2", SampleType::U8, Encoding::Raw, ByteOrder::Little, "HeaderSize = -1\r\n");
    let end = plain.len() - 2;
    let padded = [&plain[..end], b"--", &plain[end..]].concat();
    assert_eq!(read(&padded).data(), array![1., 2.].into_dyn());
    let changed = rewrite(&padded, &[(0, Change::Copy(1))], &Limits::default()).unwrap();
    assert_eq!(changed, [&plain[..end], b"--\x02\x02"].concat());

    let compressed = file(&[1.0, 2.0], "2", SampleType::U8, Encoding::Compressed, ByteOrder::Little, "");
    let end = Header::read(&compressed, &Limits::default()).unwrap().fields.end;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &[1, 2]).unwrap();
    let stream = encoder.finish().unwrap();
    let text = String::from_utf8(compressed[..end].to_vec()).unwrap();
    let old = format!("CompressedDataSize = {}", compressed.len() - end);
    let text = text.replace(&old, &format!("CompressedDataSize = {}", stream.len()));
    let gzip = [text.as_bytes(), &stream].concat();
    let changed = rewrite(&gzip, &[(0, Change::Copy(1))], &Limits::default()).unwrap();
    assert_eq!(read(&changed).data(), array![2., 2.].into_dyn());
}

#[test]
fn a_value_that_the_type_does_not_have_is_refused() {
    for encoding in ENCODINGS {
        let old = file(&[0.0, 1.0], "2", SampleType::U8, encoding, ByteOrder::Little, "");
        let error = rewrite(&old, &[(0, Change::AtLeast(300.0))], &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "MetaImage: no uint8 of the file is at least 300");
    }
}
