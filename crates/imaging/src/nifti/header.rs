//! The header: 348 bytes in NIfTI-1, 540 in NIfTI-2, in either byte order.

use std::io::Read;

use crate::error::DecodeError;
use crate::format::Format::Nifti;
use crate::geometry::{Geometry, quaternion_affine};
use crate::image::{Channels, SampleType};
use crate::nifti::fields::{Fields, Version};
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

/// What the fields mean. Positions are those of nifti1.h and nifti2.h, in this order.
impl Fields<'_> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A sound NIfTI-1 header of 2 x 3 x 4 bytes, with changes.
    fn parse(changes: &[(usize, &[u8])]) -> Result<Header, DecodeError> {
        let mut bytes = vec![0; 348];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        put(0, &348_i32.to_le_bytes());
        put(40, &[3, 0, 2, 0, 3, 0, 4, 0]);
        put(70, &[2, 0]);
        put(344, b"n+1\0");
        for (at, value) in changes {
            put(*at, value);
        }
        Header::read(&mut bytes.as_slice())
    }

    fn float(value: f32) -> [u8; 4] {
        value.to_le_bytes()
    }

    #[test]
    fn axes_are_given_slowest_first() {
        assert_eq!(parse(&[]).unwrap().shape, [4, 3, 2]);
    }

    #[test]
    fn metres_and_micrometres_become_millimetres() {
        let pixdim = [float(1.0), float(2.0), float(3.0), float(4.0)].concat();
        for (units, factor) in [(0, 1.0), (1, 1000.0), (2, 1.0), (3, 0.001)] {
            let header = parse(&[(76, &pixdim), (123, &[units])]).unwrap();
            let spacing = [4.0, 3.0, 2.0].map(|size: f64| (size * factor) as f32);
            assert_eq!(header.geometry.spacing, spacing);
        }
    }

    #[test]
    fn a_spacing_that_is_none_counts_as_1() {
        let pixdim = [float(1.0), float(0.0), float(f32::NAN), float(-4.0)].concat();
        assert_eq!(parse(&[(76, &pixdim)]).unwrap().geometry.spacing, [4.0, 1.0, 1.0]);
    }

    #[test]
    fn the_sform_goes_before_the_qform() {
        let pixdim = [float(-1.0), float(2.0), float(3.0), float(4.0)].concat();
        let qform = parse(&[(76, &pixdim), (252, &[1, 0]), (268, &float(5.0))]).unwrap().geometry;
        let expected = [[2., 0., 0., 5.], [0., 3., 0., 0.], [0., 0., -4., 0.]];
        assert_eq!(qform.affine, Some(expected));
        assert_eq!(qform.orientation().as_deref(), Some("RAI"));

        let rows = [0., -1., 0., 7., 1., 0., 0., 8., 0., 0., 1., 9.].map(float).concat();
        let both = parse(&[(252, &[1, 0]), (254, &[1, 0]), (280, &rows)]).unwrap().geometry;
        assert_eq!(both.affine.unwrap()[0], [0., -1., 0., 7.]);
        assert_eq!(both.orientation().as_deref(), Some("ALS"));
        assert_eq!(parse(&[]).unwrap().geometry.affine, None);
    }

    #[test]
    fn only_a_finite_slope_other_than_0_scales() {
        for slope in [0.0, f32::NAN, f32::INFINITY, 1.0] {
            assert_eq!(parse(&[(112, &float(slope))]).unwrap().scaling, None);
        }
        let scaled = parse(&[(112, &float(2.0)), (116, &float(-1.0))]).unwrap();
        assert_eq!(scaled.scaling, Some((2.0, -1.0)));
        let error = parse(&[(112, &float(2.0)), (116, &float(f32::NAN))]).err().unwrap();
        assert!(error.to_string().contains("scl_inter (byte 116)"), "{error}");
    }

    #[test]
    fn errors_say_which_field_at_which_byte() {
        for (at, value, place) in [
            (40, [9, 0], "dim[0] (byte 40): 9 axes"),
            (44, [0, 0], "dim[2] (byte 44): the axis has length 0"),
            (44, [0xff, 0xff], "dim[2] (byte 44): the axis has length -1"),
            (70, [32, 0], "datatype (byte 70): 32 (complex)"),
            (345, [b'i', b'1'], "magic (byte 344)"),
        ] {
            let error = parse(&[(at, &value)]).err().unwrap().to_string();
            assert!(error.contains(place), "{error}");
        }
    }
}
