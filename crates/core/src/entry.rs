//! The commitment to a journal entry: what the log's leaves are made of.
//!
//! ```text
//! commitment = SHA-256( "legation entry v1" NUL | nonce, 32 bytes | frame )
//! leaf       = the 32 bytes of the commitment; hashed into the tree as RFC 6962 says
//! frame      = CBOR (RFC 8949) array [1, number, at, actor, act, link], see `act`
//! link       = commitment of the entry before, 32 zero bytes for the first
//! ```
//!
//! The nonce keeps a leaf from giving its entry away: whoever holds only the log can neither read
//! an entry nor test a guess. Whoever is handed frame and nonce can check both.

use crate::id::Digest;

/// Separates these hashes from every other use of SHA-256 in the office.
const DOMAIN: &[u8] = b"legation entry v1\0";

/// The commitment to the entry with that frame and nonce.
pub fn commitment(nonce: &[u8; 32], frame: &[u8]) -> Digest {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    hash.update(DOMAIN);
    hash.update(nonce);
    hash.update(frame);
    Digest::from_bytes(hash.finalize().into())
}

/// What the first entry links to.
pub const GENESIS: Digest = Digest::from_bytes([0; 32]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonce_and_frame_both_count() {
        let one = commitment(&[1; 32], b"frame");
        assert_ne!(one, commitment(&[2; 32], b"frame"));
        assert_ne!(one, commitment(&[1; 32], b"framf"));
        assert_eq!(one, commitment(&[1; 32], b"frame"));
    }
}
