//! STIX 2.1 alone: strict JSON, the split of an envelope or bundle into the exact bytes of its
//! objects, the head of each object (identity, version, markings and outgoing references), and the
//! validation of all that the standard requires and recommends.
//!
//! Pure: no input or output, no clock, no dice, and nothing of Legation in it. Parsing is a view
//! over the bytes that came in; no byte is ever rewritten. Whether anybody holds what an object
//! refers to is not known here.
//!
//! The cast: [`json`] reads text and knows no STIX; [`envelope`] finds the objects in a body;
//! [`object`] reads the [`Head`](object::Head) of one of them, with the help of [`id`],
//! [`timestamp`], [`selector`] and [`tlp`]; [`validate`] judges every property of it; [`pattern`]
//! reads what an indicator looks for, and matches it; [`sco`] makes the ids of observables, over [`canonical`] JSON;
//! [`redact`] leaves parts of an object out; [`value`] tells the values that it holds.

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
