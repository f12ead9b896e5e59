//! The versions of an object (TAXII 2.1 section 5.8), as the caller is shown them.

use axum::response::Response;
use legation_core::act::Extent;

use legation_formats::taxii::{Endpoint, Filter};

use crate::problem::Problem;
use crate::taxii::ask::Ask;
use crate::taxii::page::{Page, is_there};
use crate::taxii::resource::{VersionList, version};
use crate::taxii::stream;

/// `GET .../objects/{object}/versions/`
pub(super) async fn list(ask: Ask) -> Result<Response, Problem> {
    let collection = ask.readable()?;
    let mut filter = Filter::read(
        &ask.query,
        Endpoint::Versions,
        ask.face.settings.page_size(),
    )?;
    filter.ids = Some(vec![ask.part("object")?.to_owned()]);
    let page = Page::read(&ask, &collection, &filter, Extent::Heads).await?;
    if page.is_empty() && !is_there(&ask, &collection, &filter)? {
        return Err(Problem::not_found());
    }
    let versions = VersionList {
        more: page.more(),
        next: page.next.clone(),
        versions: page
            .heads()
            .iter()
            .map(|object| version(object.get().version))
            .collect(),
    };
    let text = serde_json::to_string(&versions).map_err(|error| Problem::internal_of(&error))?;
    Ok(stream::send(&ask, &page, vec![text.into()]))
}
