//! Media types and codings: what a request accepts and what it brings (TAXII 2.1 section 1.6.8,
//! RFC 9110 sections 12.5.1 and 12.5.3).
//!
//! A range without `version` means the newest one, which here is the only one. No `Accept` at all
//! is taken as `*/*`.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderName};

const TAXII: &str = "application/taxii+json";
const STIX: &str = "application/stix+json";

/// How the body of an answer is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Coding {
    /// Its name in a header, where it has one to be told.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }
}

/// One element of such a header.
struct Element {
    /// In lower case.
    name: String,
    version: Option<String>,
    /// In thousandths.
    weight: u16,
}

/// Whether the caller takes TAXII 2.1; on the manifest STIX 2.1 means the same.
pub(super) fn accepts(headers: &HeaderMap, manifest: bool) -> bool {
    let elements = elements(headers, &ACCEPT);
    if elements.is_empty() {
        return !headers.contains_key(ACCEPT);
    }
    let takes = |kind: &str| {
        // The most specific range decides (RFC 9110 section 12.5.1).
        elements
            .iter()
            .filter_map(|element| Some((specificity(element, kind)?, element.weight)))
            .max()
            .is_some_and(|(_, weight)| weight > 0)
    };
    takes(TAXII) || (manifest && takes(STIX))
}

/// How closely a range names version 2.1 of a type, if it does.
fn specificity(element: &Element, kind: &str) -> Option<u8> {
    match (element.name.as_str(), element.version.as_deref()) {
        (name, Some("2.1")) if name == kind => Some(3),
        (name, None) if name == kind => Some(2),
        ("application/*", _) => Some(1),
        ("*/*" | "*", _) => Some(0),
        _ => None,
    }
}

/// Whether the body is TAXII 2.1.
pub(super) fn brings_taxii(headers: &HeaderMap) -> bool {
    match elements(headers, &CONTENT_TYPE).as_slice() {
        [element] => specificity(element, TAXII).is_some_and(|close| close >= 2),
        _ => false,
    }
}

/// The coding that the caller likes best among ours.
pub(crate) fn coding(headers: &HeaderMap) -> Coding {
    elements(headers, &ACCEPT_ENCODING)
        .iter()
        .filter(|element| element.weight > 0)
        .filter_map(|element| match element.name.as_str() {
            "zstd" => Some((element.weight, 2, Coding::Zstd)),
            "gzip" | "x-gzip" => Some((element.weight, 1, Coding::Gzip)),
            "identity" => Some((element.weight, 0, Coding::Identity)),
            _ => None,
        })
        .max_by_key(|(weight, rank, _)| (*weight, *rank))
        .map_or(Coding::Identity, |(_, _, coding)| coding)
}

/// The elements of a header that can be understood.
fn elements(headers: &HeaderMap, name: &HeaderName) -> Vec<Element> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| split(value, ','))
        .filter_map(element)
        .collect()
}

fn element(text: &str) -> Option<Element> {
    let mut parts = split(text, ';').into_iter();
    let name = parts.next()?.trim().to_ascii_lowercase();
    if name.is_empty() {
        return None;
    }
    let (mut version, mut weight) = (None, 1000);
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = unquote(value.trim());
        match key.trim().to_ascii_lowercase().as_str() {
            "version" => version = Some(value),
            "q" => weight = thousandths(&value)?,
            _ => {}
        }
    }
    Some(Element {
        name,
        version,
        weight,
    })
}

/// Splits outside quoted strings (RFC 9110 section 5.6.4).
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c| {
        if escaped {
            escaped = false;
            return false;
        }
        match c {
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        c == at && !quoted
    })
    .collect()
}

fn unquote(text: &str) -> String {
    match text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    {
        Some(inner) => inner.replace('\\', ""),
        None => text.to_owned(),
    }
}

/// A weight (RFC 9110 section 12.4.2).
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{fraction:0<3}");
    if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let weight = whole.parse::<u16>().ok()?.checked_mul(1000)? + digits.parse::<u16>().ok()?;
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn accept() {
        for (value, taken) in [
            ("application/taxii+json;version=2.1", true),
            ("application/taxii+json", true),
            ("application/taxii+json; version=2.1", true),
            ("application/taxii+json; version=\"2.1\"", true),
            ("Application/TAXII+JSON;Version=2.1", true),
            ("application/taxii+json;q=0.5;version=2.1", true),
            ("application/taxii+json;charset=\"a,b;c\";version=2.1", true),
            ("text/html, application/taxii+json;version=2.1", true),
            ("text/html,*/*;q=0.1", true),
            ("application/*", true),
            ("*/*", true),
            (
                "application/taxii+json;version=2.0, application/taxii+json;version=2.1",
                true,
            ),
            ("application/taxii+json;version=2.0", false),
            ("application/vnd.oasis.taxii+json; version=2.0", false),
            ("application/json", false),
            ("text/html", false),
            ("application/taxii+json;version=2.1;q=0", false),
            ("application/taxii+json;version=2.1;q=0, */*", false),
            ("application/taxii+json;q=x", false),
            ("", false),
        ] {
            assert_eq!(
                accepts(&headers(&ACCEPT, &[value]), false),
                taken,
                "{value}"
            );
        }
        assert!(accepts(&HeaderMap::new(), false));
        let lines = ["text/html", "application/taxii+json"];
        assert!(accepts(&headers(&ACCEPT, &lines), false));
        let stix = headers(&ACCEPT, &["application/stix+json;version=2.1"]);
        assert!(accepts(&stix, true));
        assert!(!accepts(&stix, false));
    }

    #[test]
    fn content_type() {
        for (value, taken) in [
            ("application/taxii+json;version=2.1", true),
            ("application/taxii+json", true),
            ("application/taxii+json;version=2.1;charset=utf-8", true),
            ("application/taxii+json;version=2.0", false),
            ("application/json", false),
            ("application/*", false),
            ("*/*", false),
        ] {
            let headers = headers(&CONTENT_TYPE, &[value]);
            assert_eq!(brings_taxii(&headers), taken, "{value}");
        }
        assert!(!brings_taxii(&HeaderMap::new()));
    }

    #[test]
    fn accept_encoding() {
        for (value, chosen) in [
            ("gzip", Coding::Gzip),
            ("gzip, zstd", Coding::Zstd),
            ("gzip;q=1.0, zstd;q=0.5", Coding::Gzip),
            ("gzip;q=0", Coding::Identity),
            ("identity;q=1, gzip;q=0.5", Coding::Identity),
            ("br, deflate", Coding::Identity),
            ("*", Coding::Identity),
            ("gzip;q=2", Coding::Identity),
        ] {
            let headers = headers(&ACCEPT_ENCODING, &[value]);
            assert_eq!(coding(&headers), chosen, "{value}");
        }
    }
}
