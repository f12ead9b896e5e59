//! Verifying a journal offline: everything that can be recomputed is recomputed and compared.
//!
//! Entries: numbers, links, commitments. Log: the tree over the leaves, its tiles, the signed
//! checkpoint. Bodies: their digests, or an act that erased them. Tables: a fold from zero against
//! the index and the snapshot. Needs the directory and the public key only.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::Path;

use legation_core::act::{Act, Entry};
use legation_core::entry::{GENESIS, commitment};
use legation_core::id::{BodyNumber, Digest, EntryNumber, RecordNumber};
use legation_core::view::Fold;
use legation_journal::{Journal, JournalError, LmdbJournal};
use legation_tree::{Appender, Checkpoint, NoteVerifier, TileId};

use crate::audit::leaf;
use crate::error::{EngineError, Fault};
use crate::imprint;
use crate::index::rows;
use crate::snapshot::kept_snapshot;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Entries read.
    pub entries: u64,
    /// Bodies compared with their digests.
    pub bodies: u64,
    /// Bodies that are gone, by an act that says so.
    pub erased: u64,
    /// Rows of the index compared.
    pub rows: u64,
    /// Tiles of the log compared.
    pub tiles: u64,
    /// The root of the log, base64.
    pub root: String,
    /// Everything that is wrong, each in a sentence; empty means sound.
    pub faults: Vec<String>,
}

/// At most so many faults are told: a broken journal is broken.
const FAULTS_MAX: usize = 20;

/// Bodies read in one transaction.
const BODIES_AT_ONCE: usize = 1024;

/// Verifies the journal under `dir`, whose checkpoints the key signs. `progress` is told how many
/// entries are done and how many there are.
///
/// # Errors
/// When the journal cannot be opened or read at all; whatever is wrong inside is a finding.
pub fn verify(
    dir: &Path,
    log_key: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Findings, EngineError> {
    let journal = LmdbJournal::open_read_only(&dir.join("journal"))?;
    let head = journal.head()?;
    let mut check = Check {
        kept: kept_snapshot(dir, &journal)?,
        has_values: imprint::is_current(&journal)?,
        ..Check::default()
    };
    let read = journal.read(EntryNumber(0), &mut |number, frame, nonce| {
        check.entry(number, frame, nonce);
        if number.0.is_multiple_of(1024) {
            progress(number.0, head.entries.0);
        }
        if check.findings.faults.len() < FAULTS_MAX {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    check.take_damage("entries", read)?;
    progress(head.entries.0, head.entries.0);
    check.log(&journal, &head, log_key)?;
    check.bodies(&journal)?;
    check.index(&journal)?;
    check.findings.faults.truncate(FAULTS_MAX);
    Ok(check.findings)
}

#[derive(Default)]
struct Check {
    // What the snapshot beside the journal says, until the entries that it is of are folded.
    kept: Option<(EntryNumber, Vec<u8>)>,
    findings: Findings,
    fold: Option<Fold>,
    link: Option<Digest>,
    tree: Appender,
    tiles: BTreeMap<TileId, Vec<u8>>,
    rows: Vec<Vec<u8>>,
    digests: HashMap<BodyNumber, Digest>,
    // Which records have which body, and the keys of the values in them.
    holders: Vec<(BodyNumber, RecordNumber)>,
    values: Vec<[u8; imprint::KEY]>,
    // Whether the journal has the index of values as it is made now.
    has_values: bool,
    erased: HashSet<BodyNumber>,
}

impl Check {
    fn fault(&mut self, text: String) {
        if self.findings.faults.len() < FAULTS_MAX {
            self.findings.faults.push(text);
        }
    }

    /// Notes damage as a fault; what else keeps the journal from being read is an error.
    fn take_damage(
        &mut self,
        what: &str,
        read: Result<(), JournalError>,
    ) -> Result<(), EngineError> {
        match read {
            Err(error @ JournalError::Damaged { .. }) => {
                self.fault(format!("{what} cannot be read: {error}"));
                Ok(())
            }
            read => Ok(read?),
        }
    }

    fn entry(&mut self, number: EntryNumber, frame: &[u8], nonce: &[u8; 32]) {
        if number.0 != self.findings.entries {
            self.fault(format!(
                "entry {number} stands where entry {} should",
                self.findings.entries
            ));
        }
        self.findings.entries += 1;
        self.tree.append(leaf(nonce, frame));
        if self.findings.entries.is_multiple_of(4096) {
            self.tiles.extend(self.tree.take_dirty_tiles());
        }
        let link = self
            .link
            .replace(commitment(nonce, frame))
            .unwrap_or(GENESIS);
        let entry = match Entry::decode(frame) {
            Ok(entry) => entry,
            Err(error) => return self.fault(format!("entry {number}: {error}")),
        };
        if entry.number != number {
            self.fault(format!(
                "entry {number} says that it is entry {}",
                entry.number
            ));
        }
        if entry.link != link {
            self.fault(format!(
                "entry {number} does not link to the entry before it"
            ));
        }
        let folded = match &mut self.fold {
            None => Fold::open(&entry).map(|fold| self.fold = Some(fold)),
            Some(fold) => {
                let keys = rows(&entry, fold.state()).into_iter().map(|row| row.key);
                self.rows.extend(keys);
                fold.apply(&entry)
            }
        };
        self.note_bodies(&entry);
        self.compare_snapshot(number);
        if let Err(error) = folded {
            self.fault(format!("entry {number} cannot be folded: {error}"));
        }
    }

    /// Holds the snapshot against the fold, once this is as far as that.
    fn compare_snapshot(&mut self, number: EntryNumber) {
        let Some((_, saved)) = self.kept.take_if(|(entries, _)| entries.0 == number.0 + 1) else {
            return;
        };
        let same = self.fold.as_ref().is_some_and(|fold| {
            Fold::load(&saved).is_ok_and(|loaded| {
                let mut fold = fold.clone();
                fold.advance(loaded.clock());
                fold.save() == saved
            })
        });
        if !same {
            let text = "the snapshot is not what the entries come to; stop the office, delete the \
                        file `snapshot` and start again";
            self.fault(text.to_owned());
        }
    }

    /// Notes which bytes a filing brought and which an erasure took, where the fold has them.
    fn note_bodies(&mut self, entry: &Entry) {
        let Some(fold) = &self.fold else { return };
        let state = fold.state();
        match &entry.act {
            Act::File(file) => {
                let count = state.record_count();
                let first = count
                    - u32::try_from(file.records.len())
                        .unwrap_or(count)
                        .min(count);
                for (record, head) in (first..count).map(RecordNumber).zip(&file.records) {
                    let body = state.record_body(record);
                    self.digests.extend(body.map(|body| (body, head.digest)));
                    if self.has_values {
                        self.holders.extend(body.map(|body| (body, record)));
                    }
                }
            }
            Act::Erase(act) => {
                self.erased
                    .extend(act.records.iter().filter_map(|&r| state.record_body(r)));
            }
            _ => {}
        }
    }

    fn log(
        &mut self,
        journal: &dyn Journal,
        head: &legation_journal::Head,
        log_key: &str,
    ) -> Result<(), EngineError> {
        let root = self.tree.root();
        self.findings.root = root.to_string();
        let bodies = self.fold.as_ref().map(|fold| fold.state().body_count());
        if bodies.is_some_and(|bodies| bodies != head.bodies) {
            self.fault("the journal holds more or fewer bodies than its entries bring".to_owned());
        }
        if self.findings.entries != head.entries.0 {
            let text = format!(
                "the journal says {} entries, {} are there",
                head.entries, self.findings.entries
            );
            self.fault(text);
        }
        if root != head.root {
            self.fault("the root of the log is not that of the entries".to_owned());
        }
        self.tiles.extend(self.tree.take_dirty_tiles());
        for (id, wanted) in std::mem::take(&mut self.tiles) {
            self.findings.tiles += 1;
            if journal.tile(id.level, id.index)?.as_ref() != Some(&wanted) {
                self.fault(format!(
                    "tile {} of level {} is not that of the entries",
                    id.index, id.level
                ));
            }
        }
        let key = NoteVerifier::parse(log_key).map_err(|error| {
            EngineError::new(Fault::Invalid, "verify.log-key", error.to_string())
        })?;
        let text = head.checkpoint.clone().unwrap_or_default();
        match Checkpoint::parse_and_verify(&text, &[key]) {
            Ok(signed) => {
                let checkpoint = signed.checkpoint;
                if checkpoint.size() != head.entries.0 || checkpoint.root() != root {
                    self.fault("the checkpoint is not of these entries".to_owned());
                }
            }
            Err(error) => self.fault(format!("the checkpoint does not verify: {error}")),
        }
        Ok(())
    }

    fn bodies(&mut self, journal: &dyn Journal) -> Result<(), EngineError> {
        let mut numbers: Vec<(BodyNumber, Digest)> = self.digests.drain().collect();
        numbers.sort_unstable();
        let mut holders = std::mem::take(&mut self.holders);
        holders.sort_unstable();
        let holders_of = |body: BodyNumber| {
            let start = holders.partition_point(|(number, _)| *number < body);
            let rest = holders.get(start..).unwrap_or_default().iter();
            rest.take_while(move |(number, _)| *number == body)
                .map(|(_, record)| *record)
        };
        for chunk in numbers.chunks(BODIES_AT_ONCE) {
            let wanted: Vec<BodyNumber> = chunk.iter().map(|(number, _)| *number).collect();
            let mut faults = Vec::new();
            let values = &mut self.values;
            let (mut sound, mut erased) = (0, 0);
            let read = journal.bodies(&wanted, &mut |place, bytes| {
                let Some((number, digest)) = chunk.get(place) else {
                    return;
                };
                match bytes {
                    Some(bytes) if Digest::of(bytes) == *digest => {
                        sound += 1;
                        let mut records = holders_of(*number).peekable();
                        if records.peek().is_some() {
                            let imprints = imprint::imprints_of(bytes);
                            for record in records {
                                values.extend(imprint::keys(record, &imprints));
                            }
                        }
                    }
                    Some(_) => {
                        faults.push(format!("body {number} has other bytes than were filed"));
                    }
                    None if self.erased.contains(number) => erased += 1,
                    None => faults.push(format!("body {number} is missing, and no act erased it")),
                }
            });
            self.take_damage("bodies", read)?;
            self.findings.bodies += sound;
            self.findings.erased += erased;
            faults.into_iter().for_each(|fault| self.fault(fault));
        }
        Ok(())
    }

    fn index(&mut self, journal: &dyn Journal) -> Result<(), EngineError> {
        let mut wanted = std::mem::take(&mut self.rows);
        wanted.sort_unstable();
        wanted.dedup();
        let mut values = std::mem::take(&mut self.values);
        values.sort_unstable();
        let version = self.has_values.then(imprint::version_row);
        // The index of values comes behind the other by its keys.
        let mut wanted = wanted
            .iter()
            .map(|key| (key.as_slice(), &[][..]))
            .chain(values.iter().map(|key| (key.as_slice(), &[][..])))
            .chain(version.iter().map(|row| (&row.key[..], &row.value[..])));
        let mut matched = 0;
        let mut differs = None;
        let has_values = self.has_values;
        journal.rows(&[], &mut |key, value| {
            if !has_values && imprint::is_own(key) {
                // Rows by other rules count for nothing; the office builds them anew.
                return ControlFlow::Continue(());
            }
            if wanted.next() == Some((key, value)) {
                matched += 1;
                ControlFlow::Continue(())
            } else {
                differs = Some(key.escape_ascii().to_string());
                ControlFlow::Break(())
            }
        })?;
        self.findings.rows = matched;
        if let Some(key) = differs {
            self.fault(format!(
                "the index has a row `{key}` that the entries do not give"
            ));
        } else if wanted.next().is_some() {
            self.fault("the index lacks rows that the entries give".to_owned());
        }
        Ok(())
    }
}
