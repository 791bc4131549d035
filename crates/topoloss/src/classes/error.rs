//! Everything that can be wrong with a list of priors.

use crate::PriorError;

/// Why something is not a list of priors for classes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ClassPriorsError {
    /// An entry is not a set of classes and a prior.
    #[error(
        "'{entry}' is not an entry; write a set of classes, a colon and its prior, entries separated by semicolons, as in \
         1:1,0; 2:1,1; 1+2:1,0"
    )]
    Entry {
        /// The entry that was not understood.
        entry: String,
    },
    /// The prior of an entry is none.
    #[error("the prior of {set}: {source}")]
    Prior {
        /// The set of classes, as it was written.
        set: String,
        /// What is wrong with its prior.
        source: PriorError,
    },
    /// A class is neither a number nor a name that is known.
    #[error("'{class}' is no class; accepted are the numbers of classes from 0{}", also_names(.names))]
    Class {
        /// What was written for the class.
        class: String,
        /// The names that are known, by class.
        names: Vec<String>,
    },
    /// Two classes have one name.
    #[error("the classes {} and {} have one name, '{name}': write their numbers", .classes[0], .classes[1])]
    SameName {
        /// The name.
        name: String,
        /// The first two classes of that name.
        classes: [usize; 2],
    },
    /// A number of a class for which there is no name.
    #[error("there is no class {class}: there are {classes}, numbered from 0")]
    NoSuchClass {
        /// The class that was given.
        class: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// There is no entry.
    #[error("there is no prior; write at least one entry, as in 1:1,0")]
    NoEntry,
    /// A set without classes.
    #[error("the set of classes of the prior {prior} is empty; it needs at least one")]
    EmptySet {
        /// The prior of the set.
        prior: String,
    },
    /// A class is twice in one set.
    #[error("class {class} is twice in the set {set}")]
    Repeated {
        /// The class.
        class: usize,
        /// The set, as it was given.
        set: String,
    },
    /// Two entries are about the same set.
    #[error("there are two priors for {set}: {one} and {other}")]
    SameSet {
        /// The set.
        set: String,
        /// The first prior.
        one: String,
        /// The second prior.
        other: String,
    },
    /// Some priors are for images and some for volumes.
    #[error(
        "the prior {one} of {one_set} and {other} of {other_set} have different numbers of dimensions; all are for images \
         (2 numbers) or all for volumes (3)"
    )]
    Dimensions {
        /// The set of the first entry.
        one_set: String,
        /// The prior of the first entry.
        one: String,
        /// The first set whose prior has another number of dimensions.
        other_set: String,
        /// Its prior.
        other: String,
    },
    /// A weight that would make the loss meaningless.
    #[error("the weight of {set} is {weight}; accepted are finite numbers from 0 upwards")]
    Weight {
        /// The set of classes.
        set: String,
        /// The weight.
        weight: f64,
    },
    /// A union can have fewer components than it should, because its members have no more.
    #[error(
        "{union} should have at least {least} components, but {} have at most {most} together, and each component of a \
         union has one of a member in it",
        .members.join(" and ")
    )]
    TooFewComponents {
        /// The set that is the union.
        union: String,
        /// How many components its prior asks for.
        least: usize,
        /// Entries whose sets make up the union.
        members: Vec<String>,
        /// How many components these may have in all.
        most: usize,
    },
    /// A union should be empty and a member not.
    #[error(
        "{union} should have no component, so no pixel, but {member}, which is part of it, should have features"
    )]
    NotEmpty {
        /// The set that should be empty.
        union: String,
        /// The part of it that should not.
        member: String,
    },
}

fn also_names(names: &[String]) -> String {
    match names {
        [] => " (no names are known)".to_owned(),
        names => format!(" to {} and the names {}", names.len() - 1, names.join(", ")),
    }
}
