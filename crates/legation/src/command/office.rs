//! `legation office`: the liaison offices of the alliance, from a proposal to the end.
//!
//! Not the running program that is also called an office: that is `legation serve`.

use clap::{Args, Subcommand};
use legation_core::id::{DecisionId, LiaisonId, PartyCode, StatementId};
use legation_core::time::Day;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::{Table, facts};

const EXAMPLES: &str = "\
Examples:
  legation office propose tokyo --city Tokyo --host JPN --reason 'a first office in Asia' --dir hq
  legation office move tokyo under-negotiation --statement statement-7k2m9x4q --reason 'both wish it' --dir hq
  legation office move tokyo decided --decision open-tokyo --reason 'the members agree' --dir hq
  legation office show tokyo --as-of 2023-07-12 --dir hq

Members see every office. Others see one once they are told of it, and its host and the parties to
which it is accredited see it from its opening on.";

/// The alliance's liaison offices: propose, move, list, as of any day
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Office {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Args, Debug)]
struct Particulars {
    /// Who heads it; an empty text for nobody
    #[arg(long, value_name = "NAME")]
    head: Option<String>,
    /// Who else works there; may be repeated
    #[arg(long, value_name = "NAME")]
    staff: Vec<String>,
    /// The party that provides the premises
    #[arg(long, value_name = "CODE")]
    premises_by: Option<PartyCode>,
    /// Where the premises are; an empty text for nowhere
    #[arg(long, value_name = "TEXT")]
    premises: Option<String>,
    /// The parties that fund it
    #[arg(long, value_name = "CODE,...", value_delimiter = ',')]
    funded_by: Vec<PartyCode>,
    /// The parties to which it is accredited beside its host
    #[arg(long, value_name = "CODE,...", value_delimiter = ',')]
    accredited: Vec<PartyCode>,
    /// The day on which it opens or has opened
    #[arg(long, value_name = "DAY")]
    opening: Option<Day>,
}

impl Particulars {
    /// What of them was said.
    fn write(&self, body: &mut Map<String, Value>) {
        let mut put = |key: &str, value: Value| {
            body.insert(key.to_owned(), value);
        };
        for (key, text) in [("head", &self.head), ("premises", &self.premises)] {
            if let Some(text) = text {
                put(key, json!(text));
            }
        }
        if let Some(party) = &self.premises_by {
            put("premises_by", json!(party));
        }
        if let Some(day) = &self.opening {
            put("opening", json!(day));
        }
        if !self.staff.is_empty() {
            put("staff", json!(self.staff));
        }
        for (key, list) in [
            ("funded_by", &self.funded_by),
            ("accredited", &self.accredited),
        ] {
            if !list.is_empty() {
                put(key, json!(list));
            }
        }
    }
}

#[derive(Args, Debug)]
struct Because {
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The day of the step; today when left out
    #[arg(long, value_name = "DAY")]
    on: Option<Day>,
    /// The decision that stands behind it
    #[arg(long, value_name = "ID", conflicts_with = "statement")]
    decision: Option<DecisionId>,
    /// The statement that stands behind it
    #[arg(long, value_name = "ID")]
    statement: Option<StatementId>,
}

impl Because {
    fn write(&self, body: &mut Map<String, Value>) {
        body.insert("reason".into(), json!(self.reason));
        if let Some(day) = &self.on {
            body.insert("on".into(), json!(day));
        }
        let ground = match (&self.decision, &self.statement) {
            (Some(id), _) => json!({"decision": id}),
            (None, Some(id)) => json!({"statement": id}),
            (None, None) => return,
        };
        body.insert("ground".into(), ground);
    }
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Propose an office
    Propose {
        /// Its id, for good
        #[arg(value_name = "OFFICE-ID")]
        id: LiaisonId,
        /// Its city
        #[arg(long, value_name = "CITY")]
        city: String,
        /// The party in whose country it is
        #[arg(long, value_name = "CODE")]
        host: PartyCode,
        #[command(flatten)]
        particulars: Particulars,
        /// Who is told of it at once
        #[arg(long, value_name = "CODE,...", value_delimiter = ',')]
        told: Vec<PartyCode>,
        #[command(flatten)]
        because: Because,
        #[command(flatten)]
        connection: Connection,
    },
    /// Move an office to another status, with the decision or the statement behind it
    Move {
        /// The office
        #[arg(value_name = "OFFICE-ID")]
        id: LiaisonId,
        /// proposed, under-negotiation, decided, open, suspended or closed
        #[arg(value_name = "STATUS")]
        to: String,
        #[command(flatten)]
        because: Because,
        #[command(flatten)]
        connection: Connection,
    },
    /// Change what is said of an office; what is left out stays
    Set {
        /// The office
        #[arg(value_name = "OFFICE-ID")]
        id: LiaisonId,
        #[command(flatten)]
        particulars: Particulars,
        #[command(flatten)]
        because: Because,
        #[command(flatten)]
        connection: Connection,
    },
    /// Tell parties of an office that they would not see yet
    Tell {
        /// The office
        #[arg(value_name = "OFFICE-ID")]
        id: LiaisonId,
        /// Who is told
        #[arg(value_name = "CODE", required = true)]
        parties: Vec<PartyCode>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Show an office and its history
    Show {
        /// The office
        #[arg(value_name = "OFFICE-ID")]
        id: LiaisonId,
        /// How it was at the end of that day
        #[arg(long, value_name = "DAY")]
        as_of: Option<Day>,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the offices
    List {
        /// How they were at the end of that day
        #[arg(long, value_name = "DAY")]
        as_of: Option<Day>,
        #[command(flatten)]
        connection: Connection,
    },
}

impl Office {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Propose {
                id,
                city,
                host,
                particulars,
                told,
                because,
                connection,
            } => {
                let mut body = Map::new();
                body.insert("id".into(), json!(id));
                body.insert("city".into(), json!(city));
                body.insert("host".into(), json!(host));
                if !told.is_empty() {
                    body.insert("told".into(), json!(told));
                }
                particulars.write(&mut body);
                because.write(&mut body);
                let office = connection.open()?.post("/offices", &Value::Object(body))?;
                Ok(Answer::new(format!("{id} is proposed"), office))
            }
            Verb::Move {
                id,
                to,
                because,
                connection,
            } => {
                let mut body = Map::new();
                body.insert("to".into(), json!(to));
                because.write(&mut body);
                let path = format!("/offices/{id}/move");
                let office = connection.open()?.post(&path, &Value::Object(body))?;
                let text = format!("{id} is {}", shown(&office, "status"));
                Ok(Answer::new(text, office))
            }
            Verb::Set {
                id,
                particulars,
                because,
                connection,
            } => {
                let mut body = Map::new();
                particulars.write(&mut body);
                because.write(&mut body);
                let path = format!("/offices/{id}/set");
                let office = connection.open()?.post(&path, &Value::Object(body))?;
                Ok(Answer::new(format!("{id} is changed"), office))
            }
            Verb::Tell {
                id,
                parties,
                reason,
                connection,
            } => {
                let body = json!({"parties": parties, "reason": reason});
                let path = format!("/offices/{id}/tell");
                let office = connection.open()?.post(&path, &body)?;
                let text = format!("{id}: told to {}", shown(&body, "parties"));
                Ok(Answer::new(text, office))
            }
            Verb::Show {
                id,
                as_of,
                connection,
            } => {
                let day = as_of.map(|day| day.to_string());
                let query: Vec<(&str, &str)> =
                    day.iter().map(|day| ("as_of", day.as_str())).collect();
                let path = format!("/offices/{id}");
                let office = connection.open()?.query(&path, &query)?;
                Ok(Answer::new(describe(&office), office))
            }
            Verb::List { as_of, connection } => {
                let day = as_of.map(|day| day.to_string());
                let query: Vec<(&str, &str)> =
                    day.iter().map(|day| ("as_of", day.as_str())).collect();
                let answer = connection.open()?.query("/offices", &query)?;
                let mut table = Table::new(["ID", "CITY", "HOST", "STATUS", "SINCE"]);
                for office in list(&answer, "offices") {
                    table.row(
                        ["id", "city", "host", "status", "since"].map(|key| shown(office, key)),
                    );
                }
                Ok(Answer::new(table.or("no offices"), answer))
            }
        }
    }
}

fn describe(office: &Value) -> String {
    let keys = [
        ("office", "id"),
        ("city", "city"),
        ("host", "host"),
        ("status", "status"),
        ("since", "since"),
        ("opening", "opening"),
        ("head", "head"),
        ("staff", "staff"),
        ("premises by", "premises_by"),
        ("premises", "premises"),
        ("funded by", "funded_by"),
        ("accredited", "accredited"),
        ("told", "told"),
    ];
    let said: Vec<(&str, String)> = keys
        .iter()
        .map(|(name, key)| (*name, shown(office, key)))
        .filter(|(_, value)| !value.is_empty() && value != "-")
        .collect();
    let lines: Vec<(&str, &str)> = said
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let mut table = Table::new(["ON", "STEP", "STATUS", "BEHIND IT", "REASON"]);
    for step in list(office, "history") {
        let ground = step.get("ground").unwrap_or(&Value::Null);
        let behind = match (ground.get("decision"), ground.get("statement")) {
            (Some(_), _) => format!("decision {}", shown(ground, "decision")),
            (None, Some(_)) => format!("statement {}", shown(ground, "statement")),
            (None, None) => "-".to_owned(),
        };
        let [on, kind, status, reason] =
            ["on", "kind", "status", "reason"].map(|key| shown(step, key));
        table.row([on, kind, status, behind, reason]);
    }
    format!("{}{table}", facts(&lines))
}
