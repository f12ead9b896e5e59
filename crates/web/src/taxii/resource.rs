//! The resources of TAXII 2.1 as JSON: sections 3.6.1, 4 and 5. Empty lists are left out, as
//! section 3 asks throughout.
//!
//! An object without a version of its own (most SCOs) has, for TAXII, the version
//! `1970-01-01T00:00:00.000000Z`: section 5.4.1 leaves the value to the server as long as it is
//! consistent, and one that is the same for everybody tells nothing of when something was filed.

use legation_core::time::Instant;
use legation_engine::{Collection, Filed};
use serde::Serialize;

use crate::problem::Problem;
use crate::taxii::STIX;
use crate::uuid;

/// The version of what has none, as an instant.
pub(super) const UNVERSIONED: i64 = 0;

/// Section 4.1.1.
#[derive(Serialize)]
pub(super) struct Discovery {
    pub(super) title: String,
    pub(super) default: String,
    pub(super) api_roots: [String; 1],
}

/// Section 4.2.1.
#[derive(Serialize)]
pub(super) struct ApiRoot {
    pub(super) title: String,
    pub(super) versions: [&'static str; 1],
    pub(super) max_content_length: usize,
}

/// Section 5.1.1.
#[derive(Serialize)]
pub(super) struct Collections {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) collections: Vec<CollectionResource>,
}

/// Section 5.2.1.
#[derive(Serialize)]
pub(super) struct CollectionResource {
    id: String,
    title: String,
    alias: String,
    can_read: bool,
    can_write: bool,
    media_types: [&'static str; 1],
}

impl CollectionResource {
    pub(super) fn of(collection: &Collection) -> Self {
        Self {
            id: uuid::write(&collection.id),
            title: collection.title.clone(),
            alias: collection.area.as_str().to_owned(),
            can_read: collection.can_read,
            can_write: collection.can_write,
            media_types: [STIX],
        }
    }
}

/// Section 5.3.1, with the `next` that section 5.4.1 forgets: it is needed to go on safely.
#[derive(Serialize)]
pub(super) struct Manifest {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) objects: Vec<ManifestRecord>,
}

/// Section 5.3.2.
#[derive(Serialize)]
pub(super) struct ManifestRecord {
    pub(super) id: String,
    pub(super) date_added: Instant,
    pub(super) version: String,
    pub(super) media_type: &'static str,
}

/// Section 5.8.1, with a `next` as for the manifest.
#[derive(Serialize)]
pub(super) struct VersionList {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) more: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) versions: Vec<String>,
}

/// Section 4.3.1.
#[derive(Serialize)]
pub(super) struct Status {
    id: String,
    status: &'static str,
    request_timestamp: Instant,
    total_count: usize,
    success_count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    successes: Vec<Detail>,
    failure_count: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<Detail>,
    pending_count: usize,
}

/// Section 4.3.2.
#[derive(Serialize)]
struct Detail {
    id: String,
    version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

impl Status {
    /// The outcome of a filing. Nothing is ever pending: it is durable before anybody hears of it.
    pub(super) fn of(filed: Filed) -> Self {
        let detail = |message: Option<&str>, named: &legation_core::act::Named| Detail {
            id: named.id.as_str().to_owned(),
            version: version(named.version),
            message: message.map(str::to_owned),
        };
        let successes: Vec<Detail> = filed
            .filed
            .iter()
            .map(|named| detail(None, named))
            .chain(
                filed
                    .unchanged
                    .iter()
                    .map(|named| detail(Some("held already, unchanged"), named)),
            )
            .collect();
        let failures: Vec<Detail> = filed
            .refused
            .into_iter()
            .map(|refusal| Detail {
                // Section 4.3.2 requires an id; the place in the envelope stands in for it.
                id: refusal
                    .id
                    .unwrap_or_else(|| format!("/objects/{}", refusal.index)),
                version: version(refusal.version),
                message: Some(format!(
                    "/objects/{}: {}: {}",
                    refusal.index, refusal.code, refusal.text
                )),
            })
            .collect();
        Self {
            id: uuid::write(&filed.status),
            status: "complete",
            request_timestamp: filed.at,
            total_count: successes.len() + failures.len(),
            success_count: successes.len(),
            successes,
            failure_count: failures.len(),
            failures,
            pending_count: 0,
        }
    }
}

/// Section 3.6.1.
#[derive(Serialize)]
struct ErrorMessage<'a> {
    title: &'a str,
    description: &'a str,
    error_code: &'a str,
    http_status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details<'a>>,
}

#[derive(Serialize)]
struct Details<'a> {
    place: &'a str,
}

/// A problem as TAXII's error message.
pub(crate) fn describe(problem: &Problem) -> String {
    let message = ErrorMessage {
        title: problem.status.canonical_reason().unwrap_or("Error"),
        description: &problem.text,
        error_code: problem.code,
        http_status: problem.status.as_str(),
        details: problem.place.as_deref().map(|place| Details { place }),
    };
    serde_json::to_string(&message).unwrap_or_default()
}

/// A version as STIX writes it: three digits of fraction, or six where it has finer ones
/// (STIX 2.1 section 3.6), so that it equals the object's own `modified` as text.
pub(super) fn version(version: Option<Instant>) -> String {
    let Some(version) = version else {
        return Instant::from_micros(UNVERSIONED).to_string();
    };
    let text = version.to_string();
    match text.strip_suffix("000Z") {
        Some(short) => format!("{short}Z"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_look_like_modified() {
        let v = |text: &str| version(Some(text.parse().unwrap()));
        assert_eq!(v("2017-01-27T13:49:53.935Z"), "2017-01-27T13:49:53.935Z");
        assert_eq!(v("2017-01-27T13:49:53Z"), "2017-01-27T13:49:53.000Z");
        assert_eq!(
            v("2017-01-27T13:49:53.93512Z"),
            "2017-01-27T13:49:53.935120Z"
        );
        assert_eq!(version(None), "1970-01-01T00:00:00.000000Z");
    }

    #[test]
    fn an_error_says_its_status_as_text() {
        let body = describe(&Problem::not_found());
        assert_eq!(
            body,
            "{\"title\":\"Not Found\",\"description\":\"there is no such thing here\",\
             \"error_code\":\"engine.not-found\",\"http_status\":\"404\"}"
        );
    }
}
