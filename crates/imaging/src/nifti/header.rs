//! The header: 348 bytes in NIfTI-1, 540 in NIfTI-2, in either byte order.

use std::io::Read;

use crate::error::DecodeError;
use crate::format::Format::Nifti;
use crate::geometry::{Geometry, quaternion_affine};
use crate::image::{Channels, SampleType};
use crate::samples::{ByteOrder, read_full};

pub(super) struct Header {
    /// Bytes of the header itself.
    pub(super) length: u64,
    /// Where the voxels start, at or after `length`.
    pub(super) voxel_offset: u64,
    pub(super) order: ByteOrder,
    /// Slowest axis first: `[z, y, x]`.
    pub(super) shape: Vec<u64>,
    pub(super) channels: Channels,
    pub(super) sample_type: SampleType,
    pub(super) scaling: Option<(f64, f64)>,
    pub(super) geometry: Geometry,
}

impl Header {
    pub(super) fn read(source: &mut dyn Read) -> Result<Self, DecodeError> {
        let mut bytes = vec![0; 4];
        fill(source, &mut bytes, 0)?;
        let (version, order) = match bytes.as_slice() {
            [0x5c, 1, 0, 0] => (Version::One, ByteOrder::Little),
            [0, 0, 1, 0x5c] => (Version::One, ByteOrder::Big),
            [0x1c, 2, 0, 0] => (Version::Two, ByteOrder::Little),
            [0, 0, 2, 0x1c] => (Version::Two, ByteOrder::Big),
            other => {
                let problem = format!("{other:02x?}, expected 348 or 540");
                return Err(DecodeError::malformed(Nifti, "sizeof_hdr (byte 0)", problem));
            }
        };
        bytes.resize(version.header_length(), 0);
        fill(source, &mut bytes, 4)?;
        let fields = Fields { bytes: &bytes, version, order };
        fields.check_magic()?;
        let (channels, sample_type) = fields.datatype()?;
        let lengths = fields.lengths()?;
        Ok(Self {
            length: version.header_length() as u64,
            voxel_offset: fields.voxel_offset()?,
            order,
            shape: lengths.iter().rev().copied().collect(),
            channels,
            sample_type,
            scaling: match channels {
                Channels::Grey => fields.scaling()?,
                _ => None, // nifti1.h: colours are not scaled.
            },
            geometry: fields.geometry(lengths.len()),
        })
    }
}

/// Fills `bytes` from index `from` on.
fn fill(source: &mut dyn Read, bytes: &mut [u8], from: usize) -> Result<(), DecodeError> {
    let read = read_full(source, &mut bytes[from..])
        .map_err(|error| DecodeError::malformed(Nifti, "compressed header", error))?;
    if from + read < bytes.len() {
        return Err(DecodeError::Truncated {
            format: Nifti,
            place: "header".to_string(),
            needed: bytes.len() as u64,
            available: (from + read) as u64,
        });
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl Version {
    fn header_length(self) -> usize {
        match self {
            Self::One => 348,
            Self::Two => 540,
        }
    }
}

/// The header's fields by name. Positions are those of nifti1.h and nifti2.h, in this order.
struct Fields<'a> {
    bytes: &'a [u8],
    version: Version,
    order: ByteOrder,
}

impl Fields<'_> {
    fn pick<T>(&self, one: T, two: T) -> T {
        match self.version {
            Version::One => one,
            Version::Two => two,
        }
    }

    /// The header is filled to its full length, and all positions are within it.
    fn raw<const N: usize>(&self, at: usize) -> [u8; N] {
        let mut raw = [0; N];
        raw.copy_from_slice(&self.bytes[at..at + N]);
        if self.order == ByteOrder::Big {
            raw.reverse();
        }
        raw
    }

    fn i16(&self, at: usize) -> i64 {
        i16::from_le_bytes(self.raw(at)).into()
    }

    fn i32(&self, at: usize) -> i64 {
        i32::from_le_bytes(self.raw(at)).into()
    }

    fn i64(&self, at: usize) -> i64 {
        i64::from_le_bytes(self.raw(at))
    }

    /// Field number `nth` of an array of 32-bit (NIfTI-1) or 64-bit (NIfTI-2) floats.
    fn float(&self, one: usize, two: usize, nth: usize) -> f64 {
        match self.version {
            Version::One => f32::from_le_bytes(self.raw(one + 4 * nth)).into(),
            Version::Two => f64::from_le_bytes(self.raw(two + 8 * nth)),
        }
    }

    fn floats<const N: usize>(&self, one: usize, two: usize) -> [f64; N] {
        std::array::from_fn(|nth| self.float(one, two, nth))
    }

    fn check_magic(&self) -> Result<(), DecodeError> {
        let at = self.pick(344, 4);
        let magic: [u8; 4] = std::array::from_fn(|nth| self.bytes[at + nth]);
        let found = match &magic {
            b"n+1\0" | b"n+2\0" => return Ok(()),
            b"ni1\0" | b"ni2\0" => "the header of a .hdr/.img pair, without its voxels",
            b"\0\0\0\0" => "an ANALYZE 7.5 header, without its voxels",
            _ => {
                return Err(DecodeError::malformed(
                    Nifti,
                    format!("magic (byte {at})"),
                    format!("{magic:02x?}, expected n+1 or n+2"),
                ));
            }
        };
        Err(DecodeError::unsupported(
            Nifti,
            format!("magic (byte {at})"),
            found,
            "header and voxels in one .nii or .nii.gz file",
        ))
    }

    /// The lengths of the axes x, y, z, t, ...: `dim[1]` to `dim[dim[0]]`. Axes of length 1 after
    /// the third are dropped, so that a volume written as a series of one is a volume.
    fn lengths(&self) -> Result<Vec<u64>, DecodeError> {
        let (start, width) = self.pick((40, 2), (16, 8));
        let dim = |nth: usize| match self.version {
            Version::One => self.i16(start + width * nth),
            Version::Two => self.i64(start + width * nth),
        };
        let place = |nth: usize| format!("dim[{nth}] (byte {})", start + width * nth);
        let count = match dim(0) {
            count @ 1..=7 => count as usize,
            other => {
                let problem = format!("{other} axes, 1 to 7 are possible");
                return Err(DecodeError::malformed(Nifti, place(0), problem));
            }
        };
        let mut lengths = Vec::with_capacity(count);
        for nth in 1..=count {
            match u64::try_from(dim(nth)) {
                Ok(length @ 1..) => lengths.push(length),
                _ => {
                    let problem = format!("the axis has length {}, at least 1 is needed", dim(nth));
                    return Err(DecodeError::malformed(Nifti, place(nth), problem));
                }
            }
        }
        while lengths.len() > 3 && lengths.last() == Some(&1) {
            lengths.pop();
        }
        Ok(lengths)
    }

    fn datatype(&self) -> Result<(Channels, SampleType), DecodeError> {
        let at = self.pick(70, 12);
        let sample_type = match self.i16(at) {
            128 => return Ok((Channels::Rgb, SampleType::U8)),
            2304 => return Ok((Channels::Rgba, SampleType::U8)),
            2 => SampleType::U8,
            4 => SampleType::I16,
            8 => SampleType::I32,
            16 => SampleType::F32,
            64 => SampleType::F64,
            256 => SampleType::I8,
            512 => SampleType::U16,
            768 => SampleType::U32,
            1024 => SampleType::I64,
            1280 => SampleType::U64,
            other => {
                let name = match other {
                    1 => " (1 bit)",
                    32 | 1792 | 2048 => " (complex)",
                    1536 => " (float128)",
                    _ => "",
                };
                return Err(DecodeError::unsupported(
                    Nifti,
                    format!("datatype (byte {at})"),
                    format!("{other}{name}"),
                    "integers of 8 to 64 bit (2, 4, 8, 256, 512, 768, 1024, 1280), floats of 32 \
                     and 64 bit (16, 64), RGB (128) and RGBA (2304)",
                ));
            }
        };
        Ok((Channels::Grey, sample_type))
    }

    /// At or after the end of the header; 0 stands for "right after header and extension flag".
    fn voxel_offset(&self) -> Result<u64, DecodeError> {
        let at = self.pick(108, 168);
        let offset = match self.version {
            Version::One => self.float(108, 0, 0),
            Version::Two => self.i64(168) as f64,
        };
        let first = self.pick(352.0, 544.0);
        // Up to 2^53 every whole f64 is exact; no file comes near.
        if offset == 0.0 {
            Ok(first as u64)
        } else if (first..9e15).contains(&offset) && offset.fract() == 0.0 {
            Ok(offset as u64)
        } else {
            Err(DecodeError::malformed(
                Nifti,
                format!("vox_offset (byte {at})"),
                format!("{offset}, a whole number from {first} on is needed"),
            ))
        }
    }

    /// Slope and intercept. A slope of 0 means "not scaled" (nifti1.h), as does NaN, which
    /// nibabel writes.
    fn scaling(&self) -> Result<Option<(f64, f64)>, DecodeError> {
        let slope = self.float(112, 176, 0);
        let intercept = self.float(116, 184, 0);
        if slope == 0.0 || !slope.is_finite() || (slope, intercept) == (1.0, 0.0) {
            return Ok(None);
        }
        if !intercept.is_finite() {
            return Err(DecodeError::malformed(
                Nifti,
                format!("scl_inter (byte {})", self.pick(116, 184)),
                format!("{intercept}, while scl_slope is {slope}"),
            ));
        }
        Ok(Some((slope, intercept)))
    }

    fn geometry(&self, axes: usize) -> Geometry {
        let units = match self.version {
            Version::One => i64::from(self.bytes[123]),
            Version::Two => self.i32(500),
        };
        let millimetres = match units & 7 {
            1 => 1000.0, // metres
            3 => 0.001,  // micrometres
            _ => 1.0,
        };
        let pixdim: [f64; 4] = self.floats(76, 104);
        let spacing = [pixdim[1], pixdim[2], pixdim[3]].map(|size| {
            let size = size.abs() * millimetres;
            if size > 0.0 && (size as f32).is_finite() && size as f32 > 0.0 { size } else { 1.0 }
        });
        let code = |one, two| match self.version {
            Version::One => self.i16(one),
            Version::Two => self.i32(two),
        };
        let affine = if code(254, 348) > 0 {
            let rows: [f64; 12] = self.floats(280, 400);
            let row = |nth: usize| std::array::from_fn(|at| rows[4 * nth + at] * millimetres);
            Some([row(0), row(1), row(2)])
        } else if code(252, 344) > 0 {
            let [b, c, d, x, y, z] = self.floats(256, 352);
            let offset = [x, y, z].map(|position| position * millimetres);
            Some(quaternion_affine([b, c, d], offset, spacing, pixdim[0] < 0.0))
        } else {
            None
        };
        let used = spacing.iter().take(axes).rev();
        Geometry {
            spacing: used.map(|&size| size as f32).collect(),
            affine: affine.filter(|rows| rows.iter().flatten().all(|value| value.is_finite())),
        }
    }
}
