//! A set of classes and its prior.

use super::error::ClassPriorsError;
use crate::Prior;

/// The class that is the foreground where there is no other.
pub(super) const FOREGROUND: usize = 1;

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

    /// The prior of the foreground where there is no other class, of weight 1.
    pub(super) fn of_foreground(prior: Prior) -> Self {
        Self { classes: vec![FOREGROUND], prior, weight: 1.0 }
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

    /// The set as it is written with these names of classes, that of class 0 first: `cavity+muscle`. As in
    /// [`ClassPriors::named`](super::ClassPriors::named), a class without a name that can be read again is written as its number.
    pub fn named_set(&self, names: &[impl AsRef<str>]) -> String {
        self.classes.iter().map(|&class| super::text::written(class, names)).collect::<Vec<_>>().join("+")
    }

    /// The set as it is written: `1+2`.
    pub fn set(&self) -> String {
        set_text(&self.classes)
    }
}

fn set_text(classes: &[usize]) -> String {
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
    fn weights_are_finite_and_not_negative() {
        assert_eq!(entry(&[1], "1,0").weight(), 1.0);
        assert_eq!(entry(&[1], "1,0").with_weight(0.25).unwrap().weight(), 0.25);
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            let error = entry(&[1, 3], "1,0").with_weight(weight).unwrap_err();
            assert!(error.to_string().starts_with("the weight of 1+3 is"), "{error}");
        }
    }
}
