//! Verdicts and views in a snapshot: what parties share is written once and shared again.
//!
//! ```text
//! verdicts  by party a column of words; how classes were derived that are permitted no more
//! sights    each distinct one: released, waiting, unshown, superseded (numbers of sets)
//! tracks    each distinct one: segments, what has gone, what is away
//! parties   number of the sight, losses; by area the number of the track, and the passes
//! ```

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::derivation::Derivation;
use crate::gate::Released;
use crate::gate::permit::{Permits, Row};
use crate::id::EntryNumber;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use crate::snapshot::set::{SetReader, Sets};
use crate::state::State;
use crate::state::class::ClassNumber;
use crate::state::column::Column;
use crate::time::Instant;
use crate::view::area::{AreaView, Passes, Segment, Track};
use crate::view::sight::Sight;
use crate::view::{PartyView, Views};

/// Things of which each distinct one is written once.
#[derive(Debug)]
struct Distinct<T> {
    by_place: HashMap<*const T, u64>,
    by_bytes: HashMap<Vec<u8>, u64>,
    list: Writer,
}

impl<T> Distinct<T> {
    fn new() -> Self {
        Self {
            by_place: HashMap::new(),
            by_bytes: HashMap::new(),
            list: Writer::default(),
        }
    }

    /// The number of a thing; `write` writes it if it may be new.
    fn number(&mut self, thing: &Arc<T>, write: impl FnOnce(&mut Writer)) -> u64 {
        let place = Arc::as_ptr(thing);
        if let Some(known) = self.by_place.get(&place) {
            return *known;
        }
        let mut writer = Writer::default();
        write(&mut writer);
        let next = self.by_bytes.len() as u64;
        let number = *self
            .by_bytes
            .entry(writer.bytes)
            .or_insert_with_key(|bytes| {
                self.list.bytes.extend_from_slice(bytes);
                next
            });
        self.by_place.insert(place, number);
        number
    }

    fn write(&self, writer: &mut Writer) {
        writer.count(self.by_bytes.len());
        writer.bytes.extend_from_slice(&self.list.bytes);
    }
}

pub(super) fn write<'a>(writer: &mut Writer, sets: &mut Sets<'a>, views: &'a Views) {
    writer.count(views.permits.rows.len());
    for row in &views.permits.rows {
        writer.column(&Column::of(row.permitted.clone()));
        write_lapsed(writer, row);
    }
    let (mut sights, mut tracks) = (Distinct::new(), Distinct::new());
    let mut parties = Writer::default();
    parties.number(views.lost);
    parties.count(views.parties.len());
    for party in &views.parties {
        let sight = &*party.sight;
        parties.number(sights.number(&party.sight, |writer| {
            writer.number(sets.number(&sight.released.set));
            writer.number(sets.number(&sight.released.waiting));
            writer.number(sets.number(&sight.unshown));
            writer.number(sets.number(&sight.superseded));
        }));
        parties.number(party.losses);
        parties.number(party.lost_at);
        parties.count(party.areas.len());
        for (area, view) in &party.areas {
            parties.value(area);
            let track = &*view.track;
            parties.number(tracks.number(&view.track, |writer| write_track(writer, sets, track)));
            parties.count(view.passes.0.len());
            for (entry, date) in &view.passes.0 {
                parties.number(entry.0);
                parties.number(date.micros() as u64);
            }
        }
    }
    sights.write(writer);
    tracks.write(writer);
    writer.bytes.extend_from_slice(&parties.bytes);
}

/// ```text
/// derivations  each distinct one: agreement, properties, level or none
/// classes      number of the class, number of the derivation
/// ```
fn write_lapsed(writer: &mut Writer, row: &Row) {
    let lapsed = || row.derived.iter().filter(|(class, _)| !row.allows(**class));
    let mut distinct: BTreeMap<&Derivation, u64> = BTreeMap::new();
    for (_, derivation) in lapsed() {
        distinct.insert(derivation, 0);
    }
    writer.count(distinct.len());
    for (number, (derivation, place)) in distinct.iter_mut().enumerate() {
        *place = number as u64;
        writer.value(&derivation.agreement);
        writer.count(derivation.redact.len());
        for property in &derivation.redact {
            writer.value(property);
        }
        writer.value(&derivation.above);
    }
    writer.count(lapsed().count());
    for (class, derivation) in lapsed() {
        writer.number(u64::from(class.0));
        let number = distinct.get(&**derivation);
        writer.number(number.copied().unwrap_or_default());
    }
}

fn read_lapsed(reader: &mut Reader<'_>, row: &mut Row) -> Result<(), SnapshotError> {
    let mut derivations = Vec::new();
    for _ in 0..reader.count(24)? {
        let agreement = reader.value()?;
        let mut redact = BTreeSet::new();
        for _ in 0..reader.count(8)? {
            redact.insert(reader.value()?);
        }
        let above = reader.value()?;
        derivations.push(Arc::new(Derivation {
            agreement,
            redact,
            above,
        }));
    }
    for _ in 0..reader.count(16)? {
        let class = u32::try_from(reader.number()?).ok().map(ClassNumber);
        let derivation = shared(reader, &derivations)?;
        let class = class.filter(|class| !row.allows(*class));
        let class = class.ok_or(SnapshotError::Unsound("what was derived"))?;
        row.derived.insert(class, derivation);
    }
    Ok(())
}

fn write_track<'a>(writer: &mut Writer, sets: &mut Sets<'a>, track: &'a Track) {
    writer.count(track.segments.len());
    for segment in &track.segments {
        writer.number(u64::from(segment.late.is_some()));
        let late = segment.late.map_or(0, Instant::micros);
        writer.number(late as u64);
        writer.number(segment.first.micros() as u64);
        writer.number(segment.last.micros() as u64);
        writer.number(sets.number(&segment.members));
        writer.number(sets.number(&segment.current));
    }
    writer.count(track.gone.len());
    for (entry, set) in &track.gone {
        writer.number(entry.0);
        writer.number(sets.number(set));
    }
    writer.number(sets.number(&track.away));
}

fn instant(reader: &mut Reader<'_>) -> Result<Instant, SnapshotError> {
    Ok(Instant::from_micros(reader.number()? as i64))
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    sets: &SetReader,
    state: &State,
) -> Result<Views, SnapshotError> {
    let mut permits = Permits::default();
    for _ in 0..reader.count(8)? {
        let words = reader.column::<u64>()?;
        let mut words = words.all().to_vec();
        while words.last() == Some(&0) {
            words.pop();
        }
        // How it is derived follows from the terms.
        let mut row = Row {
            permitted: words,
            ..Row::default()
        };
        read_lapsed(reader, &mut row)?;
        permits.rows.push(row);
    }
    let mut sights = Vec::new();
    for _ in 0..reader.count(32)? {
        sights.push(Arc::new(Sight {
            released: Released {
                set: sets.next(reader)?.clone(),
                waiting: sets.next(reader)?.clone(),
            },
            unshown: sets.next(reader)?.clone(),
            superseded: sets.next(reader)?.clone(),
        }));
    }
    let mut tracks = Vec::new();
    for _ in 0..reader.count(24)? {
        tracks.push(Arc::new(read_track(reader, sets)?));
    }
    let lost = reader.number()?;
    let mut parties = Vec::new();
    for _ in 0..reader.count(32)? {
        parties.push(read_party(reader, &sights, &tracks)?);
    }
    if parties.len() != state.parties.len() || permits.rows.len() > parties.len() {
        return Err(SnapshotError::Unsound("the views"));
    }
    Ok(Views::of_parts(permits, parties, lost))
}

fn read_party(
    reader: &mut Reader<'_>,
    sights: &[Arc<Sight>],
    tracks: &[Arc<Track>],
) -> Result<PartyView, SnapshotError> {
    let sight = shared(reader, sights)?;
    let mut party = PartyView {
        sight,
        losses: reader.number()?,
        lost_at: reader.number()?,
        ..PartyView::default()
    };
    for _ in 0..reader.count(25)? {
        let area = reader.value()?;
        let track = shared(reader, tracks)?;
        let mut passes = Passes::default();
        for _ in 0..reader.count(16)? {
            let entry = EntryNumber(reader.number()?);
            passes.0.push((entry, instant(reader)?));
        }
        party.areas.insert(area, AreaView { track, passes });
    }
    Ok(party)
}

fn shared<T>(reader: &mut Reader<'_>, all: &[Arc<T>]) -> Result<Arc<T>, SnapshotError> {
    let number = usize::try_from(reader.number()?).ok();
    number
        .and_then(|number| all.get(number))
        .map(Arc::clone)
        .ok_or(SnapshotError::Unsound("the number of a view"))
}

fn read_track(reader: &mut Reader<'_>, sets: &SetReader) -> Result<Track, SnapshotError> {
    let mut track = Track::default();
    for _ in 0..reader.count(48)? {
        let is_late = reader.number()? == 1;
        let late = instant(reader)?;
        let (first, last) = (instant(reader)?, instant(reader)?);
        let (members, current) = (sets.next(reader)?, sets.next(reader)?);
        let same = std::ptr::eq(members, current);
        let members: Arc<RoaringBitmap> = Arc::new(members.clone());
        let current = match same {
            true => Arc::clone(&members),
            false => Arc::new(current.clone()),
        };
        track.segments.push(Segment {
            late: is_late.then_some(late),
            members,
            current,
            first,
            last,
        });
    }
    for _ in 0..reader.count(16)? {
        let entry = EntryNumber(reader.number()?);
        track.gone.push((entry, sets.next(reader)?.clone()));
    }
    track.away = sets.next(reader)?.clone();
    Ok(track)
}
