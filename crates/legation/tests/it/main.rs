//! The real binary, driven as people and scripts drive it: whole transcripts, and a server that is
//! killed over and over.
//!
//! Every process is started and ended here; every office lives in a temporary folder and listens on
//! a free port of the loopback interface.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this binary is tests, also what stands outside a `#[test]`"
)]

mod acme;
mod activity;
mod calendar;
mod consultation;
mod corpus;
mod decision;
mod demo;
mod export;
mod filter;
mod full;
mod killed;
mod liaison;
mod misp;
mod notice;
mod office;
mod operations;
mod press;
mod programme;
mod readme;
mod released;
mod secret;
mod service;
mod statement;
mod stop;
mod tls;
mod transcript;
mod walk;
