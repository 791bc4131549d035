//! Priors as records: counts are their text; a prior is its text and weights, or its text alone.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{Count, Prior};

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Serialize for Prior {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Record { betti: self.to_string(), weights: Some(self.weights().to_vec()) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Prior {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Record { betti, weights } = match TextOr::deserialize(deserializer)? {
            TextOr::Text(betti) => Record { betti, weights: None },
            TextOr::Record(record) => record,
        };
        let prior: Self = betti.parse().map_err(D::Error::custom)?;
        match weights {
            Some(weights) => prior.with_weights(&weights).map_err(D::Error::custom),
            None => Ok(prior),
        }
    }
}

/// A value that may be written in short as a text.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum TextOr<R> {
    Text(String),
    Record(R),
}

#[derive(Serialize, Deserialize)]
struct Record {
    betti: String,
    #[serde(default)]
    weights: Option<Vec<f64>>,
}
