//! Palette pages. The `tiff` crate refuses them, though it reads grey pages of the same layout:
//! so they are handed to it as grey, in a copy of the file.

use std::io::Cursor;

use tiff::decoder::Decoder;
use tiff::tags::{IfdPointer, PhotometricInterpretation, Tag};

use crate::error::DecodeError;
use crate::format::Format::Tiff;
use crate::tiff::explained;

/// The directories of all pages whose samples are indices into a colour map.
pub(super) fn pages(decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<Vec<IfdPointer>, DecodeError> {
    let mut found = Vec::new();
    for number in 1.. {
        let here = |error| DecodeError::malformed(Tiff, format!("page {number}"), explained(&error));
        let tag = decoder.find_tag_unsigned::<u16>(Tag::PhotometricInterpretation);
        if tag.map_err(here)? == Some(PhotometricInterpretation::RGBPalette.to_u16()) {
            found.extend(decoder.ifd_pointer());
        }
        if !decoder.more_images() {
            break;
        }
        let next = |error| DecodeError::malformed(Tiff, format!("page {}", number + 1), explained(&error));
        decoder.next_image().map_err(next)?;
    }
    Ok(found)
}

/// A copy of the file in which these pages say that they are grey.
pub(super) fn as_grey(bytes: &[u8], pages: &[IfdPointer]) -> Vec<u8> {
    let mut copy = bytes.to_vec();
    for page in pages {
        if let Some(value) = interpretation(bytes, page.0)
            && let Some(number) =
                copy.get_mut(value..).and_then(|rest| rest.iter_mut().take(4).find(|byte| **byte == 3))
        {
            *number = 1; // 3 is RGBPalette and 1 is BlackIsZero, in either byte order.
        }
    }
    copy
}

/// Where the value of PhotometricInterpretation (tag 262) stands in the directory at `directory`
/// (TIFF 6.0, section 2; BigTIFF has wider counts and offsets).
fn interpretation(bytes: &[u8], directory: u64) -> Option<usize> {
    let little = bytes.first() == Some(&b'I');
    let number = |at: usize, length: usize| -> Option<u64> {
        let digits = bytes.get(at..at.checked_add(length)?)?;
        let add = |sum: u64, &digit: &u8| sum << 8 | u64::from(digit);
        Some(if little { digits.iter().rev().fold(0, add) } else { digits.iter().fold(0, add) })
    };
    let (count_length, entry_length, value_at) = match number(2, 2)? {
        43 => (8, 20, 12),
        _ => (2, 12, 8),
    };
    let directory = usize::try_from(directory).ok()?;
    let count = number(directory, count_length)?;
    let first = directory + count_length;
    let entries = bytes.get(first..)?.chunks_exact(entry_length);
    let tag_is = |entry: usize| number(first + entry * entry_length, 2) == Some(262);
    let found = (0..entries.len().min(usize::try_from(count).ok()?)).find(|&nth| tag_is(nth))?;
    Some(first + found * entry_length + value_at)
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
    fn the_interpretation_is_found_in_classic_and_big_tiff() {
        let classic = b"II*\0\x08\0\0\0\x01\0\x06\x01\x03\0\x01\0\0\0\x03\0\0\0";
        assert_eq!(interpretation(classic, 8), Some(18));
        let mut big = b"MM\0+\0\x08\0\0\0\0\0\0\0\0\0\x10".to_vec();
        big.extend(b"\0\0\0\0\0\0\0\x01\x01\x06\0\x03\0\0\0\0\0\0\0\x01\0\x03\0\0\0\0\0\0");
        assert_eq!(interpretation(&big, 16), Some(36));
        assert_eq!(interpretation(classic, u64::MAX), None);
        assert_eq!(interpretation(&classic[..15], 8), None);
    }
}
