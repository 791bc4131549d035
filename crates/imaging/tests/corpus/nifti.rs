//! NIfTI, built field by field.

use super::{File, cut, fails, gzip, loads};

pub(super) fn files() -> Vec<File> {
    let shape = [4, 3, 2];
    let values: Vec<f64> = (0..24).map(|n| f64::from(n * 37 - 400)).collect();
    let small: Vec<f64> = (0..24).map(|n| f64::from(n * 5)).collect();
    let voxels = |type_: &str, values: &[f64]| -> Vec<u8> {
        let as_bytes = |&value: &f64| match type_ {
            "u8" => vec![value as u8],
            "i8" => vec![value as i8 as u8],
            "i16" => (value as i16).to_le_bytes().to_vec(),
            "i16 big-endian" => (value as i16).to_be_bytes().to_vec(),
            "u16" => (value as u16).to_le_bytes().to_vec(),
            "u32" => (value as u32).to_le_bytes().to_vec(),
            "i64" => (value as i64).to_le_bytes().to_vec(),
            "f32" => (value as f32).to_le_bytes().to_vec(),
            "f64" => value.to_le_bytes().to_vec(),
            other => panic!("{other}"),
        };
        values.iter().flat_map(as_bytes).collect()
    };
    let int16 = voxels("i16", &values);
    let plain = one(false, &[3, 4, 3, 2], 4, 352.0, 1.0, &int16);
    let zipped = gzip(&plain);
    let mut wrong_sum = zipped.clone();
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 1;
    let mut two_members = gzip(&plain[..360]);
    two_members.extend(gzip(&plain[360..]));
    let mut bad_magic = plain.clone();
    bad_magic[344] = b'x';
    let mut bomb = plain.clone();
    bomb.extend(vec![0; 4 << 20]);

    let mut files = vec![
        loads("int16.nii", &shape, "int16", &values, plain.clone()),
        loads("int16_big_endian.nii", &shape, "int16", &values, {
            one(true, &[3, 4, 3, 2], 4, 352.0, 1.0, &voxels("i16 big-endian", &values))
        }),
        loads("int16.nii.gz", &shape, "int16", &values, zipped.clone()),
        loads("two_members.nii.gz", &shape, "int16", &values, two_members),
        loads("zeros_after.nii.gz", &shape, "int16", &values, [&zipped[..], &[0; 700]].concat()).noted(&[]),
        loads("bytes_after.nii.gz", &shape, "int16", &values, [&zipped[..], b"\0\0more"].concat())
            .noted(&["6 bytes after the end of the NIfTI data"]),
        loads("bytes_after.nii", &shape, "int16", &values, [&plain[..], b"more"].concat())
            .noted(&["4 bytes after the end of the NIfTI data"]),
        loads("zeros_after.nii", &shape, "int16", &values, [&plain[..], &[0; 9]].concat()).noted(&[]),
        fails(
            "half_then_zeros.nii.gz",
            "the voxels end early",
            [&gzip(&plain[..360])[..], &[0; 700]].concat(),
        )
        .saying("the file is cut"),
        loads("plain_named.nii.gz", &shape, "int16", &values, plain.clone()),
        loads("slope_nan.nii", &shape, "int16", &values, {
            one(false, &[3, 4, 3, 2], 4, 352.0, f32::NAN, &int16)
        }),
        loads("slope_2.nii", &shape, "int16", &values.iter().map(|v| v * 2.0).collect::<Vec<_>>(), {
            one(false, &[3, 4, 3, 2], 4, 352.0, 2.0, &int16)
        }),
        loads("vox_offset_400.nii", &shape, "int16", &values, {
            let padded = [vec![7; 48], int16.clone()].concat();
            one(false, &[3, 4, 3, 2], 4, 400.0, 1.0, &padded)
        }),
        loads("series.nii", &[4, 3, 1, 2], "int16", &values, {
            one(false, &[4, 4, 3, 1, 2], 4, 352.0, 1.0, &int16)
        }),
        loads("series_of_one.nii", &shape, "int16", &values, {
            one(false, &[4, 4, 3, 2, 1], 4, 352.0, 1.0, &int16)
        }),
        loads("flat.nii", &[6, 4], "int16", &values, one(false, &[2, 6, 4], 4, 352.0, 1.0, &int16)),
        loads("not_finite.nii.gz", &[2, 1, 1], "float32", &[f64::NAN, 2.0], {
            gzip(&one(false, &[3, 2, 1, 1], 16, 352.0, 1.0, &voxels("f32", &[f64::NAN, 2.0])))
        }),
        loads("rgb24.nii", &[2, 2, 2], "RGB24", &small, {
            one(false, &[3, 2, 2, 2], 128, 352.0, 1.0, &voxels("u8", &small))
        }),
        loads("nifti2.nii", &shape, "int16", &values, two(&[3, 4, 3, 2], 4, &int16)),
        fails("dim0_is_9.nii", "more axes than possible", {
            one(false, &[9, 4, 3, 2], 4, 352.0, 1.0, &int16)
        }),
        fails("dim_is_0.nii", "an axis of length 0", one(false, &[3, 0, 3, 2], 4, 352.0, 1.0, &int16)),
        fails("huge.nii", "more voxels than allowed", {
            one(false, &[3, 30000, 30000, 30000], 4, 352.0, 1.0, &int16)
        }),
        fails("large.nii.gz", "fits the limits, but not the file", {
            gzip(&one(false, &[3, 800, 800, 800], 2, 352.0, 1.0, &int16))
        }),
        fails("vox_offset_nan.nii", "no offset", one(false, &[3, 4, 3, 2], 4, f32::NAN, 1.0, &int16)),
        fails("vox_offset_far.nii", "an offset after the end", {
            one(false, &[3, 4, 3, 2], 4, 1e9, 1.0, &int16)
        }),
        fails("complex.nii", "complex numbers", one(false, &[3, 4, 3, 1], 32, 352.0, 1.0, &[0; 96])),
        fails("magic.nii", "no NIfTI", bad_magic),
        fails("pair.hdr", "voxels in another file", {
            let mut header = cut(&plain, 348);
            header[344..348].copy_from_slice(b"ni1\0");
            header
        }),
        fails("cut_header.nii", "the header ends early", cut(&plain, 200)),
        fails("cut_voxels.nii", "the voxels end early", cut(&plain, plain.len() - 1)),
        fails("cut.nii.gz", "the gzip stream ends early", cut(&zipped, zipped.len() / 2)),
        fails("bad_crc.nii.gz", "the checksum is wrong", wrong_sum),
        fails("bomb.nii.gz", "much more than the header promises", gzip(&bomb)),
    ];
    for (name, code, type_, dtype) in [
        ("uint8.nii.gz", 2, "u8", "uint8"),
        ("int8.nii.gz", 256, "i8", "int8"),
        ("uint16.nii.gz", 512, "u16", "uint16"),
        ("uint32.nii.gz", 768, "u32", "uint32"),
        ("int64.nii.gz", 1024, "i64", "int64"),
        ("float32.nii.gz", 16, "f32", "float32"),
        ("float64.nii.gz", 64, "f64", "float64"),
    ] {
        let file = one(false, &[3, 4, 3, 2], code, 352.0, 1.0, &voxels(type_, &small));
        files.push(loads(name, &shape, dtype, &small, gzip(&file)));
    }
    files
}

/// NIfTI-1: positions from nifti1.h.
fn one(big_endian: bool, dim: &[i16], datatype: i16, vox_offset: f32, slope: f32, voxels: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 352];
    let mut put = |at: usize, mut bytes: Vec<u8>| {
        if big_endian {
            bytes.reverse();
        }
        file[at..at + bytes.len()].copy_from_slice(&bytes);
    };
    put(0, 348_i32.to_le_bytes().to_vec());
    for (nth, length) in dim.iter().enumerate() {
        put(40 + 2 * nth, length.to_le_bytes().to_vec());
    }
    put(70, datatype.to_le_bytes().to_vec());
    for (nth, size) in [1_f32, 2.0, 3.0, 4.0].iter().enumerate() {
        put(76 + 4 * nth, size.to_le_bytes().to_vec());
    }
    put(108, vox_offset.to_le_bytes().to_vec());
    put(112, slope.to_le_bytes().to_vec());
    file[344..348].copy_from_slice(b"n+1\0");
    file.extend(voxels);
    file
}

/// NIfTI-2: positions from nifti2.h.
fn two(dim: &[i64], datatype: i16, voxels: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 544];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &540_i32.to_le_bytes());
    put(4, b"n+2\0\r\n\x1a\n");
    put(12, &datatype.to_le_bytes());
    for (nth, length) in dim.iter().enumerate() {
        put(16 + 8 * nth, &length.to_le_bytes());
    }
    put(168, &544_i64.to_le_bytes());
    file.extend(voxels);
    file
}
