//! The checks of what can change: rows, the whole index, erased bodies.
//!
//! Not here: entries, which never change (`order`).

use std::ops::ControlFlow;

use legation_core::id::BodyNumber;

use super::Home;
use super::look::{append, code, read_bodies, read_leaves, read_rows};
use super::sample::{Dice, body, entry, row};
use crate::journal::{Batch, JournalError};

pub(super) fn rows(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let batch = Batch {
        rows: vec![
            row("b/2", "two"),
            row("b/10", "ten"),
            row("a", "first"),
            row("c", "x"),
            row("a", "last"),
            row("b\u{ff}", ""),
        ],
        ..Batch::default()
    };
    let head = append(&*journal, batch)?;
    assert_eq!(head.entries.0, 0, "rows alone are no entry");
    let last = [row("b/10", "ten"), row("b/2", "two")];
    assert_eq!(read_rows(&*journal, b"b/")?, last);
    assert_eq!(read_rows(&*journal, b"d")?, []);
    assert_eq!(read_rows(&*journal, &[b'k'; 600])?, []);
    assert_eq!(journal.row(b"a")?, Some(b"last".to_vec()), "the later wins");
    assert_eq!(journal.row(b"b")?, None);
    assert_eq!(journal.row(&[b'k'; 600])?, None);

    let batch = Batch {
        rows: vec![row("a", "again")],
        ..Batch::default()
    };
    append(&*journal, batch)?;
    assert_eq!(journal.row(b"a")?, Some(b"again".to_vec()));
    let keys: Vec<_> = (read_rows(&*journal, b"")?.into_iter())
        .map(|row| row.key)
        .collect();
    let expected = ["a", "b/10", "b/2", "b\u{ff}", "c"];
    assert_eq!(keys, expected.map(|k| k.as_bytes().to_vec()));

    let batch = Batch {
        gone: ["c", "none", "a", "a"]
            .map(|key| key.as_bytes().to_vec())
            .to_vec(),
        rows: vec![row("a", "anew")],
        ..Batch::default()
    };
    append(&*journal, batch)?;
    assert_eq!(
        journal.row(b"a")?,
        Some(b"anew".to_vec()),
        "rows come after what goes"
    );
    assert_eq!(journal.row(b"c")?, None);
    let batch = Batch {
        gone: vec![Vec::new()],
        ..Batch::default()
    };
    assert_eq!(code(append(&*journal, batch)), "journal.row-key");

    let mut seen = 0;
    journal.rows(b"b", &mut |_, _| {
        seen += 1;
        ControlFlow::Break(())
    })?;
    assert_eq!(seen, 1, "until the visitor breaks");
    Ok(())
}

pub(super) fn rebuild(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let batch = Batch {
        entries: vec![entry(0)],
        rows: vec![row("old", "1"), row("both", "1")],
        ..Batch::default()
    };
    let head = append(&*journal, batch)?;
    let bad = [row("new", "2"), row("", "2")];
    let refused = journal.rebuild_rows(&mut bad.into_iter());
    assert_eq!(code(refused), "journal.row-key");
    assert_eq!(journal.row(b"old")?, Some(b"1".to_vec()), "nothing is lost");

    // A rebuild folds the journal that it writes to, so it reads while it writes.
    let good = [row("new", "2"), row("both", "2")];
    let mut reading = good.iter().cloned().inspect(|_| {
        assert_eq!(read_leaves(&*journal, 0).map_or(0, |l| l.len()), 1);
    });
    journal.rebuild_rows(&mut reading)?;
    let expected = [row("both", "2"), row("new", "2")];
    assert_eq!(read_rows(&*journal, b"")?, expected);
    assert_eq!(journal.head()?, head);
    Ok(())
}

pub(super) fn erase(home: &mut dyn Home) -> Result<(), JournalError> {
    let journal = home.fresh()?;
    let batch = Batch {
        bodies: (0..4).map(body).collect(),
        erase: vec![BodyNumber(3)],
        ..Batch::default()
    };
    append(&*journal, batch)?;
    let batch = Batch {
        entries: vec![entry(0)],
        erase: vec![BodyNumber(1), BodyNumber(3), BodyNumber(1)],
        ..Batch::default()
    };
    append(&*journal, batch)?;
    // The last body is erased; its number is not given again.
    let batch = Batch {
        bodies: vec![body(4)],
        ..Batch::default()
    };
    assert_eq!(append(&*journal, batch)?.bodies.0, 5);
    let kept = |n| Some(body(n).to_vec());
    let found = read_bodies(&*journal, &[0, 1, 2, 3, 4])?;
    assert_eq!(found, [kept(0), None, kept(2), None, kept(4)]);
    Ok(())
}

/// Random batches, from one short body to many and long ones, with erasures everywhere, beside a
/// plain list. Homes may keep bodies together as they like; nothing of that is to be seen.
pub(super) fn model(home: &mut dyn Home) -> Result<(), JournalError> {
    let mut dice = Dice(17);
    for _ in 0..4 {
        let mut journal = home.fresh()?;
        let mut kept: Vec<Option<Vec<u8>>> = Vec::new();
        for _ in 0..60 {
            let count = match dice.roll(6) {
                0 => 0,
                1..=3 => 1,
                4 => dice.roll(20),
                _ => dice.roll(120),
            };
            let short = dice.roll(2) == 0;
            let bodies = kept.len() as u64..kept.len() as u64 + count;
            let bodies: Vec<_> = bodies
                .map(|n| {
                    let long = body(n);
                    let most = if short { 40 } else { long.len() };
                    long.get(..most).map_or(long.clone(), Into::into)
                })
                .collect();
            kept.extend(bodies.iter().map(|body| Some(body.to_vec())));
            let all = kept.len() as u64;
            let mut erase = Vec::new();
            if all > 0 && dice.roll(3) == 0 {
                let from = dice.roll(all);
                let most = if dice.roll(4) == 0 { 200 } else { 3 };
                let to = all.min(from + 1 + dice.roll(most));
                erase.extend((from..to).rev());
                erase.extend((0..dice.roll(4)).map(|_| all - 1 - dice.roll(all.min(9))));
            }
            for number in &erase {
                if let Some(body) = kept.get_mut(*number as usize) {
                    *body = None;
                }
            }
            let erase = erase.into_iter().map(BodyNumber).collect();
            let batch = Batch {
                bodies,
                erase,
                ..Batch::default()
            };
            let head = append(&*journal, batch)?;
            assert_eq!(head.bodies.0, all, "numbers are never given again");
            if dice.roll(20) == 0 {
                journal = home.reopen(journal)?;
            }
        }
        let all: Vec<u64> = (0..kept.len() as u64).collect();
        assert_eq!(read_bodies(&*journal, &all)?, kept, "all of them, in order");
        let some: Vec<u64> = (0..500).map(|_| dice.roll(all.len() as u64 + 5)).collect();
        let expected = |n: &u64| kept.get(*n as usize).cloned().flatten();
        let expected: Vec<_> = some.iter().map(expected).collect();
        assert_eq!(read_bodies(&*journal, &some)?, expected, "some, anyhow");
    }
    Ok(())
}
