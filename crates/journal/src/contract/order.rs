//! The checks of the order: positions, writers, readers and followers.
//!
//! Not here: rows and bodies for their own sake (`content`), and the log (`whole`).

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use legation_core::id::{BodyNumber, EntryNumber};

use super::Home;
use super::look::{append, code, everything, read_bodies, read_leaves, read_rows};
use super::sample::{body, entry, row};
use crate::journal::{Batch, JournalError, ROW_KEY_MAX};

pub(super) fn append_and_read(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let batch = Batch {
        entries: (0..3).map(entry).collect(),
        bodies: vec![body(0), body(1), [].into()],
        rows: vec![row("a", "1")],
        ..Batch::default()
    };
    let head = append(&*journal, batch)?;
    assert_eq!((head.entries.0, head.bodies.0), (3, 3));
    assert_eq!(head, journal.head()?);
    let batch = Batch {
        entries: vec![entry(3)],
        ..Batch::default()
    };
    append(&*journal, batch)?;

    let mut seen = Vec::new();
    journal.read(EntryNumber(1), &mut |number, frame, nonce| {
        let expected = entry(number.0);
        assert_eq!((frame, nonce), (&expected.frame[..], &expected.nonce));
        seen.push(number.0);
        match number.0 {
            2 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    })?;
    assert_eq!(seen, [1, 2], "from a position, until the visitor breaks");
    assert_eq!(read_leaves(&*journal, 4)?, []);
    assert_eq!(read_leaves(&*journal, u64::MAX)?, []);

    let found = read_bodies(&*journal, &[2, 0, 1, 0, 3, u64::MAX])?;
    let (zero, one) = (Some(body(0).to_vec()), Some(body(1).to_vec()));
    assert_eq!(found, [Some(vec![]), zero.clone(), one, zero, None, None]);

    let head = journal.head()?;
    assert_eq!(
        append(&*journal, Batch::default())?,
        head,
        "nothing is allowed"
    );
    Ok(())
}

pub(super) fn position(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let one = || Batch {
        entries: vec![entry(0)],
        bodies: vec![body(0)],
        rows: vec![row("a", "1")],
        ..Batch::default()
    };
    append(&*journal, one())?;
    for expected in [0, 2, u64::MAX] {
        match journal.append(EntryNumber(expected), one()) {
            Err(JournalError::Position {
                expected: e,
                actual,
            }) => {
                assert_eq!((e.0, actual.0), (expected, 1));
            }
            other => assert_eq!(code(other), "journal.position"),
        }
    }
    let head = journal.head()?;
    assert_eq!((head.entries.0, head.bodies.0), (1, 1));
    Ok(())
}

pub(super) fn all_or_nothing(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let good = || Batch {
        entries: vec![entry(0), entry(1)],
        bodies: vec![body(0)],
        erase: vec![BodyNumber(0)],
        gone: vec![b"none".to_vec()],
        rows: vec![row("a", "1")],
    };
    let before = everything(&*journal)?;
    let mut bad = good();
    bad.rows.push(row("", "2"));
    assert_eq!(code(append(&*journal, bad)), "journal.row-key");
    let mut bad = good();
    bad.rows.push(row(&"k".repeat(ROW_KEY_MAX + 1), "2"));
    assert_eq!(code(append(&*journal, bad)), "journal.row-key");
    let mut bad = good();
    bad.erase.push(BodyNumber(1));
    assert_eq!(code(append(&*journal, bad)), "journal.no-body");
    assert_eq!(everything(&*journal)?, before);

    let mut most = good();
    most.rows.push(row(&"k".repeat(ROW_KEY_MAX), "2"));
    append(&*journal, most)?;
    assert_eq!(journal.head()?.entries.0, 2);
    assert_eq!(read_rows(&*journal, b"k")?.len(), 1);
    Ok(())
}

pub(super) fn writers(home: &mut dyn Home) -> Result<(), JournalError> {
    const EACH: u64 = 20;
    let journal = home.fresh()?;
    let lost = AtomicU64::new(0);
    let write = || -> Result<(), JournalError> {
        for _ in 0..EACH {
            loop {
                let at = journal.head()?.entries;
                let batch = Batch {
                    entries: vec![entry(at.0)],
                    ..Batch::default()
                };
                match journal.append(at, batch) {
                    Err(JournalError::Position { .. }) => lost.fetch_add(1, Ordering::Relaxed),
                    other => break drop(other?),
                };
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(write)).collect();
        threads.into_iter().try_for_each(|t| {
            t.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    let expected: Vec<_> = (0..3 * EACH).map(|n| entry(n).leaf()).collect();
    assert_eq!(read_leaves(&*journal, 0)?, expected);
    Ok(())
}

pub(super) fn snapshots(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let both = |n| Batch {
        entries: vec![entry(n)],
        bodies: vec![body(n)],
        rows: vec![row(&format!("{n}"), "x")],
        ..Batch::default()
    };
    append(&*journal, both(0))?;
    append(&*journal, both(1))?;

    let mut seen = Vec::new();
    let mut written = Ok(());
    journal.read(EntryNumber(0), &mut |number, _, _| {
        seen.push(number.0);
        if written.is_ok() {
            written = append(&*journal, both(1 + seen.len() as u64)).map(drop);
        }
        ControlFlow::Continue(())
    })?;
    written?;
    assert_eq!(seen, [0, 1], "what is appended meanwhile is not seen");
    assert_eq!(journal.head()?.entries.0, 4);

    let mut written = Ok(());
    let mut seen = 0;
    journal.rows(b"", &mut |_, _| {
        seen += 1;
        if written.is_ok() {
            written = append(&*journal, both(3 + seen)).map(drop);
        }
        ControlFlow::Continue(())
    })?;
    written?;
    assert_eq!(seen, 4);

    let mut written = Ok(());
    let numbers = [0, 1].map(BodyNumber);
    let mut found = Vec::new();
    journal.bodies(&numbers, &mut |place, body| {
        found.push(body.is_some());
        let erase = Batch {
            erase: numbers.to_vec(),
            ..Batch::default()
        };
        if place == 0 {
            written = append(&*journal, erase).map(drop);
        }
    })?;
    written?;
    assert_eq!(found, [true, true], "one instant for all bodies");
    assert_eq!(read_bodies(&*journal, &[0, 1])?, [None, None]);
    Ok(())
}

pub(super) fn follow(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let one = |n| Batch {
        entries: vec![entry(n)],
        ..Batch::default()
    };
    append(&*journal, one(0))?;
    let long = Duration::from_secs(60);
    assert_eq!(
        journal.follow(EntryNumber(0), long)?.entries.0,
        1,
        "at once"
    );

    let short = Duration::from_millis(30);
    let begun = Instant::now();
    assert_eq!(journal.follow(EntryNumber(1), short)?.entries.0, 1);
    assert!(begun.elapsed() >= short, "it waits as long as it was told");

    let begun = Instant::now();
    let head = thread::scope(|scope| {
        let follower = scope.spawn(|| journal.follow(EntryNumber(1), long));
        thread::sleep(short);
        append(&*journal, one(1))?;
        follower
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    assert_eq!(head, journal.head()?);
    assert_eq!(head.entries.0, 2);
    assert!(begun.elapsed() < long / 2, "an append wakes it");
    Ok(())
}
