//! The faces, each through a real server on a free port.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests; a panic is how they report"
)]

mod access;
mod api;
mod connection;
mod limit;
mod log;
mod observe;
mod taxii;
mod tls;
