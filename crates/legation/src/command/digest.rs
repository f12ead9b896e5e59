//! `legation digest`: what awaits a person, by mail once a day.

use clap::{Args, Subcommand};
use legation_core::id::{PartyCode, PersonName};
use legation_core::party::Zone;
use serde_json::{Value, json};

use crate::answer::{Answer, put, shown};
use crate::client::Connection;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation digest set 8 --zone Asia/Tokyo --of NATO/anna.berg --dir tokyo
  legation digest set 7 --office https://office.example --token T
  legation digest off --office https://office.example --token T

A digest is mailed once a day, and only if something awaits the person. The person's address is the
one of its calendar. Without --of it is about whoever asks.";

/// What awaits a person, by mail once a day
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Digest {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Send it at a full hour of the day
    Set {
        /// Which hour, 0 to 23
        #[arg(value_name = "HOUR", value_parser = clap::value_parser!(u8).range(0..=23))]
        hour: u8,
        /// In which zone; the party's own when left out
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
        #[command(flatten)]
        whose: Whose,
    },
    /// Send no more
    Off {
        #[command(flatten)]
        whose: Whose,
    },
    /// Show when it is sent
    Show {
        #[command(flatten)]
        whose: Whose,
    },
}

#[derive(Args, Debug)]
struct Whose {
    /// Whose, for the office's own people
    #[arg(long, value_name = "PARTY/PERSON", value_parser = read)]
    of: Option<(PartyCode, PersonName)>,
    #[command(flatten)]
    connection: Connection,
}

fn read(text: &str) -> Result<(PartyCode, PersonName), String> {
    let (party, person) = text
        .split_once('/')
        .ok_or("write it like `JPN/anna.berg`")?;
    let party = party.parse().map_err(|error| format!("{error}"));
    let person = person.parse().map_err(|error| format!("{error}"));
    Ok((party?, person?))
}

impl Whose {
    fn set(&self, mut body: Value) -> Result<Answer, Failure> {
        if let Some((party, person)) = &self.of {
            put(&mut body, "party", party.as_str());
            put(&mut body, "person", person.as_str());
        }
        let office = self.connection.open()?;
        let set = office.put("/digest", "application/json", body.to_string().as_bytes())?;
        Ok(Answer::new(describe(&set), set))
    }
}

impl Digest {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Set { hour, zone, whose } => {
                let mut body = json!({"hour": hour});
                if let Some(zone) = zone {
                    let zone: Zone =
                        zone.parse()
                            .map_err(|error: legation_core::party::PartyError| {
                                Failure::new(error.code(), error.to_string())
                            })?;
                    put(&mut body, "zone", zone.as_str());
                }
                whose.set(body)
            }
            Verb::Off { whose } => whose.set(json!({"hour": null})),
            Verb::Show { whose } => {
                let of = whose.of.as_ref();
                let of = of.map(|(party, person)| format!("{party}/{person}"));
                let query: Vec<(&str, &str)> = of.iter().map(|of| ("of", of.as_str())).collect();
                let office = whose.connection.open()?;
                let digest = office.query("/digest", &query)?;
                Ok(Answer::new(describe(&digest), digest))
            }
        }
    }
}

fn describe(digest: &Value) -> String {
    match digest.get("hour").and_then(Value::as_u64) {
        None => "no digest is sent".to_owned(),
        Some(hour) => format!("a digest is sent at {hour:02}:00 {}", shown(digest, "zone")),
    }
}
