//! Collections (TAXII 2.1 sections 5.1 and 5.2): the areas that the caller may know of, each with
//! the caller's own rights.

use axum::http::StatusCode;
use axum::response::Response;

use crate::problem::Problem;
use crate::taxii::answer;
use crate::taxii::ask::Ask;
use crate::taxii::resource::{CollectionResource, Collections};

/// `GET /taxii2/{root}/collections/`
pub(super) async fn list(ask: Ask) -> Result<Response, Problem> {
    let collections = ask.face.office.collections(&ask.caller)?;
    let collections = Collections {
        collections: collections.iter().map(CollectionResource::of).collect(),
    };
    answer(StatusCode::OK, &collections)
}

/// `GET /taxii2/{root}/collections/{collection}/`
pub(super) async fn show(ask: Ask) -> Result<Response, Problem> {
    answer(StatusCode::OK, &CollectionResource::of(&ask.collection()?))
}
