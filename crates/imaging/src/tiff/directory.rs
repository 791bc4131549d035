//! The page directories (TIFF 6.0, section 2; BigTIFF with wider counts and offsets).
//!
//! They are read here and not by the `tiff` crate, which follows them one at a time, refuses pages
//! that it could read (palettes, other orders of bits, missing tags with a default) and knows
//! nothing of what ImageJ, OME and tifffile say about several pages.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::error::DecodeError;
use crate::format::Format::Tiff;
use crate::samples::ByteOrder;

/// The tags that are looked at.
pub(super) mod tag {
    pub(in super::super) const NEW_SUBFILE_TYPE: u16 = 254;
    pub(in super::super) const SUBFILE_TYPE: u16 = 255;
    pub(in super::super) const IMAGE_WIDTH: u16 = 256;
    pub(in super::super) const IMAGE_LENGTH: u16 = 257;
    pub(in super::super) const BITS_PER_SAMPLE: u16 = 258;
    pub(in super::super) const COMPRESSION: u16 = 259;
    pub(in super::super) const PHOTOMETRIC: u16 = 262;
    pub(in super::super) const FILL_ORDER: u16 = 266;
    pub(in super::super) const IMAGE_DESCRIPTION: u16 = 270;
    pub(in super::super) const STRIP_OFFSETS: u16 = 273;
    pub(in super::super) const ORIENTATION: u16 = 274;
    pub(in super::super) const SAMPLES_PER_PIXEL: u16 = 277;
    pub(in super::super) const ROWS_PER_STRIP: u16 = 278;
    pub(in super::super) const STRIP_BYTE_COUNTS: u16 = 279;
    pub(in super::super) const PLANAR_CONFIGURATION: u16 = 284;
    pub(in super::super) const T4_OPTIONS: u16 = 292;
    pub(in super::super) const SOFTWARE: u16 = 305;
    pub(in super::super) const PREDICTOR: u16 = 317;
    pub(in super::super) const COLOR_MAP: u16 = 320;
    pub(in super::super) const TILE_WIDTH: u16 = 322;
    pub(in super::super) const TILE_LENGTH: u16 = 323;
    pub(in super::super) const TILE_OFFSETS: u16 = 324;
    pub(in super::super) const TILE_BYTE_COUNTS: u16 = 325;
    pub(in super::super) const EXTRA_SAMPLES: u16 = 338;
    pub(in super::super) const SAMPLE_FORMAT: u16 = 339;
    pub(in super::super) const JPEG_TABLES: u16 = 347;
    /// SGI: a page that is a volume of its own.
    pub(in super::super) const IMAGE_DEPTH: u16 = 32997;
    /// MetaMorph: as many values as there are planes behind the one directory.
    pub(in super::super) const UIC2: u16 = 33629;
    /// Zeiss: a record of the scan.
    pub(in super::super) const CZ_LSMINFO: u16 = 34412;
}

/// The file and how its numbers are written.
pub(super) struct File<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) order: ByteOrder,
    /// Lengths of a directory's count, of an entry, of an offset.
    widths: [usize; 3],
}

/// Where the entries of a page stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Directory {
    /// The page's number in the file, the first is 1.
    pub(super) number: usize,
    entries: Range<usize>,
}

/// The values of an entry, as bytes.
struct Values<'a> {
    kind: u64,
    bytes: &'a [u8],
}

impl Directory {
    pub(super) fn place(&self) -> String {
        format!("page {}", self.number)
    }
}

impl<'a> File<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let order = if bytes.first() == Some(&b'I') { ByteOrder::Little } else { ByteOrder::Big };
        let mut file = Self { bytes, order, widths: [2, 12, 4] };
        if file.number(2, 2) == Some(43) {
            file.widths = [8, 20, 8];
        }
        file
    }

    /// All pages, in the order of the file.
    pub(super) fn directories(&self) -> Result<Vec<Directory>, DecodeError> {
        let [_, _, offset_width] = self.widths;
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut room = self.bytes.len();
        let mut next = self.number(offset_width, offset_width); // at byte 4 in TIFF, at byte 8 in BigTIFF
        loop {
            let number = found.len() + 1;
            let wrong = |problem: String| DecodeError::malformed(Tiff, format!("page {number}"), problem);
            let offset = match next {
                Some(0) if number > 1 => return Ok(found),
                Some(offset) => offset,
                None => return Err(wrong("the file is cut: it ends before the link to the page".into())),
            };
            if !seen.insert(offset) {
                return Err(wrong(format!("its directory at byte {offset} was a page before: a circle")));
            }
            let (entries, after) = self.directory(offset).ok_or_else(|| {
                let length = self.bytes.len();
                wrong(format!(
                    "the file is cut: the directory at byte {offset} is not within the {length} bytes"
                ))
            })?;
            // Directories that overlap are no accident: reading them could take forever.
            room = room
                .checked_sub(entries.len().max(1))
                .ok_or_else(|| wrong("the directories overlap".to_string()))?;
            found.push(Directory { number, entries });
            next = after;
        }
    }

    /// Where the entries stand, and the offset of the next directory.
    fn directory(&self, offset: u64) -> Option<(Range<usize>, Option<u64>)> {
        let [count_width, entry_width, offset_width] = self.widths;
        let start = usize::try_from(offset).ok()?;
        let count = usize::try_from(self.number(start, count_width)?).ok()?;
        let first = start.checked_add(count_width)?;
        let end = first.checked_add(count.checked_mul(entry_width)?)?;
        self.bytes.get(first..end)?;
        Some((first..end, self.number(end, offset_width)))
    }

    fn number(&self, at: usize, length: usize) -> Option<u64> {
        Some(self.digits(self.bytes.get(at..at.checked_add(length)?)?))
    }

    pub(super) fn digits(&self, bytes: &[u8]) -> u64 {
        let add = |sum: u64, &digit: &u8| sum << 8 | u64::from(digit);
        match self.order {
            ByteOrder::Little => bytes.iter().rev().fold(0, add),
            ByteOrder::Big => bytes.iter().fold(0, add),
        }
    }

    /// The entry of this tag; the first where it repeats.
    fn entry(&self, page: &Directory, tag: u16) -> Option<usize> {
        let [_, entry_width, _] = self.widths;
        page.entries.clone().step_by(entry_width).find(|&entry| self.number(entry, 2) == Some(u64::from(tag)))
    }

    /// Number of values that the entry announces, 0 where there is no such entry.
    pub(super) fn count(&self, page: &Directory, tag: u16) -> u64 {
        let [_, _, offset_width] = self.widths;
        self.entry(page, tag).and_then(|entry| self.number(entry + 4, offset_width)).unwrap_or(0)
    }

    fn raw(&self, page: &Directory, tag: u16) -> Result<Option<Values<'a>>, DecodeError> {
        let [_, entry_width, offset_width] = self.widths;
        let Some(entry) = self.entry(page, tag) else { return Ok(None) };
        let found = || {
            let kind = self.number(entry + 2, 2)?;
            let length = usize::try_from(self.number(entry + 4, offset_width)?).ok()?;
            let length = length.checked_mul(width(kind))?;
            let mut at = entry + entry_width - offset_width;
            if length > offset_width {
                at = usize::try_from(self.number(at, offset_width)?).ok()?;
            }
            let bytes = self.bytes.get(at..at.checked_add(length)?)?;
            Some(Values { kind, bytes })
        };
        let cut = || {
            let problem = format!("the file is cut: it ends before the values of tag {tag}");
            DecodeError::malformed(Tiff, page.place(), problem)
        };
        found().map(Some).ok_or_else(cut)
    }

    /// The whole numbers of a tag, at most so many of them; `None` where the tag is missing or
    /// holds something else.
    pub(super) fn numbers(
        &self,
        page: &Directory,
        tag: u16,
        most: usize,
    ) -> Result<Option<Vec<u64>>, DecodeError> {
        let Some(Values { kind, bytes }) = self.raw(page, tag)? else { return Ok(None) };
        Ok(matches!(kind, 1 | 3 | 4 | 6 | 8 | 9 | 13 | 16 | 17 | 18)
            .then(|| bytes.chunks_exact(width(kind)).take(most).map(|digits| self.digits(digits)).collect()))
    }

    /// The first number of a tag, `None` where it is missing.
    pub(super) fn first(&self, page: &Directory, tag: u16) -> Result<Option<u64>, DecodeError> {
        Ok(self.numbers(page, tag, 1)?.and_then(|numbers| numbers.first().copied()))
    }

    /// The bytes of a tag of bytes or text, up to the first zero of a text; empty where it is missing.
    pub(super) fn bytes_of(&self, page: &Directory, tag: u16) -> Result<&'a [u8], DecodeError> {
        Ok(match self.raw(page, tag)? {
            Some(Values { kind: 2, bytes }) => bytes.split(|&byte| byte == 0).next().unwrap_or(bytes),
            Some(Values { kind: 1 | 7, bytes }) => bytes,
            _ => &[],
        })
    }
}

/// Bytes per value of a type.
fn width(kind: u64) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_in_classic_and_big_tiff_of_either_byte_order() {
        let classic = b"II*\0\x08\0\0\0\x01\0\x06\x01\x03\0\x01\0\0\0\x03\0\0\0\0\0\0\0";
        let mut big = b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10".to_vec();
        big.extend(b"\0\0\0\0\0\0\0\x01\x01\x06\0\x03\0\0\0\0\0\0\0\x01\0\x03\0\0\0\0\0\0");
        big.extend([0; 8]);
        for bytes in [&classic[..], &big] {
            let file = File::new(bytes);
            let pages = file.directories().unwrap();
            assert_eq!(pages.len(), 1);
            assert_eq!(file.first(&pages[0], tag::PHOTOMETRIC), Ok(Some(3)));
            assert_eq!(file.count(&pages[0], tag::PHOTOMETRIC), 1);
            assert_eq!(file.first(&pages[0], tag::IMAGE_WIDTH), Ok(None));
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
        let error = File::new(&file).directories().unwrap_err();
        assert_eq!(error.to_string(), "TIFF: page 3: the directories overlap");
    }

    #[test]
    fn a_circle_of_pages_and_a_cut_one_are_refused() {
        let circle = b"II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x0a\0\0\0\x08\0\0\0";
        let error = File::new(circle).directories().unwrap_err();
        assert!(error.to_string().ends_with("a circle"), "{error}");
        let error = File::new(&circle[..20]).directories().unwrap_err();
        assert!(error.to_string().contains("the file is cut"), "{error}");
    }
}
