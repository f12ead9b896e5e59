//! What patterns are matched against: an observed-data object with the objects it refers to
//! (STIX 2.1 section 4.14).
//!
//! Not a check of those objects: what is no observation is refused, the rest is taken as it is.

use std::collections::HashMap;

use thiserror::Error;

use super::moment::Moment;
use crate::json::{Node, Value};

/// An observed-data object that says too little to be matched.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObservationError {
    /// No `first_observed` or `last_observed`, or one that is no timestamp.
    #[error("observed-data needs `first_observed` and `last_observed`; give both as timestamps")]
    Time,
    /// `last_observed` before `first_observed` (section 4.14.1).
    #[error("`last_observed` is before `first_observed`; correct one of them")]
    TimeOrder,
    /// No `number_observed`, or one below 1 (section 4.14.1).
    #[error("`number_observed` must be a whole number from 1; correct it")]
    Number,
    /// Neither `object_refs` nor `objects` (section 4.14.1).
    #[error("observed-data needs `object_refs`; list the objects that were seen")]
    Objects,
}

impl ObservationError {
    /// The stable code of this fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Time => "pattern.observed-time",
            Self::TimeOrder => "pattern.observed-order",
            Self::Number => "pattern.observed-number",
            Self::Objects => "pattern.observed-objects",
        }
    }
}

/// An observed-data object and the objects it refers to, borrowed from a parsed text.
#[derive(Clone, Debug)]
pub struct Observation<'n, 'a> {
    pub(crate) first: Moment,
    pub(crate) last: Moment,
    pub(crate) number: u64,
    pub(crate) objects: Vec<Object<'n, 'a>>,
    /// Where each object stands in `objects`.
    places: HashMap<&'n str, usize>,
}

/// An object within an observation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object<'n, 'a> {
    pub(crate) kind: &'n str,
    pub(crate) node: &'n Node<'a>,
}

impl<'n, 'a> Observation<'n, 'a> {
    /// Every observed-data object among `objects`, in their order, with what it refers to. Objects
    /// that are not among them are taken as not seen; of two with one id the later is taken.
    ///
    /// `objects` of the deprecated form (section 4.14.1) lie within the observed-data object itself
    /// and are read too.
    ///
    /// # Errors
    /// [`ObservationError`] for the first observed-data object that cannot be matched.
    pub fn read_all(
        objects: impl IntoIterator<Item = &'n Node<'a>>,
    ) -> Result<Vec<Self>, ObservationError>
    where
        'a: 'n,
    {
        let mut by_id = HashMap::new();
        let mut observed = Vec::new();
        for node in objects {
            if node.member("type").and_then(Node::text) == Some("observed-data") {
                observed.push(node);
            } else if let Some(id) = node.member("id").and_then(Node::text) {
                by_id.insert(id, node);
            }
        }
        observed
            .into_iter()
            .map(|node| Self::read(node, |id| by_id.get(id).copied()))
            .collect()
    }

    /// The observation that `observed` tells of; `find` gives the objects it refers to by their ids.
    ///
    /// # Errors
    /// [`ObservationError`] if `observed` cannot be matched.
    pub fn read(
        observed: &'n Node<'a>,
        find: impl Fn(&str) -> Option<&'n Node<'a>>,
    ) -> Result<Self, ObservationError> {
        let time = |name| -> Option<Moment> { observed.member(name)?.text()?.parse().ok() };
        let first = time("first_observed").ok_or(ObservationError::Time)?;
        let last = time("last_observed").ok_or(ObservationError::Time)?;
        if last < first {
            return Err(ObservationError::TimeOrder);
        }
        let number = match observed.member("number_observed").map(|node| &node.value) {
            Some(Value::Number(text)) => text.parse().ok().filter(|n| *n > 0),
            _ => None,
        };
        let mut observation = Self {
            first,
            last,
            number: number.ok_or(ObservationError::Number)?,
            objects: Vec::new(),
            places: HashMap::new(),
        };
        let refs = observed.member("object_refs").and_then(Node::items);
        let inner = observed.member("objects").and_then(Node::members);
        if refs.is_none() && inner.is_none() {
            return Err(ObservationError::Objects);
        }
        for id in refs.unwrap_or_default().iter().filter_map(Node::text) {
            if let Some(node) = find(id) {
                observation.hold(id, node);
            }
        }
        for member in inner.unwrap_or_default() {
            observation.hold(&member.name, &member.node);
        }
        Ok(observation)
    }

    fn hold(&mut self, id: &'n str, node: &'n Node<'a>) {
        let Some(kind) = node.member("type").and_then(Node::text) else {
            return;
        };
        // An object that is referred to twice is there once.
        if !self.places.contains_key(id) {
            self.places.insert(id, self.objects.len());
            self.objects.push(Object { kind, node });
        }
    }

    /// The object with this id, if the observation has it.
    pub(crate) fn find(&self, id: &str) -> Option<&'n Node<'a>> {
        self.objects.get(*self.places.get(id)?).map(|o| o.node)
    }

    /// When it was first seen.
    pub fn first_observed(&self) -> Moment {
        self.first
    }

    /// When it was last seen.
    pub fn last_observed(&self) -> Moment {
        self.last
    }

    /// How often it was seen.
    pub fn number_observed(&self) -> u64 {
        self.number
    }
}
