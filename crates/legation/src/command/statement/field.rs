//! What can be said of a statement on the command line. Which of it is needed, the office says.

use clap::Args;
use legation_core::act::{SourceKind, Stance};
use legation_core::id::PartyCode;
use legation_core::time::Instant;
use serde_json::{Value, json};

use crate::answer::put;

/// What was said, by whom.
#[derive(Args, Debug)]
pub(super) struct Fields {
    /// How the speaker stands to it: announced, reported, confirmed, `not confirmed`, denied, objected,
    /// `declined to comment` or corrected
    #[arg(long, value_name = "STANCE")]
    stance: Option<Stance>,
    /// The speaker's name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The speaker's role
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// The speaker's party, or a state by its ISO 3166-1 alpha-3 code
    #[arg(long, value_name = "CODE")]
    party: Option<PartyCode>,
    /// When it was said: a day, or an instant as in RFC 3339
    #[arg(long, value_name = "DATE", value_parser = moment)]
    said: Option<Instant>,
    /// Where it was said: an outlet, a place
    #[arg(long, value_name = "PLACE")]
    place: Option<String>,
    /// The text is the speaker's own words
    #[arg(long)]
    quoted: bool,
    /// What was said
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// A link in the chain of sources, in their order: `outlet:The Daily`, `unnamed:officials`; also
    /// agency, party, person
    #[arg(long = "source", value_name = "KIND:NAME", value_parser = source)]
    sources: Vec<(SourceKind, String)>,
}

/// A day at its midnight in UTC, or an instant.
pub(super) fn moment(text: &str) -> Result<Instant, String> {
    let day = format!("{text}T00:00:00Z");
    let whole = if text.len() == 10 { day.as_str() } else { text };
    whole
        .parse()
        .map_err(|_| format!("`{text}` is no date; write 2026-01-31, or 2026-01-31T12:00:00Z"))
}

fn source(text: &str) -> Result<(SourceKind, String), String> {
    let (kind, name) = text
        .split_once(':')
        .ok_or_else(|| format!("`{text}` is no source; write `outlet:` and its name"))?;
    let kind = kind
        .parse::<SourceKind>()
        .map_err(|error| error.to_string())?;
    Ok((kind, name.trim().to_owned()))
}

impl Fields {
    /// What was given, as the API takes it.
    pub(super) fn body(&self) -> Value {
        let mut body = json!({});
        let texts = [
            (
                "stance",
                self.stance.map(|stance| stance.as_str().to_owned()),
            ),
            ("name", self.name.clone()),
            ("role", self.role.clone()),
            ("party", self.party.as_ref().map(|party| party.to_string())),
            ("said", self.said.map(|said| said.to_string())),
            ("place", self.place.clone()),
            ("text", self.text.clone()),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                put(&mut body, key, text);
            }
        }
        if self.quoted {
            put(&mut body, "quoted", true);
        }
        if !self.sources.is_empty() {
            let link =
                |(kind, name): &(SourceKind, String)| json!({"kind": kind.as_str(), "name": name});
            let sources: Vec<Value> = self.sources.iter().map(link).collect();
            put(&mut body, "sources", sources);
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_sources_are_read() {
        assert_eq!(
            moment("2023-07-05").unwrap().to_string(),
            "2023-07-05T00:00:00.000000Z"
        );
        assert_eq!(
            moment("2023-07-05T02:00:00+02:00").unwrap(),
            moment("2023-07-05").unwrap()
        );
        assert!(moment("July").is_err());
        let read = source("unnamed: two officials").unwrap();
        assert_eq!(read, (SourceKind::Unnamed, "two officials".to_owned()));
        assert!(source("officials").is_err() && source("friend:x").is_err());
    }
}
