//! NumPy's NPY format, versions 1 to 3, by `numpy.lib.format`.
//!
//! Written here because `ndarray-npy` reads only into a type known beforehand and brings a parser
//! generator's runtime for the header's one line, which is much for WebAssembly.

use std::io::Read;

use ndarray::{ArrayD, IxDyn, ShapeBuilder};

use crate::encode::Samples;
use crate::error::{DecodeError, EncodeError};
use crate::format::Format::{self, Npy};
use crate::image::{Channels, Image, SampleType};
use crate::limits::Limits;
use crate::npy_header::{Header, HeaderError};
use crate::rewrite::{Change, RawPixels, RewriteError};
use crate::samples::{RawSamples, read_full};

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// All axes of the array are taken as spatial: NPY does not say which one holds colours.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Image, DecodeError> {
    decode_stream(Npy, "", &mut &bytes[..], bytes.len() as u64, limits)
}

/// An NPY of which `available` bytes can come at most. `place` is prefixed to all places.
pub(crate) fn decode_stream(
    format: Format,
    place: &str,
    source: &mut dyn Read,
    available: u64,
    limits: &Limits,
) -> Result<Image, DecodeError> {
    let (header, length) = read_header(format, place, source, available)?;
    let shape: Vec<usize> = header.shape.iter().map(|&n| n as usize).collect();
    let raw = RawSamples {
        format,
        shape: &header.shape,
        channels: 1,
        sample_type: header.sample_type,
        order: header.order,
        scaling: None,
    };
    let samples = raw.read(source, available.saturating_sub(length), limits)?;
    let at = |error| DecodeError::malformed(format, format!("{place}header, shape"), error);
    if header.fortran_order {
        let columns_first = ArrayD::from_shape_vec(IxDyn(&shape).f(), samples).map_err(at)?;
        return Ok(Image::from_grey(columns_first, header.sample_type));
    }
    Image::interleaved(&shape, Channels::Grey, header.sample_type, samples).map_err(at)
}

/// The header and the number of bytes before the samples.
fn read_header(
    format: Format,
    place: &str,
    source: &mut dyn Read,
    available: u64,
) -> Result<(Header, u64), DecodeError> {
    let mut read = |buffer: &mut [u8], what: &str| {
        let place = format!("{place}{what}");
        let needed = buffer.len();
        match read_full(source, buffer) {
            Ok(length) if length == needed => Ok(()),
            Ok(length) => {
                Err(DecodeError::Truncated { format, place, needed: needed as u64, available: length as u64 })
            }
            Err(error) => Err(DecodeError::malformed(format, place, error)),
        }
    };
    let malformed =
        |what: &str, problem: String| DecodeError::malformed(format, format!("{place}{what}"), problem);

    let mut start = [0; 8];
    read(&mut start, "first 8 bytes")?;
    let [magic @ .., major, _] = start;
    if &magic != MAGIC {
        let problem = format!("{magic:02x?}, expected {MAGIC:02x?} (\\x93NUMPY)");
        return Err(malformed("first 6 bytes", problem));
    }
    let (prefix, length) = match major {
        1 => {
            let mut length = [0; 2];
            read(&mut length, "header length (byte 8)")?;
            (10, u64::from(u16::from_le_bytes(length)))
        }
        2 | 3 => {
            let mut length = [0; 4];
            read(&mut length, "header length (byte 8)")?;
            (12, u64::from(u32::from_le_bytes(length)))
        }
        other => {
            let problem = format!("format version {other}, versions 1 to 3 are read");
            return Err(malformed("version (byte 6)", problem));
        }
    };
    // NumPy itself writes at most a few hundred bytes, and reads 10000 unless told otherwise.
    if length > 65535 || prefix + length > available {
        let problem = format!("{length} bytes, in a file of at most {available}");
        return Err(malformed("header length (byte 8)", problem));
    }
    let mut text = vec![0; length as usize];
    read(&mut text, "header")?;
    let header = Header::parse(&text).map_err(|error| match error {
        HeaderError::Malformed(problem) => malformed("header", problem),
        HeaderError::Unsupported { field, found, accepted } => {
            DecodeError::unsupported(format, format!("{place}header, {field}"), found, accepted)
        }
    })?;
    Ok((header, prefix + length))
}

/// The file with some of its pixels changed.
pub(crate) fn rewrite(
    mut file: Vec<u8>,
    changes: &[(usize, Change)],
    limits: &Limits,
) -> Result<Vec<u8>, RewriteError> {
    let (header, length) = read_header(Npy, "", &mut &file[..], file.len() as u64)?;
    let Header { sample_type, order, fortran_order, ref shape } = header;
    let shape: Vec<usize> = shape.iter().map(|&n| n as usize).collect();
    let count = limits.samples(Npy, &header.shape, 1, sample_type.bytes() as u64)?;
    let start = length as usize;
    let (channels, scaling) = (Channels::Grey, None);
    let pixels = RawPixels { format: Npy, start, count, channels, sample_type, order, scaling };
    let columns_first = |pixel: usize| {
        let (mut rest, mut place, mut stride) = (pixel, 0, shape.iter().product::<usize>());
        for &length in shape.iter().rev() {
            stride /= length;
            place += rest % length * stride;
            rest /= length;
        }
        place
    };
    if fortran_order {
        pixels.change(&mut file, changes, columns_first)?;
    } else {
        pixels.change(&mut file, changes, |pixel| pixel)?;
    }
    Ok(file)
}

/// An NPY file of version 1.0, little-endian, C order, with the array's own axes.
///
/// # Errors
/// A zero-dimensional array cannot be written: it could not be read back as an image.
pub fn encode_npy(samples: Samples<'_>) -> Result<Vec<u8>, EncodeError> {
    let shape = samples.shape();
    if shape.is_empty() {
        return Err(EncodeError::Shape { format: Npy, shape: Vec::new(), accepted: "one axis or more" });
    }
    let descr = match samples.sample_type() {
        SampleType::Bool => "|b1",
        SampleType::U8 => "|u1",
        SampleType::I8 => "|i1",
        SampleType::U16 => "<u2",
        SampleType::U32 => "<u4",
        SampleType::U64 => "<u8",
        SampleType::I16 => "<i2",
        SampleType::I32 => "<i4",
        SampleType::I64 => "<i8",
        SampleType::F16 => "<f2",
        SampleType::F32 => "<f4",
        SampleType::F64 => "<f8",
    };
    let lengths: String = shape.iter().map(|length| format!("{length},")).collect();
    let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({lengths}), }}");
    // The samples start at a multiple of 64 bytes, after a newline.
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');

    let length = u16::try_from(header.len()).map_err(|_| EncodeError::Shape {
        format: Npy,
        shape: shape.to_vec(),
        accepted: "as many axes as fit in a header of 64 KiB",
    })?;
    let mut out = MAGIC.to_vec();
    out.extend([1, 0]);
    out.extend(length.to_le_bytes());
    out.extend(header.as_bytes());
    samples.write_to(&mut out);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array, array};

    #[test]
    fn arrays_of_any_stride_come_back_bit_for_bit() {
        let reals = array![[[0.1_f32, -2.5], [f32::MAX, f32::MIN_POSITIVE]]];
        let file = encode_npy(reals.view().reversed_axes().into()).unwrap();
        assert_eq!(file.len() % 64, 16, "the samples start at a multiple of 64");
        let image = decode(&file, &Limits::default()).unwrap();
        assert_eq!(image.sample_type(), SampleType::F32);
        assert_eq!(image.data(), reals.view().reversed_axes().into_dyn());

        for file in [encode_npy(array![7_u8, 8].view().into()), encode_npy(array![7_u16, 8].view().into())] {
            let image = decode(&file.unwrap(), &Limits::default()).unwrap();
            assert_eq!(image.data(), array![7.0, 8.0].into_dyn());
        }
    }

    #[test]
    fn every_type_is_written_as_it_is_called() {
        let values = array![[0.0_f32, 1.0]].into_dyn();
        for sample_type in SampleType::ALL {
            let samples = Samples::typed(values.view(), sample_type).unwrap();
            let image = decode(&encode_npy(samples).unwrap(), &Limits::default()).unwrap();
            assert_eq!((image.sample_type(), image.data()), (sample_type, values.view()));
        }
    }

    #[test]
    fn a_rewritten_file_differs_in_the_changed_pixels_only() {
        let limits = Limits::default();
        let header = "{'descr': '>i8', 'fortran_order': True, 'shape': (2, 3), }";
        let mut file = MAGIC.to_vec();
        file.extend([1, 0, header.len() as u8, 0]);
        file.extend(header.as_bytes());
        // Columns first: the rows are 1 3 5 and 2 4 6, and 5 is beyond what f32 holds.
        for value in [1_i64, 2, 3, 4, 9_007_199_254_740_993, 6] {
            file.extend(value.to_be_bytes());
        }
        let changes = [(3, Change::Copy(2)), (0, Change::AtMost(-0.5)), (2, Change::Copy(3))];
        let changed = rewrite(file.clone(), &changes, &limits).unwrap();
        let start = file.len() - 48;
        assert_eq!(changed[..start], file[..start]);
        let (numbers, _) = changed[start..].as_chunks::<8>();
        let numbers: Vec<i64> = numbers.iter().map(|&bytes| i64::from_be_bytes(bytes)).collect();
        assert_eq!(numbers, [-1, 9_007_199_254_740_993, 3, 4, 2, 6]);
        assert!(matches!(
            rewrite(file.clone(), &[(6, Change::Copy(0))], &limits),
            Err(RewriteError::Unfit { .. })
        ));
        assert!(matches!(
            rewrite(file, &[(0, Change::Copy(usize::MAX))], &limits),
            Err(RewriteError::Unfit { .. })
        ));
    }

    #[test]
    fn a_single_number_cannot_be_written() {
        let number = Array::from_elem((), 1_f32);
        assert!(matches!(encode_npy(number.view().into()), Err(EncodeError::Shape { .. })));
    }

    #[test]
    fn a_header_cannot_claim_more_than_the_file_has() {
        let mut file = encode_npy(array![1_u8].view().into()).unwrap();
        file[8..10].copy_from_slice(&[0xff, 0xff]);
        let error = decode(&file, &Limits::default()).unwrap_err();
        assert!(error.to_string().contains("header length (byte 8)"), "{error}");
    }
}
