//! Acts about trainings, exercises, visits and summits. What follows from them is folded in
//! [`crate::affairs::activity`].

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};

use crate::id::{
    ActivityId, AgreementId, AreaName, CertificateNumber, DecisionId, LiaisonId, PartyCode,
    PersonName,
};
use crate::party::Zone;
use crate::programme::GoalId;
use crate::time::Instant;

/// A training, an exercise, a visit or a summit, and who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum ActivityAct {
    /// An activity is planned.
    #[n(0)]
    Add(#[n(0)] PlanActivity),
    /// It is planned otherwise: the whole plan as it is from now on.
    #[n(1)]
    Change(#[n(0)] PlanActivity),
    /// It does not take place.
    #[n(2)]
    Cancel(#[n(0)] CancelActivity),
    /// A party names a person who is to take part.
    #[n(3)]
    Nominate(#[n(0)] Nominate),
    /// The office accepts a nominee: confirmed at once, or as soon as a place is free.
    #[n(4)]
    Confirm(#[n(0)] Nominee),
    /// A nominee does not take part after all.
    #[n(5)]
    Withdraw(#[n(0)] WithdrawNominee),
    /// Whether a nominee was there.
    #[n(6)]
    Attend(#[n(0)] Attend),
    /// A nominee has a certificate.
    #[n(7)]
    Certify(#[n(0)] Certify),
    /// What a party, or one of its people, says of it afterwards.
    #[n(8)]
    Feedback(#[n(0)] GiveFeedback),
    /// Something else is to be done by then.
    #[n(9)]
    SetDeadline(#[n(0)] SetDeadline),
    /// It needs not be done by then any more.
    #[n(10)]
    RemoveDeadline(#[n(0)] RemoveDeadline),
}

impl ActivityAct {
    /// Which activity it is about.
    pub fn activity(&self) -> &ActivityId {
        match self {
            Self::Add(act) | Self::Change(act) => &act.activity,
            Self::Cancel(act) => &act.activity,
            Self::Nominate(act) => &act.nominee.activity,
            Self::Confirm(act) => &act.activity,
            Self::Withdraw(act) => &act.nominee.activity,
            Self::Attend(act) => &act.nominee.activity,
            Self::Certify(act) => &act.nominee.activity,
            Self::Feedback(act) => &act.activity,
            Self::SetDeadline(act) => &act.activity,
            Self::RemoveDeadline(act) => &act.activity,
        }
    }

    /// The one party that it concerns, if it tells nothing of any other.
    pub fn party(&self) -> Option<&PartyCode> {
        match self {
            Self::Nominate(act) => Some(&act.nominee.party),
            Self::Confirm(act) => Some(&act.party),
            Self::Withdraw(act) => Some(&act.nominee.party),
            Self::Attend(act) => Some(&act.nominee.party),
            Self::Certify(act) => Some(&act.nominee.party),
            Self::Feedback(act) => Some(&act.party),
            Self::Add(_)
            | Self::Change(_)
            | Self::Cancel(_)
            | Self::SetDeadline(_)
            | Self::RemoveDeadline(_) => None,
        }
    }
}

/// What an activity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever counts or draws activities must have an answer to each"
)]
pub enum ActivityKind {
    /// People learn something.
    #[n(0)]
    Training,
    /// Parties try together what they would do.
    #[n(1)]
    Exercise,
    /// Somebody comes to see somebody.
    #[n(2)]
    Visit,
    /// Heads of state, of government or of organisations meet.
    #[n(3)]
    Summit,
}

impl ActivityKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Training, Self::Exercise, Self::Visit, Self::Summit];

    /// The kind as written in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Exercise => "exercise",
            Self::Visit => "visit",
            Self::Summit => "summit",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A whole plan of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PlanActivity {
    /// Which.
    #[n(0)]
    pub activity: ActivityId,
    /// What it is.
    #[n(1)]
    pub kind: ActivityKind,
    /// Its name, in one line.
    #[n(2)]
    pub title: String,
    /// The issue area.
    #[n(3)]
    pub area: AreaName,
    /// Where it takes place.
    #[n(4)]
    pub place: String,
    /// When it begins.
    #[n(5)]
    pub start: Instant,
    /// The first instant at which it is over.
    #[n(6)]
    pub end: Instant,
    /// The zone in which its times are meant.
    #[n(7)]
    pub zone: Zone,
    /// Who is invited, each party once, in the order of the codes.
    #[n(8)]
    pub invited: Vec<Invited>,
    /// What a nominee needs.
    #[n(9)]
    pub needs: Vec<Prerequisite>,
    /// The goals that it serves.
    #[n(10)]
    pub goals: Vec<GoalRef>,
    /// What else is to be said of it to everybody invited.
    #[n(11)]
    pub text: Option<String>,
}

impl PlanActivity {
    /// Whether everybody invited is told the same by both plans.
    pub fn tells_as(&self, other: &Self) -> bool {
        let whole = |plan: &Self| Self {
            invited: Vec::new(),
            goals: Vec::new(),
            ..plan.clone()
        };
        whole(self) == whole(other)
    }
}

/// A party that is invited.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Invited {
    /// Which.
    #[n(0)]
    pub party: PartyCode,
    /// How many of its people may come; as many as it likes when `None`.
    #[n(1)]
    pub seats: Option<u32>,
}

/// What a nominee needs.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever refuses a nominee must have looked at each"
)]
pub enum Prerequisite {
    /// The certificate of another activity.
    #[n(0)]
    Certificate(#[n(0)] ActivityId),
    /// Something that people look at.
    #[n(1)]
    Text(#[n(0)] String),
}

/// A goal of an agreement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct GoalRef {
    /// The agreement.
    #[n(0)]
    pub agreement: AgreementId,
    /// The goal's name within it.
    #[cbor(n(1), with = "goal_name")]
    pub goal: GoalId,
}

impl fmt::Display for GoalRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.agreement, self.goal)
    }
}

/// The name of a goal in CBOR: a text.
mod goal_name {
    use minicbor::decode::Error as DecodeError;
    use minicbor::encode::{Error as EncodeError, Write};
    use minicbor::{Decoder, Encoder};

    use crate::programme::GoalId;

    pub(super) fn encode<C, W: Write>(
        goal: &GoalId,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        e.str(goal.as_str())?;
        Ok(())
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<GoalId, DecodeError> {
        d.str()?.parse().map_err(DecodeError::custom)
    }
}

/// An activity does not take place.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CancelActivity {
    /// Which.
    #[n(0)]
    pub activity: ActivityId,
    /// Why; everybody invited is told.
    #[n(1)]
    pub reason: String,
}

/// A person that a party has named for an activity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Nominee {
    /// For which activity.
    #[n(0)]
    pub activity: ActivityId,
    /// Of which party.
    #[n(1)]
    pub party: PartyCode,
    /// Who; the person needs no account.
    #[n(2)]
    pub person: PersonName,
}

/// A party names a person.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Nominate {
    /// Who, of which party, for which activity.
    #[n(0)]
    pub nominee: Nominee,
    /// The full name, as it is to stand on a certificate.
    #[n(1)]
    pub full_name: Option<String>,
    /// Why in spite of a conflict of dates or a missing prerequisite.
    #[n(2)]
    pub despite: Option<String>,
}

/// A nominee does not take part after all.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WithdrawNominee {
    /// Who.
    #[n(0)]
    pub nominee: Nominee,
    /// Why.
    #[n(1)]
    pub reason: Option<String>,
    /// Whether the office declines it, or else the party takes it back.
    #[n(2)]
    pub declined: bool,
}

/// Whether a nominee was there.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Attend {
    /// Who.
    #[n(0)]
    pub nominee: Nominee,
    /// Whether.
    #[n(1)]
    pub attended: bool,
}

/// A nominee has a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Certify {
    /// Who.
    #[n(0)]
    pub nominee: Nominee,
    /// The number, which says nothing of how many there are.
    #[n(1)]
    pub number: CertificateNumber,
    /// The certificate itself, as it was issued, byte for byte.
    #[n(2)]
    pub text: String,
}

/// What a party, or one of its people, says of an activity afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GiveFeedback {
    /// Of which.
    #[n(0)]
    pub activity: ActivityId,
    /// Which party.
    #[n(1)]
    pub party: PartyCode,
    /// Which of its people; none for the party as such.
    #[n(2)]
    pub person: Option<PersonName>,
    /// From 1, poor, to 5, excellent.
    #[n(3)]
    pub rating: Option<u8>,
    /// In its words.
    #[n(4)]
    pub text: String,
}

/// What has a deadline because of an activity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever shows a deadline must know who may see each"
)]
pub enum Subject {
    /// An agreement is to be signed, amended, reviewed.
    #[n(0)]
    Agreement(#[n(0)] AgreementId),
    /// A text is to be decided.
    #[n(1)]
    Decision(#[n(0)] DecisionId),
    /// A liaison office is to take a step.
    #[n(2)]
    Liaison(#[n(0)] LiaisonId),
    /// A goal is to be reached.
    #[n(3)]
    Goal(#[n(0)] GoalRef),
}

impl Subject {
    /// The word before its id.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Agreement(_) => "agreement",
            Self::Decision(_) => "decision",
            Self::Liaison(_) => "liaison",
            Self::Goal(_) => "goal",
        }
    }

    /// Its id.
    pub fn id(&self) -> String {
        match self {
            Self::Agreement(id) => id.to_string(),
            Self::Decision(id) => id.to_string(),
            Self::Liaison(id) => id.to_string(),
            Self::Goal(goal) => goal.to_string(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.id())
    }
}

/// A text that is no subject of a deadline, or no goal.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{given}` is no subject; write it like agreement:ID, decision:ID, liaison:ID or goal:AGREEMENT/GOAL"
)]
pub struct SubjectError {
    given: String,
}

impl SubjectError {
    fn of(text: &str) -> Self {
        Self {
            given: text.chars().take(160).collect(),
        }
    }

    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "activity.malformed-subject"
    }
}

impl FromStr for GoalRef {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let read = || {
            let (agreement, goal) = text.split_once('/')?;
            Some(Self {
                agreement: agreement.parse().ok()?,
                goal: goal.parse().ok()?,
            })
        };
        read().ok_or_else(|| SubjectError::of(text))
    }
}

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let read = || {
            let (kind, id) = text.split_once(':')?;
            Some(match kind {
                "agreement" => Self::Agreement(id.parse().ok()?),
                "decision" => Self::Decision(id.parse().ok()?),
                "liaison" => Self::Liaison(id.parse().ok()?),
                "goal" => Self::Goal(id.parse().ok()?),
                _ => return None,
            })
        };
        read().ok_or_else(|| SubjectError::of(text))
    }
}

/// Something else is to be done by an activity.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetDeadline {
    /// Because of which activity.
    #[n(0)]
    pub activity: ActivityId,
    /// What has the deadline: one for each activity.
    #[n(1)]
    pub subject: Subject,
    /// What is to be done, "sign before the July summit".
    #[n(2)]
    pub text: String,
    /// By when; by the start of the activity, wherever that moves, when `None`.
    #[n(3)]
    pub due: Option<Instant>,
}

/// Something needs not be done by an activity any more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RemoveDeadline {
    /// Which activity.
    #[n(0)]
    pub activity: ActivityId,
    /// What had the deadline.
    #[n(1)]
    pub subject: Subject,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_survives_writing_and_reading() {
        for text in [
            "agreement:nato-jpn",
            "decision:open-tokyo",
            "liaison:tokyo",
            "goal:nato-jpn/cyber-1",
        ] {
            let subject: Subject = text.parse().unwrap();
            assert_eq!(subject.to_string(), text);
            let bytes = minicbor::to_vec(&subject).unwrap();
            assert_eq!(minicbor::decode::<Subject>(&bytes).unwrap(), subject);
        }
        for text in [
            "",
            "agreement",
            "agreement:",
            "goal:x",
            "goal:x/",
            "office:x",
            "goal:X/y",
        ] {
            let error = text.parse::<Subject>().unwrap_err();
            assert_eq!(error.code(), "activity.malformed-subject");
        }
    }

    #[test]
    fn what_others_may_bring_tells_nobody_anything() {
        let plan = PlanActivity {
            activity: "course".parse().unwrap(),
            kind: ActivityKind::Training,
            title: "Course".into(),
            area: "cyber".parse().unwrap(),
            place: "Tokyo".into(),
            start: Instant::MIN,
            end: Instant::MAX,
            zone: Zone::utc(),
            invited: Vec::new(),
            needs: Vec::new(),
            goals: Vec::new(),
            text: None,
        };
        let mut other = plan.clone();
        other.invited.push(Invited {
            party: "JPN".parse().unwrap(),
            seats: Some(2),
        });
        other.goals.push("nato-jpn/cyber-1".parse().unwrap());
        assert!(plan.tells_as(&other));
        other.place = "Osaka".into();
        assert!(!plan.tells_as(&other));
    }
}
