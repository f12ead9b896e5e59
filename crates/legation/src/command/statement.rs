//! `legation statement`: what was said in public, by whom, about what; and the decisions on what was
//! found in the press.

mod field;
mod show;

use clap::{Args, Subcommand};
use legation_core::act::StatementSubject;
use legation_core::id::{PartyCode, ProposalId, Slug, StatementId};
use legation_core::time::Instant;
use serde_json::{Value, json};

use crate::answer::{Answer, list, put, shown};
use crate::client::{Client, Connection};
use crate::command::statement::field::{Fields, moment};
use crate::command::statement::show::{describe, timeline, who};
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation statement add --subject office:tokyo --point opening-date --stance denied \\
      --party FRA --said 2023-07-05 --text 'No date has been agreed' --dir office
  legation statement timeline office:tokyo --said-by 2023-07-01 --dir office
  legation statement accept proposal-7k2m9x4q --subject office:tokyo --point opening-date --dir office

A subject is `office:ID`, `decision:ID`, `agreement:ID`, or `matter:NAME` for anything else. What is \
recorded is never deleted: `correct` records it anew, `retract` says that it should not be there.";

/// What was said in public: record, correct, read; accept what was found in the press
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Statement {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Put a statement on the record
    Add(Box<Add>),
    /// Show one statement
    Show {
        /// The statement
        #[arg(value_name = "ID")]
        id: StatementId,
        #[command(flatten)]
        connection: Connection,
    },
    /// List statements, by when they were said
    List {
        /// Only about that
        #[arg(long, value_name = "SUBJECT")]
        subject: Option<StatementSubject>,
        /// Only by that party
        #[arg(long, value_name = "CODE")]
        party: Option<PartyCode>,
        /// Only of that stance
        #[arg(long, value_name = "STANCE")]
        stance: Option<String>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Show who said what about a subject, and what each point comes to
    Timeline {
        /// The subject; all subjects are listed when it is left out
        #[arg(value_name = "SUBJECT")]
        subject: Option<StatementSubject>,
        /// Up to when things were said
        #[arg(long, value_name = "DATE", value_parser = moment)]
        said_by: Option<Instant>,
        /// Up to when the office had recorded them
        #[arg(long, value_name = "DATE", value_parser = moment)]
        recorded_by: Option<Instant>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Record anew what was recorded wrongly; what is left out stays as it was
    Correct {
        /// The statement
        #[arg(value_name = "ID")]
        id: StatementId,
        /// Which point it is about
        #[arg(long, value_name = "POINT")]
        point: Option<Slug>,
        #[command(flatten)]
        fields: Box<Fields>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Say that a statement should never have been recorded
    Retract {
        /// The statement
        #[arg(value_name = "ID")]
        id: StatementId,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Put a proposal on the record
    Accept(Box<Settle>),
    /// Edit a proposal, which goes on waiting
    Edit(Box<Settle>),
    /// Turn a proposal down
    Reject {
        /// The proposal, as `press proposals` shows it
        #[arg(value_name = "PROPOSAL")]
        id: ProposalId,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        connection: Connection,
    },
}

#[derive(Args, Debug)]
struct Add {
    /// Its id; the office makes one when it is left out
    #[arg(long, value_name = "ID")]
    id: Option<StatementId>,
    /// What it is about
    #[arg(long, value_name = "SUBJECT")]
    subject: StatementSubject,
    /// Which point of it: `opening-date`
    #[arg(long, value_name = "POINT")]
    point: Slug,
    #[command(flatten)]
    fields: Fields,
    /// The article that is its evidence, by its digest
    #[arg(long, value_name = "DIGEST", requires = "sentence")]
    article: Option<String>,
    /// The sentence of that article
    #[arg(long, value_name = "TEXT", requires = "article")]
    sentence: Option<String>,
    /// The earlier statement that the speaker puts right with it
    #[arg(long, value_name = "ID")]
    corrects: Option<StatementId>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Args, Debug)]
struct Settle {
    /// The proposal, as `press proposals` shows it
    #[arg(value_name = "PROPOSAL")]
    id: ProposalId,
    /// What it is about
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<StatementSubject>,
    /// Which point of it: `opening-date`
    #[arg(long, value_name = "POINT")]
    point: Option<Slug>,
    #[command(flatten)]
    fields: Fields,
    #[command(flatten)]
    connection: Connection,
}

impl Settle {
    fn body(&self) -> Value {
        let mut body = self.fields.body();
        if let Some(subject) = &self.subject {
            put(&mut body, "subject", subject.to_string());
        }
        if let Some(point) = &self.point {
            put(&mut body, "point", point.as_str());
        }
        body
    }
}

impl Statement {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Add(add) => {
                let mut body = add.fields.body();
                put(&mut body, "subject", add.subject.to_string());
                put(&mut body, "point", add.point.as_str());
                if let Some(id) = &add.id {
                    put(&mut body, "id", id.as_str());
                }
                if let Some(id) = &add.corrects {
                    put(&mut body, "corrects", id.as_str());
                }
                if let (Some(article), Some(sentence)) = (&add.article, &add.sentence) {
                    let evidence = json!([{"article": article, "sentence": sentence}]);
                    put(&mut body, "evidence", evidence);
                }
                let added = add.connection.open()?.post("/statements", &body)?;
                Ok(Answer::new(told("recorded", &added), added))
            }
            Verb::Show { id, connection } => {
                let statement = connection.open()?.get(&format!("/statements/{id}"))?;
                Ok(Answer::new(describe(&statement), statement))
            }
            Verb::List {
                subject,
                party,
                stance,
                connection,
            } => {
                let mut query = Vec::new();
                query.extend(subject.as_ref().map(|one| ("subject", one.to_string())));
                query.extend(party.as_ref().map(|one| ("party", one.to_string())));
                query.extend(stance.as_ref().map(|one| ("stance", one.clone())));
                list_statements(&connection.open()?, &query)
            }
            Verb::Timeline {
                subject: None,
                connection,
                ..
            } => {
                let subjects = connection.open()?.get("/subjects")?;
                let mut table = Table::new(["SUBJECT", "STATEMENTS", "LAST SAID"]);
                for one in list(&subjects, "subjects") {
                    table.row(["subject", "statements", "last"].map(|key| shown(one, key)));
                }
                Ok(Answer::new(
                    table.or("nothing was said about anything"),
                    subjects,
                ))
            }
            Verb::Timeline {
                subject: Some(subject),
                said_by,
                recorded_by,
                connection,
            } => {
                let (said, recorded) = (
                    said_by.map(|at| at.to_string()),
                    recorded_by.map(|at| at.to_string()),
                );
                let mut query = Vec::new();
                query.extend(said.as_deref().map(|at| ("said_by", at)));
                query.extend(recorded.as_deref().map(|at| ("recorded_by", at)));
                let page = connection
                    .open()?
                    .query(&format!("/subjects/{subject}"), &query)?;
                Ok(Answer::new(timeline(&page), page))
            }
            Verb::Correct {
                id,
                point,
                fields,
                connection,
            } => {
                let mut body = fields.body();
                if let Some(point) = point {
                    put(&mut body, "point", point.as_str());
                }
                let path = format!("/statements/{id}/correct");
                let corrected = connection.open()?.post(&path, &body)?;
                let text = format!("{} in place of {id}", told("recorded", &corrected));
                Ok(Answer::new(text, corrected))
            }
            Verb::Retract {
                id,
                reason,
                connection,
            } => {
                let path = format!("/statements/{id}/retract");
                let body = json!({"reason": reason});
                let retracted = connection.open()?.post(&path, &body)?;
                Ok(Answer::new(told("retracted", &retracted), retracted))
            }
            Verb::Accept(settle) => {
                let path = format!("/press/proposals/{}/accept", settle.id);
                let accepted = settle.connection.open()?.post(&path, &settle.body())?;
                Ok(Answer::new(told("recorded", &accepted), accepted))
            }
            Verb::Edit(settle) => {
                let path = format!("/press/proposals/{}/edit", settle.id);
                let edited = settle.connection.open()?.post(&path, &settle.body())?;
                let text = format!("{} edited; it waits to be accepted", settle.id);
                Ok(Answer::new(text, edited))
            }
            Verb::Reject {
                id,
                reason,
                connection,
            } => {
                let path = format!("/press/proposals/{id}/reject");
                let rejected = connection.open()?.post(&path, &json!({"reason": reason}))?;
                Ok(Answer::new(format!("{id} rejected"), rejected))
            }
        }
    }
}

fn told(verb: &str, statement: &Value) -> String {
    let [id, stance, subject, point] =
        ["id", "stance", "subject", "point"].map(|key| shown(statement, key));
    format!(
        "{verb} {id}: {} {stance} {point} of {subject}",
        who(statement)
    )
}

/// All statements, however many answers they take.
fn list_statements(office: &Client, query: &[(&str, String)]) -> Result<Answer, Failure> {
    let mut statements: Vec<Value> = Vec::new();
    loop {
        let after = statements.last().map(|last| shown(last, "id"));
        let mut query: Vec<(&str, &str)> = query
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .collect();
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = office.query("/statements", &query)?;
        let found = list(&page, "statements");
        statements.extend_from_slice(found);
        let more = page.get("more").and_then(Value::as_bool) == Some(true);
        if !more || found.is_empty() {
            break;
        }
    }
    let mut table = Table::new(["SAID", "WHO", "STANCE", "SUBJECT", "POINT", "ID"]);
    for one in &statements {
        let [said, stance, subject, point, id] =
            ["said", "stance", "subject", "point", "id"].map(|key| shown(one, key));
        table.row([show::day(&said), who(one), stance, subject, point, id]);
    }
    let text = table.or("no statements");
    Ok(Answer::new(text, json!({"statements": statements})))
}
