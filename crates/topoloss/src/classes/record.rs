//! Lists of priors as records: a list of entries, or in short their text.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{entry::ClassPrior, priors::ClassPriors};
use crate::{Prior, prior_record::TextOr};

impl Serialize for ClassPrior {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (classes, prior, weight) = (self.classes().to_vec(), self.prior().clone(), self.weight());
        Record { classes, prior, weight: Some(weight) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ClassPrior {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Record { classes, prior, weight } = Record::deserialize(deserializer)?;
        let entry = Self::new(classes, prior).map_err(D::Error::custom)?;
        match weight {
            Some(weight) => entry.with_weight(weight).map_err(D::Error::custom),
            None => Ok(entry),
        }
    }
}

impl Serialize for ClassPriors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.entries().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ClassPriors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match TextOr::<Vec<ClassPrior>>::deserialize(deserializer)? {
            TextOr::Text(text) => text.parse().map_err(D::Error::custom),
            TextOr::Record(entries) => Self::new(entries).map_err(D::Error::custom),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Record {
    classes: Vec<usize>,
    prior: Prior,
    #[serde(default)]
    weight: Option<f64>,
}
