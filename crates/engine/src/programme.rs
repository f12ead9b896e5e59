//! Programmes: what each side says of its goals, what shows it, and what becomes of the goals of an
//! old one.
//!
//! The office reports for the host, everybody else for their own party. Who may see what is decided
//! in core ([`legation_core::affairs::programme`]); what names records goes through the gate and the
//! receipts first, as every answer does ([`view`]). The yearly report is put together in [`review`].

mod review;
mod view;

use legation_core::act::{
    Act, Exhibit, ImportProgramme, LinkEvidence, PassGoals, ProgrammeAct, Progress, ReportGoal,
};
use legation_core::affairs::programme::{
    EVIDENCE_MAX, Goal, GoalState, Plan, TEXT_MAX, follows, plan, read_plan_for,
};
use legation_core::agreement::document::{Document, Known};
use legation_core::id::{
    ActivityId, AgreementId, AreaName, ConsultationId, Digest, PartyCode, RecordId,
};
use legation_core::programme::GoalId;
use legation_core::time::Day;
use legation_core::view::Fold;

use crate::admit::{Caller, staff};
use crate::audit::records_of;
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::programme::view::Reader;

/// A report on a goal, as it is asked for.
#[derive(Clone, Debug)]
pub struct GoalReport {
    /// The goal.
    pub goal: GoalId,
    /// How far it has come.
    pub progress: Progress,
    /// In words.
    pub note: Option<String>,
    /// As of which day; today when left out.
    pub day: Option<Day>,
}

/// Something that shows how far a goal has come, as it is asked for.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_enums, reason = "a face says which it was given")]
pub enum Shown {
    /// A record, by the id under which the caller knows it.
    Record(String),
    /// A consultation, or a meeting of it by number.
    Consultation(ConsultationId, Option<u32>),
    /// A training, an exercise, a visit or a summit.
    Activity(ActivityId),
    /// Something elsewhere: its address, and the SHA-256 of what was there, in hexadecimal.
    Page(String, String),
}

fn invalid(code: &'static str, text: impl Into<String>) -> EngineError {
    EngineError::new(Fault::Invalid, code, text)
}

fn conflict(code: &'static str, text: impl Into<String>) -> EngineError {
    EngineError::new(Fault::Conflict, code, text)
}

/// A note that can be kept and shown.
fn check_note(note: Option<&String>) -> Result<(), EngineError> {
    let Some(note) = note else {
        return Ok(());
    };
    let hidden = note.chars().any(|c| c.is_control() && c != '\n');
    match note.len() > TEXT_MAX || note.trim().is_empty() || hidden {
        true => Err(invalid(
            "programme.text",
            format!("a note is visible text of at most {TEXT_MAX} bytes"),
        )),
        false => Ok(()),
    }
}

/// A goal on which the caller's party may speak, if the caller may see it.
fn own_goal<'p, 'a>(
    reader: &Reader<'_>,
    plan: &'p Plan<'a>,
    goal: &GoalId,
) -> Result<&'p Goal<'a>, EngineError> {
    let found = plan.goals.iter().find(|one| one.goal.id == *goal);
    let found = found.filter(|goal| reader.sees_goal(plan, goal));
    let found = found.filter(|goal| reader.speaks(plan, goal));
    found.ok_or_else(EngineError::not_found)
}

fn open(goal: &Goal<'_>) -> Result<(), EngineError> {
    match goal.state {
        GoalState::Open => Ok(()),
        _ => Err(conflict(
            "programme.goal-over",
            format!(
                "`{}` is a goal no more; `legation programme show` tells what became of it",
                goal.goal.id
            ),
        )),
    }
}

fn unknown_evidence() -> EngineError {
    invalid(
        "programme.unknown-evidence",
        "there is no such thing that you could show",
    )
}

/// What is to be linked, if the caller may see it itself.
fn exhibit(fold: &Fold, caller: &Caller, shown: Shown) -> Result<Exhibit, EngineError> {
    let state = fold.state();
    let is_staff = staff(caller).is_ok();
    let party = &caller.party;
    match shown {
        Shown::Record(id) => {
            let known = match is_staff {
                true => records_of(fold, &id),
                false => fold.known_records(party, &id),
            };
            let mut known = known.into_iter();
            let record = known
                .find(|one| {
                    is_staff || (fold.is_released(party, *one) && fold.is_shown(party, *one))
                })
                .ok_or_else(unknown_evidence)?;
            let own: RecordId = state
                .record_id(record)
                .to_string()
                .parse()
                .map_err(|_| unknown_evidence())?;
            Ok(Exhibit::Record(own))
        }
        Shown::Consultation(id, meeting) => {
            let found = state.affairs().consultations.get(&id);
            let found = found.filter(|one| one.is_seen_by(party, is_staff));
            let is_there =
                found.is_some_and(|one| meeting.is_none_or(|number| one.meeting(number).is_some()));
            match is_there {
                true => Ok(Exhibit::Consultation { id, meeting }),
                false => Err(unknown_evidence()),
            }
        }
        Shown::Activity(id) => {
            let found = state.affairs().activities.find(&id);
            match found.is_some_and(|one| one.is_seen_by(party, is_staff)) {
                true => Ok(Exhibit::Activity(id)),
                false => Err(unknown_evidence()),
            }
        }
        Shown::Page(url, digest) => {
            let is_web = ["https://", "http://"]
                .iter()
                .any(|scheme| url.starts_with(scheme));
            let is_one = url.chars().all(|c| c.is_ascii_graphic());
            if !is_web || !is_one || url.len() > 2048 {
                let text =
                    "write the address like https://a.example/b, at most 2048 characters of ASCII";
                return Err(invalid("programme.address", text));
            }
            let digest = read_digest(&digest).ok_or_else(|| {
                let text = "write the SHA-256 of what was there as 64 hexadecimal digits";
                invalid("programme.digest", text)
            })?;
            Ok(Exhibit::Page { url, digest })
        }
    }
}

fn read_digest(text: &str) -> Option<Digest> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(Digest::from_bytes(bytes))
}

impl Office {
    /// Says how far a goal has come, for the caller's party.
    ///
    /// # Errors
    /// When the caller may not see the goal or does not speak for a side of it, the goal is one no
    /// more, or what is said does not stand: no reason, a goal merged into none or into itself.
    pub async fn report_goal(
        &self,
        caller: &Caller,
        programme: AgreementId,
        report: GoalReport,
    ) -> Result<(), EngineError> {
        check_note(report.note.as_ref())?;
        let who = caller.clone();
        self.act(caller, move |fold| {
            let (state, now) = (fold.state(), fold.clock());
            let reader = Reader::of(state, &who);
            let plan = plan(state, &programme, now).ok_or_else(EngineError::not_found)?;
            let goal = own_goal(&reader, &plan, &report.goal)?;
            open(goal)?;
            let needs = matches!(report.progress, Progress::Dropped | Progress::Merged(_));
            if needs && report.note.is_none() {
                let text = "a goal that is dropped or merged needs a reason; give it as the note";
                return Err(invalid("programme.no-reason", text));
            }
            if let Progress::Merged(into) = &report.progress {
                let mut goals = plan.goals.iter();
                let heir = goals.find(|one| one.goal.id == *into && one.state == GoalState::Open);
                if !heir.is_some_and(|heir| reader.sees_goal(&plan, heir)) {
                    let text = format!("the programme has no goal `{into}` to be merged into");
                    return Err(invalid("programme.unknown-goal", text));
                }
                let programmes = &state.affairs().programmes;
                if programmes.would_circle(&programme, &who.party, &report.goal, into) {
                    let text = format!(
                        "by your own words `{into}` is merged into `{}`; say otherwise of that first",
                        report.goal
                    );
                    return Err(conflict("programme.circle", text));
                }
            }
            let zone = state.find_party(&who.party).map(|party| &party.zone);
            let today = Day::of(now, zone.unwrap_or(&state.host().zone));
            let day = report.day.unwrap_or(today);
            if day > today {
                let text = format!("{day} has not come; a report is as of a day that has");
                return Err(invalid("programme.future-day", text));
            }
            Ok(Act::Programme(ProgrammeAct::Report(ReportGoal {
                programme,
                goal: report.goal,
                party: who.party,
                progress: report.progress,
                note: report.note,
                day,
            })))
        })
        .await?;
        Ok(())
    }

    /// Links something that shows how far a goal has come.
    ///
    /// # Errors
    /// When the caller may not see the goal or what is to be linked, or has linked enough.
    pub async fn link_evidence(
        &self,
        caller: &Caller,
        programme: AgreementId,
        goal: GoalId,
        shown: Shown,
        note: Option<String>,
    ) -> Result<(), EngineError> {
        check_note(note.as_ref())?;
        let who = caller.clone();
        self.act(caller, move |fold| {
            let state = fold.state();
            let reader = Reader::of(state, &who);
            let plan = plan(state, &programme, fold.clock()).ok_or_else(EngineError::not_found)?;
            let found = own_goal(&reader, &plan, &goal)?;
            let exhibit = exhibit(fold, &who, shown)?;
            let own = found.links.iter().filter(|link| link.party == who.party);
            if own.count() >= EVIDENCE_MAX {
                let text = format!(
                    "you have linked {EVIDENCE_MAX} things to this goal, which is the most"
                );
                return Err(conflict("programme.evidence-full", text));
            }
            Ok(Act::Programme(ProgrammeAct::Link(LinkEvidence {
                programme,
                goal,
                party: who.party,
                exhibit,
                note,
            })))
        })
        .await?;
        Ok(())
    }

    /// Puts a programme from before the office on file.
    ///
    /// # Errors
    /// When the caller may not, the file is at fault, or there is a programme of that id.
    pub async fn import_programme(
        &self,
        caller: &Caller,
        file: Vec<u8>,
    ) -> Result<AgreementId, EngineError> {
        staff(caller)?;
        let id = Document::parse(&file)?.id;
        self.act(caller, move |fold| {
            let state = fold.state();
            let document = Document::parse(&file)?;
            document.check(&Known {
                host: &state.host().code,
                area: &|area: &AreaName| state.has_area(area),
                party: &|code: &PartyCode| state.find_party(code).map(|party| party.status),
            })?;
            let is_agreement = state.agreement(&document.id).is_some();
            if is_agreement || state.affairs().programmes.imported(&document.id).is_some() {
                let text = format!("there is a programme `{}` already", document.id);
                return Err(conflict("programme.exists", text));
            }
            Ok(Act::Programme(ProgrammeAct::Import(ImportProgramme {
                file,
            })))
        })
        .await?;
        Ok(id)
    }

    /// Puts on record what becomes of the goals of an old programme in a new one, where no agreement
    /// file says it.
    ///
    /// # Errors
    /// When the caller may not, one of them is not known or not with the same party, the plan is at
    /// fault or lets a goal vanish, or it is known already what becomes of them.
    pub async fn pass_goals(
        &self,
        caller: &Caller,
        old: AgreementId,
        new: AgreementId,
        text: Vec<u8>,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.act(caller, move |fold| {
            let (state, now) = (fold.state(), fold.clock());
            let unknown = |id: &AgreementId| {
                let text = format!("the office knows no programme `{id}`");
                EngineError::new(Fault::NotFound, "programme.unknown", text)
            };
            let before = plan(state, &old, now).ok_or_else(|| unknown(&old))?;
            let after = plan(state, &new, now).ok_or_else(|| unknown(&new))?;
            if before.document.parties.other != after.document.parties.other || old == new {
                let text = format!("`{new}` is no programme that could take the place of `{old}`");
                return Err(invalid("programme.other-party", text));
            }
            let said = after.document.predecessor.as_ref() == Some(&old);
            if said || before.successor.is_some() {
                let text = format!("it is said already what becomes of the goals of `{old}`");
                return Err(conflict("programme.passed", text));
            }
            if follows(state, &old, &new) {
                let text = format!("`{old}` came after `{new}`");
                return Err(conflict("programme.passed", text));
            }
            let passages = read_plan_for(state, &old, after.document, &text)?;
            Ok(Act::Programme(ProgrammeAct::Pass(PassGoals {
                old,
                new,
                passages,
            })))
        })
        .await?;
        Ok(())
    }
}
