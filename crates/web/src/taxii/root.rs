//! The API root (TAXII 2.1 section 4.2): what this office speaks and how much it takes at once.

use axum::http::StatusCode;
use axum::response::Response;

use crate::problem::Problem;
use crate::taxii::ask::Ask;
use crate::taxii::resource::ApiRoot;
use crate::taxii::{MEDIA_TYPE, answer};

/// `GET /taxii2/{root}/`
pub(super) async fn show(ask: Ask) -> Result<Response, Problem> {
    let root = ApiRoot {
        title: ask.face.office.with(|fold| fold.state().office.clone())?,
        versions: [MEDIA_TYPE],
        max_content_length: ask.face.settings.max_body,
    };
    answer(StatusCode::OK, &root)
}
