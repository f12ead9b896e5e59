//! STIX 2.1 alone: strict JSON, the split of an envelope or bundle into the exact bytes of its
//! objects, and the head of each object: identity, version, markings and outgoing references.
//!
//! Pure: no input or output, no clock, no dice, and nothing of Legation in it. Parsing is a view
//! over the bytes that came in; no byte is ever rewritten. The check made here is structural:
//! whether every property of every type obeys the standard is not decided here.
//!
//! The cast: [`json`] reads text and knows no STIX; [`envelope`] finds the objects in a body;
//! [`object`] reads the [`Head`](object::Head) of one of them, with the help of [`id`],
//! [`timestamp`], [`selector`] and [`tlp`].

pub mod canonical;
pub mod envelope;
pub mod id;
pub mod json;
pub mod object;
pub mod pattern;
pub mod redact;
pub mod sco;
pub mod selector;
pub mod timestamp;
pub mod tlp;
pub mod validate;
pub mod value;

/// The examples of the crate's README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
