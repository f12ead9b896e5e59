//! Forms of strings that other standards define: addresses, names, encodings, languages.
//!
//! Not the terms of STIX itself; those are vocabularies.

use core::net::{Ipv4Addr, Ipv6Addr};

use super::rule::Form;

/// Declares a form: what it is, the section of STIX 2.1 that wants it, and its judge.
const fn form(what: &'static str, section: &'static str, holds: fn(&str) -> bool) -> Form {
    Form {
        what,
        section,
        holds,
    }
}

pub(super) static BASE64: Form = form("base64 with padding (RFC 4648)", "2.1", is_base64);
pub(super) static CHARACTER_SET: Form = form(
    "the preferred name of a character set in the IANA registry, as `windows-1251`",
    "3.9.1",
    is_character_set,
);
pub(super) static COUNTRY: Form = form(
    "a country code of two letters (ISO 3166-1), as `AT`",
    "4.10",
    is_country,
);
pub(super) static CPE: Form = form("a CPE 2.3 formatted string", "6.14", is_cpe);
pub(super) static DOMAIN_NAME: Form = form(
    "a domain name: labels of letters, digits and hyphens with dots between",
    "6.4",
    is_domain_name,
);
pub(super) static EMAIL_ADDRESS: Form = form(
    "an e-mail address alone, as `jane@example.com`",
    "6.5",
    is_email_address,
);
pub(super) static HEX: Form = form(
    "an even number of hexadecimal digits in lower case",
    "2.8",
    is_hex,
);
pub(super) static IPV4: Form = form(
    "an IPv4 address or network, as `198.51.100.0/24`",
    "6.8",
    is_ipv4,
);
pub(super) static IPV6: Form = form(
    "an IPv6 address or network, as `2001:db8::/32`",
    "6.9",
    is_ipv6,
);
pub(super) static KILL_CHAIN: Form = form(
    "all lower case with hyphens between words",
    "2.11",
    is_hyphenated,
);
pub(super) static LANGUAGE: Form = form(
    "a language tag (RFC 5646), as `en` or `pt-BR`",
    "3.2",
    is_language,
);
pub(super) static MAC_ADDRESS: Form = form(
    "a MAC address in lower case with colons, as `d2:fb:49:24:37:18`",
    "6.10",
    is_mac_address,
);
pub(super) static MIME_TYPE: Form = form("a MIME type, as `text/plain`", "6.7", is_mime_type);
pub(super) static PRIORITY: Form =
    form("a priority class that ends in `_CLASS`", "6.13.2", |text| {
        text.len() > 6 && text.ends_with("_CLASS")
    });
pub(super) static PRODUCT: Form = form(
    "a product in lower case with hyphens between words",
    "4.12",
    |text| !text.is_empty() && text.bytes().all(|b| is_lower(b) || b == b'-'),
);
pub(super) static PROTOCOL: Form = form(
    "a service name of the IANA registry, as `tcp`",
    "6.12",
    |text| {
        (1..=15).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    },
);
pub(super) static REGISTRY_KEY: Form = form(
    "a key with its hive spelt out, as `HKEY_LOCAL_MACHINE\\Software`",
    "6.17",
    is_registry_key,
);
pub(super) static RELATIONSHIP_TYPE: Form = form(
    "a relationship of a-z, 0-9 and hyphens",
    "5.1",
    is_relationship_type,
);
pub(super) static URL: Form = form(
    "a URL with its scheme (RFC 3986), as `https://example.com/`",
    "6.15",
    is_url,
);

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

pub(super) fn is_relationship_type(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| is_lower(b) || b == b'-')
}

/// A key of a dictionary (section 2.3).
pub(super) fn is_key(text: &str) -> bool {
    (1..=250).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// The name of a property (section 3.1): a letter first, 3 to 250 characters, `id` besides.
pub(super) fn is_property_name(text: &str) -> bool {
    (3..=250).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| is_lower(b) || b == b'_')
        || text == "id"
}

/// RFC 4648 section 4, with padding.
fn is_base64(text: &str) -> bool {
    let body = text.strip_suffix("==").or_else(|| text.strip_suffix('='));
    !text.is_empty()
        && text.len().is_multiple_of(4)
        && body
            .unwrap_or(text)
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.len().is_multiple_of(2) && text.bytes().all(is_hex_digit)
}

fn is_hex_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

/// Whether `text` is in the form of the algorithm (section 2.7); any will do for others than those of
/// section 10.7. Digits may be in either case: the standard leaves that to the algorithms.
pub(super) fn is_hash(algorithm: &str, text: &str) -> bool {
    let digits = |count| text.len() == count && text.bytes().all(|b| b.is_ascii_hexdigit());
    match algorithm {
        "MD5" => digits(32),
        "SHA-1" => digits(40),
        "SHA-256" | "SHA3-256" => digits(64),
        "SHA-512" | "SHA3-512" => digits(128),
        "SSDEEP" => {
            (1..=256).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"/+:.".contains(&b))
        }
        // Version 1 of TLSH writes `T1` before its seventy digits.
        "TLSH" => {
            let body = text.strip_prefix("T1").filter(|body| body.len() == 70);
            let body = body.unwrap_or(text);
            body.len() == 70 && body.bytes().all(|b| b.is_ascii_alphanumeric())
        }
        _ => true,
    }
}

/// RFC 3986: a scheme, and then nothing but the characters that a URI may have. Characters of a
/// path that are none are percent-encoded.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let scheme_held = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    // Brackets stand round an address in the authority alone (section 3.2.2).
    let (authority, path) = match before.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())),
        None => ("", before),
    };
    let address = authority
        .bytes()
        .all(|b| is_url_byte(b) || b"[]".contains(&b));
    scheme_held
        && address
        && [authority, path, fragment]
            .iter()
            .all(|part| is_encoded(part))
        && path.bytes().all(is_url_byte)
        && fragment.bytes().all(is_url_byte)
}

/// The characters of a path, query or fragment (RFC 3986 appendix A), and the percent sign.
fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte)
}

/// Whether two hexadecimal digits follow each percent sign.
fn is_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| {
        rest.get(..2)
            .is_some_and(|two| two.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}

/// RFC 1034 section 3.5 for labels in ASCII; letters and digits of any script for the others, which
/// RFC 5890 lets in.
fn is_domain_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    (1..=253).contains(&text.len()) && text.split(['.', '\u{3002}']).all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.chars().count())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| {
            c.is_ascii_alphanumeric()
                || c == '-'
                || !c.is_ascii() && !c.is_whitespace() && !c.is_control()
        })
}

/// An addr-spec (RFC 5322 section 3.4.1) as far as it keeps a display name out.
fn is_email_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let plain = |text: &str| {
        !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,".contains(c))
    };
    !local.is_empty() && !domain.is_empty() && (quoted || plain(local)) && plain(domain)
}

/// Splits the length of a prefix off, if there is one of at most `most` bits (RFC 4632).
fn without_prefix(text: &str, most: u8) -> Option<&str> {
    let Some((address, bits)) = text.split_once('/') else {
        return Some(text);
    };
    let plain = bits == "0" || !bits.starts_with(['0', '+']);
    bits.parse::<u8>()
        .is_ok_and(|n| n <= most && plain)
        .then_some(address)
}

fn is_ipv4(text: &str) -> bool {
    without_prefix(text, 32).is_some_and(|address| address.parse::<Ipv4Addr>().is_ok())
}

fn is_ipv6(text: &str) -> bool {
    let address = without_prefix(text, 128).map(|address| {
        let (address, zone) = address.split_once('%').unwrap_or((address, "0"));
        (address, !zone.is_empty())
    });
    address.is_some_and(|(address, zone)| zone && address.parse::<Ipv6Addr>().is_ok())
}

fn is_mac_address(text: &str) -> bool {
    text.len() == 17
        && text.bytes().enumerate().all(|(n, b)| {
            if n % 3 == 2 {
                b == b':'
            } else {
                is_hex_digit(b)
            }
        })
}

/// RFC 6838 section 4.2, with the top-level types of the IANA registry.
fn is_mime_type(text: &str) -> bool {
    const TOP: [&str; 10] = [
        "application",
        "audio",
        "font",
        "haptics",
        "image",
        "message",
        "model",
        "multipart",
        "text",
        "video",
    ];
    text.split_once('/').is_some_and(|(top, sub)| {
        TOP.contains(&top)
            && (1..=127).contains(&sub.len())
            && sub
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    })
}

fn is_hyphenated(text: &str) -> bool {
    !text.contains(|c: char| c == '_' || c == ' ' || c.is_uppercase())
        && text.contains(char::is_lowercase)
}

/// Section 6.17.1: hives are not abbreviated.
fn is_registry_key(text: &str) -> bool {
    let hive = text.split('\\').next().unwrap_or_default();
    !["HKLM", "HKCC", "HKCR", "HKCU", "HKU"]
        .iter()
        .any(|short| hive.eq_ignore_ascii_case(short))
}

/// The keys of section 6.12.4.1: prefixes of the known option families.
pub(super) fn is_socket_option(text: &str) -> bool {
    const FAMILIES: [&str; 8] = ["SO", "ICMP", "ICMP6", "IP", "IPV6", "MCAST", "TCP", "IRLMP"];
    text.split_once('_').is_some_and(|(family, rest)| {
        FAMILIES.contains(&family)
            && !rest.is_empty()
            && rest
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    })
}

/// The form of the names in the IANA registry of IPFIX entities.
pub(super) fn is_ipfix(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() > 1
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The names of the IANA registry of character sets, preferred MIME names first, one a line.
const CHARACTER_SETS: &str = include_str!("character-set.txt");

fn is_character_set(text: &str) -> bool {
    CHARACTER_SETS.lines().any(|name| name == text)
}

/// The assigned codes of ISO 3166-1 alpha-2.
const COUNTRIES: &str = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";

fn is_country(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let (pairs, _) = COUNTRIES.as_bytes().as_chunks::<2>();
    pairs.iter().any(|pair| pair == upper.as_bytes())
}

/// The primary subtags of the IANA registry of languages: first those of two letters, then, a line
/// for each first letter, the other two letters of those of three.
const LANGUAGES: &str = include_str!("language.txt");

/// RFC 5646 section 2.1, with a primary subtag that is registered.
pub(super) fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let primary = subtags.next().unwrap_or_default().to_ascii_lowercase();
    let known = match primary.as_bytes() {
        [_, _] => LANGUAGES
            .lines()
            .next()
            .is_some_and(|line| line.split(' ').any(|code| code == primary)),
        [first @ b'a'..=b'z', rest @ ..] if rest.len() == 2 => {
            let line = LANGUAGES.lines().nth(1 + usize::from(first - b'a'));
            line.is_some_and(|line| line.split(' ').any(|code| code.as_bytes() == rest))
        }
        b"x" => tag.len() > 2,
        _ => false,
    };
    known && are_subtags(subtags, primary == "x")
}

/// The subtags after the primary one, in their order: extended languages, script, region, variants,
/// extensions, private use.
fn are_subtags<'t>(subtags: impl Iterator<Item = &'t str>, mut private: bool) -> bool {
    // How far in that order the tag has come; an extension may say anything.
    let (mut place, mut free, mut open) = (0, private, private);
    for subtag in subtags {
        let (length, bytes) = (subtag.len(), subtag.as_bytes());
        let plain = (1..=8).contains(&length) && bytes.iter().all(u8::is_ascii_alphanumeric);
        let letters = bytes.iter().all(u8::is_ascii_alphabetic);
        let digits = bytes.iter().all(u8::is_ascii_digit);
        let next = match length {
            _ if private => {
                open = false;
                place
            }
            1 if open => return false,
            1 => {
                (free, open) = (true, true);
                private = subtag.eq_ignore_ascii_case("x");
                place
            }
            _ if free => {
                open = false;
                place
            }
            3 if letters && place == 0 => 0,
            4 if letters && place < 1 => 1,
            2 if letters && place < 2 => 2,
            3 if digits && place < 2 => 2,
            5..=8 => 3,
            4 if subtag.starts_with(|c: char| c.is_ascii_digit()) => 3,
            _ => return false,
        };
        if !plain || next < place {
            return false;
        }
        place = next;
    }
    !open
}

/// NIST IR 7695: `cpe:2.3:` and eleven components, the first of one letter, the sixth a language.
fn is_cpe(text: &str) -> bool {
    let Some(body) = text.strip_prefix("cpe:2.3:") else {
        return false;
    };
    let (mut parts, mut part, mut quoted) = (Vec::with_capacity(11), String::new(), false);
    for c in body.chars() {
        match (quoted, c) {
            (true, _) => {
                part.push('\\');
                part.push(c);
                quoted = false;
            }
            (false, '\\') => quoted = true,
            (false, ':') => parts.push(std::mem::take(&mut part)),
            (false, c) => part.push(c),
        }
    }
    parts.push(part);
    !quoted
        && parts.len() == 11
        && parts.iter().enumerate().all(|(n, part)| match n {
            0 => ["a", "h", "o", "*", "-"].contains(&part.as_str()),
            6 => part == "*" || part == "-" || is_cpe_language(part),
            _ => is_cpe_component(part),
        })
}

fn is_cpe_language(part: &str) -> bool {
    let (language, region) = part.split_once('-').unwrap_or((part, "US"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && (region.len() == 2 && region.bytes().all(|b| b.is_ascii_alphabetic())
            || region.len() == 3 && region.bytes().all(|b| b.is_ascii_digit()))
}

/// A value of letters, digits and quoted signs, perhaps with wildcards at its ends.
fn is_cpe_component(part: &str) -> bool {
    if part == "*" || part == "-" {
        return true;
    }
    let body = part.trim_start_matches('?').trim_start_matches('*');
    let mut quoted = false;
    let mut ended = false;
    let held = body.chars().all(|c| {
        let was = quoted;
        quoted = !was && c == '\\';
        if was {
            return c.is_ascii_punctuation();
        }
        if quoted {
            return !ended;
        }
        if matches!(c, '*' | '?') {
            ended = true;
            return true;
        }
        !ended && (c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
    });
    held && !body.trim_matches(['*', '?']).is_empty()
}

#[cfg(test)]
mod tests;
