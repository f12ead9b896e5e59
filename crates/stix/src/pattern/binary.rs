//! Base64 (RFC 4648 section 4) and hex, as the literals of patterns and binary properties hold them.
//!
//! Not the alphabet for URLs, no line breaks. Left-over bits in the last group are dropped, as the
//! grammar of section 9.3 and the readers in use allow.

use std::fmt;

/// The bytes of a base64 text, or none if it is none.
pub(crate) fn read_base64(text: &[u8]) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let digits = text
        .strip_suffix(b"==")
        .or_else(|| text.strip_suffix(b"="))
        .unwrap_or(text);
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for group in digits.chunks(4) {
        let mut bits = 0u32;
        for digit in group {
            bits = bits << 6 | u32::from(sextet(*digit)?);
        }
        let missing = 4 - group.len();
        bits <<= 6 * missing;
        let [_, all @ ..] = bits.to_be_bytes();
        bytes.extend(all.iter().take(3 - missing));
    }
    Some(bytes)
}

fn sextet(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// The bytes of a text of hex digits, or none if it is none.
pub(crate) fn read_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |b: u8| char::from(b).to_digit(16);
    text.chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

pub(crate) fn write_base64(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, n| {
            bits << 8 | u32::from(group.get(n).copied().unwrap_or_default())
        });
        for n in 0..4 {
            let digit = (bits >> (18 - 6 * n) & 63) as usize;
            let digit = match DIGITS.get(digit) {
                Some(digit) if n <= group.len() => char::from(*digit),
                _ => '=',
            };
            write!(f, "{digit}")?;
        }
    }
    Ok(())
}

pub(crate) fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Base64<'a>(&'a [u8]);

    impl fmt::Display for Base64<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_base64(self.0, f)
        }
    }

    #[test]
    fn base64_as_the_rfc_prints_it() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(Base64(bytes.as_bytes()).to_string(), text);
            assert_eq!(
                read_base64(text.as_bytes()).as_deref(),
                Some(bytes.as_bytes())
            );
        }
        for bad in [
            "====", "A===", "Zg=", "Zg", "Z===", "Zm9v=Zg=", "!!!!", "Zm 9",
        ] {
            assert_eq!(read_base64(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(read_base64(b"Zh==").as_deref(), Some(&b"f"[..]));
    }

    #[test]
    fn hex_in_pairs() {
        assert_eq!(read_hex(b"00fFa0").as_deref(), Some(&[0, 255, 160][..]));
        assert_eq!(read_hex(b"").as_deref(), Some(&[][..]));
        for bad in ["a", "0g", "0x", "+1"] {
            assert_eq!(read_hex(bad.as_bytes()), None, "{bad}");
        }
    }
}
