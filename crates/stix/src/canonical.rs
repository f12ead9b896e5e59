//! The canonical form of JSON, RFC 8785: one text for one value, for hashes and ids.
//!
//! Not a general serialiser: it writes what this crate has read. Nothing that came in is replaced by
//! what is written here.

use std::fmt::Write;

use crate::json::{Member, Node, Value};

/// The canonical text of a value.
///
/// ```
/// use legation_stix::{canonical, json};
///
/// let node = json::parse(br#"{"b": 1E2, "a": "\u20ac"}"#)?;
/// assert_eq!(canonical::text(&node), r#"{"a":"€","b":100}"#);
/// # Ok::<(), json::JsonError>(())
/// ```
pub fn text(node: &Node<'_>) -> String {
    let mut out = String::new();
    write(node, &mut out);
    out
}

/// Appends the canonical text of a value to `out`.
pub(crate) fn write(node: &Node<'_>, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(digits) => write_number(digits, out),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<&Member<'_>> = members.iter().collect();
            // Section 3.2.3: by UTF-16 code units.
            members.sort_unstable_by(|a, b| a.name.encode_utf16().cmp(b.name.encode_utf16()));
            let pairs = members.iter().map(|member| (&*member.name, &member.node));
            write_members(pairs, out);
        }
    }
}

/// Appends an object of these members, which must be in order.
pub(crate) fn write_members<'n, 'a: 'n>(
    members: impl Iterator<Item = (&'n str, &'n Node<'a>)>,
    out: &mut String,
) {
    out.push('{');
    for (n, (name, node)) in members.enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_string(name, out);
        out.push(':');
        write(node, out);
    }
    out.push('}');
}

/// Section 3.2.2.2: the short escapes where there are any, no other escape that is not needed.
pub(crate) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Section 3.2.2.3: as ECMAScript writes a number (ECMA-262, Number::toString, radix 10).
fn write_number(digits: &str, out: &mut String) {
    let number: f64 = digits.parse().unwrap_or_default();
    if number == 0.0 {
        return out.push('0');
    }
    // As many digits as it takes to read back the same; of those the nearest, and of two equally
    // near ones the even.
    let shortest = format!("{number:e}");
    let count = shortest.bytes().take_while(|b| *b != b'e');
    let count = count.filter(u8::is_ascii_digit).count();
    let shortest = format!("{number:.*e}", count.saturating_sub(1));
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let mantissa = match mantissa.strip_prefix('-') {
        Some(rest) => {
            out.push('-');
            rest
        }
        None => mantissa,
    };
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    // The value is 0.digits times ten to the power of `point`.
    let point = exponent + 1;
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or_default());
    let split = usize::try_from(point).unwrap_or_default();
    match point {
        1..=21 if point >= count => {
            out.push_str(&digits);
            out.push_str(&zeros(point - count));
        }
        1..=21 => {
            let (whole, fraction) = digits.split_at_checked(split).unwrap_or((&digits, ""));
            out.push_str(whole);
            out.push('.');
            out.push_str(fraction);
        }
        -5..=0 => {
            out.push_str("0.");
            out.push_str(&zeros(-point));
            out.push_str(&digits);
        }
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
            out.push_str(first);
            if !rest.is_empty() {
                out.push('.');
                out.push_str(rest);
            }
            let sign = if exponent < 0 { '-' } else { '+' };
            let _ = write!(out, "e{sign}{}", exponent.unsigned_abs());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn canonical(given: &str) -> String {
        text(&parse(given.as_bytes()).unwrap())
    }

    #[test]
    fn numbers_are_written_as_ecmascript_does() {
        for (given, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("1.0", "1"),
            ("100", "100"),
            ("1e21", "1e+21"),
            ("123456789012345680000.0", "123456789012345680000"),
            ("1E-6", "0.000001"),
            ("1e-7", "1e-7"),
            ("-1.25e-9", "-1.25e-9"),
            ("1.5e300", "1.5e+300"),
            ("0.1", "0.1"),
            ("1234.5", "1234.5"),
            ("1424953923781206.25", "1424953923781206.2"),
            ("5e-324", "5e-324"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ] {
            assert_eq!(canonical(given), expected, "{given}");
        }
    }

    #[test]
    fn members_are_in_the_order_of_utf_16_and_strings_short() {
        assert_eq!(
            canonical(
                "{\"\u{fb33}\":1,\"\u{1f600}\":2,\"b\":[{\"z\":null,\"a\":true}],\"\\u0061\":3}"
            ),
            "{\"a\":3,\"b\":[{\"a\":true,\"z\":null}],\"\u{1f600}\":2,\"\u{fb33}\":1}"
        );
        assert_eq!(
            canonical(r#""\u001f\u000a\/\"\\\u00e9""#),
            "\"\\u001f\\n/\\\"\\\\é\""
        );
    }
}
