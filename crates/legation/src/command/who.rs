//! `legation who`: who has received a record, when and under what; and who could.

use clap::Args;
use legation_core::id::RecordId;
use serde_json::Value;

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation who indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80 --dir tokyo";

/// Tell who has received a record, when and under what; and who could
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Who {
    /// The record's id
    #[arg(value_name = "RECORD-ID")]
    record: RecordId,
    #[command(flatten)]
    connection: Connection,
}

impl Who {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let query = [("record", self.record.as_str())];
        let who = self.connection.open()?.query("/who", &query)?;
        let could = codes(list(&who, "could"));
        let text = format!(
            "{}; {}\n{}",
            receivers(&who),
            match could.as_str() {
                "" => "nobody could receive it now".to_owned(),
                could => format!("released now to {could}"),
            },
            receipts(&who)
        );
        Ok(Answer::new(text, who))
    }
}

/// The codes in a list, each once.
fn codes(list: &[Value]) -> String {
    let mut codes: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    codes.dedup();
    codes.join(", ")
}

/// Who has received it, in one phrase.
pub(super) fn receivers(who: &Value) -> String {
    let parties = |certain: bool| {
        let mut parties: Vec<Value> = list(who, "received")
            .iter()
            .filter(|one| is_certain(one) == certain)
            .filter_map(|one| one.get("party").cloned())
            .collect();
        parties.sort_by_key(Value::to_string);
        parties
    };
    let mut doubtful = parties(false);
    doubtful.retain(|party| !parties(true).contains(party));
    match (codes(&parties(true)).as_str(), codes(&doubtful).as_str()) {
        ("", "") => "nobody has received it".to_owned(),
        (codes, "") => format!("received by {codes}"),
        ("", doubtful) => format!("may have been received by {doubtful}"),
        (codes, doubtful) => {
            format!("received by {codes}; may have been received by {doubtful}")
        }
    }
}

/// Whether a release is known to have been sent: a killed office cannot say of all.
fn is_certain(release: &Value) -> bool {
    release.get("certain").and_then(Value::as_bool) != Some(false)
}

/// The receipts as a table; nothing when there are none.
pub(super) fn receipts(who: &Value) -> String {
    let mut table = Table::new([
        "PARTY", "AT", "VERSION", "UNDER", "EXTENT", "RECEIPT", "ACCOUNT",
    ]);
    let received = list(who, "received");
    for one in received {
        let under = match one.get("agreement").and_then(Value::as_str) {
            Some(agreement) => format!("{agreement} {}", shown(one, "agreement_version")),
            None => "-".to_owned(),
        };
        let [party, at, version, mut extent, receipt, account] =
            ["party", "at", "version", "extent", "receipt", "account"].map(|key| shown(one, key));
        if !is_certain(one) {
            extent.push_str(", perhaps");
        }
        table.row([party, at, version, under, extent, receipt, account]);
    }
    if received.is_empty() {
        String::new()
    } else {
        table.to_string()
    }
}
