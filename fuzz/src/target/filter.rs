//! The query of TAXII. Its one wording reads back as the same filter, so it is exact: no two
//! filters share it, and a receipt or a cursor that carries it means one of them.

use legation_formats::taxii::{Endpoint, Filter, PageSize};

pub(super) const WORDS: &[&str] = &[
    "added_after=2024-01-31T12:00:00.000000Z",
    "limit=10",
    "next=abc",
    "match[id]=indicator--00000000-0000-4000-8000-000000000001",
    "match[type]=indicator,malware",
    "match[version]=all",
    "match[version]=first,last",
    "match[version]=2024-01-31T12:00:00.5Z",
    "match[spec_version]=2.1",
    "match%5Bid%5D=",
    "&",
    "=",
    ",",
    "%26",
    "%2C",
    "%25",
    "%c3%a9",
    "+",
];

const SIZE: PageSize = PageSize {
    default: 100,
    max: 1000,
};

pub(super) fn run(bytes: &[u8]) -> bool {
    // Whatever is no text never reaches the filter.
    let Ok(raw) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut accepted = false;
    for endpoint in [
        Endpoint::Objects,
        Endpoint::Manifest,
        Endpoint::Object,
        Endpoint::Delete,
        Endpoint::Versions,
    ] {
        accepted |= run_at(raw, endpoint);
    }
    accepted
}

fn run_at(raw: &str, endpoint: Endpoint) -> bool {
    let filter = match Filter::read(raw, endpoint, SIZE) {
        Ok(filter) => filter,
        Err(error) => {
            assert_eq!(error.code(), "taxii.malformed-query");
            return false;
        }
    };
    assert!((1..=SIZE.max).contains(&filter.limit));
    let words = filter.canonical();
    let (_, query) = words.split_once('&').unwrap_or((&words, ""));
    // A list of which nothing could be a type or a version is empty, and cannot be asked for.
    let empty = query.split('&').any(|part| part.ends_with('='));
    if !empty {
        let again = Filter::read(query, endpoint, SIZE);
        let again = again.unwrap_or_else(|error| panic!("`{words}` does not read back: {error}"));
        assert_eq!(again.canonical(), words, "the one wording has another");
        let mut asked = filter.query(filter.after, None);
        let mut asked_again = again.query(again.after, None);
        for query in [&mut asked, &mut asked_again] {
            query.limit = 0;
            if let Some(ids) = &mut query.ids {
                ids.sort();
                ids.dedup();
            }
            if let Some(kinds) = &mut query.kinds {
                kinds.sort();
                kinds.dedup();
            }
            query.versions.exact.sort();
        }
        assert_eq!(asked, asked_again, "`{words}` reads back as another filter");
    }
    true
}
