//! Redaction that is legal in STIX: a derived object that lacks parts of the original.
//!
//! Only its creator may make a new version of an object (STIX 2.1 section 3.6.2), so whoever leaves
//! something out makes another object: with an id and a creator of its own, and with references
//! that lead to what its reader has. [`redact`] writes it; [`is_removable`] says what may be left
//! out at all. Which parts have to go, and what ids become, is decided by the caller.
//!
//! Nothing of the original's ids is left: they are replaced in references, and wherever a text
//! holds one.

mod property;
mod write;

pub use property::is_removable;

use thiserror::Error;

use crate::id::ObjectId;
use crate::object::{self, Class, Head, ObjectError};
use crate::tlp;
use write::Writer;

/// What becomes of an object.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "these four decide what a derived object is"
)]
pub struct Redaction<'a> {
    /// The id of the derived object; of the same type.
    pub id: &'a ObjectId,
    /// The identity that derives it.
    pub creator: &'a ObjectId,
    /// The properties that are left out.
    pub properties: &'a [&'a str],
    /// The marking definitions whose parts are left out, where they mark parts.
    pub markings: &'a [&'a str],
}

/// Why an object cannot be derived.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RedactError {
    /// The original is no object of STIX.
    #[error("the original cannot be read: {0}")]
    Object(#[from] ObjectError),
    /// Without it the derived object would be no STIX.
    #[error("`{0}` cannot be left out of an object of type `{1}`")]
    Fixed(String, String),
    /// Nothing would be left that the type needs.
    #[error("nothing that an object of type `{0}` needs would be left")]
    Empty(String),
}

impl RedactError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Object(error) => error.code(),
            Self::Fixed(..) => "stix.redact-fixed",
            Self::Empty(_) => "stix.redact-empty",
        }
    }
}

/// The derived object of the one that `bytes` hold. `map` says what an id becomes that the object
/// refers to or that stands in one of its texts; none leaves it as it is.
///
/// # Errors
/// When `bytes` hold no object, or what is left of it would be none.
pub fn redact(
    bytes: &[u8],
    redaction: &Redaction<'_>,
    map: &mut dyn FnMut(&str) -> Option<String>,
) -> Result<Vec<u8>, RedactError> {
    let node = object::parse(bytes)?;
    let head = Head::of(&node, 0)?;
    if tlp::find(head.id.as_str()).is_some() {
        // Section 7.2.1.4: nobody makes another of these.
        return Err(RedactError::Fixed("id".into(), head.id.to_string()));
    }
    let members = node.members().unwrap_or_default();
    let mut writer = Writer::new(bytes, redaction, &head, map);
    writer.leave_out(members)?;
    let is_created = head.class != Class::Observable && head.created.is_some();
    Ok(writer.object(members, is_created))
}

#[cfg(test)]
mod tests;
