//! Which files are meant: those that are named, those in folders, and those that patterns match.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// Why there is nothing to read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FilesError {
    #[error("cannot be read: {0}")]
    Read(io::Error),
    #[error("no file matches this pattern")]
    NoMatch,
    #[error("not a pattern: {0}")]
    Pattern(globset::Error),
    #[error(
        "a pattern with *, ? or [ has to be text in UTF-8; names that are no text are matched by ? and *"
    )]
    PatternNotUtf8,
    #[error("this is {kind}, which is read only where it is named itself")]
    Special { kind: &'static str },
}

/// A file to be read.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    pub(crate) origin: Origin,
    /// Why there is nothing to read.
    pub(crate) problem: Option<FilesError>,
}

/// How a file was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Named by the user: a pipe and a device are read too.
    Named,
    /// Matched by a pattern.
    Pattern,
    /// In a folder, and so perhaps no image at all.
    Folder,
}

/// Endings of images and volumes, those of formats that are not read among them: a mask that could not be checked is
/// not left out without a word.
const IMAGE_ENDINGS: [&str; 33] = [
    "png", "apng", "jpg", "jpeg", "jpe", "jfif", "webp", "tif", "tiff", "npy", "npz", "nii", "nii.gz", "nia",
    "gif", "bmp", "pbm", "pgm", "ppm", "pnm", "jp2", "j2k", "jxl", "heic", "heif", "avif", "dcm", "nrrd",
    "nhdr", "mha", "mhd", "mgh", "mgz",
];

impl Entry {
    /// Whether its name says that it is an image.
    pub(crate) fn has_image_ending(&self) -> bool {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        IMAGE_ENDINGS
            .iter()
            .any(|ending| name.strip_suffix(ending).is_some_and(|stem| stem.ends_with('.') && stem.len() > 1))
    }

    /// Whether it may be no image at all, which is no fault.
    pub(crate) fn may_be_left_out(&self) -> bool {
        self.origin == Origin::Folder && !self.has_image_ending()
    }

    fn new(path: PathBuf, origin: Origin) -> Self {
        // Reading a pipe waits for somebody to write, which only those who name one can mean.
        let metadata = if origin == Origin::Named { None } else { fs::metadata(&path).ok() };
        let problem =
            metadata.and_then(|data| kind_of_special(&data)).map(|kind| FilesError::Special { kind });
        Self { path, origin, problem }
    }

    fn failed(path: &Path, problem: FilesError) -> Self {
        Self { path: path.to_owned(), origin: Origin::Named, problem: Some(problem) }
    }
}

/// The files that are meant, in the order of the arguments; those of a folder or a pattern by name. Hidden files of
/// folders are left out.
pub(crate) fn expand(arguments: &[PathBuf], recursive: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    for argument in arguments {
        let is_pattern = argument.as_os_str().as_encoded_bytes().iter().any(|byte| b"*?[".contains(byte));
        // What exists is meant literally.
        if is_pattern && argument.symlink_metadata().is_err() {
            add_matches(argument, recursive, &mut entries);
        } else {
            add(argument.clone(), Origin::Named, recursive, &mut entries);
        }
    }
    entries
}

fn add(path: PathBuf, origin: Origin, recursive: bool, entries: &mut Vec<Entry>) {
    if path.is_dir() {
        add_folder(&path, recursive, entries);
    } else {
        entries.push(Entry::new(path, origin));
    }
}

fn add_folder(folder: &Path, recursive: bool, entries: &mut Vec<Entry>) {
    let mut paths = match children(folder) {
        Ok(paths) => paths,
        Err(error) => return entries.push(Entry::failed(folder, FilesError::Read(error))),
    };
    paths.retain(|path| !is_hidden(path));
    for path in paths {
        // A link to a folder is not followed: it may lead back.
        let is_folder = path.is_dir();
        if is_folder && recursive && !path.is_symlink() {
            add_folder(&path, recursive, entries);
        } else if !is_folder {
            entries.push(Entry::new(path, Origin::Folder));
        }
    }
}

fn add_matches(argument: &Path, recursive: bool, entries: &mut Vec<Entry>) {
    let parts = match argument.components().map(Part::new).collect::<Result<Vec<Part>, FilesError>>() {
        Ok(parts) => parts,
        Err(problem) => return entries.push(Entry::failed(argument, problem)),
    };
    let mut search = Search::default();
    search.below(PathBuf::new(), &parts);
    search.found.sort();
    search.found.dedup();
    if search.found.is_empty() && search.failed.is_empty() {
        return entries.push(Entry::failed(argument, FilesError::NoMatch));
    }
    entries.extend(search.failed);
    search.found.into_iter().for_each(|path| add(path, Origin::Pattern, recursive, entries));
}

/// A part of a pattern, between slashes.
enum Part {
    Literal(PathBuf),
    Pattern {
        matcher: GlobMatcher,
        shows_hidden: bool,
    },
    /// `**`: any number of folders.
    Folders,
}

impl Part {
    fn new(component: Component<'_>) -> Result<Self, FilesError> {
        let bytes = component.as_os_str().as_encoded_bytes();
        if bytes == b"**" {
            return Ok(Self::Folders);
        }
        if !bytes.iter().any(|byte| b"*?[".contains(byte)) {
            return Ok(Self::Literal(component.as_os_str().into()));
        }
        let text = component.as_os_str().to_str().ok_or(FilesError::PatternNotUtf8)?;
        // Shells have replaced braces already; those that are left are part of the name.
        let text = text.replace('{', "[{]").replace('}', "[}]");
        let glob = GlobBuilder::new(&text).literal_separator(true).backslash_escape(false).build();
        let matcher = glob.map_err(FilesError::Pattern)?.compile_matcher();
        Ok(Self::Pattern { matcher, shows_hidden: text.starts_with('.') })
    }
}

/// What a pattern leads to.
#[derive(Default)]
struct Search {
    found: Vec<PathBuf>,
    failed: Vec<Entry>,
}

impl Search {
    fn below(&mut self, path: PathBuf, parts: &[Part]) {
        let Some((part, rest)) = parts.split_first() else {
            return self.found.push(path);
        };
        match part {
            Part::Literal(name) => {
                let next = path.join(name);
                if next.symlink_metadata().is_ok() && (rest.is_empty() || next.is_dir()) {
                    self.below(next, rest);
                }
            }
            Part::Pattern { matcher, shows_hidden } => {
                for child in self.children(&path) {
                    let is_match = child.file_name().is_some_and(|name| matcher.is_match(name));
                    if is_match
                        && (*shows_hidden || !is_hidden(&child))
                        && (rest.is_empty() || child.is_dir())
                    {
                        self.below(child, rest);
                    }
                }
            }
            Part::Folders => {
                if !rest.is_empty() {
                    self.below(path.clone(), rest);
                }
                for child in self.children(&path) {
                    if is_hidden(&child) || child.is_symlink() {
                        continue;
                    }
                    if child.is_dir() {
                        self.below(child, parts);
                    } else if rest.is_empty() {
                        self.below(child, rest);
                    }
                }
            }
        }
    }

    fn children(&mut self, folder: &Path) -> Vec<PathBuf> {
        let is_here = folder.as_os_str().is_empty();
        let found = children(if is_here { Path::new(".") } else { folder });
        match found {
            // Without the `./` that nobody has written.
            Ok(paths) if is_here => paths.iter().filter_map(|path| Some(path.file_name()?.into())).collect(),
            Ok(paths) => paths,
            Err(error) => {
                self.failed.push(Entry::failed(folder, FilesError::Read(error)));
                Vec::new()
            }
        }
    }
}

/// What is in a folder, by name.
fn children(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let found = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>();
    found.map(|mut paths| {
        paths.sort();
        paths
    })
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."))
}

#[cfg(unix)]
fn kind_of_special(data: &Metadata) -> Option<&'static str> {
    use std::os::unix::fs::FileTypeExt;
    let kind = data.file_type();
    match () {
        () if kind.is_fifo() => Some("a named pipe"),
        () if kind.is_socket() => Some("a socket"),
        () if kind.is_block_device() || kind.is_char_device() => Some("a device"),
        () => None,
    }
}

#[cfg(not(unix))]
fn kind_of_special(_: &Metadata) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_image_ending(name: &str) -> bool {
        Entry::new(name.into(), Origin::Folder).has_image_ending()
    }

    #[test]
    fn images_are_known_by_their_endings() {
        for name in ["a.png", "b.NII.GZ", "deep/c.Tif", "d.x.npz", "e.dcm"] {
            assert!(has_image_ending(name), "{name}");
        }
        for name in ["png", ".png", "notes.txt", "a.png.json", "a.gz", "Thumbs.db", "axpng", ""] {
            assert!(!has_image_ending(name), "{name}");
        }
    }

    fn found(folder: &Path, pattern: &str) -> Vec<String> {
        let entries = expand(&[folder.join(pattern)], false);
        let name =
            |entry: &Entry| entry.path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
        entries
            .iter()
            .map(|entry| if entry.problem.is_some() { "-".to_owned() } else { name(entry) })
            .collect()
    }

    #[test]
    fn patterns_are_matched_part_by_part() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.png", "b.png", "x{1}.png", ".h.png", "m/a.png", "m/n/a.png", ".d/a.png"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let found = |pattern| found(folder.path(), pattern);
        assert_eq!(found("*.png"), ["a.png", "b.png", "x{1}.png"]);
        assert_eq!(found("[!a].png"), ["b.png"]);
        assert_eq!(found("?{1}.png"), ["x{1}.png"]);
        assert_eq!(found(".*.png"), [".h.png"]);
        assert_eq!(found("*/*.png"), ["m/a.png"]);
        assert_eq!(found("**/a.png"), ["a.png", "m/a.png", "m/n/a.png"]);
        assert_eq!(found("m/**"), ["m/a.png", "m/n/a.png"]);
        assert_eq!(found("**/**/n/*"), ["m/n/a.png"]);
        assert_eq!(found("*.gif"), ["-"]);
        assert_eq!(found("nothing/*"), ["-"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_are_no_text_are_matched_too() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let name = OsStr::from_bytes(b"caf\xe9.png");
        fs::write(folder.path().join(name), "").unwrap();
        fs::write(folder.path().join("a.png"), "").unwrap();
        let entries = expand(&[folder.path().join("*.png")], false);
        let names: Vec<_> = entries.iter().filter_map(|entry| entry.path.file_name()).collect();
        assert_eq!(names, [OsStr::new("a.png"), name]);
    }
}
