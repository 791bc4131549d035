//! A text with some pieces of it replaced, and every other byte as it is.

use std::ops::Range;

/// Where a piece is in the text, and what takes its place.
pub(crate) type Piece = (Range<usize>, String);

/// `pieces` do not overlap; those outside the text are left out.
pub(crate) fn replaced(text: &[u8], mut pieces: Vec<Piece>) -> Vec<u8> {
    pieces.sort_by_key(|(range, _)| range.start);
    let mut out = Vec::with_capacity(text.len());
    let mut copied = 0;
    for (range, new) in pieces {
        if let Some(before) = text.get(copied..range.start) {
            out.extend(before);
            out.extend(new.as_bytes());
            copied = range.end;
        }
    }
    out.extend(text.get(copied..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_else_stays() {
        let pieces = vec![(8..9, "last".to_owned()), (0..3, String::new()), (4..4, "new ".to_owned())];
        assert_eq!(replaced(b"one two 3", pieces), b" new two last");
        assert_eq!(replaced(b"one", vec![(5..6, "x".to_owned())]), b"one");
    }
}
