//! From a file to the values that the commands work on.

use std::fs::File;
use std::io::{self, Read, stdin};
use std::path::Path;

use imaging::{DecodeError, Decoded, Intensities, Limits, Remark, ScaleError};

use crate::arguments::InputArguments;
use crate::console::Console;
use crate::failure::{Failure, InFile};

/// Why there is no image in a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("cannot be read: {0}")]
    Read(io::Error),
    #[error("this is a folder; only `check` takes folders")]
    Folder,
    #[error("the file has more than {limit} bytes, which is the limit")]
    TooLong { limit: u64 },
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Scale(#[from] ScaleError),
}

/// An image or volume as it is in its file: one value per pixel.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) intensities: Intensities<'static>,
    /// What the user should know about how the file was read.
    pub(crate) notes: Vec<String>,
}

impl Input {
    /// Reads a file; `-` is standard input. `axes` are 2 for an image, 3 for a volume, `None` for either.
    pub(crate) fn read(
        path: &Path,
        arguments: &InputArguments,
        axes: Option<usize>,
    ) -> Result<Self, InputError> {
        let bytes = bytes(path, Limits::default().max_bytes)?;
        let decoded = Self::decode(&bytes, arguments)?;
        drop(bytes);
        Self::of(decoded, arguments, axes)
    }

    pub(crate) fn decode(bytes: &[u8], arguments: &InputArguments) -> Result<Decoded, InputError> {
        Ok(match &arguments.member {
            Some(name) => imaging::decode_member(bytes, name, &Limits::default())?,
            None => imaging::decode(bytes, &Limits::default())?,
        })
    }

    pub(crate) fn of(
        decoded: Decoded,
        arguments: &InputArguments,
        axes: Option<usize>,
    ) -> Result<Self, InputError> {
        let notes = notes(&decoded, arguments);
        let intensities = Intensities::owned(decoded.image, &arguments.index(), axes)?;
        Ok(Self { intensities, notes })
    }

    /// Reads the one file of a command, and tells the user what there is to know about it.
    pub(crate) fn open(
        path: &Path,
        arguments: &InputArguments,
        axes: Option<usize>,
        console: Console,
    ) -> Result<Intensities<'static>, Failure> {
        let input = Self::read(path, arguments, axes).in_file(path)?;
        input.notes.iter().for_each(|note| console.note(format!("{}: {note}", crate::name::shown(path))));
        Ok(input.intensities)
    }
}

fn notes(decoded: &Decoded, arguments: &InputArguments) -> Vec<String> {
    let mut notes = Vec::new();
    if let ([_, _, ..], None, Some(taken)) = (&decoded.members[..], &arguments.member, &decoded.member) {
        let names = decoded.members.join(", ");
        notes.push(format!("the archive holds {names}; {taken} is taken, --member NAME takes another"));
    }
    notes.extend(decoded.notes.iter().map(ToString::to_string));
    notes
}

/// What was guessed, and the options that would decide otherwise.
pub(crate) fn sentences(remarks: &[Remark]) -> impl Iterator<Item = String> {
    remarks.iter().map(Remark::sentence)
}

/// Tells the user what there is to know about how the values of a file were taken.
pub(crate) fn tell(path: &Path, remarks: &[Remark], console: Console) {
    let name = crate::name::shown(path);
    sentences(remarks).for_each(|sentence| console.note(format!("{name}: {sentence}")));
}

/// At most `limit` bytes of a file.
pub(crate) fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        stdin().lock().take(limit + 1).read_to_end(&mut bytes)
    } else if path.is_dir() {
        return Err(InputError::Folder);
    } else {
        let file = File::open(path).map_err(InputError::Read)?;
        // Only a hint: where the memory is not there, reading says so.
        let _ = bytes.try_reserve_exact(file.metadata().map_or(0, |data| data.len().min(limit) as usize));
        file.take(limit + 1).read_to_end(&mut bytes)
    };
    match read {
        Err(error) => Err(InputError::Read(error)),
        Ok(length) if length as u64 > limit => Err(InputError::TooLong { limit }),
        Ok(_) => Ok(bytes),
    }
}
