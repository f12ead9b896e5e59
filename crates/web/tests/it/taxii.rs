//! TAXII 2.1, through a real server: each endpoint, the rules of its filters and pages, and that
//! a revocation bites.

mod client;
mod exchanges;
mod filing;
mod filters;
mod paging;
mod revocation;
mod routes;
pub(crate) mod venue;
