//! `legation withdraw` and `legation erase`: takes records out of every view; erasing takes the
//! bytes out of the journal too.

use clap::Args;
use legation_core::id::RecordId;
use legation_core::time::Instant;
use serde_json::{Value, json};

use super::who::{receipts, receivers};
use crate::answer::{Answer, list, put, shown};
use crate::client::Connection;
use crate::failure::Failure;

const WITHDRAW: &str = "\
Examples:
  legation withdraw indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80 --reason mistaken --dir tokyo

A withdrawn record goes to nobody any more; its bytes stay in the journal. Prints who has it; each
of them gets a recall notice with the reason (see `legation recall`).";

const ERASE: &str = "\
Examples:
  legation erase indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80 --reason 'court order' --dir tokyo

The bytes are gone for good; the entry that filed them and its hash stay. Prints who has
them; each of them gets a recall notice with the reason (see `legation recall`).";

/// Withdraw a record from everybody
#[derive(Args, Debug)]
#[command(after_help = WITHDRAW)]
pub(crate) struct Withdraw {
    #[command(flatten)]
    which: Which,
}

/// Withdraw a record and erase its bytes, as a law may demand
#[derive(Args, Debug)]
#[command(after_help = ERASE)]
pub(crate) struct Erase {
    #[command(flatten)]
    which: Which,
}

#[derive(Args, Debug)]
struct Which {
    /// The record's id
    #[arg(value_name = "RECORD-ID")]
    record: RecordId,
    /// One version of it; all versions when left out
    #[arg(long, value_name = "V")]
    version: Option<Instant>,
    /// Why, for the journal and for whoever has received it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    connection: Connection,
}

impl Withdraw {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.run("/withdraw", "withdrawn")
    }
}

impl Erase {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.run("/erase", "erased")
    }
}

impl Which {
    fn run(&self, path: &str, done: &str) -> Result<Answer, Failure> {
        let mut body = json!({"record": self.record, "reason": self.reason});
        if let Some(version) = self.version {
            put(&mut body, "version", version.to_string());
        }
        let answer = self.connection.open()?.post(path, &body)?;
        let versions = match answer.get(done).and_then(Value::as_u64) {
            Some(1) => "1 version".to_owned(),
            _ => format!("{} versions", shown(&answer, done)),
        };
        let text = format!(
            "{done}: {versions} of {}; {}\n{}{}",
            self.record,
            receivers(&answer),
            receipts(&answer),
            notices(&answer)
        );
        Ok(Answer::new(text, answer))
    }
}

/// To whom a recall notice goes; nothing if to nobody.
fn notices(answer: &Value) -> String {
    if list(answer, "notified").is_empty() {
        return String::new();
    }
    let (parties, due) = (shown(answer, "notified"), shown(answer, "due"));
    format!("a recall notice goes to {parties}, to be acknowledged by {due}\n")
}
