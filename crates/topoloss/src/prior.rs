//! The prior: how many features of each dimension there should be.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use crate::{Error, PriorError};

/// How many features of one dimension there should be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Count {
    /// So many: the desired Betti number of equation 3.
    Exactly(usize),
    /// Any number in the range. In the loss the bars from the lower to the upper number are in neither sum, as
    /// proposed after equation 4 of Clough et al. 2020.
    Range(RangeInclusive<usize>),
    /// Any number: the dimension adds nothing to the loss.
    Any,
}

impl Count {
    /// The smallest number that satisfies.
    pub fn least(&self) -> usize {
        match self {
            Self::Exactly(count) => *count,
            Self::Range(range) => *range.start(),
            Self::Any => 0,
        }
    }

    /// The largest number that satisfies; `None` if there is none.
    pub fn most(&self) -> Option<usize> {
        match self {
            Self::Exactly(count) => Some(*count),
            Self::Range(range) => Some(*range.end()),
            Self::Any => None,
        }
    }

    /// How many features are too many.
    pub fn surplus(&self, betti: usize) -> usize {
        self.most().map_or(0, |most| betti.saturating_sub(most))
    }

    /// How many features are missing.
    pub fn missing(&self, betti: usize) -> usize {
        self.least().saturating_sub(betti)
    }
}

impl FromStr for Count {
    type Err = PriorError;

    fn from_str(text: &str) -> Result<Self, PriorError> {
        let part = text.trim();
        let number = |digits: &str| {
            // `usize` also parses "+1", which is no way to write a prior.
            let digits = digits.trim();
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
        };
        let count = match part.split_once('-') {
            _ if part == "*" => Some(Self::Any),
            Some((least, most)) => {
                number(least).zip(number(most)).map(|(least, most)| Self::Range(least..=most))
            }
            None => number(part).map(Self::Exactly),
        };
        count.ok_or_else(|| PriorError::Part { part: part.to_owned(), text: text.to_owned() })
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(count) => write!(f, "{count}"),
            Self::Range(range) => write!(f, "{}-{}", range.start(), range.end()),
            Self::Any => f.write_str("*"),
        }
    }
}

/// The desired Betti numbers of an image (components, holes) or a volume (components, handles, cavities), and how
/// much each dimension weighs in the loss.
///
/// Written as one [`Count`] per dimension, separated by commas: `1,1`, or `1,0-2,*`. Weights are not part of the
/// text; they are 1 unless set.
///
/// ```
/// let ring: topoloss::Prior = "1,1".parse()?;
/// assert!(ring.is_satisfied_by(&[1, 1]));
/// assert_eq!(ring.betti_error(&[3, 0]), [2, 1]);
/// # Ok::<(), topoloss::PriorError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Prior {
    counts: Vec<Count>,
    weights: Vec<f64>,
}

impl Prior {
    /// A prior of one count per dimension, each of weight 1.
    ///
    /// # Errors
    ///
    /// If there are neither 2 nor 3 counts, or a range is empty.
    pub fn new(counts: impl Into<Vec<Count>>) -> Result<Self, PriorError> {
        let counts = counts.into();
        if !matches!(counts.len(), 2 | 3) {
            return Err(PriorError::Dimensions { given: counts.len() });
        }
        for count in &counts {
            if let Count::Range(range) = count
                && range.is_empty()
            {
                return Err(PriorError::EmptyRange { least: *range.start(), most: *range.end() });
            }
        }
        let weights = vec![1.0; counts.len()];
        Ok(Self { counts, weights })
    }

    /// The paper's prior: exactly these Betti numbers.
    ///
    /// # Errors
    ///
    /// If there are neither 2 nor 3 numbers.
    pub fn exactly(betti: &[usize]) -> Result<Self, PriorError> {
        Self::new(betti.iter().map(|&count| Count::Exactly(count)).collect::<Vec<_>>())
    }

    /// The same prior with other weights of the terms of equation 4, one per dimension, finite and not negative.
    ///
    /// # Errors
    ///
    /// If there is another number of weights than of dimensions, or one is negative, infinite or NaN.
    pub fn with_weights(mut self, weights: &[f64]) -> Result<Self, PriorError> {
        if weights.len() != self.counts.len() {
            return Err(PriorError::WeightCount { weights: weights.len(), dimensions: self.counts.len() });
        }
        let is_weight = |weight: f64| weight.is_finite() && weight >= 0.0;
        if let Some(dimension) = weights.iter().position(|&weight| !is_weight(weight)) {
            return Err(PriorError::Weight { dimension, weight: weights[dimension] });
        }
        self.weights.copy_from_slice(weights);
        Ok(self)
    }

    /// The counts, one per dimension.
    pub fn counts(&self) -> &[Count] {
        &self.counts
    }

    /// The weights, one per dimension.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// How many dimensions the prior speaks of: 2 for images, 3 for volumes.
    pub fn dimensions(&self) -> usize {
        self.counts.len()
    }

    /// Whether these Betti numbers, one per dimension, are as desired.
    pub fn is_satisfied_by(&self, betti: &[usize]) -> bool {
        betti.len() == self.counts.len() && self.betti_error(betti).iter().all(|&error| error == 0)
    }

    /// The Betti error of each dimension: how far the Betti number is from the nearest desired one.
    pub fn betti_error(&self, betti: &[usize]) -> Vec<usize> {
        let error = |(count, &betti): (&Count, &usize)| count.surplus(betti) + count.missing(betti);
        self.counts.iter().zip(betti).map(error).collect()
    }

    /// The sum of the Betti errors of all dimensions, or the greatest number if it is greater.
    pub(crate) fn total_error(&self, betti: &[usize]) -> usize {
        self.betti_error(betti).into_iter().fold(0, usize::saturating_add)
    }

    /// An error unless the prior has one count per axis of the array.
    pub(crate) fn check_dimensions(&self, axes: usize) -> Result<(), Error> {
        if matches!(axes, 2 | 3) && axes != self.dimensions() {
            let given = self.dimensions();
            return Err(Error::Dimensions { prior: self.to_string(), given, array: axes });
        }
        Ok(())
    }
}

impl fmt::Display for Prior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (dimension, count) in self.counts.iter().enumerate() {
            write!(f, "{}{count}", if dimension == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl FromStr for Prior {
    type Err = PriorError;

    fn from_str(text: &str) -> Result<Self, PriorError> {
        let count = |part: &str| match part.parse() {
            // The whole text says where the part stands.
            Err(PriorError::Part { part, .. }) => Err(PriorError::Part { part, text: text.to_owned() }),
            count => count,
        };
        Self::new(text.split(',').map(count).collect::<Result<Vec<_>, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prior_reads_as_it_is_written() {
        for text in ["1,1", "0,0", "1,0-2", "*,*", "1,0-2,*", "12,3-3,4"] {
            assert_eq!(text.parse::<Prior>().unwrap().to_string(), text);
        }
        assert_eq!(
            " 1 , 0 - 2,* ".parse::<Prior>().unwrap().counts(),
            [Count::Exactly(1), Count::Range(0..=2), Count::Any]
        );
    }

    #[test]
    fn what_is_not_a_prior_is_refused_with_what_would_be_accepted() {
        for text in ["1,x", "1,", "", "1;1", "1,-1", "1,2-", "+1,1", "1,1.5", "1,1-2-3"] {
            let error = text.parse::<Prior>().unwrap_err();
            assert!(matches!(error, PriorError::Part { .. }), "{text}");
            assert!(error.to_string().contains("0-2 (none to two)"));
        }
        assert_eq!("1,2-0".parse::<Prior>().unwrap_err(), PriorError::EmptyRange { least: 2, most: 0 });
        for text in ["1", "1,1,1,1"] {
            assert!(matches!(text.parse::<Prior>().unwrap_err(), PriorError::Dimensions { .. }));
        }
    }

    #[test]
    fn weights_are_finite_and_not_negative_and_one_per_dimension() {
        let prior = Prior::exactly(&[1, 1]).unwrap();
        assert_eq!(prior.weights(), [1.0, 1.0]);
        assert_eq!(prior.clone().with_weights(&[0.0, 2.5]).unwrap().weights(), [0.0, 2.5]);
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            let error = prior.clone().with_weights(&[1.0, weight]).unwrap_err();
            assert!(matches!(error, PriorError::Weight { dimension: 1, .. }));
        }
        let error = prior.with_weights(&[1.0]).unwrap_err();
        assert_eq!(error, PriorError::WeightCount { weights: 1, dimensions: 2 });
    }

    #[test]
    fn the_betti_error_is_the_distance_to_the_range() {
        let prior: Prior = "1,2-4,*".parse().unwrap();
        assert_eq!(prior.betti_error(&[3, 1, 9]), [2, 1, 0]);
        assert_eq!(prior.betti_error(&[0, 7, 0]), [1, 3, 0]);
        assert!(prior.is_satisfied_by(&[1, 3, 5]));
        assert!(!prior.is_satisfied_by(&[1, 5, 5]));
        assert!(!prior.is_satisfied_by(&[1, 3]), "a volume has three Betti numbers");
    }
}
