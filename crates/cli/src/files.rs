//! Which files are meant: those that are named, those in folders, and those that patterns match.

use std::path::{Path, PathBuf};

use crate::failure::Problem;

/// A file to be read.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    /// Named by the user, so that it is an error if it cannot be read; a file of a folder may be no image.
    pub(crate) is_named: bool,
    /// Why there is nothing to read.
    pub(crate) problem: Option<Problem>,
}

/// The files that are meant, in the order of the arguments; those of a folder or a pattern by name. Hidden files of
/// folders are left out.
pub(crate) fn expand(arguments: &[PathBuf], recursive: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    for argument in arguments {
        match argument.to_str().filter(|text| text.contains(['*', '?', '['])) {
            // What exists is meant literally.
            Some(pattern) if !argument.exists() => add_matches(argument, pattern, recursive, &mut entries),
            _ => add(argument, recursive, &mut entries),
        }
    }
    entries
}

fn add(path: &Path, recursive: bool, entries: &mut Vec<Entry>) {
    if path.is_dir() {
        add_folder(path, recursive, entries);
    } else {
        entries.push(Entry { path: path.to_owned(), is_named: true, problem: None });
    }
}

fn add_matches(argument: &Path, pattern: &str, recursive: bool, entries: &mut Vec<Entry>) {
    let mut failed = |problem| {
        entries.push(Entry { path: argument.to_owned(), is_named: true, problem: Some(problem) });
    };
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::default() };
    let matches = match glob::glob_with(pattern, options) {
        Ok(matches) => matches,
        Err(error) => return failed(Problem::Pattern(error)),
    };
    let matches: Vec<_> = matches.collect();
    if matches.is_empty() {
        return failed(Problem::NoMatch);
    }
    for found in matches {
        match found {
            Ok(path) => add(&path, recursive, entries),
            Err(error) => {
                let path = error.path().to_owned();
                let problem = Problem::Read(error.into());
                entries.push(Entry { path, is_named: true, problem: Some(problem) });
            }
        }
    }
}

fn add_folder(folder: &Path, recursive: bool, entries: &mut Vec<Entry>) {
    let unreadable =
        |error| Entry { path: folder.to_owned(), is_named: true, problem: Some(Problem::Read(error)) };
    let found = match std::fs::read_dir(folder).and_then(|found| found.collect::<Result<Vec<_>, _>>()) {
        Ok(found) => found,
        Err(error) => return entries.push(unreadable(error)),
    };
    let is_hidden =
        |path: &Path| path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
    let mut paths: Vec<PathBuf> =
        found.into_iter().map(|entry| entry.path()).filter(|path| !is_hidden(path)).collect();
    paths.sort();
    for path in paths {
        // A link to a folder is not followed: it may lead back.
        let is_folder = path.is_dir();
        if is_folder && recursive && !path.is_symlink() {
            add_folder(&path, recursive, entries);
        } else if !is_folder {
            entries.push(Entry { path, is_named: false, problem: None });
        }
    }
}
