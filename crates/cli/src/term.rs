//! A bar and what the loss wants of it, as reports have it.

use persistence::Bar;
use serde::Serialize;
use topoloss::{Role, Term};

#[derive(Debug, Serialize)]
pub(crate) struct JsonTerm {
    dimension: u8,
    birth: f32,
    death: f32,
    birth_index: u32,
    death_index: Option<u32>,
    role: &'static str,
    value: f64,
}

impl JsonTerm {
    /// The names of the fields.
    pub(crate) const NAMES: [&'static str; 7] =
        ["dimension", "birth", "death", "birth_index", "death_index", "role", "value"];
}

impl From<&Term> for JsonTerm {
    fn from(term: &Term) -> Self {
        let Bar { dimension, birth, death, birth_index, death_index } = term.bar;
        Self { dimension, birth, death, birth_index, death_index, role: role(term.role), value: term.value }
    }
}

pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Wanted => "wanted",
        Role::Free => "free",
        Role::Unwanted => "unwanted",
    }
}
