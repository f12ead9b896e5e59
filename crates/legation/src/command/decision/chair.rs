//! `legation decision conclude`, `withdraw` and `extend`: what the chair does about a text.

use clap::Args;
use legation_core::id::DecisionId;
use serde_json::{Value, json};

use super::show::brief;
use crate::answer::{Answer, put};
use crate::client::Connection;
use crate::failure::Failure;

#[derive(Args, Debug)]
struct Which {
    /// The decision
    #[arg(value_name = "ID")]
    id: DecisionId,
    #[command(flatten)]
    connection: Connection,
}

impl Which {
    fn post(&self, verb: &str, body: &Value) -> Result<Answer, Failure> {
        let path = format!("/decisions/{}/{verb}", self.id);
        let decision = self.connection.open()?.post(&path, body)?;
        Ok(Answer::new(brief(&decision), decision))
    }
}

/// Record what the meeting came to
#[derive(Args, Debug)]
pub(crate) struct Conclude {
    #[command(flatten)]
    which: Which,
    /// There was no consensus
    #[arg(long)]
    no_consensus: bool,
    /// What to note about it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

impl Conclude {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let mut body = json!({"adopted": !self.no_consensus});
        if let Some(note) = &self.note {
            put(&mut body, "note", note.as_str());
        }
        self.which.post("conclude", &body)
    }
}

/// Take a text off the table
#[derive(Args, Debug)]
pub(crate) struct Withdraw {
    #[command(flatten)]
    which: Which,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Withdraw {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.post("withdraw", &json!({"reason": self.reason}))
    }
}

/// Give more time, before the time is over
#[derive(Args, Debug)]
pub(crate) struct Extend {
    #[command(flatten)]
    which: Which,
    /// Until when: a time with its zone, or an instant
    #[arg(long, value_name = "TIME")]
    expires: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Extend {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let body = json!({"expiry": self.expires, "reason": self.reason});
        self.which.post("extend", &body)
    }
}
