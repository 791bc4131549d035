//! What is known of the topology of images: one prior for all, or a list.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use topoloss::{ClassPriors, Prior};

use super::{DataError, Problem};

/// The priors of images by their names.
#[derive(Clone, Debug, PartialEq)]
pub enum Priors {
    /// The same for every image.
    Same(ClassPriors),
    /// One for each.
    Each {
        /// The file that was read.
        list: PathBuf,
        /// By the names of images without their endings.
        by_name: BTreeMap<String, ClassPriors>,
    },
}

#[derive(Deserialize)]
struct Row {
    file: String,
    prior: String,
}

impl Priors {
    /// Reads a CSV file with the columns `file` and `prior`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or a prior is none of an image.
    pub fn read(list: &Path) -> Result<Self, DataError> {
        let bytes = std::fs::read(list).map_err(|error| Problem::Read(error).of(list))?;
        let failed = |message: String| Problem::Priors(message).of(list);
        let mut by_name = BTreeMap::new();
        for row in csv::Reader::from_reader(&bytes[..]).deserialize() {
            let Row { file, prior } = row.map_err(|error: csv::Error| failed(error.to_string()))?;
            let prior: Prior = prior.parse().map_err(|error| failed(format!("{file}: {error}")))?;
            if prior.dimensions() != 2 {
                return Err(failed(format!("{file}: the prior {prior} is not one of an image")));
            }
            let name = Path::new(&file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if by_name.insert(name, prior.into()).is_some() {
                return Err(failed(format!("{file}: there are two priors for an image of this name")));
            }
        }
        Ok(Self::Each { list: list.to_owned(), by_name })
    }

    /// The priors of the image of this name.
    ///
    /// # Errors
    ///
    /// If it is not in the list.
    pub fn of(&self, name: &str) -> Result<&ClassPriors, DataError> {
        match self {
            Self::Same(priors) => Ok(priors),
            Self::Each { list, by_name } => {
                let missing = || DataError::NoPrior { name: name.to_owned(), list: list.clone() };
                by_name.get(name).ok_or_else(missing)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Priors, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("priors.csv");
        std::fs::write(&path, text).unwrap();
        Priors::read(&path)
    }

    #[test]
    fn each_image_has_the_prior_of_its_row() {
        let priors = read("prior,file\n\"1,1\",a.png\n\"2,0-1\",b\n").unwrap();
        assert_eq!(priors.of("a").unwrap(), &"1,1".parse().unwrap());
        assert_eq!(priors.of("b").unwrap(), &"2,0-1".parse().unwrap());
        assert!(matches!(priors.of("c"), Err(DataError::NoPrior { .. })));
        let same = Priors::Same("1,0".parse().unwrap());
        assert_eq!(same.of("c").unwrap(), &"1,0".parse().unwrap());
    }

    #[test]
    fn what_is_no_list_of_priors_is_refused_with_the_row() {
        for (text, says) in [
            ("file,name\na,b\n", "prior"),
            ("file,prior\na.png,one\n", "a.png: "),
            ("file,prior\na.png,\"1,0,0\"\n", "not one of an image"),
            ("file,prior\na.png,\"1,0\"\na.tif,\"1,1\"\n", "two priors"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(says) && error.contains("accepted is a CSV"), "{error}");
        }
        assert!(Priors::read(Path::new("not there.csv")).unwrap_err().to_string().contains("cannot be read"));
    }
}
