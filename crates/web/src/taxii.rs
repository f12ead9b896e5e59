//! TAXII 2.1 (OASIS Standard, 10 June 2021), one file per matter.
//!
//! The cast. [`ask`] reads what every request has in common, [`negotiation`] its media types,
//! [`filter`] its query and [`cursor`] its `next`. [`page`] reads one page through the gate, with
//! its receipt, and [`stream`] sends it, chunk by chunk, for as long as it stays cleared. Each of
//! the other files answers one resource of section 1.2.
//!
//! Not here: who may see what. A thing that is withheld looks like one that does not exist.

mod ask;
mod collection;
mod cursor;
mod delete;
mod discovery;
mod envelope;
mod manifest;
mod negotiation;
mod objects;
mod page;
mod resource;
mod root;
mod status;
mod stream;
mod versions;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

pub(crate) use cursor::{Cursor, Purpose};
pub use envelope::envelope_pieces;
pub(crate) use negotiation::{Coding, coding};
pub(crate) use resource::describe;
pub(crate) use stream::{guarded, unsized_body};

use crate::problem::Problem;
use crate::route::Route;

/// The one media type of TAXII 2.1 (section 1.6.8).
pub(crate) const MEDIA_TYPE: &str = "application/taxii+json;version=2.1";

/// The media type of what the office holds.
const STIX: &str = "application/stix+json;version=2.1";

/// The endpoints of TAXII 2.1, sections 4 and 5.
pub(crate) fn routes() -> Vec<Route> {
    const OBJECT: &str = "/taxii2/{root}/collections/{collection}/objects/{object}/";
    vec![
        Route::at("/taxii2/").get(discovery::show),
        Route::at("/taxii2/{root}/").get(root::show),
        Route::at("/taxii2/{root}/status/{status}/").get(status::show),
        Route::at("/taxii2/{root}/collections/").get(collection::list),
        Route::at("/taxii2/{root}/collections/{collection}/").get(collection::show),
        Route::at("/taxii2/{root}/collections/{collection}/manifest/").get(manifest::list),
        Route::at("/taxii2/{root}/collections/{collection}/objects/")
            .get(objects::list)
            .post(objects::add),
        Route::at(OBJECT).get(objects::show).delete(delete::end),
        Route::at("/taxii2/{root}/collections/{collection}/objects/{object}/versions/")
            .get(versions::list),
    ]
}

/// A resource as an answer.
fn answer(status: StatusCode, resource: &impl Serialize) -> Result<Response, Problem> {
    let body = serde_json::to_string(resource).map_err(|error| Problem::internal_of(&error))?;
    Ok((
        status,
        [(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))],
        body,
    )
        .into_response())
}
