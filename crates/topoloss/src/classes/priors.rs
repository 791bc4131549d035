//! What the classes of a segmentation, and unions of them, should look like.

use super::{contradiction, error::ClassPriorsError};
use crate::{Error, Prior};

/// The prior of one class, or of the union of several.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassPrior {
    /// Ascending.
    classes: Vec<usize>,
    prior: Prior,
    weight: f64,
}

impl ClassPrior {
    /// The prior of the union of these classes, of weight 1.
    ///
    /// # Errors
    ///
    /// If there is no class or one is given twice.
    pub fn new(classes: impl Into<Vec<usize>>, prior: Prior) -> Result<Self, ClassPriorsError> {
        let mut classes = classes.into();
        if classes.is_empty() {
            return Err(ClassPriorsError::EmptySet { prior: prior.to_string() });
        }
        let set = set_text(&classes);
        classes.sort_unstable();
        match classes.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(ClassPriorsError::Repeated { class: pair[0], set }),
            None => Ok(Self { classes, prior, weight: 1.0 }),
        }
    }

    /// The same entry with another weight of its loss: finite and not negative.
    ///
    /// # Errors
    ///
    /// If the weight is negative, infinite or NaN.
    pub fn with_weight(mut self, weight: f64) -> Result<Self, ClassPriorsError> {
        if !(weight.is_finite() && weight >= 0.0) {
            return Err(ClassPriorsError::Weight { set: self.set(), weight });
        }
        self.weight = weight;
        Ok(self)
    }

    /// The classes of the set, ascending.
    pub fn classes(&self) -> &[usize] {
        &self.classes
    }

    /// What their union should look like.
    pub fn prior(&self) -> &Prior {
        &self.prior
    }

    /// How much the loss of this entry counts. Default: 1.
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// Whether a class is in the set.
    pub fn contains(&self, class: usize) -> bool {
        self.classes.contains(&class)
    }

    /// The set as it is written: `1+2`.
    pub fn set(&self) -> String {
        set_text(&self.classes)
    }
}

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
            if entry.prior.dimensions() != first.prior.dimensions() {
                return Err(ClassPriorsError::Dimensions {
                    one_set: first.set(),
                    one: first.prior.to_string(),
                    other_set: entry.set(),
                    other: entry.prior.to_string(),
                });
            }
            if let Some(same) = entries[..place].iter().find(|other| other.classes == entry.classes) {
                let (one, other) = (same.prior.to_string(), entry.prior.to_string());
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
        self.entries.first().map_or(0, |entry| entry.prior.dimensions())
    }

    /// An error unless all classes are among so many, which are numbered from 0.
    ///
    /// # Errors
    ///
    /// The first class that is not.
    pub fn check_classes(&self, classes: usize) -> Result<(), Error> {
        let beyond = |entry: &ClassPrior| entry.classes.last().copied().filter(|&class| class >= classes);
        match self.entries.iter().find_map(|entry| Some((entry, beyond(entry)?))) {
            Some((entry, class)) => Err(Error::NoSuchClass { set: entry.set(), class, classes }),
            None => Ok(()),
        }
    }
}

/// The class that is the foreground where there is no other.
pub(super) const FOREGROUND: usize = 1;

impl From<Prior> for ClassPriors {
    /// The prior of class 1, the foreground where there is no other class, of weight 1.
    fn from(prior: Prior) -> Self {
        Self { entries: vec![ClassPrior { classes: vec![FOREGROUND], prior, weight: 1.0 }] }
    }
}

pub(super) fn set_text(classes: &[usize]) -> String {
    classes.iter().map(usize::to_string).collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(classes: &[usize], prior: &str) -> ClassPrior {
        ClassPrior::new(classes, prior.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_set_is_the_same_in_any_order_and_has_no_class_twice() {
        assert_eq!(entry(&[2, 1], "1,0"), entry(&[1, 2], "1,0"));
        let prior: Prior = "1,0".parse().unwrap();
        assert_eq!(
            ClassPrior::new([2, 1, 2], prior.clone()).unwrap_err(),
            ClassPriorsError::Repeated { class: 2, set: "2+1+2".to_owned() }
        );
        let error = ClassPrior::new([], prior).unwrap_err();
        assert_eq!(error, ClassPriorsError::EmptySet { prior: "1,0".to_owned() });
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
    fn weights_are_finite_and_not_negative() {
        assert_eq!(entry(&[1], "1,0").weight(), 1.0);
        assert_eq!(entry(&[1], "1,0").with_weight(0.25).unwrap().weight(), 0.25);
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            let error = entry(&[1, 3], "1,0").with_weight(weight).unwrap_err();
            assert!(error.to_string().starts_with("the weight of 1+3 is"), "{error}");
        }
    }

    #[test]
    fn a_class_that_an_array_does_not_have_is_named() {
        let priors = ClassPriors::new([entry(&[1], "1,0"), entry(&[1, 4], "1,0")]).unwrap();
        assert!(priors.check_classes(5).is_ok());
        let error = priors.check_classes(4).unwrap_err();
        assert!(error.to_string().contains("class 4 of 1+4"), "{error}");
    }
}
