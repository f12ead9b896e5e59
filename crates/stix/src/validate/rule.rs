//! The words in which the rules of the standard are written down: a table for each type, a row for
//! each property, and what must hold between properties.
//!
//! Not the rules themselves, which stand in the tables of `domain`, `relationship`, `observable`,
//! `extension`, `meta` and `common`; and not the reader that applies them.

use super::check::Check;
use super::vocabulary::Vocabulary;
use crate::json::{Member, Node};

/// What the standard says of one type, extension or part of one.
#[derive(Debug)]
pub(crate) struct Table {
    /// The type, `indicator`, or the name of the extension or part.
    pub(crate) name: &'static str,
    /// The section of STIX 2.1 that defines it.
    pub(crate) section: &'static str,
    /// A row for each property, in the order of the standard.
    pub(crate) rules: &'static [Rule],
    /// What must hold between the properties.
    pub(crate) joints: &'static [Joint],
}

/// What the standard says of one property.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The property.
    pub(crate) name: &'static str,
    /// Whether it must be there.
    pub(crate) needed: bool,
    /// What its value must be.
    pub(crate) kind: Kind,
}

/// A property that must be there.
pub(crate) const fn must(name: &'static str, kind: Kind) -> Rule {
    let needed = true;
    Rule { name, needed, kind }
}

/// A property that may be there.
pub(crate) const fn may(name: &'static str, kind: Kind) -> Rule {
    let needed = false;
    Rule { name, needed, kind }
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Read elsewhere: `type`, `id`, `spec_version`, `extensions`, markings, the old container.
    Elsewhere,
    /// A string (section 2.15).
    Text,
    /// A list of strings.
    Texts,
    /// A boolean (section 2.2).
    Flag,
    /// An integer from the first to the second, both included (section 2.10).
    Integer(i64, i64),
    /// A number from the first to the second, both included (section 2.6).
    Number(f64, f64),
    /// A timestamp (section 2.16).
    Time,
    /// A timestamp with at least three digits of fraction (section 3.2).
    Milliseconds,
    /// A timestamp without a fraction.
    Seconds,
    /// An identifier (section 2.9).
    Id(Refs),
    /// A list of identifiers.
    Ids(Refs),
    /// A term that should come from the vocabulary (section 2.14).
    Open(&'static Vocabulary),
    /// A list of such terms.
    Opens(&'static Vocabulary),
    /// A term that must come from the vocabulary (section 2.4).
    Closed(&'static Vocabulary),
    /// A list of such terms.
    Closeds(&'static Vocabulary),
    /// Hexadecimal (section 2.8).
    Hex,
    /// Base64 (section 2.1).
    Binary,
    /// Hashes by algorithm (section 2.7).
    Hashes(Algorithms),
    /// A dictionary (section 2.3).
    Dictionary(Values),
    /// A string that the function accepts.
    Form(&'static Form),
    /// A string that the function should accept.
    Advice(&'static Form),
    /// A list of strings that the function accepts.
    Forms(&'static Form),
    /// A list of strings that the function should accept.
    Advices(&'static Form),
    /// An object of a table of its own.
    Part(&'static Table),
    /// A list of such objects.
    Parts(&'static Table),
}

/// Whether the names of hash algorithms may leave the vocabulary of section 10.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithms {
    /// They should not (section 2.7).
    Open,
    /// They must not (section 2.5.1).
    Closed,
}

/// What the values of a dictionary must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    /// Anything but null and empty lists.
    Any,
    /// Strings.
    Text,
    /// Lists of strings.
    Texts,
    /// Integers.
    Integer,
    /// Integers or strings.
    IntegerOrText,
}

/// A form of strings that another standard defines.
#[derive(Debug)]
pub(crate) struct Form {
    /// What the string must be, for the text of a finding.
    pub(crate) what: &'static str,
    /// Where STIX 2.1 asks for it.
    pub(crate) section: &'static str,
    /// Whether a string is of the form.
    pub(crate) holds: fn(&str) -> bool,
}

/// Which objects an identifier may name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Refs {
    /// Any.
    Any,
    /// Those of these types alone.
    Of(&'static [&'static str]),
    /// Those of any type but these.
    But(&'static [&'static [&'static str]], &'static str),
}

/// What must hold between the properties of one object.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Joint {
    /// At least one of them is there.
    Any(&'static [&'static str]),
    /// Exactly one of them is there.
    One(&'static [&'static str]),
    /// If the first is there, so are the others.
    With(&'static str, &'static [&'static str]),
    /// The second instant is not before the first.
    Order(&'static str, &'static str),
    /// The second instant is after the first.
    After(&'static str, &'static str),
    /// A rule that no row can say.
    Own(for<'n, 'a> fn(&mut Check<'n, 'a>, &Fields<'n, 'a>)),
}

/// The members of an object that a joint looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'n, 'a> {
    /// The object.
    pub(crate) node: &'n Node<'a>,
    /// Its members.
    pub(crate) members: &'n [Member<'a>],
}

impl<'n, 'a> Fields<'n, 'a> {
    /// The value of the property, if it is there.
    pub(crate) fn get(&self, name: &str) -> Option<&'n Node<'a>> {
        let found = self.members.iter().find(|member| member.name == name);
        found.map(|member| &member.node)
    }

    /// Whether the property is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }
}
