//! TAXII 2.1.

use crate::problem::Problem;
use crate::route::Route;

/// The one media type of TAXII 2.1 (section 1.6.8).
pub(crate) const MEDIA_TYPE: &str = "application/taxii+json;version=2.1";

pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}

pub(crate) fn describe(_problem: &Problem) -> String {
    String::new()
}
