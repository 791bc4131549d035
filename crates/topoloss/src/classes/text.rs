//! The text of a list of priors, with numbers or names of classes.

use std::{fmt, str::FromStr};

use super::{entry::ClassPrior, error::ClassPriorsError, priors::ClassPriors};
use crate::Prior;

impl ClassPriors {
    /// Reads a list such as `cavity:1,0; muscle:1,1; cavity+muscle:1,0`, in which classes are written as names or as
    /// numbers. `names` has the name of each class, that of class 0 first; spaces around a name do not count.
    ///
    /// # Errors
    ///
    /// If the text is no list of priors, a name is unknown or that of two classes, a number is that of no class in
    /// `names` (if there are any), or for the reasons of [`ClassPriors::new`].
    pub fn parse(text: &str, names: &[impl AsRef<str>]) -> Result<Self, ClassPriorsError> {
        if !text.contains([':', ';']) {
            let source = |source| ClassPriorsError::Prior { set: "the foreground".to_owned(), source };
            return text.parse::<Prior>().map(Self::from).map_err(source);
        }
        let entry = |entry: &str| {
            // A name may have a colon in it, a prior none.
            let (set, prior) = entry
                .rsplit_once(':')
                .ok_or_else(|| ClassPriorsError::Entry { entry: entry.trim().to_owned() })?;
            let in_set = |source| ClassPriorsError::Prior { set: set.trim().to_owned(), source };
            let prior = prior.parse().map_err(in_set)?;
            let classes = set.split('+').map(|class| read_class(class.trim(), names));
            ClassPrior::new(classes.collect::<Result<Vec<_>, _>>()?, prior)
        };
        Self::new(text.split(';').map(entry).collect::<Result<Vec<_>, _>>()?)
    }

    /// The list as text, with names of classes instead of numbers; `names` has that of class 0 first. A class that has
    /// none, or one that [`ClassPriors::parse`] would not read as this class, is written as its number.
    pub fn named<'a, S: AsRef<str>>(&'a self, names: &'a [S]) -> Named<'a, S> {
        Named { priors: self, names }
    }
}

fn read_class<S: AsRef<str>>(class: &str, names: &[S]) -> Result<usize, ClassPriorsError> {
    if is_number(class) {
        let unknown = || ClassPriorsError::Class { class: class.to_owned(), names: owned(names) };
        let number = class.parse().map_err(|_| unknown())?;
        if !names.is_empty() && number >= names.len() {
            return Err(ClassPriorsError::NoSuchClass { class: number, classes: names.len() });
        }
        return Ok(number);
    }
    let mut of_name = (0..names.len()).filter(|&number| names[number].as_ref().trim() == class);
    match (of_name.next(), of_name.next()) {
        (Some(one), Some(other)) => {
            Err(ClassPriorsError::SameName { name: class.to_owned(), classes: [one, other] })
        }
        (Some(number), None) if !class.is_empty() => Ok(number),
        _ => Err(ClassPriorsError::Class { class: class.to_owned(), names: owned(names) }),
    }
}

/// The name of a class, or its number where the name is none that [`read_class`] takes for this class.
pub(super) fn written<S: AsRef<str>>(class: usize, names: &[S]) -> String {
    let name = names.get(class).map(|name| name.as_ref().trim());
    let is_read = |name: &&str| {
        !name.contains(['+', ';']) && !is_number(name) && read_class(name, names).ok() == Some(class)
    };
    name.filter(is_read).map_or_else(|| class.to_string(), str::to_owned)
}

fn is_number(class: &str) -> bool {
    !class.is_empty() && class.bytes().all(|byte| byte.is_ascii_digit())
}

fn owned(names: &[impl AsRef<str>]) -> Vec<String> {
    names.iter().map(|name| name.as_ref().to_owned()).collect()
}

/// A list of priors that is written with names of classes: see [`ClassPriors::named`].
#[derive(Clone, Copy, Debug)]
pub struct Named<'a, S> {
    priors: &'a ClassPriors,
    names: &'a [S],
}

impl<S: AsRef<str>> fmt::Display for Named<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The list of the one class that is the foreground needs no set.
        if let Some(prior) = self.priors.of_foreground() {
            return write!(f, "{prior}");
        }
        for (place, entry) in self.priors.entries().iter().enumerate() {
            f.write_str(if place == 0 { "" } else { "; " })?;
            write!(f, "{}:{}", entry.named_set(self.names), entry.prior())?;
        }
        Ok(())
    }
}

impl fmt::Display for ClassPriors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.named(&[] as &[&str]).fmt(f)
    }
}

impl FromStr for ClassPriors {
    type Err = ClassPriorsError;

    fn from_str(text: &str) -> Result<Self, ClassPriorsError> {
        Self::parse(text, &[] as &[&str])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::PriorError;

    const HEART: [&str; 3] = ["background", "cavity", "muscle"];

    #[test]
    fn a_list_reads_as_it_is_written() {
        for text in ["1:1,0; 2:1,1; 1+2:1,0", "1,0-2", "0:1,0", "2:1,0,*", "3+12:*,*; 1:1,0", "1:1,0; 2:0,0"]
        {
            assert_eq!(text.parse::<ClassPriors>().unwrap().to_string(), text);
        }
        let spaced: ClassPriors = " 2 + 1 : 1 , 0 ;1:1,0 ".parse().unwrap();
        assert_eq!(spaced.to_string(), "1+2:1,0; 1:1,0");
        assert_eq!("1:1,1".parse::<ClassPriors>().unwrap(), "1,1".parse().unwrap());
        let heart = ClassPriors::parse("cavity:1,0; 2:1,1; muscle + cavity:1,0", &HEART).unwrap();
        assert_eq!(heart.to_string(), "1:1,0; 2:1,1; 1+2:1,0");
    }

    #[test]
    fn what_is_not_a_list_is_refused_with_what_would_be_accepted() {
        let error = |text: &str| ClassPriors::parse(text, &HEART).unwrap_err();
        for text in ["1:1,0;", "1:1,0; 2", ";"] {
            assert!(matches!(error(text), ClassPriorsError::Entry { .. }), "{text}");
        }
        for text in ["ring", "1:1,x", "1:1", "cavity:"] {
            assert!(matches!(error(text), ClassPriorsError::Prior { .. }), "{text}");
        }
        for text in ["1+:1,0", ":1,0", "-1:1,0", "1.5:1,0", "Cavity:1,0", "99999999999999999999999:1,0"] {
            let error = error(text);
            assert!(matches!(error, ClassPriorsError::Class { .. }), "{text}");
            assert!(error.to_string().contains("background, cavity, muscle"), "{error}");
        }
        assert_eq!(error("3:1,0"), ClassPriorsError::NoSuchClass { class: 3, classes: 3 });
        assert!(matches!(error("1+cavity:1,0"), ClassPriorsError::Repeated { class: 1, .. }));
        assert!(matches!(error("cavity+muscle:1,0; 2+1:1,0"), ClassPriorsError::SameSet { .. }));
        let source = PriorError::EmptyRange { least: 2, most: 1 };
        assert_eq!(error("muscle:1,2-1"), ClassPriorsError::Prior { set: "muscle".to_owned(), source });
        let twice = ClassPriors::parse("a:1,0; b:1,0", &["a", "b", "b "]).unwrap_err();
        assert_eq!(twice, ClassPriorsError::SameName { name: "b".to_owned(), classes: [1, 2] });
    }

    #[test]
    fn a_class_whose_name_would_be_misread_is_written_as_its_number() {
        let priors: ClassPriors = "0:1,0; 1:1,0; 2:1,0; 3:1,0; 4:1,0; 5:1,0; 6:1,0".parse().unwrap();
        let names = ["a:b", "c+d", "2", "x", "x", " y "];
        let text = "a:b:1,0; 1:1,0; 2:1,0; 3:1,0; 4:1,0; y:1,0; 6:1,0";
        assert_eq!(priors.named(&names).to_string(), text);
    }

    proptest! {
        #[test]
        fn a_list_with_names_reads_as_it_is_written(
            names in prop::collection::vec("[a-c1+;: ]{0,3}", 4..7),
            sets in prop::collection::btree_set(prop::collection::btree_set(0usize..4, 1..4), 1..5),
        ) {
            let entry = |classes: &std::collections::BTreeSet<usize>| {
                let classes: Vec<usize> = classes.iter().copied().collect();
                ClassPrior::new(classes, "*,0-2".parse().unwrap()).unwrap()
            };
            let priors = ClassPriors::new(sets.iter().map(entry).collect::<Vec<_>>()).unwrap();
            let text = priors.named(&names).to_string();
            prop_assert_eq!(ClassPriors::parse(&text, &names), Ok(priors), "{}", text);
        }
    }
}
