//! `legation decision export` and `verify`: an adopted text with its proof, and the check of it,
//! which needs no office.

use std::path::{Path, PathBuf};

use clap::Args;
use legation_core::id::DecisionId;
use legation_engine::{AdoptionProof, ProvenAdoption, verify_adoption};
use serde_json::{Value, json};

use crate::answer::{Answer, printable};
use crate::client::Connection;
use crate::command::entry::proof_of;
use crate::disk::{self, Mode};
use crate::failure::Failure;
use crate::table::facts;

const EXPORT: &str = "\
Examples:
  legation decision export office-tokyo --out adopted.json --dir tokyo
  legation decision export office-tokyo --brief --out adopted.json --dir tokyo

The file holds the text, the entry in which the office certifies its adoption and, for those who were asked, \
the entry that put it on the table, each with the proof that the office's log holds it. No position is in it. \
With --brief it does not tell who was asked, nor what the adoption permits.";

const VERIFY: &str = "\
Examples:
  legation decision verify adopted.json --log-key tokyo/keys/log.pub
  legation decision verify adopted.json --log-key 'legation/nato/tokyo+0a1b2c3d+AQ...'

Checking needs neither the office nor a token: only its log key, which should come another way than the \
file. That nobody objected cannot be shown without the positions; a member that had objected in time could convict \
the office with the proof of its own entry (`legation entry proof`).";

/// Export an adopted text with its proof
#[derive(Args, Debug)]
#[command(after_help = EXPORT)]
pub(crate) struct Export {
    /// The decision
    #[arg(value_name = "ID")]
    id: DecisionId,
    /// Where to write it; printed when left out
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Leave out how the text was put on the table
    #[arg(long)]
    brief: bool,
    #[command(flatten)]
    connection: Connection,
}

impl Export {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let path = format!("/decisions/{}/export", self.id);
        let brief = if self.brief { "true" } else { "false" };
        let proof = self.connection.open()?.query(&path, &[("brief", brief)])?;
        let document = format!("{proof:#}\n");
        let Some(out) = &self.out else {
            return Ok(Answer::new(document, proof));
        };
        disk::create(out, document.as_bytes(), Mode::Open)?;
        let text = format!("{} with its proof is in {}", self.id, out.display());
        Ok(Answer::new(text, proof))
    }
}

/// Check the proof of an adopted text, offline
#[derive(Args, Debug)]
#[command(after_help = VERIFY)]
pub(crate) struct Verify {
    /// The file that `decision export` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The office's log key, or a file that holds it
    #[arg(long, value_name = "KEY")]
    log_key: String,
}

impl Verify {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let proof = read(&self.file)?;
        // A key is a name, a plus sign and so on; a file that has such a name is found all the same.
        let file = Path::new(&self.log_key);
        let key = match file.is_file() {
            true => disk::read_text(file)?,
            false => self.log_key.clone(),
        };
        let proven = verify_adoption(&proof, key.trim());
        let proven = proven.map_err(|error| Failure::from(error).of(&self.file))?;
        Ok(tell(&proven))
    }
}

fn tell(proven: &ProvenAdoption) -> Answer {
    let one = &proven.certificate;
    let title = printable(&one.title);
    let certified = format!("{} in entry {}", proven.at, proven.entry);
    let tabled = format!("{} in entry {}", one.tabled, one.entry);
    let log = format!("{} entries, root {}", proven.size, proven.root);
    let digest = one.digest.to_string();
    let expiry = one.expiry.local();
    let mut text = format!("{} was adopted at {}\n", one.id, one.adopted);
    let asked: Option<Vec<&str>> = proven.tabling.as_ref().map(|tabling| {
        let asked = tabling.asked.iter();
        asked.map(|party| party.as_str()).collect()
    });
    let named = asked
        .as_ref()
        .map_or_else(|| "-".to_owned(), |asked| asked.join(", "));
    text += &facts(&[
        ("  title", &title),
        ("  digest", &digest),
        ("  procedure", one.procedure.as_str()),
        ("  tabled", &tabled),
        ("  expired", &expiry),
        ("  asked", &named),
        ("  certified", &certified),
        ("  log", &log),
    ]);
    let json = json!({"holds": true, "id": one.id, "title": one.title, "digest": digest,
        "procedure": one.procedure.as_str(), "tabled": one.tabled, "expiry": expiry,
        "adopted": one.adopted, "certified": proven.at, "entry": proven.entry,
        "size": proven.size, "root": proven.root, "asked": asked});
    Answer::new(text, json)
}

/// Reads what `decision export` wrote. The log key in it is not looked at: whoever made up the one
/// would make up the other.
fn read(file: &Path) -> Result<AdoptionProof, Failure> {
    let malformed = |what: &str| {
        let text = format!(
            "`{}` is no proof of an adopted text: {what}",
            file.display()
        );
        Failure::new("cli.proof", text)
    };
    let value: Value = serde_json::from_slice(&disk::read(file)?)
        .map_err(|error| malformed(&error.to_string()))?;
    let part = |key: &str| match value.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(part) => proof_of(part)
            .map(Some)
            .map_err(|what| malformed(&format!("in its `{key}`, {what}"))),
    };
    let text = value.get("text").and_then(Value::as_str);
    Ok(AdoptionProof {
        text: text
            .ok_or_else(|| malformed("it has no `text`"))?
            .as_bytes()
            .to_vec(),
        certificate: part("certificate")?.ok_or_else(|| malformed("it has no `certificate`"))?,
        tabling: part("tabling")?,
    })
}
