//! NRRD, with headers as teem, pynrrd, ITK and 3D Slicer write them.

use super::{File, cut, fails, gzip, loads};

pub(super) fn files() -> Vec<File> {
    let shape = [2, 3, 4];
    let values: Vec<f64> = (0..24).map(|n| f64::from(n * 37 - 400)).collect();
    let small: Vec<f64> = (0..24).map(|n| f64::from(n * 5)).collect();
    let bytes: Vec<u8> = small.iter().map(|&value| value as u8).collect();
    let int16: Vec<u8> = values.iter().flat_map(|&value| (value as i16).to_le_bytes()).collect();
    let big: Vec<u8> = values.iter().flat_map(|&value| (value as i16).to_be_bytes()).collect();
    let text: String = values.iter().map(|value| format!("{value} ")).collect();
    let plain = nrrd("short", "4 3 2", "raw", "endian: little\n", &int16);
    let zipped = nrrd("short", "4 3 2", "gzip", "endian: little\n", &gzip(&int16));
    let mut wrong_sum = zipped.clone();
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 1;
    let mut bomb = int16.clone();
    bomb.extend(vec![0; 4 << 20]);
    let lps =
        "space: left-posterior-superior\nspace directions: (1,0,0) (0,2,0) (0,0,3)\nspace origin: (4,5,6)\n";
    let segments = "kinds: list domain domain domain\nspace: left-posterior-superior\n\
        space directions: none (1,0,0) (0,1,0) (0,0,1)\nspace origin: (0,0,0)\nSegment0_Color:=0.5 0.7 0.5\n\
        Segment0_ID:=Segment_1\nSegment0_LabelValue:=1\nSegment0_Layer:=0\nSegment0_Name:=kidney\n\
        Segment1_LabelValue:=1\nSegment1_Layer:=1\nSegment1_Name:=cyst\n\
        Segmentation_ContainedRepresentationNames:=Binary labelmap|\n";
    let layers: Vec<f64> =
        bytes.iter().step_by(2).chain(bytes.iter().skip(1).step_by(2)).map(|&b| b.into()).collect();
    let stacked = [2, 1, 3, 4];

    vec![
        loads("int16.nrrd", &shape, "int16", &values, plain.clone()),
        loads("int16_big_endian.nrrd", &shape, "int16", &values, {
            nrrd("int16", "4 3 2", "raw", "endian: big\n", &big)
        }),
        loads("int16_gzip.nrrd", &shape, "int16", &values, zipped.clone()),
        loads("int16_bzip2.nrrd", &[4], "uint8", &[49., 50., 51., 52.], {
            nrrd("uchar", "4", "bzip2", "", BZIP2_OF_1234)
        }),
        loads(
            "int16_text.nrrd",
            &shape,
            "int16",
            &values,
            nrrd("short", "4 3 2", "ascii", "", text.as_bytes()),
        ),
        loads("lps.nrrd", &shape, "uint8", &small, nrrd("uchar", "4 3 2", "raw", lps, &bytes)),
        loads("segments.nrrd", &stacked, "uint8", &layers, nrrd("uchar", "2 4 3 1", "raw", segments, &bytes))
            .along(&["channels", "slices", "rows", "columns"]),
        loads("vectors.nrrd", &[2, 4, 3], "uint8", &small, {
            nrrd("uchar", "3 4 2", "raw", "kinds: vector domain domain\n", &bytes)
        })
        .noted(&["were taken for red, green and blue"]),
        loads("bytes_after.nrrd", &shape, "int16", &values, [&plain[..], b"more"].concat())
            .noted(&["4 bytes after the end of the NRRD data"]),
        loads("line_ends.nrrd", &[2, 2], "uint8", &[1., 2., 3., 4.], {
            b"NRRD0001\r\ntype: uint8\r\ndimension: 2\r\nsizes: 2 2\r\nencoding: raw\r\n\r\n\x01\x02\x03\x04"
                .to_vec()
        }),
        fails("detached.nhdr", "samples in another file", {
            b"NRRD0004\ntype: short\ndimension: 3\nsizes: 4 3 2\ndata file: scan.raw\nencoding: raw\n"
                .to_vec()
        })
        .saying("data file (line 5): the detached header of samples in another file, \"scan.raw\","),
        fails("hex.nrrd", "an encoding that is not read", nrrd("uchar", "2", "hex", "", b"00ff"))
            .saying("encoding (line 5): \"hex\" is not supported; accepted: raw, gzip, bzip2 and text"),
        fails("block.nrrd", "no numbers", nrrd("block", "2", "raw", "block size: 3\n", &[0; 6])),
        fails("no_endian.nrrd", "bytes in an unknown order", nrrd("short", "4 3 2", "raw", "", &int16))
            .saying("there is no field \"endian\""),
        fails("length_0.nrrd", "an axis of length 0", nrrd("uchar", "4 0", "raw", "", &bytes)),
        fails(
            "huge.nrrd",
            "more samples than allowed",
            nrrd("uchar", "30000 30000 30000", "raw", "", &bytes),
        ),
        fails("large_gzip.nrrd", "fits the limits, but not the file", {
            nrrd("uchar", "800 800 800", "gzip", "", &gzip(&bytes))
        }),
        fails("large_text.nrrd", "fits the limits, but not the file", {
            nrrd("uchar", "800 800 800", "ascii", "", b"1 2 3")
        }),
        fails("not_a_number.nrrd", "letters", nrrd("uchar", "3", "ascii", "", b"1 two 3"))
            .saying("\"two\" is no uint8"),
        fails("skip.nrrd", "more bytes to skip than there are", {
            nrrd("uchar", "2", "gzip", "byte skip: 99999999999\n", &gzip(&bytes))
        })
        .saying("byte skip"),
        fails("no_end.nrrd", "the header does not end", cut(&plain, 40)),
        fails("cut.nrrd", "the samples end early", cut(&plain, plain.len() - 1)).saying("the file is cut"),
        fails("cut_gzip.nrrd", "the gzip stream ends early", cut(&zipped, zipped.len() - 20)),
        fails("cut_bzip2.nrrd", "the bzip2 stream ends early", {
            nrrd("uchar", "4", "bzip2", "", &BZIP2_OF_1234[..30])
        }),
        fails("bad_crc_gzip.nrrd", "the checksum is wrong", wrong_sum),
        fails("bomb_gzip.nrrd", "much more than the header promises", {
            nrrd("short", "4 3 2", "gzip", "endian: little\n", &gzip(&bomb))
        }),
    ]
}

/// `1234`, as the program bzip2 packs it.
const BZIP2_OF_1234: &[u8] = &[
    0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x59, 0x6a, 0x3b, 0x55, 0x00, 0x00, 0x00,
    0x08, 0x00, 0x3c, 0x00, 0x20, 0x00, 0x21, 0x9a, 0x68, 0x33, 0x4d, 0x13, 0x3c, 0x5d, 0xc9, 0x14, 0xe1,
    0x42, 0x41, 0x65, 0xa8, 0xed, 0x54,
];

fn nrrd(sample_type: &str, sizes: &str, encoding: &str, more: &str, data: &[u8]) -> Vec<u8> {
    let dimension = sizes.split(' ').count();
    let header = format!(
        "NRRD0004\ntype: {sample_type}\ndimension: {dimension}\nsizes: {sizes}\nencoding: {encoding}\n{more}\n"
    );
    [header.as_bytes(), data].concat()
}
