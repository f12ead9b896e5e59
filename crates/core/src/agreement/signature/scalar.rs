//! Makes ECDSA private keys readable whose secret number begins with zero bytes.
//!
//! ```text
//! "openssh-key-v1" NUL | string cipher | string kdf | string options | uint32 1
//! | string public key | string( uint32 check | uint32 check | string type | string curve
//!                              | string point | mpint secret | string comment | padding 1 2 3 .. )
//! ```
//!
//! OpenSSH writes the secret as an mpint, without leading zero bytes (RFC 4251, section 5); the
//! key library wants it as long as the curve's field. One in 256 keys of P-256 and P-384 differs,
//! and every second of P-521. Only this padding is done here: nothing is decrypted or checked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const MAGIC: &[u8] = b"openssh-key-v1\0";
const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &str = "-----END OPENSSH PRIVATE KEY-----";

/// The block to which OpenSSH pads an unencrypted private section (PROTOCOL.key).
const BLOCK: usize = 8;

/// The same private key with its secret number padded; `None` if it is not an unencrypted ECDSA
/// key.
pub(super) fn pad(private_key: &str) -> Option<Vec<u8>> {
    let base64 = private_key.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let base64: String = base64.split_ascii_whitespace().collect();
    let blob = STANDARD.decode(base64).ok()?;

    let mut rest = blob.strip_prefix(MAGIC)?;
    let (cipher, kdf, options) = (string(&mut rest)?, string(&mut rest)?, string(&mut rest)?);
    if cipher != b"none" {
        return None;
    }
    let count = take(&mut rest, 4)?;
    let public = string(&mut rest)?;
    let mut section = string(&mut rest)?;

    let check = take(&mut section, 8)?;
    let (kind, curve) = (string(&mut section)?, string(&mut section)?);
    let size = match curve {
        b"nistp256" => 32,
        b"nistp384" => 48,
        b"nistp521" => 66,
        _ => return None,
    };
    let (point, secret) = (string(&mut section)?, string(&mut section)?);
    let comment = string(&mut section)?;
    let secret = secret.strip_prefix(&[0]).unwrap_or(secret);
    let mut padded = vec![0; usize::checked_sub(size, secret.len())?];
    padded.extend_from_slice(secret);

    let mut inner = check.to_vec();
    for field in [kind, curve, point, &padded, comment] {
        write(&mut inner, field)?;
    }
    let missing = inner.len().next_multiple_of(BLOCK) - inner.len();
    inner.extend((1u8..).take(missing));

    let mut outer = MAGIC.to_vec();
    for field in [cipher, kdf, options] {
        write(&mut outer, field)?;
    }
    outer.extend_from_slice(count);
    write(&mut outer, public)?;
    write(&mut outer, &inner)?;
    Some(outer)
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

fn string<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, tail) = rest.split_first_chunk::<4>()?;
    *rest = tail;
    take(rest, usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn write(to: &mut Vec<u8>, field: &[u8]) -> Option<()> {
    to.extend_from_slice(&u32::try_from(field.len()).ok()?.to_be_bytes());
    to.extend_from_slice(field);
    Some(())
}
