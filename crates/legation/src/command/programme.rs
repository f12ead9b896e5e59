//! `legation programme`: how far the goals of the agreements have come, in the words of each side.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use legation_core::id::{ActivityId, AgreementId, ConsultationId, PartyCode};
use legation_core::programme::GoalId;
use legation_core::time::Day;
use serde_json::{Value, json};

use crate::answer::{Answer, list, printable, shown};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;
use crate::table::{Table, facts};

const EXAMPLES: &str = "\
Examples:
  legation programme show nato-jpn --dir tokyo
  legation programme report-status nato-jpn cyber-1 on-track --note 'half of it' --dir tokyo
  legation programme evidence nato-jpn cyber-1 --url https://a.example/r.pdf --digest 5f70...
  legation programme transition ipcp-2014 nato-jpn --plan plan.toml --dir tokyo
  legation programme report JPN --format html -o jpn.html --dir tokyo

Each side speaks for itself: the office for the host, a party with a token of its own.";

/// Programmes: what each side says of the goals, what shows it, and the yearly report
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Programme {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the programmes: of the agreements, and old ones on file
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Show a programme: its goals, what each side says of them, and what became of old ones
    Show {
        /// The programme: the id of its agreement
        #[arg(value_name = "ID")]
        id: AgreementId,
        #[command(flatten)]
        connection: Connection,
    },
    /// Say how far a goal has come, for your side
    ReportStatus(ReportStatus),
    /// Link something that shows how far a goal has come
    Evidence(Evidence),
    /// Put a programme from before the office on file
    Import {
        /// Its file, with the front matter of an agreement
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        connection: Connection,
    },
    /// Say what becomes of the goals of an old programme, where no agreement file says it
    Transition {
        /// The old programme
        #[arg(value_name = "OLD")]
        old: AgreementId,
        /// The programme that took its place
        #[arg(value_name = "NEW")]
        new: AgreementId,
        /// TOML: a `transition` table for each goal of the old one
        #[arg(long, value_name = "FILE")]
        plan: PathBuf,
        #[command(flatten)]
        connection: Connection,
    },
    /// The progress report of a partner, with figures from the journal
    Report(Report),
}

#[derive(Args, Debug)]
struct ReportStatus {
    /// The programme
    #[arg(value_name = "ID")]
    id: AgreementId,
    /// The goal
    #[arg(value_name = "GOAL")]
    goal: GoalId,
    /// How far it has come
    #[arg(value_name = "STATUS")]
    status: Status,
    /// The goal that it is merged into
    #[arg(long, value_name = "GOAL")]
    into: Option<GoalId>,
    /// In words; the reason where it is dropped or merged
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// As of which day; today when left out
    #[arg(long, value_name = "DATE")]
    day: Option<Day>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Status {
    Planned,
    OnTrack,
    Late,
    Done,
    Dropped,
    Merged,
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::OnTrack => "on-track",
            Self::Late => "late",
            Self::Done => "done",
            Self::Dropped => "dropped",
            Self::Merged => "merged",
        }
    }
}

#[derive(Args, Debug)]
struct Evidence {
    /// The programme
    #[arg(value_name = "ID")]
    id: AgreementId,
    /// The goal
    #[arg(value_name = "GOAL")]
    goal: GoalId,
    /// A record, by its id
    #[arg(long, value_name = "RECORD-ID", group = "shown")]
    record: Option<String>,
    /// A consultation
    #[arg(long, value_name = "ID", group = "shown")]
    consultation: Option<ConsultationId>,
    /// The meeting of the consultation, by number
    #[arg(long, value_name = "N", requires = "consultation")]
    meeting: Option<u32>,
    /// A training, an exercise, a visit or a summit
    #[arg(long, value_name = "ID", group = "shown")]
    activity: Option<ActivityId>,
    /// The address of something elsewhere
    #[arg(long, value_name = "URL", group = "shown", requires = "digest")]
    url: Option<String>,
    /// SHA-256 of what was there, in hexadecimal
    #[arg(long, value_name = "HEX", requires = "url")]
    digest: Option<String>,
    /// What it shows
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Args, Debug)]
struct Report {
    /// The partner
    #[arg(value_name = "PARTY")]
    party: PartyCode,
    /// The first day; a year before the last when left out
    #[arg(long, value_name = "DATE")]
    from: Option<Day>,
    /// The last day; today when left out
    #[arg(long, value_name = "DATE")]
    to: Option<Day>,
    /// Markdown, a page to print, or StratML Part 2
    #[arg(long, value_name = "FORM", default_value = "md")]
    format: Form,
    /// Where to write it; to the screen when left out
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Md,
    Html,
    Stratml,
}

impl Form {
    fn as_str(self) -> &'static str {
        match self {
            Self::Md => "md",
            Self::Html => "html",
            Self::Stratml => "stratml",
        }
    }
}

impl Programme {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::List { connection } => {
                let answer = connection.open()?.get("/programmes")?;
                let mut table =
                    Table::new(["ID", "VERSION", "PARTIES", "GOALS", "SUCCESSOR", "TITLE"]);
                for one in list(&answer, "programmes") {
                    let row = ["id", "version", "parties", "goals", "successor", "title"];
                    table.row(row.map(|key| printable(&shown(one, key))));
                }
                Ok(Answer::new(table.or("no programmes"), answer))
            }
            Verb::Show { id, connection } => {
                let programme = connection.open()?.get(&format!("/programmes/{id}"))?;
                Ok(Answer::new(describe(&programme), programme))
            }
            Verb::ReportStatus(verb) => verb.run(),
            Verb::Evidence(verb) => verb.run(),
            Verb::Import { file, connection } => {
                let bytes = disk::read(file)?;
                let answer = connection
                    .open()?
                    .send("/programmes", "text/markdown", &bytes)?;
                let text = format!("{} is on file", shown(&answer, "id"));
                Ok(Answer::new(text, answer))
            }
            Verb::Transition {
                old,
                new,
                plan,
                connection,
            } => {
                let body = json!({"old": old, "plan": disk::read_text(plan)?});
                let path = format!("/programmes/{new}/transition");
                let answer = connection.open()?.post(&path, &body)?;
                let text = format!("every goal of {old} is accounted for in {new}");
                Ok(Answer::new(text, answer))
            }
            Verb::Report(verb) => verb.run(),
        }
    }
}

impl ReportStatus {
    fn run(&self) -> Result<Answer, Failure> {
        let body = json!({
            "goal": self.goal, "status": self.status.as_str(), "into": self.into,
            "note": self.note, "day": self.day,
        });
        let path = format!("/programmes/{}/reports", self.id);
        let programme = self.connection.open()?.post(&path, &body)?;
        Ok(Answer::new(
            describe_goal(&programme, &self.goal),
            programme,
        ))
    }
}

impl Evidence {
    fn run(&self) -> Result<Answer, Failure> {
        let body = json!({
            "goal": self.goal, "record": self.record, "consultation": self.consultation,
            "meeting": self.meeting, "activity": self.activity, "url": self.url,
            "digest": self.digest, "note": self.note,
        });
        let path = format!("/programmes/{}/evidence", self.id);
        let programme = self.connection.open()?.post(&path, &body)?;
        Ok(Answer::new(
            describe_goal(&programme, &self.goal),
            programme,
        ))
    }
}

impl Report {
    fn run(&self) -> Result<Answer, Failure> {
        let days = [("first", self.from), ("last", self.to)]
            .map(|(key, day)| Some((key, day?.to_string())));
        let mut query: Vec<(&str, &str)> = vec![("format", self.format.as_str())];
        let days = days.iter().flatten();
        query.extend(days.map(|(key, day)| (*key, day.as_str())));
        let path = format!("/parties/{}/review", self.party);
        let answer = self.connection.open()?.query(&path, &query)?;
        let text = shown(&answer, "text");
        match &self.output {
            None => Ok(Answer::new(text, answer)),
            Some(file) => {
                disk::replace(file, text.as_bytes(), disk::Mode::Open)?;
                let told = format!("{} written", file.display());
                Ok(Answer::new(told, answer))
            }
        }
    }
}

fn describe(programme: &Value) -> String {
    let [title, version, parties, in_force, until, before, after] = [
        "title",
        "version",
        "parties",
        "in_force",
        "until",
        "predecessor",
        "successor",
    ]
    .map(|key| printable(&shown(programme, key)));
    let mut text = facts(&[
        ("programme", &shown(programme, "id")),
        ("title", &title),
        ("version", &version),
        ("parties", &parties),
        ("in force", &in_force),
        ("until", &until),
        ("predecessor", &before),
        ("successor", &after),
    ]);
    for goal in list(programme, "goals") {
        text += &goal_text(goal);
    }
    text
}

fn describe_goal(programme: &Value, id: &GoalId) -> String {
    let mut goals = list(programme, "goals").iter();
    let found = goals.find(|goal| shown(goal, "id") == id.as_str());
    found.map_or_else(String::new, goal_text)
}

fn goal_text(goal: &Value) -> String {
    let mut text = format!(
        "{}: {}, {}",
        shown(goal, "id"),
        shown(goal, "status"),
        printable(&shown(goal, "title"))
    );
    if shown(goal, "due") != "-" {
        text += &format!(", due {}", shown(goal, "due"));
    }
    text.push('\n');
    for word in list(goal, "words") {
        let [party, status, into, day, note] =
            ["party", "status", "into", "day", "note"].map(|key| printable(&shown(word, key)));
        let into = if into == "-" {
            String::new()
        } else {
            format!(" into {into}")
        };
        text += &format!("  {party}: {status}{into}, {day}, {note}\n");
    }
    if let Some(outcome) = goal.get("outcome").filter(|one| !one.is_null()) {
        let [fate, heir, by, reason] =
            ["fate", "heir", "by", "reason"].map(|key| printable(&shown(outcome, key)));
        text += &format!("  {fate}: {heir}, by {by}, {reason}\n");
    }
    for one in list(goal, "evidence") {
        let [kind, what, party, note] =
            ["kind", "what", "party", "note"].map(|key| printable(&shown(one, key)));
        text += &format!("  evidence of {party}: {kind} {what}, {note}\n");
    }
    text
}
