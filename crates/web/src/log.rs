//! The log of the office: a signed checkpoint and tiles (C2SP tlog-tiles), for everybody.

use crate::route::Route;

pub(crate) fn routes() -> Vec<Route> {
    Vec::new()
}
