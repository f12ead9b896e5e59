//! Names that stand for parties: the states of the world, and the aliases of an office. What two
//! parties share is matched to neither.

use std::collections::HashMap;

use legation_core::id::PartyCode;

use super::country::COUNTRIES;
use super::word::{Word, without_genitive, words};

/// Where in a list of words a name was found, and for whom it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The first word of the name.
    pub(super) begin: usize,
    /// The first word after it.
    pub(super) end: usize,
    /// For whom it stands.
    pub(super) party: PartyCode,
    /// Whether the office itself gave the name.
    pub(super) alias: bool,
}

#[derive(Clone, Debug)]
struct Name {
    words: Vec<String>,
    /// None where two parties share it.
    party: Option<PartyCode>,
    alias: bool,
}

/// The names of parties.
#[derive(Clone, Debug)]
pub struct Names {
    // By the first word in lower case; longer names first.
    by_first: HashMap<String, Vec<Name>>,
}

/// Whether a code is that of a state (ISO 3166-1 alpha-3; Kosovo as `XKX`).
pub fn is_state(code: &PartyCode) -> bool {
    COUNTRIES
        .iter()
        .any(|country| country.code == code.as_str())
}

/// The names that ship, each with the code of its state.
pub fn state_names() -> impl Iterator<Item = (&'static str, &'static str)> {
    COUNTRIES.iter().flat_map(|country| {
        let names = country.names.split('|').chain(country.seats.split('|'));
        names
            .filter(|name| !name.is_empty())
            .map(|name| (name, country.code))
    })
}

fn cut(name: &str) -> Vec<String> {
    words(name)
        .iter()
        .map(|word| without_genitive(word.text).to_owned())
        .collect()
}

impl Names {
    /// The states of the world.
    pub fn of_states() -> Self {
        let mut names = Self {
            by_first: HashMap::new(),
        };
        for country in COUNTRIES {
            let all = country.names.split('|').chain(country.seats.split('|'));
            if let Ok(party) = country.code.parse::<PartyCode>() {
                for name in all.filter(|name| !name.is_empty()) {
                    names.insert(name, &party, false);
                }
            }
        }
        names
    }

    /// With names of an office's own, which come before the others'.
    #[must_use]
    pub fn with<'a>(mut self, aliases: impl IntoIterator<Item = (&'a str, &'a PartyCode)>) -> Self {
        for (name, party) in aliases {
            self.insert(name, party, true);
        }
        self
    }

    fn insert(&mut self, name: &str, party: &PartyCode, alias: bool) {
        let words = cut(name);
        let Some(first) = words.first() else {
            return;
        };
        let list = self.by_first.entry(first.to_lowercase()).or_default();
        let same = |one: &&mut Name| {
            one.alias == alias
                && one.words.len() == words.len()
                && one
                    .words
                    .iter()
                    .zip(&words)
                    .all(|(a, b)| a.to_lowercase() == b.to_lowercase())
        };
        match list.iter_mut().find(same) {
            Some(one) => {
                if one.party.as_ref() != Some(party) {
                    one.party = None;
                }
            }
            None => list.push(Name {
                words,
                party: Some(party.clone()),
                alias,
            }),
        }
        list.sort_by_key(|one| std::cmp::Reverse((one.words.len(), one.alias)));
    }

    /// For whom a name stands, if for one party only.
    pub fn party(&self, name: &str) -> Option<PartyCode> {
        let words = words(name);
        let found = self.at(&words, 0)?;
        (found.end == words.len()).then_some(found.party)
    }

    /// The name that begins at a word, the longest one.
    fn at(&self, words: &[Word<'_>], begin: usize) -> Option<Named> {
        let first = without_genitive(words.get(begin)?.text).to_lowercase();
        let fits = |name: &&Name| {
            let there = words.get(begin..begin + name.words.len());
            there.is_some_and(|there| {
                there.iter().zip(&name.words).all(|(word, of_name)| {
                    let word = without_genitive(word.text);
                    match name.alias {
                        true => word.to_lowercase() == of_name.to_lowercase(),
                        // `us` is no state, and a turkey no government.
                        false => word == of_name,
                    }
                })
            })
        };
        let name = self.by_first.get(&first)?.iter().find(fits)?;
        Some(Named {
            begin,
            end: begin + name.words.len(),
            party: name.party.clone()?,
            alias: name.alias,
        })
    }

    /// Every name in a list of words, none within another.
    pub(super) fn find(&self, words: &[Word<'_>]) -> Vec<Named> {
        let mut found = Vec::new();
        let mut place = 0;
        while place < words.len() {
            match self.at(words, place) {
                Some(named) => {
                    place = named.end;
                    found.push(named);
                }
                None => place += 1,
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_that_ships_stands_for_two() {
        let names = Names::of_states();
        let shared = names
            .by_first
            .values()
            .flatten()
            .find(|one| one.party.is_none());
        assert!(shared.is_none(), "{shared:?}");
        assert!(COUNTRIES.is_sorted_by(|one, next| one.code < next.code));
    }

    #[test]
    fn names_stand_for_one_party_or_none() {
        let names = Names::of_states();
        let party = |name| names.party(name).map(|party| party.to_string());
        for (name, code) in [
            ("Tokyo", "JPN"),
            ("Paris", "FRA"),
            ("Japan's", "JPN"),
            ("South Korean", "KOR"),
            ("U.S.", "USA"),
            ("Equatorial Guinea", "GNQ"),
        ] {
            assert_eq!(party(name).as_deref(), Some(code), "{name}");
        }
        for name in [
            "Georgia", "Jordan", "Korea", "Brussels", "us", "turkey", "Congo", "Chad",
        ] {
            assert_eq!(party(name), None, "{name}");
        }
    }

    #[test]
    fn an_office_has_names_of_its_own() {
        let (nato, eu): (PartyCode, PartyCode) = ("NATO".parse().unwrap(), "EU".parse().unwrap());
        let names = Names::of_states().with([("Brussels", &nato), ("stoltenberg", &nato)]);
        assert_eq!(names.party("Brussels"), Some(nato.clone()));
        assert_eq!(names.party("Stoltenberg"), Some(nato.clone()));
        let names = names.with([("Brussels", &eu)]);
        assert_eq!(names.party("Brussels"), None);
    }
}
