//! PNG, JPEG, WebP, and what is none of the accepted formats.

use image_webp::WebPEncoder;
use png::{BitDepth, ColorType};
use serde_json::json;

use super::{File, cut, fails, floats, loads, noise};

pub(super) fn files() -> Vec<File> {
    let grey = noise(5 * 7);
    let plain = png(7, 5, ColorType::Grayscale, BitDepth::Eight, &grey, |_| {});
    let mut wrong_crc = plain.clone();
    let end = find(&plain, b"IEND");
    wrong_crc[end - 5] ^= 0x55; // the last byte of the checksum of IDAT

    let wide: Vec<u8> = [1_u16, 65535, 256, 43].iter().flat_map(|v| v.to_be_bytes()).collect();
    let bits = [0b1010_1010, 0b1000_0000, 0b0000_0000, 0b0100_0000]; // 2 rows of 10
    let palette = |encoder: &mut png::Encoder<'_, &mut Vec<u8>>| {
        encoder.set_palette(vec![0, 0, 0, 200, 10, 10, 10, 200, 10, 10, 10, 200]);
        encoder.set_trns(vec![0, 255, 255, 128]);
    };
    let mut files = vec![
        loads("grey8.png", &[5, 7], "uint8", &floats(&grey), plain.clone()),
        loads("row.png", &[1, 35], "uint8", &floats(&grey), {
            png(35, 1, ColorType::Grayscale, BitDepth::Eight, &grey, |_| {})
        }),
        loads("constant.png", &[4, 4], "uint8", &[128.0; 16], {
            png(4, 4, ColorType::Grayscale, BitDepth::Eight, &[128; 16], |_| {})
        }),
        loads("grey16.png", &[2, 2], "uint16", &[1.0, 65535.0, 256.0, 43.0], {
            png(2, 2, ColorType::Grayscale, BitDepth::Sixteen, &wide, |_| {})
        }),
        loads(
            "grey1.png",
            &[2, 10],
            "bool",
            &[1., 0., 1., 0., 1., 0., 1., 0., 1., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 1.],
            png(10, 2, ColorType::Grayscale, BitDepth::One, &bits, |_| {}),
        ),
        loads("grey2.png", &[1, 4], "uint8", &[0.0, 85.0, 170.0, 255.0], {
            png(4, 1, ColorType::Grayscale, BitDepth::Two, &[0b0001_1011], |_| {})
        }),
        loads("grey_alpha.png", &[2, 2, 2], "uint8", &floats(&grey[..8]), {
            png(2, 2, ColorType::GrayscaleAlpha, BitDepth::Eight, &grey[..8], |_| {})
        }),
        loads("rgb.png", &[2, 2, 3], "uint8", &floats(&grey[..12]), {
            png(2, 2, ColorType::Rgb, BitDepth::Eight, &grey[..12], |_| {})
        }),
        loads("palette_trns.png", &[1, 4], "uint8 index", &[0.0, 1.0, 2.0, 3.0], {
            png(4, 1, ColorType::Indexed, BitDepth::Two, &[0b0001_1011], palette)
        }),
        loads("adam7.png", &[2, 2], "uint8", &[9.0, 8.0, 7.0, 6.0], adam7()),
        File {
            name: "rotated.png",
            bytes: with_exif(&plain, &exif(6)),
            expectation: json!({ "expect": "load; displayed 5x7", "shape": [5, 7], "dtype": "uint8" }),
        },
        fails("bad_crc.png", "the checksum of the pixels is wrong", wrong_crc),
        fails("cut.png", "the pixels end early", cut(&plain, plain.len() - 20)),
        fails("huge.png", "more pixels than allowed", huge_png(&plain)),
        fails("text.txt", "no image", b"this is not an image\n".repeat(40)),
        fails("empty.bin", "no bytes", Vec::new()),
        fails("animation.gif", "GIF", b"GIF89a\x0e\0\x19\0\xf7\0\0\0\0\0".to_vec()),
    ];
    files.extend(jpegs());
    files.extend(webps());
    files
}

fn jpegs() -> Vec<File> {
    let flat = [90_u8; 16 * 8];
    let jpeg = |exif: Option<&[u8]>, progressive: bool, colour: jpeg_encoder::ColorType| {
        let mut out = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut out, 100);
        encoder.set_progressive(progressive);
        if let Some(exif) = exif {
            encoder.add_exif_metadata(exif).expect("a short block");
        }
        let pixels = match colour {
            jpeg_encoder::ColorType::Rgb => flat.repeat(3),
            _ => flat.to_vec(),
        };
        encoder.encode(&pixels, 16, 8, colour).expect("writing to memory");
        out
    };
    let luma = jpeg_encoder::ColorType::Luma;
    let plain = jpeg(None, false, luma);
    let noisy = {
        let mut out = Vec::new();
        let encoder = jpeg_encoder::Encoder::new(&mut out, 90);
        encoder.encode(&noise(64 * 64), 64, 64, luma).expect("writing to memory");
        out
    };
    vec![
        loads("grey.jpg", &[8, 16], "uint8", &[90.0; 128], plain.clone()),
        loads("progressive.jpg", &[8, 16], "uint8", &[90.0; 128], jpeg(None, true, luma)),
        loads("colour.jpg", &[8, 16, 3], "uint8", &[90.0; 384], {
            jpeg(None, false, jpeg_encoder::ColorType::Rgb)
        }),
        File {
            name: "rotated.jpg",
            bytes: jpeg(Some(&exif(6)), false, luma),
            expectation: json!({ "expect": "load; displayed 8x16", "shape": [8, 16], "dtype": "uint8" }),
        },
        File {
            name: "noisy.jpg",
            bytes: noisy.clone(),
            expectation: json!({ "expect": "load", "shape": [64, 64], "dtype": "uint8" }),
        },
        fails("cut_header.jpg", "the header ends early", cut(&plain, 60)),
        fails("cut_pixels.jpg", "the pixels end early", cut(&noisy, noisy.len() / 2)),
    ]
}

fn webps() -> Vec<File> {
    let pixels = noise(6 * 4 * 4);
    let webp = |colour, pixels: &[u8], exif: Option<Vec<u8>>| {
        let mut out = Vec::new();
        let mut encoder = WebPEncoder::new(&mut out);
        if let Some(exif) = exif {
            encoder.set_exif_metadata(exif);
        }
        encoder.encode(pixels, 6, 4, colour).expect("writing to memory");
        out
    };
    let rgb = &pixels[..72];
    let plain = webp(image_webp::ColorType::Rgb8, rgb, None);
    vec![
        loads("rgb.webp", &[4, 6, 3], "uint8", &floats(rgb), plain.clone()),
        loads("rgba.webp", &[4, 6, 4], "uint8", &floats(&pixels), {
            webp(image_webp::ColorType::Rgba8, &pixels, None)
        }),
        File {
            name: "rotated.webp",
            bytes: webp(image_webp::ColorType::Rgb8, rgb, Some(exif(8))),
            expectation: json!({ "expect": "load; displayed 4x6", "shape": [4, 6, 3], "dtype": "uint8" }),
        },
        File {
            name: "lossy.webp",
            bytes: LOSSY_WEBP.to_vec(),
            expectation: json!({ "expect": "load", "shape": [1, 1, 3], "dtype": "uint8" }),
        },
        fails("cut.webp", "the pixels end early", cut(&plain, plain.len() / 2)),
    ]
}

/// A lossy WebP of one pixel, byte by byte: the encoder used here is lossless.
const LOSSY_WEBP: &[u8] = b"RIFF\x22\0\0\0WEBPVP8 \x16\0\0\0\x30\x01\0\x9d\x01\x2a\x01\0\x01\0\
    \x0e\xc0\xfe\x25\xa4\0\x03\x70\0\0\0\0";

type Encoder<'a> = png::Encoder<'static, &'a mut Vec<u8>>;

fn png(
    width: u32,
    height: u32,
    colour: ColorType,
    depth: BitDepth,
    raw: &[u8],
    with: impl Fn(&mut Encoder<'_>),
) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    with(&mut encoder);
    let mut writer = encoder.write_header().expect("writing to memory");
    writer.write_image_data(raw).expect("writing to memory");
    writer.finish().expect("writing to memory");
    out
}

/// An interlaced 2 x 2 image of 9, 8, 7, 6: of the seven passes the first, the sixth and the
/// seventh have pixels (9, then 8, then 7 and 6), each row behind its filter byte 0.
fn adam7() -> Vec<u8> {
    use std::io::Write;
    let mut header = b"IHDR\0\0\0\x02\0\0\0\x02\x08\0\0\0\x01".to_vec();
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&[0, 9, 0, 8, 0, 7, 6]).expect("writing to memory");
    let mut pixels = b"IDAT".to_vec();
    pixels.extend(encoder.finish().expect("writing to memory"));
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for chunk in [&mut header, &mut pixels, &mut b"IEND".to_vec()] {
        append_chunk(&mut out, chunk);
    }
    out
}

/// The header claims 100000 x 100000 pixels.
fn huge_png(plain: &[u8]) -> Vec<u8> {
    let mut out = plain[..8].to_vec();
    append_chunk(&mut out, b"IHDR\0\x01\x86\xa0\0\x01\x86\xa0\x08\0\0\0\0");
    out.extend(&plain[33..]);
    out
}

fn with_exif(plain: &[u8], exif: &[u8]) -> Vec<u8> {
    let mut out = plain[..33].to_vec();
    append_chunk(&mut out, &[b"eXIf", exif].concat());
    out.extend(&plain[33..]);
    out
}

/// Length, name and content, checksum.
fn append_chunk(out: &mut Vec<u8>, chunk: &[u8]) {
    out.extend((chunk.len() as u32 - 4).to_be_bytes());
    out.extend(chunk);
    let mut checksum = flate2::Crc::new();
    checksum.update(chunk);
    out.extend(checksum.sum().to_be_bytes());
}

/// An EXIF block that says only this orientation.
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    block
}

pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).expect("it is there")
}
