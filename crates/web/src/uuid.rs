//! UUIDs in their text form (RFC 9562 section 4), read and written; never made here.

/// The text of an UUID, in lower case.
pub(crate) fn write(id: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in id.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
    }
    text
}

/// The 16 bytes of an UUID; its digits may be of either case.
pub(crate) fn read(text: &str) -> Option<[u8; 16]> {
    let mut id = [0; 16];
    let mut digits = text.chars();
    for (place, byte) in id.iter_mut().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) && digits.next() != Some('-') {
            return None;
        }
        let high = digits.next()?.to_digit(16)?;
        let low = digits.next()?.to_digit(16)?;
        *byte = u8::try_from(high << 4 | low).ok()?;
    }
    digits.next().is_none().then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_survives() {
        let text = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
        assert_eq!(write(&read(text).unwrap()), text);
        assert_eq!(read(&text.to_uppercase()), read(text));
        for bad in [
            "",
            "f81d4fae7dec41d0a76500a0c91e6bf6",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf",
            "f81d4fae-7dec-41d0-a765-00a0c91e6bf60",
            "g81d4fae-7dec-41d0-a765-00a0c91e6bf6",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
