//! The envelope (TAXII 2.1 section 3.7), put together from the exact bytes of its objects.
//!
//! It takes nothing but what the gate has cleared.

use std::sync::Arc;

use legation_core::gate::Cleared;
use legation_engine::Object;

/// A part of a body.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Text of the envelope itself.
    Text(String),
    /// The bytes of an object, as they were filed.
    Object(Arc<[u8]>),
}

impl Piece {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Object(bytes) => bytes,
        }
    }
}

/// The parts of an envelope, in order. It takes cleared objects:
///
/// ```
/// use legation_core::gate::Cleared;
/// use legation_engine::Object;
/// let cleared: Vec<Cleared<Object>> = Vec::new();
/// legation_web::envelope_pieces(&cleared, false, None);
/// ```
///
/// An object that the gate has not cleared cannot be put into one:
///
/// ```compile_fail,E0308
/// use legation_engine::Object;
/// let uncleared: Vec<Object> = Vec::new();
/// legation_web::envelope_pieces(&uncleared, false, None);
/// ```
pub fn envelope_pieces(objects: &[Cleared<Object>], more: bool, next: Option<&str>) -> Vec<Piece> {
    let mut head = String::from("{");
    if more {
        head.push_str("\"more\":true");
        if let Some(next) = next {
            // A cursor is base64url and needs no escape.
            head.push_str(",\"next\":\"");
            head.push_str(next);
            head.push('"');
        }
    }
    let mut pieces = Vec::with_capacity(2 * objects.len() + 2);
    let bodies = objects
        .iter()
        .filter_map(|object| object.get().bytes.clone());
    for (place, body) in bodies.enumerate() {
        if place > 0 {
            pieces.push(Piece::Text(",".into()));
        } else {
            if more {
                head.push(',');
            }
            head.push_str("\"objects\":[");
            pieces.push(Piece::Text(std::mem::take(&mut head)));
        }
        pieces.push(Piece::Object(body));
    }
    head.push_str(if pieces.is_empty() { "}" } else { "]}" });
    pieces.push(Piece::Text(head));
    pieces
}
