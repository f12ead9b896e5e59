//! The envelope (TAXII 2.1 section 3.7), put together from the exact bytes of its objects.
//!
//! It takes nothing but what the gate has cleared.

use axum::body::Bytes;
use legation_core::gate::Cleared;
use legation_engine::Sheaf;

/// The parts of an envelope, in order. It takes cleared objects:
///
/// ```
/// use legation_core::gate::Cleared;
/// use legation_engine::{Office, Reading};
/// fn envelope(office: &Office, reading: &mut Reading) -> Option<Vec<axum::body::Bytes>> {
///     let cleared = office.load(reading).ok()?;
///     Some(legation_web::envelope_pieces(&cleared, false, None))
/// }
/// ```
///
/// Objects that the gate has not cleared cannot be put into one:
///
/// ```compile_fail,E0308
/// use legation_engine::Sheaf;
/// let uncleared = Sheaf::default();
/// legation_web::envelope_pieces(&uncleared, false, None);
/// ```
pub fn envelope_pieces(sheaf: &Cleared<Sheaf>, more: bool, next: Option<&str>) -> Vec<Bytes> {
    let sheaf = sheaf.get();
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
    if sheaf.objects == 0 {
        head.push('}');
        return vec![head.into()];
    }
    if more {
        head.push(',');
    }
    head.push_str("\"objects\":[");
    vec![head.into(), sheaf.bytes.clone(), Bytes::from_static(b"]}")]
}
