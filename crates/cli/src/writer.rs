//! The one way in which results become files: all of a file or nothing, and never over what the command reads.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use same_file::Handle;

use crate::failure::{Failure, InFile};
use crate::interrupt;

/// Why a file is not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    #[error("cannot be written: {0}")]
    Write(io::Error),
    #[error("the folder cannot be made: {0}")]
    Folder(io::Error),
    #[error("this is a file that is read; {advice}")]
    OverInput { advice: &'static str },
    #[error(
        "this file is not from an earlier run of this command, and would be written over; give another place with -o, or \
         --force"
    )]
    OverOther,
    #[error("this is to be written twice; give another name to one of the two")]
    Twice,
}

/// Writes files for a command that reads others.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    inputs: Vec<PathBuf>,
    /// What helps where a file would be written over one of them.
    advice: &'static str,
}

impl Writer {
    /// That of a command that reads these files; `-` is standard input.
    pub(crate) fn new<P: Into<PathBuf>>(inputs: impl IntoIterator<Item = P>) -> Self {
        Self { inputs: inputs.into_iter().map(P::into).collect(), advice: "give another name" }
    }

    /// With what the command offers to those who would write over an input.
    pub(crate) fn with_advice(self, advice: &'static str) -> Self {
        Self { advice, ..self }
    }

    /// An error if the file is one of those that are read, by whatever name or link. To be asked before a long
    /// computation.
    pub(crate) fn check(&self, path: &Path) -> Result<(), Failure> {
        match self.inputs.iter().any(|input| is_same_file(input, path)) {
            true => Err(WriteError::OverInput { advice: self.advice }).in_file(path),
            false => Ok(()),
        }
    }

    /// Writes all of a file, or leaves what was there.
    pub(crate) fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
        self.check(path)?;
        replace(path, bytes).map_err(WriteError::Write).in_file(path)
    }
}

/// An error if one of the files of a folder that would be written is there and `are_ours` does not hold: it is not from
/// an earlier run of the same command.
pub(crate) fn refuse_others<'a>(
    paths: impl IntoIterator<Item = &'a PathBuf>,
    are_ours: impl FnOnce() -> bool,
) -> Result<(), Failure> {
    match paths.into_iter().find(|path| path.symlink_metadata().is_ok()) {
        Some(path) if !are_ours() => Err(WriteError::OverOther).in_file(path),
        _ => Ok(()),
    }
}

/// Makes a folder and those that it lies in, where they are not there.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(WriteError::Folder).in_file(path)
}

/// Whether two paths, of which `-` is standard input, lead to the same file on a disk.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    let handle = |path: &Path| match path == Path::new("-") {
        true => Handle::stdin(),
        // Opening a pipe could take for ever.
        false if fs::metadata(path)?.is_file() => Handle::from_path(path),
        false => Err(ErrorKind::Unsupported.into()),
    };
    let is_file = |handle: &Handle| handle.as_file().metadata().is_ok_and(|data| data.is_file());
    match (handle(one), handle(other)) {
        (Ok(one), Ok(other)) => one == other && is_file(&one),
        _ => false,
    }
}

/// Replaces a file by another that is complete and on the disk before it gets the name.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let _held = interrupt::hold();
    let old = match fs::metadata(path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let target = end_of_links(path)?;
    if old.as_ref().is_some_and(|old| is_stream(&target, old)) {
        return File::options().append(true).open(path)?.write_all(bytes);
    }
    if old.is_some() {
        // What may not be written to may not be replaced either.
        File::options().write(true).open(&target)?;
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = unfinished().tempfile_in(folder)?;
    new.write_all(bytes)?;
    if let Some(old) = old {
        new.as_file().set_permissions(old.permissions())?;
    }
    new.as_file().sync_all()?;
    new.persist(&target).map_err(|failed| failed.error)?;
    Ok(())
}

fn unfinished() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bettiscope-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As of any new file: the user's mask takes away from it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Whether there is no file to replace but a device, a pipe, or, by a name such as /dev/stdout, a file that is open
/// already.
fn is_stream(path: &Path, data: &Metadata) -> bool {
    !data.is_dir() && (!data.is_file() || is_open(path))
}

fn is_open(path: &Path) -> bool {
    cfg!(unix) && ["/dev/fd", "/proc"].iter().any(|folder| path.starts_with(folder))
}

/// The file that a link leads to, whether it is there or not; links of the system to open files are not followed.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        match fs::read_link(&path) {
            Ok(next) if !is_open(&path) => path = path.parent().unwrap_or(Path::new("")).join(next),
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("there are too many links"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let names =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn inputs_are_known_by_every_name() {
        let folder = folder();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("mask"), "old").unwrap();
        fs::hard_link(path("mask"), path("hard")).unwrap();
        let mut others = vec!["mask", "hard", "./mask"];
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("mask", path("link")).unwrap();
            others.push("link");
        }
        let writer = Writer::new([path("mask")]);
        for name in others {
            let error = writer.write(&path(name), b"new").unwrap_err();
            assert!(error.to_string().contains(": this is a file that is read"), "{name}: {error}");
        }
        assert_eq!(fs::read(path("mask")).unwrap(), b"old");
        fs::write(path("equal"), "old").unwrap();
        writer.write(&path("equal"), b"new").unwrap();
        writer.write(&path("other"), b"new").unwrap();
        assert_eq!(fs::read(path("equal")).unwrap(), b"new");
    }

    #[test]
    fn nothing_but_the_file_is_left_in_the_folder() {
        let folder = folder();
        let path = folder.path().join("report");
        for content in ["first", "second"] {
            Writer::default().write(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        assert!(Writer::default().write(&folder.path().join("no/such/report"), b"x").is_err());
        assert!(Writer::default().write(folder.path(), b"x").is_err());
        assert_eq!(names(folder.path()), ["report"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = folder();
        let path = |name: &str| folder.path().join(name);
        let mode = |name: &str| fs::metadata(path(name)).unwrap().permissions().mode() & 0o777;
        fs::write(path("plain"), "old").unwrap();
        Writer::default().write(&path("new"), b"x").unwrap();
        assert_eq!(mode("new"), mode("plain"), "a new file is as any other");
        fs::set_permissions(path("plain"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("plain", path("link")).unwrap();
        symlink("later", path("dangling")).unwrap();
        symlink("loop", path("loop")).unwrap();
        Writer::default().write(&path("link"), b"by link").unwrap();
        Writer::default().write(&path("dangling"), b"later").unwrap();
        assert!(Writer::default().write(&path("loop"), b"x").is_err());
        assert_eq!((fs::read(path("plain")).unwrap(), mode("plain")), (b"by link".to_vec(), 0o640));
        assert_eq!(fs::read(path("later")).unwrap(), b"later");
        assert!(path("link").is_symlink() && path("dangling").is_symlink());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_are_written_to_and_never_replaced() {
        let device = Path::new("/dev/null");
        Writer::new([device]).write(device, b"x").unwrap();
        assert!(!fs::metadata(device).unwrap().is_file());
        let error = Writer::default().write(Path::new("/dev/full"), b"x").unwrap_err();
        assert!(error.to_string().contains("/dev/full: cannot be written"), "{error}");
    }

    #[test]
    fn files_of_others_in_a_folder_are_found() {
        let folder = folder();
        let paths = ["a", "b"].map(|name| folder.path().join(name));
        assert!(refuse_others(&paths, || false).is_ok());
        fs::write(&paths[1], "").unwrap();
        assert!(refuse_others(&paths, || true).is_ok());
        let error = refuse_others(&paths, || false).unwrap_err().to_string();
        assert!(error.contains("b: ") && error.contains("--force"), "{error}");
    }
}
