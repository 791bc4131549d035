//! Raw numbers of any type and byte order to `f32`, in bounded memory.

use std::io::{ErrorKind, Read};

use crate::error::DecodeError;
use crate::format::Format;
use crate::image::SampleType;
use crate::limits::{Limits, describe, reserve};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

/// Raw samples as the header of a file describes them.
#[derive(Debug, Clone)]
pub(crate) struct RawSamples<'a> {
    pub(crate) format: Format,
    /// Lengths of the axes, slowest first, without channels.
    pub(crate) shape: &'a [u64],
    pub(crate) channels: u64,
    pub(crate) sample_type: SampleType,
    pub(crate) order: ByteOrder,
    /// `(slope, intercept)`: value = slope * stored + intercept.
    pub(crate) scaling: Option<(f64, f64)>,
}

impl RawSamples<'_> {
    /// Reads all samples from `source`, of which at most `available` bytes can still come: what
    /// the header promises is checked against it, and against `limits`, before allocating.
    pub(crate) fn read(
        &self,
        source: &mut dyn Read,
        available: u64,
        limits: &Limits,
    ) -> Result<Vec<f32>, DecodeError> {
        let size = self.sample_type.bytes();
        let count = limits.samples(self.format, self.shape, self.channels, size as u64)?;
        let needed = count as u64 * size as u64;
        let truncated = |available| DecodeError::Truncated {
            format: self.format,
            place: format!("{} samples of {}", self.sample_type, describe(self.shape)),
            needed,
            available,
        };
        if needed > available {
            return Err(truncated(available));
        }
        let mut samples = reserve(self.format, count)?;
        let mut buffer = vec![0_u8; 1 << 16];
        while samples.len() < count {
            let wanted = ((count - samples.len()) * size).min(buffer.len());
            let chunk = &mut buffer[..wanted];
            let read = read_full(source, chunk)
                .map_err(|error| DecodeError::malformed(self.format, "compressed data", error))?;
            if read < wanted {
                return Err(truncated((samples.len() * size + read) as u64));
            }
            convert(chunk, self.sample_type, self.order, self.scaling, &mut samples);
        }
        Ok(samples)
    }
}

/// Fills the buffer, or as much of it as there is; the number of bytes read.
pub(crate) fn read_full(source: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // A compressed stream that is cut ends in an error, after all that it held.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Reads what follows the samples, so that checksums at the end of a compressed stream are
/// verified, and counts it: 0 if all of it is zero. More than a mebibyte of it is refused: it would
/// only cost time.
pub(crate) fn finish(format: Format, source: &mut dyn Read) -> Result<u64, DecodeError> {
    const MOST: u64 = 1 << 20;
    let mut rest = Vec::new();
    let read = source.take(MOST + 1).read_to_end(&mut rest);
    let read = read.map_err(|error| DecodeError::malformed(format, "end of the compressed data", error))?;
    if read as u64 > MOST {
        let problem = "more than 1 MiB of further data, none is expected";
        return Err(DecodeError::malformed(format, "after the samples", problem));
    }
    Ok(unless_zeros(&rest))
}

/// Number of these bytes, and 0 if all of them are zero, as padding is.
pub(crate) fn unless_zeros(bytes: &[u8]) -> u64 {
    if bytes.iter().all(|&byte| byte == 0) { 0 } else { bytes.len() as u64 }
}

/// Bytes that a DEFLATE stream of this length can hold at most: its best ratio is 1032 to 1.
pub(crate) fn inflated_at_most(compressed: usize) -> u64 {
    (compressed as u64).saturating_mul(1032)
}

/// Appends the samples in `bytes`, whose length is a multiple of the sample's size.
fn convert(
    bytes: &[u8],
    sample_type: SampleType,
    order: ByteOrder,
    scaling: Option<(f64, f64)>,
    out: &mut Vec<f32>,
) {
    // With scaling the arithmetic is in f64, so that 32-bit integers lose nothing before it.
    macro_rules! extend {
        ($number:ty) => {
            extend!($number, |value: $number| value as f64, |value: $number| { value as f32 })
        };
        ($number:ty, $to_f64:expr, $to_f32:expr) => {{
            let (chunks, _) = bytes.as_chunks::<{ size_of::<$number>() }>();
            let numbers = chunks.iter().map(|&chunk| match order {
                ByteOrder::Little => <$number>::from_le_bytes(chunk),
                ByteOrder::Big => <$number>::from_be_bytes(chunk),
            });
            match scaling {
                None => out.extend(numbers.map($to_f32)),
                Some((slope, intercept)) => {
                    let scaled = |value| ($to_f64(value) * slope + intercept) as f32;
                    out.extend(numbers.map(scaled));
                }
            }
        }};
    }
    match sample_type {
        SampleType::Bool => extend!(u8, |byte: u8| f64::from(byte.min(1)), |byte: u8| f32::from(byte.min(1))),
        SampleType::U8 => extend!(u8),
        SampleType::U16 => extend!(u16),
        SampleType::U32 => extend!(u32),
        SampleType::U64 => extend!(u64),
        SampleType::I8 => extend!(i8),
        SampleType::I16 => extend!(i16),
        SampleType::I32 => extend!(i32),
        SampleType::I64 => extend!(i64),
        SampleType::F16 => extend!(u16, |bits| f64::from(half(bits)), half),
        SampleType::F32 => extend!(f32),
        SampleType::F64 => extend!(f64),
    }
}

/// IEEE 754 binary16 to `f32`, exact.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f32::from(bits & 0x3ff);
    sign * match exponent {
        0 => fraction * 2_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * 2_f32.powi(exponent - 25),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(bytes: &[u8], sample_type: SampleType, order: ByteOrder) -> Vec<f32> {
        let mut out = Vec::new();
        convert(bytes, sample_type, order, None, &mut out);
        out
    }

    #[test]
    fn both_byte_orders_and_all_widths_are_read() {
        use ByteOrder::{Big, Little};
        assert_eq!(converted(&[1, 2], SampleType::U16, Little), [513.0]);
        assert_eq!(converted(&[1, 2], SampleType::U16, Big), [258.0]);
        assert_eq!(converted(&[0xff; 8], SampleType::I64, Big), [-1.0]);
        assert_eq!(converted(&2.5_f64.to_be_bytes(), SampleType::F64, Big), [2.5]);
        assert_eq!(converted(&[0, 1, 7], SampleType::Bool, Little), [0., 1., 1.]);
    }

    #[test]
    fn half_floats_are_exact() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x0001, 2_f32.powi(-24)),
            (0x03ff, 1023.0 * 2_f32.powi(-24)),
            (0x7bff, 65504.0),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:#x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn scaling_is_slope_times_value_plus_intercept() {
        let mut out = Vec::new();
        convert(&[10, 20], SampleType::U8, ByteOrder::Little, Some((0.5, -1.0)), &mut out);
        assert_eq!(out, [4.0, 9.0]);
    }
}
