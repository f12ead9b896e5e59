//! SPDX licence expressions (SPDX 2.3 annex D): whether a set of licences satisfies one.
//!
//! Names are compared as they are written; which licences exist is not known here.

use std::collections::BTreeSet;

/// Whether the expression can be satisfied with those licences alone; `None` if it is none.
pub(super) fn permits(expression: &str, allowed: &BTreeSet<String>) -> Option<bool> {
    // The registry still takes `MIT/Apache-2.0`, which meant a choice.
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = Words {
        words: spaced.split_whitespace().collect(),
        at: 0,
    };
    let permitted = words.either(allowed)?;
    (words.at == words.words.len()).then_some(permitted)
}

struct Words<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl Words<'_> {
    fn takes(&mut self, word: &str) -> bool {
        let here = self.words.get(self.at).is_some_and(|one| *one == word);
        self.at += usize::from(here);
        here
    }

    fn either(&mut self, allowed: &BTreeSet<String>) -> Option<bool> {
        let mut permitted = self.both(allowed)?;
        while self.takes("OR") {
            permitted |= self.both(allowed)?;
        }
        Some(permitted)
    }

    fn both(&mut self, allowed: &BTreeSet<String>) -> Option<bool> {
        let mut permitted = self.one(allowed)?;
        while self.takes("AND") {
            permitted &= self.one(allowed)?;
        }
        Some(permitted)
    }

    fn one(&mut self, allowed: &BTreeSet<String>) -> Option<bool> {
        if self.takes("(") {
            let permitted = self.either(allowed)?;
            return self.takes(")").then_some(permitted);
        }
        let word = *self.words.get(self.at)?;
        if ["AND", "OR", "WITH", ")"].contains(&word) {
            return None;
        }
        self.at += 1;
        let mut name = word.to_owned();
        if self.takes("WITH") {
            let exception = *self.words.get(self.at)?;
            self.at += 1;
            name = format!("{name} WITH {exception}");
        }
        // An exception only permits more.
        Some(allowed.contains(word) || allowed.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_satisfied_or_not() {
        let allowed = ["MIT", "Apache-2.0"].map(str::to_owned).into();
        for (expression, expected) in [
            ("MIT", Some(true)),
            ("GPL-3.0", Some(false)),
            ("GPL-3.0 OR MIT", Some(true)),
            ("GPL-3.0 AND MIT", Some(false)),
            ("(MIT OR GPL-3.0) AND Apache-2.0", Some(true)),
            ("MIT/Apache-2.0", Some(true)),
            ("Apache-2.0 WITH LLVM-exception OR GPL-3.0", Some(true)),
            ("GPL-2.0 WITH Classpath-exception-2.0", Some(false)),
            ("", None),
            ("MIT OR", None),
            ("MIT Apache-2.0", None),
            ("(MIT", None),
        ] {
            assert_eq!(permits(expression, &allowed), expected, "{expression}");
        }
    }
}
