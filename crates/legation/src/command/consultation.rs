//! `legation consultation`: a matter on which the office consults parties, from the wish to the
//! follow-ups.

mod page;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use legation_core::id::{AgreementId, AreaName, ConsultationId, DecisionId, PartyCode, PersonName};
use legation_core::time::{Day, Instant};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation consultation ask --subject 'Cables under the sea' --area cyber --with JPN,KOR --reason 'two were cut' --office URL --token T
  legation consultation open consultation-7k2m9x4q --reason 'the chair agrees' --dir tokyo
  legation consultation meet consultation-7k2m9x4q --title 'First meeting' --start 2026-03-18T09:00 --end 2026-03-18T10:00 --zone Europe/Brussels --dir tokyo
  legation consultation say consultation-7k2m9x4q 'We lend a ship.' --office URL --token T
  legation consultation show consultation-7k2m9x4q --zone Asia/Tokyo --dir tokyo

A consultation is known to its participants and to the office's own people, and to nobody else.";

/// Consultations: ask, open, meet, speak, conclude; confidential to their participants
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Consultation {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Position,
    Statement,
}

/// A text, or the file that holds it.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Words {
    /// The text
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// The file that holds it
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
}

impl Words {
    fn read(&self) -> Result<String, Failure> {
        match (&self.text, &self.file) {
            (Some(text), _) => Ok(text.clone()),
            (None, Some(path)) => disk::read_text(path),
            (None, None) => Ok(String::new()),
        }
    }
}

#[derive(Args, Debug)]
struct Which {
    /// The consultation
    #[arg(value_name = "CONSULTATION-ID")]
    id: ConsultationId,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Ask for a consultation: any member, or the office
    Ask {
        /// On what
        #[arg(long, value_name = "TEXT")]
        subject: String,
        /// In which area
        #[arg(long, value_name = "AREA")]
        area: AreaName,
        /// With whom
        #[arg(long, value_name = "CODE,...", value_delimiter = ',')]
        with: Vec<PartyCode>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Its id, which only the office chooses
        #[arg(long, value_name = "CONSULTATION-ID")]
        id: Option<ConsultationId>,
        /// Open it at once; by the office only
        #[arg(long)]
        open: bool,
        #[command(flatten)]
        connection: Connection,
    },
    /// Open one that was asked for
    Open {
        #[command(flatten)]
        which: Which,
        /// With whom; those who were named when left out
        #[arg(long, value_name = "CODE,...", value_delimiter = ',')]
        with: Option<Vec<PartyCode>>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the consultations
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Show one, with the documents that are released to you
    Show {
        #[command(flatten)]
        which: Which,
        /// On whose clocks; your own when left out
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Have others take part
    Participants {
        #[command(flatten)]
        which: Which,
        /// Who takes part from now on
        #[arg(long, value_name = "CODE,...", value_delimiter = ',')]
        add: Vec<PartyCode>,
        /// Who takes part no more
        #[arg(long, value_name = "CODE,...", value_delimiter = ',')]
        remove: Vec<PartyCode>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Set the agenda
    Agenda {
        #[command(flatten)]
        which: Which,
        /// An item, `TITLE` or `TITLE @CODE` with the party that speaks first; in their order
        #[arg(long = "item", value_name = "ITEM")]
        items: Vec<String>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Set a meeting, or set one otherwise
    Meet {
        #[command(flatten)]
        which: Which,
        /// The number of the one that changes; what is left out of it stays
        #[arg(long, value_name = "N")]
        meeting: Option<u32>,
        /// What it is called
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
        /// When it begins: 2026-03-18T09:00 on the clocks of the zone, or an instant
        #[arg(long, value_name = "TIME")]
        start: Option<String>,
        /// When it ends
        #[arg(long, value_name = "TIME")]
        end: Option<String>,
        /// On whose clocks; your own when left out
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
        /// Where people meet
        #[arg(long, value_name = "TEXT")]
        place: Option<String>,
        /// Where they meet without travelling
        #[arg(long, value_name = "URL")]
        link: Option<String>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Cancel a meeting
    Cancel {
        #[command(flatten)]
        which: Which,
        /// Its number
        #[arg(value_name = "N")]
        meeting: u32,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Take a position, or make a statement
    Say {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        words: Words,
        /// What it is
        #[arg(long, value_name = "KIND", default_value = "position")]
        kind: Kind,
        /// On which item of the agenda, from 1
        #[arg(long, value_name = "N")]
        item: Option<u32>,
        /// For which party; the office enters what others sent in
        #[arg(long, value_name = "CODE")]
        party: Option<PartyCode>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Put a record before the participants, or take it away
    Document {
        #[command(flatten)]
        which: Which,
        /// The record
        #[arg(value_name = "RECORD-ID")]
        record: String,
        /// Which version; the newest that you are shown when left out
        #[arg(long, value_name = "V")]
        version: Option<Instant>,
        /// What it is there for
        #[arg(long, value_name = "TEXT", conflicts_with = "remove")]
        note: Option<String>,
        /// Take it away
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        connection: Connection,
    },
    /// Write minutes, instead of those before
    Minutes {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        words: Words,
        /// Of which meeting; of the whole when left out
        #[arg(long, value_name = "N")]
        meeting: Option<u32>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Say what came of it
    Outcome {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        words: Words,
        #[command(flatten)]
        connection: Connection,
    },
    /// Say what is to be done, by whom and by when
    FollowUp {
        #[command(flatten)]
        which: Which,
        /// The number of the one that changes; what is left out of it stays
        #[arg(long, value_name = "N")]
        number: Option<u32>,
        /// What
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
        /// Which party does it
        #[arg(long, value_name = "CODE")]
        owner: Option<PartyCode>,
        /// Who of it
        #[arg(long, value_name = "NAME")]
        person: Option<PersonName>,
        /// By which day
        #[arg(long, value_name = "DAY")]
        due: Option<Day>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Say that a follow-up is done: by its owner or by the office
    Done {
        #[command(flatten)]
        which: Which,
        /// Its number
        #[arg(value_name = "N")]
        number: u32,
        /// How
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// It is not done after all
        #[arg(long)]
        undo: bool,
        #[command(flatten)]
        connection: Connection,
    },
    /// Close one, or decline one that was asked for
    Close {
        #[command(flatten)]
        which: Which,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Reopen one
    Reopen {
        #[command(flatten)]
        which: Which,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Link one to a decision or an agreement
    Link {
        #[command(flatten)]
        which: Which,
        /// The decision
        #[arg(long, value_name = "ID", conflicts_with = "agreement")]
        decision: Option<DecisionId>,
        /// The agreement
        #[arg(long, value_name = "ID", required_unless_present = "decision")]
        agreement: Option<AgreementId>,
        /// It belongs with it no more
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        connection: Connection,
    },
}

/// A body of what was said on the command line: what was left out is left out.
fn body<const N: usize>(members: [(&str, Value); N]) -> Value {
    let said = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(
        said.map(|(key, value)| (key.to_owned(), value))
            .collect::<Map<_, _>>(),
    )
}

/// Does something in a consultation.
fn post(
    connection: &Connection,
    which: &Which,
    verb: &str,
    body: &Value,
    text: impl FnOnce(&Value) -> String,
) -> Result<Answer, Failure> {
    let path = format!("/consultations/{}/{verb}", which.id);
    let done = connection.open()?.post(&path, body)?;
    Ok(Answer::new(text(&done), done))
}

fn item(text: &str) -> Value {
    match text.rsplit_once(" @") {
        Some((title, lead)) => json!({"title": title, "lead": lead}),
        None => json!({"title": text}),
    }
}

impl Consultation {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let number =
            |what: &'static str| move |done: &Value| format!("{what} {}", shown(done, "number"));
        let said =
            |text: &'static str| move |done: &Value| format!("{}: {text}", shown(done, "id"));
        match &self.verb {
            Verb::Ask {
                subject,
                area,
                with,
                reason,
                id,
                open,
                connection,
            } => {
                let body = body([
                    ("subject", json!(subject)),
                    ("area", json!(area)),
                    ("participants", json!(with)),
                    ("reason", json!(reason)),
                    ("id", json!(id)),
                    ("open", json!(open)),
                ]);
                let asked = connection.open()?.post("/consultations", &body)?;
                let text = match open {
                    true => format!("{} is open", shown(&asked, "id")),
                    false => format!("{} is asked for; the office opens it", shown(&asked, "id")),
                };
                Ok(Answer::new(text, asked))
            }
            Verb::Open {
                which,
                with,
                reason,
                connection,
            } => {
                let body = body([("participants", json!(with)), ("reason", json!(reason))]);
                post(connection, which, "open", &body, said("open"))
            }
            Verb::List { connection } => list_all(connection),
            Verb::Show {
                which,
                zone,
                connection,
            } => {
                let query: Vec<(&str, &str)> =
                    zone.iter().map(|zone| ("zone", zone.as_str())).collect();
                let path = format!("/consultations/{}", which.id);
                let shown = connection.open()?.query(&path, &query)?;
                Ok(Answer::new(page::describe(&shown), shown))
            }
            Verb::Participants {
                which,
                add,
                remove,
                reason,
                connection,
            } => {
                let body = json!({"add": add, "remove": remove, "reason": reason});
                post(
                    connection,
                    which,
                    "participants",
                    &body,
                    said("others take part now"),
                )
            }
            Verb::Agenda {
                which,
                items,
                connection,
            } => {
                let items: Vec<Value> = items.iter().map(|text| item(text)).collect();
                let body = json!({"items": items});
                post(connection, which, "agenda", &body, said("agenda set"))
            }
            Verb::Meet {
                which,
                meeting,
                title,
                start,
                end,
                zone,
                place,
                link,
                connection,
            } => {
                let body = body([
                    ("number", json!(meeting)),
                    ("title", json!(title)),
                    ("start", json!(start)),
                    ("end", json!(end)),
                    ("zone", json!(zone)),
                    ("place", json!(place)),
                    ("link", json!(link)),
                ]);
                let mut answer = post(connection, which, "meetings", &body, number("meeting"))?;
                answer = warned(connection, which, answer)?;
                Ok(answer)
            }
            Verb::Cancel {
                which,
                meeting,
                reason,
                connection,
            } => {
                let body = json!({"number": meeting, "reason": reason});
                post(
                    connection,
                    which,
                    "meetings/cancel",
                    &body,
                    number("cancelled meeting"),
                )
            }
            Verb::Say {
                which,
                words,
                kind,
                item,
                party,
                connection,
            } => {
                let kind = match kind {
                    Kind::Position => "position",
                    Kind::Statement => "statement",
                };
                let body = body([
                    ("kind", json!(kind)),
                    ("text", json!(words.read()?)),
                    ("item", json!(item)),
                    ("party", json!(party)),
                ]);
                post(connection, which, "said", &body, number(kind))
            }
            Verb::Document {
                which,
                record,
                version,
                note,
                remove,
                connection,
            } => {
                let body = body([
                    ("record", json!(record)),
                    ("version", json!(version)),
                    ("note", json!(note)),
                ]);
                match remove {
                    true => {
                        let text = said("document taken away");
                        post(connection, which, "documents/remove", &body, text)
                    }
                    false => post(
                        connection,
                        which,
                        "documents",
                        &body,
                        said("document put there"),
                    ),
                }
            }
            Verb::Minutes {
                which,
                words,
                meeting,
                connection,
            } => {
                let text = json!(words.read()?);
                let body = body([("text", text), ("meeting", json!(meeting))]);
                post(connection, which, "minutes", &body, said("minutes written"))
            }
            Verb::Outcome {
                which,
                words,
                connection,
            } => {
                let body = json!({"text": words.read()?});
                post(connection, which, "outcome", &body, said("outcome set"))
            }
            Verb::FollowUp {
                which,
                number: which_one,
                title,
                owner,
                person,
                due,
                connection,
            } => {
                let body = body([
                    ("number", json!(which_one)),
                    ("title", json!(title)),
                    ("owner", json!(owner)),
                    ("person", json!(person)),
                    ("due", json!(due)),
                ]);
                post(connection, which, "follow-ups", &body, number("follow-up"))
            }
            Verb::Done {
                which,
                number: which_one,
                note,
                undo,
                connection,
            } => {
                let body = body([
                    ("number", json!(which_one)),
                    ("done", json!(!undo)),
                    ("note", json!(note)),
                ]);
                let text = match undo {
                    true => "open again: follow-up",
                    false => "done: follow-up",
                };
                post(connection, which, "follow-ups/done", &body, number(text))
            }
            Verb::Close {
                which,
                reason,
                connection,
            } => post(
                connection,
                which,
                "close",
                &json!({"reason": reason}),
                said("closed"),
            ),
            Verb::Reopen {
                which,
                reason,
                connection,
            } => post(
                connection,
                which,
                "reopen",
                &json!({"reason": reason}),
                said("reopened"),
            ),
            Verb::Link {
                which,
                decision,
                agreement,
                remove,
                connection,
            } => {
                let to = match decision {
                    Some(id) => json!({"decision": id}),
                    None => json!({"agreement": agreement}),
                };
                let body = json!({"to": to, "linked": !remove});
                let text = match remove {
                    true => "link taken away",
                    false => "linked",
                };
                post(connection, which, "links", &body, said(text))
            }
        }
    }
}

/// The answer with what speaks against the meeting at that time.
fn warned(connection: &Connection, which: &Which, answer: Answer) -> Result<Answer, Failure> {
    let mut done: Value = serde_json::from_str(&answer.document()).unwrap_or_default();
    let path = format!("/consultations/{}", which.id);
    let shown = connection.open()?.get(&path)?;
    let number = done.get("number").cloned();
    let mut meetings = list(&shown, "meetings").iter();
    let Some(meeting) = meetings.find(|one| one.get("number") == number.as_ref()) else {
        return Ok(answer);
    };
    let mut text = answer.text();
    text.push_str(&page::clocks(meeting));
    let warnings = list(meeting, "warnings").to_vec();
    crate::answer::put(&mut done, "warnings", warnings);
    Ok(Answer::new(text, done))
}

fn list_all(connection: &Connection) -> Result<Answer, Failure> {
    let answer = connection.open()?.get("/consultations")?;
    let mut table = Table::new(["ID", "STATUS", "AREA", "PARTICIPANTS", "TO DO", "SUBJECT"]);
    for one in list(&answer, "consultations") {
        let keys = [
            "id",
            "status",
            "area",
            "participants",
            "open_follow_ups",
            "subject",
        ];
        table.row(keys.map(|key| shown(one, key)));
    }
    Ok(Answer::new(table.or("no consultations"), answer))
}
