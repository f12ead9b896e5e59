//! Bytes of outside specifications to the core's types and back; pure.
//!
//! One module for each specification. Neither input nor output, no clock, no dice; what only a
//! server needs stays in the server.

pub mod ical;
pub mod misp;
pub mod press;
pub mod review;
pub mod taxii;
