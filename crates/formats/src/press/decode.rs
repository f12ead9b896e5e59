//! Bytes of a page to text (WHATWG Encoding Standard; HTML section 13.2.3, in short).
//!
//! A mark at the start decides, then UTF-8 if the bytes are that, then what the page declares, then
//! windows-1252. What cannot be decoded becomes U+FFFD; nothing is refused.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// How far in a declaration is looked for (HTML section 13.2.3.2: the first 1024 bytes).
const DECLARED_WITHIN: usize = 1_024;

pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let encoding = declared(bytes)
        .filter(|encoding| *encoding != UTF_8 || is_nearly_utf8(bytes))
        .unwrap_or(if is_nearly_utf8(bytes) {
            UTF_8
        } else {
            WINDOWS_1252
        });
    encoding.decode_without_bom_handling(bytes).0
}

/// The encoding after the first `charset=`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(DECLARED_WITHIN))?;
    let head: String = head
        .iter()
        .map(|b| char::from(b.to_ascii_lowercase()))
        .collect();
    let (_, after) = head.split_once("charset=")?;
    let label = after.trim_start_matches(['"', '\'', ' ']);
    let end = label
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c)))
        .unwrap_or(label.len());
    let encoding = Encoding::for_label(label.get(..end)?.as_bytes())?;
    // A declaration that can be read is written in ASCII, so it cannot mean UTF-16.
    encoding.is_ascii_compatible().then_some(encoding)
}

/// Whether most that is not ASCII is UTF-8 all the same: a page with one cut character.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut sound, mut bent) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bent += usize::from(!chunk.invalid().is_empty());
    }
    sound > bent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_declarations_and_bytes_decide() {
        assert_eq!(decode("\u{feff}caf\u{e9}".as_bytes()), "caf\u{e9}");
        assert_eq!(decode(b"\xff\xfeh\0i\0"), "hi");
        assert_eq!(decode(b"caf\xe9 \x97 now"), "caf\u{e9} \u{2014} now");
        assert_eq!(
            decode(b"<meta charset=\"shift_jis\">\x93\x8c\x8b\x9e"),
            "<meta charset=\"shift_jis\">\u{6771}\u{4eac}"
        );
        assert_eq!(
            decode(b"<meta charset=utf-8>\xe9t\xe9"),
            "<meta charset=utf-8>\u{e9}t\u{e9}"
        );
        let cut = "<meta charset=utf-8>\u{e9}\u{e9}\u{e9}".as_bytes();
        let text = decode(&cut[..cut.len() - 1]);
        assert!(text.ends_with("\u{e9}\u{e9}\u{fffd}"), "{text}");
    }
}
