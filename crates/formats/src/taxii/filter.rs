//! The query of a request (TAXII 2.1 section 3.4): what of a view is asked for.
//!
//! The rules. Each parameter stands at most once and is well-formed, or the answer is 400. Values
//! of one field are alternatives, fields must all hold. A parameter that is not of the endpoint is
//! ignored, as section 3.4 allows. A value that is well-formed and matches nothing is no error.

use legation_core::id::Kind;
use legation_core::time::Instant;
use legation_core::view::{Query, Versions};

use thiserror::Error;

/// How long pages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize {
    /// Where the request names no `limit`.
    pub default: usize,
    /// At most, whatever the request names (section 3.4: a server may lower it).
    pub max: usize,
}

/// A query that is malformed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct FilterError(String);

impl FilterError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "taxii.malformed-query"
    }
}

/// Where a query is read; which `match` fields count differs (sections 5.4 to 5.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the standard fixes the endpoints that read a query"
)]
pub enum Endpoint {
    /// Section 5.4.
    Objects,
    /// Section 5.3.
    Manifest,
    /// Section 5.6.
    Object,
    /// Section 5.7.
    Delete,
    /// Section 5.8.
    Versions,
}

/// The only version of STIX that the office holds.
const SPEC_VERSION: &str = "2.1";

/// A query that is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// `added_after`: only what was added later.
    pub after: Option<Instant>,
    /// `limit`, lowered to what the office allows.
    pub limit: usize,
    /// `next`: an opaque cursor.
    pub next: Option<String>,
    /// `match[id]`.
    pub ids: Option<Vec<String>>,
    kinds: Option<Vec<Kind>>,
    versions: Versions,
    /// The versions of STIX asked for; none means the newest of each object.
    spec_versions: Option<Vec<String>>,
    endpoint: Endpoint,
}

impl Filter {
    /// Reads a query.
    ///
    /// # Errors
    /// For a parameter that stands twice or is malformed: section 3.4 wants a 400 for both.
    pub fn read(raw: &str, endpoint: Endpoint, size: PageSize) -> Result<Self, FilterError> {
        let mut filter = Self {
            after: None,
            limit: size.default.min(size.max),
            next: None,
            ids: None,
            kinds: None,
            versions: Versions::default(),
            spec_versions: None,
            endpoint,
        };
        let lists = matches!(endpoint, Endpoint::Objects | Endpoint::Manifest);
        let versions = endpoint != Endpoint::Versions;
        filter.versions.all |= !versions;
        let mut seen: Vec<String> = Vec::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (key, value) = (decode(key)?, decode(value)?);
            let refuse = |rule: &str| {
                let text = format!("the query parameter `{key}` {rule}");
                FilterError(text)
            };
            let known = match key.as_str() {
                "added_after" | "limit" | "next" => endpoint != Endpoint::Delete,
                "match[id]" | "match[type]" => lists,
                "match[version]" => versions,
                "match[spec_version]" => true,
                _ => false,
            };
            if !known {
                continue;
            }
            if seen.contains(&key) {
                return Err(refuse("stands twice; give it once"));
            }
            if value.is_empty() || value.split(',').any(str::is_empty) {
                return Err(refuse("lacks a value"));
            }
            match key.as_str() {
                "added_after" => {
                    let (after, _) = timestamp(&value).ok_or_else(|| {
                        refuse("is no timestamp; write it like 2024-01-31T12:00:00.000000Z")
                    })?;
                    filter.after = Some(after);
                }
                "limit" => {
                    let limit = number(&value)
                        .filter(|limit| *limit > 0)
                        .ok_or_else(|| refuse("is no number above 0"))?;
                    filter.limit = limit.min(size.max);
                }
                "next" => filter.next = Some(value),
                "match[id]" => filter.ids = Some(list(&value)),
                "match[type]" => {
                    // What cannot be a type is no type of anything.
                    let kinds = list(&value);
                    filter.kinds = Some(kinds.iter().filter_map(|k| k.parse().ok()).collect());
                }
                "match[version]" => {
                    filter.versions = read_versions(&value).map_err(refuse)?;
                }
                _ => {
                    let list = list(&value);
                    if !list.iter().all(|version| is_spec_version(version)) {
                        return Err(refuse("is no version of STIX, like 2.1"));
                    }
                    filter.spec_versions = Some(list);
                }
            }
            seen.push(key);
        }
        Ok(filter)
    }

    /// Whether the caller takes objects of the version of STIX that the office holds.
    fn takes_spec_version(&self) -> bool {
        self.spec_versions
            .as_ref()
            .is_none_or(|versions| versions.iter().any(|version| version == SPEC_VERSION))
    }

    /// The question to the view.
    pub fn query(&self, after: Option<Instant>, until: Option<Instant>) -> Query {
        Query {
            after,
            until,
            ids: if self.takes_spec_version() {
                self.ids.clone()
            } else {
                Some(Vec::new())
            },
            kinds: self.kinds.clone(),
            versions: self.versions.clone(),
            limit: self.limit,
        }
    }

    /// The same question in one fixed wording, `limit` and `next` left out: for the receipt, and
    /// to tell whether a cursor comes back with the filter that it was made for. It is encoded as a
    /// query is, so that no two filters have the same.
    pub fn canonical(&self) -> String {
        let mut parts = vec![match self.endpoint {
            Endpoint::Objects => "objects".to_owned(),
            Endpoint::Manifest => "manifest".to_owned(),
            Endpoint::Object | Endpoint::Delete => "object".to_owned(),
            Endpoint::Versions => "versions".to_owned(),
        }];
        if let Some(after) = self.after {
            parts.push(format!("added_after={after}"));
        }
        let mut field = |name: &str, mut values: Vec<String>| {
            values.sort();
            values.dedup();
            let values: Vec<String> = values.iter().map(|value| encode(value)).collect();
            parts.push(format!("match[{name}]={}", values.join(",")));
        };
        if let Some(ids) = &self.ids {
            field("id", ids.clone());
        }
        if let Some(kinds) = &self.kinds {
            field("type", kinds.iter().map(Kind::to_string).collect());
        }
        let Versions {
            all,
            last,
            first,
            exact,
        } = &self.versions;
        let mut values: Vec<String> = exact.iter().map(Instant::to_string).collect();
        let words = [("all", *all), ("first", *first), ("last", *last && !*all)];
        values.extend(
            words
                .iter()
                .filter(|(_, given)| *given)
                .map(|(word, _)| (*word).to_owned()),
        );
        field("version", values);
        if let Some(versions) = &self.spec_versions {
            field("spec_version", versions.clone());
        }
        parts.join("&")
    }
}

/// `match[version]` (section 3.4.1).
fn read_versions(value: &str) -> Result<Versions, &'static str> {
    let mut versions = Versions {
        all: false,
        last: false,
        first: false,
        exact: Vec::new(),
    };
    const TWICE: &str = "names a version twice";
    // Finer than a microsecond nothing is held, so such an instant is no version of anything.
    let mut finer: Vec<&str> = Vec::new();
    for one in value.split(',') {
        let given = match one {
            "all" => &mut versions.all,
            "last" => &mut versions.last,
            "first" => &mut versions.first,
            _ => match timestamp(one) {
                None => {
                    return Err("is neither `last`, `first`, `all` nor a timestamp");
                }
                Some((_, false)) if finer.contains(&one) => return Err(TWICE),
                Some((_, false)) => {
                    finer.push(one);
                    continue;
                }
                Some((at, true)) if versions.exact.contains(&at) => return Err(TWICE),
                Some((at, true)) => {
                    versions.exact.push(at);
                    continue;
                }
            },
        };
        if *given {
            return Err(TWICE);
        }
        *given = true;
    }
    if versions.all && value != "all" {
        return Err("asks for `all` and more; `all` stands alone");
    }
    Ok(versions)
}

/// A timestamp of TAXII (section 3.2) with any fraction of up to nine digits, cut to whole
/// microseconds, and whether nothing was lost by it.
fn timestamp(text: &str) -> Option<(Instant, bool)> {
    const SHAPE: &[u8; 19] = b"0000-00-00T00:00:00";
    let (head, tail) = text.as_bytes().split_at_checked(SHAPE.len())?;
    let shaped = head.iter().zip(SHAPE).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        _ => byte == shape,
    });
    let fraction = match tail {
        b"Z" => &[],
        [b'.', digits @ .., b'Z'] if !digits.is_empty() && digits.len() <= 9 => digits,
        _ => return None,
    };
    if !shaped || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let whole = fraction.iter().skip(6).all(|digit| *digit == b'0');
    Some((text.parse().ok()?, whole))
}

/// A whole number; one that is too great for this machine is the greatest there is.
fn number(text: &str) -> Option<usize> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(usize::MAX))
}

fn list(value: &str) -> Vec<String> {
    value.split(',').map(str::to_owned).collect()
}

fn is_spec_version(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.')
        .is_some_and(|(major, minor)| digits(major) && digits(minor))
}

/// Encodes a value so that [`decode`] gives it back and nothing in it ends a part of a query.
fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        // Unreserved (RFC 3986 section 2.3), and the colon, which instants are full of.
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Decodes a part of a query (WHATWG URL section 5.1), strictly.
fn decode(text: &str) -> Result<String, FilterError> {
    let refuse = || FilterError("the query is not percent-encoded UTF-8".to_owned());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit(), digit());
                let (high, low) = high.zip(low).ok_or_else(refuse)?;
                u8::try_from(high << 4 | low).map_err(|_| refuse())?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| refuse())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: PageSize = PageSize {
        default: 1000,
        max: 10_000,
    };

    fn read(raw: &str) -> Result<Filter, FilterError> {
        Filter::read(raw, Endpoint::Objects, SIZE)
    }

    #[test]
    fn malformed_queries_are_refused() {
        for raw in [
            "added_after=yesterday",
            "added_after=2024-01-31",
            "added_after=2024-01-31T12:00:00",
            "added_after=2024-01-31t12:00:00z",
            "added_after=2024-01-31T12:00:00%2B00:00",
            "added_after=2024-02-30T12:00:00Z",
            "added_after=2024-01-31T12:00:00.Z",
            "added_after=2024-01-31T12:00:00.0000000000Z",
            "added_after=2024-01-31T12:00:00Z,2024-01-31T12:00:00Z",
            "added_after=2024-01-31T12:00:00Z&added_after=2024-01-31T12:00:00Z",
            "added_after=",
            "added_after",
            "limit=0",
            "limit=-1",
            "limit=%2B1",
            "limit=1.5",
            "limit=ten",
            "limit=",
            "limit=1&limit=2",
            "next=",
            "next=a&next=b",
            "match[id]=",
            "match[id]=a,,b",
            "match[id]=a&match%5Bid%5D=b",
            "match[type]=",
            "match[type]=tool&match[type]=malware",
            "match[version]=",
            "match[version]=newest",
            "match[version]=all,last",
            "match[version]=last,all",
            "match[version]=all,all",
            "match[version]=last,last",
            "match[version]=2024-01-31T12:00:00Z,2024-01-31T12:00:00.000Z",
            "match[version]=LAST",
            "match[spec_version]=two",
            "match[spec_version]=2",
            "match[spec_version]=",
            "match[id]=%ZZ",
            "match[id]=%4",
            "match[id]=%FF",
            "%C3=1",
        ] {
            let error = read(raw).expect_err(raw);
            assert_eq!(error.code(), "taxii.malformed-query", "{raw}");
        }
    }

    #[test]
    fn well_formed_queries_are_read() {
        let plain = read("").unwrap();
        assert_eq!(plain.limit, 1000);
        assert_eq!(plain.query(None, None).versions, Versions::default());
        assert_eq!(read("limit=99999999999999999999999").unwrap().limit, 10_000);
        assert_eq!(read("limit=7&unknown=1&unknown=2").unwrap().limit, 7);
        let exact = read("match[version]=2024-01-31T12:00:00Z,last").unwrap();
        assert_eq!(exact.versions.exact.len(), 1);
        assert!(exact.versions.last && !exact.versions.first);
        let finer = read("match[version]=2024-01-31T12:00:00.0000001Z").unwrap();
        assert!(finer.versions.exact.is_empty() && !finer.versions.last);
        let two = read("match%5Btype%5D=tool,malware&match[id]=x").unwrap();
        assert_eq!(two.kinds.as_ref().unwrap().len(), 2);
        assert!(
            read("match[spec_version]=2.0")
                .unwrap()
                .query(None, None)
                .ids
                == Some(vec![])
        );
        assert!(
            read("match[spec_version]=2.0,2.1")
                .unwrap()
                .query(None, None)
                .ids
                .is_none()
        );
        let after = read("added_after=2024-01-31T12:00:00.1234567Z")
            .unwrap()
            .after;
        assert_eq!(after.unwrap().to_string(), "2024-01-31T12:00:00.123456Z");
    }

    #[test]
    fn one_question_has_one_wording() {
        let wording = |raw| read(raw).unwrap().canonical();
        assert_eq!(
            wording("match[type]=tool,malware&limit=3"),
            wording("match%5Btype%5D=malware,tool&next=abc&limit=9")
        );
        assert_eq!(wording("match[version]=last"), wording(""));
        assert_ne!(wording("match[version]=first"), wording(""));
        assert_ne!(wording("match[type]=tool"), wording("match[id]=tool"));
        assert_ne!(wording("added_after=2024-01-31T12:00:00Z"), wording(""));
        let manifest = Filter::read("", Endpoint::Manifest, SIZE);
        assert_ne!(manifest.unwrap().canonical(), wording(""));
        // A value that reads like a parameter is a value.
        let tricky = wording("match[id]=a%26match[type]=tool");
        assert_ne!(tricky, wording("match[id]=a&match[type]=tool"));
        let (_, query) = tricky.split_once('&').unwrap();
        assert_eq!(wording(query), tricky);
    }

    #[test]
    fn fields_count_where_they_are_defined() {
        let read = |endpoint| Filter::read("match[id]=a&match[version]=all", endpoint, SIZE);
        assert!(read(Endpoint::Object).unwrap().ids.is_none());
        assert!(read(Endpoint::Object).unwrap().versions.all);
        assert!(read(Endpoint::Delete).unwrap().versions.all);
        let bad = Filter::read("match[version]=none", Endpoint::Versions, SIZE);
        assert!(bad.unwrap().versions.all);
        assert_eq!(read(Endpoint::Manifest).unwrap().ids.unwrap().len(), 1);
    }
}
