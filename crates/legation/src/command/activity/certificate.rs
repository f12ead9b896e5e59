//! `legation activity certificate` and `verify`: a certificate as a file, and whether it is one.

use std::path::PathBuf;

use clap::Args;
use legation_core::act::{Act, ActivityAct};
use legation_core::id::Digest;
use legation_engine::verify_proof;
use serde_json::{Value, json};

use super::Nominee;
use crate::answer::{Answer, list, shown};
use crate::command::entry::read_proof;
use crate::disk::{self, Mode};
use crate::failure::Failure;
use crate::table::facts;

/// Print a certificate, or write it to a file
#[derive(Args, Debug)]
pub(super) struct Certificate {
    #[command(flatten)]
    nominee: Nominee,
    /// Where to write it; printed when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Check a certificate, offline: that the office issued these very bytes
///
/// The proof is what `legation entry proof N --out FILE` wrote for the entry that `certificate`
/// names. Checking needs neither the office nor a token: only its log key.
#[derive(Args, Debug)]
pub(super) struct Verify {
    /// The certificate
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The proof of its entry
    #[arg(long, value_name = "FILE")]
    proof: PathBuf,
    /// The office's log key
    #[arg(long, value_name = "KEY")]
    log_key: String,
}

impl Certificate {
    pub(super) fn run(&self) -> Result<Answer, Failure> {
        let Nominee {
            id,
            party,
            person,
            connection,
        } = &self.nominee;
        let activity = connection.open()?.get(&format!("/activities/{id}"))?;
        let mut all = list(&activity, "nominees").iter();
        let found = all.find_map(|one| {
            let own = shown(one, "party") == party.as_str();
            let own = own && shown(one, "person") == person.as_str();
            let certificate = one.get("certificate").filter(|one| !one.is_null());
            certificate.filter(|_| own)
        });
        let Some(certificate) = found else {
            let text = format!("`{party}/{person}` has no certificate of `{id}`");
            return Err(Failure::new("cli.no-certificate", text));
        };
        let text = certificate.get("text").and_then(Value::as_str);
        let text = text.unwrap_or_default();
        let Some(out) = &self.out else {
            return Ok(Answer::new(text.to_owned(), certificate.clone()));
        };
        disk::create(out, text.as_bytes(), Mode::Open)?;
        let told = format!(
            "the certificate {} is in {}; entry {} holds it",
            shown(certificate, "number"),
            out.display(),
            shown(certificate, "entry"),
        );
        Ok(Answer::new(told, certificate.clone()))
    }
}

impl Verify {
    pub(super) fn run(&self) -> Result<Answer, Failure> {
        let bytes = disk::read(&self.file)?;
        let proven = verify_proof(&read_proof(&self.proof)?, self.log_key.trim())
            .map_err(|error| Failure::from(error).of(&self.proof))?;
        let wrong = |what: &str| {
            let text = format!("`{}` {what}", self.file.display());
            Failure::new("cli.certificate", text)
        };
        let Act::Activity(ActivityAct::Certify(act)) = &proven.entry.act else {
            return Err(wrong("is not what the proof is of: no certificate is"));
        };
        if act.text.as_bytes() != bytes {
            return Err(wrong("is not the certificate that this entry issued"));
        }
        let (number, entry) = (act.number.to_string(), proven.entry.number);
        let (at, digest) = (proven.entry.at, Digest::of(&bytes).to_string());
        let mut text = format!("the office issued {number}\n");
        let person = format!("{}/{}", act.nominee.party, act.nominee.person);
        text += &facts(&[
            ("  to", &person),
            ("  for", act.nominee.activity.as_str()),
            ("  at", &at.to_string()),
            ("  entry", &entry.to_string()),
            ("  digest", &digest),
        ]);
        let json = json!({"holds": true, "certificate": number, "activity": act.nominee.activity,
            "party": act.nominee.party, "person": act.nominee.person, "at": at, "entry": entry,
            "digest": digest, "size": proven.size, "root": proven.root});
        Ok(Answer::new(text, json))
    }
}
