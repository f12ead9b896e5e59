//! Strict JSON over bytes: RFC 8259 with the limits of I-JSON (RFC 7493), as a borrowed tree or as
//! a check alone.
//!
//! Not a serialiser, and it knows nothing of STIX. What two readers could understand differently
//! is refused: names given twice, lone surrogates, numbers that no double can hold.

mod error;
mod node;
mod reader;
mod text;

pub use error::{Fault, JsonError, Place};
pub use node::{Member, Node, Span, Value};
pub(crate) use reader::Reader;
pub(crate) use text::plain_run;

/// How deep arrays and objects may lie in each other.
///
/// The deepest nesting that STIX 2.1 itself defines is 8 (the hashes of a section of a PE binary in
/// the deprecated `objects` of observed data); 64 leaves custom content eight times that, and
/// keeps the recursion of the reader within some tens of kilobytes of stack.
pub const MAX_DEPTH: usize = 64;

/// The longest text that is read, in bytes: positions are kept in 32 bits.
pub const MAX_BYTES: usize = u32::MAX as usize;

/// Reads one JSON text into a tree that borrows from `bytes`.
///
/// The tree of a text costs at most some 40 times its length (an array of one-digit numbers);
/// ordinary STIX costs about as much again as the text.
///
/// # Errors
/// [`JsonError`] names the first fault with its place; see [`Fault`] for what is refused.
pub fn parse(bytes: &[u8]) -> Result<Node<'_>, JsonError> {
    parse_within(bytes, MAX_DEPTH)
}

/// Checks one JSON text as [`parse`] does, without keeping a tree.
///
/// # Errors
/// The same as [`parse`].
pub fn check(bytes: &[u8]) -> Result<(), JsonError> {
    let mut reader = Reader::open(bytes, MAX_DEPTH)?;
    let read = reader.value::<false>().and_then(|_| reader.finish());
    read.map_err(|fail| fail.locate(bytes))
}

fn parse_within(bytes: &[u8], depth: usize) -> Result<Node<'_>, JsonError> {
    let mut reader = Reader::open(bytes, depth)?;
    let read = reader.value::<true>().and_then(|node| {
        reader.finish()?;
        Ok(node)
    });
    read.map_err(|fail| fail.locate(bytes))
}
