//! `legation entry`: the journal's entries that concern the caller, and their proofs.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use legation_core::id::EntryNumber;
use legation_engine::{EntryProof, Proven, verify_proof};
use serde_json::{Value, json};

use crate::answer::{Answer, list};
use crate::client::Connection;
use crate::disk::{self, Mode};
use crate::failure::Failure;
use crate::table::facts;

const EXAMPLES: &str = "\
Examples:
  legation entry list --dir tokyo
  legation entry proof 17 --out receipt-17.json --dir tokyo
  legation entry verify receipt-17.json --log-key 'legation/nato/tokyo+0a1b2c3d+AQ...'

A proof shows that the office's signed log holds exactly this entry. Checking it needs neither the \
office nor a token: only its log key, which should come another way than the proof.";

/// Entries of the journal and their proofs
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Entry {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the numbers of the entries that concern the caller; all of them for the host's staff
    List {
        /// The first number
        #[arg(long, value_name = "N", default_value_t = 0)]
        from: u64,
        /// How many at most
        #[arg(long, value_name = "M", default_value_t = 1000)]
        limit: u64,
        #[command(flatten)]
        connection: Connection,
    },
    /// Fetch an entry with the proof that the log holds it
    Proof {
        /// The entry's number
        #[arg(value_name = "N")]
        number: u64,
        /// Where to write the proof; printed when left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Check a proof, offline
    Verify {
        /// The file that `entry proof` wrote
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The office's log key
        #[arg(long, value_name = "KEY")]
        log_key: String,
    },
}

impl Entry {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::List {
                from,
                limit,
                connection,
            } => {
                let query = [("from", &*from.to_string()), ("limit", &*limit.to_string())];
                let answer = connection.open()?.query("/entries", &query)?;
                let numbers: Vec<String> = list(&answer, "entries")
                    .iter()
                    .map(Value::to_string)
                    .collect();
                let text = match numbers.is_empty() {
                    true => "no entries".to_owned(),
                    false => numbers.join("\n"),
                };
                Ok(Answer::new(text, answer))
            }
            Verb::Proof {
                number,
                out,
                connection,
            } => {
                let proof = connection
                    .open()?
                    .get(&format!("/entries/{number}/proof"))?;
                let document = format!("{proof:#}\n");
                let Some(out) = out else {
                    return Ok(Answer::new(document, proof));
                };
                disk::create(out, document.as_bytes(), Mode::Open)?;
                let text = format!("the proof of entry {number} is in {}", out.display());
                Ok(Answer::new(text, proof))
            }
            Verb::Verify { file, log_key } => verify(file, log_key),
        }
    }
}

fn verify(file: &Path, log_key: &str) -> Result<Answer, Failure> {
    let proof = read_proof(file)?;
    let Proven { entry, size, root } =
        verify_proof(&proof, log_key.trim()).map_err(|error| Failure::from(error).of(file))?;
    let (number, at) = (entry.number, entry.at);
    let actor = entry.actor.to_string();
    let act = format!("{:?}", entry.act);
    let mut text = format!("entry {number} is in the log\n");
    text += &facts(&[
        ("  at", &at.to_string()),
        ("  by", &actor),
        ("  act", &act),
        ("  log", &format!("{size} entries, root {root}")),
    ]);
    let json = json!({"holds": true, "entry": number, "at": at, "actor": actor, "act": act,
        "size": size, "root": root});
    Ok(Answer::new(text, json))
}

/// Reads what `entry proof` wrote. The log key in it is not looked at: whoever made up the one
/// would make up the other.
pub(super) fn read_proof(file: &Path) -> Result<EntryProof, Failure> {
    let malformed = |what: &str| {
        let text = format!("`{}` is no proof of an entry: {what}", file.display());
        Failure::new("cli.proof", text)
    };
    let value: Value = serde_json::from_slice(&disk::read(file)?)
        .map_err(|error| malformed(&error.to_string()))?;
    proof_of(&value).map_err(|what| malformed(&what))
}

/// The proof of an entry in a document, or what is wrong with it.
pub(super) fn proof_of(value: &Value) -> Result<EntryProof, String> {
    let text = |key: &str| {
        let text = value.get(key).and_then(Value::as_str);
        text.ok_or_else(|| format!("it has no `{key}`"))
    };
    let bytes = |key: &str| {
        let bytes = STANDARD.decode(text(key)?);
        bytes.map_err(|_| format!("its `{key}` is not base64"))
    };
    let number = value.get("entry").and_then(Value::as_u64);
    let nonce = bytes("nonce")?;
    Ok(EntryProof {
        number: EntryNumber(number.ok_or("it has no `entry`")?),
        frame: bytes("frame")?,
        nonce: nonce
            .try_into()
            .map_err(|_| "its `nonce` has not 32 bytes")?,
        proof: text("proof")?.to_owned(),
    })
}
