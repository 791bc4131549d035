//! NPY and NPZ.

use std::io::Write;

use serde_json::json;

use super::{File, cut, fails, floats, loads, noise};

pub(super) fn files() -> Vec<File> {
    let pixels = noise(6);
    let values = [0.5, -1.25, 3.0, 4.0, 5.0, 6.0];
    let doubles_le: Vec<u8> = values.iter().flat_map(|value: &f64| value.to_le_bytes()).collect();
    let doubles_be: Vec<u8> = values.iter().flat_map(|value| value.to_be_bytes()).collect();
    let singles: Vec<u8> = values.iter().flat_map(|&value| (value as f32).to_le_bytes()).collect();
    let plain = npy(1, "'|u1'", false, "(2, 3)", &pixels);
    let second = npy(1, "'|b1'", false, "(2, 1)", &[0, 1]);
    let archive = npz(&[("image.npy", &plain), ("notes.txt", b"no array"), ("mask.npy", &second)]);
    let mut bad_magic = plain.clone();
    bad_magic[0] = 0x92;
    let mut wrong_sum = archive.clone();
    let mask = wrong_sum.windows(8).rposition(|window| window == b"mask.npy").expect("it is there");
    let first = wrong_sum.windows(4).position(|window| window == b"PK\x01\x02").expect("it is there");
    assert!(first < mask);
    wrong_sum[first + 16] ^= 1; // the CRC of the first member in the central directory

    vec![
        loads("uint8.npy", &[2, 3], "uint8", &floats(&pixels), plain.clone()),
        loads("float64.npy", &[2, 3], "float64", &values, npy(1, "'<f8'", false, "(2, 3)", &doubles_le)),
        loads("big_endian.npy", &[2, 3], "float64", &values, npy(1, "'>f8'", false, "(2, 3)", &doubles_be)),
        loads(
            "fortran_order.npy",
            &[2, 3],
            "float64",
            &[0.5, 3.0, 5.0, -1.25, 4.0, 6.0],
            npy(1, "'<f8'", true, "(2, 3)", &doubles_le),
        ),
        loads("volume.npy", &[1, 2, 3], "float32", &values, {
            npy(1, "'<f4'", false, "(1, 2, 3)", &singles)
        }),
        loads("version_2.npy", &[6], "float32", &values, npy(2, "'<f4'", false, "(6,)", &singles)),
        loads("half.npy", &[1, 2], "float16", &[1.0, -2.0], {
            npy(1, "'<f2'", false, "(1, 2)", &[0, 0x3c, 0, 0xc0])
        }),
        loads("not_finite.npy", &[1, 2], "float32", &[f64::NAN, 1.0], {
            npy(1, "'<f4'", false, "(1, 2)", &[f32::NAN.to_le_bytes(), 1_f32.to_le_bytes()].concat())
        }),
        File {
            name: "two.npz",
            bytes: archive.clone(),
            expectation: json!({
                "expect": "load", "shape": [2, 3], "dtype": "uint8", "members": ["image", "mask"],
            }),
        },
        fails("number.npy", "no axes", npy(1, "'<f8'", false, "()", &doubles_le[..8])),
        fails("empty.npy", "an axis of length 0", npy(1, "'<f8'", false, "(0, 3)", &[])),
        fails("pickle.npy", "Python objects", npy(1, "'|O'", false, "(2, 3)", &[0; 60])),
        fails("complex.npy", "complex numbers", npy(1, "'<c16'", false, "(3,)", &[0; 48])),
        fails("record.npy", "a structured type", npy(1, "[('a', '<f4')]", false, "(3,)", &[0; 12])),
        fails("huge.npy", "the product of the axes overflows", {
            npy(1, "'<f8'", false, "(9999999999, 9999999999)", &[])
        }),
        fails("large.npy", "fits the limits, but not the file", {
            npy(1, "'<f8'", false, "(10000, 10000)", &[0; 64])
        }),
        fails("bad_magic.npy", "no NPY", bad_magic),
        fails("cut.npy", "the samples end early", cut(&plain, plain.len() - 1)),
        fails("cut_header.npy", "the header ends early", cut(&plain, 40)),
        fails("version_9.npy", "an unknown version", npy(9, "'|u1'", false, "(2, 3)", &pixels)),
        fails("cut.npz", "no central directory", cut(&archive, archive.len() - 30)),
        fails("bad_crc.npz", "the checksum is wrong", wrong_sum),
    ]
}

fn npy(version: u8, descr: &str, fortran: bool, shape: &str, samples: &[u8]) -> Vec<u8> {
    let fortran = if fortran { "True" } else { "False" };
    let header = format!("{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let mut out = b"\x93NUMPY".to_vec();
    out.extend([version, 0]);
    match version {
        1 => out.extend((header.len() as u16).to_le_bytes()),
        _ => out.extend((header.len() as u32).to_le_bytes()),
    }
    out.extend(header.as_bytes());
    out.extend(samples);
    out
}

fn npz(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for (name, content) in members {
        let file = archive.new_file(name).compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().expect("writing to memory");
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
        let mut writer = config.wrap(encoder);
        writer.write_all(content).expect("writing to memory");
        let (encoder, descriptor) = writer.finish().expect("writing to memory");
        encoder.finish().expect("writing to memory");
        entry.finish(descriptor).expect("writing to memory");
    }
    archive.finish().expect("writing to memory");
    out
}
