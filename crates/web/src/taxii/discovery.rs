//! Discovery (TAXII 2.1 section 4.1): the API roots of this server, of which an office has one.

use axum::http::StatusCode;
use axum::response::Response;

use crate::problem::Problem;
use crate::taxii::answer;
use crate::taxii::ask::Ask;
use crate::taxii::resource::Discovery;

/// `GET /taxii2/`
pub(super) async fn show(ask: Ask) -> Result<Response, Problem> {
    let (host, city) = ask.face.office.with(|fold| {
        let state = fold.state();
        (state.host().name.clone(), state.office.clone())
    })?;
    // Relative, as section 4.1.1 allows: it is right under whatever address the caller came by.
    let root = format!("/taxii2/{}/", ask.face.slug()?);
    let discovery = Discovery {
        title: format!("{host}, office {city}"),
        default: root.clone(),
        api_roots: [root],
    };
    answer(StatusCode::OK, &discovery)
}
