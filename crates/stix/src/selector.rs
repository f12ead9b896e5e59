//! Selectors of granular markings, `external_references.[0].description` (STIX 2.1 section
//! 7.2.3.1).
//!
//! Not a query language: a selector names one value of one object.

use thiserror::Error;

use crate::json::Node;

/// A text that is no selector.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "`{0}` is not a selector; write names and list indexes with dots between them, as `labels.[0]`"
)]
pub struct SelectorError(String);

/// The longest name of a property or key (STIX 2.1 sections 3.1 and 2.3).
const NAME_MAX: usize = 250;

/// The value that `selector` names in `object`, or none if the object has no such value.
///
/// # Errors
/// [`SelectorError`] if the text is no selector at all.
pub fn resolve<'n, 'a>(
    object: &'n Node<'a>,
    selector: &str,
) -> Result<Option<&'n Node<'a>>, SelectorError> {
    let mut found = Some(object);
    for (n, step) in selector.split('.').enumerate() {
        let wrong = || SelectorError(selector.chars().take(300).collect());
        if let Some(index) = step.strip_prefix('[') {
            // A selector begins at the object, so its first step is a name.
            let index = index
                .strip_suffix(']')
                .filter(|_| n > 0)
                .ok_or_else(wrong)?;
            let index = read_index(index).ok_or_else(wrong)?;
            found = found.and_then(|node| node.items()?.get(index));
        } else {
            if !is_name(step) {
                return Err(wrong());
            }
            found = found.and_then(|node| node.member(step));
        }
    }
    Ok(found)
}

fn is_name(step: &str) -> bool {
    (1..=NAME_MAX).contains(&step.len())
        && step
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn read_index(digits: &str) -> Option<usize> {
    let plain = !digits.starts_with('0') || digits == "0";
    let plain = plain && digits.len() <= 9 && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn resolves_names_and_indexes() {
        let text = br#"{"labels":["a","b"],"extensions":{"x-y":{"A_b":[{"c":1}]}},"id":"i"}"#;
        let node = parse(text).unwrap();
        let at = |selector| resolve(&node, selector).unwrap().map(|n| n.span.of(text));
        assert_eq!(at("id"), Some(&b"\"i\""[..]));
        assert_eq!(at("labels.[1]"), Some(&b"\"b\""[..]));
        assert_eq!(at("extensions.x-y.A_b.[0].c"), Some(&b"1"[..]));
        assert_eq!(at("labels.[2]"), None);
        assert_eq!(at("labels.c"), None);
        assert_eq!(at("id.[0]"), None);
    }

    #[test]
    fn refuses_other_texts() {
        let node = parse(b"{}").unwrap();
        for text in [
            "",
            ".",
            "[0]",
            "a.",
            ".a",
            "a..b",
            "a[0]",
            "a.[",
            "a.[]",
            "a.[01]",
            "a.[-1]",
            "a b",
            "a.[1",
            "a.[99999999999]",
            "$.a",
            "a.[0]b",
            "é",
        ] {
            assert!(resolve(&node, text).is_err(), "{text}");
        }
    }
}
