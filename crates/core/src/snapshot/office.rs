//! Parties, accounts, agreements, receipts, recalls and the office's own work in a snapshot.
//!
//! Agreements are kept as the files that people signed and read again from those; what happened to
//! them stands beside. House rules likewise. The office's own work is kept as its entries, and folded
//! again.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::act::{Actor, Basis, Cause, Entry, Role};
use crate::agreement::document::Document;
use crate::agreement::succession::{Agreement, Signature, Suspension, Termination, Version};
use crate::house::HouseRules;
use crate::id::{
    AgreementId, AreaName, BodyNumber, ClientName, Digest, EntryNumber, PartyCode, PersonName,
    RecordId, RecordNumber,
};
use crate::party::{Key, Party, Status, Zone};
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Cell, Reader, Writer};
use crate::snapshot::column::read_cells;
use crate::snapshot::part::Source;
use crate::state::account::Accounts;
use crate::state::book::{Book, Row};
use crate::state::column::Column;
use crate::state::ledger::{Ground, Ledger};
use crate::state::{Client, Mark, Person, State, recall};
use crate::time::Instant;

type KeyRow = (String, String, Instant, Option<Instant>);
type PartyRow = (PartyCode, String, Status, Zone, Vec<KeyRow>, Instant);
type ClientRow = (PartyCode, ClientName, Digest, bool, Vec<Digest>, bool);
type PersonRow = (PartyCode, PersonName, Role, Option<Digest>, Option<Digest>);
type SignatureRow = (PartyCode, Instant, String);
type VersionRow = (Digest, Instant, Vec<SignatureRow>);
type SuspensionRow = (Instant, Option<Instant>, String);
type TerminationRow = (Instant, Instant, String);
type AgreementRow = (
    AgreementId,
    Vec<VersionRow>,
    Vec<SuspensionRow>,
    Option<TerminationRow>,
);
type GroundRow = (Actor, Vec<Basis>);
type IdentityRow = (RecordId, PartyCode, bool);
type MarkRow = (Instant, Actor);
type SentRow = (
    PartyCode,
    Vec<RecordNumber>,
    Option<MarkRow>,
    Option<MarkRow>,
);
type RecallRow = (
    EntryNumber,
    (Instant, Actor),
    (Cause, String, Instant),
    Vec<RecordNumber>,
    Vec<SentRow>,
);

pub(super) fn write(writer: &mut Writer, state: &State) {
    writer.value(&state.office);
    writer.bytes.extend_from_slice(&state.seed);
    writer.blob(state.house_text.as_bytes());
    writer.number(state.body_count().0);
    writer.number(state.next().0);
    writer.number(state.at().micros() as u64);
    let parties: Vec<PartyRow> = state.parties.iter().map(party_row).collect();
    writer.value(&parties);
    let (clients, persons) = (&state.accounts.clients, &state.accounts.persons);
    let clients: Vec<ClientRow> = clients
        .iter()
        .map(|((party, name), client)| {
            (
                party.clone(),
                name.clone(),
                client.secret,
                client.live,
                client.certificates.clone(),
                client.only_by_certificate,
            )
        })
        .collect();
    writer.value(&clients);
    let persons: Vec<PersonRow> = persons
        .iter()
        .map(|((party, name), one)| (party.clone(), name.clone(), one.role, one.link, one.token))
        .collect();
    writer.value(&persons);
    writer.count(state.files.len());
    for file in state.files.values() {
        writer.blob(file);
    }
    let agreements: Vec<AgreementRow> = state.agreements.values().map(agreement_row).collect();
    writer.value(&agreements);
    let identities: Vec<IdentityRow> = state
        .identities()
        .map(|(identity, party, granted)| (identity.clone(), party.clone(), granted))
        .collect();
    writer.value(&identities);
    let recalls: Vec<RecallRow> = state.recalls.rows.iter().map(recall_row).collect();
    writer.value(&recalls);
    writer.value(&state.affairs.entries().collect::<Vec<_>>());
    write_ledger(writer, &state.ledger);
}

fn recall_row(row: &recall::Row) -> RecallRow {
    let mark = |mark: &Mark| (mark.at, mark.actor.clone());
    let sent = row.sent.iter().map(|one| {
        (
            one.party.clone(),
            one.records.clone(),
            one.told.as_ref().map(mark),
            one.acknowledged.as_ref().map(mark),
        )
    });
    (
        row.entry,
        (row.at, row.by.clone()),
        (row.cause, row.reason.clone(), row.due),
        row.records.clone(),
        sent.collect(),
    )
}

fn recall((entry, (at, by), (cause, reason, due), records, sent): RecallRow) -> recall::Row {
    let mark = |(at, actor): MarkRow| Mark { at, actor };
    let sent = sent
        .into_iter()
        .map(|(party, records, told, acknowledged)| recall::Sent {
            party,
            records,
            told: told.map(mark),
            acknowledged: acknowledged.map(mark),
        });
    recall::Row {
        entry,
        at,
        by,
        cause,
        reason,
        due,
        records,
        sent: sent.collect(),
    }
}

fn party_row(party: &Party) -> PartyRow {
    let keys = party.keys.iter();
    let keys = keys.map(|key| {
        (
            key.line.clone(),
            key.fingerprint.clone(),
            key.added,
            key.revoked,
        )
    });
    (
        party.code.clone(),
        party.name.clone(),
        party.status,
        party.zone.clone(),
        keys.collect(),
        party.added,
    )
}

fn agreement_row(agreement: &Agreement) -> AgreementRow {
    let signature = |one: &Signature| (one.party.clone(), one.at, one.fingerprint.clone());
    let version = |version: &Version| {
        let signatures = version.signatures.iter().map(signature).collect();
        (version.digest, version.tabled, signatures)
    };
    let suspensions = agreement.suspensions().iter();
    let termination = agreement.termination();
    (
        agreement.id.clone(),
        agreement.versions.iter().map(version).collect(),
        suspensions
            .map(|one| (one.from, one.until, one.reason.clone()))
            .collect(),
        termination.map(|one| (one.given, one.effective, one.reason.clone())),
    )
}

fn write_ledger(writer: &mut Writer, ledger: &Ledger) {
    let grounds = ledger.grounds.iter();
    let grounds: Vec<GroundRow> = grounds
        .map(|ground| (ground.actor.clone(), ground.agreements.to_vec()))
        .collect();
    writer.value(&grounds);
    writer.count(ledger.books.len());
    for (area, books) in &ledger.books {
        writer.value(area);
        writer.count(books.len());
    }
}

/// How many bytes a book takes.
pub(super) fn book_size(book: &Book) -> usize {
    let size = |count: usize, cell: usize| 8 + count * cell;
    let shelves = book.shelves.iter();
    size(book.rows.len(), Row::SIZE)
        + size(book.runs.len(), 1)
        + shelves.map(|shelf| size(shelf.len(), 4)).sum::<usize>()
        + size(book.nodes.len(), <[u32; 2]>::SIZE)
}

pub(super) fn write_book(writer: &mut Writer, book: &Book) {
    writer.column(&book.rows);
    writer.column(&book.runs);
    book.shelves.iter().for_each(|shelf| writer.column(shelf));
    writer.column(&book.nodes);
}

/// Reads a book of so many bytes.
pub(super) fn read_book(length: usize, from: &mut dyn Source) -> Result<Book, SnapshotError> {
    let mut reader = BookReader { from, left: length };
    let mut book = Book {
        rows: reader.column()?,
        runs: reader.column()?,
        ..Book::default()
    };
    for shelf in &mut book.shelves {
        *shelf = reader.column()?;
    }
    book.nodes = reader.column()?;
    match reader.left {
        0 => Ok(book),
        _ => Err(SnapshotError::Unsound("a book of receipts")),
    }
}

struct BookReader<'a> {
    from: &'a mut dyn Source,
    left: usize,
}

impl BookReader<'_> {
    fn column<T: Cell>(&mut self) -> Result<Column<T>, SnapshotError> {
        let mut count = [0; 8];
        if !self.from.fill(&mut count) {
            return Err(SnapshotError::Short);
        }
        let count = usize::try_from(u64::from_le_bytes(count)).ok();
        let length = count.and_then(|count| count.checked_mul(T::SIZE));
        let left = length.and_then(|length| self.left.checked_sub(8)?.checked_sub(length));
        let (Some(length), Some(left)) = (length, left) else {
            return Err(SnapshotError::Short);
        };
        self.left = left;
        Ok(Column::of(read_cells(length, self.from, |_| {})?))
    }
}

/// Reads all of a state but its records and the books of its receipts; the recalls, which name
/// records, are to be put in when these are there.
pub(super) fn read(
    reader: &mut Reader<'_>,
) -> Result<(State, Shelving, Vec<recall::Row>), SnapshotError> {
    let office: String = reader.value()?;
    let seed = reader.take(16)?.try_into().unwrap_or_default();
    let house_text = reader.text()?.to_owned();
    let house = HouseRules::parse(house_text.as_bytes())
        .map_err(|_| SnapshotError::Unsound("the house rules"))?;
    let bodies = BodyNumber(reader.number()?);
    let next = EntryNumber(reader.number()?);
    let at = Instant::from_micros(reader.number()? as i64);
    let parties: Vec<PartyRow> = reader.value()?;
    let parties: Vec<Party> = parties.into_iter().map(party).collect();
    let clients: Vec<ClientRow> = reader.value()?;
    let persons: Vec<PersonRow> = reader.value()?;
    let mut state = State::of_parties(office, seed, (Arc::new(house), house_text), parties)
        .ok_or(SnapshotError::Unsound("the parties"))?;
    state.note_position(bodies, next, at);
    state.accounts = Accounts::of(
        clients.into_iter().map(client),
        persons.into_iter().map(person),
    );
    let mut documents = BTreeMap::new();
    for _ in 0..reader.count(8)? {
        let file = reader.blob()?;
        let document = Document::parse(file)
            .map_err(|_| SnapshotError::Unsound("the file of an agreement"))?;
        let digest = Digest::of(file);
        documents.insert(digest, Arc::new(document));
        state.files.insert(digest, file.into());
    }
    let agreements: Vec<AgreementRow> = reader.value()?;
    for row in agreements {
        let agreement = agreement(row, &documents)?;
        state.agreements.insert(agreement.id.clone(), agreement);
    }
    let identities: Vec<IdentityRow> = reader.value()?;
    state.identities = identities
        .into_iter()
        .map(|(identity, party, granted)| ((identity, party), granted))
        .collect();
    let recalls: Vec<RecallRow> = reader.value()?;
    let entries: Vec<Entry> = reader.value()?;
    for entry in &entries {
        let taken = state.affairs.apply(entry);
        taken.map_err(|_| SnapshotError::Unsound("the office's own work"))?;
    }
    let shelving = read_ledger(reader, &mut state.ledger)?;
    Ok((state, shelving, recalls.into_iter().map(recall).collect()))
}

fn party((code, name, status, zone, keys, added): PartyRow) -> Party {
    let key = |(line, fingerprint, added, revoked): KeyRow| Key {
        line,
        fingerprint,
        added,
        revoked,
    };
    Party {
        code,
        name,
        status,
        zone,
        keys: keys.into_iter().map(key).collect(),
        added,
    }
}

fn client(row: ClientRow) -> ((PartyCode, ClientName), Client) {
    let (party, name, secret, live, certificates, only_by_certificate) = row;
    let client = Client {
        secret,
        live,
        certificates,
        only_by_certificate,
    };
    ((party, name), client)
}

fn person((party, name, role, link, token): PersonRow) -> ((PartyCode, PersonName), Person) {
    ((party, name), Person { role, link, token })
}

fn agreement(
    (id, versions, suspensions, termination): AgreementRow,
    documents: &BTreeMap<Digest, Arc<Document>>,
) -> Result<Agreement, SnapshotError> {
    let signature = |(party, at, fingerprint): SignatureRow| Signature {
        party,
        at,
        fingerprint,
    };
    let version = |(digest, tabled, signatures): VersionRow| {
        let document = documents.get(&digest)?;
        Some(Version {
            document: Arc::clone(document),
            digest,
            tabled,
            signatures: signatures.into_iter().map(signature).collect(),
        })
    };
    let versions: Option<Vec<Version>> = versions.into_iter().map(version).collect();
    let versions = versions.ok_or(SnapshotError::Unsound("a version of an agreement"))?;
    let suspension = |(from, until, reason): SuspensionRow| Suspension {
        from,
        until,
        reason,
    };
    let termination = termination.map(|(given, effective, reason)| Termination {
        given,
        effective,
        reason,
    });
    let suspensions = suspensions.into_iter().map(suspension).collect();
    Ok(Agreement::of_parts(id, versions, suspensions, termination))
}

/// Reads whose receipts there are; the books themselves are parts of their own.
fn read_ledger(reader: &mut Reader<'_>, ledger: &mut Ledger) -> Result<Shelving, SnapshotError> {
    let grounds: Vec<GroundRow> = reader.value()?;
    for (actor, agreements) in grounds {
        let agreements = agreements.into();
        ledger.ground(Ground { actor, agreements });
    }
    let mut shelving = Vec::new();
    for _ in 0..reader.count(16)? {
        shelving.push((reader.value()?, reader.number()?));
    }
    Ok(Shelving(shelving))
}

/// How many books stand in each area.
#[derive(Debug)]
pub(super) struct Shelving(Vec<(AreaName, u64)>);

impl Shelving {
    /// Puts all books, in the order in which they were written, where they belong.
    pub(super) fn fill(self, books: Vec<Book>, ledger: &mut Ledger) -> Result<(), SnapshotError> {
        let wrong = SnapshotError::Unsound("the number of books");
        let mut books = books.into_iter();
        for (area, count) in self.0 {
            if count > books.len() as u64 {
                return Err(wrong);
            }
            let of_area = books.by_ref().take(count as usize).collect();
            ledger.books.insert(area, of_area);
        }
        match books.next() {
            None => Ok(()),
            Some(_) => Err(wrong),
        }
    }
}
