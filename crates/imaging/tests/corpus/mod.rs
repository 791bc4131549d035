//! Small files of every kind that the decoders meet, sound and damaged, made without the crate's
//! own encoders, each with what a manifest would say of it.

#![allow(dead_code, reason = "no user of the corpus needs all of it")]

mod arrays;
mod meta_image;
mod nifti;
mod nrrd;
mod pictures;
mod tiff;
mod tiff_kinds;
mod tiff_series;

use serde_json::{Value, json};

/// One file and its manifest entry.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expectation: Value,
}

/// All files.
pub(crate) fn files() -> Vec<File> {
    let mut files = pictures::files();
    files.extend(tiff::files());
    files.extend(tiff_kinds::files());
    files.extend(tiff_series::files());
    files.extend(arrays::files());
    files.extend(nifti::files());
    files.extend(nrrd::files());
    files.extend(meta_image::files());
    files
}

/// A file that must be read, with the values that must come out.
fn loads(name: &'static str, shape: &[usize], dtype: &str, values: &[f64], bytes: Vec<u8>) -> File {
    let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    let expectation = json!({
        "expect": "load",
        "shape": shape,
        "dtype": dtype,
        "min": finite.iter().copied().fold(f64::INFINITY, f64::min),
        "max": finite.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "sum_finite": finite.iter().sum::<f64>(),
        "n_nonfinite": values.len() - finite.len(),
        "first_row": finite.iter().take(if finite.len() == values.len() { 4 } else { 0 }).collect::<Vec<_>>(),
    });
    File { name, bytes, expectation }
}

impl File {
    /// Read with these notes, each given by a piece of it.
    fn noted(mut self, pieces: &[&str]) -> Self {
        self.expectation["notes"] = json!(pieces);
        self
    }

    /// Read with axes of these meanings.
    fn along(mut self, axes: &[&str]) -> Self {
        self.expectation["axes"] = json!(axes);
        self
    }

    /// Refused in words that hold this piece.
    fn saying(mut self, piece: &str) -> Self {
        self.expectation["message"] = json!(piece);
        self
    }
}

/// A file that must be refused.
fn fails(name: &'static str, why: &str, bytes: Vec<u8>) -> File {
    File { name, bytes, expectation: json!({ "expect": format!("fail: {why}") }) }
}

/// `count` bytes without pattern, the same in every run.
fn noise(count: usize) -> Vec<u8> {
    (0..count as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn floats(bytes: &[u8]) -> Vec<f64> {
    bytes.iter().map(|&byte| byte.into()).collect()
}

fn cut(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes[..length].to_vec()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}
