//! TIFF, built tag by tag.

use std::slice::from_ref;

use super::{File, cut, fails, floats, loads, noise};

pub(super) fn files() -> Vec<File> {
    let pixels = noise(5 * 7);
    let wide: Vec<u16> = pixels.iter().map(|&value| u16::from(value) * 257).collect();
    let wide_values: Vec<f64> = wide.iter().map(|&value| value.into()).collect();
    let le = |values: &[u16]| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>();
    let be = |values: &[u16]| values.iter().flat_map(|v| v.to_be_bytes()).collect::<Vec<_>>();
    let reals: Vec<u8> = (0..35).flat_map(|n| (n as f32 / 8.0).to_le_bytes()).collect();
    let real_values: Vec<f64> = (0..35).map(|n| f64::from(n) / 8.0).collect();

    let grey = Page::grey(7, 5, 8, pixels.clone());
    let strips = Page { rows_per_strip: 2, ..Page::grey(7, 5, 16, le(&wide)) };
    let palette = Page { interpretation: 3, map: vec![256 * 7; 768], ..grey.clone() };
    let planar = Page {
        samples: 3,
        interpretation: 2,
        planar: true,
        ..Page::grey(2, 2, 8, vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    };
    let rgb = Page { samples: 3, interpretation: 2, ..Page::grey(2, 2, 8, (1..=12).collect()) };
    let plain = file(false, from_ref(&grey));
    vec![
        loads("grey8.tif", &[5, 7], "uint8", &floats(&pixels), plain.clone()),
        loads("grey16.tif", &[5, 7], "uint16", &wide_values, {
            file(false, &[Page::grey(7, 5, 16, le(&wide))])
        }),
        loads("grey16_big_endian.tif", &[5, 7], "uint16", &wide_values, {
            file(true, &[Page::grey(7, 5, 16, be(&wide))])
        }),
        loads("strips.tif", &[5, 7], "uint16", &wide_values, file(false, &[strips])),
        loads("float32.tif", &[5, 7], "float32", &real_values, {
            file(false, &[Page { format: 3, ..Page::grey(7, 5, 32, reals) }])
        }),
        loads("signed.tif", &[1, 2], "int16", &[-2.0, 3.0], {
            file(false, &[Page { format: 2, ..Page::grey(2, 1, 16, vec![0xfe, 0xff, 3, 0]) }])
        }),
        loads("deflate_predictor.tif", &[5, 7], "uint16", &wide_values, compressed(&wide, true)),
        loads("lzw.tif", &[5, 7], "uint16", &wide_values, compressed(&wide, false)),
        loads("bits.tif", &[2, 3], "bool", &[1., 0., 1., 0., 1., 1.], {
            file(false, &[Page::grey(3, 2, 1, vec![0b1010_0000, 0b0110_0000])])
        }),
        loads("white_is_zero.tif", &[2, 3], "bool", &[1., 0., 1., 0., 1., 1.], {
            let page = Page::grey(3, 2, 1, vec![0b0100_0000, 0b1000_0000]);
            file(false, &[Page { interpretation: 0, ..page }])
        }),
        loads("nibbles.tif", &[1, 3], "uint8", &[0.0, 17.0, 255.0], {
            file(false, &[Page::grey(3, 1, 4, vec![0x01, 0xf0])])
        }),
        loads("palette.tif", &[5, 7], "uint8 index", &floats(&pixels), file(false, from_ref(&palette))),
        loads("palette_big_endian.tif", &[5, 7], "uint8 index", &floats(&pixels), {
            file(true, from_ref(&palette))
        }),
        loads("rgb.tif", &[2, 2, 3], "uint8", &(1..=12).map(f64::from).collect::<Vec<_>>(), {
            file(false, &[rgb])
        }),
        loads(
            "planar.tif",
            &[2, 2, 3],
            "uint8",
            &[1., 5., 9., 2., 6., 10., 3., 7., 11., 4., 8., 12.],
            file(false, &[planar]),
        ),
        loads("volume.tif", &[3, 5, 7], "uint8", &floats(&pixels.repeat(3)), {
            file(false, &[grey.clone(), grey.clone(), grey.clone()])
        }),
        loads("palette_volume.tif", &[2, 5, 7], "uint8 index", &floats(&pixels.repeat(2)), {
            file(false, &[palette.clone(), palette])
        }),
        loads("thumbnail.tif", &[5, 7], "uint8", &floats(&pixels), {
            let thumbnail = Page { subfile: 1, ..Page::grey(1, 1, 8, vec![9]) };
            file(false, &[grey.clone(), thumbnail])
        }),
        fails("unequal_pages.tif", "the pages differ in size", {
            file(false, &[grey.clone(), Page::grey(7, 3, 8, noise(21))])
        }),
        fails("cmyk.tif", "CMYK", {
            let page = Page::grey(1, 1, 8, vec![1, 2, 3, 4]);
            file(false, &[Page { samples: 4, interpretation: 5, ..page }])
        }),
        fails("cut.tif", "the pixels end early", {
            // The directory first, so that only pixels are lost.
            let moved = directory_first(&grey);
            cut(&moved, moved.len() - 9)
        }),
        fails("huge.tif", "more pixels than allowed", {
            file(false, &[Page { rows_per_strip: 200_000, ..Page::grey(200_000, 200_000, 8, vec![0]) }])
        }),
        fails("directory_loop.tif", "the next directory is the directory itself", {
            b"II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x0a\0\0\0\x08\0\0\0".to_vec()
        }),
    ]
}

/// A page with what its tags say.
#[derive(Clone)]
pub(super) struct Page {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: u32,
    pub(super) samples: u32,
    pub(super) interpretation: u32,
    pub(super) format: u32,
    pub(super) planar: bool,
    pub(super) subfile: u32,
    /// 1 is none; others are of one strip, compressed already.
    pub(super) compression: u32,
    pub(super) rows_per_strip: u32,
    pub(super) map: Vec<u16>,
    pub(super) tags: Vec<(u16, Field)>,
    pub(super) pixels: Vec<u8>,
}

/// The value of a further tag.
#[derive(Clone)]
pub(super) enum Field {
    Text(String),
    Bytes(Vec<u8>),
    Long(u32),
}

impl Page {
    pub(super) fn grey(width: u32, height: u32, bits: u32, pixels: Vec<u8>) -> Self {
        Self {
            width,
            height,
            bits,
            samples: 1,
            interpretation: 1,
            format: 1,
            planar: false,
            subfile: 0,
            compression: 1,
            rows_per_strip: height,
            map: Vec::new(),
            tags: Vec::new(),
            pixels,
        }
    }

    /// With an ImageDescription.
    pub(super) fn described(mut self, text: &str) -> Self {
        self.tags.push((270, Field::Text(text.to_string())));
        self
    }

    pub(super) fn tagged(mut self, tag: u16, field: Field) -> Self {
        self.tags.push((tag, field));
        self
    }

    /// Byte lengths of the strips, uncompressed.
    fn strips(&self) -> Vec<u32> {
        if self.compression != 1 {
            return vec![self.pixels.len() as u32];
        }
        let planes = if self.planar { self.samples } else { 1 };
        let row = (self.width * self.bits * self.samples / planes).div_ceil(8);
        let mut lengths = Vec::new();
        for _ in 0..planes {
            for first in (0..self.height).step_by(self.rows_per_strip as usize) {
                lengths.push(row.saturating_mul(self.rows_per_strip.min(self.height - first)));
            }
        }
        lengths
    }
}

pub(super) fn file(big_endian: bool, pages: &[Page]) -> Vec<u8> {
    let mut out = Writer { big_endian, bytes: Vec::new() };
    out.bytes.extend(if big_endian { b"MM\0*" } else { b"II*\0" });
    let mut link = out.bytes.len();
    out.u32(0);
    for page in pages {
        let pixels = out.bytes.len() as u32;
        out.bytes.extend(&page.pixels);
        link = directory(&mut out, page, pixels, link);
    }
    out.bytes
}

/// One page whose directory stands before its pixels.
fn directory_first(page: &Page) -> Vec<u8> {
    let mut out = Writer { big_endian: false, bytes: b"II*\0\0\0\0\0".to_vec() };
    let mut probe = Writer { big_endian: false, bytes: out.bytes.clone() };
    directory(&mut probe, page, 0, 4);
    let pixels = probe.bytes.len() as u32;
    directory(&mut out, page, pixels, 4);
    out.bytes.extend(&page.pixels);
    out.bytes
}

/// Appends the directory of a page, links it at `link`, and returns where the next link stands.
fn directory(out: &mut Writer, page: &Page, pixels: u32, link: usize) -> usize {
    let lengths = page.strips();
    let mut offset = pixels;
    let mut offsets = Vec::new();
    for &length in &lengths {
        offsets.push(offset);
        offset = offset.wrapping_add(length);
    }
    let mut entries: Vec<(u16, Vec<u32>)> = vec![
        (254, vec![page.subfile]),
        (256, vec![page.width]),
        (257, vec![page.height]),
        (258, vec![page.bits; page.samples as usize]),
        (259, vec![page.compression]),
        (262, vec![page.interpretation]),
        (273, offsets),
        (277, vec![page.samples]),
        (278, vec![page.rows_per_strip]),
        (279, lengths),
        (284, vec![if page.planar { 2 } else { 1 }]),
    ];
    if !page.map.is_empty() {
        entries.push((320, page.map.iter().map(|&value| value.into()).collect()));
    }
    entries.push((339, vec![page.format; page.samples as usize]));

    // Values of more than one number stand before the directory. All numbers are LONG, but for
    // the colour map, which has to be SHORT.
    let mut fields = Vec::new();
    for (tag, values) in &entries {
        let at = out.bytes.len() as u32;
        match values.as_slice() {
            [value] => fields.push((*tag, 4, 1, *value)),
            many if *tag == 320 => {
                many.iter().for_each(|&value| out.u16(value as u16));
                fields.push((*tag, 3, many.len() as u32, at));
            }
            many => {
                many.iter().for_each(|&value| out.u32(value));
                fields.push((*tag, 4, many.len() as u32, at));
            }
        }
    }
    for (tag, field) in &page.tags {
        let at = out.bytes.len() as u32;
        let (kind, bytes) = match field {
            Field::Text(text) => (2, [text.as_bytes(), b"\0"].concat()),
            Field::Bytes(bytes) => (7, bytes.clone()),
            Field::Long(value) => {
                fields.push((*tag, 4, 1, *value));
                continue;
            }
        };
        assert!(bytes.len() > 4, "values this short stand in the directory");
        fields.push((*tag, kind, bytes.len() as u32, at));
        out.bytes.extend(bytes);
    }
    fields.sort_by_key(|&(tag, ..)| tag);
    let start = out.bytes.len() as u32;
    let start_bytes = if out.big_endian { start.to_be_bytes() } else { start.to_le_bytes() };
    out.bytes[link..link + 4].copy_from_slice(&start_bytes);
    out.u16(fields.len() as u16);
    for (tag, kind, count, value) in fields {
        out.u16(tag);
        out.u16(kind);
        out.u32(count);
        out.u32(value);
    }
    let next = out.bytes.len();
    out.u32(0);
    next
}

struct Writer {
    big_endian: bool,
    bytes: Vec<u8>,
}

impl Writer {
    fn u16(&mut self, value: u16) {
        self.bytes.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(if self.big_endian { value.to_be_bytes() } else { value.to_le_bytes() });
    }
}

fn compressed(pixels: &[u16], deflate: bool) -> Vec<u8> {
    use tiff::encoder::compression::DeflateLevel;
    use tiff::encoder::{Compression, Predictor, TiffEncoder, colortype::Gray16};
    let mut out = std::io::Cursor::new(Vec::new());
    let encoder = TiffEncoder::new(&mut out).expect("writing to memory");
    let mut encoder = match deflate {
        true => encoder
            .with_compression(Compression::Deflate(DeflateLevel::Balanced))
            .with_predictor(Predictor::Horizontal),
        false => encoder.with_compression(Compression::Lzw),
    };
    encoder.write_image::<Gray16>(7, 5, pixels).expect("writing to memory");
    out.into_inner()
}
