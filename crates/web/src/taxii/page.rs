//! One page of a collection, read through the gate with its receipt, whatever it is shown as.

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue};
use legation_core::act::Extent;
use legation_core::gate::Cleared;
use legation_core::time::Instant;
use legation_engine::{Collection, Guard, Object, Reading};
use legation_formats::taxii::Filter;
use tokio::runtime::Handle;

use crate::problem::Problem;
use crate::taxii::ask::Ask;
use crate::taxii::cursor::{Cursor, Purpose};

/// Section 3.3: the dates added of the first and the last object of this page.
const FIRST: HeaderName = HeaderName::from_static("x-taxii-date-added-first");
const LAST: HeaderName = HeaderName::from_static("x-taxii-date-added-last");

/// A page that may be sent as long as its guard holds.
pub(super) struct Page {
    pub(super) objects: Vec<Cleared<Object>>,
    pub(super) more: bool,
    pub(super) next: Option<String>,
    pub(super) guard: Guard,
}

impl Page {
    /// Reads the page that a request asks for.
    ///
    /// # Errors
    /// 400 for a cursor that is not the caller's for this; what the engine refuses.
    pub(super) async fn read(
        ask: &Ask,
        collection: &Collection,
        filter: &Filter,
        extent: Extent,
    ) -> Result<Self, Problem> {
        let wording = filter.canonical();
        let purpose = Purpose {
            key: &ask.face.cursor_key,
            caller: &ask.caller,
            area: &collection.area,
            filter: &wording,
        };
        let cursor = filter
            .next
            .as_deref()
            .map(|next| Cursor::open(next, purpose))
            .transpose()?;
        let query = match cursor {
            Some(Cursor { after, until }) => filter.query(Some(after), Some(until)),
            None => filter.query(filter.after, None),
        };
        // Cutting and loading a page keeps a thread busy: not one of those that serve sockets.
        let (office, caller, area) = (
            ask.face.office.clone(),
            ask.caller.clone(),
            collection.area.clone(),
        );
        let (runtime, words) = (Handle::current(), wording.clone());
        let reading = tokio::task::spawn_blocking(move || {
            runtime.block_on(office.read(&caller, &area, &query, extent, &words))
        });
        let Reading {
            objects,
            more,
            until,
            guard,
        } = reading
            .await
            .map_err(|error| Problem::internal_of(&error))??;
        // The last date goes by the objects: what was erased in between is not begun from again.
        let next = objects
            .last()
            .zip(until)
            .filter(|_| more)
            .and_then(|(last, until)| {
                let after = last.get().date;
                Cursor { after, until }.seal(purpose)
            });
        Ok(Self {
            objects,
            more,
            next,
            guard,
        })
    }

    /// The dates of this page; an empty one has none.
    pub(super) fn date_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let ends = [(FIRST, self.objects.first()), (LAST, self.objects.last())];
        for (name, object) in ends {
            let value = object
                .map(|object| date(object.get().date))
                .and_then(|date| HeaderValue::try_from(date).ok());
            headers.extend(value.map(|value| (name, value)));
        }
        headers
    }
}

fn date(date: Instant) -> String {
    date.to_string()
}

/// Whether anything at all answers to a filter about one object, dates and pages left aside: what
/// tells an object that is not there from a page of it that is empty.
pub(super) fn is_there(
    ask: &Ask,
    collection: &Collection,
    filter: &Filter,
) -> Result<bool, Problem> {
    let query = legation_core::view::Query {
        limit: 1,
        ..filter.query(None, None)
    };
    let page = ask
        .face
        .office
        .with(|fold| fold.page(&ask.caller.party, &collection.area, &query))?;
    Ok(!page.items.is_empty())
}
