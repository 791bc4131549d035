//! What `bettiscope check` expects.

use topoloss::{ClassPriors, Prior};

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
    ///
    /// # Errors
    ///
    /// If it is no prior, or not one of the classes of the network.
    pub(crate) fn parse(text: &str, network: Option<&Network>) -> Result<Self, Failure> {
        let classes = network.map(|network| network.network.config().classes);
        if !text.contains([':', ';']) {
            return match classes {
                Some(classes) if classes > 1 => Err(learner::Error::SeveralClasses { classes }.into()),
                _ => Ok(Self::Foreground(text.parse()?)),
            };
        }
        let names = network.map_or_else(Vec::new, |network| network.record.classes.clone());
        let priors = ClassPriors::parse(text, &names)?;
        match classes {
            None => {}
            Some(1) => match priors.of_foreground() {
                Some(prior) => return Ok(Self::Foreground(prior.clone())),
                None => return Err(learner::Error::OneClass { priors: priors.to_string() }.into()),
            },
            Some(classes) => priors.check_classes(classes).map_err(learner::Error::from)?,
        }
        Ok(Self::Sets { priors, names })
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
