//! The objects of a collection (TAXII 2.1 sections 5.4, 5.5 and 5.6): reading them, reading one,
//! filing new ones.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use legation_core::act::Extent;
use legation_engine::Shape;
use legation_formats::taxii::{Endpoint, Filter};

use crate::body;
use crate::filing;
use crate::problem::Problem;
use crate::taxii::ask::Ask;
use crate::taxii::envelope::envelope_pieces;
use crate::taxii::negotiation::brings_taxii;
use crate::taxii::page::{Page, is_there};
use crate::taxii::resource::Status;
use crate::taxii::{answer, stream};

/// `GET .../objects/`
pub(super) async fn list(ask: Ask) -> Result<Response, Problem> {
    let collection = ask.readable()?;
    let filter = Filter::read(&ask.query, Endpoint::Objects, ask.face.settings.page_size())?;
    let page = Page::read(&ask, &collection, &filter, extent(&ask)).await?;
    send(&ask, page).await
}

async fn send(ask: &Ask, mut page: Page) -> Result<Response, Problem> {
    let objects = page.load(ask).await?;
    let pieces = envelope_pieces(&objects, page.more(), page.next.as_deref());
    Ok(stream::send(ask, &page, pieces))
}

/// `GET .../objects/{object}/`
pub(super) async fn show(ask: Ask) -> Result<Response, Problem> {
    let collection = ask.readable()?;
    let mut filter = Filter::read(&ask.query, Endpoint::Object, ask.face.settings.page_size())?;
    filter.ids = Some(vec![ask.part("object")?.to_owned()]);
    let page = Page::read(&ask, &collection, &filter, extent(&ask)).await?;
    // Section 5.7: what was deleted is answered with 404; an object that is there and was added
    // too early for `added_after` is an empty page.
    if page.is_empty() && !is_there(&ask, &collection, &filter)? {
        return Err(Problem::not_found());
    }
    send(&ask, page).await
}

/// A request for the head of an answer gets no bytes, and no receipt says that it did.
fn extent(ask: &Ask) -> Extent {
    if ask.head {
        Extent::Heads
    } else {
        Extent::Bodies
    }
}

/// `POST .../objects/`
pub(super) async fn add(ask: Ask, request: Request) -> Result<Response, Problem> {
    let collection = ask.collection()?;
    if !collection.can_write {
        return Err(Problem::not_found());
    }
    if !brings_taxii(&ask.headers) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "web.unsupported-media",
            "send an envelope as `application/taxii+json;version=2.1`",
        ));
    }
    let settings = &ask.face.settings;
    let body = body::read(&ask.headers, request.into_body(), settings.max_body).await?;
    let read = filing::read(&ask.face, &ask.caller, body, Shape::Envelope).await?;
    let envelope = read.map_err(unprocessable)?;
    if envelope.is_empty() {
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "web.empty-envelope",
            "the envelope holds no objects; give at least one",
        ));
    }
    let filed = filing::file(&ask.face, &ask.caller, collection.area, envelope).await?;
    answer(StatusCode::ACCEPTED, &Status::of(filed))
}

/// 413 speaks of bytes alone: a body below `max_content_length` never gets it (section 5.5).
fn unprocessable(error: legation_engine::EngineError) -> Problem {
    let problem = Problem::from(error);
    match problem.status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            ..problem
        },
        _ => problem,
    }
}
