//! Names of options in texts: on command lines, in files and in reports.

/// Why a text is none of the names of a kind of options.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no {kind}; accepted are {}", .names.join(", "))]
pub struct NameError {
    /// The text that was given.
    pub text: String,
    /// What it should have named.
    pub kind: &'static str,
    /// The names that are accepted.
    pub names: &'static [&'static str],
}

/// `Display` and `FromStr` of an enum without fields, from one table of its names.
#[doc(hidden)]
#[macro_export]
macro_rules! names {
    ($type:ident, $kind:literal: $($variant:ident $name:literal),+) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                // `pad` heeds the width of a table's column.
                f.pad(match self { $(Self::$variant => $name),+ })
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::NameError;

            fn from_str(text: &str) -> Result<Self, $crate::NameError> {
                match text {
                    $($name => Ok(Self::$variant),)+
                    _ => Err($crate::NameError { text: text.to_owned(), kind: $kind, names: &[$($name),+] }),
                }
            }
        }
    };
}
