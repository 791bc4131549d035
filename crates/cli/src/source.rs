//! A file that is read so that another can be written that differs in little.

use std::path::Path;

use imaging::{Channels, Decoded, Format, Intensities, Limits, SampleType};

use crate::arguments::InputArguments;
use crate::console::Console;
use crate::failure::{Failure, InFile};
use crate::input::{self, Input};
use crate::name;

/// All of a file, and how it stores its pixels.
pub(crate) struct Source {
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: Format,
    /// The array of an NPZ archive that was taken.
    pub(crate) member: Option<String>,
    /// How many there are in the file, of which a part may have been taken.
    pub(crate) pixels: usize,
    pub(crate) channels: Channels,
    pub(crate) has_geometry: bool,
    sample_type: SampleType,
    is_rescaled: bool,
}

impl Source {
    /// Reads the one file of a command, and tells the user what there is to know about it.
    pub(crate) fn open(
        path: &Path,
        arguments: &InputArguments,
        axes: Option<usize>,
        console: Console,
    ) -> Result<(Self, Intensities<'static>), Failure> {
        let bytes = input::bytes(path, Limits::default().max_bytes).in_file(path)?;
        let decoded = Input::decode(&bytes, arguments).in_file(path)?;
        let source = Self::new(bytes, &decoded);
        let input = Input::of(decoded, arguments, axes).in_file(path)?;
        input.notes.iter().for_each(|note| console.note(format!("{}: {note}", name::shown(path))));
        Ok((source, input.intensities))
    }

    fn new(bytes: Vec<u8>, decoded: &Decoded) -> Self {
        let image = &decoded.image;
        Self {
            bytes,
            format: decoded.format,
            member: decoded.member.clone(),
            pixels: image.shape().iter().product(),
            channels: image.channels(),
            has_geometry: image.geometry().is_some_and(|geometry| geometry.affine.is_some()),
            sample_type: image.sample_type(),
            is_rescaled: image.is_rescaled(),
        }
    }

    /// The type that holds the values as they are read.
    pub(crate) fn sample_type(&self) -> SampleType {
        if self.is_rescaled { SampleType::F32 } else { self.sample_type }
    }
}
