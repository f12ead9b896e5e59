//! `legation activity add` and `change`: the plan of an activity.

use std::str::FromStr;

use clap::Args;
use legation_core::act::GoalRef;
use legation_core::id::{ActivityId, AreaName, PartyCode};
use serde_json::{Value, json};

use super::tell;
use crate::answer::{Answer, put, shown};
use crate::client::Connection;
use crate::failure::Failure;

/// A party that is invited, `JPN=2` or `JPN`.
#[derive(Clone, Debug)]
struct Invited {
    party: PartyCode,
    seats: Option<u32>,
}

impl FromStr for Invited {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (party, seats) = match text.split_once('=') {
            Some((party, seats)) => (party, Some(seats)),
            None => (text, None),
        };
        let party = party.parse::<PartyCode>().map_err(|one| one.to_string())?;
        let seats = seats.map(|seats| {
            let wrong = |_| format!("`{seats}` is no number of seats");
            seats.parse::<u32>().map_err(wrong)
        });
        Ok(Self {
            party,
            seats: seats.transpose()?,
        })
    }
}

fn invitations(invited: &[Invited]) -> Value {
    let list = invited
        .iter()
        .map(|one| json!({"party": one.party, "seats": one.seats}));
    Value::Array(list.collect())
}

/// What a nominee needs, as both verbs take it.
fn needs(certificates: &[ActivityId], texts: &[String]) -> Vec<Value> {
    let certificates = certificates.iter().map(|id| json!({"certificate": id}));
    let texts = texts.iter().map(|text| json!({"text": text}));
    certificates.chain(texts).collect()
}

fn goals(goals: &[GoalRef]) -> Value {
    let list = goals.iter().map(|goal| Value::String(goal.to_string()));
    Value::Array(list.collect())
}

/// Plan a training, an exercise, a visit or a summit
#[derive(Args, Debug)]
pub(super) struct Add {
    /// Its id; made by the office when left out
    #[arg(value_name = "ID")]
    id: Option<ActivityId>,
    /// What it is
    #[arg(long, value_parser = ["training", "exercise", "visit", "summit"])]
    kind: String,
    /// Its name, in one line
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// The issue area
    #[arg(long, value_name = "AREA")]
    area: AreaName,
    /// Where it takes place
    #[arg(long, value_name = "TEXT")]
    place: String,
    /// When it begins
    #[arg(long, value_name = "TIME")]
    start: String,
    /// When it is over
    #[arg(long, value_name = "TIME")]
    end: String,
    /// The zone in which its times are meant, like Asia/Tokyo
    #[arg(long, value_name = "ZONE")]
    zone: String,
    /// Invite a party, with so many seats; with as many as it likes when no number is given
    #[arg(long, value_name = "CODE[=SEATS]")]
    invite: Vec<Invited>,
    /// A nominee needs the certificate of this activity
    #[arg(long, value_name = "ID")]
    needs: Vec<ActivityId>,
    /// A nominee needs something that people look at
    #[arg(long, value_name = "TEXT")]
    needs_text: Vec<String>,
    /// It serves this goal
    #[arg(long, value_name = "AGREEMENT/GOAL")]
    goal: Vec<GoalRef>,
    /// What else is to be said of it
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

impl Add {
    pub(super) fn run(&self) -> Result<Answer, Failure> {
        let mut body = json!({"kind": self.kind, "title": self.title, "area": self.area,
            "place": self.place, "start": self.start, "end": self.end, "zone": self.zone,
            "invited": invitations(&self.invite), "needs": needs(&self.needs, &self.needs_text),
            "goals": goals(&self.goal)});
        if let Some(id) = &self.id {
            put(&mut body, "id", id.as_str());
        }
        if let Some(text) = &self.text {
            put(&mut body, "text", text.as_str());
        }
        let answer = self.connection.open()?.post("/activities", &body)?;
        let text = format!(
            "{} is planned, from {} to {}",
            shown(&answer, "id"),
            shown(&answer, "starts"),
            shown(&answer, "ends")
        );
        Ok(Answer::new(text, answer))
    }
}

/// Plan an activity otherwise; what is left out stays
#[derive(Args, Debug)]
pub(super) struct Change {
    /// The activity
    #[arg(value_name = "ID")]
    id: ActivityId,
    /// Its name, in one line
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The issue area
    #[arg(long, value_name = "AREA")]
    area: Option<AreaName>,
    /// Where it takes place
    #[arg(long, value_name = "TEXT")]
    place: Option<String>,
    /// When it begins
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// When it is over
    #[arg(long, value_name = "TIME")]
    end: Option<String>,
    /// The zone in which its times are meant
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Invite a party too, or with other seats
    #[arg(long, value_name = "CODE[=SEATS]")]
    invite: Vec<Invited>,
    /// Invite a party no more
    #[arg(long, value_name = "CODE")]
    uninvite: Vec<PartyCode>,
    /// A nominee needs the certificate of this activity; replaces everything that was needed
    #[arg(long, value_name = "ID")]
    needs: Vec<ActivityId>,
    /// A nominee needs something that people look at; replaces everything that was needed
    #[arg(long, value_name = "TEXT")]
    needs_text: Vec<String>,
    /// A nominee needs nothing any more
    #[arg(long, conflicts_with_all = ["needs", "needs_text"])]
    needs_nothing: bool,
    /// It serves this goal; replaces those that it served
    #[arg(long, value_name = "AGREEMENT/GOAL")]
    goal: Vec<GoalRef>,
    /// It serves no goal any more
    #[arg(long, conflicts_with = "goal")]
    no_goal: bool,
    /// What else is to be said of it; an empty text for nothing
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

impl Change {
    pub(super) fn run(&self) -> Result<Answer, Failure> {
        let mut body = json!({"invite": invitations(&self.invite), "uninvite": self.uninvite});
        let texts = [
            ("title", self.title.as_deref()),
            ("area", self.area.as_ref().map(AreaName::as_str)),
            ("place", self.place.as_deref()),
            ("start", self.start.as_deref()),
            ("end", self.end.as_deref()),
            ("zone", self.zone.as_deref()),
            ("text", self.text.as_deref()),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                put(&mut body, key, text);
            }
        }
        let needed = needs(&self.needs, &self.needs_text);
        if self.needs_nothing || !needed.is_empty() {
            put(&mut body, "needs", needed);
        }
        if self.no_goal || !self.goal.is_empty() {
            put(&mut body, "goals", goals(&self.goal));
        }
        let path = format!("/activities/{}/change", self.id);
        let answer = self.connection.open()?.post(&path, &body)?;
        Ok(Answer::new(tell::describe(&answer), answer))
    }
}
