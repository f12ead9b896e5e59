//! `legation decision table` and `amended`: puts a text on the table, or another in its place.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use legation_core::id::{AgreementId, DecisionId, LiaisonId, PartyCode};
use serde_json::{Value, json};

use super::show::brief;
use crate::answer::{Answer, put};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;

const TABLE: &str = "\
Examples:
  legation decision table office.md --title 'An office in Tokyo' --expires '2031-03-31T18:00[Europe/Brussels]' --dir tokyo
  legation decision table itpp.md --title 'ITPP with Japan' --sign nato-jpn:2 --expires 2031-03-31T16:00:00Z --dir tokyo
  legation decision table text.md --title 'A statement' --publish --tell JPN,KOR --expires '2031-03-31T18:00[Asia/Tokyo]' \\
      --urgent 'the summit begins tomorrow' --dir tokyo

The expiry is the first instant at which silence counts as agreement. Where a clock is set back and a time comes twice, \
write its offset before the zone.";

/// How consensus is found.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Course {
    /// Whoever says nothing by the expiry agrees
    Silence,
    /// Everybody has to assent by the expiry
    Written,
    /// You record the consensus of a meeting, by the expiry
    Meeting,
}

impl Course {
    fn as_str(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Written => "written",
            Self::Meeting => "meeting",
        }
    }
}

/// What the adoption permits.
#[derive(Args, Debug)]
struct Permits {
    /// The adoption permits the host to sign this version of an agreement
    #[arg(long, value_name = "ID:VERSION", value_parser = version, conflicts_with_all = ["open", "publish"])]
    sign: Option<(AgreementId, u32)>,
    /// The adoption decides this liaison office
    #[arg(long, value_name = "OFFICE", conflicts_with = "publish")]
    open: Option<LiaisonId>,
    /// The adoption permits that the text be published
    #[arg(long)]
    publish: bool,
}

fn version(text: &str) -> Result<(AgreementId, u32), String> {
    let (id, version) = text
        .rsplit_once(':')
        .ok_or("write the agreement and its version like `nato-jpn:2`")?;
    let id = id.parse().map_err(|error| format!("{error}"))?;
    let version = version.parse();
    Ok((id, version.map_err(|_| "a version is a whole number")?))
}

impl Permits {
    fn wanted(&self) -> Option<Value> {
        match self {
            Self {
                sign: Some((agreement, version)),
                ..
            } => Some(json!({"kind": "sign", "agreement": agreement, "version": version})),
            Self {
                open: Some(office), ..
            } => Some(json!({"kind": "open-office", "office": office})),
            Self { publish: true, .. } => Some(json!({"kind": "publish"})),
            Self { .. } => None,
        }
    }
}

/// Put a text to the members
#[derive(Args, Debug)]
#[command(after_help = TABLE)]
pub(crate) struct Table {
    /// The text
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it is about, in a line
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// Its id; the office makes one when left out
    #[arg(long, value_name = "ID")]
    id: Option<DecisionId>,
    /// How consensus is found
    #[arg(long, value_enum, default_value = "silence")]
    procedure: Course,
    /// By when: a time with its zone, or an instant
    #[arg(long, value_name = "TIME")]
    expires: String,
    /// Who is asked; all members when left out
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    ask: Vec<PartyCode>,
    /// Who else learns of the text once it is adopted
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    tell: Vec<PartyCode>,
    #[command(flatten)]
    permits: Permits,
    /// Why there is less time than the house rules ask for
    #[arg(long, value_name = "TEXT")]
    urgent: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

impl Table {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let text = disk::read_text(&self.file)?;
        let mut body = json!({"title": self.title, "text": text, "told": self.tell,
            "procedure": self.procedure.as_str(), "expiry": self.expires});
        if !self.ask.is_empty() {
            put(&mut body, "asked", json!(self.ask));
        }
        let more = [
            ("id", self.id.as_ref().map(|id| json!(id))),
            ("permits", self.permits.wanted()),
            ("urgent", self.urgent.as_ref().map(|why| json!(why))),
        ];
        add(&mut body, more);
        let tabled = self.connection.open()?.post("/decisions", &body)?;
        Ok(Answer::new(brief(&tabled), tabled))
    }
}

/// Put an amended text in the place of one that was broken, withdrawn or lapsed
///
/// It goes to the same parties under a new silence and permits the same.
#[derive(Args, Debug)]
pub(crate) struct Amended {
    /// The decision that came to nothing
    #[arg(value_name = "ID")]
    before: DecisionId,
    /// The amended text
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What it is about; the same when left out
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The id of the new decision; the office makes one when left out
    #[arg(long, value_name = "ID")]
    id: Option<DecisionId>,
    /// How consensus is found; the same when left out
    #[arg(long, value_enum)]
    procedure: Option<Course>,
    /// By when: a time with its zone, or an instant
    #[arg(long, value_name = "TIME")]
    expires: String,
    #[command(flatten)]
    permits: Permits,
    /// Why there is less time than the house rules ask for
    #[arg(long, value_name = "TEXT")]
    urgent: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

impl Amended {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let text = disk::read_text(&self.file)?;
        let mut body = json!({"text": text, "expiry": self.expires});
        let procedure = self.procedure.map(|course| json!(course.as_str()));
        let more = [
            ("id", self.id.as_ref().map(|id| json!(id))),
            ("title", self.title.as_ref().map(|title| json!(title))),
            ("procedure", procedure),
            ("permits", self.permits.wanted()),
            ("urgent", self.urgent.as_ref().map(|why| json!(why))),
        ];
        add(&mut body, more);
        let path = format!("/decisions/{}/amended", self.before);
        let tabled = self.connection.open()?.post(&path, &body)?;
        Ok(Answer::new(brief(&tabled), tabled))
    }
}

fn add<const N: usize>(body: &mut Value, more: [(&str, Option<Value>); N]) {
    for (key, value) in more {
        if let Some(value) = value {
            put(body, key, value);
        }
    }
}
