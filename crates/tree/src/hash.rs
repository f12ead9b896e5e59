//! The hashes of the tree: of a leaf, of an inner node, of nothing.
//!
//! Not here: which nodes exist (`tile`, `appender`) and what a path of them proves (`proof`).

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// The length of a hash in bytes (SHA-256).
pub const HASH_LEN: usize = 32;

/// A SHA-256 hash of a leaf, an inner node or a whole tree.
///
/// Its text form, in `Display` and `FromStr`, is standard base64 with padding (RFC 4648 section 4),
/// as checkpoints and proof files carry it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; HASH_LEN]);

/// A text is not the base64 of 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not the base64 of a 32-byte hash")]
pub struct HashError {
    text: String,
}

impl HashError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "tree.hash-malformed"
    }
}

impl Hash {
    /// The bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; HASH_LEN] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        // 44 characters carry 32 bytes; longer texts are not worth decoding, nor quoting.
        let decoded = if text.len() == 44 {
            BASE64_STANDARD.decode(text).ok()
        } else {
            None
        };
        decoded
            .and_then(|bytes| <[u8; HASH_LEN]>::try_from(bytes).ok())
            .map(Hash)
            .ok_or_else(|| HashError {
                text: text.chars().take(64).collect(),
            })
    }
}

/// The hash of a leaf: SHA-256(0x00 || data) (RFC 6962 section 2.1).
pub fn leaf_hash(data: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([0x00])
            .chain_update(data)
            .finalize()
            .into(),
    )
}

/// The hash of an inner node: SHA-256(0x01 || left || right) (RFC 6962 section 2.1).
pub fn node_hash(left: Hash, right: Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([0x01])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The root of the tree without leaves: SHA-256 of the empty string (RFC 6962 section 2.1).
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// The root of a tree whose leaves have these hashes (RFC 6962 section 2.1, MTH over leaf hashes).
pub(crate) fn root_of(hashes: &[[u8; HASH_LEN]]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => Hash(*one),
        _ => {
            // The left side is the largest power of two smaller than the number of leaves.
            let (left, right) = hashes.split_at(hashes.len().div_ceil(2).next_power_of_two());
            node_hash(root_of(left), root_of(right))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips() {
        let hash = leaf_hash(b"x");
        assert_eq!(hash.to_string().parse::<Hash>().unwrap(), hash);
    }

    #[test]
    fn text_form_is_strict() {
        let good = empty_root().to_string();
        for bad in [
            "".to_owned(),
            good.trim_end_matches('=').to_owned(),
            format!("{good}="),
            format!(" {good}"),
            good.replace('/', "_"),
            // The last character carries two bits that must be zero.
            good.replace("FU=", "FV="),
        ] {
            assert_eq!(
                bad.parse::<Hash>().unwrap_err().code(),
                "tree.hash-malformed",
                "{bad}"
            );
        }
    }

    #[test]
    fn split_is_the_largest_power_of_two_below() {
        let leaves: Vec<_> = (0u8..7).map(|n| leaf_hash(&[n]).0).collect();
        let left = root_of(&leaves[..4]);
        let right = node_hash(root_of(&leaves[4..6]), Hash(leaves[6]));
        assert_eq!(root_of(&leaves), node_hash(left, right));
    }
}
