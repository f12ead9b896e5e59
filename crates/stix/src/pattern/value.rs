//! The values that an object path reaches in an observation (STIX 2.1 section 9.7).
//!
//! Not how they compare with constants. References are followed within the observation alone;
//! what several ways lead to is looked at once, so that chains of references cannot multiply.

use std::borrow::Cow;

use super::binary::{read_base64, read_hex};
use super::expression::{ObjectPath, Step};
use super::observation::{Object, Observation};
use crate::json::{Node, Value};
use crate::object::{Class, class_of};

/// Above this many values at one step, those reached twice are struck out; below, looking for them
/// costs more than it saves.
const MANY: usize = 64;

/// A value that a path reaches.
#[derive(Clone, Debug)]
pub(crate) enum Found<'n, 'a> {
    /// As it stands in the object.
    Plain(&'n Node<'a>),
    /// Of a property whose name ends in `_bin` or `_hex` (section 9.3).
    Bytes(Vec<u8>),
}

/// What lies between two steps.
#[derive(Debug)]
pub(crate) enum Stage<'n, 'a> {
    Value(Found<'n, 'a>),
    /// The objects that a list of references names.
    Objects(Vec<&'n Node<'a>>),
}

/// Whether a path may begin at objects of this type: cyber-observables and custom types.
pub(crate) fn is_observable(kind: &str) -> bool {
    matches!(class_of(kind), None | Some(Class::Observable))
}

/// The values that `path` reaches from `object`.
pub(crate) fn reach<'n, 'a>(
    observation: &Observation<'n, 'a>,
    object: Object<'n, 'a>,
    path: &ObjectPath,
) -> Vec<Found<'n, 'a>> {
    let mut stages = vec![Stage::Value(Found::Plain(object.node))];
    for (n, step) in path.steps.iter().enumerate() {
        let last = n + 1 == path.steps.len();
        let mut next = Vec::new();
        for stage in &stages {
            take(observation, stage, step, last, &mut next);
        }
        forget_twice(&mut next);
        stages = next;
        if stages.is_empty() {
            break;
        }
    }
    stages
        .into_iter()
        .filter_map(|stage| match stage {
            Stage::Value(found) => Some(found),
            Stage::Objects(_) => None,
        })
        .collect()
}

/// Strikes out what several ways have led to, where there is much.
pub(crate) fn forget_twice(stages: &mut Vec<Stage<'_, '_>>) {
    if stages.len() > MANY {
        stages.sort_unstable_by_key(address);
        stages.dedup_by(|a, b| address(a) != 0 && address(a) == address(b));
    }
}

/// Where a value stands in memory; zero for those that were made on the way.
fn address(stage: &Stage<'_, '_>) -> usize {
    match stage {
        Stage::Value(Found::Plain(node)) => std::ptr::from_ref(*node).addr(),
        Stage::Value(Found::Bytes(_)) | Stage::Objects(_) => 0,
    }
}

/// Adds what one step from `stage` reaches to `next`; `last` says whether the path ends there.
pub(crate) fn take<'n, 'a>(
    observation: &Observation<'n, 'a>,
    stage: &Stage<'n, 'a>,
    step: &Step,
    last: bool,
    next: &mut Vec<Stage<'n, 'a>>,
) {
    let plain = |node| Stage::Value(Found::Plain(node));
    match (stage, step) {
        (Stage::Value(Found::Plain(node)), Step::Key(key)) => {
            if let Some(value) = node.member(key) {
                enter(observation, key, value, last, next);
            }
        }
        (Stage::Value(Found::Plain(node)), Step::Index(index)) => {
            let item = usize::try_from(*index).ok();
            next.extend(item.and_then(|n| node.items()?.get(n)).map(plain));
        }
        (Stage::Value(Found::Plain(node)), Step::Any) => {
            next.extend(node.items().unwrap_or_default().iter().map(plain));
        }
        (Stage::Objects(nodes), Step::Index(index)) => {
            let item = usize::try_from(*index).ok();
            next.extend(item.and_then(|n| nodes.get(n)).copied().map(plain));
        }
        (Stage::Objects(nodes), Step::Any) => next.extend(nodes.iter().copied().map(plain)),
        (Stage::Objects(_), Step::Key(_)) | (Stage::Value(Found::Bytes(_)), _) => {}
    }
}

/// The value of a property, through a reference where it is one (section 9.7.2). At the end of a path a
/// single reference is its identifier.
fn enter<'n, 'a>(
    observation: &Observation<'n, 'a>,
    key: &str,
    value: &'n Node<'a>,
    last: bool,
    next: &mut Vec<Stage<'n, 'a>>,
) {
    if key.ends_with("_ref") && !last {
        let target = value.text().and_then(|id| observation.find(id));
        next.extend(target.map(|node| Stage::Value(Found::Plain(node))));
    } else if key.ends_with("_refs") && !last {
        let ids = value.items().unwrap_or_default().iter();
        let nodes: Vec<_> = ids.filter_map(|id| observation.find(id.text()?)).collect();
        next.push(Stage::Objects(nodes));
    } else {
        next.push(Stage::Value(read(key, value)));
    }
}

/// The bytes of a `_hex` or `_bin` property, or the value as it is.
fn read<'n, 'a>(key: &str, value: &'n Node<'a>) -> Found<'n, 'a> {
    let bytes = match &value.value {
        Value::String(text) if key.ends_with("_hex") => read_hex(text.as_bytes()),
        Value::String(text) if key.ends_with("_bin") => read_base64(text.as_bytes()),
        _ => None,
    };
    bytes.map_or(Found::Plain(value), Found::Bytes)
}

impl Found<'_, '_> {
    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Plain(node) => node.text(),
            Self::Bytes(_) => None,
        }
    }
}

/// Text as `LIKE` and `MATCHES` compare it: in Unicode's normal form C (section 9.6.1).
pub(crate) fn compose(text: &str) -> Cow<'_, str> {
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
    // No ASCII text has another form.
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}
