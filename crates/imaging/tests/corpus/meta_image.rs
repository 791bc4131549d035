//! MetaImage, with headers as ITK and elastix write them.

use super::{File, cut, fails, gzip, loads};

pub(super) fn files() -> Vec<File> {
    let shape = [2, 3, 4];
    let values: Vec<f64> = (0..24).map(|n| f64::from(n * 37 - 400)).collect();
    let small: Vec<f64> = (0..24).map(|n| f64::from(n * 5)).collect();
    let bytes: Vec<u8> = small.iter().map(|&value| value as u8).collect();
    let int16: Vec<u8> = values.iter().flat_map(|&value| (value as i16).to_le_bytes()).collect();
    let big: Vec<u8> = values.iter().flat_map(|&value| (value as i16).to_be_bytes()).collect();
    let text: String = values.iter().map(|value| format!("{value} ")).collect();
    let sized = |stream: &[u8]| format!("CompressedData = True\nCompressedDataSize = {}\n", stream.len());
    let plain = mha("MET_SHORT", "4 3 2", "BinaryDataByteOrderMSB = False\nCompressedData = False\n", &int16);
    let stream = zlib(&int16);
    let zipped = mha("MET_SHORT", "4 3 2", &sized(&stream), &stream);
    let mut wrong_sum = stream.clone();
    let at = wrong_sum.len() - 2;
    wrong_sum[at] ^= 1;
    let mut bomb = int16.clone();
    bomb.extend(vec![0; 4 << 20]);
    let placed = "TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 4 5 6\nCenterOfRotation = 0 0 0\n\
        AnatomicalOrientation = RAI\nElementSpacing = 1 2 3\n";
    let channels: Vec<f64> =
        bytes.iter().step_by(2).chain(bytes.iter().skip(1).step_by(2)).map(|&byte| byte.into()).collect();

    vec![
        loads("int16.mha", &shape, "int16", &values, plain.clone()),
        loads("int16_big_endian.mha", &shape, "int16", &values, {
            mha("MET_SHORT", "4 3 2", "ElementByteOrderMSB = True\n", &big)
        }),
        loads("int16_zlib.mha", &shape, "int16", &values, zipped.clone()),
        loads("int16_zlib_of_unknown_size.mha", &shape, "int16", &values, {
            mha("MET_SHORT", "4 3 2", "CompressedData = True\n", &stream)
        }),
        loads("int16_gzip.mha", &shape, "int16", &values, {
            mha("MET_SHORT", "4 3 2", "CompressedData = True\n", &gzip(&int16))
        }),
        loads("int16_text.mha", &shape, "int16", &values, {
            mha("MET_SHORT", "4 3 2", "BinaryData = False\n", text.as_bytes())
        }),
        loads("placed.mha", &shape, "uint8", &small, mha("MET_UCHAR", "4 3 2", placed, &bytes)),
        loads("channels.mha", &[2, 1, 3, 4], "uint8", &channels, {
            mha("MET_UCHAR_ARRAY", "4 3 1", "ElementNumberOfChannels = 2\n", &bytes)
        })
        .along(&["channels", "slices", "rows", "columns"]),
        loads("colours.mha", &[2, 4, 3], "uint8", &small, {
            mha("MET_UCHAR", "4 2", "ElementNumberOfChannels = 3\n", &bytes)
        })
        .noted(&["were taken for red, green and blue"]),
        loads("function.mha", &shape, "uint8", &small, {
            mha("MET_UCHAR", "4 3 2", "ElementToIntensityFunctionSlope = 0.5\n", &bytes)
        })
        .noted(&["stand for 0.5 * value + 0; they are as stored"]),
        loads("bytes_after.mha", &shape, "int16", &values, [&plain[..], b"more"].concat())
            .noted(&["4 bytes after the end of the MetaImage data"]),
        loads("bytes_after_zlib.mha", &shape, "int16", &values, [&zipped[..], b"more"].concat())
            .noted(&["4 bytes after the end of the MetaImage data"]),
        loads("comment.mha", &[2], "uint8", &[49., 50.], {
            b"Comment = a\nNDims = 1\nDimSize = 2\nElementType = MET_UCHAR\nElementDataFile = Local\n12"
                .to_vec()
        }),
        fails("detached.mhd", "samples in another file", {
            b"NDims = 3\nDimSize = 4 3 2\nElementType = MET_SHORT\nElementDataFile = scan.raw\n".to_vec()
        })
        .saying("ElementDataFile (line 4): a header whose samples are in another file, \"scan.raw\","),
        fails("tube.tre", "no image", b"ObjectType = Tube\nNDims = 3\nElementDataFile = LOCAL\n".to_vec())
            .saying("\"Tube\" is not supported"),
        fails("string.mha", "no numbers", mha("MET_STRING", "2", "", b"ab")),
        fails("header_size.mha", "samples somewhere", mha("MET_UCHAR", "4 3 2", "HeaderSize = 7\n", &bytes)),
        fails("length_0.mha", "an axis of length 0", mha("MET_UCHAR", "4 0", "", &bytes)),
        fails("huge.mha", "more samples than allowed", mha("MET_UCHAR", "30000 30000 30000", "", &bytes)),
        fails("channels_huge.mha", "more channels than possible", {
            mha("MET_UCHAR", "4 3 2", "ElementNumberOfChannels = 9999999999\n", &bytes)
        }),
        fails("large_zlib.mha", "fits the limits, but not the file", {
            mha("MET_UCHAR", "800 800 800", "CompressedData = True\n", &stream)
        }),
        fails("zlib_size.mha", "the stream is longer than the file", {
            mha("MET_SHORT", "4 3 2", "CompressedData = True\nCompressedDataSize = 9999\n", &stream)
        })
        .saying("CompressedDataSize"),
        fails("no_end.mha", "the header does not end", cut(&plain, 40)),
        fails("cut.mha", "the samples end early", cut(&plain, plain.len() - 1)).saying("the file is cut"),
        fails("cut_zlib.mha", "the zlib stream ends early", {
            mha("MET_SHORT", "4 3 2", "CompressedData = True\n", &stream[..stream.len() - 9])
        }),
        fails("bad_sum_zlib.mha", "the checksum is wrong", {
            mha("MET_SHORT", "4 3 2", "CompressedData = True\n", &wrong_sum)
        }),
        fails("bomb_zlib.mha", "much more than the header promises", {
            mha("MET_SHORT", "4 3 2", "CompressedData = True\n", &zlib(&bomb))
        }),
    ]
}

fn mha(element: &str, dims: &str, more: &str, data: &[u8]) -> Vec<u8> {
    let count = dims.split(' ').count();
    let header = format!(
        "ObjectType = Image\nNDims = {count}\n{more}DimSize = {dims}\nElementType = {element}\nElementDataFile = LOCAL\n"
    );
    [header.as_bytes(), data].concat()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}
