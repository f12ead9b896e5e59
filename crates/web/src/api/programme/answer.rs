//! What is answered about programmes, in the words of the API.

use legation_core::id::{AgreementId, AgreementVersion, AreaName, PartyCode};
use legation_core::programme::GoalId;
use legation_core::time::{Day, Instant};
use legation_formats::review::{self, html, markdown, stratml};
use serde::{Deserialize, Serialize};

/// A programme in a list.
#[derive(Serialize)]
pub(super) struct Listed {
    id: AgreementId,
    title: String,
    version: Option<AgreementVersion>,
    agreed: bool,
    parties: [String; 2],
    in_force: Instant,
    until: Option<Instant>,
    predecessor: Option<AgreementId>,
    successor: Option<AgreementId>,
    whole: bool,
    goals: usize,
}

impl Listed {
    pub(super) fn of(one: review::Programme) -> Self {
        Self {
            goals: one.goals.len(),
            id: one.id,
            title: one.title,
            version: one.version,
            agreed: one.is_agreed,
            parties: one.parties,
            in_force: one.in_force,
            until: one.until,
            predecessor: one.predecessor,
            successor: one.successor,
            whole: one.is_whole,
        }
    }
}

/// A programme with its goals.
#[derive(Serialize)]
pub(super) struct Programme {
    id: AgreementId,
    title: String,
    version: Option<AgreementVersion>,
    agreed: bool,
    parties: [String; 2],
    in_force: Instant,
    until: Option<Instant>,
    predecessor: Option<AgreementId>,
    successor: Option<AgreementId>,
    whole: bool,
    goals: Vec<Goal>,
}

#[derive(Serialize)]
struct Goal {
    id: GoalId,
    title: String,
    objective: String,
    area: AreaName,
    due: Option<Day>,
    lead: Vec<PartyCode>,
    activities: Vec<String>,
    status: &'static str,
    into: Option<GoalId>,
    overdue: bool,
    words: Vec<Word>,
    outcome: Option<Outcome>,
    evidence: Vec<Evidence>,
}

#[derive(Serialize)]
struct Word {
    party: PartyCode,
    status: &'static str,
    into: Option<GoalId>,
    note: Option<String>,
    day: Option<Day>,
}

#[derive(Serialize)]
struct Outcome {
    fate: &'static str,
    heir: Option<GoalId>,
    reason: Option<String>,
    by: Option<AgreementId>,
    version: Option<AgreementVersion>,
}

#[derive(Serialize)]
struct Evidence {
    kind: &'static str,
    what: String,
    meeting: Option<u32>,
    digest: Option<String>,
    note: Option<String>,
    party: PartyCode,
    at: Instant,
}

impl Programme {
    pub(super) fn of(one: review::Programme) -> Self {
        Self {
            id: one.id,
            title: one.title,
            version: one.version,
            agreed: one.is_agreed,
            parties: one.parties,
            in_force: one.in_force,
            until: one.until,
            predecessor: one.predecessor,
            successor: one.successor,
            whole: one.is_whole,
            goals: one.goals.into_iter().map(Goal::of).collect(),
        }
    }
}

impl Goal {
    fn of(one: review::Goal) -> Self {
        let words = one.words.into_iter().map(|word| Word {
            party: word.party,
            status: word.status,
            into: word.into,
            note: word.note,
            day: word.day,
        });
        let evidence = one.evidence.into_iter().map(|one| Evidence {
            kind: one.kind,
            what: one.what,
            meeting: one.meeting,
            digest: one.digest,
            note: one.note,
            party: one.party,
            at: one.at,
        });
        Self {
            id: one.id,
            title: one.title,
            objective: one.objective,
            area: one.area,
            due: one.due,
            lead: one.lead,
            activities: one.means,
            status: one.status,
            into: one.into,
            overdue: one.is_overdue,
            words: words.collect(),
            outcome: one.outcome.map(|one| Outcome {
                fate: one.fate,
                heir: one.heir,
                reason: one.reason,
                by: one.by,
                version: one.version,
            }),
            evidence: evidence.collect(),
        }
    }
}

/// The forms of a report.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Form {
    /// Markdown.
    Md,
    /// A page to print.
    Html,
    /// StratML Part 2.
    Stratml,
}

/// A progress report: its figures, and the whole of it in one form.
#[derive(Serialize)]
pub(super) struct Reviewed {
    party: PartyCode,
    first: Day,
    last: Day,
    made: Instant,
    format: Form,
    text: String,
    areas: Vec<Area>,
    meetings: usize,
    activities: usize,
}

#[derive(Serialize)]
struct Area {
    area: AreaName,
    given: u64,
    taken: u64,
    receipts: u64,
    wait: Option<Wait>,
    #[serde(skip_serializing_if = "Option::is_none")]
    onward: Option<Wait>,
}

/// How long something took, in seconds.
#[derive(Serialize)]
struct Wait {
    count: u64,
    median: f64,
    p90: f64,
}

impl Wait {
    fn of(one: review::Wait) -> Self {
        Self {
            count: one.count,
            median: one.median as f64 / 1e6,
            p90: one.ninth as f64 / 1e6,
        }
    }
}

impl Reviewed {
    pub(super) fn of(review: &review::Review, format: Form) -> Self {
        let areas = review.areas.iter().map(|one| Area {
            area: one.area.clone(),
            given: one.given,
            taken: one.taken,
            receipts: one.receipts,
            wait: one.wait.map(Wait::of),
            onward: one.onward.map(Wait::of),
        });
        Self {
            party: review.party.0.clone(),
            first: review.from,
            last: review.to,
            made: review.made,
            format,
            text: match format {
                Form::Md => markdown(review),
                Form::Html => html(review),
                Form::Stratml => stratml(review),
            },
            areas: areas.collect(),
            meetings: review.meetings.len(),
            activities: review.activities.len(),
        }
    }
}
