//! What the classes of a segmentation, and unions of them, should look like.

use super::{
    contradiction,
    entry::{ClassPrior, FOREGROUND},
    error::ClassPriorsError,
};
use crate::{Error, Prior};

/// What the classes of a segmentation, and unions of them, should look like: a list of sets of classes, each with a
/// [`Prior`] and a weight.
///
/// Written as `1:1,0; 2:1,1; 1+2:1,0`, the set before the colon and its prior after it. [`ClassPriors::parse`] also takes
/// names of classes, and [`ClassPriors::named`] writes them. A prior alone, `1,1`, is that of class 1, the foreground
/// where there is only one: it is how a list that says no more is written. As in a [`Prior`], weights are not part of the
/// text.
///
/// A list that nothing can satisfy is an error where that can be told: see [`ClassPriors::new`].
///
/// ```
/// use topoloss::ClassPriors;
///
/// let heart: ClassPriors = "1:1,0; 2:1,1; 1+2:1,0".parse()?;
/// assert_eq!(heart.entries()[2].classes(), [1, 2]);
/// let names = ["background", "cavity", "muscle"];
/// assert_eq!(ClassPriors::parse("cavity:1,0; muscle:1,1; cavity+muscle:1,0", &names)?, heart);
/// assert_eq!(heart.named(&names).to_string(), "cavity:1,0; muscle:1,1; cavity+muscle:1,0");
///
/// let error = "1:1,0; 2:1,0; 1+2:3,0".parse::<ClassPriors>().unwrap_err();
/// assert!(error.to_string().contains("at least 3 components"));
/// # Ok::<(), topoloss::ClassPriorsError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClassPriors {
    entries: Vec<ClassPrior>,
}

impl ClassPriors {
    /// A list of priors.
    ///
    /// # Errors
    ///
    /// If there is no entry, if two are about one set, if some are for images and some for volumes, or if they
    /// contradict each other so that it can be told:
    ///
    /// - a union whose sets of members have fewer components together than it should have: each of its components has a
    ///   component of a member in it, so that it has at most as many as these in all. Any entries count that make it up,
    ///   overlapping or not; unions of more than 16 classes are not looked at;
    /// - a set that should have no component, and so no pixel, and a part of it that should have a feature.
    ///
    /// Other lists that nothing satisfies are not told from those that something does: holes come and go with how classes
    /// touch, and whether there is room for everything depends on the array.
    pub fn new(entries: impl Into<Vec<ClassPrior>>) -> Result<Self, ClassPriorsError> {
        let entries = entries.into();
        let Some(first) = entries.first() else { return Err(ClassPriorsError::NoEntry) };
        for (place, entry) in entries.iter().enumerate() {
            if entry.prior().dimensions() != first.prior().dimensions() {
                return Err(ClassPriorsError::Dimensions {
                    one_set: first.set(),
                    one: first.prior().to_string(),
                    other_set: entry.set(),
                    other: entry.prior().to_string(),
                });
            }
            if let Some(same) = entries[..place].iter().find(|other| other.classes() == entry.classes()) {
                let (one, other) = (same.prior().to_string(), entry.prior().to_string());
                return Err(ClassPriorsError::SameSet { set: entry.set(), one, other });
            }
        }
        contradiction::find(&entries)?;
        Ok(Self { entries })
    }

    /// The entries, in the order in which they were given.
    pub fn entries(&self) -> &[ClassPrior] {
        &self.entries
    }

    /// How many dimensions the priors speak of: 2 for images, 3 for volumes.
    pub fn dimensions(&self) -> usize {
        // There is at least one entry.
        self.entries.first().map_or(0, |entry| entry.prior().dimensions())
    }

    /// The prior of the foreground, class 1, if the list is about nothing else: what a map without classes can have.
    pub fn of_foreground(&self) -> Option<&Prior> {
        match &self.entries[..] {
            [entry] if entry.classes() == [FOREGROUND] => Some(entry.prior()),
            _ => None,
        }
    }

    /// An error unless all classes are among so many, which are numbered from 0.
    ///
    /// # Errors
    ///
    /// The first class that is not.
    pub fn check_classes(&self, classes: usize) -> Result<(), Error> {
        let beyond = |entry: &ClassPrior| entry.classes().last().copied().filter(|&class| class >= classes);
        match self.entries.iter().find_map(|entry| Some((entry, beyond(entry)?))) {
            Some((entry, class)) => Err(Error::NoSuchClass { set: entry.set(), class, classes }),
            None => Ok(()),
        }
    }
}

impl From<Prior> for ClassPriors {
    /// The prior of class 1, the foreground where there is no other class, of weight 1.
    fn from(prior: Prior) -> Self {
        Self { entries: vec![ClassPrior::of_foreground(prior)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(classes: &[usize], prior: &str) -> ClassPrior {
        ClassPrior::new(classes, prior.parse().unwrap()).unwrap()
    }

    #[test]
    fn entries_are_about_different_sets_of_one_kind_of_array() {
        assert_eq!(ClassPriors::new([]).unwrap_err(), ClassPriorsError::NoEntry);
        let error = ClassPriors::new([entry(&[1, 2], "1,0"), entry(&[2, 1], "1,1")]).unwrap_err();
        assert_eq!(error.to_string(), "there are two priors for 1+2: 1,0 and 1,1");
        let error = ClassPriors::new([entry(&[1], "1,0"), entry(&[2], "1,0,0")]).unwrap_err();
        assert!(matches!(error, ClassPriorsError::Dimensions { .. }), "{error}");
    }

    #[test]
    fn a_list_of_class_1_alone_is_the_prior_of_the_foreground() {
        let prior = |text: &str| text.parse::<ClassPriors>().unwrap().of_foreground().map(Prior::to_string);
        assert_eq!([prior("1,1"), prior("1:1,1")], [Some("1,1".to_owned()), Some("1,1".to_owned())]);
        assert_eq!([prior("2:1,1"), prior("1+2:1,1"), prior("1:1,1; 2:1,0")], [None, None, None]);
    }

    #[test]
    fn a_class_that_an_array_does_not_have_is_named() {
        let priors = ClassPriors::new([entry(&[1], "1,0"), entry(&[1, 4], "1,0")]).unwrap();
        assert!(priors.check_classes(5).is_ok());
        let error = priors.check_classes(4).unwrap_err();
        assert!(error.to_string().contains("class 4 of 1+4"), "{error}");
    }
}
