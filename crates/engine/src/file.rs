//! Filing: a party hands in records, each is taken, known already, or refused with a reason.
//!
//! The flow. [`Envelope::read`] splits a body into objects, reads the head of each and validates it,
//! off the writer's thread. The house rules say whether what the standard forbids is refused. The writer then compares each with what is held: the same version with the same
//! bytes is unchanged, with other bytes it is refused, and everything else is new. One refusal
//! never stops the others.

mod judge;

use std::ops::Range;
use std::sync::Arc;

use legation_core::act::{Act, File, Named, Refusal};
use legation_core::house::Validation;
use legation_core::id::AreaName;
use legation_core::record::Head;
use legation_core::state::State;
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_formats::misp;
use legation_stix::{envelope, json};

use crate::admit::{Caller, staff};
use crate::dice::roll_uuid;
use crate::error::{EngineError, Fault};
use crate::imprint::Imprint;
use crate::office::Office;
use crate::recall::Calling;
use crate::writer::{Committed, Company, Pending, Plan};
use judge::{Judged, Reading, WARNINGS_MAX, judge};

pub use judge::{Submission, Warning};
pub use legation_stix::envelope::Shape;

/// What a body holds: objects to be filed and objects to be refused, each with its place.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    objects: Vec<(u32, Submission)>,
    refused: Vec<Refusal>,
    warnings: Vec<Warning>,
    warning_count: usize,
}

/// From so many bytes on a body is read by several threads: starting one costs what reading some
/// kilobytes does.
const APART_MIN: usize = 128 * 1024;

/// More threads than that wait for memory, not for each other.
const THREADS_MAX: usize = 8;

/// What became of a filing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The id under which the outcome can be asked for again.
    pub status: [u8; 16],
    /// When it was taken in.
    pub at: Instant,
    /// What is new.
    pub filed: Vec<Named>,
    /// What was there already.
    pub unchanged: Vec<Named>,
    /// What was refused.
    pub refused: Vec<Refusal>,
    /// How many of what is new are claims in the host's eyes: their objects are another's. For the
    /// office's own people.
    pub claims: usize,
    /// How many recommendations of the standard the objects of the body do not follow.
    pub warning_count: usize,
    /// The first of them.
    pub warnings: Vec<Warning>,
}

impl Envelope {
    /// Reads a TAXII envelope or a STIX bundle; where the shape is open, MISP events too, as what
    /// they are in STIX.
    ///
    /// # Errors
    /// When the body as a whole cannot be understood; single objects are refused within it.
    pub fn read(body: &[u8], shape: Shape, limit: usize) -> Result<Self, EngineError> {
        if shape == Shape::Any && misp::is_misp(body) {
            return Self::read_misp(body, limit);
        }
        if body.len() >= APART_MIN
            && let Some(read) = Self::read_apart(body, shape, limit)
        {
            return Ok(read);
        }
        let mut readings = Vec::new();
        let split = envelope::split_each(body, shape, limit, |node, start| {
            readings.push(Reading::of(node, start));
        });
        let split = split.map_err(|error| {
            let place = error.place();
            let at = format!(
                "line {}, column {}, `{}`",
                place.line, place.column, place.pointer
            );
            let fault = match error.code() {
                "stix.too-many-objects" => Fault::TooLarge,
                _ => Fault::Invalid,
            };
            EngineError::new(fault, error.code(), error.to_string()).at(at)
        })?;
        let objects = split.objects.into_iter().zip(readings).enumerate();
        Ok(Self::of(objects.map(|(index, (bytes, reading))| {
            judge(u32::try_from(index).unwrap_or(u32::MAX), bytes, reading)
        })))
    }

    /// Reads MISP events. A refusal's place counts what the body holds, an object's what it became.
    fn read_misp(body: &[u8], limit: usize) -> Result<Self, EngineError> {
        let converted = misp::convert(body).map_err(|error| {
            let place = &error.place;
            let at = format!(
                "line {}, column {}, `{}`",
                place.line, place.column, place.pointer
            );
            let fault = match error.code() {
                "misp.too-large" | "misp.too-many-events" => Fault::TooLarge,
                _ => Fault::Invalid,
            };
            EngineError::new(fault, error.code(), error.to_string()).at(at)
        })?;
        if converted.objects.len() > limit {
            let text = format!("the events become more than {limit} objects; send fewer at once");
            return Err(EngineError::new(
                Fault::TooLarge,
                "stix.too-many-objects",
                text,
            ));
        }
        let refused = converted.refused.into_iter().map(|refused| {
            Judged::refused(Refusal {
                index: refused.index,
                code: refused.code().to_owned(),
                text: refused.to_string(),
                id: refused.uuid,
                version: None,
            })
        });
        let objects = converted.objects.iter().zip(0..).map(|(bytes, index)| {
            let node =
                json::parse(bytes).map_err(|error| EngineError::internal(error.code(), error))?;
            Ok(judge(index, bytes, Reading::of(&node, 0)))
        });
        let objects: Vec<Judged> = objects.collect::<Result<_, EngineError>>()?;
        Ok(Self::of(refused.chain(objects)))
    }

    /// Reads the objects of a large body on all processors at once; nothing if anything about the
    /// body is not plain, and then the strict reader has to say what.
    fn read_apart(body: &[u8], shape: Shape, limit: usize) -> Option<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.min(THREADS_MAX);
        let share = body.len().div_ceil(threads);
        let parts = std::thread::scope(|scope| {
            let mut readers = Vec::new();
            let mut part = Vec::new();
            let mut first = 0;
            // Each part is read as soon as it is found; the last is this thread's own.
            let skeleton = envelope::outline(body, |span| {
                let is_full = span.end >= share * (readers.len() + 1);
                part.push(span);
                if is_full && readers.len() + 1 < threads {
                    let (begin, spans) = (first, std::mem::take(&mut part));
                    first += spans.len();
                    readers.push(scope.spawn(move || read_part(body, begin, &spans)));
                }
            })?;
            let split = envelope::split(&skeleton, shape, limit).ok()?;
            if split.objects.len() != first + part.len() {
                return None;
            }
            let own = read_part(body, first, &part);
            let joined = readers
                .into_iter()
                .map(|reader| reader.join().ok().flatten());
            let parts: Vec<_> = joined.chain([own]).collect();
            parts.into_iter().collect::<Option<Vec<_>>>()
        })?;
        Some(Self::of(parts.into_iter().flatten()))
    }

    fn of(judged: impl Iterator<Item = Judged>) -> Self {
        let mut read = Self::default();
        for one in judged {
            read.warning_count += one.warnings.len() + one.more_warnings;
            let room = WARNINGS_MAX - read.warnings.len().min(WARNINGS_MAX);
            read.warnings.extend(one.warnings.into_iter().take(room));
            match one.outcome {
                Ok(object) => read.objects.push(object),
                Err(refusal) => read.refused.push(refusal),
            }
        }
        read
    }

    /// Refuses what the standard forbids.
    #[must_use]
    pub fn hold_to_the_standard(mut self) -> Self {
        let objects = std::mem::take(&mut self.objects);
        for (index, mut submission) in objects {
            match submission.unsound.take() {
                Some(refusal) => self.refused.push(*refusal),
                None => self.objects.push((index, submission)),
            }
        }
        self
    }

    /// How many objects it holds, good and bad.
    pub fn len(&self) -> usize {
        self.objects.len() + self.refused.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same objects in envelopes of at most `size`, in order.
    pub fn in_parts(mut self, size: usize) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        for object in std::mem::take(&mut self.objects) {
            match parts.last_mut() {
                Some(part) if part.objects.len() < size => part.objects.push(object),
                _ => parts.push(Self {
                    objects: vec![object],
                    ..Self::default()
                }),
            }
        }
        match parts.last_mut() {
            Some(part) => {
                part.refused = self.refused;
                part.warnings = self.warnings;
                part.warning_count = self.warning_count;
            }
            None => parts.push(self),
        }
        parts
    }

    /// Whether it holds a version by which its originator revokes an object.
    fn revokes(&self) -> bool {
        self.objects.iter().any(|(_, one)| one.head.revoked)
    }

    /// The objects that can be filed: the place of each in the body, from 0, and its bytes.
    pub fn sound(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.objects
            .iter()
            .map(|(index, submission)| (*index, submission.bytes.as_ref()))
    }

    /// The objects that cannot be filed, whatever the office holds.
    pub fn refused(&self) -> &[Refusal] {
        &self.refused
    }

    /// The bytes of the objects that can be filed.
    pub fn bodies(&self) -> impl Iterator<Item = &[u8]> {
        self.objects
            .iter()
            .map(|(_, submission)| submission.bytes.as_ref())
    }
}

/// What is in a body at those places, the first of which has that number; nothing if one is no JSON,
/// which spoils the body as a whole.
fn read_part(body: &[u8], first: usize, spans: &[Range<usize>]) -> Option<Vec<Judged>> {
    let read = |(offset, span): (usize, &Range<usize>)| {
        let bytes = body.get(span.clone())?;
        let index = u32::try_from(first + offset).unwrap_or(u32::MAX);
        let node = json::parse(bytes).ok()?;
        Some(judge(index, bytes, Reading::of(&node, 0)))
    };
    spans.iter().enumerate().map(read).collect()
}

/// Whether a caller may file into an area: the host always, others where a give term in force says so.
pub(crate) fn may_file(fold: &Fold, caller: &Caller, area: &AreaName) -> bool {
    let state = fold.state();
    if !state.has_area(area) {
        return false;
    }
    let Some(party) = state.find_party(&caller.party) else {
        return false;
    };
    party.code == state.host().code
        || state
            .standing(party, fold.clock())
            .taking
            .iter()
            .any(|(_, version)| version.document.give.iter().any(|give| give.area == *area))
}

impl Office {
    /// Files the objects of an envelope for the caller's party.
    ///
    /// # Errors
    /// When the caller may not file into the area, or nothing can be written now.
    pub async fn file(
        &self,
        caller: &Caller,
        area: AreaName,
        envelope: Envelope,
    ) -> Result<Filed, EngineError> {
        if !may_file(&*self.look()?, caller, &area) {
            return Err(refuse(self, caller, &area)?);
        }
        let status = roll_uuid(self.dice.as_ref())?;
        let party = caller.clone();
        let windows = Arc::clone(&self.windows);
        // What is recalled rests on the receipts: none may come before it in the same batch.
        let company = match envelope.revokes() {
            true => Company::Alone,
            false => Company::Filing,
        };
        let strict = self.look()?.state().house.validation == Validation::Strict;
        let mut envelope = if strict {
            envelope.hold_to_the_standard()
        } else {
            envelope
        };
        let warning_count = envelope.warning_count;
        let warnings = std::mem::take(&mut envelope.warnings);
        let job = self
            .desk
            .submit(&caller.actor, company, move |fold, pending| {
                if !may_file(fold, &party, &area) {
                    return Err(EngineError::not_found());
                }
                let first = fold.state().record_count();
                let Planned {
                    act,
                    bodies,
                    imprints,
                } = plan(fold.state(), pending, &party, area, status, envelope);
                let filed = Filed {
                    status,
                    at: fold.clock(),
                    filed: act.records.iter().map(named_head).collect(),
                    unchanged: act.unchanged.clone(),
                    refused: act.refused.clone(),
                    claims: 0,
                    warning_count,
                    warnings,
                };
                let windows = &windows;
                let recalls = Calling { fold, windows }.revoke(&act);
                Ok((
                    Plan {
                        acts: std::iter::once(Act::File(act)).chain(recalls).collect(),
                        bodies,
                        imprints,
                        ..Plan::default()
                    },
                    (filed, first),
                ))
            });
        let (Committed { at, .. }, (filed, first)) = job.await?;
        let fold = self.look()?;
        let host = &fold.state().host().code;
        let claims = fold.claims_since(host, first);
        let claims = claims.filter(|claim| claim.claimant == caller.party);
        Ok(Filed {
            at,
            claims: claims.count(),
            ..filed
        })
    }

    /// The outcome of a filing, for the party that filed.
    ///
    /// # Errors
    /// When there is none of that id that the caller filed.
    pub fn status(&self, caller: &Caller, id: &[u8; 16]) -> Result<Filed, EngineError> {
        let (entry, at) = {
            let fold = self.look()?;
            let row = fold.state().status(id).ok_or_else(EngineError::not_found)?;
            if *row.originator != caller.party {
                return Err(EngineError::not_found());
            }
            (row.entry, row.at)
        };
        let entry = self.entry(entry)?;
        let Act::File(act) = entry.act else {
            return Err(EngineError::not_found());
        };
        Ok(Filed {
            status: *id,
            at,
            filed: act.records.iter().map(named_head).collect(),
            unchanged: act.unchanged,
            refused: act.refused,
            claims: 0,
            warning_count: 0,
            warnings: Vec::new(),
        })
    }
}

/// Why a caller may not file: the office's own people are told, others learn nothing.
fn refuse(office: &Office, caller: &Caller, area: &AreaName) -> Result<EngineError, EngineError> {
    if staff(caller).is_ok() && !office.look()?.state().has_area(area) {
        let text = format!("the office has no area `{area}`; the house rules may add one");
        return Ok(EngineError::new(Fault::NotFound, "file.unknown-area", text));
    }
    Ok(EngineError::not_found())
}

fn named_head(head: &Head) -> Named {
    Named {
        id: head.id.clone(),
        version: head.version,
    }
}

/// A filing with what it brings.
struct Planned {
    act: File,
    bodies: Vec<Arc<[u8]>>,
    /// Of each record of the act.
    imprints: Vec<Box<[Imprint]>>,
}

/// Compares an envelope with what is held and with what is filed in the same batch.
fn plan(
    state: &State,
    pending: &mut Pending,
    caller: &Caller,
    area: AreaName,
    status: [u8; 16],
    envelope: Envelope,
) -> Planned {
    let Envelope {
        objects, refused, ..
    } = envelope;
    let originator = caller.party.clone();
    let mut act = File {
        area,
        originator,
        status,
        records: Vec::new(),
        unchanged: Vec::new(),
        refused,
    };
    let mut bodies = Vec::with_capacity(objects.len());
    let mut told = Vec::with_capacity(objects.len());
    act.records.reserve(objects.len());
    pending.filed.reserve(objects.len());
    pending.bodies.reserve(objects.len());
    for (index, submission) in objects {
        let Submission {
            head,
            bytes,
            imprints,
            ..
        } = submission;
        let key = (
            act.area.clone(),
            act.originator.clone(),
            head.id.clone(),
            head.version,
        );
        let held = match pending.filed.get(&key) {
            Some(digest) => Some((*digest == head.digest, true)),
            None => state
                .find_record(&act.area, &act.originator, head.id.as_str(), head.version)
                .map(|held| (state.is_filed_as(held, &head.digest), state.is_alive(held))),
        };
        match held {
            Some((same, alive)) => match refusal(&head, index, same, alive) {
                Some(refusal) => act.refused.push(refusal),
                None => act.unchanged.push(named_head(&head)),
            },
            None => {
                let own = (head.id.clone(), head.version, head.digest);
                // Bytes that are held already, or come earlier in the batch, are not brought again.
                if state
                    .find_body(head.id.as_str(), head.version, &head.digest)
                    .is_none()
                    && pending.bodies.insert(own)
                {
                    bodies.push(bytes);
                }
                pending.filed.insert(key, head.digest);
                act.records.push(head);
                told.push(imprints);
            }
        }
    }
    act.refused.sort_by_key(|refusal| refusal.index);
    Planned {
        act,
        bodies,
        imprints: told,
    }
}

/// Why a version that the party filed before is not taken again; none if it is the same and alive.
fn refusal(head: &Head, index: u32, same: bool, alive: bool) -> Option<Refusal> {
    let (code, text) = if !alive {
        (
            "file.withdrawn",
            "this version was withdrawn; file a new version of the object",
        )
    } else if !same {
        (
            "file.other-bytes",
            "this version was filed before with other bytes; a change needs a new version (`modified`)",
        )
    } else {
        return None;
    };
    Some(Refusal {
        index,
        id: Some(head.id.as_str().to_owned()),
        version: head.version,
        code: code.to_owned(),
        text: text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_read_apart_is_the_same_body() {
        let object = |n: usize| {
            let filler = "x".repeat(n % 700);
            let kind = ["domain-name", "Domain Name", "indicator"][n % 3];
            format!(
                r#"{{"type":"{kind}","spec_version":"2.1","id":"{kind}--{n:08x}-0000-5000-8000-000000000001","value":"{filler}}}","x":[{{}}]}}"#
            )
        };
        let objects: Vec<String> = (0..2000).map(object).collect();
        let body = format!("{{\"objects\":[{}]}}", objects.join(", "));
        assert!(body.len() > 2 * APART_MIN);
        let apart = Envelope::read_apart(body.as_bytes(), Shape::Envelope, 5000).unwrap();
        let mut readings = Vec::new();
        let split = envelope::split_each(body.as_bytes(), Shape::Envelope, 5000, |node, start| {
            readings.push(Reading::of(node, start));
        });
        let judged = split.unwrap().objects.into_iter().zip(readings).enumerate();
        let whole =
            Envelope::of(judged.map(|(index, (bytes, one))| judge(index as u32, bytes, one)));
        assert_eq!(apart.refused, whole.refused);
        assert!(!whole.refused.is_empty() && !whole.objects.is_empty());
        let heads = |read: &Envelope| -> Vec<(u32, Head, Box<[Imprint]>)> {
            let objects = read.objects.iter();
            objects
                .map(|(index, one)| (*index, one.head.clone(), one.imprints.clone()))
                .collect()
        };
        assert_eq!(heads(&apart), heads(&whole));
        assert!(apart.bodies().eq(whole.bodies()));
        // Faults are the strict reader's to tell, where they are.
        let mut broken = body.clone().into_bytes();
        let at = broken.len() / 2;
        broken[at] = 1;
        assert!(Envelope::read_apart(&broken, Shape::Envelope, 5000).is_none());
        assert!(Envelope::read(&broken, Shape::Envelope, 5000).is_err());
        let few = Envelope::read(body.as_bytes(), Shape::Envelope, 10).unwrap_err();
        assert_eq!(few.code, "stix.too-many-objects");
    }
}
