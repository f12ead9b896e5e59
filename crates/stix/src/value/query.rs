//! What a person types, read as every value that it may mean.
//!
//! Not for values in objects: there the property says what a text is, and nothing is defanged.

use super::Value;
use super::kind::Kind;
use super::normal::{cve_len, is_domain, is_hex, read_network, url_parts};

/// The longest text that is read, in bytes: what can be no value has no readings.
const QUERY_MAX: usize = 2 * super::TEXT_MAX;

/// The readings of a text, each once, the most telling first.
pub(super) fn readings(text: &str) -> Vec<Value> {
    let typed = text.trim();
    if typed.is_empty() || typed.len() > QUERY_MAX {
        return Vec::new();
    }
    let mut found = Vec::new();
    let meant = refang(typed);
    telling(&meant, &mut found);
    // A name or a mutex may hold brackets of its own.
    let free = [
        Kind::Hash,
        Kind::Serial,
        Kind::Wallet,
        Kind::FileName,
        Kind::Path,
        Kind::Mutex,
        Kind::Account,
        Kind::ExternalId,
        Kind::Name,
    ];
    for text in [typed, &meant] {
        for kind in free.into_iter().filter(|&kind| may_be(kind, text)) {
            add(kind, text, &mut found);
        }
    }
    found
}

/// The readings that a text has by its form.
fn telling(text: &str, found: &mut Vec<Value>) {
    if url_parts(text).is_some() {
        add(Kind::Url, text, found);
        return;
    }
    if read_network(text).is_some() {
        add(Kind::Ip, text, found);
        return;
    }
    if cve_len(text) == Some(text.len()) {
        add(Kind::Cve, text, found);
        return;
    }
    if text.contains('@') {
        add(Kind::Email, text, found);
    } else if is_domain(text) {
        add(Kind::Domain, text, found);
    }
    for kind in [
        Kind::Md5,
        Kind::Sha1,
        Kind::Sha256,
        Kind::Sha512,
        Kind::Mac,
        Kind::Asn,
    ] {
        add(kind, text, found);
    }
    let is_key = |hive: &str| {
        text.get(..hive.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(hive))
    };
    if ["HKEY_", "HKLM", "HKCU", "HKCR", "HKU\\", "HKCC"]
        .iter()
        .any(|hive| is_key(hive))
    {
        add(Kind::RegistryKey, text, found);
    }
}

/// Whether a text can be a value of a kind that takes almost any.
fn may_be(kind: Kind, text: &str) -> bool {
    let is_path = text.contains(['/', '\\']);
    match kind {
        Kind::Hash => {
            (is_hex(text) && text.len() >= 8) || text.contains(':') || text.starts_with('T')
        }
        Kind::Serial => is_hex(&text.replace([':', ' ', '-'], "")),
        Kind::Wallet => {
            (20..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
        }
        Kind::FileName => !is_path,
        Kind::Path => is_path,
        _ => true,
    }
}

fn add(kind: Kind, text: &str, found: &mut Vec<Value>) {
    if let Some(value) = Value::of(kind, text)
        && !found.contains(&value)
    {
        found.push(value);
    }
}

/// A text with what people do to addresses undone, so that nobody follows them by accident.
fn refang(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    'text: while let Some(first) = rest.chars().next() {
        if ['[', '(', '{'].contains(&first) {
            for (inner, meant) in [
                (".", "."),
                ("dot", "."),
                (":", ":"),
                ("://", "://"),
                ("@", "@"),
                ("at", "@"),
                ("/", "/"),
            ] {
                let close = match first {
                    '[' => ']',
                    '(' => ')',
                    _ => '}',
                };
                let behind = rest.get(1..).and_then(|behind| {
                    let head = behind.get(..inner.len())?;
                    head.eq_ignore_ascii_case(inner)
                        .then(|| behind.get(inner.len()..))?
                });
                if let Some(behind) = behind.and_then(|behind| behind.strip_prefix(close)) {
                    out.push_str(meant);
                    rest = behind;
                    continue 'text;
                }
            }
        }
        out.push(first);
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    let scheme = out.split("://").next().unwrap_or_default();
    for (fanged, meant) in [
        ("hxxps", "https"),
        ("hxxp", "http"),
        ("hXXps", "https"),
        ("fxp", "ftp"),
        ("meow", "http"),
    ] {
        if scheme.eq_ignore_ascii_case(fanged) && scheme.len() < out.len() {
            return format!("{meant}{}", out.get(fanged.len()..).unwrap_or_default());
        }
    }
    out
}
