//! What a caller brings to the faces: the `Authorization` header and the cursor of a page.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use legation_core::act::{Actor, Role};
use legation_core::id::{AreaName, PartyCode};
use legation_core::time::Instant;
use legation_engine::Caller;
use legation_web::fuzzing::{open_cursor, read_authorization, seal_cursor};

/// The longest secret that is looked at.
const LONGEST_SECRET: usize = 256;

pub(super) fn run_authorization(bytes: &[u8]) -> bool {
    let Ok(header) = std::str::from_utf8(bytes) else {
        return false;
    };
    let Some((user, secret)) = read_authorization(header) else {
        return false;
    };
    assert!(!secret.is_empty() && secret.len() <= LONGEST_SECRET);
    // Said again in the plainest way it means the same.
    let again = match &user {
        Some(user) => {
            assert!(!user.contains(':'), "a user ends at the first colon");
            format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")))
        }
        None => format!("Bearer {secret}"),
    };
    assert_eq!(read_authorization(&again), Some((user, secret)));
    true
}

/// A cursor opens for what it was made for and as it was made; any other bytes open nothing.
///
/// ```text
/// input = after, 8 bytes | until, 8 bytes | a text that is tried as a cursor
/// ```
pub(super) fn run_cursor(bytes: &[u8]) -> bool {
    let Some((after, rest)) = bytes.split_first_chunk::<8>() else {
        return false;
    };
    let Some((until, text)) = rest.split_first_chunk::<8>() else {
        return false;
    };
    let instant = |bytes: &[u8; 8]| Instant::from_micros(i64::from_be_bytes(*bytes));
    let dates = (instant(after), instant(until));
    let party: PartyCode = "JPN".parse().expect("a code");
    let caller = Caller {
        actor: Actor::Client(party.clone(), "desk".parse().expect("a name")),
        party,
        role: Role::Client,
    };
    let area: AreaName = "cyber".parse().expect("an area");
    let open = |text: &str, filter: &str| open_cursor(&[7; 32], &caller, &area, filter, text);
    let sealed = seal_cursor(&[7; 32], &caller, &area, "objects", dates).expect("it is sealed");
    assert_eq!(open(&sealed, "objects"), Some(dates));
    assert_eq!(
        open(&sealed, "manifest"),
        None,
        "it opens for another filter"
    );
    let other = open_cursor(&[8; 32], &caller, &area, "objects", &sealed);
    assert_eq!(other, None, "it opens at another office");

    let Ok(text) = std::str::from_utf8(text) else {
        return true;
    };
    assert!(
        open(text, "objects").is_none() || text == sealed,
        "made by nobody"
    );
    // The text as a mask over the sealed cursor: any bit that changes shuts it.
    let mut bent = URL_SAFE_NO_PAD.decode(&sealed).expect("our own base64");
    let before = bent.clone();
    bent.iter_mut()
        .zip(text.bytes())
        .for_each(|(one, mask)| *one ^= mask);
    let opened = open(&URL_SAFE_NO_PAD.encode(&bent), "objects");
    assert_eq!(opened.is_some(), bent == before);
    true
}
