//! Punycode (RFC 3492): a label of a domain name in ASCII.
//!
//! Not IDNA: letters are made small before, but nothing is composed or mapped (UTS 46), so that two
//! spellings of one letter stay two.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const BIAS: u32 = 72;
const FIRST: u32 = 0x80;

/// The longest label that is encoded, in characters: the time grows with its square, and no label of
/// a domain name has more than 63 bytes (RFC 1035 section 2.3.4).
const LABEL_MAX: usize = 63;

/// Writes the label behind `xn--`; false if it is too long to be one.
pub(super) fn encode(label: &str, out: &mut String) -> bool {
    if label.chars().count() > LABEL_MAX {
        return false;
    }
    out.push_str("xn--");
    out.extend(label.chars().filter(char::is_ascii));
    let basic = label.chars().filter(char::is_ascii).count() as u32;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias, mut done) = (FIRST, 0_u32, BIAS, basic);
    let total = label.chars().count() as u32;
    while done < total {
        let rest = label.chars().map(u32::from).filter(|&c| c >= n);
        let Some(next) = rest.min() else {
            return false;
        };
        // At most 0x10ffff times 64: never beyond 32 bits.
        delta += (next - n) * (done + 1);
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta += 1;
            }
            if c == n {
                write_delta(delta, bias, out);
                bias = adapt(delta, done + 1, done == basic);
                delta = 0;
                done += 1;
            }
        }
        delta += 1;
        n += 1;
    }
    true
}

fn write_delta(delta: u32, bias: u32, out: &mut String) {
    let mut q = delta;
    let mut k = BASE;
    loop {
        let t = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if q < t {
            break;
        }
        out.push(digit(t + (q - t) % (BASE - t)));
        q = (q - t) / (BASE - t);
        k += BASE;
    }
    out.push(digit(q));
}

fn digit(value: u32) -> char {
    char::from_digit(if value < 26 { value + 10 } else { value - 26 }, 36).unwrap_or('a')
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > ((BASE - T_MIN) * T_MAX) / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_the_registries_are_encoded_as_they_are_known() {
        // Names of the root zone and of RFC 3492 section 7.1.
        for (label, ascii) in [
            ("bücher", "xn--bcher-kva"),
            ("рф", "xn--p1ai"),
            ("中国", "xn--fiqs8s"),
            ("みんな", "xn--q9jyb4c"),
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("パフィーdeルンバ", "xn--de-jg4avhby1noc0d"),
            ("ü", "xn--tda"),
        ] {
            let mut out = String::new();
            assert!(encode(label, &mut out));
            assert_eq!(out, ascii, "{label}");
        }
        assert!(!encode(&"ü".repeat(64), &mut String::new()));
        assert!(encode(&"\u{10ffff}".repeat(63), &mut String::new()));
    }
}
