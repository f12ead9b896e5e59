//! `legation agreement rehearse`: what would change for whom if a draft came into force.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::FILE_TYPE;
use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation agreement rehearse nato-jpn-3.md --dir tokyo

Nothing is changed. What is told is what then happens, as if both sides had signed the draft now.";

/// Tell what would change for whom if a draft came into force
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Rehearse {
    /// The draft
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    connection: Connection,
}

impl Rehearse {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let bytes = disk::read(&self.file)?;
        let client = self.connection.open()?;
        let rehearsed = client.send("/agreements/rehearse", FILE_TYPE, &bytes)?;
        Ok(Answer::new(tell(&rehearsed), rehearsed))
    }
}

/// How much would change, in one line, then for whom, with samples.
fn tell(rehearsed: &Value) -> String {
    let changes = list(rehearsed, "changes");
    let at = shown(rehearsed, "at");
    let sum = |key: &str| -> u64 {
        let counts = changes
            .iter()
            .filter_map(|change| change.get(key)?.as_u64());
        counts.sum()
    };
    if changes.is_empty() {
        return format!("nothing would change at {at}\n");
    }
    let mut text = format!(
        "at {at}: {} would be gained and {} lost\n",
        sum("gains"),
        sum("loses")
    );
    for change in changes {
        let [party, area, gains, loses] =
            ["party", "area", "gains", "loses"].map(|key| shown(change, key));
        text += &format!("{party} in {area}: gains {gains}, loses {loses}\n");
        for sample in list(change, "samples") {
            let gain = sample.get("gain").and_then(Value::as_bool) == Some(true);
            let sign = if gain { '+' } else { '-' };
            let [id, because] = ["id", "because"].map(|key| shown(sample, key));
            text += &format!("  {sign} {id}: {because}\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_sums_stand_first() {
        let rehearsed = json!({"at": "2026-01-01T00:00:00Z", "changes": [
            {"party": "JPN", "area": "cyber", "gains": 2, "loses": 1, "samples": [
                {"id": "malware--1", "gain": true, "because": "article 4.1"}]},
            {"party": "AUS", "area": "cyber", "gains": 1, "loses": 0, "samples": []}]});
        assert_eq!(
            tell(&rehearsed),
            "at 2026-01-01T00:00:00Z: 3 would be gained and 1 lost\n\
             JPN in cyber: gains 2, loses 1\n  + malware--1: article 4.1\n\
             AUS in cyber: gains 1, loses 0\n"
        );
        let none = json!({"at": "2026-01-01T00:00:00Z", "changes": []});
        assert_eq!(
            tell(&none),
            "nothing would change at 2026-01-01T00:00:00Z\n"
        );
    }
}
