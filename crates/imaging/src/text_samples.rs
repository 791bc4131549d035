//! Samples that a file has as text: numbers between spaces, line ends or commas.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::DecodeError;
use crate::format::Format;
use crate::image::{Channels, SampleType};
use crate::limits::{Limits, reserve};
use crate::rewrite::{Change, RewriteError, colours, number};
use crate::stored;

/// Numbers of one type, the channels of a pixel side by side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextSamples<'a> {
    pub(crate) format: Format,
    /// Lengths of the axes, without channels.
    pub(crate) shape: &'a [u64],
    pub(crate) channels: Channels,
    pub(crate) sample_type: SampleType,
}

impl TextSamples<'_> {
    /// All samples, and the number of bytes after the last of them that are no space.
    pub(crate) fn read(&self, text: &[u8], limits: &Limits) -> Result<(Vec<f32>, u64), DecodeError> {
        let count = self.count(text, limits)?;
        let mut samples = reserve(self.format, count)?;
        let mut numbers = Numbers::new(text);
        for nth in 0..count {
            let range = numbers.next().ok_or_else(|| self.truncated(count, nth))?;
            samples.push(self.value(text, range)?);
        }
        let rest = text.get(numbers.at..).unwrap_or_default();
        Ok((samples, rest.iter().filter(|byte| !is_between(**byte)).count() as u64))
    }

    /// The text with other numbers for some pixels; all else stays to the byte. `place` is the position at which a
    /// pixel is stored.
    pub(crate) fn change(
        &self,
        text: &[u8],
        changes: &[(usize, Change)],
        place: impl Fn(usize) -> usize,
        limits: &Limits,
    ) -> Result<Vec<u8>, RewriteError> {
        let count = self.count(text, limits)?;
        let length = self.channels.count();
        let pixels = count / length;
        let outside = || RewriteError::unfit(self.format, "there is no such pixel");
        // A sample that changes, and where what it becomes stands, or what it is.
        let mut sources: BTreeMap<usize, Range<usize>> = BTreeMap::new();
        for &(pixel, change) in changes {
            if let Change::Copy(source) = change {
                let start = (source < pixels).then(|| place(source) * length).ok_or_else(outside)?;
                sources.extend((start..start + length).map(|sample| (sample, 0..0)));
            }
            (pixel < pixels).then_some(()).ok_or_else(outside)?;
        }
        for (sample, range) in Numbers::new(text).enumerate().take(count) {
            if let Some(known) = sources.get_mut(&sample) {
                *known = range;
            }
        }
        let mut new: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
        for &(pixel, change) in changes {
            let start = place(pixel) * length;
            match change {
                Change::Copy(source) => {
                    let from = place(source) * length;
                    for sample in 0..length {
                        let range = sources.get(&(from + sample)).cloned().unwrap_or_default();
                        new.insert(start + sample, text.get(range).unwrap_or_default().to_vec());
                    }
                }
                Change::AtLeast(_) | Change::AtMost(_) => {
                    let number = number(self.format, change, self.sample_type, None)?;
                    let written = written(number, self.sample_type).into_bytes();
                    (0..colours(self.channels)).for_each(|sample| {
                        new.insert(start + sample, written.clone());
                    });
                }
            }
        }
        let mut out = Vec::with_capacity(text.len());
        let mut copied = 0;
        let mut found = 0;
        for (sample, range) in Numbers::new(text).enumerate().take(count) {
            found += 1;
            if let Some(written) = new.get(&sample) {
                out.extend(text.get(copied..range.start).unwrap_or_default());
                out.extend(written);
                copied = range.end;
            }
        }
        if found < count {
            return Err(self.truncated(count, found).into());
        }
        out.extend(text.get(copied..).unwrap_or_default());
        Ok(out)
    }

    /// Number of samples, which the limits allow and for which the text is long enough.
    fn count(&self, text: &[u8], limits: &Limits) -> Result<usize, DecodeError> {
        let channels = self.channels.count() as u64;
        let count = limits.samples(self.format, self.shape, channels, self.sample_type.bytes() as u64)?;
        // A digit each, and something between two of them.
        let most = text.len() / 2 + 1;
        if count > most { Err(self.truncated(count, most)) } else { Ok(count) }
    }

    fn truncated(&self, count: usize, found: usize) -> DecodeError {
        let problem = format!("{count} numbers are needed, at most {found} are there");
        DecodeError::malformed(self.format, "samples as text", problem)
    }

    fn value(&self, text: &[u8], range: Range<usize>) -> Result<f32, DecodeError> {
        let refused = |word: &str| {
            let place = format!("samples as text, byte {}", range.start);
            let word: String = word.chars().take(40).collect();
            DecodeError::malformed(self.format, place, format!("{word:?} is no {}", self.sample_type))
        };
        let word = String::from_utf8_lossy(text.get(range.clone()).unwrap_or_default());
        let Some(largest) = self.sample_type.max() else {
            return word.parse().map_err(|_| refused(&word));
        };
        let whole: i128 = word.parse().map_err(|_| refused(&word))?;
        let is_signed = stored::holds(self.sample_type, -1.0);
        // The largest number of 64 bits is 2^64 as a float.
        let high = if largest >= u64::MAX as f64 { u64::MAX.into() } else { largest as i128 };
        let high = if self.sample_type == SampleType::I64 { i64::MAX.into() } else { high };
        let low = if is_signed { -high - 1 } else { 0 };
        if (low..=high).contains(&whole) { Ok(whole as f32) } else { Err(refused(&word)) }
    }
}

/// Numbers, given as 64-bit floats in little-endian order, as text: `columns` a line.
pub(crate) fn text(numbers: &[u8], sample_type: SampleType, columns: Option<&usize>) -> Vec<u8> {
    let columns = columns.copied().unwrap_or(1).max(1);
    let (numbers, _) = numbers.as_chunks::<8>();
    let mut text = String::new();
    for (nth, &bytes) in numbers.iter().enumerate() {
        if nth > 0 {
            text.push(if nth % columns == 0 { '\n' } else { ' ' });
        }
        text.push_str(&written(f64::from_le_bytes(bytes), sample_type));
    }
    text.push('\n');
    text.into_bytes()
}

/// A number that the type holds.
fn written(number: f64, sample_type: SampleType) -> String {
    match sample_type {
        SampleType::F32 | SampleType::F16 => format!("{:?}", number as f32),
        SampleType::F64 => format!("{number:?}"),
        _ => format!("{}", number as i128),
    }
}

/// Where the numbers of a text are.
struct Numbers<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Numbers<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }
}

impl Iterator for Numbers<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..)?;
        let start = self.at + rest.iter().position(|&byte| !is_between(byte))?;
        let number = &self.text[start..];
        let length = number.iter().position(|&byte| is_between(byte)).unwrap_or(number.len());
        self.at = start + length;
        Some(start..self.at)
    }
}

fn is_between(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | 0x0b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sample_type: SampleType, shape: &[u64]) -> TextSamples<'_> {
        TextSamples { format: Format::Nrrd, shape, channels: Channels::Grey, sample_type }
    }

    #[test]
    fn numbers_are_read_whatever_stands_between_them() {
        let samples = of(SampleType::F32, &[5]).read(b"1 -2.5,3e2\r\n\tnan , inf  \n", &Limits::default());
        let (values, rest) = samples.unwrap();
        assert_eq!((values[..3].to_vec(), values[4], rest), (vec![1.0, -2.5, 300.0], f32::INFINITY, 0));
        assert!(values[3].is_nan());
        let (values, rest) = of(SampleType::U8, &[2]).read(b"0 255 7 x", &Limits::default()).unwrap();
        assert_eq!((values, rest), (vec![0.0, 255.0], 2));
    }

    #[test]
    fn what_the_type_does_not_have_is_refused() {
        for (sample_type, word, holds) in [
            (SampleType::U8, "256", false),
            (SampleType::U8, "1.5", false),
            (SampleType::I8, "-128", true),
            (SampleType::I8, "-129", false),
            (SampleType::I64, "-9223372036854775808", true),
            (SampleType::I64, "9223372036854775808", false),
            (SampleType::U64, "18446744073709551615", true),
            (SampleType::U64, "18446744073709551616", false),
            (SampleType::F32, "one", false),
        ] {
            let read = of(sample_type, &[1]).read(word.as_bytes(), &Limits::default());
            assert_eq!(read.is_ok(), holds, "{sample_type} {word}");
        }
    }

    #[test]
    fn a_changed_number_leaves_every_other_byte() {
        let samples = of(SampleType::I16, &[4]);
        let text = b" 1,\t+02\r\n3  4\nmore";
        let changes = [(0, Change::Copy(1)), (1, Change::AtMost(-0.5)), (3, Change::Copy(0))];
        let new = samples.change(text, &changes, |pixel| pixel, &Limits::default()).unwrap();
        assert_eq!(String::from_utf8(new).unwrap(), " +02,\t-1\r\n3  1\nmore");
        let beyond = samples.change(text, &[(4, Change::Copy(0))], |pixel| pixel, &Limits::default());
        assert!(matches!(beyond, Err(RewriteError::Unfit { .. })));
    }
}
