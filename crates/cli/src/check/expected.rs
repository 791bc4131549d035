//! What `bettiscope check` expects.

use topoloss::{ClassPrior, ClassPriors, Prior};

use crate::failure::Failure;
use crate::network::Network;

/// What files should look like.
#[derive(Debug)]
pub(crate) enum Expected {
    /// Everything that is not background.
    Foreground(Prior),
    /// Sets of labels, or of the classes of a network, each by itself.
    Sets {
        priors: ClassPriors,
        /// The names of the classes, that of the background first; none of labels of files.
        names: Vec<String>,
    },
}

impl Expected {
    /// A prior is that of the foreground, and one with a colon in it that of a set of labels.
    pub(crate) fn parse(text: &str, network: Option<&Network>) -> Result<Self, Failure> {
        if !text.contains([':', ';']) {
            return Ok(Self::Foreground(text.parse()?));
        }
        let names = network.map_or_else(Vec::new, |network| network.record.classes.clone());
        Ok(Self::Sets { priors: ClassPriors::parse(text, &names)?, names })
    }

    /// The number of axes that it is for.
    pub(crate) fn axes(&self) -> usize {
        match self {
            Self::Foreground(prior) => prior.dimensions(),
            Self::Sets { priors, .. } => priors.dimensions(),
        }
    }
}

impl std::fmt::Display for Expected {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Foreground(prior) => prior.fmt(out),
            Self::Sets { priors, names } => priors.named(names).fmt(out),
        }
    }
}

/// `cavity+muscle`, or `1+2` where there are no names.
pub(crate) fn set_name(entry: &ClassPrior, names: &[String]) -> String {
    let name = |&class: &usize| names.get(class).cloned().unwrap_or_else(|| class.to_string());
    entry.classes().iter().map(name).collect::<Vec<String>>().join("+")
}
