//! The page directories (TIFF 6.0, section 2; BigTIFF with wider counts and offsets), as far as
//! they have to be looked at before the `tiff` crate does:
//!
//! - It multiplies what a directory claims without regard to overflow.
//! - It refuses palette pages, though it reads grey pages of the same layout. They are handed to
//!   it as grey, in a copy of the file.

use std::collections::BTreeSet;

use tiff::tags::{PhotometricInterpretation, PlanarConfiguration, Tag};

use crate::error::DecodeError;
use crate::format::Format::Tiff;
use crate::limits::Limits;

/// What the directories say.
#[derive(Debug, PartialEq)]
pub(super) struct Palettes {
    /// Offsets of the directories of palette pages.
    pub(super) pages: Vec<u64>,
    /// Where in the file their PhotometricInterpretation stands.
    values: Vec<usize>,
}

impl Palettes {
    /// A copy of the file in which the palette pages say that they are grey.
    pub(super) fn as_grey(&self, bytes: &[u8]) -> Vec<u8> {
        let mut copy = bytes.to_vec();
        for &value in &self.values {
            let digits = copy.iter_mut().skip(value).take(4);
            if let Some(number) = digits.into_iter().find(|byte| **byte == 3) {
                *number = 1; // 3 is RGBPalette and 1 is BlackIsZero, in either byte order.
            }
        }
        copy
    }
}

/// Walks the directories: their claims must be within the limits. A walk that leaves the file or
/// goes in circles just ends, for the decoder to report.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<Palettes, DecodeError> {
    let file = File::new(bytes);
    let mut palettes = Palettes { pages: Vec::new(), values: Vec::new() };
    let mut seen = BTreeSet::new();
    let mut room = bytes.len();
    let mut next = file.first_directory();
    while let Some(offset) = next.filter(|&offset| offset != 0 && seen.insert(offset)) {
        let Some((directory, after)) = file.directory(offset) else { break };
        // Directories that overlap are no accident: reading them could take forever.
        room = room.checked_sub(directory.len()).ok_or_else(|| {
            DecodeError::malformed(Tiff, format!("page {}", seen.len()), "the directories overlap")
        })?;
        let claims = file.claims(directory);
        // The decoder counts strips and tiles of all planes, at worst one per sample, in 32 bit.
        let (planes, max_bytes) = match claims.planar {
            true => (claims.samples, limits.max_bytes.min(u32::MAX.into())),
            false => (1, limits.max_bytes),
        };
        Limits { max_bytes, ..*limits }.samples(Tiff, &[claims.height, claims.width], planes, 1)?;
        if let Some(value) = claims.palette {
            palettes.pages.push(offset);
            palettes.values.push(value);
        }
        next = after;
    }
    Ok(palettes)
}

struct File<'a> {
    bytes: &'a [u8],
    little: bool,
    /// Lengths of a directory's count, of an entry, of an offset.
    widths: [usize; 3],
}

/// What a directory claims, the largest where it repeats itself.
#[derive(Default)]
struct Claims {
    width: u64,
    height: u64,
    samples: u64,
    planar: bool,
    palette: Option<usize>,
}

impl<'a> File<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let mut file = Self { bytes, little: bytes.first() == Some(&b'I'), widths: [2, 12, 4] };
        if file.number(2, 2) == Some(43) {
            file.widths = [8, 20, 8];
        }
        file
    }

    fn number(&self, at: usize, length: usize) -> Option<u64> {
        let digits = self.bytes.get(at..at.checked_add(length)?)?;
        let add = |sum: u64, &digit: &u8| sum << 8 | u64::from(digit);
        Some(if self.little { digits.iter().rev().fold(0, add) } else { digits.iter().fold(0, add) })
    }

    fn first_directory(&self) -> Option<u64> {
        let [_, _, offset] = self.widths;
        self.number(offset, offset) // at byte 4 in TIFF, at byte 8 in BigTIFF
    }

    /// Where the entries stand, and the offset of the next directory.
    fn directory(&self, offset: u64) -> Option<(std::ops::Range<usize>, Option<u64>)> {
        let [count_width, entry_width, offset_width] = self.widths;
        let start = usize::try_from(offset).ok()?;
        let count = usize::try_from(self.number(start, count_width)?).ok()?;
        let first = start.checked_add(count_width)?;
        let end = first.checked_add(count.checked_mul(entry_width)?)?;
        self.bytes.get(first..end)?;
        Some((first..end, self.number(end, offset_width)))
    }

    fn claims(&self, directory: std::ops::Range<usize>) -> Claims {
        let [_, entry_width, offset_width] = self.widths;
        let mut claims = Claims { samples: 1, ..Claims::default() };
        for entry in directory.step_by(entry_width) {
            let value_at = entry + entry_width - offset_width;
            let width = match self.number(entry + 2, 2) {
                Some(1 | 6) => 1,
                Some(3 | 8) => 2,
                Some(4 | 9) => 4,
                Some(16 | 17) => 8,
                _ => continue, // no whole number
            };
            let value = self.number(value_at, width.min(offset_width)).unwrap_or(0);
            match self.number(entry, 2).and_then(|tag| u16::try_from(tag).ok()).map(Tag::from_u16_exhaustive)
            {
                Some(Tag::ImageWidth) => claims.width = claims.width.max(value),
                Some(Tag::ImageLength) => claims.height = claims.height.max(value),
                Some(Tag::SamplesPerPixel) => claims.samples = claims.samples.max(value),
                Some(Tag::PlanarConfiguration) => {
                    claims.planar |= value == u64::from(PlanarConfiguration::Planar.to_u16());
                }
                Some(Tag::PhotometricInterpretation)
                    if value == u64::from(PhotometricInterpretation::RGBPalette.to_u16()) =>
                {
                    claims.palette = Some(value_at);
                }
                _ => {}
            }
        }
        claims
    }
}

/// The colours of a ColorMap: all reds, all greens, all blues, of 16 bit each. Files whose
/// values all fit in 8 bit were written wrongly, and often: they are taken as 8 bit, as libtiff
/// does.
pub(super) fn colours(map: &[u16]) -> Vec<[u8; 3]> {
    let length = map.len() / 3;
    let shift = if map.iter().all(|&value| value < 256) { 0 } else { 8 };
    let level = |at: usize| map.get(at).map_or(0, |&value| (value >> shift) as u8);
    (0..length).map(|index| [level(index), level(length + index), level(2 * length + index)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_the_high_bytes_unless_all_are_8_bit() {
        let wide = [0, 0x1200, 0xff00, 0, 0x3400, 0xffff, 0, 0x5600, 0];
        assert_eq!(colours(&wide), [[0, 0, 0], [0x12, 0x34, 0x56], [0xff, 0xff, 0]]);
        assert_eq!(colours(&[7, 255, 9, 0, 1, 2]), [[7, 9, 1], [255, 0, 2]]);
    }

    #[test]
    fn palette_pages_are_found_in_classic_and_big_tiff_and_made_grey() {
        let classic = b"II*\0\x08\0\0\0\x01\0\x06\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0";
        let palettes = check(classic, &Limits::default()).unwrap();
        assert_eq!(palettes, Palettes { pages: vec![8], values: vec![18] });
        assert_eq!(palettes.as_grey(classic)[18..20], [1, 0]);

        let mut big = b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10".to_vec();
        big.extend(b"\0\0\0\0\0\0\0\x01\x01\x06\0\x03\0\0\0\0\0\0\0\x01\0\x03\0\0\0\0\0\0");
        let palettes = check(&big, &Limits::default()).unwrap();
        assert_eq!(palettes, Palettes { pages: vec![16], values: vec![36] });
        assert_eq!(palettes.as_grey(&big)[36..38], [0, 1]);
    }

    /// Found by fuzzing: 0xfffffffe rows in 3 planes overflowed the count of strips.
    #[test]
    fn more_strips_than_can_be_counted_are_refused() {
        let mut file = b"II*\0\x08\0\0\0\x04\0".to_vec();
        for (tag, value) in [(256_u16, 2_u32), (257, 0xffff_fffe), (277, 3), (284, 2)] {
            file.extend(tag.to_le_bytes());
            file.extend([4, 0, 1, 0, 0, 0]);
            file.extend(value.to_le_bytes());
        }
        file.extend([0; 4]);
        for limits in [Limits::default(), Limits { max_pixels: u64::MAX, max_bytes: u64::MAX }] {
            let error = crate::tiff::decode(&file, &limits).unwrap_err();
            assert!(matches!(error, DecodeError::TooLarge { .. }), "{error}");
        }
    }

    #[test]
    fn directories_that_overlap_are_refused() {
        // Six directories of two entries, each four bytes after the one before: 144 bytes of
        // entries in a file of 64. The link of each stands 26 bytes after its beginning.
        let mut file = b"II*\0\x08\0\0\0".to_vec();
        file.resize(64, 0);
        for start in (8..32).step_by(4) {
            file[start] = 2;
            file[start + 26] = start as u8 + 4;
        }
        let error = check(&file, &Limits::default()).unwrap_err();
        assert_eq!(error.to_string(), "TIFF: page 3: the directories overlap");
    }
}
