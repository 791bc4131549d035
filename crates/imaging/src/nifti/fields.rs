//! Numbers at fixed positions, in either version and byte order.

use crate::samples::ByteOrder;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    One,
    Two,
}

impl Version {
    pub(super) fn header_length(self) -> usize {
        match self {
            Self::One => 348,
            Self::Two => 540,
        }
    }
}

/// The bytes of a header, filled to its full length.
pub(super) struct Fields<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) version: Version,
    pub(super) order: ByteOrder,
}

impl Fields<'_> {
    pub(super) fn pick<T>(&self, one: T, two: T) -> T {
        match self.version {
            Version::One => one,
            Version::Two => two,
        }
    }

    /// All positions asked for are constants within the header.
    fn raw<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut raw = [0; N];
        raw.copy_from_slice(&self.bytes[at..at + N]);
        if self.order == ByteOrder::Big {
            raw.reverse();
        }
        raw
    }

    pub(super) fn i16(&self, at: usize) -> i64 {
        i16::from_le_bytes(self.raw(at)).into()
    }

    pub(super) fn i32(&self, at: usize) -> i64 {
        i32::from_le_bytes(self.raw(at)).into()
    }

    pub(super) fn i64(&self, at: usize) -> i64 {
        i64::from_le_bytes(self.raw(at))
    }

    /// Field number `nth` of an array of 32-bit (NIfTI-1) or 64-bit (NIfTI-2) floats.
    pub(super) fn float(&self, one: usize, two: usize, nth: usize) -> f64 {
        match self.version {
            Version::One => f32::from_le_bytes(self.raw(one + 4 * nth)).into(),
            Version::Two => f64::from_le_bytes(self.raw(two + 8 * nth)),
        }
    }

    pub(super) fn floats<const N: usize>(&self, one: usize, two: usize) -> [f64; N] {
        std::array::from_fn(|nth| self.float(one, two, nth))
    }
}
