//! The ledger of what was said in public: recording, correcting and retracting, timelines, and what
//! each point comes to.
//!
//! The office's own people keep it. A party reads what was said about what it may see itself
//! ([`seen_since`]); where a statement came from, its evidence and who recorded it are told to nobody
//! but the office's own people.

use legation_core::act::{
    Act, Actor, Evidence, Link, RecordStatement, RetractStatement, Saying, StatementAct,
    StatementSubject,
};
use legation_core::affairs::statement::point::{AsOf, Standing, Voice, counting, points};
use legation_core::affairs::statement::sight::{Reader, is_seen_by, seen_since};
use legation_core::affairs::statement::{
    Statement, StatementError, Statements, check_reason, check_record,
};
use legation_core::id::{EntryNumber, PartyCode, ProposalId, Slug, StatementId};
use legation_core::state::State;
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_formats::press;
use legation_formats::press::propose::is_state;

use crate::admit::{Caller, staff};
use crate::dice::{Dice, roll};
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::writer::{Company, Plan};

/// A statement to be recorded.
#[derive(Clone, Debug)]
pub struct NewStatement {
    /// Its id; the office makes one when it is left out.
    pub id: Option<StatementId>,
    /// What was said.
    pub saying: Saying,
    /// Where it can be read.
    pub evidence: Vec<Evidence>,
    /// The earlier statement that the speaker puts right with it.
    pub corrects: Option<StatementId>,
}

/// What the office recorded wrongly, as it should be; what is left out stays as it was.
#[derive(Clone, Debug, Default)]
pub struct StatementChanges {
    /// Which point it is about.
    pub point: Option<Slug>,
    /// How the speaker stands to it.
    pub stance: Option<legation_core::act::Stance>,
    /// The speaker's name.
    pub name: Option<String>,
    /// The speaker's role.
    pub role: Option<String>,
    /// The speaker's party.
    pub party: Option<PartyCode>,
    /// When it was said.
    pub said: Option<Instant>,
    /// Where.
    pub place: Option<String>,
    /// Whether the text is the speaker's own words.
    pub quoted: Option<bool>,
    /// What was said.
    pub text: Option<String>,
    /// How it came here.
    pub sources: Option<Vec<legation_core::act::SourceLink>>,
}

impl StatementChanges {
    pub(crate) fn apply(self, saying: &mut Saying) {
        fn put<T>(place: &mut T, new: Option<T>) {
            if let Some(new) = new {
                *place = new;
            }
        }
        put(&mut saying.point, self.point);
        put(&mut saying.stance, self.stance);
        put(&mut saying.said, self.said);
        put(&mut saying.place, self.place);
        put(&mut saying.quoted, self.quoted);
        put(&mut saying.text, self.text);
        put(&mut saying.sources, self.sources);
        let speaker = &mut saying.speaker;
        speaker.name = self.name.or_else(|| speaker.name.take());
        speaker.role = self.role.or_else(|| speaker.role.take());
        speaker.party = self.party.or_else(|| speaker.party.take());
    }
}

/// A statement as somebody is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementView {
    /// Its id.
    pub id: StatementId,
    /// When it was recorded.
    pub recorded: Instant,
    /// What was said.
    pub saying: Saying,
    /// What it has to do with an earlier one that the reader is shown.
    pub link: Option<Link>,
    /// The statement that was recorded in its place.
    pub replaced: Option<StatementId>,
    /// When it was retracted.
    pub retracted: Option<Instant>,
    /// For the office's own people.
    pub inside: Option<StatementInside>,
}

/// What only the office's own people are told of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementInside {
    /// The entry that recorded it.
    pub entry: EntryNumber,
    /// Who recorded it.
    pub by: Actor,
    /// Where it can be read.
    pub evidence: Vec<Evidence>,
    /// The proposal that it comes from.
    pub proposal: Option<ProposalId>,
    /// Why it was retracted.
    pub reason: Option<String>,
}

/// Which statements are asked for.
#[derive(Clone, Debug, Default)]
pub struct StatementQuery {
    /// Only about that.
    pub subject: Option<StatementSubject>,
    /// Only by that party.
    pub party: Option<PartyCode>,
    /// Only of that stance.
    pub stance: Option<legation_core::act::Stance>,
    /// Only those that come after this one in the list.
    pub after: Option<StatementId>,
    /// At most so many.
    pub limit: usize,
}

/// Some statements, by when they were said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementPage {
    /// The statements.
    pub statements: Vec<StatementView>,
    /// Whether more follow.
    pub more: bool,
}

/// A subject in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectRow {
    /// Which.
    pub subject: StatementSubject,
    /// How many statements about it the reader is shown.
    pub statements: usize,
    /// When the last of them was said.
    pub last: Option<Instant>,
}

/// The page of a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectView {
    /// Which.
    pub subject: StatementSubject,
    /// As of when.
    pub as_of: AsOf,
    /// What each point comes to.
    pub points: Vec<PointView>,
    /// What counts, in the order in which it was said.
    pub timeline: Vec<StatementView>,
    /// What no longer counts or did not yet: replaced, retracted, corrected.
    pub struck: Vec<StatementView>,
}

/// What a point comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PointView {
    /// Which.
    pub name: Slug,
    /// What it comes to; none if all was taken back.
    pub standing: Option<Standing>,
    /// Who said what last: the voice, its newest statement, and the one that binds it.
    pub heard: Vec<(Voice, StatementId, StatementId)>,
}

impl From<StatementError> for EngineError {
    fn from(error: StatementError) -> Self {
        let fault = match error {
            StatementError::Gone(_) | StatementError::AliasTaken(_) => Fault::Conflict,
            StatementError::TooLong {
                what: "article", ..
            } => Fault::TooLarge,
            _ => Fault::Invalid,
        };
        Self::new(fault, error.code(), error.to_string())
    }
}

/// A random name: eight letters and digits, so that it tells neither how many there are nor whose.
pub(crate) fn roll_name(dice: &dyn Dice, area: &str) -> Result<String, EngineError> {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bytes = roll::<8>(dice)?;
    let digits = bytes.iter().filter_map(|byte| {
        let digit = DIGITS.get(usize::from(byte % 32));
        digit.map(|digit| *digit as char)
    });
    Ok(format!("{area}-{}", digits.collect::<String>()))
}

fn roll_id(dice: &dyn Dice) -> Result<StatementId, EngineError> {
    let id = roll_name(dice, "statement")?.parse();
    id.map_err(|error| EngineError::internal("engine.broken", error))
}

pub(crate) fn plan(acts: Vec<StatementAct>) -> Plan {
    Plan {
        acts: acts.into_iter().map(Act::Statement).collect(),
        ..Plan::default()
    }
}

fn reader<'a>(state: &State, caller: &'a Caller) -> Reader<'a> {
    Reader {
        party: &caller.party,
        status: state.find_party(&caller.party).map(|party| party.status),
        staff: staff(caller).is_ok(),
    }
}

/// Refuses a code that nobody has.
pub(crate) fn check_party(state: &State, party: Option<&PartyCode>) -> Result<(), EngineError> {
    match party {
        Some(code) if state.find_party(code).is_none() && !is_state(code) => {
            let text = format!(
                "`{code}` is neither a party of the office nor the ISO 3166-1 alpha-3 code of a state"
            );
            let code = "statement.unknown-party";
            Err(EngineError::new(Fault::Invalid, code, text))
        }
        _ => Ok(()),
    }
}

/// Refuses a subject that is not there.
pub(crate) fn check_subject(state: &State, subject: &StatementSubject) -> Result<(), EngineError> {
    let affairs = state.affairs();
    let is_there = match subject {
        StatementSubject::Office(id) => affairs.liaison.get(id).is_some(),
        StatementSubject::Decision(id) => affairs.decisions.get(id).is_some(),
        StatementSubject::Agreement(id) => state.agreement(id).is_some(),
        _ => true,
    };
    match is_there {
        true => Ok(()),
        false => {
            let text = format!("there is no `{subject}` that something could be said about");
            let code = "statement.unknown-subject";
            Err(EngineError::new(Fault::Invalid, code, text))
        }
    }
}

/// Refuses evidence that does not stand where it is said to.
fn check_evidence(known: &Statements, evidence: &[Evidence]) -> Result<(), EngineError> {
    for one in evidence {
        let article = known.article(&one.article).ok_or_else(|| {
            let text = format!("no article `{}` is filed", one.article);
            EngineError::new(Fault::Invalid, "statement.unknown-article", text)
        })?;
        let read = press::read(article.bytes.as_bytes()).ok();
        let stands = read.is_some_and(|read| read.body().contains(&one.sentence));
        if !stands || one.sentence.trim().is_empty() {
            let text = format!("`{}` does not stand in that article", one.sentence);
            let code = "statement.not-in-article";
            return Err(EngineError::new(Fault::Invalid, code, text));
        }
    }
    Ok(())
}

/// The plan that records a statement.
pub(crate) fn recording(
    fold: &Fold,
    act: RecordStatement,
) -> Result<(Plan, StatementId), EngineError> {
    let state = fold.state();
    let known = &state.affairs().statements;
    check_record(known, &act, fold.clock())?;
    check_subject(state, &act.saying.subject)?;
    check_party(state, act.saying.speaker.party.as_ref())?;
    if known.get(&act.id).is_some() {
        let text = format!("a statement `{}` is recorded already", act.id);
        return Err(EngineError::new(Fault::Conflict, "statement.exists", text));
    }
    let id = act.id.clone();
    Ok((plan(vec![StatementAct::Record(act)]), id))
}

impl Office {
    /// Puts a statement on the record.
    ///
    /// # Errors
    /// When the caller may not, or something of it cannot be.
    pub async fn record_statement(
        &self,
        caller: &Caller,
        new: NewStatement,
    ) -> Result<StatementView, EngineError> {
        staff(caller)?;
        let made = roll_id(self.dice.as_ref())?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                check_evidence(&fold.state().affairs().statements, &new.evidence)?;
                let act = RecordStatement {
                    id: new.id.unwrap_or(made),
                    saying: new.saying,
                    evidence: new.evidence,
                    link: new.corrects.map(Link::Corrects),
                    proposal: None,
                };
                recording(fold, act)
            });
        let (_, id) = job.await?;
        self.statement(caller, &id)
    }

    /// Records anew what the office had recorded wrongly; the first record stays, and says so.
    ///
    /// # Errors
    /// When the caller may not, there is no such statement, or it no longer counts.
    pub async fn correct_statement(
        &self,
        caller: &Caller,
        id: StatementId,
        changes: StatementChanges,
    ) -> Result<StatementView, EngineError> {
        staff(caller)?;
        let made = roll_id(self.dice.as_ref())?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let known = &fold.state().affairs().statements;
                let earlier = known.get(&id).ok_or_else(EngineError::not_found)?;
                let mut saying = earlier.saying.clone();
                changes.apply(&mut saying);
                let act = RecordStatement {
                    id: made,
                    saying,
                    evidence: earlier.evidence.clone(),
                    link: Some(Link::Replaces(id)),
                    proposal: None,
                };
                recording(fold, act)
            });
        let (_, id) = job.await?;
        self.statement(caller, &id)
    }

    /// Says that a statement should never have been recorded; it stays, and says so.
    ///
    /// # Errors
    /// When the caller may not, there is no such statement, or it no longer counts.
    pub async fn retract_statement(
        &self,
        caller: &Caller,
        id: StatementId,
        reason: String,
    ) -> Result<StatementView, EngineError> {
        staff(caller)?;
        check_reason(&reason)?;
        let which = id.clone();
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let known = fold.state().affairs().statements.get(&which);
                let known = known.ok_or_else(EngineError::not_found)?;
                if known.replaced.is_some() || known.retracted.is_some() {
                    return Err(StatementError::Gone(which).into());
                }
                let act = RetractStatement { id: which, reason };
                Ok((plan(vec![StatementAct::Retract(act)]), ()))
            });
        job.await?;
        self.statement(caller, &id)
    }

    /// A statement.
    ///
    /// # Errors
    /// When there is none that the caller may see.
    pub fn statement(
        &self,
        caller: &Caller,
        id: &StatementId,
    ) -> Result<StatementView, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let reader = reader(state, caller);
        let one = state.affairs().statements.get(id);
        let one = one.filter(|one| is_seen_by(state, one, reader, now));
        let one = one.ok_or_else(EngineError::not_found)?;
        Ok(show(state, one, reader, now))
    }

    /// The statements that the caller may see, by when they were said.
    ///
    /// # Errors
    /// When the caller names a statement that it may not see.
    pub fn statements(
        &self,
        caller: &Caller,
        query: &StatementQuery,
    ) -> Result<StatementPage, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let reader = reader(state, caller);
        let seen = |one: &&Statement| is_seen_by(state, one, reader, now);
        let all = &state.affairs().statements;
        let after = match &query.after {
            None => None,
            Some(id) => {
                let one = all.get(id).filter(seen);
                Some(one.ok_or_else(EngineError::not_found)?.turn())
            }
        };
        let fits = |one: &&Statement| {
            let saying = &one.saying;
            query
                .subject
                .as_ref()
                .is_none_or(|subject| saying.subject == *subject)
                && query.stance.is_none_or(|stance| saying.stance == stance)
                && (query.party.is_none() || saying.speaker.party == query.party)
                && after.is_none_or(|after| one.turn() > after)
        };
        let mut found: Vec<&Statement> = all.all().filter(fits).filter(seen).collect();
        found.sort_by_key(|one| one.turn());
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        Ok(StatementPage {
            statements: found
                .into_iter()
                .map(|one| show(state, one, reader, now))
                .collect(),
            more,
        })
    }

    /// The subjects about which the caller may see something.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn subjects(&self, caller: &Caller) -> Result<Vec<SubjectRow>, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let reader = reader(state, caller);
        let all = &state.affairs().statements;
        let row = |subject: &StatementSubject| {
            let since = seen_since(state, subject, reader, now)?;
            let seen = all.about(subject).filter(|one| since <= one.recorded);
            let said: Vec<Instant> = seen.map(Statement::said).collect();
            (!said.is_empty()).then(|| SubjectRow {
                subject: subject.clone(),
                statements: said.len(),
                last: said.iter().max().copied(),
            })
        };
        Ok(all.subjects().filter_map(row).collect())
    }

    /// The page of a subject as of some date: up to when things were said, and up to when the office
    /// had recorded them; now, where they are left out.
    ///
    /// # Errors
    /// When there is nothing about it that the caller may see.
    pub fn subject(
        &self,
        caller: &Caller,
        subject: &StatementSubject,
        said: Option<Instant>,
        recorded: Option<Instant>,
    ) -> Result<SubjectView, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let reader = reader(state, caller);
        let as_of = AsOf {
            said: said.unwrap_or(now),
            recorded: recorded.unwrap_or(now),
        };
        let since = seen_since(state, subject, reader, now);
        let since = since.ok_or_else(EngineError::not_found)?;
        let all = &state.affairs().statements;
        let seen: Vec<&Statement> = all
            .about(subject)
            .filter(|one| since <= one.recorded)
            .collect();
        if seen.is_empty() {
            return Err(EngineError::not_found());
        }
        let of = |one: &Statement| show(state, one, reader, now);
        let timeline = counting(seen.iter().copied(), as_of);
        let counts = |id: &StatementId| timeline.iter().any(|one| one.id == *id);
        let known = |one: &&&Statement| {
            one.recorded <= as_of.recorded && one.said() <= as_of.said && !counts(&one.id)
        };
        let mut struck: Vec<&Statement> = seen.iter().filter(known).copied().collect();
        struck.sort_by_key(|one| one.turn());
        let points = points(seen.iter().copied(), as_of).into_iter();
        Ok(SubjectView {
            subject: subject.clone(),
            as_of,
            points: points
                .map(|point| PointView {
                    name: point.name.clone(),
                    standing: point.standing,
                    heard: point
                        .heard
                        .into_iter()
                        .map(|one| (one.voice, one.newest.id.clone(), one.binding.id.clone()))
                        .collect(),
                })
                .collect(),
            timeline: timeline.iter().map(|one| of(one)).collect(),
            struck: struck.into_iter().map(of).collect(),
        })
    }
}

/// A statement as a reader is shown it, who may see it.
fn show(state: &State, one: &Statement, reader: Reader<'_>, now: Instant) -> StatementView {
    let known = &state.affairs().statements;
    let seen = |link: &&Link| {
        let earlier = known.get(link.earlier());
        earlier.is_some_and(|earlier| is_seen_by(state, earlier, reader, now))
    };
    let inside = reader.staff.then(|| StatementInside {
        entry: one.entry,
        by: one.by.clone(),
        evidence: one.evidence.clone(),
        proposal: one.proposal.clone(),
        reason: one.retracted.as_ref().map(|note| note.reason.clone()),
    });
    StatementView {
        id: one.id.clone(),
        recorded: one.recorded,
        saying: one.saying.clone(),
        link: one.link.as_ref().filter(seen).cloned(),
        replaced: one.replaced.as_ref().map(|(id, _)| id.clone()),
        retracted: one.retracted.as_ref().map(|note| note.at),
        inside,
    }
}
