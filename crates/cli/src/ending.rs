//! How commands end.

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All is as it should be.
    Right,
    /// The result says that something is wrong: exit code 1.
    Wrong,
    /// The result says that something could not be read: exit code 2.
    Unreadable,
    /// The user has ended it: exit code 130.
    Interrupted,
}
