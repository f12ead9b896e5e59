//! What awaits a reader: one pure function of what holds, who reads, and the time.
//!
//! The cast. Each source (`agreement`, `recall` ...) looks through its part of the state and
//! puts onto the `Board` what its reader may see of it, each notice with the span of time in which
//! it stands. The board keeps those that stand now, and knows when the clock alone will change the
//! list. A notice has an id that is the same whenever it is asked for, so whoever is told of it
//! twice knows that it is one.
//!
//! Where notices go to is in [`crate::affairs::notice`]; nothing is sent here. A source asks the
//! rule of its own area who may see a thing, and never decides that again.

mod activity;
mod agreement;
mod consultation;
mod decision;
mod identity;
mod programme;
mod recall;
mod statement;
mod webhook;

use std::collections::HashMap;

use crate::id::{NoticeId, PartyCode, PersonName};
use crate::party::{Party, Zone};
use crate::state::State;
use crate::time::{Day, Instant};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NoticeKind {
    /// An agreement is on the table, and the reader's side has not signed it.
    SignatureAsked,
    /// An agreement ends within 90, 30 or 7 days.
    AgreementEnding,
    /// Silence runs on a text that lies before the reader's side.
    SilenceRunning,
    /// A text waits for the assent of the reader's side in writing.
    AssentAsked,
    /// A text is to be decided in a meeting to which the reader's side goes.
    MeetingDecides,
    /// What a meeting decides is to be recorded.
    ConclusionAsked,
    /// A text was adopted, or came to nothing.
    DecisionEnded,
    /// A party asks for a consultation.
    ConsultationAsked,
    /// A meeting of a consultation was set.
    MeetingSet,
    /// A meeting of a consultation was moved, or is elsewhere.
    MeetingChanged,
    /// A meeting of a consultation was called off.
    MeetingCancelled,
    /// Something is to be done after a consultation.
    FollowUpDue,
    /// A party has not done in time what was to be done after a consultation.
    FollowUpLate,
    /// The reader's side may name people for an activity.
    NominationOpen,
    /// A nominee waits to be confirmed.
    ConfirmationAsked,
    /// A nominee of the reader's side is confirmed.
    NomineeConfirmed,
    /// A nominee of the reader's side has moved up from a waiting list.
    NomineeMovedUp,
    /// A nominee of the reader's side was declined.
    NomineeDeclined,
    /// An activity does not take place.
    ActivityCancelled,
    /// Statements found in the press wait for somebody to decide.
    ProposalsWaiting,
    /// The day of a goal comes.
    GoalDue,
    /// The day of a goal has passed.
    GoalLate,
    /// The yearly review of a programme is due.
    ReviewDue,
    /// A recall is to be acknowledged.
    Recall,
    /// A party has not acknowledged a recall in time.
    RecallOverdue,
    /// A party asks to speak for an identity.
    IdentityAsked,
    /// The office has stopped posting notices to an address that does not take them.
    WebhookStopped,
    /// A notice without content, asked for to see whether it arrives.
    Test,
}

impl NoticeKind {
    /// The kind as written in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignatureAsked => "signature-asked",
            Self::AgreementEnding => "agreement-ending",
            Self::SilenceRunning => "silence-running",
            Self::AssentAsked => "assent-asked",
            Self::MeetingDecides => "meeting-decides",
            Self::ConclusionAsked => "conclusion-asked",
            Self::DecisionEnded => "decision-ended",
            Self::ConsultationAsked => "consultation-asked",
            Self::MeetingSet => "meeting-set",
            Self::MeetingChanged => "meeting-changed",
            Self::MeetingCancelled => "meeting-cancelled",
            Self::FollowUpDue => "follow-up-due",
            Self::FollowUpLate => "follow-up-late",
            Self::NominationOpen => "nomination-open",
            Self::ConfirmationAsked => "confirmation-asked",
            Self::NomineeConfirmed => "nominee-confirmed",
            Self::NomineeMovedUp => "nominee-moved-up",
            Self::NomineeDeclined => "nominee-declined",
            Self::ActivityCancelled => "activity-cancelled",
            Self::ProposalsWaiting => "proposals-waiting",
            Self::GoalDue => "goal-due",
            Self::GoalLate => "goal-late",
            Self::ReviewDue => "review-due",
            Self::Recall => "recall",
            Self::RecallOverdue => "recall-overdue",
            Self::IdentityAsked => "identity-asked",
            Self::WebhookStopped => "webhook-stopped",
            Self::Test => "test",
        }
    }
}

/// The thing that a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject {
    /// What it is: `agreement`, `recall`, `decision` ...
    pub what: &'static str,
    /// Its id.
    pub id: String,
}

/// Something that awaits a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id: the same for the same kind, subject and stage, whenever it is asked for.
    pub id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// The thing that it is about.
    pub subject: Subject,
    /// Since when it stands; none where the office does not know.
    pub since: Option<Instant>,
    /// Until when something is to be done about it; none where nothing says so.
    pub due: Option<Instant>,
    /// What is to be done, for a person to read.
    pub text: String,
}

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// For which party.
    pub party: &'a PartyCode,
    /// Which person; none for a machine or an address.
    pub person: Option<&'a PersonName>,
    /// Whether it works at the office, and sees what awaits the office.
    pub staff: bool,
}

/// What awaits a reader at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Awaiting {
    /// The notices, what is due first before the rest.
    pub notices: Vec<Notice>,
    /// When the clock alone next changes the list.
    pub next: Option<Instant>,
}

/// What awaits that reader at that instant; nothing if its party is not known.
pub fn notices(state: &State, reader: &Reader<'_>, now: Instant) -> Awaiting {
    let Some(party) = state.find_party(reader.party) else {
        return Awaiting::default();
    };
    let mut board = Board {
        state,
        reader: *reader,
        party,
        now,
        places: HashMap::new(),
        awaiting: Awaiting::default(),
    };
    agreement::post(&mut board);
    decision::post(&mut board);
    consultation::post(&mut board);
    activity::post(&mut board);
    programme::post(&mut board);
    recall::post(&mut board);
    identity::post(&mut board);
    statement::post(&mut board);
    webhook::post(&mut board);
    let mut awaiting = board.awaiting;
    let rank = |one: &Notice| (one.due.unwrap_or(Instant::MAX), one.since, one.id);
    awaiting.notices.sort_by_key(rank);
    awaiting
}

/// For how long news is told, a week: whoever was away for one has missed it.
const NEWS: i64 = 7 * 86_400_000_000;

/// What a source finds, before it is known whether it stands now.
struct Draft {
    kind: NoticeKind,
    subject: Subject,
    /// What tells it from other notices of that kind and subject.
    stage: String,
    due: Option<Instant>,
    text: String,
}

/// Where the sources put what they find.
struct Board<'a> {
    state: &'a State,
    reader: Reader<'a>,
    party: &'a Party,
    now: Instant,
    /// Where each notice stands among those found.
    places: HashMap<NoticeId, usize>,
    awaiting: Awaiting,
}

impl Board<'_> {
    /// A notice that stands from an instant on, and until another if there is one.
    fn span(&mut self, from: Instant, until: Option<Instant>, draft: Draft) {
        if until.is_some_and(|until| until <= from) {
            return;
        }
        self.turn(Some(from));
        self.turn(until);
        if from <= self.now && until.is_none_or(|until| self.now < until) {
            self.put(Some(from), draft);
        }
    }

    /// Something that happened: told for a week, or until it is seen that it changed again.
    fn news(&mut self, at: Instant, draft: Draft) {
        self.span(at, Some(at.plus_micros(NEWS)), draft);
    }

    /// A notice that stands now, since when it does if that is known.
    fn put(&mut self, since: Option<Instant>, draft: Draft) {
        let Draft {
            kind,
            subject,
            stage,
            due,
            text,
        } = draft;
        let words = [kind.as_str(), subject.what, &subject.id, &stage];
        let id = NoticeId::of_words(&self.state.seed, &self.party.code, &words);
        self.add(Notice {
            id,
            kind,
            subject,
            since,
            due,
            text,
        });
    }

    /// A notice with an id of its own; of two with one id, the one that stands longer.
    fn add(&mut self, notice: Notice) {
        let notices = &mut self.awaiting.notices;
        let place = *self.places.entry(notice.id).or_insert(notices.len());
        match notices.get_mut(place) {
            Some(one) => one.since = one.since.min(notice.since),
            None => notices.push(notice),
        }
    }

    /// The clock alone changes something at that instant.
    fn turn(&mut self, at: Option<Instant>) {
        let later = at.filter(|at| *at > self.now);
        let next = [self.awaiting.next, later].into_iter().flatten().min();
        self.awaiting.next = next;
    }
}

/// The first instant after a day, as the clocks of a zone show it.
fn end_of_day(day: Day, zone: &Zone) -> Option<Instant> {
    let zoned = day.next().date().in_tz(zone.as_str()).ok()?;
    Some(Instant::from_micros(zoned.timestamp().as_microsecond()))
}

/// An instant as people read it: to the minute, in UTC.
fn minute(at: Instant) -> String {
    let text = at.to_string();
    let (date, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("{date} {} UTC", time.get(..5).unwrap_or_default())
}
