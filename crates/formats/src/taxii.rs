//! TAXII 2.1 (OASIS Standard, 10 June 2021): what a request asks, as a question to a view.
//!
//! Resources, cursors and statuses are the server's and are not here.

mod filter;

pub use filter::{Endpoint, Filter, FilterError, PageSize};
