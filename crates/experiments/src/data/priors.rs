//! What is known of the topology of images: one prior for all, or a list.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use topoloss::{ClassPriors, ClassPriorsError};

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
    /// Reads a CSV file with the columns `file` and `prior`, for a network with these names of classes, that of the background
    /// first, or with none of the foreground alone.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or a prior is none of an image, or of no such class.
    pub fn read(list: &Path, classes: &[String]) -> Result<Self, DataError> {
        let bytes = std::fs::read(list).map_err(|error| Problem::Read(error).of(list))?;
        let failed = |message: String| Problem::Priors(message).of(list);
        let mut by_name = BTreeMap::new();
        for row in csv::Reader::from_reader(&bytes[..]).deserialize() {
            let Row { file, prior } = row.map_err(|error: csv::Error| failed(error.to_string()))?;
            let prior = of_image(&prior, classes).map_err(|error| failed(format!("{file}: {error}")))?;
            let name = Path::new(&file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if by_name.insert(name, prior).is_some() {
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

/// Why a text is not what images of a network should look like.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoPriors {
    /// It is no list of priors.
    #[error(transparent)]
    Syntax(#[from] ClassPriorsError),
    /// It is for volumes.
    #[error("the prior {0} is not one of an image, which has 2 numbers: components, holes")]
    Dimensions(String),
    /// It is for the foreground, and there are several classes.
    #[error(
        "the prior {given} does not say of which class it is; of several classes each has its own, and unions of them may, as \
         in {first}:{given}"
    )]
    NoSet {
        /// The prior.
        given: String,
        /// The name of the first class.
        first: String,
    },
    /// It is for several classes, and there are none.
    #[error("the prior {0} is one of several classes; --classes names them")]
    NoClasses(String),
}

/// The priors of a text, for a network with these names of classes, that of the background first, or with none of the
/// foreground alone.
///
/// # Errors
///
/// If it is no list of priors of images, or of a class that is not there.
pub fn of_image(text: &str, classes: &[String]) -> Result<ClassPriors, NoPriors> {
    let priors = ClassPriors::parse(text, classes)?;
    if let Some(first) = classes.get(1)
        && !text.contains(':')
    {
        return Err(NoPriors::NoSet { given: text.to_owned(), first: first.clone() });
    }
    if priors.dimensions() != 2 {
        return Err(NoPriors::Dimensions(priors.to_string()));
    }
    if classes.is_empty() && priors.of_foreground().is_none() {
        return Err(NoPriors::NoClasses(priors.to_string()));
    }
    Ok(priors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Priors, DataError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("priors.csv");
        std::fs::write(&path, text).unwrap();
        Priors::read(&path, &[])
    }

    #[test]
    fn classes_have_priors_by_their_names() {
        let names = ["background", "cavity", "muscle"].map(str::to_owned);
        let heart = of_image("cavity:1,0; 2:1,1", &names).unwrap();
        assert_eq!(heart.to_string(), "1:1,0; 2:1,1");
        assert!(matches!(of_image("lung:1,0", &names), Err(NoPriors::Syntax(_))));
        let error = of_image("1,1", &names).unwrap_err();
        assert!(error.to_string().ends_with("as in cavity:1,1"), "{error}");
        assert!(matches!(of_image("1:1,0,0", &names), Err(NoPriors::Dimensions(_))));
        let error = of_image("1:1,0; 2:1,1", &[]).unwrap_err();
        assert!(error.to_string().contains("--classes names them"), "{error}");
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
        assert!(
            Priors::read(Path::new("not there.csv"), &[]).unwrap_err().to_string().contains("cannot be read")
        );
    }
}
