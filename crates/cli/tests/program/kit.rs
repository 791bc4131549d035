//! A folder of files, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use imaging::{Samples, encode_npy, encode_png8};
use ndarray::{Array2, ArrayD, ArrayView, Dimension};
use serde_json::Value;

pub(crate) struct Folder(tempfile::TempDir);

/// What came of a run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: Vec<u8>,
    pub(crate) err: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, in a folder below if its name says so.
    pub(crate) fn write(&self, name: &str, content: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn png(&self, name: &str, image: &Array2<u8>) {
        self.write(name, &encode_png8(image.view()).unwrap());
    }

    pub(crate) fn npy<D: Dimension>(&self, name: &str, map: ArrayView<'_, f32, D>) {
        self.write(name, &encode_npy(Samples::from(map)).unwrap());
    }

    pub(crate) fn image(&self, name: &str) -> imaging::Image {
        let bytes = std::fs::read(self.path(name)).unwrap();
        imaging::decode(&bytes, &imaging::Limits::default()).unwrap().image
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bettiscope"));
        command.current_dir(self.0.path()).args(arguments).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().unwrap();
        Run {
            code: output.status.code().expect("the program was killed"),
            out: output.stdout,
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.text().lines().count(), 1, "{}{}", self.text(), self.err);
        serde_json::from_str(self.text()).unwrap()
    }

    /// All the same, with its exit code.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", String::from_utf8_lossy(&self.out), self.err);
        self
    }
}

/// `#` is 1.
pub(crate) fn drawing(lines: &[&str]) -> Array2<u8> {
    let columns = lines[0].len();
    Array2::from_shape_fn((lines.len(), columns), |(row, column)| {
        u8::from(lines[row].as_bytes()[column] == b'#')
    })
}

pub(crate) fn ring() -> Array2<u8> {
    drawing(&[".......", ".#####.", ".#...#.", ".#...#.", ".#####.", "......."])
}

/// A ring with an island in it, and a gap.
pub(crate) fn broken_ring() -> Array2<u8> {
    drawing(&[".......", ".##.##.", ".#...#.", ".#.#.#.", ".#...#.", ".#####.", "......."])
}

/// A map without ties.
pub(crate) fn map() -> ArrayD<f32> {
    ArrayD::from_shape_fn(vec![9, 11], |at| ((at[0] * 37 + at[1] * 53) * 31 % 101) as f32 / 101.0)
}

pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/broken-ring.png")
}
