//! One page of a collection, read through the gate with its receipt, whatever it is shown as.

use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue};
use legation_core::act::Extent;
use legation_core::gate::Cleared;
use legation_core::time::Instant;
use legation_engine::{Collection, Guard, Object, Reading, Sheaf};
use legation_formats::taxii::Filter;

use crate::problem::Problem;
use crate::taxii::ask::Ask;
use crate::taxii::cursor::{Cursor, Purpose};

/// Section 3.3: the dates added of the first and the last object of this page.
const FIRST: HeaderName = HeaderName::from_static("x-taxii-date-added-first");
const LAST: HeaderName = HeaderName::from_static("x-taxii-date-added-last");

/// So many bodies are read in less time than it takes to change threads.
const INLINE: usize = 64;

/// A page that may be sent as long as its guard holds.
pub(super) struct Page {
    reading: Reading,
    pub(super) next: Option<String>,
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
        let office = &ask.face.office;
        let reading = office
            .read(&ask.caller, &collection.area, &query, extent, &wording)
            .await?;
        let next = reading
            .items
            .last()
            .zip(reading.until)
            .filter(|_| reading.more)
            .and_then(|(last, until)| {
                let after = last.date;
                Cursor { after, until }.seal(purpose)
            });
        Ok(Self { reading, next })
    }

    /// The bytes of the objects.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(super) async fn load(&mut self, ask: &Ask) -> Result<Cleared<Sheaf>, Problem> {
        let office = &ask.face.office;
        if self.reading.is_at_hand() || self.reading.items.len() <= INLINE {
            return Ok(office.load(&mut self.reading)?);
        }
        // Reading many bodies keeps a thread busy: not one of those that serve sockets.
        let office = office.clone();
        let mut reading = self.reading.take();
        // The caller's place in the queue is held as long as the work goes on, whoever still waits.
        let caller = ask.caller.clone();
        let loaded = tokio::task::spawn_blocking(move || {
            let loaded = office.load(&mut reading);
            drop(caller);
            loaded
        });
        Ok(loaded
            .await
            .map_err(|error| Problem::internal_of(&error))??)
    }

    /// Whether more follows.
    pub(super) fn more(&self) -> bool {
        self.reading.more
    }

    /// Whether nothing answers.
    pub(super) fn is_empty(&self) -> bool {
        self.reading.items.is_empty()
    }

    /// The records with their ids and versions, where heads were asked for.
    pub(super) fn heads(&self) -> &[Cleared<Object>] {
        &self.reading.objects
    }

    /// Whether the page may still be sent.
    pub(super) fn guard(&self) -> Guard {
        self.reading.guard.clone()
    }

    /// The dates of this page; an empty one has none.
    pub(super) fn date_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let items = &self.reading.items;
        for (name, item) in [(FIRST, items.first()), (LAST, items.last())] {
            let value = item
                .map(|item| date(item.date))
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
