//! `legation why`: whether a record goes to a party now, and by which clause or why not.

use clap::Args;
use legation_core::id::{PartyCode, RecordId};
use serde_json::Value;

use crate::answer::{Answer, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::facts;

const EXAMPLES: &str = "\
Examples:
  legation why JPN indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80 --dir tokyo

The exit code says that there was an answer, not what it is; ask for --json and read `released`.";

/// Say whether a record goes to a party, and by which clause or why not
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Why {
    /// The party
    #[arg(value_name = "PARTY")]
    party: PartyCode,
    /// The record's id
    #[arg(value_name = "RECORD-ID")]
    record: RecordId,
    #[command(flatten)]
    connection: Connection,
}

impl Why {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let query = [
            ("party", self.party.as_str()),
            ("record", self.record.as_str()),
        ];
        let why = self.connection.open()?.query("/why", &query)?;
        Ok(Answer::new(tell(&self.party, &why), why))
    }
}

/// The verdict in one line, then what it stands on.
fn tell(party: &PartyCode, why: &Value) -> String {
    let released = why.get("released").and_then(Value::as_bool) == Some(true);
    let verdict = if released { "released" } else { "withheld" };
    let preposition = if released { "to" } else { "from" };
    let mut text = format!("{verdict} {preposition} {party}: {}\n", shown(why, "text"));
    let mut found = Vec::new();
    let clause = |value: &Value| {
        value.get("agreement")?.as_str()?;
        let [agreement, version, article] =
            ["agreement", "version", "article"].map(|key| shown(value, key));
        Some(format!("{agreement} version {version}, article {article}"))
    };
    found.push(("record", shown(why, "record")));
    found.push(("version", shown(why, "record_version")));
    found.push(("originator", shown(why, "originator")));
    found.push(("rule", shown(why, "rule")));
    found.extend(clause(why).map(|clause| ("clause", clause)));
    found.extend(
        why.get("give")
            .and_then(clause)
            .map(|clause| ("given by", clause)),
    );
    found.push(("reason", shown(why, "reason")));
    found.retain(|(_, value)| value != "-");
    let found: Vec<(String, String)> = found
        .into_iter()
        .map(|(name, value)| (format!("  {name}"), value))
        .collect();
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    text += &facts(&found);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_verdict_stands_first() {
        let why = json!({"record": "indicator--1", "released": false, "rule": 1, "agreement": null,
            "reason": "gate.no-agreement", "text": "JPN has no agreement in force"});
        let text = tell(&"JPN".parse().unwrap(), &why);
        assert_eq!(
            text,
            "withheld from JPN: JPN has no agreement in force\n  record  indicator--1\n  \
             rule    1\n  reason  gate.no-agreement\n"
        );
    }
}
