//! Random bytes: the one place where an office gets them.

use std::str::FromStr;

use legation_core::id::IdError;

use crate::error::EngineError;

/// Whoever can give random bytes.
pub trait Dice: Send + Sync {
    /// Fills the whole of it.
    ///
    /// # Errors
    /// When no randomness is to be had; nothing may go on then.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EngineError>;
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemDice;

impl Dice for SystemDice {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EngineError> {
        getrandom::fill(bytes).map_err(|error| EngineError::internal("engine.no-randomness", error))
    }
}

/// An array of random bytes.
pub(crate) fn roll<const N: usize>(dice: &dyn Dice) -> Result<[u8; N], EngineError> {
    let mut bytes = [0; N];
    dice.fill(&mut bytes)?;
    Ok(bytes)
}

/// A name that the office makes, `activity-7k2m9x4q`: 40 random bits after a word, in the letters of
/// base32 (RFC 4648 section 6) in lower case. It counts nothing.
pub(crate) fn roll_name(dice: &dyn Dice, word: &str) -> Result<String, EngineError> {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bits = roll::<8>(dice)?;
    let letters = bits.iter();
    let letters = letters.filter_map(|byte| LETTERS.get(usize::from(byte & 31)));
    let name: String = letters.map(|letter| char::from(*letter)).collect();
    Ok(format!("{word}-{name}"))
}

/// An id that the office makes, see [`roll_name`].
pub(crate) fn roll_id<T>(dice: &dyn Dice, word: &str) -> Result<T, EngineError>
where
    T: FromStr<Err = IdError>,
{
    let id = roll_name(dice, word)?.parse();
    id.map_err(|error| EngineError::internal("engine.broken", error))
}

/// A random UUID of version 4 (RFC 9562 section 5.4).
pub(crate) fn roll_uuid(dice: &dyn Dice) -> Result<[u8; 16], EngineError> {
    Ok(uuid_v4(roll(dice)?))
}

/// Marks 16 bytes as a UUID of version 4.
pub(crate) fn uuid_v4(mut bytes: [u8; 16]) -> [u8; 16] {
    if let Some(version) = bytes.get_mut(6) {
        *version = (*version & 0x0f) | 0x40;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = (*variant & 0x3f) | 0x80;
    }
    bytes
}
