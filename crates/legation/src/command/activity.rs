//! `legation activity`: trainings, exercises, visits and summits, and who takes part.

mod certificate;
mod plan;
mod tell;

pub(crate) use tell::deadlines;

use clap::{Args, Subcommand};
use legation_core::act::Subject;
use legation_core::id::{ActivityId, PartyCode, PersonName};
use serde_json::{Value, json};

use crate::answer::{Answer, list, put, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
A training, from the plan to the certificate:
  legation activity add course --kind training --title 'Incident response' --area cyber \\
      --place Tokyo --start 2026-12-07T09:00 --end 2026-12-11T17:00 --zone Asia/Tokyo \\
      --invite JPN=2 --invite KOR=1 --goal nato-jpn/cyber-1 --dir tokyo
  legation activity nominate course JPN anna.berg --office https://office.example --token T
  legation activity confirm course JPN anna.berg --dir tokyo
  legation activity attend course JPN anna.berg --dir tokyo
  legation activity certify course JPN anna.berg --dir tokyo

A summit by which something else is to be done:
  legation activity deadline summit agreement:nato-jpn 'sign before the July summit' --dir tokyo

The office sees everything; a party sees what it is invited to, with its own seats and its own \
people. Times are instants (2026-12-07T09:00:00Z) or local times of the zone (2026-12-07T09:00).";

/// Trainings, exercises, visits and summits: plan, nominate, confirm, certify ...
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Activity {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(plan::Add),
    Change(plan::Change),
    /// Cancel an activity: nothing about it changes any more
    Cancel {
        /// The activity
        #[arg(value_name = "ID")]
        id: ActivityId,
        /// Why; everybody invited is told
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Show an activity
    Show {
        /// The activity
        #[arg(value_name = "ID")]
        id: ActivityId,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the activities, in the order in which they begin
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Name a person of a party who is to take part
    ///
    /// Without a free seat the person waits, in the order of nomination, and moves up as soon as
    /// one is free. The person needs no account.
    Nominate {
        #[command(flatten)]
        nominee: Nominee,
        /// The full name, as it is to stand on a certificate
        #[arg(long, value_name = "NAME")]
        full_name: Option<String>,
        /// Why in spite of a conflict of dates; by the office, of a missing certificate too
        #[arg(long, value_name = "REASON")]
        despite: Option<String>,
    },
    /// Accept a nominee: confirmed at once, or as soon as a seat is free
    Confirm {
        #[command(flatten)]
        nominee: Nominee,
    },
    /// Take a nominee back; the next of the party moves up
    Withdraw {
        #[command(flatten)]
        nominee: Nominee,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// The office declines, on its own account
        #[arg(long)]
        decline: bool,
    },
    /// Note that a confirmed nominee was there
    Attend {
        #[command(flatten)]
        nominee: Nominee,
        /// Note that the person was not there
        #[arg(long)]
        absent: bool,
    },
    /// Give somebody who was there a certificate
    Certify {
        #[command(flatten)]
        nominee: Nominee,
    },
    Certificate(certificate::Certificate),
    Verify(certificate::Verify),
    /// Tell the office, and nobody else, what a party or one of its people thinks of an activity
    Feedback {
        /// The activity
        #[arg(value_name = "ID")]
        id: ActivityId,
        /// The party
        #[arg(value_name = "CODE")]
        party: PartyCode,
        /// What it thinks
        #[arg(value_name = "TEXT")]
        text: String,
        /// From 1, poor, to 5, excellent
        #[arg(long, value_name = "N")]
        rating: Option<u8>,
        /// Which of its people says so; the party as such when left out
        #[arg(long, value_name = "NAME")]
        person: Option<PersonName>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Have something else done by an activity: it is shown wherever that is
    Deadline {
        /// The activity
        #[arg(value_name = "ID")]
        id: ActivityId,
        /// agreement:ID, decision:ID, liaison:ID or goal:AGREEMENT/GOAL
        #[arg(value_name = "SUBJECT")]
        subject: Subject,
        /// What is to be done
        #[arg(value_name = "TEXT", required_unless_present = "remove")]
        text: Option<String>,
        /// By when; by the start of the activity when left out, wherever that moves
        #[arg(long, value_name = "TIME")]
        due: Option<String>,
        /// Take the deadline away
        #[arg(long, conflicts_with_all = ["text", "due"])]
        remove: bool,
        #[command(flatten)]
        connection: Connection,
    },
}

/// A person of a party, named for an activity.
#[derive(Args, Debug)]
struct Nominee {
    /// The activity
    #[arg(value_name = "ID")]
    id: ActivityId,
    /// The party
    #[arg(value_name = "CODE")]
    party: PartyCode,
    /// The person, like anna.berg
    #[arg(value_name = "NAME")]
    person: PersonName,
    #[command(flatten)]
    connection: Connection,
}

impl Nominee {
    /// Does something about the nominee; answers with what the office does.
    fn post(&self, verb: &str, more: &[(&str, Value)]) -> Result<Value, Failure> {
        let mut body = json!({"party": self.party, "person": self.person});
        for (key, value) in more.iter().filter(|(_, value)| !value.is_null()) {
            put(&mut body, key, value.clone());
        }
        let path = format!("/activities/{}/{verb}", self.id);
        self.connection.open()?.post(&path, &body)
    }

    /// How the person stands now.
    fn stands(&self, answer: Value) -> Answer {
        let text = tell::stands(&answer, self.party.as_str(), self.person.as_str());
        Answer::new(text, answer)
    }
}

impl Activity {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Add(verb) => verb.run(),
            Verb::Change(verb) => verb.run(),
            Verb::Cancel {
                id,
                reason,
                connection,
            } => {
                let path = format!("/activities/{id}/cancel");
                let answer = connection.open()?.post(&path, &json!({"reason": reason}))?;
                Ok(Answer::new(format!("{id} is cancelled"), answer))
            }
            Verb::Show { id, connection } => {
                let answer = connection.open()?.get(&format!("/activities/{id}"))?;
                Ok(Answer::new(tell::describe(&answer), answer))
            }
            Verb::List { connection } => list_all(connection),
            Verb::Nominate {
                nominee,
                full_name,
                despite,
            } => {
                let more = [("full_name", json!(full_name)), ("despite", json!(despite))];
                Ok(nominee.stands(nominee.post("nominate", &more)?))
            }
            Verb::Confirm { nominee } => Ok(nominee.stands(nominee.post("confirm", &[])?)),
            Verb::Withdraw {
                nominee,
                reason,
                decline,
            } => {
                let more = [("reason", json!(reason)), ("declined", json!(decline))];
                Ok(nominee.stands(nominee.post("withdraw", &more)?))
            }
            Verb::Attend { nominee, absent } => {
                let more = [("attended", json!(!absent))];
                Ok(nominee.stands(nominee.post("attend", &more)?))
            }
            Verb::Certify { nominee } => {
                let answer = nominee.post("certify", &[])?;
                let text = format!(
                    "{}/{} has the certificate {}",
                    nominee.party,
                    nominee.person,
                    shown(&answer, "certificate")
                );
                Ok(Answer::new(text, answer))
            }
            Verb::Certificate(verb) => verb.run(),
            Verb::Verify(verb) => verb.run(),
            Verb::Feedback {
                id,
                party,
                text,
                rating,
                person,
                connection,
            } => {
                let mut body = json!({"party": party, "text": text});
                if let Some(rating) = rating {
                    put(&mut body, "rating", *rating);
                }
                if let Some(person) = person {
                    put(&mut body, "person", person.as_str());
                }
                let path = format!("/activities/{id}/feedback");
                let answer = connection.open()?.post(&path, &body)?;
                let text = format!("{party} and the office can read it, and nobody else");
                Ok(Answer::new(text, answer))
            }
            Verb::Deadline {
                id,
                subject,
                text,
                due,
                remove,
                connection,
            } => {
                let mut body = json!({"subject": subject.to_string()});
                let path = match remove {
                    true => format!("/activities/{id}/deadlines/remove"),
                    false => format!("/activities/{id}/deadlines"),
                };
                for (key, value) in [("text", text), ("due", due)] {
                    if let Some(value) = value {
                        put(&mut body, key, value.as_str());
                    }
                }
                let answer = connection.open()?.post(&path, &body)?;
                let text = match list(&answer, "deadlines").is_empty() {
                    true => format!("{id} gives no deadlines"),
                    false => deadlines(&answer),
                };
                Ok(Answer::new(text, answer))
            }
        }
    }
}

fn list_all(connection: &Connection) -> Result<Answer, Failure> {
    let answer = connection.open()?.get("/activities")?;
    let mut table = Table::new(["ID", "KIND", "START", "END", "PLACE", "TITLE", ""]);
    for one in list(&answer, "activities") {
        let [id, kind, start, end, place, title] =
            ["id", "kind", "start", "end", "place", "title"].map(|key| shown(one, key));
        let cancelled = one.get("cancelled").and_then(Value::as_bool) == Some(true);
        let mark = if cancelled { "cancelled" } else { "" };
        table.row([id, kind, start, end, place, title, mark.to_owned()]);
    }
    Ok(Answer::new(table.or("no activities"), answer))
}
