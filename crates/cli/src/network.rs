//! Trained networks: those that the program brings along, and files of the user's own.

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use imaging::Scaling;
use imaging::preparation::{Order, Preparation};
use learner::{UNet, UNetConfig};
use serde::Deserialize;
use topoloss::ClassPriors;

use crate::failure::{Failure, InFile};
use crate::input::InputError;
use experiments::data::sunnybrook::Split;

/// Why a network cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NetworkError {
    #[error("the model cannot be read: {source}; accepted are {built_in} and the paths of .bpk files")]
    NoModel { built_in: String, source: std::io::Error },
    #[error("not a record of a network: {0}; it is a JSON object, as in {{\"size\": 28, \"lambda\": 0.02}}")]
    Record(serde_json::Error),
    #[error("the {field} of the record is {given}; accepted is {accepted}")]
    RecordField { field: &'static str, given: String, accepted: &'static str },
    #[error("the network takes images of {rows} x {columns} pixels; here they have {side} x {side}")]
    OtherSize { rows: usize, columns: usize, side: usize },
}

/// A network that the program brings along: its name, its file and its record.
struct BuiltIn {
    name: &'static str,
    network: &'static [u8],
    record: &'static str,
}

const BUILT_IN: [BuiltIn; 4] = [
    BuiltIn {
        name: "digits",
        network: include_bytes!("../../../models/digits.bpk"),
        record: include_str!("../../../models/digits.json"),
    },
    BuiltIn {
        name: "heart",
        network: include_bytes!("../../../models/heart.bpk"),
        record: include_str!("../../../models/heart.json"),
    },
    BuiltIn {
        name: "heart-classes",
        network: include_bytes!("../../../models/heart-classes.bpk"),
        record: include_str!("../../../models/heart-classes.json"),
    },
    BuiltIn {
        name: "shapes",
        network: include_bytes!("../../../models/shapes.bpk"),
        record: include_str!("../../../models/shapes.json"),
    },
];

/// A network and what is known of it.
#[derive(Debug)]
pub(crate) struct Network {
    /// `digits`, or the path of a file.
    pub(crate) name: String,
    pub(crate) network: UNet,
    pub(crate) record: Record,
}

/// What the record beside a network says, a JSON object: the images that it was trained for, and how its maps are
/// best post-processed. Everything may be missing; a record may say more.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Record {
    /// What it was trained for: `digits`, `heart`, `heart-classes`, `shapes`, `folder` or `semi`.
    pub(crate) name: Option<String>,
    /// The size of the images.
    size: Option<Size>,
    /// How values were brought to [0, 1], as `--normalise` has it.
    normalisation: Option<String>,
    /// In which order images were prepared: "crop, resample, normalise" or "normalise, crop, resample", which is also
    /// what a record without it means.
    preparation: Option<String>,
    /// Which patients were learned from, and which were not.
    pub(crate) split: Option<Split>,
    /// The seed of the training.
    pub(crate) seed: Option<u64>,
    /// The names of the classes, that of the background first; none of the foreground alone.
    pub(crate) classes: Vec<String>,
    /// The prior of the object that it was trained to find.
    pub(crate) prior: Option<String>,
    pub(crate) lambda: Option<f64>,
    pub(crate) learning_rate: Option<f64>,
    /// How many updates.
    pub(crate) steps: Option<usize>,
    /// For how many steps the prior holds before it is enough.
    pub(crate) until_prior_holds: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Size {
    Square(usize),
    Shape([usize; 2]),
}

impl Network {
    /// The network of a name or a path. A name wins over a file of that name, which `./NAME` still reaches.
    pub(crate) fn open(name_or_path: &Path, device: &Device) -> Result<Self, Failure> {
        let named = BUILT_IN.iter().find(|built_in| Path::new(built_in.name) == name_or_path);
        let (bytes, record) = match named {
            Some(built_in) => (built_in.network.to_vec(), Some(built_in.record.as_bytes().to_vec())),
            None => read(name_or_path)?,
        };
        let network = UNet::from_bytes(bytes, device).in_file(name_or_path)?;
        let record = match record {
            Some(json) => {
                serde_json::from_slice(&json).map_err(NetworkError::Record).and_then(Record::checked)
            }
            None => Ok(Record::default()),
        };
        let record = record.and_then(|record| record.of_classes(network.config().classes));
        let record = record.in_file(&record_of(name_or_path))?;
        Ok(Self { name: name_or_path.display().to_string(), network, record })
    }

    /// `digits: a U-Net of width 16 and depth 2`.
    pub(crate) fn about(&self) -> String {
        let UNetConfig { width, depth, classes } = self.network.config();
        let of = if classes == 1 { String::new() } else { format!(" for {classes} classes") };
        format!("{}: a U-Net of width {width} and depth {depth}{of}", self.name)
    }
}

impl Record {
    fn checked(self) -> Result<Self, NetworkError> {
        let wrong = |field, given: &dyn std::fmt::Display, accepted| {
            Err(NetworkError::RecordField { field, given: given.to_string(), accepted })
        };
        if let Some([rows, columns]) = self.shape()
            && !((1..=4096).contains(&rows) && (1..=4096).contains(&columns))
        {
            return wrong("size", &format!("{rows} x {columns}"), "1 to 4096 rows and columns");
        }
        if let Some(text) = &self.normalisation
            && text.parse::<Scaling>().is_err()
        {
            return wrong("normalisation", text, "what --normalise takes");
        }
        if let Some(text) = &self.preparation
            && text.parse::<Order>().is_err()
        {
            let accepted = "\"crop, resample, normalise\" or \"normalise, crop, resample\"";
            return wrong("preparation", text, accepted);
        }
        if let Some(text) = &self.prior
            && ClassPriors::parse(text, &self.classes).is_err()
        {
            return wrong("prior", text, "what --betti takes, as in 1,1");
        }
        if self.until_prior_holds == Some(0) {
            return wrong("until_prior_holds", &0, "1 or more");
        }
        Ok(self)
    }

    /// An error if it names another number of classes than the network has.
    fn of_classes(self, classes: usize) -> Result<Self, NetworkError> {
        let names = self.classes.len();
        if names == 0 || names == classes {
            return Ok(self);
        }
        let given = format!("a list of {names}");
        Err(NetworkError::RecordField {
            field: "classes",
            given,
            accepted: "a name for each class of the network",
        })
    }

    /// The size of the images, `[rows, columns]`.
    pub(crate) fn shape(&self) -> Option<[usize; 2]> {
        self.size.map(|size| match size {
            Size::Square(length) => [length, length],
            Size::Shape(shape) => shape,
        })
    }

    /// An error if its images are not squares of this side.
    pub(crate) fn check_size(&self, side: usize) -> Result<(), NetworkError> {
        match self.shape() {
            Some([rows, columns]) if [rows, columns] != [side, side] => {
                Err(NetworkError::OtherSize { rows, columns, side })
            }
            _ => Ok(()),
        }
    }

    /// How images are prepared; their values as the user wants it, or else as in training.
    pub(crate) fn preparation(&self, normalise: Option<Scaling>) -> Preparation {
        let of_record = || self.normalisation.as_ref()?.parse().ok();
        Preparation {
            order: self.preparation.as_ref().and_then(|text| text.parse().ok()).unwrap_or_default(),
            scaling: normalise.or_else(of_record),
            shape: self.shape(),
        }
    }
}

/// The bytes of a network, and of its record if there is one.
fn read(path: &Path) -> Result<(Vec<u8>, Option<Vec<u8>>), Failure> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(source) => {
            let built_in = BUILT_IN.iter().map(|built_in| built_in.name).collect::<Vec<_>>().join(", ");
            return Err(NetworkError::NoModel { built_in, source }).in_file(path);
        }
    };
    let record = record_of(path);
    match std::fs::read(&record) {
        Ok(json) => Ok((bytes, Some(json))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((bytes, None)),
        Err(error) => Err(InputError::Read(error)).in_file(&record),
    }
}

/// `digits.json` of `digits.bpk`.
fn record_of(path: &Path) -> PathBuf {
    path.with_extension("json")
}

#[cfg(test)]
mod tests {
    use imaging::Normalisation;

    use super::*;

    fn record(json: &str) -> Result<Record, NetworkError> {
        serde_json::from_str(json).map_err(NetworkError::Record).and_then(Record::checked)
    }

    #[test]
    fn a_record_may_leave_out_anything_and_say_more() {
        assert_eq!(record("{}").unwrap(), Record::default());
        let full = r#"{"title": "x", "size": 28, "normalisation": "percentile:1,99", "prior": "1,1", "lambda": 0.02,
            "learning_rate": 1e-5, "steps": 100, "figures": {"dice": 0.9}}"#;
        let full = record(full).unwrap();
        assert_eq!((full.shape(), full.steps), (Some([28, 28]), Some(100)));
        let percentiles = Some(Scaling::To(Normalisation::Percentile { low: 1.0, high: 99.0 }));
        assert_eq!(full.preparation(None).scaling, percentiles);
        assert_eq!(full.preparation(Some(Scaling::AsInFile)).scaling, Some(Scaling::AsInFile));
        assert_eq!(full.preparation(None).order, Order::NormaliseFirst, "as it was when no record said");
        let last = record(r#"{"preparation": "crop, resample, normalise"}"#).unwrap();
        assert_eq!(last.preparation(None).order, Order::NormaliseLast);
        assert_eq!(record(r#"{"size": [80, 96]}"#).unwrap().shape(), Some([80, 96]));
    }

    #[test]
    fn the_networks_that_the_program_brings_along_can_be_opened() {
        for built_in in &BUILT_IN {
            let network = Network::open(Path::new(built_in.name), &Device::flex()).unwrap();
            let shape = network.record.shape().unwrap();
            assert!(shape == [28, 28] || shape == [80, 80], "{}: {shape:?}", built_in.name);
            assert!(network.record.learning_rate.is_some() && network.record.steps.is_some());
            assert!(network.record.seed.is_some());
            let Preparation { order, scaling, .. } = network.record.preparation(None);
            assert_eq!(order, Order::NormaliseLast, "{}: as it was trained", built_in.name);
            let expected = match built_in.name {
                "digits" => "type",
                "heart" | "heart-classes" => "percentile:1,99",
                _ => "percentile:0.2,99.8",
            };
            assert_eq!(scaling.unwrap().to_string(), expected);
        }
        let heart = Network::open(Path::new("heart"), &Device::flex()).unwrap();
        assert_eq!(heart.record.prior.unwrap(), "1,1");
    }

    #[test]
    fn what_a_record_cannot_say_is_named() {
        for (json, says) in [
            ("[", "not a record"),
            (r#"{"size": 0}"#, "0 x 0"),
            (r#"{"normalisation": "z-score"}"#, "z-score"),
            (r#"{"prior": "1,x"}"#, "1,x"),
            (r#"{"preparation": "resample"}"#, "normalise, crop, resample"),
            (r#"{"split": {"training": ["A"]}}"#, "validation"),
        ] {
            let problem = record(json).unwrap_err().to_string();
            assert!(problem.contains(says), "{problem}");
        }
    }
}
