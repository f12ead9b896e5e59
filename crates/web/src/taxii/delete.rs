//! Deleting an object (TAXII 2.1 section 5.7), which here is withdrawing it: gone for everybody
//! and at once, while the journal keeps the fact.
//!
//! Without `match[version]` it means the last version, as section 3.4.1 has it. A party withdraws
//! what it filed itself. Where another party filed the same version and that is released to the
//! caller, the caller is shown that one from then on.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use legation_formats::taxii::{Endpoint, Filter};

use crate::problem::Problem;
use crate::taxii::MEDIA_TYPE;
use crate::taxii::ask::Ask;

/// The reason in the journal; TAXII has no field in which a caller could give one.
const REASON: &str = "deleted over TAXII";

/// `DELETE .../objects/{object}/`
pub(super) async fn end(ask: Ask) -> Result<Response, Problem> {
    let collection = ask.collection()?;
    // The table of section 5.7: with one right only 403, with neither there is nothing here.
    match (collection.can_read, collection.can_write) {
        (true, true) => {}
        (false, false) => return Err(Problem::not_found()),
        _ => return Err(forbidden()),
    }
    let id = ask.part("object")?.to_owned();
    let mut filter = Filter::read(&ask.query, Endpoint::Delete, ask.face.settings.page_size())?;
    filter.ids = Some(vec![id.clone()]);
    filter.limit = usize::MAX;
    let query = filter.query(None, None);
    let office = &ask.face.office;
    let versions = office.with(|fold| {
        let page = fold.page(&ask.caller.party, &collection.area, &query);
        let state = fold.state();
        page.items
            .iter()
            .map(|item| state.record_version(*item.record.get()))
            .collect::<Vec<_>>()
    })?;
    if versions.is_empty() {
        return Err(Problem::not_found());
    }
    let withdrawn = office
        .withdraw_exactly(
            &ask.caller,
            id,
            versions,
            collection.area,
            REASON.to_owned(),
        )
        .await;
    match withdrawn {
        Ok(_) => Ok((StatusCode::OK, [(CONTENT_TYPE, MEDIA_TYPE)]).into_response()),
        // The caller is shown it, so it may know that it is there and another's.
        Err(error) if error.fault == legation_engine::Fault::NotFound => Err(forbidden()),
        Err(error) => Err(error.into()),
    }
}

fn forbidden() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "engine.forbidden",
        "only who filed an object, and may read and file here, may delete it",
    )
}
