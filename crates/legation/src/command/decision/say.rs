//! `legation decision break`, `amend`, `reserve`, `state` and `assent`: what a party says of a text.

use std::path::PathBuf;

use clap::Args;
use legation_core::id::{DecisionId, PartyCode};
use serde_json::json;

use super::show::brief;
use crate::answer::{Answer, put};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;

#[derive(Args, Debug)]
struct Which {
    /// The decision
    #[arg(value_name = "ID")]
    id: DecisionId,
    /// For which party the office enters what it received in writing; your own when left out
    #[arg(long, value_name = "CODE")]
    party: Option<PartyCode>,
    #[command(flatten)]
    connection: Connection,
}

impl Which {
    fn say(&self, position: &str, text: Option<&str>) -> Result<Answer, Failure> {
        let mut body = json!({"position": position});
        if let Some(text) = text {
            put(&mut body, "text", text);
        }
        if let Some(party) = &self.party {
            put(&mut body, "party", json!(party));
        }
        let path = format!("/decisions/{}/positions", self.id);
        let decision = self.connection.open()?.post(&path, &body)?;
        Ok(Answer::new(brief(&decision), decision))
    }
}

/// Object: there is no consensus on this text
#[derive(Args, Debug)]
pub(crate) struct Break {
    #[command(flatten)]
    which: Which,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

impl Break {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.say("objection", Some(&self.reason))
    }
}

/// Hand in another text: there is no consensus on this one
#[derive(Args, Debug)]
pub(crate) struct Amend {
    #[command(flatten)]
    which: Which,
    /// The text that you want
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Amend {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let text = disk::read_text(&self.file)?;
        self.which.say("amendment", Some(&text))
    }
}

/// Enter a reservation: the text is not broken, and the reservation stays with it
#[derive(Args, Debug)]
pub(crate) struct Reserve {
    #[command(flatten)]
    which: Which,
    /// The reservation
    #[arg(long, value_name = "TEXT")]
    text: String,
}

impl Reserve {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.say("reservation", Some(&self.text))
    }
}

/// Make an interpretative statement, which stays with the text; after its adoption too
#[derive(Args, Debug)]
pub(crate) struct State {
    #[command(flatten)]
    which: Which,
    /// How you understand the text
    #[arg(long, value_name = "TEXT")]
    text: String,
}

impl State {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.say("interpretation", Some(&self.text))
    }
}

/// Assent, as a written procedure needs it
#[derive(Args, Debug)]
pub(crate) struct Assent {
    #[command(flatten)]
    which: Which,
    /// Words that go with it
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
}

impl Assent {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.say("assent", self.text.as_deref())
    }
}
