//! The frame of an entry. What decodes encodes again, to bytes that decode to the same; what it
//! carries can be shown and counted.

use legation_core::act::{Act, Entry};

pub(super) const WORDS: &[&str] = &[
    "\u{1}",
    "\u{0}",
    "cyber",
    "JPN",
    "NATO",
    "nato-jpn",
    "indicator",
];

pub(super) fn run(bytes: &[u8]) -> bool {
    let entry = match Entry::decode(bytes) {
        Ok(entry) => entry,
        Err(error) => {
            assert!(error.code().starts_with("entry."));
            let _ = error.to_string();
            return false;
        }
    };
    let frame = entry.encode();
    let again = Entry::decode(&frame).expect("what was written reads back");
    assert_eq!(again, entry);
    assert_eq!(again.encode(), frame, "written twice, written otherwise");
    // People are shown these.
    let _ = (entry.at.to_string(), entry.actor.to_string());
    let _ = format!("{entry:?}");
    match &entry.act {
        Act::Release(receipt) => {
            assert_eq!(
                receipt.dates.is_empty(),
                receipt.dates.runs().next().is_none()
            );
        }
        Act::Close(closing) => {
            let count: u64 = closing
                .sent
                .runs()
                .map(|(first, last)| last - first + 1)
                .sum();
            assert_eq!(closing.sent.len(), count);
            assert_eq!(closing.sent.is_empty(), count == 0);
            if let Some((first, last)) = closing.sent.runs().last() {
                assert!(closing.sent.contains(first) && closing.sent.contains(last));
            }
        }
        _ => {}
    }
    true
}
