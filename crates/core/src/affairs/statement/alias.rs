//! The names that the office itself has given parties. The list of states that ships is not here.

use crate::act::{AddAlias, Entry, RemoveAlias};
use crate::affairs::statement::{Statements, refuse};
use crate::id::PartyCode;
use crate::state::FoldError;
use crate::time::Instant;

/// A name that stands for a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name as it was written.
    pub name: String,
    /// The party, or a state by its ISO 3166-1 alpha-3 code.
    pub party: PartyCode,
    /// When it was added.
    pub added: Instant,
}

/// A name as it is compared: in lower case, with one blank between words.
pub fn plain_name(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

impl Statements {
    pub(super) fn add_alias(&mut self, entry: &Entry, act: &AddAlias) -> Result<(), FoldError> {
        let alias = Alias {
            name: act.name.clone(),
            party: act.party.clone(),
            added: entry.at,
        };
        match self.aliases.insert(plain_name(&act.name), alias) {
            None => Ok(()),
            Some(_) => Err(FoldError::Twice("alias")),
        }
    }

    pub(super) fn remove_alias(&mut self, act: &RemoveAlias) -> Result<(), FoldError> {
        let removed = self.aliases.remove(&plain_name(&act.name));
        removed
            .map(drop)
            .ok_or(refuse("an alias is removed that is not there"))
    }

    /// The aliases of the office, by name.
    pub fn aliases(&self) -> impl Iterator<Item = &Alias> {
        self.aliases.values()
    }

    /// For whom a name stands.
    pub fn alias(&self, name: &str) -> Option<&Alias> {
        self.aliases.get(&plain_name(name))
    }
}
