//! What every TAXII request has in common: its caller, the path, the query, what it accepts.
//!
//! The order of refusals: 401 comes before this; then 404 for another API root, then 406.

use std::collections::HashMap;

use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use legation_engine::Collection;

use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;
use crate::taxii::negotiation;
use crate::valve::Valve;

/// A request that is understood so far.
pub(super) struct Ask {
    pub(super) face: Face,
    pub(super) caller: Caller,
    pub(super) headers: HeaderMap,
    /// The query, still encoded.
    pub(super) query: String,
    /// Whether only the head of the answer is wanted.
    pub(super) head: bool,
    /// What watches over the connection, where there is one.
    pub(super) valve: Option<Valve>,
    path: HashMap<String, String>,
}

impl FromRequestParts<Face> for Ask {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, face).await?;
        let path: HashMap<String, String> = Path::from_request_parts(parts, face)
            .await
            .map(|Path(path)| path)
            .map_err(|_| Problem::not_found())?;
        if let Some(root) = path.get("root")
            && *root != face.slug()?
        {
            return Err(Problem::not_found());
        }
        // TAXII 2.1 section 5.3 names the STIX type beside the TAXII type for the manifest.
        let manifest = parts.uri.path().ends_with("/manifest/");
        if !negotiation::accepts(&parts.headers, manifest) {
            return Err(Problem::new(
                StatusCode::NOT_ACCEPTABLE,
                "web.not-acceptable",
                "this office speaks `application/taxii+json;version=2.1` only",
            ));
        }
        Ok(Self {
            face: face.clone(),
            caller,
            headers: parts.headers.clone(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            head: parts.method == Method::HEAD,
            valve: parts
                .extensions
                .get::<ConnectInfo<Valve>>()
                .map(|ConnectInfo(valve)| valve.clone()),
            path,
        })
    }
}

impl Ask {
    /// A part of the path, decoded.
    pub(super) fn part(&self, name: &str) -> Result<&str, Problem> {
        self.path
            .get(name)
            .map(String::as_str)
            .ok_or_else(Problem::not_found)
    }

    /// The collection that the path names by id or alias, if the caller may know of it.
    pub(super) fn collection(&self) -> Result<Collection, Problem> {
        let name = self.part("collection")?;
        Ok(self.face.office.collection(&self.caller, name)?)
    }

    /// The same, if the caller may read it.
    pub(super) fn readable(&self) -> Result<Collection, Problem> {
        let collection = self.collection()?;
        if collection.can_read {
            Ok(collection)
        } else {
            Err(Problem::not_found())
        }
    }
}
