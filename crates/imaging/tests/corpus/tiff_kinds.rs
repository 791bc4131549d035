//! TIFF: compressions, meanings of the samples, and what is refused by name.

use super::tiff::{Field, Page, file};
use super::{File, cut, fails, floats, loads, noise};

pub(super) fn files() -> Vec<File> {
    let mut files = compressions();
    files.extend(faxes());
    files.extend(white_is_zero());
    files.extend(samples());
    files.extend(refusals());
    files
}

fn one(page: Page) -> Vec<u8> {
    file(false, &[page])
}

fn compressions() -> Vec<File> {
    let pixels = noise(40 * 9);
    let values = floats(&pixels);
    let zstandard =
        |bytes: &[u8]| ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest);
    let zstd = Page { compression: 50000, ..Page::grey(40, 9, 8, zstandard(&pixels)) };
    let palette = Page { interpretation: 3, map: vec![256 * 7; 768], ..zstd.clone() };
    let differences: Vec<u8> = (0..pixels.len())
        .map(|at| if at % 40 == 0 { pixels[at] } else { pixels[at].wrapping_sub(pixels[at - 1]) })
        .collect();
    let predicted = Page { pixels: zstandard(&differences), ..zstd.clone() }.tagged(317, Field::Long(2));
    let flat = |colour| {
        let mut out = Vec::new();
        let samples = if colour == jpeg_encoder::ColorType::Luma { 1 } else { 3 };
        let encoder = jpeg_encoder::Encoder::new(&mut out, 95);
        encoder.encode(&vec![90; 16 * 8 * samples], 16, 8, colour).expect("writing to memory");
        out
    };
    let grey = flat(jpeg_encoder::ColorType::Luma);
    let jpeg = Page { compression: 7, ..Page::grey(16, 8, 8, grey.clone()) };
    let colour =
        Page { samples: 3, interpretation: 6, pixels: flat(jpeg_encoder::ColorType::Rgb), ..jpeg.clone() };
    // The tables before the frame (SOF0), as TIFF keeps them: a file of its own.
    let frame = super::pictures::find(&grey, &[0xff, 0xc0]);
    let huffman = super::pictures::find(&grey, &[0xff, 0xc4]);
    let scan = super::pictures::find(&grey, &[0xff, 0xda]);
    assert!(frame < huffman && huffman < scan, "tables of quantisation, frame, Huffman tables, scan");
    let tables = [&[0xff, 0xd8], &grey[2..frame], &grey[huffman..scan], &[0xff, 0xd9]].concat();
    let picture = [&[0xff, 0xd8], &grey[frame..huffman], &grey[scan..]].concat();
    let split = Page { pixels: picture, ..jpeg.clone() }.tagged(347, Field::Bytes(tables));
    vec![
        loads("zstd.tif", &[9, 40], "uint8", &values, one(zstd.clone())).noted(&[]),
        loads("zstd_predictor.tif", &[9, 40], "uint8", &values, one(predicted)),
        loads("zstd_palette.tif", &[9, 40], "uint8 index", &values, one(palette)),
        fails("zstd_cut.tif", "the stream ends early", {
            one(Page { pixels: cut(&zstd.pixels, zstd.pixels.len() / 2), ..zstd.clone() })
        })
        .saying("Zstandard"),
        fails("zstd_short.tif", "fewer rows than promised", {
            one(Page { height: 10, rows_per_strip: 10, ..zstd })
        })
        .saying("360 bytes in a strip or tile of 400"),
        loads("jpeg.tif", &[8, 16], "uint8", &[90.0; 128], one(jpeg.clone())).noted(&[]),
        loads("jpeg_colour.tif", &[8, 16, 3], "uint8", &[90.0; 384], one(colour)),
        loads("jpeg_tables.tif", &[8, 16], "uint8", &[90.0; 128], one(split)),
        fails("jpeg_other_size.tif", "the picture is not of the page's size", {
            one(Page { width: 15, ..jpeg })
        })
        .saying("8 x 16 pixels of 1 samples in a strip or tile of 8 x 15"),
    ]
}

/// A block with a hole, compressed in each of the four ways by libtiff.
fn faxes() -> Vec<File> {
    const BITS: &str = "0000000000000111111100001100111000011111110000000000000";
    let bits: Vec<f64> = BITS.chars().map(|bit| if bit == '1' { 1.0 } else { 0.0 }).collect();
    let inverted: Vec<f64> = bits.iter().map(|bit| 1.0 - bit).collect();
    let fax = |compression, bytes: &[u8]| Page { compression, ..Page::grey(11, 5, 1, bytes.to_vec()) };
    let run_length = fax(2, &[0x40, 0x71, 0xb8, 0x7d, 0xe7, 0x71, 0xb8, 0x40]);
    let group_3 =
        fax(3, &[0x00, 0x14, 0x00, 0x0b, 0x8d, 0xc0, 0x05, 0xf7, 0x9c, 0x00, 0x5c, 0x6e, 0x00, 0x28]);
    let both_ways =
        fax(3, &[0x00, 0x1a, 0x00, 0x04, 0x5c, 0x70, 0x01, 0xbe, 0xf3, 0x80, 0x0a, 0x38, 0x00, 0xd0])
            .tagged(292, Field::Long(1));
    let group_4 = fax(4, &[0x97, 0x1e, 0x77, 0xe3, 0x8c, 0x00, 0x40, 0x04]);
    let reversed: Vec<u8> = group_4.pixels.iter().map(|byte| byte.reverse_bits()).collect();
    let reversed = Page { pixels: reversed, ..group_4.clone() }.tagged(266, Field::Long(2));
    let loads = |name, values: &[f64], page| loads(name, &[5, 11], "bool", values, one(page));
    vec![
        loads("fax_rle.tif", &bits, run_length).noted(&[]),
        loads("fax_group3.tif", &bits, group_3),
        loads("fax_group3_2d.tif", &bits, both_ways),
        loads("fax_group4.tif", &bits, group_4.clone()),
        loads("fax_reversed.tif", &bits, reversed),
        loads("fax_white_is_zero.tif", &inverted, Page { interpretation: 0, ..group_4.clone() })
            .noted(&["were inverted"]),
        fails("fax_short.tif", "fewer rows than promised", {
            one(Page { height: 6, rows_per_strip: 6, ..group_4.clone() })
        })
        .saying("5 rows in a strip or tile of 6"),
        fails("fax_of_bytes.tif", "8 bits in a fax", one(Page { bits: 8, ..group_4 }))
            .saying("for 1 bit only"),
    ]
}

fn white_is_zero() -> Vec<File> {
    let white = |bits, pixels: &[u8], format, width| Page {
        interpretation: 0,
        format,
        ..Page::grey(width, 1, bits, pixels.to_vec())
    };
    let bits = white(1, &[0b1010_0000], 1, 4);
    let real = 0.25_f32.to_le_bytes();
    let by = |text: &str| Field::Text(text.to_string());
    vec![
        loads("white_bits.tif", &[1, 4], "bool", &[0., 1., 0., 1.], one(bits.clone()))
            .noted(&["were inverted"]),
        loads("white_bits_tifffile.tif", &[1, 4], "bool", &[1., 0., 1., 0.], {
            one(bits.clone().tagged(305, by("tifffile.py")))
        })
        .noted(&["not inverted: it was written by tifffile"]),
        loads("white_bits_shaped.tif", &[1, 4], "bool", &[1., 0., 1., 0.], {
            one(bits.described(r#"{"shape": [1, 4]}"#))
        })
        .noted(&["not inverted: it was written by tifffile"]),
        loads("white_bytes_tifffile.tif", &[1, 2], "uint8", &[255., 250.], {
            one(white(8, &[0, 5], 1, 2).tagged(305, by("tifffile.py")))
        })
        .noted(&["were inverted"]),
        loads("white_imagej.tif", &[1, 2], "uint8", &[0., 5.], {
            one(white(8, &[0, 5], 1, 2).described("ImageJ=1.54f\nimages=1\n"))
        })
        .noted(&["not inverted: it was written by ImageJ"]),
        loads("white_float.tif", &[1, 1], "float32", &[0.25], one(white(32, &real, 3, 1)))
            .noted(&["not inverted: floats"]),
        loads("white_signed.tif", &[1, 1], "int8", &[-3.0], one(white(8, &[0xfd], 2, 1)))
            .noted(&["not inverted: floats and signed"]),
    ]
}

fn samples() -> Vec<File> {
    let six = |interpretation, samples: u32, planar| Page {
        samples,
        interpretation,
        planar,
        ..Page::grey(6 / samples * 2, 1, 8, (1..=12).collect())
    };
    let bands = &["channels", "rows", "columns"];
    vec![
        loads("bands.tif", &[3, 1, 4], "uint8", &[1., 4., 7., 10., 2., 5., 8., 11., 3., 6., 9., 12.], {
            one(six(1, 3, false))
        })
        .along(bands),
        loads("bands_planar.tif", &[3, 1, 4], "uint8", &(1..=12).map(f64::from).collect::<Vec<_>>(), {
            one(six(1, 3, true))
        })
        .along(bands),
        loads(
            "bands_of_pages.tif",
            &[2, 2, 1, 6],
            "uint8",
            &{
                let page = [1., 3., 5., 7., 9., 11., 2., 4., 6., 8., 10., 12.].map(f64::from);
                let (first, second) = page.split_at(6);
                [first, first, second, second].concat()
            },
            {
                let page = six(1, 2, false).described("ImageJ=1.54f\nimages=2\nslices=2\n");
                file(false, &[page.clone(), page])
            },
        )
        .along(&["channels", "slices", "rows", "columns"]),
        loads("rgb_and_more.tif", &[1, 2, 3], "uint8", &[1., 2., 3., 7., 8., 9.], {
            one(Page { width: 2, ..six(2, 6, false) }.tagged(338, Field::Long(0)))
        })
        .noted(&["3 samples per pixel"]),
        loads("reversed_bits.tif", &[1, 3], "bool", &[1., 1., 0.], {
            one(Page::grey(3, 1, 1, vec![0b0000_0011]).tagged(266, Field::Long(2)))
        }),
    ]
}

fn refusals() -> Vec<File> {
    let grey = Page::grey(2, 1, 8, vec![1, 2]);
    let compressed = |name, compression, said| {
        let bytes = one(Page { compression, ..grey.clone() });
        fails(name, "the compression is not read", bytes).saying(said)
    };
    vec![
        compressed("lerc.tif", 34887, "LERC compression is not supported"),
        compressed("lzma.tif", 34925, "save it again as Deflate or uncompressed TIFF"),
        compressed("unknown_compression.tif", 4711, "the unknown compression 4711"),
        fails("sparse.tif", "the pixels were not written", {
            let mut bytes = one(grey.clone());
            let offset = super::pictures::find(&bytes, &[0x11, 1, 4, 0, 1, 0, 0, 0]) + 8;
            bytes[offset..offset + 4].fill(0);
            bytes
        })
        .saying("without content"),
        fails("twelve_bits.tif", "12 bits", one(Page { bits: 12, ..grey.clone() }))
            .saying("12 bits per unsigned sample"),
        fails("complex.tif", "complex numbers", one(Page { bits: 64, format: 6, ..grey.clone() }))
            .saying("complex"),
        fails("depth.tif", "a volume in one page", one(grey.clone().tagged(32997, Field::Long(2))))
            .saying("ImageDepth"),
        fails("lab.tif", "L*a*b*", one(Page { interpretation: 8, samples: 3, ..grey })).saying("CIE L*a*b*"),
    ]
}
