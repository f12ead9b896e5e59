//! Strings and numbers: runs of plain characters found eight bytes at a time, escapes decoded,
//! the limits of I-JSON kept.
//!
//! Not the grammar around them; that is the reader's.

use std::borrow::Cow;

use super::error::{Fail, Fault};
use super::reader::Reader;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The largest integer that every reader holds exactly, 2^53 - 1 (RFC 7493 section 2.2).
const INTEGER_MAX: u64 = 9_007_199_254_740_991;

impl<'a> Reader<'a> {
    /// Reads a string whose opening quote is next. With `KEEP` false its escapes are checked but
    /// not decoded, and what comes back is the raw text.
    pub(super) fn string<const KEEP: bool>(&mut self) -> Result<Cow<'a, str>, Fail> {
        self.at += 1;
        let start = self.at;
        let mut piece = start;
        let mut decoded: Option<String> = None;
        let mut ascii = true;
        loop {
            let (run, plain_ascii) = plain_run(self.rest());
            self.at += run;
            ascii &= plain_ascii;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let from = self.at;
                    let character = self.escape()?;
                    if is_noncharacter(character) {
                        return Err(Fail::new(Fault::Noncharacter, from));
                    }
                    if KEEP {
                        let text = decoded.get_or_insert_default();
                        text.push_str(self.slice(piece, from));
                        text.push(character);
                        piece = self.at;
                    }
                }
                Some(_) => return Err(Fail::new(Fault::Control, self.at)),
                None => return Err(self.truncated()),
            }
        }
        let whole = self.slice(start, self.at);
        if !ascii && let Some((n, _)) = whole.char_indices().find(|(_, c)| is_noncharacter(*c)) {
            return Err(Fail::new(Fault::Noncharacter, start + n));
        }
        let tail = self.slice(piece, self.at);
        self.at += 1;
        Ok(match decoded {
            Some(mut text) => {
                text.push_str(tail);
                Cow::Owned(text)
            }
            None => Cow::Borrowed(whole),
        })
    }

    /// Reads one escape, backslash included (RFC 8259 section 7).
    fn escape(&mut self) -> Result<char, Fail> {
        let from = self.at;
        self.at += 1;
        let Some(letter) = self.peek() else {
            return Err(self.truncated());
        };
        self.at += 1;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.four_hex(from)?;
                if !(0xD800..0xE000).contains(&high) {
                    return char::from_u32(high).ok_or_else(|| Fail::new(Fault::Escape, from));
                }
                let lone = || Fail::new(Fault::Surrogate, from);
                if high >= 0xDC00 {
                    return Err(lone());
                }
                if self.rest().is_empty() || self.rest() == b"\\" {
                    return Err(self.truncated());
                }
                if !self.rest().starts_with(b"\\u") {
                    return Err(lone());
                }
                self.at += 2;
                let low = self.four_hex(from)?;
                if !(0xDC00..0xE000).contains(&low) {
                    return Err(lone());
                }
                let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                char::from_u32(code).ok_or_else(lone)?
            }
            _ => return Err(Fail::new(Fault::Escape, from)),
        })
    }

    fn four_hex(&mut self, from: usize) -> Result<u32, Fail> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(byte) = self.peek() else {
                return Err(self.truncated());
            };
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(Fail::new(Fault::Escape, from));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    /// Reads a number (RFC 8259 section 6) that every reader understands alike (RFC 7493
    /// section 2.2).
    pub(super) fn number(&mut self) -> Result<&'a str, Fail> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let first = self.peek();
        let whole = self.digits(start)?;
        if first == Some(b'0') && whole > 1 {
            return Err(Fail::new(Fault::Number, start));
        }
        let mut integer = true;
        if self.peek() == Some(b'.') {
            integer = false;
            self.at += 1;
            self.digits(start)?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            integer = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits(start)?;
        }
        if self
            .peek()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b"+-._".contains(&b))
        {
            return Err(Fail::new(Fault::Number, start));
        }
        let text = self.slice(start, self.at);
        let held = if integer {
            // Fifteen digits are always below 2^53.
            whole <= 15
                || text
                    .trim_start_matches('-')
                    .parse::<u64>()
                    .is_ok_and(|n| n <= INTEGER_MAX)
        } else {
            text.parse::<f64>().is_ok_and(f64::is_finite)
        };
        if held {
            Ok(text)
        } else {
            Err(Fail::new(Fault::NumberRange, start))
        }
    }

    /// Passes over one or more digits and returns how many.
    fn digits(&mut self, start: usize) -> Result<usize, Fail> {
        let count = self
            .rest()
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        self.at += count;
        match (count, self.peek()) {
            (0, None) => Err(self.truncated()),
            (0, Some(_)) => Err(Fail::new(Fault::Number, start)),
            _ => Ok(count),
        }
    }
}

/// How many bytes from the start need no attention (no quote, no backslash, no control character),
/// and whether what was looked at is all ASCII.
pub(crate) fn plain_run(bytes: &[u8]) -> (usize, bool) {
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mut high = 0;
    for (n, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        high |= word & HIGHS;
        let quote = word ^ (ONES * 0x22);
        let back = word ^ (ONES * 0x5C);
        // The lowest flag of each mask is exact; a borrow can only set false ones above it.
        let found = (quote.wrapping_sub(ONES) & !quote)
            | (back.wrapping_sub(ONES) & !back)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let found = found & HIGHS;
        if found != 0 {
            return (n * 8 + (found.trailing_zeros() / 8) as usize, high == 0);
        }
    }
    let tail = rest
        .iter()
        .take_while(|b| **b >= 0x20 && **b != b'"' && **b != b'\\')
        .count();
    let ascii = high == 0 && rest.iter().take(tail).all(u8::is_ascii);
    (chunks.len() * 8 + tail, ascii)
}

/// Unicode section 23.7: U+FDD0 to U+FDEF, and the last two code points of each plane.
fn is_noncharacter(c: char) -> bool {
    let code = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}
