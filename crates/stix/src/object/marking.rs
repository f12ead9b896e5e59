//! The markings that an object carries: of the whole and of its parts (STIX 2.1 section 7.2).
//!
//! Not what a marking means; that is in its definition.

use std::collections::BTreeSet;

use super::error::Fault;
use super::property::{Refusal, read_list, refuse, wrong};
use super::{Granular, Head, reference};
use crate::id::ObjectId;
use crate::json::Node;
use crate::selector;

/// `object_marking_refs`, repeats left out.
pub(super) fn read_object(list: Option<&Node<'_>>) -> Result<Vec<ObjectId>, Refusal> {
    let Some(list) = list else {
        return Ok(Vec::new());
    };
    let mut ids = Vec::new();
    for (n, item) in read_list(list, || "/object_marking_refs")?
        .iter()
        .enumerate()
    {
        let pointer = || format!("/object_marking_refs/{n}");
        ids.push(reference::read_id_of(item, "marking-definition", pointer)?);
    }
    if ids.len() > 1 {
        let mut seen = BTreeSet::new();
        ids.retain(|id| seen.insert(id.clone()));
    }
    Ok(ids)
}

/// `granular_markings`, each selector resolved.
pub(super) fn read_granular(
    node: &Node<'_>,
    list: Option<&Node<'_>>,
) -> Result<Vec<Granular>, Refusal> {
    let Some(list) = list else {
        return Ok(Vec::new());
    };
    let items = read_list(list, || "/granular_markings")?;
    items
        .iter()
        .enumerate()
        .map(|(n, item)| read_one_granular(node, item, n))
        .collect()
}

fn read_one_granular(node: &Node<'_>, item: &Node<'_>, n: usize) -> Result<Granular, Refusal> {
    let pointer = format!("/granular_markings/{n}");
    if item.members().is_none() {
        return Err(wrong("an object", item, &pointer));
    }
    let marking_ref = item
        .member("marking_ref")
        .map(|m| {
            reference::read_id_of(m, "marking-definition", || format!("{pointer}/marking_ref"))
        })
        .transpose()?;
    let lang = item
        .member("lang")
        .map(|m| {
            m.text()
                .ok_or_else(|| wrong("a string", m, &format!("{pointer}/lang")))
        })
        .transpose()?
        .map(str::to_owned);
    if marking_ref.is_some() == lang.is_some() {
        let found = if lang.is_some() { "both" } else { "neither" };
        return Err(refuse(Fault::Granular { found }, item, pointer));
    }
    let list = item.member("selectors").ok_or_else(|| {
        let (name, kind) = ("selectors", "granular marking".to_owned());
        refuse(Fault::Missing { name, kind }, item, pointer.as_str())
    })?;
    let list_pointer = format!("{pointer}/selectors");
    let mut selectors = Vec::new();
    for (n, item) in read_list(list, || list_pointer.as_str())?
        .iter()
        .enumerate()
    {
        let pointer = || format!("{list_pointer}/{n}");
        let text = item
            .text()
            .ok_or_else(|| wrong("a string", item, &pointer()))?;
        match selector::resolve(node, text) {
            Ok(Some(_)) => selectors.push(text.to_owned()),
            Ok(None) => {
                return Err(refuse(
                    Fault::SelectorMissing(text.to_owned()),
                    item,
                    pointer(),
                ));
            }
            Err(error) => return Err(refuse(Fault::Selector(error), item, pointer())),
        }
    }
    Ok(Granular {
        marking_ref,
        lang,
        selectors,
    })
}

/// STIX 2.1 section 7.2.1: neither list of markings may name the marking definition itself.
pub(super) fn refuse_itself(node: &Node<'_>, head: &Head) -> Result<(), Refusal> {
    let lists = [
        (
            "object_marking_refs",
            head.object_marking_refs.contains(&head.id),
        ),
        (
            "granular_markings",
            head.granular
                .iter()
                .any(|g| g.marking_ref.as_ref() == Some(&head.id)),
        ),
    ];
    for (name, itself) in lists {
        if itself {
            let at = node.member(name).unwrap_or(node);
            return Err(refuse(Fault::SelfMarking, at, format!("/{name}")));
        }
    }
    Ok(())
}
