//! The manifest of a collection (TAXII 2.1 section 5.3): the same page as the objects', ids and
//! versions only.

use axum::response::Response;
use legation_core::act::Extent;
use legation_core::gate::Cleared;
use legation_engine::Object;
use legation_formats::taxii::{Endpoint, Filter};

use crate::problem::Problem;
use crate::taxii::ask::Ask;
use crate::taxii::page::Page;
use crate::taxii::resource::{Manifest, ManifestRecord, version};
use crate::taxii::{STIX, stream};

/// `GET .../manifest/`
pub(super) async fn list(ask: Ask) -> Result<Response, Problem> {
    let collection = ask.readable()?;
    let filter = Filter::read(
        &ask.query,
        Endpoint::Manifest,
        ask.face.settings.page_size(),
    )?;
    let page = Page::read(&ask, &collection, &filter, Extent::Heads).await?;
    let manifest = Manifest {
        more: page.more(),
        next: page.next.clone(),
        objects: page.heads().iter().map(record).collect(),
    };
    let text = serde_json::to_string(&manifest).map_err(|error| Problem::internal_of(&error))?;
    Ok(stream::send(&ask, &page, vec![text.into()]))
}

fn record(object: &Cleared<Object>) -> ManifestRecord {
    let object = object.get();
    ManifestRecord {
        id: object.id.clone(),
        date_added: object.date,
        version: version(object.version),
        media_type: STIX,
    }
}
