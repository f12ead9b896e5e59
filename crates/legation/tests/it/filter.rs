//! Takes out of a transcript what differs from run to run: times, ports, digests, keys, secrets.

/// What a word is replaced by, if it is one of those.
fn replacement(word: &str) -> Option<String> {
    let letters = |text: &str, more: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
    };
    if let Some(print) = word.strip_prefix("SHA256:") {
        return (print.len() == 43).then(|| "SHA256:[PRINT]".to_owned());
    }
    if let Some((name, key)) = word.split_once('+')
        && name.starts_with("legation/")
        && key.contains('+')
    {
        return Some(format!("{name}+[KEY]"));
    }
    if let Some(at) = word.find("://127.0.0.1:") {
        let (before, after) = word.split_at(at + "://127.0.0.1:".len());
        let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = match rest.split_once("link=") {
            Some((path, _)) => format!("{path}link=[SECRET]"),
            None => rest.to_owned(),
        };
        return Some(format!("{before}[PORT]{rest}"));
    }
    if let Some(word) = word.strip_suffix(':') {
        return replacement(word).map(|instead| format!("{instead}:"));
    }
    if let Some((url, _)) = word.split_once("?link=") {
        return Some(format!("{url}?link=[SECRET]"));
    }
    let bytes = word.as_bytes();
    if word.len() == 27
        && bytes[4] == b'-'
        && bytes[10] == b'T'
        && word.ends_with('Z')
        && word.starts_with("20")
    {
        // An instant of whole seconds was written by somebody, and not read off a clock.
        return (!word.ends_with(".000000Z")).then(|| "[TIME]".to_owned());
    }
    match word.len() {
        64 if word.chars().all(|c| c.is_ascii_hexdigit()) => Some("[DIGEST]".to_owned()),
        32 if word.chars().all(|c| c.is_ascii_hexdigit()) => Some("[NOTICE]".to_owned()),
        44 if word.ends_with('=') && letters(&word[..43], "+/") => Some("[ROOT]".to_owned()),
        43 if letters(word, "-_") => Some("[SECRET]".to_owned()),
        36 if letters(word, "-") && word.matches('-').count() == 4 => Some("[UUID]".to_owned()),
        _ => None,
    }
}

/// The text with every such word replaced.
pub(crate) fn filter(text: &str) -> String {
    let mut filtered = String::new();
    let mut rest = text;
    let ends = |c: char| c.is_whitespace() || "\"',;()`<>".contains(c);
    while !rest.is_empty() {
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        match replacement(word) {
            Some(instead) => filtered.push_str(&instead),
            None => filtered.push_str(word),
        }
        rest = &rest[word.len()..];
        if let Some(c) = rest.chars().next() {
            filtered.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    filtered
}

#[test]
fn only_what_differs_is_taken_out() {
    let secret = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCde";
    assert_eq!(
        filter(&format!("password  {secret}\n")),
        "password  [SECRET]\n"
    );
    assert_eq!(
        filter("at 2026-01-02T03:04:05.678901Z, since 2024-01-01T00:00:00.000000Z"),
        "at [TIME], since 2024-01-01T00:00:00.000000Z"
    );
    assert_eq!(
        filter("\"http://127.0.0.1:41234/sign-in?link=abc\""),
        "\"http://127.0.0.1:[PORT]/sign-in?link=[SECRET]\""
    );
    let kept = "indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80 is nato-jpn version 1";
    assert_eq!(filter(kept), kept);
}
