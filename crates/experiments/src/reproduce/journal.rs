//! The results of a long run, line by line in a file, so that the same command goes on where it was ended.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;

/// A file of JSON lines: the settings, then one line for each result.
pub(super) struct Journal {
    path: PathBuf,
    file: Mutex<File>,
}

impl Journal {
    /// Opens the journal of these settings, or begins it, and gives the results that it has.
    ///
    /// A last line that was cut off when the program was killed is left out and written over.
    pub(super) fn open<S, R>(path: PathBuf, settings: &S) -> Result<(Self, Vec<R>), Error>
    where
        S: Serialize + DeserializeOwned + PartialEq,
        R: DeserializeOwned,
    {
        let read = |source| Error::Journal { path: path.clone(), source };
        let write = |source| Error::Write { path: path.clone(), source };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(read(error)),
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut lines = text[..whole].lines();
        let others = || Error::OtherSettings { path: path.clone() };
        // A first line that was cut off is the beginning of the settings; what is not is the file of somebody else.
        if whole == 0 && !self::line(settings)?.starts_with(text.as_bytes()) {
            return Err(others());
        }
        let mut results = Vec::new();
        let is_new = match lines.next() {
            None => true,
            Some(first) => {
                let found: S = serde_json::from_str(first).map_err(|_| others())?;
                if found != *settings {
                    return Err(others());
                }
                for line in lines {
                    results.push(serde_json::from_str(line).map_err(|_| others())?);
                }
                false
            }
        };
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(write)?;
        file.set_len(whole as u64).map_err(write)?;
        let journal = Self { path, file: Mutex::new(file) };
        if is_new {
            journal.write(settings)?;
        }
        Ok((journal, results))
    }

    /// Writes a result. Threads may do so at the same time.
    pub(super) fn write(&self, line: &impl Serialize) -> Result<(), Error> {
        let line = self::line(line)?;
        // A thread that panicked while it held the file has written all or nothing of a line, as far as can be known.
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(&line).map_err(|source| Error::Write { path: self.path.clone(), source })
    }
}

fn line(of: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut line = serde_json::to_vec(of).map_err(Error::Report)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &std::path::Path, settings: &str) -> Result<(Journal, Vec<u32>), Error> {
        Journal::open(path.to_owned(), &settings.to_owned())
    }

    #[test]
    fn what_was_written_is_there_when_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let (journal, results) = open(&path, "one").unwrap();
        assert!(results.is_empty());
        (1..=3).for_each(|result| journal.write(&result).unwrap());
        let (journal, results) = open(&path, "one").unwrap();
        assert_eq!(results, [1, 2, 3]);
        journal.write(&4).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "\"one\"\n1\n2\n3\n4\n");
    }

    #[test]
    fn a_line_that_was_cut_off_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        std::fs::write(&path, "\"one\"\n12\n3").unwrap();
        let (journal, results) = open(&path, "one").unwrap();
        assert_eq!(results, [12]);
        journal.write(&5).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "\"one\"\n12\n5\n");
        std::fs::write(&path, "\"on").unwrap();
        assert!(open(&path, "one").unwrap().1.is_empty());
    }

    #[test]
    fn results_of_other_settings_are_not_mixed_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        open(&path, "one").unwrap();
        assert!(matches!(open(&path, "two"), Err(Error::OtherSettings { .. })));
        std::fs::write(&path, "\"one\"\nno number\n").unwrap();
        assert!(matches!(open(&path, "one"), Err(Error::OtherSettings { .. })));
        assert!(std::fs::read_to_string(&path).unwrap().contains("no number"), "it stays as it was");
        std::fs::write(&path, "notes without a line break").unwrap();
        assert!(matches!(open(&path, "one"), Err(Error::OtherSettings { .. })));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "notes without a line break");
    }
}
