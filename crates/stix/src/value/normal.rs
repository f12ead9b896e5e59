//! The normal form of a value: what two spellings of one value have in common.
//!
//! Not a check of values: what a property holds is taken for what the property is for, however odd.
//! Only where a form cannot be made (an address that is none) there is no value.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::fmt::Write;

use super::kind::Kind;
use super::{TEXT_MAX, punycode};

/// The normal form of a text as a value of that kind, in `scratch` unless the text has it already.
pub(super) fn form<'a>(kind: Kind, text: &'a str, scratch: &'a mut String) -> Option<&'a str> {
    let text = text.trim();
    if text.is_empty() || text.len() > TEXT_MAX {
        return None;
    }
    scratch.clear();
    let formed = match kind {
        Kind::Ip => ip(text, scratch),
        Kind::Domain => domain(text, scratch),
        Kind::Url => url(text, scratch),
        Kind::Email => email(text, scratch),
        Kind::Mac => mac(text, scratch),
        Kind::Asn => asn(text, scratch),
        Kind::Md5 => digest(text, 32, scratch),
        Kind::Sha1 => digest(text, 40, scratch),
        Kind::Sha256 => digest(text, 64, scratch),
        Kind::Sha512 => digest(text, 128, scratch),
        // Fuzzy hashes tell small letters from capitals.
        Kind::Hash if !is_hex(text) => return Some(text),
        Kind::Hash => small(text, scratch),
        Kind::RegistryKey => registry_key(text, scratch),
        Kind::Serial => serial(text, scratch),
        Kind::Cve => cve(text, scratch),
        Kind::Wallet if !text.starts_with("0x") => return Some(text),
        Kind::FileName | Kind::Path | Kind::Account | Kind::Wallet => small(text, scratch),
        Kind::Mutex => return Some(text),
        Kind::ExternalId => {
            scratch.extend(text.chars().map(|c| c.to_ascii_uppercase()));
            Some(())
        }
        Kind::Name => name(text, scratch),
    };
    formed?;
    let text: &str = scratch;
    (!text.is_empty() && text.len() <= TEXT_MAX).then_some(text)
}

/// Small letters throughout.
fn small(text: &str, out: &mut String) -> Option<()> {
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_lowercase();
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
    Some(())
}

pub(super) fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// An address, or a network with the bits behind its prefix cleared. A whole-address prefix and the
/// mapping of IPv4 into IPv6 (RFC 4291 section 2.5.5.2) say nothing and are left out.
fn ip(text: &str, out: &mut String) -> Option<()> {
    let (address, prefix) = read_network(text)?;
    let _ = write!(out, "{address}");
    if prefix < bits(address) {
        let _ = write!(out, "/{prefix}");
    }
    Some(())
}

fn bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// An address or a network: its first address and the length of its prefix.
pub(super) fn read_network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(read_prefix(prefix)?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let (address, prefix) = match (address, prefix) {
        (IpAddr::V6(six), prefix) => match (six.to_ipv4_mapped(), prefix) {
            (Some(four), None) => (IpAddr::V4(four), None),
            (Some(four), Some(prefix)) if prefix >= 96 => (IpAddr::V4(four), Some(prefix - 96)),
            (_, prefix) => (IpAddr::V6(six), prefix),
        },
        four => four,
    };
    let prefix = prefix.unwrap_or_else(|| bits(address));
    if prefix > bits(address) {
        return None;
    }
    Some((first_of(address, prefix), prefix))
}

/// A number without sign, blank or leading zero.
fn read_prefix(text: &str) -> Option<u8> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let zeros = text.len() > 1 && text.starts_with('0');
    text.parse().ok().filter(|_| plain && !zeros)
}

/// The first address of the network that has that prefix.
pub(super) fn first_of(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(four) => {
            let mask = u32::MAX
                .checked_shl(32 - u32::from(prefix))
                .unwrap_or_default();
            Ipv4Addr::from(u32::from(four) & mask).into()
        }
        IpAddr::V6(six) => {
            let mask = u128::MAX
                .checked_shl(128 - u32::from(prefix))
                .unwrap_or_default();
            Ipv6Addr::from(u128::from(six) & mask).into()
        }
    }
}

/// A name of the DNS: small letters, no dots at its end, labels beyond ASCII in Punycode.
pub(super) fn domain(text: &str, out: &mut String) -> Option<()> {
    let begin = out.len();
    if text.contains(char::is_whitespace) {
        return None;
    }
    if text.is_ascii() {
        out.extend(text.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        write_labels(text, out)?;
    }
    while out.len() > begin && out.ends_with('.') {
        out.pop();
    }
    (out.len() > begin).then_some(())
}

fn write_labels(text: &str, out: &mut String) -> Option<()> {
    let mut label_small = String::new();
    // IDNA knows four dots (RFC 3490 section 3.1).
    for (place, label) in text
        .split(['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'])
        .enumerate()
    {
        if place > 0 {
            out.push('.');
        }
        label_small.clear();
        small(label, &mut label_small)?;
        if label_small.is_ascii() {
            out.push_str(&label_small);
        } else if !punycode::encode(&label_small, out) {
            return None;
        }
    }
    Some(())
}

/// Whether a text has the form of a host name with at least two labels (RFC 1123 section 2.1), the
/// last of which is no number.
pub(super) fn is_domain(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(is_label)
        && last.chars().any(char::is_alphabetic)
}

/// A URL in the parts that matter here (RFC 3986 section 3).
pub(super) struct UrlParts<'a> {
    pub(super) scheme: &'a str,
    user: Option<&'a str>,
    /// Without the brackets of an IPv6 address.
    pub(super) host: &'a str,
    port: Option<&'a str>,
    /// From the path on.
    rest: &'a str,
}

/// The parts of a URL that names a host.
pub(super) fn url_parts(text: &str) -> Option<UrlParts<'_>> {
    let (scheme, rest) = text.split_once("://")?;
    let mut letters = scheme.bytes();
    let begins = letters
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic());
    if !begins || !letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
        return None;
    }
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (user, host_port) = match authority.rsplit_once('@') {
        Some((user, host_port)) => (Some(user), host_port),
        None => (None, authority),
    };
    let (host, port) = match host_port.strip_prefix('[') {
        Some(inner) => {
            let (host, behind) = inner.split_once(']')?;
            (host, behind.strip_prefix(':'))
        }
        None => match host_port.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host_port, None),
        },
    };
    (!host.is_empty()).then_some(UrlParts {
        scheme,
        user,
        host,
        port,
        rest,
    })
}

/// RFC 3986 section 6.2.2.1 and 6.2.3: scheme and host in small letters, no default port, a path.
/// Path, query and fragment stay as they are: servers may tell any
/// two spellings apart.
fn url(text: &str, out: &mut String) -> Option<()> {
    let parts = url_parts(text)?;
    out.extend(parts.scheme.chars().map(|c| c.to_ascii_lowercase()));
    let default = match out.as_str() {
        "http" => "80",
        "https" => "443",
        "ftp" => "21",
        _ => "",
    };
    out.push_str("://");
    if let Some(user) = parts.user {
        out.push_str(user);
        out.push('@');
    }
    match parts.host.parse::<IpAddr>() {
        Ok(IpAddr::V6(six)) => {
            let _ = write!(out, "[{six}]");
        }
        // RFC 3986 section 3.2.2: these part a host from what stands beside it.
        _ if parts.host.contains([':', '[', ']', '@']) => return None,
        _ => domain(parts.host, out)?,
    }
    let port = parts
        .port
        .filter(|port| !port.is_empty() && *port != default);
    if let Some(port) = port {
        out.push(':');
        out.push_str(port);
    }
    if !parts.rest.starts_with(['/', '\\']) {
        out.push('/');
    }
    out.push_str(parts.rest);
    Some(())
}

/// Small letters throughout: no mail system that circulates tells them from capitals.
fn email(text: &str, out: &mut String) -> Option<()> {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, host) = text.rsplit_once('@')?;
    if local.is_empty() {
        return None;
    }
    small(local, out)?;
    out.push('@');
    domain(host, out)
}

/// Six pairs of digits with colons between.
fn mac(text: &str, out: &mut String) -> Option<()> {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let others = text
        .chars()
        .all(|c| c.is_ascii_hexdigit() || [':', '-', '.'].contains(&c));
    if digits != 12 || !others {
        return None;
    }
    let hex = text.chars().filter(char::is_ascii_hexdigit);
    for (place, digit) in hex.enumerate() {
        if place > 0 && place % 2 == 0 {
            out.push(':');
        }
        out.push(digit.to_ascii_lowercase());
    }
    Some(())
}

/// The number alone (RFC 5396 section 2: asplain).
fn asn(text: &str, out: &mut String) -> Option<()> {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let prefix = text.get(..text.len() - digits.len())?;
    let known = ["", "as", "asn"]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(prefix));
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = digits.parse().ok().filter(|_| known && plain)?;
    let _ = write!(out, "{number}");
    Some(())
}

fn digest(text: &str, digits: usize, out: &mut String) -> Option<()> {
    if text.len() != digits || !is_hex(text) {
        return None;
    }
    small(text, out)
}

/// The hives by their long names, in small letters, without a separator at the end.
fn registry_key(text: &str, out: &mut String) -> Option<()> {
    let text = text.trim_end_matches(|c: char| c == '\\' || c.is_whitespace());
    let (hive, rest) = text.split_at(text.find('\\').unwrap_or(text.len()));
    let long = [
        ("HKLM", "hkey_local_machine"),
        ("HKCU", "hkey_current_user"),
        ("HKCR", "hkey_classes_root"),
        ("HKU", "hkey_users"),
        ("HKCC", "hkey_current_config"),
    ];
    match long
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(hive))
    {
        Some((_, long)) => out.push_str(long),
        None => small(hive, out)?,
    }
    let mut rest_small = String::new();
    small(rest, &mut rest_small)?;
    out.push_str(&rest_small);
    Some(())
}

/// Hexadecimal digits without separators and leading zeros.
fn serial(text: &str, out: &mut String) -> Option<()> {
    let separators = [':', ' ', '-'];
    let sound = text
        .chars()
        .all(|c| c.is_ascii_hexdigit() || separators.contains(&c));
    if !sound {
        return small(text, out);
    }
    let digits = text.chars().filter(char::is_ascii_hexdigit);
    let mut digits = digits.skip_while(|c| *c == '0').peekable();
    if digits.peek().is_none() {
        out.push('0');
    }
    out.extend(digits.map(|c| c.to_ascii_lowercase()));
    Some(())
}

/// `CVE-`, a year, at least four digits.
fn cve(text: &str, out: &mut String) -> Option<()> {
    if cve_len(text)? != text.len() {
        return None;
    }
    out.push_str(text);
    out.make_ascii_uppercase();
    Some(())
}

/// How long the CVE id is with which a text begins.
pub(super) fn cve_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (prefix, rest) = bytes.split_at_checked(4)?;
    let (year, rest) = rest.split_at_checked(4)?;
    let digits = rest.strip_prefix(b"-")?;
    let count = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let sound = prefix.eq_ignore_ascii_case(b"CVE-")
        && year.iter().all(u8::is_ascii_digit)
        && (4..=19).contains(&count);
    sound.then_some(4 + 4 + 1 + count)
}

/// Small letters, blanks as one space.
fn name(text: &str, out: &mut String) -> Option<()> {
    let mut word_small = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        word_small.clear();
        small(word, &mut word_small)?;
        out.push_str(&word_small);
    }
    Some(())
}
