//! `legation agreement suspend`, `resume` and `terminate`: stops an agreement, at once or for good.

use clap::Args;
use legation_core::id::AgreementId;
use legation_core::time::Instant;
use serde_json::json;

use super::show::tell;
use crate::answer::{Answer, put};
use crate::client::Connection;
use crate::failure::Failure;

const SUSPEND: &str = "\
Examples:
  legation agreement suspend nato-jpn --reason 'leak under inquiry' --dir tokyo

From this instant nothing flows in either direction, pages under way included.";

const TERMINATE: &str = "\
Examples:
  legation agreement terminate nato-jpn --reason notice --effective 2026-11-01T00:00:00Z --dir tokyo

A terminated agreement does not come back; a new beginning is a new agreement.";

/// Suspend an agreement, at once
#[derive(Args, Debug)]
#[command(after_help = SUSPEND)]
pub(crate) struct Suspend {
    #[command(flatten)]
    which: Which,
}

/// Lift a suspension
#[derive(Args, Debug)]
pub(crate) struct Resume {
    #[command(flatten)]
    which: Which,
}

/// Give notice: end an agreement
#[derive(Args, Debug)]
#[command(after_help = TERMINATE)]
pub(crate) struct Terminate {
    #[command(flatten)]
    which: Which,
    /// From when on it is over; at once when left out
    #[arg(long, value_name = "INSTANT")]
    effective: Option<Instant>,
}

#[derive(Args, Debug)]
struct Which {
    /// The agreement
    #[arg(value_name = "ID")]
    id: AgreementId,
    /// Why, for the journal
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
    #[command(flatten)]
    connection: Connection,
}

impl Which {
    fn post(&self, verb: &str, effective: Option<Instant>) -> Result<Answer, Failure> {
        let mut body = json!({"reason": self.reason});
        if let Some(effective) = effective {
            put(&mut body, "effective", effective.to_string());
        }
        let path = format!("/agreements/{}/{verb}", self.id);
        let agreement = self.connection.open()?.post(&path, &body)?;
        Ok(Answer::new(tell(&agreement), agreement))
    }
}

impl Suspend {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.post("suspend", None)
    }
}

impl Resume {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.post("resume", None)
    }
}

impl Terminate {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        self.which.post("terminate", self.effective)
    }
}
