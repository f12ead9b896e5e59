//! The agreement: the file that two sides sign and the machine enforces, its signatures, and its
//! life from tabled to ended.
//!
//! The cast, in the order in which a file meets it: [`document`] reads the bytes and names every
//! fault with its place ([`fault`]); [`signature`] checks who signed them; [`succession`] says
//! which version counts at an instant. What a term means for one record is decided by the gate,
//! not here.

pub mod document;
pub mod fault;
mod heading;
pub(crate) mod reader;
pub mod signature;
pub mod succession;
