//! The checks of the journal as a whole: empty, as a log, reopened, copied.
//!
//! Not here: broken files and killed writers, which only a home on disk can have.

use legation_core::id::{BodyNumber, EntryNumber};
use legation_tree::{TILE_WIDTH, empty_root};

use super::look::{append, code, everything, naive_root, read_bodies, read_leaves, read_rows};
use super::sample::{self, Dice, body, entry, row};
use super::{Home, checkpoint};
use crate::journal::{Batch, Copied, Journal, JournalError};

pub(super) fn empty(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let head = journal.head()?;
    assert_eq!(head.entries, EntryNumber(0));
    assert_eq!(head.bodies, BodyNumber(0));
    assert_eq!(head.root, empty_root());
    assert_eq!(head.checkpoint, Some(checkpoint(0, &head.root)));
    assert_eq!(read_leaves(&*journal, 0)?, []);
    assert_eq!(read_rows(&*journal, b"")?, []);
    assert_eq!(read_bodies(&*journal, &[0, 7])?, [None, None]);
    assert_eq!(journal.row(b"absent")?, None);
    assert_eq!(journal.row(b"")?, None);
    assert_eq!(journal.tile(0, 0)?, None);
    Ok(())
}

pub(super) fn tiles(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let width = u64::from(TILE_WIDTH);
    let mut leaves = Vec::new();
    for count in [1, 1, 5, width - 7, 1, 3 * width, 40] {
        let at = leaves.len() as u64;
        let batch = Batch {
            entries: (at..at + count).map(entry).collect(),
            ..Batch::default()
        };
        leaves.extend(batch.entries.iter().map(|e| e.leaf()));
        let head = append(&*journal, batch)?;
        assert_eq!(head.root, naive_root(&leaves));
        assert_eq!(
            head.checkpoint,
            Some(checkpoint(leaves.len() as u64, &head.root))
        );
        for (index, chunk) in (0..).zip(leaves.chunks(usize::from(TILE_WIDTH))) {
            let tile = chunk.iter().flat_map(|h| *h.as_bytes()).collect();
            assert_eq!(journal.tile(0, index)?, Some(tile));
        }
        let above = leaves
            .chunks_exact(usize::from(TILE_WIDTH))
            .flat_map(|chunk| *naive_root(chunk).as_bytes());
        let above: Vec<u8> = above.collect();
        assert_eq!(journal.tile(1, 0)?.unwrap_or_default(), above);
    }
    assert_eq!(journal.tile(0, leaves.len() as u64 / width + 1)?, None);
    Ok(())
}

pub(super) fn reopen(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    sample::fill(&*journal, 300)?;
    let before = everything(&*journal)?;
    let journal = home.reopen(journal)?;
    assert_eq!(everything(&*journal)?, before);
    sample::fill(&*journal, 300)?;
    assert_eq!(
        journal.head()?.root,
        naive_root(&read_leaves(&*journal, 0)?)
    );
    assert_eq!(journal.head()?.entries.0, 600);
    Ok(())
}

pub(super) fn copy(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    sample::fill(&*journal, 300)?;
    let before = everything(&*journal)?;
    let target = home.vacant();
    let mut told = Vec::new();
    match journal.copy_to(&target, &mut |done, all| told.push((done, all))) {
        Err(JournalError::NoCopy) => return Ok(()),
        other => other?,
    }
    assert!(told.iter().all(|(done, all)| done <= all));
    assert!(told.last().is_some_and(|(done, all)| done == all));
    let again = journal.copy_to(&target, &mut |_, _| {});
    assert_eq!(code(again), "journal.exists");

    sample::fill(&*journal, 1)?;
    let twin = home.open_copy(&target)?;
    assert_eq!(everything(&*twin)?, before, "the instant of the copy");
    sample::fill(&*twin, 20)?;
    assert_eq!(twin.head()?.entries.0, 320);
    assert_eq!(journal.head()?.entries.0, 301);
    Ok(())
}

/// Copies brought up to date after every kind of change, each equal to the journal; and journals
/// that are no copies.
pub(super) fn update(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let target = home.vacant();
    match journal.update_copy(&target, &mut |_, _| {}) {
        Err(JournalError::NoCopy) => return Ok(()),
        copied => assert_eq!(
            copied?,
            Copied {
                whole: true,
                entries: 0
            }
        ),
    }
    let mut dice = Dice(29);
    for round in 0..24 {
        let before = journal.head()?;
        for _ in 0..dice.roll(3) {
            change(&*journal, &mut dice)?;
        }
        let mut told = Vec::new();
        let copied = journal.update_copy(&target, &mut |done, all| told.push((done, all)))?;
        let entries = journal.head()?.entries.0 - before.entries.0;
        let whole = false;
        assert_eq!(copied, Copied { whole, entries }, "round {round}");
        assert!(told.iter().all(|(done, all)| done <= all));
        assert!(told.last().is_some_and(|(done, all)| done == all));
        let twin = home.open_copy(&target)?;
        assert_eq!(everything(&*twin)?, everything(&*journal)?, "round {round}");
        let in_use = journal.update_copy(&target, &mut |_, _| {});
        assert_eq!(code(in_use), "journal.in-use");
    }

    // A copy that went on by itself is none any more; nor is another journal.
    let twin = home.open_copy(&target)?;
    append(
        &*twin,
        Batch {
            entries: vec![entry(u64::MAX)],
            ..Batch::default()
        },
    )?;
    let forked = everything(&*twin)?;
    drop(twin);
    let refused = journal.update_copy(&target, &mut |_, _| {});
    assert_eq!(code(refused), "journal.not-a-copy");
    sample::fill(&*journal, 20)?;
    let refused = journal.update_copy(&target, &mut |_, _| {});
    assert_eq!(code(refused), "journal.not-a-copy");
    let twin = home.open_copy(&target)?;
    assert_eq!(everything(&*twin)?, forked, "and it is left as it is");
    Ok(())
}

/// One random batch: entries, bodies short or long, erasures anywhere, rows new and replaced; or a
/// new index.
fn change(journal: &dyn Journal, dice: &mut Dice) -> Result<(), JournalError> {
    let head = journal.head()?;
    if dice.roll(8) == 0 {
        let rows = (0..dice.roll(60)).map(|_| row(&format!("n/{}", dice.roll(99)), "rebuilt"));
        let rows: Vec<_> = rows.collect();
        return journal.rebuild_rows(&mut rows.into_iter());
    }
    let most = if dice.roll(3) == 0 { 300 } else { 4 };
    let bodies: Vec<_> = (0..dice.roll(most))
        .map(|n| body(head.bodies.0 + n))
        .collect();
    let all = head.bodies.0 + bodies.len() as u64;
    let mut erase = Vec::new();
    if all > 0 && dice.roll(2) == 0 {
        let from = dice.roll(all);
        let to = all.min(from + 1 + dice.roll(most));
        erase.extend((from..to).map(BodyNumber));
        erase.push(BodyNumber(all - 1 - dice.roll(all.min(5))));
    }
    let entries = dice.roll(most) + dice.roll(2);
    let batch = Batch {
        entries: (0..entries).map(|n| entry(head.entries.0 + n)).collect(),
        bodies,
        erase,
        gone: vec![format!("n/{}", dice.roll(999)).into_bytes()],
        rows: (0..dice.roll(most))
            .map(|n| row(&format!("n/{}", dice.roll(999)), &n.to_string()))
            .collect(),
    };
    append(journal, batch).map(drop)
}
